/**
 * NodeResourcesFit: a node must have left what the Pod asks for; among those that do, the emptier is the better
 * (LeastAllocated) or, if so configured, the fuller (MostAllocated).
 *
 * Only requests count: limits do not, nor does what is really used.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated}.go`.
 */
import type { Amounts } from '#cluster/api/pod-resources.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { Pod, ResourceList } from '#cluster/api/types.ts'
import type { CycleState, Plugin, Status } from '../framework.ts'
import { MAX_NODE_SCORE, unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { nonZeroRequests } from '../node-info.ts'

const NAME = 'NodeResourcesFit'
const ONE_POD = 1000

export interface FitArguments {
  readonly scoringStrategy?: 'LeastAllocated' | 'MostAllocated'
}

/** What a Pod asks for that is not zero, by resource, cpu and memory first. */
type Request = readonly { readonly name: string; readonly amount: number }[]

export function nodeResourcesFit({ scoringStrategy = 'LeastAllocated' }: FitArguments = {}): Plugin {
  const score = scoringStrategy === 'LeastAllocated' ? leastAllocated : mostAllocated
  return {
    name: NAME,
    preFilter(state, pod) {
      state[NAME] = requestOf(pod)
      return undefined
    },
    filter: fits,
    score: (_state, pod, nodeInfo) => scoreOf(pod, nodeInfo, score),
    eventsToRegister: [
      { event: 'AssignedPod/Delete' },
      { event: 'AssignedPod/UpdateScaleDown' },
      { event: 'Pod/UpdateScaleDown' },
      { event: 'Node/Add', hint: (pod, { node }) => couldHold(pod, node?.status?.allocatable) },
      { event: 'Node/UpdateAllocatable', hint: (pod, { node }) => couldHold(pod, node?.status?.allocatable) },
    ],
  }
}

const ORDER = ['cpu', 'memory', 'ephemeral-storage']
const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)

function requestOf(pod: Pod): Request {
  const amounts = podRequests(pod)
  const request: { name: string; amount: number }[] = []
  for (const name of Object.keys(amounts)) {
    if (amounts[name]! > 0 && name !== 'pods') request.push({ name, amount: amounts[name]! })
  }
  return request.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
}

function fits(state: CycleState, _pod: Pod, { allocatable, requested, pods }: NodeInfo): Status | undefined {
  let reasons: string[] | undefined
  let hopeless = false
  if (pods.length * ONE_POD + ONE_POD > (allocatable['pods'] ?? 0)) reasons = ['Too many pods']
  const request = state[NAME] as Request
  for (let i = 0; i < request.length; i++) {
    const { name, amount } = request[i]!
    const capacity = allocatable[name] ?? 0
    if (amount <= capacity - (requested[name] ?? 0)) continue
    ;(reasons ??= []).push(`Insufficient ${name}`)
    // More than the whole node has: nothing that leaves it would help.
    if (amount > capacity) hopeless = true
  }
  if (reasons === undefined) return undefined
  return hopeless ? unresolvable(...reasons) : unschedulable(...reasons)
}

/** Mean over cpu and memory of the share that would be free, 0 to 100. */
function scoreOf(pod: Pod, { allocatable, nonZeroRequested }: NodeInfo, score: typeof leastAllocated): number {
  const asked = nonZeroRequests(pod)
  const cpu = score(nonZeroRequested.cpu + asked.cpu, allocatable, 'cpu')
  const memory = score(nonZeroRequested.memory + asked.memory, allocatable, 'memory')
  if (cpu === undefined || memory === undefined) return cpu ?? memory ?? 0
  return Math.floor((cpu + memory) / 2)
}

function leastAllocated(requested: number, allocatable: Amounts, name: string): number | undefined {
  const capacity = allocatable[name] ?? 0
  if (capacity === 0) return undefined
  return requested > capacity ? 0 : Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity)
}

function mostAllocated(requested: number, allocatable: Amounts, name: string): number | undefined {
  const capacity = allocatable[name] ?? 0
  if (capacity === 0) return undefined
  return Math.floor((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity)
}

/** Whether the whole node, were it empty, could hold the Pod. */
function couldHold(pod: Pod, list: ResourceList | undefined): boolean {
  if (list === undefined || milli(list['pods']) < ONE_POD) return false
  return requestOf(pod).every(({ name, amount }) => amount <= milli(list[name]))
}
