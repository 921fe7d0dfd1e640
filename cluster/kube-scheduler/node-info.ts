/**
 * What a cycle knows of one node: the object, what its Pods have asked for, and what is left to ask.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/types.go` (NodeInfo).
 */
import type { Amounts } from '#cluster/api/pod-resources.ts'
import { addAmounts, podRequests, toAmounts } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { Node, Pod, Taint } from '#cluster/api/types.ts'
import type { PodList } from './pod-list.ts'
import { podListOf, withOne, withoutOne } from './pod-list.ts'

export interface NodeInfo {
  readonly name: string
  readonly node: Node
  /** `spec.unschedulable` and `spec.taints`: every cycle asks every node, so they lie close at hand. */
  readonly unschedulable: boolean
  readonly taints: readonly Taint[]
  /** Thousandths by resource name; `pods` counts Pods, in thousandths too. */
  readonly allocatable: Amounts
  /** Sum of the requests of `pods`, thousandths. */
  readonly requested: Amounts
  /** The same for scoring, where a Pod that asks for nothing counts 100m and 200 MB, so that such Pods spread as well. */
  readonly nonZeroRequested: { readonly cpu: number; readonly memory: number }
  /** Those bound to it or assumed to be; finished ones are not among them. */
  readonly pods: PodList
}

/** Upstream's DefaultMilliCPURequest and DefaultMemoryRequest, in thousandths. */
const DEFAULT_CPU = 100
const DEFAULT_MEMORY = 200 * 1024 * 1024 * 1000

export function createNodeInfo(node: Node, pods: readonly Pod[] = []): NodeInfo {
  const requested: Record<string, number> = {}
  let cpu = 0
  let memory = 0
  for (const pod of pods) {
    addAmounts(requested, podRequests(pod))
    const asked = nonZeroRequests(pod)
    cpu += asked.cpu
    memory += asked.memory
  }
  const allocatable = toAmounts(node.status?.allocatable)
  return Object.freeze({
    name: node.metadata.name,
    node,
    ...admissionOf(node),
    allocatable: Object.freeze(allocatable),
    requested: Object.freeze(requested),
    nonZeroRequested: Object.freeze({ cpu, memory }),
    pods: podListOf(pods),
  })
}

const NO_TAINTS: readonly Taint[] = Object.freeze([])

const admissionOf = ({ spec }: Node): Pick<NodeInfo, 'unschedulable' | 'taints'> => ({
  unschedulable: spec?.unschedulable === true,
  taints: spec?.taints ?? NO_TAINTS,
})

export function withNode(info: NodeInfo, node: Node): NodeInfo {
  return Object.freeze({
    ...info,
    node,
    ...admissionOf(node),
    allocatable: Object.freeze(toAmounts(node.status?.allocatable)),
  })
}

export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  return withChange(info, withOne(info.pods, pod), pod, 1)
}

/** `pod` must be the very object that was added. */
export function withoutPod(info: NodeInfo, pod: Pod): NodeInfo {
  return withChange(info, withoutOne(info.pods, pod), pod, -1)
}

function withChange(info: NodeInfo, pods: PodList, pod: Pod, sign: 1 | -1): NodeInfo {
  const requested = { ...info.requested }
  addAmounts(requested, podRequests(pod), sign)
  const asked = nonZeroRequests(pod)
  const { name, node, unschedulable, taints, allocatable, nonZeroRequested } = info
  return {
    name,
    node,
    unschedulable,
    taints,
    allocatable,
    requested,
    nonZeroRequested: {
      cpu: nonZeroRequested.cpu + sign * asked.cpu,
      memory: nonZeroRequested.memory + sign * asked.memory,
    },
    pods,
  }
}

/** By what podRequests gives, which is one object for the same containers. */
const nonZero = new WeakMap<object, { readonly cpu: number; readonly memory: number }>()

/** Per container, as upstream: one that names no cpu counts as 100m even when its neighbour names some. */
export function nonZeroRequests(pod: Pod): { readonly cpu: number; readonly memory: number } {
  const exact = podRequests(pod)
  const known = nonZero.get(exact)
  if (known) return known
  let cpu = 0
  let memory = 0
  for (const container of pod.spec.containers) {
    const requests = container.resources?.requests
    cpu += requests?.['cpu'] === undefined ? DEFAULT_CPU : milli(requests['cpu'])
    memory += requests?.['memory'] === undefined ? DEFAULT_MEMORY : milli(requests['memory'])
  }
  const amounts = Object.freeze({
    cpu: Math.max(cpu, exact['cpu'] ?? 0),
    memory: Math.max(memory, exact['memory'] ?? 0),
  })
  nonZero.set(exact, amounts)
  return amounts
}
