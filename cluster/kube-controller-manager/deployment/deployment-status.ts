/**
 * A Deployment's status and its conditions Available and Progressing.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/deployment/{sync,progress}.go`.
 */
import { conditionOf, formatTime, isEqual, parseTime } from '#cluster/api/meta.ts'
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { withoutZeros } from '../replicaset/status.ts'
import { limitsOf } from './rolling.ts'
import { availableOf, replicasOf } from './revisions.ts'

const DEFAULT_DEADLINE_SECONDS = 600

const total = (sets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas'): number =>
  sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0)

export function deploymentStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: Micros,
): DeploymentStatus {
  const available = availableOf(sets)
  const replicas = total(sets, 'replicas')
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: total(sets, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(replicasOf(sets) - available, 0),
  }
  let conditions = setCondition(deployment.status?.conditions ?? [], availableCondition(deployment, available), now)
  const progress = progressCondition(deployment, counts, newSet, now)
  if (progress) conditions = setCondition(conditions, progress, now)
  const gone = terminatingOf(sets)
  return { ...withoutZeros(counts), ...(gone !== undefined && { terminatingReplicas: gone }), conditions }
}

/** Unknown as long as a set has not told it. */
function terminatingOf(sets: readonly ReplicaSet[]): number | undefined {
  let sum = 0
  for (const { status } of sets) {
    if (status?.terminatingReplicas === undefined) return undefined
    sum += status.terminatingReplicas
  }
  return sum
}

type Verdict = Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>

/** An unchanged status and reason leave the condition as it is, times included. */
function setCondition(conditions: readonly Condition[], verdict: Verdict, now: Micros): readonly Condition[] {
  const old = conditions.find(({ type }) => type === verdict.type)
  if (old && old.status === verdict.status && old.reason === verdict.reason && old.message === verdict.message)
    return conditions
  const lastUpdateTime = formatTime(now)
  const lastTransitionTime =
    old?.status === verdict.status ? (old.lastTransitionTime ?? lastUpdateTime) : lastUpdateTime
  const fresh: Condition = { ...verdict, lastUpdateTime, lastTransitionTime }
  return [...conditions.filter(({ type }) => type !== verdict.type), fresh]
}

function availableCondition(deployment: Deployment, available: number): Verdict {
  const wanted = deployment.spec.replicas ?? 1
  if (available >= wanted - limitsOf(deployment).maxUnavailable) {
    const message = 'Deployment has minimum availability.'
    return { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message }
  }
  const message = 'Deployment does not have minimum availability.'
  return { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message }
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = deployment.spec.replicas ?? 1
  const { updatedReplicas, replicas, availableReplicas } = status
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted
}

function progressCondition(
  deployment: Deployment,
  next: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  now: Micros,
): Verdict | undefined {
  const old = conditionOf(deployment, 'Progressing')
  const about = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const progressing = (reason: string, what: string): Verdict => ({
    type: 'Progressing',
    status: 'True',
    reason,
    message: `${about} ${what}`,
  })
  const finished = next.replicas === next.updatedReplicas && old?.reason === 'NewReplicaSetAvailable'
  if (
    finished &&
    !(
      old?.status === 'True' &&
      !isComplete(deployment, next) &&
      newSet &&
      !old.message?.includes(`"${newSet.metadata.name}"`)
    )
  ) {
    return undefined
  }
  if (isComplete(deployment, next)) return progressing('NewReplicaSetAvailable', 'has successfully progressed.')
  if (hasProgressed(deployment.status, next)) return progressing('ReplicaSetUpdated', 'is progressing.')
  if (isTimedOut(deployment, now)) {
    const message = `${about} has timed out progressing.`
    return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }
  }
  if (!old && newSet)
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${newSet.metadata.name}"`,
    }
  return undefined
}

/** More Pods of the new template, fewer of the old, or more that are ready or available. */
function hasProgressed(old: DeploymentStatus | undefined, next: DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 } = old ?? {}
  return (
    next.updatedReplicas! > updatedReplicas ||
    next.replicas! - next.updatedReplicas! < replicas - updatedReplicas ||
    next.availableReplicas! > availableReplicas ||
    next.readyReplicas! > readyReplicas
  )
}

/** When the rollout will be too late unless it moves; undefined when nothing is to be watched. */
export function deadlineOf(deployment: Deployment): Micros | undefined {
  const condition = conditionOf(deployment, 'Progressing')
  if (!condition || condition.reason === 'NewReplicaSetAvailable' || condition.reason === 'ProgressDeadlineExceeded')
    return undefined
  const since = parseTime(condition.lastUpdateTime)
  return since === undefined
    ? undefined
    : since + (deployment.spec.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1e6
}

function isTimedOut(deployment: Deployment, now: Micros): boolean {
  if (conditionOf(deployment, 'Progressing')?.reason === 'ProgressDeadlineExceeded') return true
  const deadline = deadlineOf(deployment)
  return deadline !== undefined && deadline <= now
}

/** Whether writing it would change anything. */
export function isSameStatus(old: DeploymentStatus | undefined, status: DeploymentStatus): boolean {
  const { terminatingReplicas, ...rest } = old ?? {}
  const known = terminatingReplicas === undefined ? {} : { terminatingReplicas }
  return isEqual({ conditions: [], ...withoutZeros(rest), ...known }, status)
}
