/**
 * Which Pods go first when there are too many.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/controller_utils.go` (ActivePodsWithRanks).
 */
import { conditionOf, isPodReady, parseTime } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const COST = 'controller.kubernetes.io/pod-deletion-cost'

/**
 * Without a node first; then pending, unknown, running; not ready before ready; the cheaper by deletion cost; where more
 * replicas share the node; ready for a shorter time (by powers of two, so that not always the newest falls); more
 * restarts; created later (by powers of two); then by UID.
 *
 * @param ranks how many replicas share each Pod's node, by Pod name
 */
export function byDeletionRank(ranks: ReadonlyMap<string, number>, now: Micros): (a: Pod, b: Pod) => number {
  return (a, b) =>
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    phaseRank(a) - phaseRank(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    (ranks.get(b.metadata.name) ?? 0) - (ranks.get(a.metadata.name) ?? 0) ||
    (isPodReady(a) && isPodReady(b) ? byAge(readyTime(a), readyTime(b), now) : 0) ||
    restarts(b) - restarts(a) ||
    byAge(parseTime(a.metadata.creationTimestamp), parseTime(b.metadata.creationTimestamp), now) ||
    ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1)
}

const phaseRank = (pod: Pod): number => PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 1

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[COST]
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0
}

const readyTime = (pod: Pod): Micros | undefined => parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime)

const restarts = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0)

/** The younger first; no time at all counts as youngest. */
function byAge(a: Micros | undefined, b: Micros | undefined, now: Micros): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined)
  return magnitude(now - a) - magnitude(now - b)
}

/** Whole base-2 logarithm; -1 for nothing. */
function magnitude(micros: Micros): number {
  let power = -1
  for (let rest = Math.floor(micros); rest >= 1; rest = Math.floor(rest / 2)) power++
  return power
}
