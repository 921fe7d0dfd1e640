/**
 * NodeResourcesBalancedAllocation: prefers nodes whose cpu and memory would be used to a like degree.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go`.
 */
import type { Amounts } from '#cluster/api/pod-resources.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Plugin } from '../framework.ts'
import { MAX_NODE_SCORE, SKIP } from '../framework.ts'

export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  /** A Pod that asks for neither would only pile up on one node. */
  preScore(_state, pod) {
    const { cpu = 0, memory = 0 } = podRequests(pod)
    return cpu === 0 && memory === 0 ? SKIP : undefined
  },
  /** With two resources the standard deviation is half their difference. */
  score(_state, pod, { allocatable, requested }) {
    const asked = podRequests(pod)
    const cpu = share('cpu', asked, requested, allocatable)
    const memory = share('memory', asked, requested, allocatable)
    const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs(cpu - memory) / 2
    return Math.floor((1 - deviation) * MAX_NODE_SCORE)
  },
}

function share(name: string, asked: Amounts, requested: Amounts, allocatable: Amounts): number | undefined {
  const capacity = allocatable[name] ?? 0
  if (capacity === 0) return undefined
  return Math.min(((requested[name] ?? 0) + (asked[name] ?? 0)) / capacity, 1)
}
