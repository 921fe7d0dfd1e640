/**
 * The HorizontalPodAutoscaler controller: as many replicas as the load wants.
 *
 * What the real one does: every 15 s it asks the metrics API what the target's Pods use, reckons the replicas that would bring the use to its
 * target, and writes that into the target's scale.
 * What we model: resource metrics as utilization and average values, the tolerance of a tenth, Pods that are not ready or not measured, no growth
 * beyond double (or four) at once, the highest recommendation of five minutes before it shrinks (or of the windows in `behavior`),
 * minReplicas and maxReplicas, conditions and Events; targets are Deployments, ReplicaSets and StatefulSets.
 * What we leave out: metrics of containers, Pods, objects and others, the policies and tolerances in `behavior`.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/podautoscaler/{horizontal,replica_calculator}.go`.
 */
import type { HorizontalPodAutoscaler, MetricSpec } from '#cluster/api/autoscaling-types.ts'
import { matchesSelector } from '#cluster/api/labels.ts'
import { formatTime, isEqual, keyOf, withCondition } from '#cluster/api/meta.ts'
import { milli } from '#cluster/api/quantity.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { Condition, KubernetesObject, LabelSelector, Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { isOk, messageOf, patchRequest, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { type PodMetrics, replicasFor, type Wanted } from './replica-calculator.ts'
import { type Decision, decide, type Recommendation } from './recommendations.ts'

const AUTOSCALERS = 'horizontalpodautoscalers'
const SYNC_MICROS = 15_000_000
const TARGETS = ['deployments', 'replicasets', 'statefulsets']

interface Memory {
  /** What the metrics API has answered, until it is used. */
  readonly answers: Table<string, readonly PodMetrics[] | string>
  /** When each is due. */
  readonly due: Table<string, Micros>
  readonly recommendations: Table<string, readonly Recommendation[]>
}

interface Tag {
  readonly type: 'metrics' | 'scale' | 'status'
  readonly autoscaler?: HorizontalPodAutoscaler
  readonly decision?: Decision
}

export const horizontalPodAutoscalerController: Controller<Memory> = {
  name: 'horizontal-pod-autoscaler',
  eventSource: 'horizontal-pod-autoscaler',
  offByDefault: true,
  watches: [
    { resource: AUTOSCALERS, enqueue: onAutoscaler },
    { resource: 'pods', enqueue: () => [] },
    ...TARGETS.map((resource) => ({ resource, enqueue: () => [] })),
  ],
  indexes: { pods: { namespace: ({ metadata }: KubernetesObject) => [metadata.namespace ?? ''] } },
  memory: () => ({ answers: new Table(), due: new Table(), recommendations: new Table() }),
  reconcile,
  settle,
}

/** It has a rhythm of its own: only a new or a changed one is looked at at once. */
function onAutoscaler(
  { type, object, old }: Delta<HorizontalPodAutoscaler>,
  _caches: Caches,
  memory: Memory,
): string[] {
  const key = keyOf(object)
  if (type === 'deleted') {
    for (const table of [memory.answers, memory.due, memory.recommendations]) table.delete(key)
    return []
  }
  if (old && isEqual(old.spec, object.spec)) return []
  memory.due.delete(key)
  return [key]
}

type Target = KubernetesObject & { readonly spec: { readonly replicas?: number; readonly selector: LabelSelector } }

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const autoscaler = caches.get<HorizontalPodAutoscaler>(AUTOSCALERS, key)
  if (!autoscaler || autoscaler.metadata.deletionTimestamp !== undefined) return {}
  const answer = memory.answers.get(key)
  memory.answers.delete(key)
  const left = (memory.due.get(key) ?? 0) - ctx.now
  if (answer === undefined && left > 0) return { requeueAfterMicros: left }
  const target = targetOf(autoscaler, caches)
  if (typeof target === 'string') return unable(key, autoscaler, target, memory, ctx)
  const { resource, object } = target
  if (answer === undefined) {
    memory.due.set(key, ctx.now + SYNC_MICROS)
    return { calls: [metricsCall(object)], again: true }
  }
  const current = object.spec.replicas ?? 1
  const pods = [...caches.by<Pod>('pods', 'namespace', object.metadata.namespace ?? '')].filter(({ metadata }) =>
    matchesSelector(object.spec.selector, metadata.labels),
  )
  const wanted = current === 0 ? [] : wantedBy(autoscaler, current, pods, answer, ctx.now)
  // Of one that is new it is known how many there are: it does not shrink them before the window is over.
  const before = memory.recommendations.get(key) ?? [{ at: ctx.now, replicas: current }]
  const decision = decide(autoscaler, current, wanted, before, ctx.now)
  memory.recommendations.set(key, decision.recommendations)
  const calls: Call[] = []
  if (decision.replicas !== current) {
    const request = patchRequest(resource, object, 'merge', { spec: { replicas: decision.replicas } }, 'scale')
    calls.push({ request, tag: { type: 'scale', autoscaler, decision } satisfies Tag })
  }
  calls.push(...statusCall(autoscaler, current, decision, ctx.now))
  return {
    calls,
    events: decision.failures.map((why) => warning(autoscaler, why[0], why[1])),
    requeueAfterMicros: SYNC_MICROS,
  }
}

const warning = (object: HorizontalPodAutoscaler, reason: string, message: string): EventNote => ({ object, type: 'Warning', reason, message }) // prettier-ignore

function targetOf(
  { spec, metadata }: HorizontalPodAutoscaler,
  caches: Caches,
): { resource: string; object: Target } | string {
  // prettier-ignore
  const { kind, name } = spec.scaleTargetRef
  const resource = resourceOfKind(kind)?.resource ?? ''
  if (!TARGETS.includes(resource)) return `no matches for kind ${JSON.stringify(kind)}`
  const object = caches.get<Target>(resource, `${metadata.namespace}/${name}`)
  return object ? { resource, object } : `${resource}.apps ${JSON.stringify(name)} not found`
}

function metricsCall({ metadata, spec }: Target): Call {
  const labels = Object.entries(spec.selector.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`)
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${metadata.namespace}/pods`
  const request = { method: 'GET', path, query: { labelSelector: labels.join() } } as const
  return { request, tag: { type: 'metrics' } satisfies Tag, accept: ['NotFound', 'ServiceUnavailable', 'Forbidden'] }
}

/** What each metric asks for, or why it asks for nothing. */
function wantedBy(
  { spec }: HorizontalPodAutoscaler,
  current: number,
  pods: readonly Pod[],
  answer: readonly PodMetrics[] | string,
  now: Micros,
): readonly { readonly metric: MetricSpec; readonly wanted: Wanted | string }[] {
  return (spec.metrics ?? []).map((metric) => {
    const { name = '', target } = metric.resource ?? {}
    if (!target) return { metric, wanted: `metrics of type ${metric.type} are not known here` }
    if (typeof answer === 'string') return { metric, wanted: `unable to get metrics for resource ${name}: ${answer}` }
    const goal = target.averageUtilization === undefined ? { averageMilli: milli(target.averageValue) } : { utilization: target.averageUtilization } // prettier-ignore
    return { metric, wanted: replicasFor(name, goal, current, pods, answer, now) }
  })
}

function statusCall(autoscaler: HorizontalPodAutoscaler, current: number, decision: Decision, now: Micros): Call[] {
  const at = formatTime(now)
  let conditions: readonly Condition[] = autoscaler.status?.conditions ?? []
  for (const [type, status, reason, message] of decision.conditions)
    conditions = withCondition(conditions, { type, status, reason, message, lastTransitionTime: at })
  const { lastScaleTime } = autoscaler.status ?? {}
  const scaledAt = decision.replicas === current ? lastScaleTime : at
  const status = {
    ...(scaledAt !== undefined && { lastScaleTime: scaledAt }),
    currentReplicas: current,
    desiredReplicas: decision.replicas,
    ...(decision.currentMetrics.length > 0 && { currentMetrics: decision.currentMetrics }),
    conditions,
  }
  if (isEqual(autoscaler.status, status)) return []
  const request = updateStatusRequest({ ...autoscaler, status } as HorizontalPodAutoscaler)
  return [{ request, tag: { type: 'status' } satisfies Tag, accept: ['NotFound', 'Conflict'] }]
}

/** Nobody knows what is to be scaled. */
function unable(
  key: string,
  autoscaler: HorizontalPodAutoscaler,
  why: string,
  memory: Memory,
  ctx: Context,
): Reconciled {
  // prettier-ignore
  memory.due.set(key, ctx.now + SYNC_MICROS)
  const message = `the HPA controller was unable to get the target's current scale: ${why}`
  const condition = { type: 'AbleToScale', status: 'False' as const, reason: 'FailedGetScale', message, lastTransitionTime: formatTime(ctx.now) } // prettier-ignore
  const status = { desiredReplicas: 0, ...autoscaler.status, conditions: withCondition(autoscaler.status?.conditions, condition) } // prettier-ignore
  const request = updateStatusRequest({ ...autoscaler, status } as HorizontalPodAutoscaler)
  const tag: Tag = { type: 'status' }
  const calls: Call[] = isEqual(autoscaler.status, status) ? [] : [{ request, tag, accept: ['NotFound', 'Conflict'] }]
  return { calls, events: [warning(autoscaler, 'FailedGetScale', why)], requeueAfterMicros: SYNC_MICROS }
}

function settle(key: string, call: Call, answer: Answer, failed: boolean, memory: Memory): EventNote[] | undefined {
  const { type, autoscaler, decision } = call.tag as Tag
  if (type === 'metrics') {
    const items = (answer.body as { items?: readonly PodMetrics[] } | undefined)?.items
    memory.answers.set(key, isOk(answer) && items ? items : messageOf(answer))
    return undefined
  }
  if (type !== 'scale' || !autoscaler || !decision) return undefined
  if (failed) return [warning(autoscaler, 'FailedRescale', `New size: ${decision.replicas}; reason: ${decision.why}; error: ${messageOf(answer)}`)] // prettier-ignore
  const message = `New size: ${decision.replicas}; reason: ${decision.why}`
  return [{ object: autoscaler, type: 'Normal', reason: 'SuccessfulRescale', message }]
}
