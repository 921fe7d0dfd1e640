/**
 * How many Pods each ReplicaSet of a rollout should have next: arithmetic only.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/deployment/{rolling,sync}.go`,
 * `util/deployment_util.go` (ResolveFenceposts, NewRSNewReplicas).
 */
import type { Deployment, ReplicaSet } from '#cluster/api/types.ts'
import { availableOf, byCreation, DESIRED_REPLICAS, MAX_REPLICAS, replicasOf } from './revisions.ts'

export interface Scaling {
  readonly set: ReplicaSet
  readonly replicas: number
}

export interface Limits {
  /** Pods above the wanted number that a rollout may have. */
  readonly maxSurge: number
  /** Pods below it that may be unavailable meanwhile. */
  readonly maxUnavailable: number
}

/** A percentage of surge is rounded up, one of unavailability down; if both come to nothing, one may be unavailable. */
export function limitsOf(deployment: Deployment): Limits {
  const { strategy, replicas = 1 } = deployment.spec
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 }
  const maxSurge = resolve(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil)
  const maxUnavailable = resolve(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor)
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 }
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) }
}

function resolve(value: number | string, total: number, round: (number: number) => number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value)
}

export function wantedOfNew(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  const { strategy, replicas: wanted = 1 } = deployment.spec
  if (strategy?.type === 'Recreate') return wanted
  const room = wanted + limitsOf(deployment).maxSurge - replicasOf(sets)
  if (room <= 0) return current
  return current + Math.min(room, wanted - current)
}

/** The new ReplicaSet first grows; if nothing may grow, the old ones shrink. */
export function rollingStep(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet): Scaling[] {
  const wanted = deployment.spec.replicas ?? 1
  const current = newSet.spec.replicas ?? 1
  if (current > wanted) return [{ set: newSet, replicas: wanted }]
  if (current < wanted) {
    const replicas = wantedOfNew(deployment, sets, current)
    if (replicas !== current) return [{ set: newSet, replicas }]
  }
  return shrinkOld(deployment, sets, newSet)
}

function shrinkOld(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet): Scaling[] {
  const old = byCreation(sets.filter((set) => set !== newSet))
  if (replicasOf(old) === 0) return []
  const minAvailable = (deployment.spec.replicas ?? 1) - limitsOf(deployment).maxUnavailable
  const newUnavailable = (newSet.spec.replicas ?? 1) - (newSet.status?.availableReplicas ?? 0)
  const surplus = replicasOf(sets) - minAvailable - newUnavailable
  if (surplus <= 0) return []
  const left = new Map(old.map((set) => [set, set.spec.replicas ?? 1]))
  // Those that do no good anyhow go first, whichever ReplicaSet they are of.
  let unhealthy = 0
  for (const set of old) {
    const sick = (set.spec.replicas ?? 1) - (set.status?.availableReplicas ?? 0)
    const cut = Math.min(surplus - unhealthy, Math.max(sick, 0))
    left.set(set, left.get(set)! - cut)
    unhealthy += cut
  }
  let spare = availableOf(sets) - minAvailable
  for (const set of old) {
    const cut = Math.min(Math.max(spare, 0), left.get(set)!)
    left.set(set, left.get(set)! - cut)
    spare -= cut
  }
  return changed(left)
}

/** The Deployment was scaled in the middle of a rollout: each ReplicaSet gets its share, the largest what rounding leaves. */
export function proportionalStep(deployment: Deployment, sets: readonly ReplicaSet[]): Scaling[] {
  const wanted = deployment.spec.replicas ?? 1
  const allowed = wanted > 0 ? wanted + limitsOf(deployment).maxSurge : 0
  const active = sets.filter((set) => (set.spec.replicas ?? 1) > 0)
  const toAdd = allowed - replicasOf(active)
  // Growing starts with the newest of equals, shrinking with the oldest.
  const age = byCreation(active)
  const rank = new Map(age.map((set, i) => [set, toAdd > 0 ? -i : i]))
  const sorted = [...active].sort(
    (a, b) => (b.spec.replicas ?? 1) - (a.spec.replicas ?? 1) || rank.get(a)! - rank.get(b)!,
  )
  const next = new Map<ReplicaSet, number>()
  let added = 0
  for (const set of sorted) {
    const share = toAdd === 0 ? 0 : shareOf(set, deployment, toAdd, added, allowed)
    next.set(set, (set.spec.replicas ?? 1) + share)
    added += share
  }
  const largest = sorted[0]
  if (largest && toAdd !== 0) next.set(largest, Math.max(next.get(largest)! + toAdd - added, 0))
  return changed(next)
}

function shareOf(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number, allowed: number): number {
  const size = set.spec.replicas ?? 1
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? (deployment.status?.replicas || size))
  const fraction = Math.round((size * allowed) / before) - size
  const room = toAdd - added
  return toAdd > 0 ? Math.min(fraction, room) : Math.max(fraction, room)
}

/** Whether the wanted number has changed since the ReplicaSets were last sized. */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = set.metadata.annotations?.[DESIRED_REPLICAS]
    return (set.spec.replicas ?? 1) > 0 && desired !== undefined && Number(desired) !== (deployment.spec.replicas ?? 1)
  })
}

const changed = (next: ReadonlyMap<ReplicaSet, number>): Scaling[] =>
  [...next]
    .filter(([set, replicas]) => replicas !== (set.spec.replicas ?? 1))
    .map(([set, replicas]) => ({ set, replicas }))
