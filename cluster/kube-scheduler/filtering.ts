/**
 * The first half of a scheduling cycle: which nodes could run the Pod.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/schedule_one.go` (findNodesThatFitPod),
 * `pkg/scheduler/framework/runtime/framework.go` (RunFilterPluginsWithNominatedPods).
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Random } from '#cluster/kernel/component.ts'
import type { Cache } from './cache.ts'
import { infoOf, slotsOf } from './cache.ts'
import type { CycleState, Nodes, Plugin, PreFilterResult, Status, WhatIf } from './framework.ts'
import { unresolvable } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import { withPod } from './node-info.ts'
import type { Recall, Slots } from './node-memo.ts'
import { answerOf, lookAnew, recall, remembered, verdictOf } from './node-memo.ts'
import { nominatedBeside } from './nominator.ts'
import type { Profile } from './profile.ts'

/** Below this many nodes all are looked at; never fewer than this many feasible ones are wanted. */
const MIN_FEASIBLE_NODES = 100
const MIN_FEASIBLE_PERCENTAGE = 5

/** What one look at the nodes works with. */
export interface Filters {
  readonly profile: Profile
  readonly state: CycleState
  readonly pod: Pod
  readonly nodes: Nodes
  /** Those that did not say Skip in PreFilter. */
  readonly plugins: readonly Plugin[]
  /** Whether all of these look at nothing but Pod and NodeInfo. */
  readonly isPlain: boolean
}

export interface Filtered {
  readonly feasible: readonly NodeInfo[]
  /** What each node that was looked at said, other than yes. Made when asked for: of a Pod that is placed, hardly ever. */
  readonly statuses: () => ReadonlyMap<string, Status>
  /** A plugin broke down, or broke the rules. */
  readonly error?: string
  readonly evaluated: number
  /** What is remembered of the nodes, and the slots of the feasible ones, valid until the next cycle; absent where few were looked at. */
  readonly remembered?: { readonly recall: Recall; readonly slots: Slots }
  /** What to say of nodes that were not looked at, because PreFilter ruled them out. */
  readonly absent?: string
}

export interface Prepared {
  readonly filters: Filters
  /** A "no" of PreFilter, which is one for every node. */
  readonly refused?: Status
  readonly named?: PreFilterResult & { readonly by: readonly string[] }
}

export function runPreFilter(profile: Profile, state: CycleState, pod: Pod, nodes: Nodes): Prepared {
  const skipped = new Set<string>()
  const by: string[] = []
  let names: readonly string[] | undefined
  let refused: Status | undefined
  for (const plugin of profile.preFilter) {
    const result = plugin.preFilter!(state, pod, nodes)
    if (result === undefined) continue
    if ('nodeNames' in result) {
      const before: readonly string[] | undefined = names
      names = before === undefined ? result.nodeNames : before.filter((name) => result.nodeNames.includes(name))
      by.push(plugin.name)
    } else if (result.code === 'Skip') skipped.add(plugin.name)
    else refused = { ...result, plugin: plugin.name }
    if (names?.length === 0) {
      const list = [...by].sort()
      const who = list.length === 1 ? `plugin ${list[0]}` : `plugin(s) [${list.join(' ')}] simultaneously`
      refused = { ...unresolvable(`node(s) didn't satisfy ${who}`), plugin: plugin.name }
    }
    if (refused) break
  }
  const plugins = skipped.size === 0 ? profile.filter : profile.filter.filter(({ name }) => !skipped.has(name))
  const isPlain = plugins.every(({ reads }) => reads !== undefined)
  const filters = { profile, state, pod, nodes, plugins, isPlain }
  return { filters, ...(refused && { refused }), ...(names && { named: { nodeNames: names, by } }) }
}

/** How many feasible nodes are enough: all of the first 100, then a share that falls from 50 % to 5 %. */
export function numFeasibleNodesToFind(percentage: number, nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes
  const adaptive = percentage === 0 ? Math.max(50 - Math.floor(nodes / 125), MIN_FEASIBLE_PERCENTAGE) : percentage
  if (adaptive >= 100) return nodes
  return Math.max(Math.floor((nodes * adaptive) / 100), MIN_FEASIBLE_NODES)
}

export function findNodesThatFit({ filters, named }: Prepared, cache: Cache, percentage: number, start: number) {
  return (
    nominatedNodeThatFits(filters, cache) ??
    (named ? lookAtNamed(filters, named, cache) : lookAround(filters, cache, percentage, start))
  )
}

/** The node that was freed for this Pod comes first, and if it will do, no other is looked at. */
function nominatedNodeThatFits(filters: Filters, cache: Cache): Filtered | undefined {
  const { pod } = filters
  const name = cache.nominator.nodes.get(keyOf(pod)) ?? pod.status?.nominatedNodeName
  const info = name === undefined ? undefined : infoOf(cache, name)
  if (!info || filterNode(filters, info) !== undefined) return undefined
  return { feasible: [info], statuses: () => new Map(), evaluated: 0 }
}

function lookAtNamed(filters: Filters, named: NonNullable<Prepared['named']>, cache: Cache): Filtered {
  const feasible: NodeInfo[] = []
  const refused: Refused = { infos: [], statuses: [] }
  for (const name of named.nodeNames) {
    const info = infoOf(cache, name)
    const status = info && filterNode(filters, info)
    if (status !== undefined) refuse(refused, info!, status)
    else if (info) feasible.push(info)
  }
  const absent = `node(s) didn't satisfy plugin(s) [${[...named.by].sort().join(' ')}]`
  return { ...toldBy(refused), feasible, evaluated: named.nodeNames.length, absent }
}

function lookAround(filters: Filters, cache: Cache, percentage: number, start: number): Filtered {
  const refused: Refused = { infos: [], statuses: [] }
  const { profile, state, pod, plugins, nodes } = filters
  const { infos, stamps } = slotsOf(cache)
  const it = recall(profile, slotsOf(cache), state, pod, plugins, nodes)
  const { row } = it
  const promised = promisedSlots(nodes, cache)
  const asksAnew = it.fresh.length > 0 || promised.size > 0
  const count = cache.infos.size
  const enough = numFeasibleNodesToFind(percentage, count)
  // Laid out at once: lists that grow are copied as they do.
  const feasible = new Array<NodeInfo>(enough)
  const slots = slotsFor(enough)
  let found = 0
  let evaluated = 0
  let slot = count === 0 ? 0 : start % count
  while (evaluated < count && found < enough) {
    if (row.stamps[slot] !== stamps[slot]) lookAnew(it, slot)
    let status = row.statuses[slot]
    if (asksAnew)
      status = (promised.has(slot) ? besideNominated(filters, infos[slot]!) : undefined) ?? verdictOf(it, slot)
    if (status === undefined) {
      feasible[found] = infos[slot]!
      slots[found++] = slot
    } else refuse(refused, infos[slot]!, status)
    evaluated++
    slot = slot + 1 === count ? 0 : slot + 1
  }
  feasible.length = found
  return { ...toldBy(refused), feasible, evaluated, remembered: { recall: it, slots: slots.subarray(0, found) } }
}

let room: Slots = new Int32Array(0)

/** In room that all cycles share. */
function slotsFor(count: number): Slots {
  if (room.length < count) room = new Int32Array(count * 2)
  return room
}

/** Where Pods are nominated: few nodes, as a rule, so that the others need not be asked. */
function promisedSlots({ nominator }: Nodes, cache: Cache): ReadonlySet<number> {
  const slots = new Set<number>()
  for (const name of nominator.pods.groups()) {
    const slot = cache.slots.get(name)
    if (slot !== undefined) slots.add(slot)
  }
  return slots
}

/** Side by side. */
interface Refused {
  readonly infos: NodeInfo[]
  readonly statuses: Status[]
  error?: string
}

function refuse(refused: Refused, info: NodeInfo, status: Status): void {
  refused.infos.push(info)
  refused.statuses.push(status)
  if (status.code === 'Error') refused.error ??= status.reasons.join(', ')
}

function toldBy({ infos, statuses, error }: Refused): Pick<Filtered, 'statuses' | 'error'> {
  let byName: ReadonlyMap<string, Status> | undefined
  return {
    statuses: () => (byName ??= new Map(infos.map(({ name }, i) => [name, statuses[i]!]))),
    ...(error !== undefined && { error }),
  }
}

/**
 * A node with nominated Pods must do twice: with them there (they will come), and without (they may never come, and an
 * affinity to one of them would then be met by nobody).
 */
function filterNode(filters: Filters, info: NodeInfo): Status | undefined {
  return besideNominated(filters, info) ?? runFilters(filters, filters.state, info)
}

function besideNominated(filters: Filters, info: NodeInfo): Status | undefined {
  const { nodes, pod, state, profile } = filters
  const beside = nominatedBeside(nodes.nominator, pod, info.name)
  if (beside.length === 0) return undefined
  if (filters.isPlain) {
    const full = infoWith(info, beside)
    return remembered(profile, pod, full, 'filter', () => runFilters(filters, state, full))
  }
  const supposed = { ...state }
  let full = info
  for (const other of beside) {
    full = withPod(full, other)
    addPod(filters, supposed, other, full)
  }
  return runFilters(filters, supposed, full)
}

const lastWith = new WeakMap<NodeInfo, { readonly pods: readonly Pod[]; readonly info: NodeInfo }>()

/** The node as it will be with these Pods on it; the same value as long as it is the same Pods. */
function infoWith(info: NodeInfo, pods: readonly Pod[]): NodeInfo {
  const last = lastWith.get(info)
  if (last && last.pods.length === pods.length && pods.every((pod, i) => pod === last.pods[i])) return last.info
  const full = pods.reduce(withPod, info)
  lastWith.set(info, { pods, info: full })
  return full
}

function runFilters({ plugins, pod }: Filters, state: CycleState, info: NodeInfo): Status | undefined {
  const asked = { state, pod }
  for (let i = 0; i < plugins.length; i++) {
    const status = answerOf(plugins[i]!, asked, info)
    if (status !== undefined) return status
  }
  return undefined
}

function addPod({ plugins, pod }: Filters, state: CycleState, added: Pod, info: NodeInfo): void {
  for (const plugin of plugins) plugin.addPod?.(state, pod, added, info)
}

/** The cycle's filters, for PostFilter to ask with. */
export function whatIfOf(filters: Filters, random: () => Random): WhatIf {
  const { profile, pod, nodes, isPlain } = filters
  return {
    // What is only thought of is not worth remembering.
    filter: (state, _pod, info) => filterNode({ ...filters, state, isPlain: false }, info),
    addPod: (state, _pod, added, info) => addPod(filters, state, added, info),
    removePod(state, _pod, removed, info) {
      for (const plugin of filters.plugins) plugin.removePod?.(state, pod, removed, info)
    },
    remembered(info, what, compute) {
      if (!isPlain) return compute()
      const beside = nominatedBeside(nodes.nominator, pod, info.name)
      return remembered(profile, pod, beside.length === 0 ? info : infoWith(info, beside), what, compute)
    },
    random,
  }
}
