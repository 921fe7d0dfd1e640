/** `kubectl logs` and `exec`: what a container printed, and what another program in it says. */
import { matchesMap } from '#cluster/api/labels.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { Deployment, List, Pod, Status } from '#cluster/api/types.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import { getRequest, listRequest, messageOf } from '#cluster/client/api-client.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { Ask, Invocation, Outcome, Round, Steps } from '../command.ts'
import { failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { parseTargets } from '../resource-arguments.ts'
import { durationMicros } from './waiting.ts'

export const logsFlags: FlagSpec = {
  values: [
    'container',
    'tail',
    'since',
    'since-time',
    'limit-bytes',
    'selector',
    'max-log-requests',
    'pod-running-timeout',
  ],
  switches: ['follow', 'previous', 'timestamps', 'all-containers', 'all-pods', 'prefix', 'ignore-errors'],
  shorts: { f: 'follow', p: 'previous', c: 'container' },
}
export const execFlags: FlagSpec = {
  values: ['container'],
  switches: ['stdin', 'tty', 'quiet'],
  shorts: { c: 'container', i: 'stdin', t: 'tty', q: 'quiet' },
}

/** What comes on such a stream: text of one of two kinds. Bytes, one character for each. */
interface Said extends Body {
  readonly type: 'chunk'
  readonly channel: 'stdin' | 'stdout' | 'stderr'
  readonly bytes: string
  readonly end?: boolean
}

const isText = (body: Body): body is Said => body.type === 'chunk'

/** Text of bytes, one character for each. */
export const fromBytes = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)))

export const toBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))

interface Source {
  readonly pod: Pod
  readonly container: string
}

export function* logs({ args, flags }: Invocation): Steps {
  const { sources, errors: said } = yield* sourcesOf(args, flags)
  const isFollowing = isSet(flags, 'follow')
  if (sources.length > 1 && isFollowing) throw new CommandError('error: only one container can be followed here: name one, with -c') // prettier-ignore
  let [output, errors] = ['', said]
  for (const source of sources) {
    const { metadata } = source.pod
    const path = pathOf('pods', metadata.namespace, metadata.name, 'log')
    const query = { container: source.container, ...logQuery(flags) }
    const { ended, ...printed } = yield* listen({ method: 'GET', path, query }, errors)
    const prefix =
      isSet(flags, 'prefix') || isSet(flags, 'all-pods') ? `[pod/${metadata.name}/${source.container}] ` : ''
    output += prefix === '' ? printed.output : printed.output.replaceAll(/^(?=.)/gm, prefix)
    errors = printed.errors
    if (ended.lost || ended.status >= 400) return { output, errors: `${errors}${failureText(ended)}\n`, exitCode: 1 }
  }
  return { output, errors }
}

/** Of those that a selector finds, so many lines are enough. */
const TAIL_OF_SELECTED = '10'

function logQuery(flags: Flags): Record<string, string> {
  const since = valueOf(flags, 'since')
  const tail = valueOf(flags, 'tail') ?? (flags['selector'] === undefined ? '-1' : TAIL_OF_SELECTED)
  return {
    ...(isSet(flags, 'follow') && { follow: 'true' }),
    ...(isSet(flags, 'previous') && { previous: 'true' }),
    ...(isSet(flags, 'timestamps') && { timestamps: 'true' }),
    ...(tail !== '-1' && { tailLines: tail }),
    ...(since && { sinceSeconds: String(Math.ceil(durationMicros(since, 'since') / 1e6)) }),
    ...(valueOf(flags, 'since-time') && { sinceTime: valueOf(flags, 'since-time')! }),
    ...(valueOf(flags, 'limit-bytes') && { limitBytes: valueOf(flags, 'limit-bytes')! }),
  }
}

/** Whose logs are meant: one container's, all of a Pod's, or those of several Pods. */
function* sourcesOf(
  args: readonly string[],
  flags: Flags,
): Generator<Ask, { sources: Source[]; errors: string }, Round> {
  // prettier-ignore
  const selector = valueOf(flags, 'selector')
  if (selector !== undefined) {
    if (args.length > 0) throw new CommandError('error: only a selector (-l) or a POD name is allowed')
    const { body } = yield* need(listRequest('pods', namespaceOf(flags), { labelSelector: selector }))
    const pods = (body as List<Pod>).items
    if (pods.length === 0) return { sources: [], errors: `No resources found in ${namespaceOf(flags)} namespace.\n` }
    return { sources: pods.flatMap((pod) => containersOf(pod, flags).sources), errors: '' }
  }
  const { pods, errors } = yield* podsOf(args, flags)
  const meant = isSet(flags, 'all-pods') ? pods : pods.slice(0, 1)
  const found = meant.map((pod) => containersOf(pod, flags))
  const said = isSet(flags, 'all-pods') ? '' : errors
  return { sources: found.flatMap(({ sources }) => sources), errors: said + found.map(({ said: one }) => one).join('') }
}

function containersOf(pod: Pod, flags: Flags): { readonly sources: readonly Source[]; readonly said: string } {
  if (!isSet(flags, 'all-containers')) {
    const { container, said } = containerIn(pod, flags)
    return { sources: [{ pod, container }], said }
  }
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
  const all = [...initContainers, ...containers, ...ephemeralContainers]
  return { sources: all.map(({ name }) => ({ pod, container: name })), said: '' }
}

export function* exec({ args, flags, rest }: Invocation): Steps {
  const [name, ...command] = args
  const words = [...command, ...rest]
  if (name === undefined) throw new CommandError('error: pod, type/name or --filename must be specified')
  if (words.length === 0) throw new CommandError('error: you must specify at least one command for the container')
  const { pod } = yield* podOf([name], flags)
  const { container, said } = containerIn(pod, flags)
  const path = pathOf('pods', pod.metadata.namespace, pod.metadata.name, 'exec')
  const query = { container, stdout: 'true', stderr: 'true' }
  const { ended, ...printed } = yield* listen({ method: 'POST', path, query, body: { command: words } }, said)
  return { ...printed, ...ending(ended, printed.errors) }
}

/** The container that is named, or the first; and what is said of the choice. */
export function containerIn(
  { metadata, spec }: Pod,
  flags: Flags,
): { readonly container: string; readonly said: string } {
  const { containers, ephemeralContainers = [], initContainers = [] } = spec
  const more = [...ephemeralContainers.map(({ name }) => `${name} (ephem)`), ...initContainers.map(({ name }) => `${name} (init)`)] // prettier-ignore
  const all = [...containers.map(({ name }) => name), ...more]
  const asked = valueOf(flags, 'container')
  const isIn = (name: string | undefined): name is string => [...containers, ...ephemeralContainers, ...initContainers].some((one) => one.name === name) // prettier-ignore
  if (asked !== undefined && !isIn(asked))
    throw new CommandError(`error: container ${asked} is not valid for pod ${metadata.name} out of: ${all.join(', ')}`)
  if (asked !== undefined) return { container: asked, said: '' }
  const marked = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (isIn(marked)) return { container: marked, said: '' }
  const container = containers[0]!.name
  return { container, said: all.length > 1 ? `Defaulted container "${container}" out of: ${all.join(', ')}\n` : '' }
}

/** How the program ended, as kubectl tells it. */
export function ending(ended: Answer, errors: string): Outcome {
  if (ended.lost) return { errors: `${errors}${failureText(ended)}\n`, exitCode: 1 }
  const status = ended.body as (Status & { details?: { causes?: readonly { message?: string }[] } }) | undefined
  if (status?.reason === 'NonZeroExitCode') {
    const code = Number(status.details?.causes?.[0]?.message ?? 1)
    return { errors: `${errors}command terminated with exit code ${code}\n`, exitCode: code }
  }
  if (ended.status < 400) return {}
  return { errors: `${errors}error: ${messageOf(ended)}\n`, exitCode: 1 }
}

/** Prints what comes until it ends. */
export function* listen(
  follow: ApiRequest,
  before: string,
): Generator<Ask, { output: string; errors: string; ended: Answer }, Round> {
  let [output, errors] = ['', before]
  for (;;) {
    const { said = [], ended } = yield { follow, output, errors }
    for (const body of said) {
      if (!isText(body)) continue
      if (body.channel === 'stderr') errors += fromBytes(body.bytes)
      else output += fromBytes(body.bytes)
    }
    if (ended) return { output, errors, ended }
  }
}

/** The same for bytes. Its input is sent as soon as somebody is there to take it. */
export function* listenRaw(
  follow: ApiRequest,
  before: string,
  input?: string,
): Generator<Ask, { raw: string; errors: string; ended: Answer }, Round> {
  let [raw, errors, isSent] = ['', before, input === undefined]
  let round: Round = yield { follow }
  for (;;) {
    for (const body of round.said ?? []) {
      if (!isText(body)) continue
      if (body.channel === 'stderr') errors += fromBytes(body.bytes)
      else raw += body.bytes
    }
    if (round.ended) return { raw, errors, ended: round.ended }
    const write: Said[] = isSent ? [] : [{ type: 'chunk', channel: 'stdin', bytes: input!, end: true }]
    isSent = true
    round = yield { follow, ...(write.length > 0 && { write }) }
  }
}

/** The Pod that is meant: by its name, or one of a Deployment's. */
export function* podOf(args: readonly string[], flags: Flags): Generator<Ask, { pod: Pod; errors: string }, Round> {
  const { pods, errors } = yield* podsOf(args, flags)
  return { pod: pods[0]!, errors }
}

/** All that could be meant; there is one at least. */
function* podsOf(
  args: readonly string[],
  flags: Flags,
): Generator<Ask, { pods: readonly Pod[]; errors: string }, Round> {
  // prettier-ignore
  const namespace = namespaceOf(flags)
  const [word, ...more] = args
  if (word === undefined) throw new CommandError("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command") // prettier-ignore
  if (!word.includes('/')) {
    if (more.length > 0) throw new CommandError('error: expected one name: the container goes with -c')
    const { body } = yield* need(getRequest('pods', namespace, word))
    return { pods: [body as Pod], errors: '' }
  }
  const [target] = yield* parseTargets([word])
  const { resource, name = '' } = target!
  const { body } = yield* need(getRequest(resource, namespace, name))
  if (resource.resource === 'pods') return { pods: [body as Pod], errors: '' }
  const labels = (body as Deployment).spec.selector?.matchLabels
  if (!labels) throw new CommandError(`error: cannot get the logs from ${resource.kind}: it selects no Pods`)
  const list = (yield* need(listRequest('pods', namespace))).body as List<Pod>
  const pods = list.items.filter(({ metadata }) => matchesMap(labels, metadata.labels))
  const [first] = pods
  if (!first) throw new CommandError(`error: timed out waiting for the condition: no Pod of ${word} is there`)
  const found = pods.length > 1 ? `Found ${pods.length} pods, using pod/${first.metadata.name}\n` : ''
  return { pods, errors: found }
}
