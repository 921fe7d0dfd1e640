/** Where to read upstream: kubernetes/kubernetes `pkg/controller/replicaset/replica_set_utils.go`. */
import { matchesMap } from '#cluster/api/labels.ts'
import { conditionOf, formatTime, isEqual, isPodReady, parseTime, withCondition } from '#cluster/api/meta.ts'
import type { Condition, Pod, ReplicaSet, ReplicaSetStatus } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

/** When a Pod that is ready now becomes available; 0 when it is so already, undefined when it is not even ready. */
export function availableIn(pod: Pod, minReadySeconds: number, now: Micros): Micros | undefined {
  if (!isPodReady(pod)) return undefined
  if (minReadySeconds === 0) return 0
  const since = parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime)
  return since === undefined ? undefined : Math.max(since + minReadySeconds * 1e6 - now, 0)
}

export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly message: string
}

/** The Pods of a ReplicaSet in numbers. All but `terminating` are of those that are active. */
export interface Counts {
  readonly active: number
  readonly fullyLabeled: number
  readonly ready: number
  readonly available: number
  readonly terminating: number
}

export function countPods(set: ReplicaSet, active: readonly Pod[], terminating: number, now: Micros): Counts {
  const { labels } = set.spec.template.metadata ?? {}
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  let fullyLabeled = 0
  let ready = 0
  let available = 0
  for (const pod of active) {
    if (matchesMap(labels, pod.metadata.labels)) fullyLabeled++
    const wait = availableIn(pod, minReadySeconds, now)
    if (wait !== undefined) ready++
    if (wait === 0) available++
  }
  return { active: active.length, fullyLabeled, ready, available, terminating }
}

export function replicaSetStatus(
  set: ReplicaSet,
  counts: Counts,
  failure: Failure | undefined,
  now: Micros,
): ReplicaSetStatus {
  const conditions = conditionsOf(set, failure, now)
  return {
    ...withoutZeros({
      fullyLabeledReplicas: counts.fullyLabeled,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
    }),
    replicas: counts.active,
    terminatingReplicas: counts.terminating,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  }
}

function conditionsOf(set: ReplicaSet, failure: Failure | undefined, now: Micros): readonly Condition[] {
  const old = set.status?.conditions ?? []
  if (!failure) return old.filter(({ type }) => type !== 'ReplicaFailure')
  // The first failure is the one that is told: a new text each time (it names the Pod) would be a new status each time.
  if (old.some(({ type }) => type === 'ReplicaFailure')) return old
  const lastTransitionTime = formatTime(now)
  return withCondition(old, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime })
}

/** Counts that a type leaves out where they are 0; `replicas` and `terminatingReplicas` of a ReplicaSet it tells always. */
export const withoutZeros = <T extends object>(counts: T): Partial<T> =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0)) as Partial<T>

/** Whether writing it would change anything. */
export function isSameStatus(old: ReplicaSetStatus | undefined, status: ReplicaSetStatus): boolean {
  const { replicas = 0, terminatingReplicas = 0, ...rest } = old ?? {}
  return isEqual({ ...withoutZeros(rest), replicas, terminatingReplicas }, status)
}
