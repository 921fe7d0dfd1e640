/**
 * A learner's scheduler plugin, hosted.
 *
 * The guest keeps the nodes: only NodeInfos that are new or have changed are sent, and one call runs preFilter and then
 * filter over all nodes inside the VM. A cycle can also be taken apart (begin, filter, filter …) to let two overlap.
 * What an answer may look like is checked inside, where the message can name the function and the node.
 */
import { milli } from '#cluster/api/quantity.ts'
import type { Node, Pod, ResourceList } from '#cluster/api/types.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import { pluginParts } from './plugin-parts.ts'
import type { Trial } from './trial.ts'

export type Code = 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Error'

export interface Status {
  readonly code: Code
  readonly reasons: readonly string[]
}

/** A node as the learner's code gets it; see `grader/modules/scheduler.d.ts`. */
export interface BareNodeInfo {
  readonly node: Node
  readonly pods: readonly Pod[]
  readonly allocatable: Readonly<Record<string, number>>
}

/** What one cycle said: preFilter's status, and for each node, by name, filter's. */
export interface CycleResult {
  readonly preFilter: Status
  readonly filter: Readonly<Record<string, Status>>
}

/** One Pod more on a node, or one less, in thought; `info` is the node afterwards. */
export type Supposed = { readonly info: BareNodeInfo } & ({ readonly add: Pod } | { readonly remove: Pod })

const adapter = `${pluginParts}${String.raw`
export default (learner, tools) => {
  const plugin = typeof learner === 'function' ? new learner() : learner
  const nodes = new Map()
  const cycles = new Map()

  const statusOf = statusReader(tools)

  function begin(id, pod) {
    const cycle = { pod, state: cycleState(), names: undefined, skip: false }
    cycles.set(id, cycle)
    if (plugin.preFilter === undefined) return { code: 'Success', reasons: [] }
    if (typeof plugin.preFilter !== 'function') tools.notAFunction('preFilter is not a function: leave it out, or make it one.')
    const answer = plugin.preFilter(cycle.state, pod, Object.freeze([...nodes.values()]))
    const status = statusOf(answer, 'preFilter(' + pod.metadata.name + ')')
    if (answer?.nodeNames !== undefined) {
      if (!Array.isArray(answer.nodeNames)) tools.wrongType('preFilter returned nodeNames that are not a list of names.')
      cycle.names = new Set(answer.nodeNames)
    }
    cycle.status = status
    return status
  }

  function filter(id, name, state, info) {
    const cycle = cycles.get(id)
    const status = cycle.status
    if (status?.code === 'Skip') return { code: 'Success', reasons: [] }
    if (status !== undefined && status.code !== 'Success') return status
    if (cycle.names !== undefined && !cycle.names.has(name)) {
      return { code: 'UnschedulableAndUnresolvable', reasons: ['node is not among the nodeNames that preFilter gave'] }
    }
    if (typeof plugin.filter !== 'function') tools.notAFunction('The default export has no function "filter".')
    const answer = plugin.filter(state ?? cycle.state, cycle.pod, info ?? nodes.get(name))
    return statusOf(answer, 'filter(' + cycle.pod.metadata.name + ', ' + name + ')')
  }

  return {
    update(changed, removed) {
      for (const info of changed) nodes.set(info.node.metadata.name, info)
      for (const name of removed) nodes.delete(name)
    },
    begin,
    filter: (id, name) => filter(id, name),
    filters: (id) => Object.fromEntries([...nodes.keys()].map((name) => [name, filter(id, name)])),
    whatIf(id, changes, names) {
      const cycle = cycles.get(id)
      const state = copyOfState(cycle.state)
      const changed = new Map()
      for (const { add, remove, info } of changes) {
        const name = add ? 'addPod' : 'removePod'
        changed.set(info.node.metadata.name, info)
        if (cycle.status?.code === 'Skip') continue
        if (typeof plugin[name] !== 'function') tools.notAFunction('The default export has no function "' + name + '".')
        plugin[name](state, cycle.pod, add ?? remove, info)
      }
      return Object.fromEntries(names.map((name) => [name, filter(id, name, state, changed.get(name))]))
    },
    end(id) { cycles.delete(id) },
    cycle(id, pod) {
      const preFilter = begin(id, pod)
      const statuses = {}
      for (const name of nodes.keys()) statuses[name] = filter(id, name)
      cycles.delete(id)
      return { preFilter, filter: statuses }
    },
  }
}
`}`

/** How a scheduler plugin is taken in: first argument of `defineChecks`. */
export function schedulerGuest(): GuestShape {
  return { adapter }
}

/** One learner's plugin in one guest. */
export class SchedulerPlugin {
  readonly guest: Guest
  readonly #trial: Trial<any>
  #known = new Map<string, BareNodeInfo>()
  #cycles = 0

  constructor(trial: Trial<any>) {
    this.#trial = trial
    this.guest = trial.start()
  }

  /** Makes these the nodes of the snapshot. NodeInfos that are the same objects as before are not sent again. */
  update(infos: readonly BareNodeInfo[]): void {
    const changed = infos.filter((info) => this.#known.get(info.node.metadata.name) !== info)
    const names = new Set(infos.map(({ node }) => node.metadata.name))
    const removed = [...this.#known.keys()].filter((name) => !names.has(name))
    if (changed.length + removed.length === 0) return
    this.#trial.call(this.guest, 'update', [changed, removed])
    this.#known = new Map(infos.map((info) => [info.node.metadata.name, info]))
  }

  /** A whole cycle: preFilter, then filter for every node. */
  cycle(pod: Pod): CycleResult {
    const id = ++this.#cycles
    return this.#trial.call(this.guest, 'cycle', [id, pod], `the cycle of Pod ${pod.metadata.name}`) as CycleResult
  }

  /** Begins a cycle with its preFilter; filter its nodes one by one with `filter(id, …)`. */
  begin(pod: Pod): { id: number; status: Status } {
    const id = ++this.#cycles
    return { id, status: this.#trial.call(this.guest, 'begin', [id, pod]) as Status }
  }

  /** Every node of the snapshot, in a cycle that has begun. */
  filters(id: number): CycleResult['filter'] {
    return this.#trial.call(this.guest, 'filters', [id]) as CycleResult['filter']
  }

  /** What these nodes would say if Pods came or went: on a copy of the cycle's state, which is as it was afterwards. */
  whatIf(id: number, changes: readonly Supposed[], nodeNames: readonly string[]): CycleResult['filter'] {
    return this.#trial.call(this.guest, 'whatIf', [id, changes, nodeNames]) as CycleResult['filter']
  }

  filter(id: number, nodeName: string): Status {
    return this.#trial.call(this.guest, 'filter', [id, nodeName]) as Status
  }
}

/** A NodeInfo for a node and Pods, of which those bound to it are taken. */
export function nodeInfo(node: Node, pods: readonly Pod[] = []): BareNodeInfo {
  const { name } = node.metadata
  const bound = pods.filter((pod) => pod.spec.nodeName === name)
  return { node, pods: bound, allocatable: resourcesOf(node.status?.allocatable) }
}

/** Whole numbers as a NodeInfo has them: thousandths for `cpu`, units for the rest, rounded up. */
export function resourcesOf(list: ResourceList | undefined): Record<string, number> {
  const names = Object.keys(list ?? {})
  return Object.fromEntries(names.map((name) => [name, wholeAmount(name, milli(list![name]))]))
}

/** From thousandths to the whole numbers of a NodeInfo. */
export const wholeAmount = (resource: string, thousandths: number): number =>
  resource === 'cpu' ? Math.ceil(thousandths) : Math.ceil(thousandths / 1000)
