/**
 * HTTP extenders: other processes that have a word in a scheduling cycle, asked over the network after the plugins.
 *
 * What the real one does: after Filter, each extender in turn gets the nodes that are left and sends back those that it lets
 * pass; after Score, all of them give points to the nodes; where Pods are to be preempted, each in turn may take candidates away
 * or change the victims; one may bind in the scheduler's stead. The cycle waits.
 * What we model: filter (failed, and failed for good), prioritize with weights, preempt, bind; managedResources, nodeCacheCapable,
 * ignorable, httpTimeout. A cycle that waits is data: the Pod, what has been answered, what is still out; no other begins
 * meanwhile, and at the end the plugins are asked again for the nodes that were let pass.
 * What we leave out: TLS.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/extender.go`, `staging/src/k8s.io/kube-scheduler/extender/v1/types.go`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { Cache } from './cache.ts'
import type { PreemptionResult } from './extender-preemption.ts'
import { candidatesFrom, preemptionArgs } from './extender-preemption.ts'
import type { Asking, Extended, ExtenderOptions } from './extender-types.ts'
import type { PreemptionCandidate, Status } from './framework.ts'
import { unresolvable, unschedulable } from './framework.ts'
import type { QueuedPod } from './queued-pod.ts'
import type { Scheduling } from './state.ts'

/** ExtenderArgs. */
export interface ExtenderArgs {
  readonly pod: Pod
  readonly nodes?: { readonly items: readonly Node[] }
  readonly nodenames?: readonly string[]
}

/** ExtenderFilterResult. */
interface FilterResult {
  readonly nodes?: { readonly items: readonly Node[] }
  readonly nodenames?: readonly string[]
  readonly failedNodes?: Readonly<Record<string, string>>
  readonly failedAndUnresolvableNodes?: Readonly<Record<string, string>>
  readonly error?: string
}

const isInterested = ({ managedResources = [] }: ExtenderOptions, pod: Pod): boolean =>
  managedResources.length === 0 || managedResources.some(({ name }) => (podRequests(pod)[name] ?? 0) > 0)

const processOf = ({ urlPrefix }: ExtenderOptions): ProcessId => {
  const [, machine, process] = /^https?:\/\/([^/]+)\/([^/]+)/.exec(urlPrefix)!
  return `${machine}/${process}`
}

const pathOf = ({ urlPrefix }: ExtenderOptions, verb: string): string =>
  `${urlPrefix.replace(/^https?:\/\/[^/]+\/[^/]+/, '').replace(/\/$/, '')}/${verb}`

const interested = ({ state }: Scheduling, pod: Pod): readonly number[] =>
  (state.options.extenders ?? []).flatMap((extender, i) => (isInterested(extender, pod) ? [i] : []))

/** Begins to ask, if anybody wants to be asked about this Pod. */
export function ask(scheduling: Scheduling, queued: QueuedPod, names: readonly string[]): boolean {
  const all = interested(scheduling, queued.pod)
  const { extenders = [] } = scheduling.state.options
  if (names.length === 0 || !all.some((i) => extenders[i]!.filterVerb || extenders[i]!.prioritizeVerb)) return false
  const rest = all.filter((i) => extenders[i]!.filterVerb)
  goOn(scheduling, { queued, stage: 'filter', rest, names, refused: {}, points: {}, open: [] })
  if (scheduling.state.asking!.open.length > 0) return true
  // One node needs no points.
  scheduling.state.asking = undefined
  return false
}

/** Begins to show the candidates, if anybody wants to see them. */
export function askToPreempt(
  scheduling: Scheduling,
  queued: QueuedPod,
  agreed: readonly PreemptionCandidate[],
  extended: Extended | undefined,
): boolean {
  const { extenders = [] } = scheduling.state.options
  const rest = interested(scheduling, queued.pod).filter((i) => extenders[i]!.preemptVerb)
  if (rest.length === 0) return false
  goOn(scheduling, { refused: {}, ...extended, queued, stage: 'preempt', rest, points: {}, open: [], agreed })
  return true
}

/** The next one to filter; then all that give points, at once; then `state.asking` has nothing open and nothing left. */
function goOn(scheduling: Scheduling, asking: Asking): void {
  const { state } = scheduling
  const { extenders = [] } = state.options
  const { stage, names = [], agreed = [] } = asking
  const [next, ...rest] = asking.rest
  const isOver = stage === 'preempt' ? !('length' in agreed) || agreed.length === 0 : names.length === 0
  if (next !== undefined && !isOver) {
    state.asking = { ...asking, rest, open: [[call(scheduling, asking, next), next]] }
  } else if (stage === 'filter') {
    const judges =
      names.length > 1 ? interested(scheduling, asking.queued.pod).filter((i) => extenders[i]!.prioritizeVerb) : []
    const judged: Asking = { ...asking, stage: 'prioritize', rest: [] }
    state.asking = { ...judged, open: judges.map((i) => [call(scheduling, judged, i), i] as const) }
  } else state.asking = { ...asking, rest: [] }
}

const verbOf = (extender: ExtenderOptions, stage: Asking['stage']): string =>
  ({ filter: extender.filterVerb, prioritize: extender.prioritizeVerb, preempt: extender.preemptVerb })[stage]!

function call({ state, ctx, effects }: Scheduling, asking: Asking, place: number): StreamId {
  const extender = state.options.extenders![place]!
  const stream = ctx.id()
  const { queued, names = [], stage } = asking
  const nodes = () => names.flatMap((name) => state.nodes.items.get(name) ?? [])
  const args: ExtenderArgs = extender.nodeCacheCapable
    ? { pod: queued.pod, nodenames: names }
    : { pod: queued.pod, nodes: { items: nodes() } }
  const body = stage === 'preempt' ? preemptionArgs(asking, extender) : args
  effects.push(request(stream, state.client.user, extender, verbOf(extender, stage), body))
  effects.push({ type: 'wake', key: `extender/${stream}`, after: timeoutOf(extender) })
  return stream
}

const timeoutOf = ({ httpTimeoutSeconds = 5 }: ExtenderOptions): Micros => httpTimeoutSeconds * 1_000_000

function request(
  stream: StreamId,
  user: HttpRequest['user'],
  extender: ExtenderOptions,
  verb: string,
  body: unknown,
): Effect {
  const http: HttpRequest = { type: 'request', user, method: 'POST', path: pathOf(extender, verb), body }
  return { type: 'open', stream, to: processOf(extender), body: http }
}

/** Takes in an answer, or that there is none. @returns true once all is answered; what went wrong, if that ends the cycle */
export function heard(
  scheduling: Scheduling,
  event: Event,
): 'not ours' | 'waiting' | 'done' | { readonly error: string; readonly queued: QueuedPod } {
  const { state, effects } = scheduling
  const { asking } = state
  if (!asking) return 'not ours'
  const late =
    event.type === 'timer' && event.key.startsWith('extender/')
      ? Number(event.key.slice('extender/'.length))
      : undefined
  const stream = event.type === 'closed' ? event.stream : late
  const row = asking.open.find(([id]) => id === stream)
  if (!row) return late === undefined ? 'not ours' : 'waiting'
  const extender = state.options.extenders![row[1]]!
  if (late === undefined) effects.push({ type: 'cancelWake', key: `extender/${stream}` })
  else effects.push({ type: 'close', stream: row[0] })
  const open = asking.open.filter((each) => each !== row)
  const response = event.type === 'closed' && event.reason === 'done' ? (event.body as HttpResponse) : undefined
  const next = take({ ...asking, open }, extender, response, state.cache)
  if ('error' in next && !extender.ignorable && asking.stage === 'filter') {
    state.asking = undefined
    return { error: next.error, queued: asking.queued }
  }
  let so = 'error' in next ? { ...asking, open } : next
  if ('error' in next && !extender.ignorable && asking.stage === 'preempt')
    so = { ...so, rest: [], agreed: { code: 'Error', reasons: [next.error] } }
  if (so.open.length > 0) state.asking = so
  else goOn(scheduling, so)
  return state.asking!.open.length > 0 ? 'waiting' : 'done'
}

function take(
  asking: Asking,
  extender: ExtenderOptions,
  response: HttpResponse | undefined,
  cache: Cache,
): Asking | { error: string } {
  const what = verbOf(extender, asking.stage)
  const url = `${extender.urlPrefix.replace(/\/$/, '')}/${what}`
  if (response === undefined) return { error: `Post "${url}": context deadline exceeded` }
  if (response.status !== 200)
    return { error: `failed ${what} with extender at URL ${extender.urlPrefix}, code ${response.status}` }
  if (asking.stage === 'prioritize') {
    const points = { ...asking.points }
    for (const { host, score } of (response.body as readonly { host: string; score: number }[]) ?? [])
      points[host] = (points[host] ?? 0) + score * (extender.weight ?? 1) * MAX_SCORE_RATIO
    return { ...asking, points }
  }
  if (asking.stage === 'preempt') {
    const agreed = candidatesFrom(response.body as PreemptionResult, extender, cache)
    return 'error' in agreed ? agreed : { ...asking, agreed }
  }
  const result = (response.body ?? {}) as FilterResult
  if (result.error) return { error: result.error }
  const names = result.nodenames ?? (result.nodes?.items ?? []).map(({ metadata }) => metadata.name)
  const refused: Record<string, Status> = { ...asking.refused }
  const plugin = extender.urlPrefix
  for (const [name, why] of Object.entries(result.failedNodes ?? {})) refused[name] = { ...unschedulable(why), plugin }
  for (const [name, why] of Object.entries(result.failedAndUnresolvableNodes ?? {}))
    refused[name] = { ...unresolvable(why), plugin }
  return { ...asking, names: names.filter((name) => asking.names!.includes(name)), refused }
}

/** An extender's points go up to 10, a plugin's to 100. */
const MAX_SCORE_RATIO = 10

/** The one that binds this Pod in the scheduler's stead. */
export const binderOf = ({ state }: Scheduling, pod: Pod): ExtenderOptions | undefined =>
  state.options.extenders?.find((extender) => extender.bindVerb && isInterested(extender, pod))

export function bindByExtender(
  { state, ctx }: Scheduling,
  extender: ExtenderOptions,
  pod: Pod,
  node: string,
  tag: unknown,
): Effect {
  const stream = ctx.id()
  state.client.calls.set(stream, tag)
  const { name, namespace, uid } = pod.metadata
  return request(stream, state.client.user, extender, extender.bindVerb!, {
    podName: name,
    podNamespace: namespace,
    podUID: uid,
    node,
  })
}
