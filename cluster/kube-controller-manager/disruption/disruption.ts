/**
 * The disruption controller: how many Pods of each PodDisruptionBudget may be evicted now.
 *
 * What the real one does: counts the healthy Pods that a budget's selector matches, asks their controllers how many there ought to be, and writes the
 * difference into the status, which evictions go by.
 * What we model: minAvailable and maxUnavailable, as numbers and in percent; Pods of ReplicaSets, Deployments and StatefulSets; Pods
 * without a controller; the condition DisruptionAllowed; Events.
 * What we leave out: ReplicationControllers and custom resources with a scale; `disruptedPods` (the API server counts the evictions that
 * no status knows of yet by itself); taking back the condition DisruptionTarget of a Pod that was not deleted after all.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/disruption/disruption.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import { controllerOf, formatTime, isEqual, isPodReady, keyOf, withCondition } from '#cluster/api/meta.ts'
import type { PodDisruptionBudget } from '#cluster/api/policy-types.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import { updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled, Watch } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context } from '#cluster/kernel/component.ts'

const BUDGETS = 'poddisruptionbudgets'
/** Kinds that say how many Pods there ought to be. */
const SCALED = ['replicasets', 'deployments', 'statefulsets'] as const

const inNamespace = ({ metadata }: KubernetesObject): string[] => [metadata.namespace ?? '']

export const disruptionController: Controller = {
  name: 'disruption',
  eventSource: 'controllermanager',
  offByDefault: true,
  watches: [
    { resource: BUDGETS, enqueue: ({ object, type }) => (type === 'deleted' ? [] : [keyOf(object)]) },
    { resource: 'pods', enqueue: onPod },
    ...SCALED.map((resource): Watch<unknown> => ({ resource, enqueue: onScaled })),
  ],
  indexes: { pods: { namespace: inNamespace }, [BUDGETS]: { namespace: inNamespace } },
  memory: () => ({}),
  reconcile,
}

const budgetsBeside = (object: KubernetesObject, caches: Caches): PodDisruptionBudget[] => [
  ...caches.by<PodDisruptionBudget>(BUDGETS, 'namespace', object.metadata.namespace ?? ''),
]

/** Nothing that a budget counts by has changed unless it is new, gone, ready, or no longer ready. */
function onPod({ type, object, old }: Delta<Pod>, caches: Caches): string[] {
  const isSame =
    type === 'updated' &&
    isPodReady(object) === isPodReady(old!) &&
    object.metadata.deletionTimestamp === old!.metadata.deletionTimestamp &&
    isEqual(object.metadata.labels, old!.metadata.labels)
  if (isSame) return []
  const isAbout = ({ spec }: PodDisruptionBudget): boolean =>
    [object, old].some((pod) => pod !== undefined && matchesSelector(spec.selector, pod.metadata.labels))
  return budgetsBeside(object, caches).filter(isAbout).map(keyOf)
}

const replicasOf = (object: KubernetesObject): number =>
  (object as { spec?: { replicas?: number } }).spec?.replicas ?? 1

function onScaled({ object, old }: Delta<KubernetesObject>, caches: Caches): string[] {
  return old && replicasOf(object) === replicasOf(old) ? [] : budgetsBeside(object, caches).map(keyOf)
}

interface Expected {
  readonly pods: number
  readonly desired: number
}

function reconcile(key: string, caches: Caches, _memory: unknown, ctx: Context): Reconciled {
  const budget = caches.get<PodDisruptionBudget>(BUDGETS, key)
  if (!budget || budget.metadata.deletionTimestamp !== undefined) return {}
  const pods = [...caches.by<Pod>('pods', 'namespace', budget.metadata.namespace ?? '')].filter(({ metadata }) =>
    matchesSelector(budget.spec.selector, metadata.labels),
  )
  const events: EventNote[] = []
  if (pods.length === 0) events.push(note(budget, 'Normal', 'NoPods', 'No matching pods found'))
  const expected = expectedOf(budget, pods, caches, events)
  const at = formatTime(ctx.now)
  const status =
    typeof expected === 'string' ? failedStatus(budget, expected, at) : statusOf(budget, pods, expected, at)
  if (isEqual(budget.status, status)) return {}
  const request = updateStatusRequest({ ...budget, status } as PodDisruptionBudget)
  return { calls: [{ request, accept: ['NotFound', 'Conflict'] }], events }
}

const note = (object: PodDisruptionBudget, type: EventNote['type'], reason: string, message: string): EventNote => ({ object, type, reason, message }) // prettier-ignore

// ── how many there ought to be ──────────────────────────────────────────────────────────────────────────────────────

/** Or why nobody can say. */
function expectedOf(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  caches: Caches,
  events: EventNote[],
): Expected | string {
  // prettier-ignore
  const { minAvailable, maxUnavailable } = budget.spec
  if (typeof minAvailable === 'number') return { pods: pods.length, desired: minAvailable }
  if (minAvailable === undefined && maxUnavailable === undefined) return { pods: 0, desired: 0 }
  const scale = scaleOf(pods, caches)
  if (typeof scale === 'string') {
    const why = `Failed to calculate the number of expected pods: ${scale}`
    events.push(note(budget, 'Warning', 'CalculateExpectedPodCountFailed', why))
    return scale
  }
  if (pods.some((pod) => controllerOf(pod) === undefined))
    events.push(note(budget, 'Warning', 'UnmanagedPods', UNMANAGED))
  if (maxUnavailable === undefined) return { pods: scale, desired: share(minAvailable!, scale) }
  return { pods: scale, desired: Math.max(0, scale - share(maxUnavailable, scale)) }
}

const UNMANAGED =
  'Pods selected by this PodDisruptionBudget were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'

/** A share is rounded up, whichever way it is meant. */
const share = (value: number | string, all: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * all) / 100)

/** The sum of what their controllers want. */
function scaleOf(pods: readonly Pod[], caches: Caches): number | string {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner || scales.has(owner.uid)) continue
    const found = scaledOwner(pod, caches)
    if (typeof found === 'string') return found
    if (!found) continue
    const above = found.kind === 'ReplicaSet' ? scaledOwner(found, caches) : undefined
    const scaled = typeof above === 'object' ? above : found
    scales.set(owner.uid, 0)
    scales.set(scaled.metadata.uid!, replicasOf(scaled))
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0)
}

/** Undefined: it is gone, or there is none. Text: it is of a kind without a scale. */
function scaledOwner(object: KubernetesObject, caches: Caches): KubernetesObject | string | undefined {
  const owner = controllerOf(object)
  if (!owner) return undefined
  const resource = resourceOfKind(owner.kind)
  if (!resource || !(SCALED as readonly string[]).includes(resource.resource)) {
    const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
    return `${resource?.resource ?? owner.kind}${group} does not implement the scale subresource`
  }
  const found = caches.get<KubernetesObject>(resource.resource, `${object.metadata.namespace}/${owner.name}`)
  return found?.metadata.uid === owner.uid ? found : undefined
}

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

type Status = NonNullable<PodDisruptionBudget['status']>

function statusOf(budget: PodDisruptionBudget, pods: readonly Pod[], expected: Expected, at: string): Status {
  const healthy = pods.filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined).length
  const allowed = expected.pods <= 0 ? 0 : Math.max(0, healthy - expected.desired)
  return {
    observedGeneration: budget.metadata.generation ?? 0,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: expected.desired,
    expectedPods: expected.pods,
    conditions: conditionsOf(budget, allowed > 0, allowed > 0 ? 'SufficientPods' : 'InsufficientPods', '', at),
  }
}

/** Whoever does not know how many there ought to be lets none go. */
const failedStatus = (budget: PodDisruptionBudget, why: string, at: string): Status => ({
  ...budget.status,
  observedGeneration: budget.metadata.generation ?? 0,
  disruptionsAllowed: 0,
  conditions: conditionsOf(budget, false, 'SyncFailed', why, at),
})

const conditionsOf = (
  { metadata, status }: PodDisruptionBudget,
  isAllowed: boolean,
  reason: string,
  message: string,
  at: string,
) =>
  // prettier-ignore
  withCondition(status?.conditions, {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: at,
    reason,
    message,
  })
