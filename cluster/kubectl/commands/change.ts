/** Commands that change objects: create, delete, scale, cordon, uncordon, taint, label, annotate, set image. */
import type { Deployment, KubernetesObject, List, Node, Taint, TaintEffect } from '#cluster/api/types.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import {
  createRequest,
  deleteRequest,
  getRequest,
  isOk,
  listRequest,
  messageOf,
  patchRequest,
} from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Outcome, Round, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { readManifests } from '../manifest.ts'
import type { Target } from '../resource-arguments.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'

export const createFlags: FlagSpec = { values: ['filename', 'image', 'replicas', 'port', 'from-literal'] }
export const deleteFlags: FlagSpec = {
  values: ['filename', 'selector', 'grace-period', 'cascade', 'timeout', 'wait', 'field-selector'],
  switches: ['all', 'force', 'now', 'ignore-not-found', 'all-namespaces'],
}
export const scaleFlags: FlagSpec = { values: ['replicas', 'current-replicas', 'filename', 'timeout'] }
export const labelFlags: FlagSpec = { values: ['selector'], switches: ['overwrite', 'all', 'list'] }

const namespaceOf = (flags: Flags): string => valueOf(flags, 'namespace') ?? 'default'
const namespaceFor = (target: Target, flags: Flags): string | undefined =>
  target.resource.namespaced ? namespaceOf(flags) : undefined

const summary = (lines: readonly string[], errors: readonly string[]): Outcome => ({
  ...(lines.length > 0 && { output: `${lines.join('\n')}\n` }),
  ...(errors.length > 0 && { errors: `${errors.join('\n')}\n`, exitCode: 1 }),
})

// ── create ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export function* create(invocation: Invocation): Steps {
  const { flags, args } = invocation
  const objects = flags['filename'] === undefined ? [generated(invocation)] : readManifests(invocation)
  if (flags['filename'] !== undefined && args.length > 0)
    throw new CommandError(`error: unexpected arguments: [${args.join(' ')}]`)
  const lines: string[] = []
  const errors: string[] = []
  for (const { resource, object } of objects) {
    const answer = (yield* ask(createRequest(object))).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, (answer.body as KubernetesObject).metadata.name)} created`)
    else errors.push(creationFailure(answer, resource.singular, flags))
  }
  return summary(lines, errors)
}

function creationFailure(answer: Answer, kind: string, flags: Flags): string {
  const file = valueOf(flags, 'filename')
  if (file !== undefined) return failureText(answer, `error when creating "${file === '-' ? 'STDIN' : file}": `)
  return kind === 'namespace' || answer.lost
    ? failureText(answer)
    : `error: failed to create ${kind}: ${messageOf(answer)}`
}

function generated({ args, flags, rest }: Invocation): {
  resource: ReturnType<typeof resourceNamed>
  object: KubernetesObject
} {
  const [what, name, ...more] = args
  if (what === undefined) throw new CommandError('error: must specify one of -f and -k')
  if (name === undefined || more.length > 0) {
    throw new CommandError(
      `error: exactly one NAME is required, got ${Math.max(args.length - 1, 0)}\nSee 'kubectl create ${what} -h' for help and examples`,
    )
  }
  if (what === 'namespace' || what === 'ns') {
    return {
      resource: resourceNamed('namespaces'),
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    }
  }
  if (what !== 'deployment' && what !== 'deploy') {
    throw new CommandError(
      `error: unknown command "${what}" for "kubectl create": write a manifest and use "kubectl create -f"`,
    )
  }
  const image = valueOf(flags, 'image')
  if (!image) throw new CommandError('error: required flag(s) "image" not set')
  const labels = { app: name }
  const short = image.split('/').at(-1)!.split('@')[0]!.split(':')[0]!
  const port = valueOf(flags, 'port')
  const container = {
    name: short,
    image,
    ...(port && { ports: [{ containerPort: Number(port) }] }),
    ...(rest.length > 0 && { command: rest }),
  }
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: namespaceOf(flags), labels },
    spec: {
      replicas: wholeNumber(valueOf(flags, 'replicas') ?? '1', 'replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  }
  return { resource: resourceNamed('deployments'), object: deployment }
}

function wholeNumber(text: string, flag: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new CommandError(
    `error: invalid argument "${text}" for "--${flag}" flag: strconv.ParseInt: parsing "${text}": invalid syntax`,
  )
}

// ── delete ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How often to look whether it is gone. */
const DELETE_POLL_MICROS = 1_000_000
/** Ten minutes; kubectl itself would wait for ever. */
const DELETE_POLLS_MAX = 600

export function* deleteObjects(invocation: Invocation): Steps {
  const { flags } = invocation
  const targets = yield* victims(invocation)
  const errors: string[] = []
  let waiting: { readonly request: ApiRequest; readonly uid: string | undefined }[] = []
  let printed = ''
  for (const { target, namespace, name } of targets) {
    const grace = isSet(flags, 'now')
      ? 1
      : isSet(flags, 'force')
        ? Number(valueOf(flags, 'grace-period') ?? 0)
        : graceOf(flags)
    const cascade = valueOf(flags, 'cascade')
    const propagationPolicy = cascade === 'orphan' ? 'Orphan' : cascade === 'foreground' ? 'Foreground' : 'Background'
    const options = { propagationPolicy, ...(grace !== undefined && { gracePeriodSeconds: grace }) } as const
    const object = { metadata: { name, ...(namespace && { namespace }) } }
    const answer = (yield* ask(deleteRequest(target.resource.resource, object, options))).answers[0]!
    if (isOk(answer)) {
      const how = isSet(flags, 'force') && grace === 0 ? 'force deleted' : 'deleted'
      const { singular, group } = target.resource
      printed += `${singular}${group && `.${group}`} "${name}" ${how}${namespace ? ` from ${namespace} namespace` : ''}\n`
      const body = answer.body as { metadata?: { uid?: string }; details?: { uid?: string } } | undefined
      waiting.push({
        request: getRequest(target.resource.resource, namespace, name),
        uid: body?.metadata?.uid ?? body?.details?.uid,
      })
    } else if (!(answer.status === 404 && isSet(flags, 'ignore-not-found'))) errors.push(failureText(answer))
  }
  const waits = valueOf(flags, 'wait') !== 'false' && !isSet(flags, 'force')
  for (let polls = 0; waits && waiting.length > 0 && polls < DELETE_POLLS_MAX; polls++) {
    const { answers } = yield* ask(...waiting.map(({ request }) => request))
    waiting = waiting.filter(({ uid }, i) => isStillThere(answers[i]!, uid))
    if (waiting.length > 0) yield { pauseMicros: DELETE_POLL_MICROS, output: printed }
  }
  if (targets.length === 0) return { output: 'No resources found\n' }
  return { output: printed, ...(errors.length > 0 && { errors: `${errors.join('\n')}\n`, exitCode: 1 }) }
}

/** Another object may have taken the name. */
function isStillThere(answer: Round['answers'][number], uid: string | undefined): boolean {
  if (!isOk(answer)) return answer.status !== 404
  return uid === undefined || (answer.body as KubernetesObject).metadata.uid === uid
}

const graceOf = (flags: Flags): number | undefined => {
  const text = valueOf(flags, 'grace-period')
  return text === undefined || Number(text) < 0 ? undefined : Number(text)
}

interface Victim {
  readonly target: Target
  readonly namespace: string | undefined
  readonly name: string
}

function* victims(invocation: Invocation): Generator<Ask, Victim[], Round> {
  const { args, flags } = invocation
  if (flags['filename'] !== undefined) {
    return readManifests(invocation).map(({ resource, object }) => {
      const { name, namespace } = object.metadata
      return { target: { resource }, namespace, name }
    })
  }
  const found: Victim[] = []
  for (const target of parseTargets(args)) {
    const namespace = isSet(flags, 'all-namespaces') ? undefined : namespaceFor(target, flags)
    if (target.name !== undefined) {
      found.push({ target, namespace, name: target.name })
      continue
    }
    const labelSelector = valueOf(flags, 'selector')
    const fieldSelector = valueOf(flags, 'field-selector')
    if (!labelSelector && !fieldSelector && !isSet(flags, 'all')) {
      throw new CommandError('error: resource(s) were provided, but no name was specified')
    }
    const query = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
    const { body } = yield* need(listRequest(target.resource.resource, namespace, query))
    for (const { metadata } of (body as List<KubernetesObject>).items) {
      found.push({ target, namespace: metadata.namespace, name: metadata.name })
    }
  }
  return found
}

// ── scale ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function* scale({ args, flags }: Invocation): Steps {
  const text = valueOf(flags, 'replicas')
  if (text === undefined) throw new CommandError('error: required flag(s) "replicas" not set')
  const replicas = wholeNumber(text, 'replicas')
  const lines: string[] = []
  const errors: string[] = []
  for (const target of parseTargets(args)) {
    if (target.name === undefined) throw new CommandError('error: resource(s) were provided, but no name was specified')
    const namespace = namespaceFor(target, flags)
    const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
    const expected = valueOf(flags, 'current-replicas')
    if (expected !== undefined) {
      const { body } = yield* need(getRequest(target.resource.resource, namespace, target.name))
      const current = (body as Deployment).spec.replicas ?? 1
      if (Number(expected) !== current) {
        errors.push(`error: Expected replicas to be ${expected}, was ${current}`)
        continue
      }
    }
    const request = patchRequest(target.resource.resource, object, 'merge', { spec: { replicas } }, 'scale')
    const answer = (yield* ask(request)).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(target.resource, target.name)} scaled`)
    else errors.push(failureText(answer))
  }
  return summary(lines, errors)
}

// ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const cordon = ({ args }: Invocation): Steps => setUnschedulable(args, true)
export const uncordon = ({ args }: Invocation): Steps => setUnschedulable(args, false)

function* setUnschedulable(args: readonly string[], unschedulable: boolean): Steps {
  const word = unschedulable ? 'cordon' : 'uncordon'
  if (args.length === 0) throw new CommandError(`error: USAGE: ${word} NODE [flags]`)
  const lines: string[] = []
  const errors: string[] = []
  for (const arg of args) {
    const name = arg.replace(/^nodes?\//, '')
    const answer = (yield* ask(getRequest('nodes', undefined, name))).answers[0]!
    if (!isOk(answer)) {
      errors.push(failureText(answer))
      continue
    }
    if (((answer.body as Node).spec?.unschedulable ?? false) === unschedulable) {
      lines.push(`node/${name} already ${word}ed`)
      continue
    }
    const patch = { spec: { unschedulable: unschedulable || null } }
    yield* need(patchRequest('nodes', { metadata: { name } }, 'strategic', patch))
    lines.push(`node/${name} ${word}ed`)
  }
  return summary(lines, errors)
}

const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const taintFlags: FlagSpec = { values: ['selector'], switches: ['overwrite', 'all'] }

export function* taint({ args, flags }: Invocation): Steps {
  const specs = args.filter((arg, i) => i > 0 && (arg.includes('=') || arg.includes(':') || arg.endsWith('-')))
  const words = args.filter((arg) => !specs.includes(arg))
  if (specs.length === 0) throw new CommandError('error: at least one taint update is required')
  const [target] = parseTargets(words)
  if (target!.resource.resource !== 'nodes')
    throw new CommandError(`error: invalid resource type ${target!.resource.resource}, only node(s) is supported`)
  const names = parseTargets(words).map(({ name }) => name)
  const changes = specs.map(parseTaint)
  const lines: string[] = []
  for (const name of names) {
    if (name === undefined)
      throw new CommandError('error: one or more resources must be specified as <resource> <name> or <resource>/<name>')
    const { body } = yield* need(getRequest('nodes', undefined, name))
    const taints = changeTaints(name, (body as Node).spec?.taints ?? [], changes, isSet(flags, 'overwrite'))
    yield* need(patchRequest('nodes', { metadata: { name } }, 'strategic', { spec: { taints } }))
    lines.push(
      `node/${name} ${changes.every(({ remove }) => remove) ? 'untainted' : changes.some(({ remove }) => remove) ? 'modified' : 'tainted'}`,
    )
  }
  return summary(lines, [])
}

interface TaintChange {
  readonly key: string
  readonly value?: string
  readonly effect?: TaintEffect
  readonly remove: boolean
}

function parseTaint(spec: string): TaintChange {
  const match = /^([^=:]+)(?:=([^:]*))?(?::([A-Za-z]+))?(-)?$/.exec(spec.endsWith('-') ? `${spec.slice(0, -1)}-` : spec)
  const [, key, value, effect, minus] = match ?? []
  const cleanKey = minus === undefined && key?.endsWith('-') ? key.slice(0, -1) : key
  const remove = minus !== undefined || (key?.endsWith('-') ?? false)
  if (cleanKey === undefined || (!remove && effect === undefined))
    throw new CommandError(`error: unknown taint spec: ${spec}`)
  if (effect !== undefined && !EFFECTS.includes(effect)) {
    throw new CommandError(`error: invalid taint effect: ${effect}, unsupported taint effect`)
  }
  return { key: cleanKey, ...(value && { value }), ...(effect && { effect: effect as TaintEffect }), remove }
}

function changeTaints(
  node: string,
  taints: readonly Taint[],
  changes: readonly TaintChange[],
  overwrite: boolean,
): Taint[] {
  let next = [...taints]
  for (const { key, value, effect, remove } of changes) {
    const isIt = (taint: Taint): boolean => taint.key === key && (effect === undefined || taint.effect === effect)
    const exists = next.some(isIt)
    if (remove) {
      if (!exists) throw new CommandError(`error: taint "${key}${effect ? `:${effect}` : ''}" not found`)
      next = next.filter((each) => !isIt(each))
      continue
    }
    if (exists && !overwrite) {
      throw new CommandError(
        `error: node ${node} already has ${key} taint(s) with same effect(s) and --overwrite is false`,
      )
    }
    next = [...next.filter((each) => !isIt(each)), { key, ...(value && { value }), effect: effect! }]
  }
  return next
}

// ── labels and annotations ──────────────────────────────────────────────────────────────────────────────────────────

export const label = (invocation: Invocation): Steps => setPairs(invocation, 'labels')
export const annotate = (invocation: Invocation): Steps => setPairs(invocation, 'annotations')

function* setPairs({ args, flags }: Invocation, field: 'labels' | 'annotations'): Steps {
  const [one, done, undone] =
    field === 'labels' ? ['label', 'labeled', 'unlabeled'] : ['annotation', 'annotated', 'annotated']
  const isPair = (arg: string, i: number): boolean => i > 0 && (arg.includes('=') || arg.endsWith('-'))
  const changes = args.filter(isPair)
  const words = args.filter((arg, i) => !isPair(arg, i))
  if (changes.length === 0) throw new CommandError(`error: at least one ${one} update is required`)
  const lines: string[] = []
  const errors: string[] = []
  for (const target of parseTargets(words)) {
    if (target.name === undefined)
      throw new CommandError('error: one or more resources must be specified as <resource> <name> or <resource>/<name>')
    const namespace = namespaceFor(target, flags)
    const { body } = yield* need(getRequest(target.resource.resource, namespace, target.name))
    const current = (body as KubernetesObject).metadata[field] ?? {}
    const patch: Record<string, string | null> = {}
    for (const change of changes) {
      const equals = change.indexOf('=')
      if (equals < 0) patch[change.slice(0, -1)] = null
      else patch[change.slice(0, equals)] = change.slice(equals + 1)
    }
    const clash = Object.keys(patch).find(
      (key) => patch[key] !== null && Object.hasOwn(current, key) && current[key] !== patch[key],
    )
    if (clash !== undefined && !isSet(flags, 'overwrite')) {
      errors.push(`error: '${clash}' already has a value (${current[clash]}), and --overwrite is false`)
      continue
    }
    const changed = Object.keys(patch).some((key) =>
      patch[key] === null ? Object.hasOwn(current, key) : current[key] !== patch[key],
    )
    const printed = printedName(target.resource, target.name)
    if (!changed) {
      lines.push(`${printed} not ${done}`)
      continue
    }
    const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
    yield* need(patchRequest(target.resource.resource, object, 'merge', { metadata: { [field]: patch } }))
    lines.push(`${printed} ${Object.values(patch).every((value) => value === null) ? undone : done}`)
  }
  return summary(lines, errors)
}

// ── set image ───────────────────────────────────────────────────────────────────────────────────────────────────────

export function* set({ args, flags }: Invocation): Steps {
  const [what, ...rest] = args
  if (what !== 'image') throw new CommandError(`error: unknown command "${what ?? ''}" for "kubectl set"`)
  const images = rest.filter((arg) => arg.includes('='))
  const [target] = parseTargets(rest.filter((arg) => !arg.includes('=')))
  if (target?.name === undefined || images.length === 0)
    throw new CommandError('error: at least one image update is required')
  const namespace = namespaceFor(target, flags)
  const { body } = yield* need(getRequest(target.resource.resource, namespace, target.name))
  const existing = (body as Deployment).spec.template.spec.containers
  const containers = images.flatMap((pair) => {
    const [name, image] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    if (name === '*') return existing.map((container) => ({ name: container.name, image }))
    if (!existing.some((container) => container.name === name))
      throw new CommandError(`error: unable to find container named "${name}"`)
    return [{ name, image }]
  })
  if (containers.every(({ name, image }) => existing.some((each) => each.name === name && each.image === image)))
    return {}
  const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
  yield* need(
    patchRequest(target.resource.resource, object, 'strategic', { spec: { template: { spec: { containers } } } }),
  )
  return { output: `${printedName(target.resource, target.name)} image updated\n` }
}
