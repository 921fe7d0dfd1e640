/**
 * What was said of a node before, so that it need not be said again: Pods come in crowds that ask for the same, and between
 * two cycles only the node that got the last one has changed.
 *
 * Kept per profile, by what the plugins read of a Pod (`reads`), and per node, for the very NodeInfo that was looked at (its
 * stamp). So it is no state: whoever forgets it all gets the same answers, later. Only plugins that look at nothing but Pod
 * and NodeInfo are asked through here, and those that can say what else their filter depends on in this cycle (`filterReads`): where
 * every node is a domain of its own, the Pods of a domain change only together with the NodeInfo. Numbers lie side by side in typed arrays: a cycle over 500 nodes is bound by memory.
 * Where to read upstream: KEP-5598 "opportunistic batching" has the same idea (`SignPod`), for whole cycles.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { CycleState, Nodes, Plugin, Status } from './framework.ts'
import { isRejected } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeSlots } from './node-numbers.ts'
import type { Profile } from './profile.ts'

/** What is remembered for one kind of Pod, by slot of the node. */
interface Row {
  /** Stamps of the NodeInfos that were looked at. */
  stamps: Float64Array
  readonly statuses: (Status | undefined)[]
  /** Where the plugin that refused stands among the profile's filters. */
  readonly places: number[]
  /** Weighted scores of those that do not normalise; -1 until the node is scored. */
  sums: Float64Array
  /** Raw scores of those that do, plugin by plugin. */
  raws: Float64Array[]
}

interface Place {
  readonly plugin: Plugin
  readonly at: number
}

interface Memo {
  readonly filters: readonly Place[]
  /** The others, which are asked every time. */
  readonly fresh: readonly Place[]
  readonly rows: Map<string, Row>
  /** Values by what they are and by kind of Pod. */
  readonly computed: WeakMap<NodeInfo, Map<string, Map<string, unknown>>>
}

/** Kinds of Pods remembered at once; the one not seen for longest makes room. */
const ROWS_MAX = 16

const memos = new WeakMap<Profile, Memo>()
const read = new WeakMap<Pod, { readonly profile: Profile; readonly text: string }>()

function memoOf(profile: Profile): Memo {
  let memo = memos.get(profile)
  if (memo) return memo
  const all = profile.filter.map((plugin, at) => ({ plugin, at }))
  const filters = all.filter(({ plugin }) => plugin.reads !== undefined)
  const fresh = all.filter((each) => !filters.includes(each))
  memos.set(profile, (memo = { filters, fresh, rows: new Map(), computed: new WeakMap() }))
  return memo
}

function signatureOf(profile: Profile, pod: Pod): string {
  const known = read.get(pod)
  if (known?.profile === profile) return known.text
  const text = textOf(profile, pod)
  read.set(pod, { profile, text })
  return text
}

interface LastRead {
  readonly reads: readonly unknown[]
  readonly text: string
}

const lastRead = new WeakMap<Profile, LastRead>()

/** Pods of one template come in a row, and share what the plugins read of them: to compare it costs less than to write it down. */
function textOf(profile: Profile, pod: Pod): string {
  const reads = profile.plugins.map((plugin) => plugin.reads?.(pod))
  const last = lastRead.get(profile)
  if (last && isEqual(last.reads, reads)) return last.text
  const text = JSON.stringify(reads)
  lastRead.set(profile, { reads, text })
  return text
}

/** Of some nodes, in their order. */
export type Slots = Int32Array

/** One cycle's access to it. */
export interface Recall {
  readonly row: Row
  readonly slots: NodeSlots
  readonly state: CycleState
  readonly pod: Pod
  /** Filters that PreFilter did not skip: those that are remembered, and those that are not. */
  readonly filters: readonly Place[]
  readonly fresh: readonly Place[]
}

export function recall(
  profile: Profile,
  slots: NodeSlots,
  state: CycleState,
  pod: Pod,
  plugins: readonly Plugin[],
  nodes: Nodes,
): Recall {
  const { rows, filters, fresh } = memoOf(profile)
  const isActive = ({ plugin }: Place): boolean => plugins.includes(plugin)
  const known = filters.filter(isActive)
  const anew: Place[] = []
  let signature = signatureOf(profile, pod)
  for (const place of fresh) {
    if (!isActive(place)) continue
    const reads = place.plugin.filterReads?.(state, nodes)
    if (reads === undefined) anew.push(place)
    else {
      known.push(place)
      signature += `\n${place.at} ${reads}`
    }
  }
  // The first refusal counts.
  known.sort((a, b) => a.at - b.at)
  let row = rows.get(signature)
  if (row) rows.delete(signature)
  else if (rows.size >= ROWS_MAX) rows.delete(rows.keys().next().value!)
  rows.set(signature, (row ??= { stamps: NO_NUMBERS, statuses: [], places: [], sums: NO_NUMBERS, raws: [] }))
  const room = slots.stamps.length
  if (row.stamps.length < room) {
    row.stamps = grown(row.stamps, room)
    row.sums = grown(row.sums, room)
    row.raws = row.raws.map((raws) => grown(raws, room))
  }
  return { row, slots, state, pod, filters: known, fresh: anew }
}

/**
 * What was computed before for a Pod of the same kind and this very NodeInfo, or is now. Only for what follows from the two
 * alone: that is, where all filters that have a say are remembered ones.
 */
export function remembered<T>(profile: Profile, pod: Pod, info: NodeInfo, what: string, compute: () => T): T {
  const { computed } = memoOf(profile)
  let ofInfo = computed.get(info)
  if (!ofInfo) computed.set(info, (ofInfo = new Map()))
  let values = ofInfo.get(what)
  if (!values) ofInfo.set(what, (values = new Map()))
  const kind = signatureOf(profile, pod)
  const known = values.get(kind)
  if (known !== undefined || values.has(kind)) return known as T
  if (values.size >= ROWS_MAX) values.clear()
  const value = compute()
  values.set(kind, value)
  return value
}

const NO_NUMBERS = new Float64Array(0)

function grown(numbers: Float64Array, room: number): Float64Array {
  const larger = new Float64Array(room)
  larger.set(numbers)
  return larger
}

/** Asks anew what is remembered of this node no longer. */
export function lookAnew({ row, slots, state, pod, filters }: Recall, slot: number): void {
  const asked = { state, pod }
  row.stamps[slot] = slots.stamps[slot]!
  row.statuses[slot] = undefined
  row.places[slot] = Infinity
  row.sums[slot] = -1
  for (const { plugin, at } of filters) {
    const status = answerOf(plugin, asked, slots.infos[slot]!)
    if (status === undefined) continue
    row.statuses[slot] = status
    row.places[slot] = at
    return
  }
}

/** What the node says, of all filters: the first that refuses, in their order. */
export function verdictOf(it: Recall, slot: number): Status | undefined {
  const place = it.row.places[slot]!
  for (const { plugin, at } of it.fresh) {
    if (at > place) break
    const status = answerOf(plugin, it, it.slots.infos[slot]!)
    if (status !== undefined) return status
  }
  return it.row.statuses[slot]
}

let lastGiven: Status | undefined
let lastNamed: Status | undefined

/** One filter's answer, with its name on it. */
export function answerOf(
  { name, filter }: Plugin,
  { state, pod }: { readonly state: CycleState; readonly pod: Pod },
  info: NodeInfo,
): Status | undefined {
  const status = filter!(state, pod, info)
  if (status === undefined) return undefined
  // Plugins say the same again and again, and node after node.
  if (status === lastGiven && lastNamed!.plugin === name) return lastNamed
  if (isRejected(status) || status.code === 'Error') {
    lastGiven = status
    return (lastNamed = { ...status, plugin: name })
  }
  return { code: 'Error', reasons: [`${name} returned ${status.code} from filter`], plugin: name }
}

/** Begins the totals of these nodes with the scores that are remembered, or are from now on. */
export function addRemembered(
  it: Recall,
  chosen: Slots,
  totals: Float64Array,
  plain: readonly Plugin[],
  normalized: readonly Plugin[],
  weightOf: Profile['weightOf'],
): string | undefined {
  const { row } = it
  while (row.raws.length < normalized.length) row.raws.push(new Float64Array(row.stamps.length))
  const { sums } = row
  // No closures in here: each would want the loop's variables on the heap, node after node.
  for (let i = 0; i < chosen.length; i++) {
    const slot = chosen[i]!
    if (sums[slot]! < 0) {
      const error = scoreAnew(it, slot, plain, normalized, weightOf)
      if (error !== undefined) return error
    }
    totals[i] = sums[slot]!
  }
  return undefined
}

function scoreAnew(
  { row, slots, state, pod }: Recall,
  slot: number,
  plain: readonly Plugin[],
  normalized: readonly Plugin[],
  weightOf: Profile['weightOf'],
): string | undefined {
  const info = slots.infos[slot]!
  let sum = 0
  for (const plugin of plain) {
    const score = plugin.score!(state, pod, info)
    if (!(score >= 0 && score <= 100)) return invalidScore(plugin.name, score, info.name)
    sum += score * weightOf(plugin.name)
  }
  for (let i = 0; i < normalized.length; i++) row.raws[i]![slot] = normalized[i]!.score!(state, pod, info)
  row.sums[slot] = sum
  return undefined
}

export const invalidScore = (plugin: string, score: number, node: string): string =>
  `plugin "${plugin}" returns an invalid score ${score} for node "${node}", it should in the range of [0, 100] after normalizing`
