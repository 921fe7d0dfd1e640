/**
 * `kubectl drain`: nobody new may come to a node, and who is there is asked to go.
 *
 * Where to read upstream: kubectl `pkg/drain/{drain,filters}.go`.
 */
import { controllerOf } from '#cluster/api/meta.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { List, Node, Pod } from '#cluster/api/types.ts'
import { deleteRequest, getRequest, isOk, listRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { dryRunOf, dryRunQuery, triedOut } from '../dry-run.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { durationMicros, pause } from './waiting.ts'

export const drainFlags: FlagSpec = {
  values: ['grace-period', 'timeout', 'pod-selector', 'dry-run', 'skip-wait-for-delete-timeout', 'chunk-size'],
  switches: ['ignore-daemonsets', 'force', 'delete-emptydir-data', 'disable-eviction'],
}

const RETRY_MICROS = 5_000_000
const POLL_MICROS = 1_000_000
const MIRROR = 'kubernetes.io/config.mirror'

export function* drain({ args, flags }: Invocation): Steps {
  const [word, ...more] = args
  if (word === undefined || more.length > 0) throw new CommandError('error: USAGE: drain NODE [flags]')
  const name = word.replace(/^nodes?\//, '')
  const node = (yield* need(getRequest('nodes', undefined, name))).body as Node
  const how = dryRunOf(flags)
  let output = `node/${name} ${node.spec?.unschedulable ? 'already cordoned' : 'cordoned'}${triedOut(how)}\n`
  if (!node.spec?.unschedulable && how !== 'client') {
    const cordon = patchRequest('nodes', { metadata: { name } }, 'strategic', { spec: { unschedulable: true } })
    yield* need({ ...cordon, ...dryRunQuery(how, cordon.query) })
  }
  const labelSelector = valueOf(flags, 'pod-selector')
  const query = { fieldSelector: `spec.nodeName=${name}`, ...(labelSelector && { labelSelector }) }
  const { body, now } = yield* need(listRequest('pods', undefined, query))
  const { leaving, refused, warning } = sort((body as List<Pod>).items, flags)
  if (refused.length > 0) {
    const why = refused.join(', ')
    return { output, errors: `error: unable to drain node "${name}" due to error: ${refused.length > 1 ? `[${why}]` : why}, continuing command...\nThere are pending nodes to be drained:\n ${name}\n${refused.join('\n')}\n`, exitCode: 1 } // prettier-ignore
  }
  const errors = warning
  const deadline = now + durationMicros(valueOf(flags, 'timeout') ?? '-1s', 'timeout')
  for (const pod of leaving) output += `evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${triedOut(how)}\n`
  if (how !== 'none') return { output: `${output}node/${name} drained${triedOut(how)}\n`, errors }
  yield { pauseMicros: 0, output, errors }
  return yield* evictAll(name, leaving, deadline, flags, { output, errors })
}

interface Sorted {
  readonly leaving: readonly Pod[]
  readonly refused: readonly string[]
  readonly warning: string
}

/** Who goes, and who stands in the way. */
function sort(pods: readonly Pod[], flags: Flags): Sorted {
  const leaving: Pod[] = []
  const sets: string[] = []
  const alone: string[] = []
  const local: string[] = []
  for (const pod of pods) {
    const { metadata, spec, status } = pod
    const name = `${metadata.namespace}/${metadata.name}`
    const owner = controllerOf(pod)
    const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
    if (metadata.annotations?.[MIRROR] !== undefined) continue
    if (owner?.kind === 'DaemonSet') {
      if (!isOver) sets.push(name)
      continue
    }
    if (!isOver && spec.volumes?.some((volume) => 'emptyDir' in volume)) local.push(name)
    if (!owner && !isOver) alone.push(name)
    leaving.push(pod)
  }
  const refused = [
    ...(sets.length > 0 && !isSet(flags, 'ignore-daemonsets') ? [`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${sets.join(', ')}`] : []), // prettier-ignore
    ...(local.length > 0 && !isSet(flags, 'delete-emptydir-data') ? [`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${local.join(', ')}`] : []), // prettier-ignore
    ...(alone.length > 0 && !isSet(flags, 'force') ? [`cannot delete Pods that declare no controller (use --force to override): ${alone.join(', ')}`] : []), // prettier-ignore
  ]
  const warnings = [
    ...(sets.length > 0 ? [`ignoring DaemonSet-managed Pods: ${sets.join(', ')}`] : []),
    ...(alone.length > 0 ? [`deleting Pods that declare no controller: ${alone.join(', ')}`] : []),
  ]
  return { leaving, refused, warning: warnings.length > 0 ? `Warning: ${warnings.join('; ')}\n` : '' }
}

interface Printed {
  readonly output: string
  readonly errors: string
}

function* evictAll(node: string, leaving: readonly Pod[], deadline: number, flags: Flags, before: Printed): Steps {
  let { output, errors } = before
  let waiting = leaving.map((pod) => ({ pod, isAsked: false, retryAt: 0 }))
  for (;;) {
    const round = yield* evict(waiting.filter(({ isAsked, retryAt }) => !isAsked && retryAt === 0).map(({ pod }) => pod), flags) // prettier-ignore
    errors += round.errors
    waiting = waiting.map((one) => {
      const outcome = round.outcomes.get(one.pod)
      if (outcome === undefined) return one
      return outcome === 'later' ? { ...one, retryAt: round.now + RETRY_MICROS } : { ...one, isAsked: true }
    })
    const { gone, now } = yield* goneOf(waiting.filter(({ isAsked }) => isAsked).map(({ pod }) => pod))
    for (const { metadata } of gone)
      output += `pod/${metadata.name} ${isSet(flags, 'disable-eviction') ? 'deleted' : 'evicted'}\n`
    waiting = waiting
      .filter(({ pod }) => !gone.includes(pod))
      .map((one) => (one.retryAt > 0 && now >= one.retryAt ? { ...one, retryAt: 0 } : one))
    for (const { pod, isAsked, retryAt } of waiting)
      if (!isAsked && retryAt === 0) output += `evicting pod ${pod.metadata.namespace}/${pod.metadata.name}\n`
    if (waiting.length === 0) return { output: `${output}node/${node} drained\n`, errors }
    if (now >= deadline) {
      const left = waiting.map(({ pod }) => `error when waiting for pod "${pod.metadata.name}" in namespace "${pod.metadata.namespace}" to terminate: global timeout reached`) // prettier-ignore
      return { output, errors: `${errors}error: unable to drain node "${node}" due to error: [${left.join(', ')}]\n`, exitCode: 1 } // prettier-ignore
    }
    yield* pause(output, POLL_MICROS)
  }
}

function* evict(
  pods: readonly Pod[],
  flags: Flags,
): Generator<Ask, { outcomes: Map<Pod, 'asked' | 'later'>; errors: string; now: number }, Round> {
  const outcomes = new Map<Pod, 'asked' | 'later'>()
  if (pods.length === 0) return { outcomes, errors: '', now: 0 }
  const grace = valueOf(flags, 'grace-period')
  const deleteOptions = grace === undefined ? {} : { deleteOptions: { gracePeriodSeconds: Number(grace) } }
  // Without an eviction nobody looks at budgets.
  const requests = pods.map(({ metadata: { name, namespace } }) =>
    isSet(flags, 'disable-eviction')
      ? deleteRequest('pods', { metadata: { name, namespace: namespace! } }, deleteOptions.deleteOptions)
      : {
          method: 'POST' as const,
          path: pathOf('pods', namespace, name, 'eviction'),
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, ...deleteOptions },
        },
  )
  const { answers, now } = yield* ask(...requests)
  let errors = ''
  pods.forEach((pod, i) => {
    const answer = answers[i]!
    const isRefused = answer.status === 429
    if (isRefused)
      errors += `error when evicting pods/"${pod.metadata.name}" -n "${pod.metadata.namespace}" (will retry after 5s): ${failureText(answer).replace(/^Error from server \(\w+\): /, '')}\n` // prettier-ignore
    else if (!isOk(answer) && answer.status !== 404) throw new CommandError(failureText(answer))
    outcomes.set(pod, isRefused ? 'later' : 'asked')
  })
  return { outcomes, errors, now }
}

/** Those that are no more. Another Pod may have taken the name. */
function* goneOf(pods: readonly Pod[]): Generator<Ask, { gone: readonly Pod[]; now: number }, Round> {
  const { answers, now } = yield* ask(
    ...pods.map(({ metadata }) => getRequest('pods', metadata.namespace, metadata.name)),
  )
  const gone = pods.filter(({ metadata }, i) => {
    const answer = answers[i]!
    return answer.status === 404 || (isOk(answer) && (answer.body as Pod).metadata.uid !== metadata.uid)
  })
  return { gone, now }
}
