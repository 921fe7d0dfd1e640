/**
 * Why a Pod is where it is, or nowhere: the decisions that were made about it, kept with the scheduler's state.
 *
 * The real scheduler says this only in its log (at `-v=10`, with the scores), so nobody can ask afterwards. Here a scheduler
 * that runs with `decisionsKept: 100` keeps the last five attempts of so many Pods, node by node and plugin by plugin:
 *
 *     const records = world.stateOf<SchedulerState>('cp-1/kube-scheduler').decisions.get('default/web') ?? []
 *     records.at(-1)                  // DecisionRecord: chosen, tiedWith, refused, scored (raw, normalized, weighted, total)
 *     explainRecord(records.at(-1)!)  // the same in lines for people
 *
 * A node is in `refused` or in `scored`; where one node alone was left it is only `chosen`; those in neither were not looked at
 * (`nodes` less `evaluated`: in big clusters enough is enough). Without the option nothing is kept, and nothing is computed for
 * it: scores are then remembered, not taken apart. To ask "what if", fork the world, change one thing, and run on.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { QueuedPod } from './queued-pod.ts'
import type { Decision, ScoredNode } from './scheduling-cycle.ts'

/** Attempts kept of one Pod. */
const ATTEMPTS_MAX = 5

export interface RefusedNode {
  readonly node: string
  readonly plugin: string
  readonly reasons: readonly string[]
  /** Removing Pods from the node would not help. */
  readonly isHopeless: boolean
}

export interface DecisionRecord {
  readonly pod: string
  readonly uid: string | undefined
  readonly attempt: number
  readonly atMicros: Micros
  /** How many nodes there were, and how many of them were looked at. */
  readonly nodes: number
  readonly evaluated: number
  readonly chosen?: string
  /** Equals of the chosen one: chance decided. */
  readonly tiedWith: readonly string[]
  readonly refused: readonly RefusedNode[]
  /** Raw, normalised and weighted score by plugin, and the total. Empty where only one node was left. */
  readonly scored: readonly ScoredNode[]
  /** What PreFilter said of every node. */
  readonly preFilter?: { readonly plugin: string; readonly reasons: readonly string[] }
  /** As the Pod's condition has it. */
  readonly message?: string
}

/** `podsMax`: beyond that, the Pod decided about longest ago is forgotten. */
export function remember(
  decisions: Table<string, readonly DecisionRecord[]>,
  podsMax: number,
  queued: QueuedPod,
  decision: Decision,
  atMicros: Micros,
  message?: string,
): void {
  const { key, pod, attempts } = queued
  const { chosen, tiedWith, statuses, scored, preFilterStatus } = decision
  const { uid } = pod.metadata
  const refused = [...statuses()].map(([node, { plugin = '', reasons, code }]) => ({
    node,
    plugin,
    reasons,
    isHopeless: code === 'UnschedulableAndUnresolvable',
  }))
  const { plugin = '', reasons = [] } = preFilterStatus ?? {}
  const record: DecisionRecord = {
    pod: key,
    uid,
    attempt: attempts,
    atMicros,
    nodes: decision.filters.nodes.size,
    evaluated: decision.evaluated,
    tiedWith,
    refused,
    scored,
    ...(chosen !== undefined && { chosen }),
    ...(preFilterStatus && { preFilter: { plugin, reasons } }),
    ...(message !== undefined && { message }),
  }
  const before = (decisions.get(key) ?? []).filter((old) => old.uid === uid)
  // Deleted first, so that the Pod counts as the latest.
  decisions.delete(key)
  if (decisions.size >= podsMax) {
    const [oldest] = decisions.keys()
    if (oldest !== undefined) decisions.delete(oldest)
  }
  decisions.set(key, Object.freeze([...before, Object.freeze(record)].slice(-ATTEMPTS_MAX)))
}

/** Node by node, best first: how one plugin's word changed the outcome. One line each, for people. */
export function explainRecord({ chosen, scored, refused, preFilter, message }: DecisionRecord): string[] {
  const ranking = scored.toSorted((a, b) => b.total - a.total || (a.node < b.node ? -1 : 1))
  const sums = ranking.map(({ node, scores, total }) => {
    const parts = Object.entries(scores).map(([plugin, { weighted }]) => `${plugin} ${weighted}`)
    return `${node}${node === chosen ? ' (chosen)' : ''}: ${total} = ${parts.join(' + ')}`
  })
  const alone = chosen !== undefined && scored.length === 0 ? [`${chosen} (chosen): the only one that will do`] : []
  const noes = refused.map(({ node, plugin, reasons }) => `${node}: ${plugin}: ${reasons.join(', ')}`)
  const all = preFilter ? [`every node: ${preFilter.plugin}: ${preFilter.reasons.join(', ')}`] : []
  return [...sums, ...alone, ...noes, ...all, ...(message === undefined ? [] : [message])]
}
