/**
 * NodeResourcesBalancedAllocation: prefers nodes whose resources (cpu and memory, unless told otherwise) would be used to a
 * like degree.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go`.
 */
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { MAX_NODE_SCORE, SKIP } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { ResourceSpec } from './resource-allocation.ts'
import { isNative } from './resource-allocation.ts'

/** NodeResourcesBalancedAllocationArgs. */
export interface BalancedArguments {
  readonly resources?: readonly ResourceSpec[]
}

const DEFAULT_RESOURCES: readonly ResourceSpec[] = [{ name: 'cpu' }, { name: 'memory' }]

export function nodeResourcesBalancedAllocation({ resources = DEFAULT_RESOURCES }: BalancedArguments = {}): Plugin {
  const heavy = resources.find(({ weight = 1 }) => weight !== 1)
  if (heavy) throw new Error(`resources: weight of "${heavy.name}" must be 1, balance knows no weights`)
  const names = resources.map(({ name }) => name)
  return {
    name: 'NodeResourcesBalancedAllocation',
    reads: podRequests,
    /** A Pod that asks for none of them would only pile up on one node. */
    preScore(_state, pod) {
      const asked = podRequests(pod)
      return names.every((name) => (asked[name] ?? 0) === 0) ? SKIP : undefined
    },
    score: (_state, pod, info) => Math.floor((1 - deviationOf(shares(names, pod, info))) * MAX_NODE_SCORE),
  }
}

/** The used share of each resource that counts, at most 1. */
function shares(names: readonly string[], pod: Pod, { allocatable, requested }: NodeInfo): number[] {
  const asked = podRequests(pod)
  const list: number[] = []
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    const capacity = allocatable[name] ?? 0
    const amount = asked[name] ?? 0
    if (capacity === 0 || (amount === 0 && !isNative(name))) continue
    list.push(Math.min(((requested[name] ?? 0) + amount) / capacity, 1))
  }
  return list
}

/** With two, the standard deviation is half their difference. */
function deviationOf(list: readonly number[]): number {
  if (list.length < 2) return 0
  if (list.length === 2) return Math.abs(list[0]! - list[1]!) / 2
  let sum = 0
  for (const share of list) sum += share
  const mean = sum / list.length
  let squares = 0
  for (const share of list) squares += (share - mean) * (share - mean)
  return Math.sqrt(squares / list.length)
}
