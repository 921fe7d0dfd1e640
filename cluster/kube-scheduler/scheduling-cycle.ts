/**
 * One scheduling cycle: from a Pod to a node, or to the reasons why there is none.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/schedule_one.go` (schedulePod, findNodesThatFitPod,
 * prioritizeNodes, selectHost).
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Random } from '#cluster/kernel/component.ts'
import type { Cache } from './cache.ts'
import { nodesOf } from './cache.ts'
import type { Extended } from './extender-types.ts'
import type { Filtered, Filters } from './filtering.ts'
import { findNodesThatFit, runPreFilter } from './filtering.ts'
import type { CycleState, NodeScore, Objects, Plugin, Status } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { Slots } from './node-memo.ts'
import { addRemembered, invalidScore } from './node-memo.ts'
import type { Crowd } from './node-numbers.ts'
import type { Profile } from './profile.ts'

export interface Score {
  readonly raw: number
  readonly normalized: number
  readonly weighted: number
}

export interface ScoredNode {
  readonly node: string
  readonly scores: Readonly<Record<string, Score>>
  readonly total: number
}

export interface Decision {
  /** The node, if there is one. */
  readonly chosen?: string
  /** Others with the same total: chance decided. Only when asked for. */
  readonly tiedWith: readonly string[]
  /** What each node that was looked at said, other than yes. */
  readonly statuses: () => ReadonlyMap<string, Status>
  /** A "no" of PreFilter, which is one for every node. */
  readonly preFilterStatus?: Status
  /** Score breakdown; only when asked for. */
  readonly scored: readonly ScoredNode[]
  readonly feasible: number
  /** Names of the feasible ones. */
  readonly passing: () => readonly string[]
  readonly evaluated: number
  /** Where the next cycle starts among the nodes. */
  readonly nextStart: number
  /** What to say of nodes that PreFilter ruled out. */
  readonly absent?: string
  /** To ask the filters again, "what if". */
  readonly filters: Filters
  /** A plugin broke the rules. */
  readonly error?: string
}

export interface CycleOptions {
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number
  readonly start: number
  /** Whether to keep the breakdown of the scores. */
  readonly explain: boolean
  readonly random: () => Random
  readonly objects: Objects
  /** What extenders have said. */
  readonly extended?: Extended
}

export function schedulePod(
  profile: Profile,
  state: CycleState,
  pod: Pod,
  cache: Cache,
  options: CycleOptions,
): Decision {
  const nodes = nodesOf(cache, options.objects)
  const prepared = runPreFilter(profile, state, pod, nodes)
  const { refused, named, filters } = prepared
  const count = cache.infos.size
  const nothing = { tiedWith: [], scored: [], feasible: 0, passing: () => [], nextStart: options.start, filters }
  if (refused) {
    const error = refused.code === 'Error' ? { error: refused.reasons.join(', ') } : {}
    return { ...nothing, statuses: () => new Map(), preFilterStatus: refused, evaluated: 0, ...error }
  }
  const { percentageOfNodesToScore, start } = options
  const found = narrowed(findNodesThatFit(prepared, cache, percentageOfNodesToScore, start), options.extended)
  const { feasible, statuses, evaluated, absent } = found
  const nextStart = count === 0 || named ? start : (start + evaluated) % count
  const passing = () => namesOf(feasible)
  const looked = { ...nothing, statuses, evaluated, nextStart, passing, ...(absent !== undefined && { absent }) }
  if (found.error !== undefined) return { ...looked, error: found.error }
  if (feasible.length === 0) return looked
  if (feasible.length === 1) return { ...looked, chosen: feasible[0]!.name, feasible: 1 }
  const { totals, scored, error } = prioritizeNodes(filters, found, options.explain)
  if (error !== undefined) return { ...looked, error }
  const { points } = options.extended ?? {}
  if (points) for (let i = 0; i < feasible.length; i++) totals[i]! += points[feasible[i]!.name] ?? 0
  const { chosen, tiedWith } = selectHost(feasible, totals, options)
  return { ...looked, chosen, tiedWith, scored, feasible: feasible.length }
}

const namesOf = (infos: readonly NodeInfo[]): string[] => infos.map(({ name }) => name)

/** Without the nodes that extenders did not let pass. */
function narrowed(found: Filtered, extended: Extended | undefined): Filtered {
  if (extended?.names === undefined) return found
  const { names, refused } = extended
  const feasible = found.feasible.filter(({ name }) => names.includes(name))
  const statuses = new Map(found.statuses())
  for (const { name } of found.feasible)
    if (!names.includes(name) && Object.hasOwn(refused, name)) statuses.set(name, refused[name]!)
  const { remembered: _, ...rest } = found
  return { ...rest, feasible, statuses: () => statuses }
}

interface Prioritized {
  /** As long as `feasible`, or longer; valid until the next cycle. */
  readonly totals: Float64Array
  readonly scored: readonly ScoredNode[]
  readonly error?: string
}

function prioritizeNodes(filters: Filters, found: Filtered, explain: boolean): Prioritized {
  const { profile, state, pod } = filters
  const { feasible } = found
  const totals = zeros(feasible.length)
  const breakdown: Record<string, Score>[] = explain ? feasible.map(() => ({})) : []
  const active = activeScorers(filters, feasible)
  // Who asks for the parts gets them from the plugins themselves.
  const memory = explain ? undefined : found.remembered
  const known = memory ? active.filter(({ reads }) => reads !== undefined) : []
  const normalized = known.filter(({ normalizeScore }) => normalizeScore !== undefined)
  if (memory) {
    const plain = known.filter((plugin) => !normalized.includes(plugin))
    const error = addRemembered(memory.recall, memory.slots, totals, plain, normalized, profile.weightOf)
    if (error !== undefined) return { totals, scored: [], error }
  }
  let scores: NodeScore[] | undefined
  for (const plugin of active) {
    const place = normalized.indexOf(plugin)
    if (place < 0 && known.includes(plugin)) continue
    const weight = profile.weightOf(plugin.name)
    if (memory && plugin.scoreMany) {
      const error = addMany(plugin, filters, { infos: feasible, slots: memory.slots, of: memory.recall.slots }, totals)
      if (error !== undefined) return { totals, scored: [], error }
      continue
    }
    const raws = place < 0 ? undefined : memory!.recall.row.raws[place]!
    if (raws && areAllZero(raws, memory!.slots)) {
      const alike = [{ name: '', score: 0 }]
      plugin.normalizeScore!(state, pod, alike)
      const share = alike[0]!.score * weight
      if (share !== 0) for (let i = 0; i < feasible.length; i++) totals[i]! += share
      continue
    }
    scores ??= sheetFor(feasible)
    if (raws) for (let i = 0; i < scores.length; i++) scores[i]!.score = raws[memory!.slots[i]!]!
    else for (let i = 0; i < scores.length; i++) scores[i]!.score = plugin.score!(state, pod, feasible[i]!)
    const raw = explain ? scores.map(({ score }) => score) : undefined
    plugin.normalizeScore?.(state, pod, scores)
    for (let i = 0; i < scores.length; i++) {
      const { score } = scores[i]!
      if (!(score >= 0 && score <= 100))
        return { totals, scored: [], error: invalidScore(plugin.name, score, scores[i]!.name) }
      totals[i]! += score * weight
      if (raw) breakdown[i]![plugin.name] = { raw: raw[i]!, normalized: score, weighted: score * weight }
    }
  }
  const scored = breakdown.map((parts, i) => ({ node: feasible[i]!.name, scores: parts, total: totals[i]! }))
  return { totals, scored }
}

let many = new Float64Array(0)

/** Adds to the totals what a plugin says of all nodes at once. */
function addMany(
  { name, scoreMany }: Plugin,
  { profile, state, pod }: Filters,
  crowd: Crowd,
  totals: Float64Array,
): string | undefined {
  const count = crowd.infos.length
  if (many.length < count) many = new Float64Array(count * 2)
  const scores = many.subarray(0, count)
  scoreMany!(state, pod, crowd, scores)
  const weight = profile.weightOf(name)
  for (let i = 0; i < count; i++) {
    const score = scores[i]!
    if (!(score >= 0 && score <= 100)) return invalidScore(name, score, crowd.infos[i]!.name)
    totals[i]! += score * weight
  }
  return undefined
}

let sums = new Float64Array(0)

/** The totals of a cycle, in room that all cycles share: lists of their own would be most of what a cycle allocates. */
function zeros(count: number): Float64Array {
  if (sums.length < count) sums = new Float64Array(count * 2)
  return sums.fill(0, 0, count)
}

const rows: NodeScore[] = []

/**
 * One list for all plugins of a cycle, filled anew by each, of rows that all cycles share: at thousands of nodes they would be most
 * of what a cycle allocates.
 */
function sheetFor(feasible: readonly NodeInfo[]): NodeScore[] {
  for (let i = 0; i < feasible.length; i++) {
    const { name } = feasible[i]!
    if (i < rows.length) (rows[i] as { name: string }).name = name
    else rows.push({ name, score: 0 })
  }
  return rows.slice(0, feasible.length)
}

function areAllZero(numbers: Float64Array, slots: Slots): boolean {
  for (let i = 0; i < slots.length; i++) if (numbers[slots[i]!] !== 0) return false
  return true
}

function activeScorers({ profile, state, pod, nodes }: Filters, feasible: readonly NodeInfo[]): readonly Plugin[] {
  const skipped = new Set<string>()
  for (const plugin of profile.preScore)
    if (plugin.preScore!(state, pod, feasible, nodes)?.code === 'Skip') skipped.add(plugin.name)
  return skipped.size === 0 ? profile.score : profile.score.filter(({ name }) => !skipped.has(name))
}

/** The best; among equals, chance: otherwise all Pods of a burst would meet on the first node. */
function selectHost(
  feasible: readonly NodeInfo[],
  totals: Float64Array,
  options: CycleOptions,
): { chosen: string; tiedWith: readonly string[] } {
  let best = -Infinity
  let winners = 0
  for (let i = 0; i < feasible.length; i++) {
    if (totals[i]! < best) continue
    winners = totals[i]! > best ? 1 : winners + 1
    best = totals[i]!
  }
  const pick = winners === 1 ? 0 : options.random().int(winners)
  let at = totals.indexOf(best)
  for (let before = 0; before < pick; before++) at = totals.indexOf(best, at + 1)
  const { name: chosen } = feasible[at]!
  const tiedWith = options.explain ? namesOf(feasible.filter((info, i) => i !== at && totals[i] === best)) : []
  return { chosen, tiedWith }
}
