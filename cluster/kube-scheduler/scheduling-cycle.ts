/**
 * One scheduling cycle: from a Pod to a node, or to the reasons why there is none.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/schedule_one.go` (schedulePod, findNodesThatFitPod,
 * prioritizeNodes, selectHost).
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Random } from '#cluster/kernel/component.ts'
import type { Cache } from './cache.ts'
import { infoOf, nodesOf } from './cache.ts'
import type { CycleState, NodeScore, Plugin, PreFilterResult, Status } from './framework.ts'
import { isRejected, unresolvable } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { Profile } from './profile.ts'

/** Below this many nodes all are looked at; never fewer than this many feasible ones are wanted. */
const MIN_FEASIBLE_NODES = 100
const MIN_FEASIBLE_PERCENTAGE = 5

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
  readonly statuses: ReadonlyMap<string, Status>
  /** A "no" of PreFilter, which is one for every node. */
  readonly preFilterStatus?: Status
  /** Score breakdown; only when asked for. */
  readonly scored: readonly ScoredNode[]
  readonly feasible: number
  readonly evaluated: number
  /** Where the next cycle starts among the nodes. */
  readonly nextStart: number
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
}

interface Filtered {
  readonly feasible: readonly NodeInfo[]
  readonly statuses: Map<string, Status>
  readonly evaluated: number
}

export function schedulePod(
  profile: Profile,
  state: CycleState,
  pod: Pod,
  cache: Cache,
  options: CycleOptions,
): Decision {
  const skipped = new Set<string>()
  const pre = runPreFilter(profile, state, pod, cache, skipped)
  const count = cache.infos.size
  const nothing = { tiedWith: [], scored: [], feasible: 0, nextStart: options.start }
  if (pre && 'code' in pre) {
    const error = pre.code === 'Error' ? { error: pre.reasons.join(', ') } : {}
    return { ...nothing, statuses: new Map(), preFilterStatus: pre, evaluated: 0, ...error }
  }
  const filters = skipped.size === 0 ? profile.filter : profile.filter.filter(({ name }) => !skipped.has(name))
  const { feasible, statuses, evaluated } = findNodesThatFit(filters, state, pod, cache, pre, options)
  const nextStart = count === 0 || pre ? options.start : (options.start + evaluated) % count
  const failed = firstError(statuses)
  if (failed !== undefined) return { ...nothing, statuses, evaluated, nextStart, error: failed }
  if (feasible.length === 0) return { ...nothing, statuses, evaluated, nextStart }
  if (feasible.length === 1) {
    return { ...nothing, chosen: feasible[0]!.name, statuses, feasible: 1, evaluated, nextStart }
  }
  const { totals, scored, error } = prioritizeNodes(profile, state, pod, feasible, options.explain)
  if (error !== undefined) return { ...nothing, statuses, evaluated, nextStart, error }
  const { chosen, tiedWith } = selectHost(feasible, totals, options)
  return { chosen, tiedWith, statuses, scored, feasible: feasible.length, evaluated, nextStart }
}

function firstError(statuses: ReadonlyMap<string, Status>): string | undefined {
  for (const status of statuses.values()) if (status.code === 'Error') return status.reasons.join(', ')
  return undefined
}

function runPreFilter(
  profile: Profile,
  state: CycleState,
  pod: Pod,
  cache: Cache,
  skipped: Set<string>,
): Status | PreFilterResult | undefined {
  let names: readonly string[] | undefined
  const nodes = nodesOf(cache)
  for (const plugin of profile.preFilter) {
    const result = plugin.preFilter!(state, pod, nodes)
    if (result === undefined) continue
    if ('nodeNames' in result) {
      const before: readonly string[] | undefined = names
      names = before === undefined ? result.nodeNames : before.filter((name) => result.nodeNames.includes(name))
    } else if (result.code === 'Skip') skipped.add(plugin.name)
    else return { ...result, plugin: plugin.name }
    if (names?.length === 0) {
      const reason = `node(s) didn't satisfy plugin(s) [${plugin.name}] simultaneously`
      return { ...unresolvable(reason), plugin: plugin.name }
    }
  }
  return names && { nodeNames: names }
}

/** How many feasible nodes are enough: all of the first 100, then a share that falls from 50 % to 5 %. */
export function numFeasibleNodesToFind(percentage: number, nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes
  const adaptive = percentage === 0 ? Math.max(50 - Math.floor(nodes / 125), MIN_FEASIBLE_PERCENTAGE) : percentage
  if (adaptive >= 100) return nodes
  return Math.max(Math.floor((nodes * adaptive) / 100), MIN_FEASIBLE_NODES)
}

function findNodesThatFit(
  filters: readonly Plugin[],
  state: CycleState,
  pod: Pod,
  cache: Cache,
  named: PreFilterResult | undefined,
  options: CycleOptions,
): Filtered {
  const statuses = new Map<string, Status>()
  const feasible: NodeInfo[] = []
  if (named) {
    for (const name of named.nodeNames) {
      const info = infoOf(cache, name)
      if (info) filterNode(filters, state, pod, info, feasible, statuses)
    }
    return { feasible, statuses, evaluated: named.nodeNames.length }
  }
  const count = cache.infos.size
  const enough = numFeasibleNodesToFind(options.percentageOfNodesToScore, count)
  let evaluated = 0
  let slot = count === 0 ? 0 : options.start % count
  while (evaluated < count && feasible.length < enough) {
    filterNode(filters, state, pod, cache.infos.get(slot)!, feasible, statuses)
    evaluated++
    slot = slot + 1 === count ? 0 : slot + 1
  }
  return { feasible, statuses, evaluated }
}

function filterNode(
  filters: readonly Plugin[],
  state: CycleState,
  pod: Pod,
  info: NodeInfo,
  feasible: NodeInfo[],
  statuses: Map<string, Status>,
): void {
  for (let i = 0; i < filters.length; i++) {
    const status = filters[i]!.filter!(state, pod, info)
    if (status === undefined) continue
    const plugin = filters[i]!.name
    const known = isRejected(status) || status.code === 'Error'
    statuses.set(
      info.name,
      known
        ? { ...status, plugin }
        : { code: 'Error', reasons: [`${plugin} returned ${status.code} from filter`], plugin },
    )
    return
  }
  feasible.push(info)
}

interface Prioritized {
  readonly totals: readonly number[]
  readonly scored: readonly ScoredNode[]
  readonly error?: string
}

function prioritizeNodes(
  profile: Profile,
  state: CycleState,
  pod: Pod,
  feasible: readonly NodeInfo[],
  explain: boolean,
): Prioritized {
  const totals: number[] = new Array(feasible.length).fill(0)
  // One list for all plugins, filled anew by each: at thousands of nodes these rows are most of what a cycle allocates.
  const scores: NodeScore[] = feasible.map(({ name }) => ({ name, score: 0 }))
  const breakdown: Record<string, Score>[] = explain ? feasible.map(() => ({})) : []
  for (const plugin of activeScorers(profile, state, pod, feasible)) {
    for (let i = 0; i < scores.length; i++) scores[i]!.score = plugin.score!(state, pod, feasible[i]!)
    const raw = explain ? scores.map(({ score }) => score) : undefined
    plugin.normalizeScore?.(state, pod, scores)
    const weight = profile.weightOf(plugin.name)
    for (let i = 0; i < scores.length; i++) {
      const { name, score } = scores[i]!
      if (!(score >= 0 && score <= 100)) {
        const error = `plugin "${plugin.name}" returns an invalid score ${score} for node "${name}", it should in the range of [0, 100] after normalizing`
        return { totals, scored: [], error }
      }
      totals[i]! += score * weight
      if (raw) breakdown[i]![plugin.name] = { raw: raw[i]!, normalized: score, weighted: score * weight }
    }
  }
  const scored = breakdown.map((scores, i) => ({ node: feasible[i]!.name, scores, total: totals[i]! }))
  return { totals, scored }
}

function activeScorers(
  profile: Profile,
  state: CycleState,
  pod: Pod,
  feasible: readonly NodeInfo[],
): readonly Plugin[] {
  const skipped = new Set<string>()
  for (const plugin of profile.preScore)
    if (plugin.preScore!(state, pod, feasible)?.code === 'Skip') skipped.add(plugin.name)
  return skipped.size === 0 ? profile.score : profile.score.filter(({ name }) => !skipped.has(name))
}

/** The best; among equals, chance: otherwise all Pods of a burst would meet on the first node. */
function selectHost(
  feasible: readonly NodeInfo[],
  totals: readonly number[],
  options: CycleOptions,
): { chosen: string; tiedWith: readonly string[] } {
  let best = totals[0]!
  let winners: number[] = [0]
  for (let i = 1; i < totals.length; i++) {
    if (totals[i]! > best) {
      best = totals[i]!
      winners = [i]
    } else if (totals[i] === best) winners.push(i)
  }
  const pick = winners.length === 1 ? 0 : options.random().int(winners.length)
  const tiedWith = options.explain ? winners.filter((_, i) => i !== pick).map((i) => feasible[i]!.name) : []
  return { chosen: feasible[winners[pick]!]!.name, tiedWith }
}
