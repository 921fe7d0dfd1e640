/**
 * NodeResourcesFit: a node must have left what the Pod asks for; among those that do, the emptier is the better
 * (LeastAllocated) or, if so configured, the fuller (MostAllocated), or what a curve says (RequestedToCapacityRatio).
 *
 * Only requests count: limits do not, nor does what is really used.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/noderesources/fit.go`.
 */
import { podRequests } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { Pod, ResourceList } from '#cluster/api/types.ts'
import type { CycleState, Plugin, Status } from '../framework.ts'
import { unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { nonZeroRequests } from '../node-info.ts'
import type { ScoringStrategy } from './resource-allocation.ts'
import { scoreFunction } from './resource-allocation.ts'

const NAME = 'NodeResourcesFit'
const ONE_POD = 1000

/** NodeResourcesFitArgs. */
export interface FitArguments {
  readonly scoringStrategy?: ScoringStrategy
  /** Extended resources that Filter does not look at. */
  readonly ignoredResources?: readonly string[]
  /** The same for all of a group: `example.com`. */
  readonly ignoredResourceGroups?: readonly string[]
}

/** What a Pod asks for that is not zero, by resource, cpu and memory first. */
type Request = readonly { readonly name: string; readonly amount: number }[]

export function nodeResourcesFit(args: FitArguments = {}): Plugin {
  const { scoringStrategy, ignoredResources = [], ignoredResourceGroups = [] } = args
  const score = scoreFunction(scoringStrategy)
  const isIgnored = (name: string): boolean =>
    name.includes('/') && (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0]!))
  const ignoresSome = ignoredResources.length + ignoredResourceGroups.length > 0
  const wanted = (pod: Pod): Request =>
    ignoresSome ? requestOf(pod).filter(({ name }) => !isIgnored(name)) : requestOf(pod)
  const couldHold = (pod: Pod, list: ResourceList | undefined): boolean =>
    list !== undefined &&
    milli(list['pods']) >= ONE_POD &&
    wanted(pod).every(({ name, amount }) => amount <= milli(list[name]))
  return {
    name: NAME,
    reads: (pod) => [podRequests(pod), nonZeroRequests(pod)],
    preFilter(state, pod) {
      state[NAME] = wanted(pod)
      return undefined
    },
    filter: fits,
    score: (_state, pod, nodeInfo) => score(pod, nodeInfo),
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
