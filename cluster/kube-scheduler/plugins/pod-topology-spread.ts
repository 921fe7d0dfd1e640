/**
 * PodTopologySpread: like Pods spread over zones, nodes or whatever a label tells apart. A constraint either must hold
 * (`DoNotSchedule`) or only weighs in (`ScheduleAnyway`). Pods without any get the defaults: hostname with skew 3 and zone
 * with skew 5, which only weigh in.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/podtopologyspread/{filtering,scoring}.go`.
 */
import type { LabelSelector, Pod, TopologySpreadConstraint } from '#cluster/api/types.ts'
import type { CycleState, Nodes, Plugin } from '../framework.ts'
import { MAX_NODE_SCORE, SKIP, unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Crowd } from '../node-numbers.ts'
import { numbersOf } from '../node-numbers.ts'
import { answers, areaOf, askDomains, labelOf, questionOf } from '../topology-index.ts'
import { defaultSelector } from './default-selector.ts'
import { lnOf } from './ln.ts'
import type { Constraint, Counts } from './topology-counts.ts'
import {
  constraintsFrom,
  countOn,
  countsOf,
  hasAllKeys,
  HOSTNAME,
  isCounted,
  isEverywhere,
  isPerNode,
} from './topology-counts.ts'

const NAME = 'PodTopologySpread'
const SCORE = 'PodTopologySpread/score'
const ZONE = 'topology.kubernetes.io/zone'
const UNSATISFIED = unschedulable("node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: ZONE, maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
]

/** PodTopologySpreadArgs. */
export interface PodTopologySpreadArguments {
  /** For Pods that define none; their selector is deduced, so they must not bear one. */
  readonly defaultConstraints?: readonly TopologySpreadConstraint[]
  /** `System` (the default): hostname and zone, see above. `List`: `defaultConstraints`. */
  readonly defaultingType?: 'System' | 'List'
}

/** One constraint as Filter sees it. In thought, the Pods of one domain may change. */
interface Row {
  readonly constraint: Constraint
  readonly counts: Counts
  /** 1 if the Pod counts for its own constraint. */
  readonly own: number
  /** `counts.min()`. */
  readonly least: number
  readonly changed?: { readonly value: string; readonly by: number }
}

/** One constraint as Score sees it. */
interface ScoreRow {
  readonly constraint: Constraint
  readonly counts: Counts
  readonly weight: number
  /** No node bears the key: nobody gets anything of it. */
  readonly isNowhere: boolean
}

interface Scoring {
  readonly ignored: ReadonlySet<string>
  readonly rows: readonly ScoreRow[]
}

export function podTopologySpread(args: PodTopologySpreadArguments = {}): Plugin {
  const { defaultConstraints = [], defaultingType = 'System' } = args
  checkDefaults(defaultConstraints, defaultingType)
  const isSystem = defaultingType === 'System'
  const defaults = isSystem ? SYSTEM_DEFAULTS : defaultConstraints
  const constraintsOf = (pod: Pod, nodes: Nodes, when: TopologySpreadConstraint['whenUnsatisfiable']): Constraint[] => {
    const own = pod.spec.topologySpreadConstraints ?? []
    const given = (own.length > 0 ? own : defaults).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
    if (given.length === 0) return []
    if (own.length > 0) return constraintsFrom(pod, given, true)
    const selector = defaultSelector(pod, nodes.objects)
    if (selector === undefined) return []
    return isSystem ? systemConstraints(pod, selector) : constraintsFrom(pod, given, needsAllKeys(pod, when), selector)
  }
  /** The system's defaults weigh in on every node, whatever labels it lacks. */
  const needsAllKeys = (pod: Pod, when: TopologySpreadConstraint['whenUnsatisfiable']): boolean =>
    when === 'DoNotSchedule' || !isSystem || (pod.spec.topologySpreadConstraints ?? []).length > 0
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const constraints = constraintsOf(pod, nodes, 'DoNotSchedule')
      if (constraints.length === 0) return SKIP
      state[NAME] = constraints.map((constraint): Row => {
        const counts = countsOf(constraint, nodes)
        return { constraint, counts, own: answers(constraint.question, pod) ? 1 : 0, least: counts.min() }
      })
      return undefined
    },
    addPod: (state, _pod, added, info) => change(state, added, info, 1),
    removePod: (state, _pod, removed, info) => change(state, removed, info, -1),
    filter(state, _pod, { node }) {
      for (const row of state[NAME] as readonly Row[]) {
        const value = labelOf(node, row.constraint.topologyKey)
        if (value === undefined) return NO_LABEL
        if (numberIn(row, value) + row.own - leastOf(row) > row.constraint.maxSkew) return UNSATISFIED
      }
      return undefined
    },
    filterReads(state, nodes) {
      const rows = state[NAME] as readonly Row[]
      if (!rows.every(({ constraint }) => isPerNode(constraint.topologyKey, nodes))) return undefined
      const read = rows.map((row) => [row.constraint.question.key, row.constraint.maxSkew, row.own, leastOf(row)])
      return JSON.stringify(read)
    },
    preScore(state, pod, feasible, nodes) {
      const constraints = constraintsOf(pod, nodes, 'ScheduleAnyway')
      if (constraints.length === 0) return SKIP
      state[SCORE] = scoringOf(constraints, feasible, nodes, needsAllKeys(pod, 'ScheduleAnyway'))
      return undefined
    },
    score(state, _pod, info) {
      const { ignored, rows } = state[SCORE] as Scoring
      if (ignored.has(info.name)) return 0
      let sum = 0
      for (const row of rows) {
        const count = countFor(row, info)
        if (count >= 0) sum += count * row.weight + (row.constraint.maxSkew - 1)
      }
      return Math.round(sum)
    },
    normalizeScore(state, _pod, scores) {
      const { ignored } = state[SCORE] as Scoring
      let min = Infinity
      let max = 0
      for (const { name, score } of scores) {
        if (ignored.has(name)) continue
        if (score < min) min = score
        if (score > max) max = score
      }
      for (const entry of scores) {
        if (ignored.has(entry.name)) entry.score = 0
        else entry.score = normalized(entry.score, min, max)
      }
    },
    scoreMany: (state, _pod, crowd, scores) => scoreAll(state[SCORE] as Scoring, crowd, scores),
    eventsToRegister: [
      { event: 'AssignedPod/Add', hint: (pod, event) => isLike(pod, event.pod!) },
      { event: 'AssignedPod/Delete', hint: (pod, event) => isLike(pod, event.pod!) },
      { event: 'AssignedPod/UpdateLabel', hint: (pod, event) => isLike(pod, event.pod!) || isLike(pod, event.oldPod!) },
      { event: 'Pod/UpdateLabel' },
      { event: 'Pod/UpdateToleration' },
      { event: 'Node/Add' },
      { event: 'Node/UpdateLabel' },
      { event: 'Node/UpdateTaint' },
    ],
  }
}

function checkDefaults(constraints: readonly TopologySpreadConstraint[], type: string): void {
  if (type !== 'System' && type !== 'List') throw new Error(`defaultingType: unsupported value "${type}"`)
  if (type === 'System' && constraints.length > 0)
    throw new Error('defaultConstraints: when defaultingType is System, they must be empty')
  if (constraints.some(({ labelSelector }) => labelSelector !== undefined))
    throw new Error('defaultConstraints: constraint must not define a selector, as they deduced for each pod')
}

// ── Filter ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const numberIn = ({ counts, changed }: Row, value: string): number =>
  counts.get(value) + (changed?.value === value ? changed.by : 0)

/** What the skew is measured from. */
function leastOf(row: Row): number {
  const { counts, changed, constraint } = row
  if (counts.domains < constraint.minDomains) return 0
  if (changed === undefined) return row.least
  return Math.min(counts.min(changed.value), numberIn(row, changed.value))
}

function change(state: CycleState, other: Pod, info: NodeInfo, sign: 1 | -1): void {
  const rows = state[NAME] as readonly Row[]
  if (
    !hasAllKeys(
      info,
      rows.map(({ constraint }) => constraint),
    )
  )
    return
  state[NAME] = rows.map((row): Row => {
    const { constraint, changed } = row
    if (!answers(constraint.question, other) || !isCounted(constraint, info)) return row
    const value = labelOf(info.node, constraint.topologyKey)!
    return { ...row, changed: { value, by: (changed?.value === value ? changed.by : 0) + sign } }
  })
}

interface Deduced {
  readonly namespace: string | undefined
  readonly constraints: Constraint[]
}

const deduced = new WeakMap<LabelSelector, Deduced>()

/** The system's defaults, made once for all Pods of a controller that leave the choice of nodes open. */
function systemConstraints(pod: Pod, selector: LabelSelector): Constraint[] {
  const { nodeSelector, affinity } = pod.spec
  const isOpen = nodeSelector === undefined && affinity?.nodeAffinity === undefined
  const { namespace } = pod.metadata
  const known = deduced.get(selector)
  if (isOpen && known !== undefined && known.namespace === namespace) return known.constraints
  const constraints = constraintsFrom(pod, SYSTEM_DEFAULTS, false, selector)
  if (isOpen) deduced.set(selector, { namespace, constraints })
  return constraints
}

// ── Score ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function scoringOf(
  constraints: readonly Constraint[],
  feasible: readonly NodeInfo[],
  nodes: Nodes,
  needsAllKeys: boolean,
): Scoring {
  const ignored = new Set<string>()
  if (needsAllKeys) for (const info of feasible) if (!hasAllKeys(info, constraints)) ignored.add(info.name)
  const rows = constraints.map((constraint) => {
    const { topologyKey } = constraint
    if (topologyKey === HOSTNAME)
      return {
        constraint,
        counts: countsOfNodes(constraint, nodes),
        weight: lnOf(feasible.length - ignored.size + 2),
        isNowhere: false,
      }
    const area = areaOf(topologyKey)
    const hasLabels = isEverywhere(area, nodes) || needsAllKeys
    const domains = nodes.topology.domains.sizeOf(area.key)
    // Nodes without the label are one more.
    const most = domains + (hasLabels ? 0 : 1)
    const weight = lnOf(valuesAmong(feasible, ignored, topologyKey, most) + 2)
    return { constraint, counts: countsOf(constraint, nodes), weight, isNowhere: domains === 0 }
  })
  return { ignored, rows }
}

/** Matching Pods in the node's domain; -1 where it is in none. */
function countFor({ constraint, counts }: ScoreRow, info: NodeInfo): number {
  const value = labelOf(info.node, constraint.topologyKey)
  if (value === undefined) return -1
  return counts === NO_COUNTS ? countOn(info, constraint.question) : counts.get(value)
}

function scoreAll({ ignored, rows }: Scoring, crowd: Crowd, scores: Float64Array): void {
  scores.fill(0)
  for (const row of rows) if (!row.isNowhere) addRow(row, crowd, scores)
  for (let i = 0; i < scores.length; i++) scores[i] = Math.round(scores[i]!)
  const isIgnored = (i: number): boolean => ignored.size > 0 && ignored.has(crowd.infos[i]!.name)
  let min = Infinity
  let max = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!
    if (isIgnored(i)) continue
    if (score < min) min = score
    if (score > max) max = score
  }
  for (let i = 0; i < scores.length; i++) scores[i] = isIgnored(i) ? 0 : normalized(scores[i]!, min, max)
}

/** Adds one constraint's share: of the hostname the node's own Pods, which are remembered with it. */
function addRow(row: ScoreRow, { infos, slots, of }: Crowd, scores: Float64Array): void {
  const { constraint, weight } = row
  const base = constraint.maxSkew - 1
  const isOwn = constraint.topologyKey === HOSTNAME
  const own = isOwn && numbersOf({ infos, slots, of }, constraint.question.key, (info) => countFor(row, info))
  for (let i = 0; i < scores.length; i++) {
    const count = own ? own[slots[i]!]! : countFor(row, infos[i]!)
    if (count >= 0) scores[i]! += count * weight + base
  }
}

/** The fewer, the better. */
const normalized = (score: number, min: number, max: number): number =>
  max === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (max + min - score)) / max)

/** On a hostname, Score counts the node itself, whichever nodes count: by its name, where no two nodes share one. */
function countsOfNodes({ question }: Constraint, nodes: Nodes): Counts {
  const area = areaOf(HOSTNAME)
  askDomains(nodes.topology, area, nodes)
  if (nodes.topology.domains.sizeOf(HOSTNAME) !== nodes.size) return NO_COUNTS
  const isAll = question.area.key === area.key
  return countsOf({ question: isAll ? question : questionOf(area, question.terms, true) }, nodes)
}

const NO_COUNTS: Counts = { get: () => 0, domains: 0, min: () => Infinity }

/** The larger the number of domains, the smaller each one's numbers; the weight makes up for it. */
function valuesAmong(
  feasible: readonly NodeInfo[],
  ignored: ReadonlySet<string>,
  topologyKey: string,
  most: number,
): number {
  const values = new Set<string | undefined>()
  for (const { name, node } of feasible) {
    if (!ignored.has(name)) values.add(labelOf(node, topologyKey))
    // There are no more.
    if (values.size >= most) break
  }
  return values.size
}

/** Whether another Pod counts for one of the constraints that must hold. */
function isLike(pod: Pod, other: Pod): boolean {
  if (pod.metadata.namespace !== other.metadata.namespace) return false
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  )
  // Without any of its own, a configured default refused it.
  if (hard.length === 0) return true
  const gone = { ...other, metadata: { ...other.metadata, deletionTimestamp: undefined } } as unknown as Pod
  return constraintsFrom(pod, hard, true).some(({ question }) => answers(question, gone))
}
