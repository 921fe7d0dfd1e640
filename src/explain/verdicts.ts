/** The nodes of a decision, arranged for people: by outcome, beside what was said before a change, sorted and searched. */
import type { Explained, NodeVerdict, PluginScore } from './protocol.ts'

/** A node, and what was said of it before the changes. */
export interface Row extends NodeVerdict {
  readonly before: NodeVerdict | undefined
  /** Another verdict than before. */
  readonly isOther: boolean
  /** Another sum than before, where both were scored. */
  readonly hasOtherSum: boolean
}

export function rowsOf({ nodes }: Explained, baseline: Explained | undefined): readonly Row[] {
  const earlier = new Map(baseline?.nodes.map((one) => [one.node, one]))
  return nodes.map((one): Row => {
    const before = earlier.get(one.node)
    const isOther = before !== undefined && verdictKey(before) !== verdictKey(one)
    const hasOtherSum = before?.total !== undefined && one.total !== undefined && before.total !== one.total
    return { ...one, before, isOther, hasOtherSum }
  })
}

const verdictKey = ({ outcome, plugin, reasons }: NodeVerdict): string => [outcome, plugin, ...reasons].join('\n')

/** `all`, an outcome, `changed`, or `plugin:` and the name of one that refuses. */
export type Filter = string

export interface Group {
  readonly filter: Filter
  readonly count: number
}

/** What there is to choose from, in the order of the legend: plugins by how many nodes they refuse. */
export function groupsOf(rows: readonly Row[]): readonly Group[] {
  const count = (filter: Filter): Group => ({ filter, count: rows.filter((row) => matches(row, filter)).length })
  const plugins = [...new Set(rows.flatMap(({ outcome, plugin }) => (outcome === 'refused' ? [plugin] : [])))]
  const refusing = plugins.map((plugin) => count(`plugin:${plugin}`)).toSorted((a, b) => b.count - a.count)
  const groups = [count('all'), count('chosen'), count('fits'), ...refusing, count('unseen'), count('changed')]
  return groups.filter((group) => group.count > 0)
}

export function matches(row: Row, filter: Filter): boolean {
  if (filter === 'all') return true
  if (filter === 'changed') return row.isOther || row.hasOtherSum
  if (filter.startsWith('plugin:')) return row.outcome === 'refused' && row.plugin === filter.slice('plugin:'.length)
  return row.outcome === filter
}

/** Finds by name, label, taint, plugin or reason. */
export function contains({ node, plugin, reasons, facts }: Row, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return true
  const labels = Object.entries(facts.labels).map(([key, value]) => `${key}=${value}`)
  return [node, plugin, ...reasons, ...facts.taints, ...labels].some((word) => word.toLowerCase().includes(wanted))
}

export type SortKey = 'node' | 'verdict' | 'total'

export interface Sort {
  readonly by: SortKey
  readonly descending: boolean
}

const RANK: Readonly<Record<NodeVerdict['outcome'], number>> = { chosen: 0, fits: 1, refused: 2, unseen: 3 }

/** Equals are in the order of their names. */
export function sorted(rows: readonly Row[], { by, descending }: Sort): readonly Row[] {
  const sign = descending ? -1 : 1
  const name = (a: Row, b: Row): number => (a.node < b.node ? -1 : 1)
  if (by === 'node') return rows.toSorted((a, b) => sign * name(a, b))
  if (by === 'total') return rows.toSorted((a, b) => sign * ((a.total ?? -1) - (b.total ?? -1)) || name(a, b))
  return rows.toSorted((a, b) => {
    const kind = RANK[a.outcome] - RANK[b.outcome] || (a.plugin < b.plugin ? -1 : a.plugin > b.plugin ? 1 : 0)
    return sign * kind || (b.total ?? 0) - (a.total ?? 0) || name(a, b)
  })
}

/** What the filters said of a node: they are asked in order, and the first no ends it. */
export function filterWords(
  { plugins }: Explained,
  { outcome, plugin }: NodeVerdict,
): readonly { readonly name: string; readonly said: 'passed' | 'refused' | 'silent' }[] {
  const names = plugins.flatMap(({ name, filters }) => (filters ? [name] : []))
  const end = outcome === 'refused' ? names.indexOf(plugin) : names.length
  return names.map((name, i) => ({ name, said: i < end ? 'passed' : i === end ? 'refused' : 'silent' }))
}

/** Most points first. */
export const byPoints = (scores: readonly PluginScore[]): readonly PluginScore[] =>
  scores.toSorted((a, b) => b.weighted - a.weighted || (a.plugin < b.plugin ? -1 : 1))

const SIGNS: Readonly<Record<string, string>> = {
  NodeUnschedulable: 'C',
  TaintToleration: 'T',
  NodeAffinity: 'A',
  NodePorts: 'P',
  NodeResourcesFit: 'R',
  PodTopologySpread: 'S',
  InterPodAffinity: 'I',
}

/** One letter for a plugin that refuses, on the map and before its name. */
export const signOf = (plugin: string): string => SIGNS[plugin] ?? plugin.replace(/^Node/, '').charAt(0)

/** Plugins that did not give every node the same: what is alike for all decides nothing. */
export function tellingPlugins(rows: readonly Row[]): readonly string[] {
  const points = new Map<string, Set<number>>()
  for (const { scores } of rows)
    for (const { plugin, weighted } of scores) points.set(plugin, (points.get(plugin) ?? new Set()).add(weighted))
  return [...points].flatMap(([plugin, values]) => (values.size > 1 ? [plugin] : []))
}
