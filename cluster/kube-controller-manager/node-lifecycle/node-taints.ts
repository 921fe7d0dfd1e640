/**
 * Taints that follow from a node's conditions.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/nodelifecycle/node_lifecycle_controller.go`
 * (doNoScheduleTaintingPass, processTaintBaseEviction).
 */
import { conditionOf, formatTime } from '#cluster/api/meta.ts'
import type { Node, Taint, TaintEffect } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

const CONDITION_TAINTS: readonly (readonly [condition: string, status: string, taint: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]

/** The keys of which this controller is the keeper, with effect NoSchedule. */
const KEPT = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE])

export const isSameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect

/** The node's taints as they should be; undefined when they are so already. */
export function withNoScheduleTaints(node: Node, now: Micros): readonly Taint[] | undefined {
  const wanted = CONDITION_TAINTS.filter(([type, status]) => conditionOf(node, type)?.status === status).map(
    ([, , key]) => key,
  )
  if (node.spec?.unschedulable) wanted.push(UNSCHEDULABLE)
  const taints = node.spec?.taints ?? []
  const isOurs = (taint: Taint): boolean => taint.effect === 'NoSchedule' && KEPT.has(taint.key)
  const missing = wanted.filter((key) => !taints.some((taint) => isOurs(taint) && taint.key === key))
  const kept = taints.filter((taint) => !isOurs(taint) || wanted.includes(taint.key))
  if (missing.length === 0 && kept.length === taints.length) return undefined
  return [...kept, ...missing.map((key) => taintNow(key, 'NoSchedule', now))]
}

export const taintNow = (key: string, effect: TaintEffect, now: Micros): Taint => ({
  key,
  effect,
  timeAdded: formatTime(now),
})

/** The NoExecute taint that the node's readiness calls for, if any. */
export function noExecuteKey(node: Node): string | undefined {
  const status = conditionOf(node, 'Ready')?.status
  if (status === 'False') return NOT_READY
  return status === 'Unknown' ? UNREACHABLE : undefined
}

/** With exactly that one of the two; undefined when it is so already. */
export function withNoExecuteTaint(node: Node, key: string | undefined, now: Micros): readonly Taint[] | undefined {
  const taints = node.spec?.taints ?? []
  const isOurs = (taint: Taint): boolean =>
    taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE)
  const kept = taints.filter((taint) => !isOurs(taint) || taint.key === key)
  const has = key === undefined || kept.some((taint) => isOurs(taint))
  if (has && kept.length === taints.length) return undefined
  return has ? kept : [...kept, taintNow(key, 'NoExecute', now)]
}
