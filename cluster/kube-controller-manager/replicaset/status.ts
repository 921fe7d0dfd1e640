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

export function replicaSetStatus(
  set: ReplicaSet,
  active: readonly Pod[],
  terminating: number,
  failure: Failure | undefined,
  now: Micros,
): ReplicaSetStatus {
  const { labels } = set.spec.template.metadata ?? {}
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const conditions = conditionsOf(set, failure, now)
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => matchesMap(labels, pod.metadata.labels)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => availableIn(pod, minReadySeconds, now) === 0).length,
    terminatingReplicas: terminating,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  }
}

function conditionsOf(set: ReplicaSet, failure: Failure | undefined, now: Micros): readonly Condition[] {
  const old = set.status?.conditions ?? []
  if (!failure) return old.filter(({ type }) => type !== 'ReplicaFailure')
  const lastTransitionTime = formatTime(now)
  return withCondition(old, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime })
}

/** Whether writing it would change anything. */
export function isSameStatus(old: ReplicaSetStatus | undefined, status: ReplicaSetStatus): boolean {
  const zeros = { replicas: 0, fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0, terminatingReplicas: 0 }
  return isEqual({ ...zeros, ...old }, status)
}
