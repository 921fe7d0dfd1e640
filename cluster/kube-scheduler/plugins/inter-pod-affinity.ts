/**
 * InterPodAffinity: Pods that want to be where certain others are, or are not. It works both ways: a Pod that runs already
 * keeps those away that it wants no part of.
 *
 * A term says which Pods, and how near: `topologyKey` names a node label, and nodes of one value are one place.
 * The counts come from the topology index, one number per place; see there.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring}.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import type { Namespace, Node, Pod, PodAffinity } from '#cluster/api/types.ts'
import type { Groups } from '#cluster/kernel/groups.ts'
import type { CycleState, Nodes, Plugin, Status } from '../framework.ts'
import { MAX_NODE_SCORE, SKIP, unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { BorneTerm, Question, Term, TopologyIndex } from '../topology-index.ts'
import { isPerNode } from './topology-counts.ts'
import { answers, areaOf, ask, borneTerms, labelOf, matchesTermOf, questionOf, termOf } from '../topology-index.ts'

const NAME = 'InterPodAffinity'
const SCORE = 'InterPodAffinity/score'
/** With more, it costs less to ask the nodes than to say what is asked. */
const TERMS_READ_MAX = 16
const AFFINITY = unresolvable("node(s) didn't match pod affinity rules")
const ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules")
const EXISTING = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")

/** InterPodAffinityArgs. */
export interface InterPodAffinityArguments {
  /** What a required affinity of an existing Pod is worth to the Pods that it wants. Default 1, 0 to 100. */
  readonly hardPodAffinityWeight?: number
  readonly ignorePreferredTermsOfExistingPods?: boolean
}

/** What changes in thought: Pods added or taken away, by key of the question or term, at one value. */
type Changes = Readonly<Record<string, number>>

interface Filtering {
  readonly index: TopologyIndex
  /** Pods that match every required term of affinity, one question per term, each by its own key. */
  readonly affinity: readonly Question[]
  readonly matchesItself: boolean
  readonly antiAffinity: readonly Question[]
  /** Required anti-affinity of existing Pods that this Pod meets. */
  readonly existing: readonly BorneTerm[]
  readonly namespaceLabels: Labels
  readonly changes: Changes
  readonly numbers: Readonly<Record<'affinity' | 'antiAffinity' | 'existing', readonly Counted[]>>
}

/** Numbers of the index that count for so much each. */
interface Weighted {
  readonly counts: ReadonlyMap<string, number>
  readonly weight: number
}

/** What a node's value is worth, by topology key: the sum over the rows. */
type Scores = readonly { readonly topologyKey: string; readonly rows: readonly Weighted[] }[]
type Labels = Readonly<Record<string, string>> | undefined

export function interPodAffinity(args: InterPodAffinityArguments = {}): Plugin {
  const { hardPodAffinityWeight = 1 } = args
  if (!(hardPodAffinityWeight >= 0 && hardPodAffinityWeight <= 100))
    throw new Error(`hardPodAffinityWeight: ${hardPodAffinityWeight} is not in [0, 100]`)
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const filtering = filteringOf(pod, nodes)
      const { affinity, antiAffinity, existing } = filtering
      if (affinity.length + antiAffinity.length + existing.length === 0) return SKIP
      for (const question of [...affinity, ...antiAffinity]) ask(nodes.topology, question, nodes)
      state[NAME] = withNumbers(filtering)
      return undefined
    },
    addPod: (state, pod, added, info) => change(state, pod, added, info, 1),
    removePod: (state, pod, removed, info) => change(state, pod, removed, info, -1),
    filter: (state, _pod, { node }) => verdict(state[NAME] as Filtering, node),
    filterReads(state, nodes) {
      const { affinity, antiAffinity, existing } = state[NAME] as Filtering
      const all = [...antiAffinity, ...existing]
      // Where nobody has begun yet, an affinity depends on all nodes.
      if (affinity.length > 0 || all.length > TERMS_READ_MAX) return undefined
      if (!all.every(({ topologyKey }) => isPerNode(topologyKey, nodes))) return undefined
      return all.map(({ key }) => key).join('\n')
    },
    preScore(state, pod, feasible, nodes) {
      const scores = scoresOf(pod, nodes, args, hardPodAffinityWeight)
      if (scores.size === 0) return SKIP
      state[SCORE] = [...scores].map(([topologyKey, rows]) => ({ topologyKey, rows: summed(rows, feasible.length) }))
      return undefined
    },
    score(state, _pod, { node }) {
      let sum = 0
      for (const { topologyKey, rows } of state[SCORE] as Scores) {
        const value = labelOf(node, topologyKey)
        if (value === undefined) continue
        for (const { counts, weight } of rows) sum += (counts.get(value) ?? 0) * weight
      }
      return sum
    },
    normalizeScore(_state, _pod, scores) {
      let min = Infinity
      let max = -Infinity
      for (const { score } of scores) {
        if (score < min) min = score
        if (score > max) max = score
      }
      for (const entry of scores)
        entry.score = max > min ? Math.floor((MAX_NODE_SCORE * (entry.score - min)) / (max - min)) : 0
    },
    eventsToRegister: [
      { event: 'AssignedPod/Add', hint: (pod, event) => couldAttract(pod, event.pod!) },
      { event: 'AssignedPod/UpdateLabel', hint: (pod, { pod: other, oldPod }) => couldHelp(pod, oldPod!, other!) },
      { event: 'AssignedPod/Delete', hint: (pod, event) => couldRepel(pod, event.pod!) },
      { event: 'Pod/UpdateLabel' },
      { event: 'Node/Add' },
      { event: 'Node/UpdateLabel' },
      { event: 'namespaces/Add' },
      { event: 'namespaces/Update' },
    ],
  }
}

// ── Filter ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const requiredOf = (affinity: PodAffinity | undefined) => affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
const preferredOf = (affinity: PodAffinity | undefined) =>
  affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []

function filteringOf(pod: Pod, nodes: Nodes): Omit<Filtering, 'numbers'> {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  const wanted = requiredOf(podAffinity)
  // A Pod counts where it matches them all.
  const terms = wanted.map((term) => withNames(termOf(pod, term), nodes))
  const affinity = [...new Set(wanted.map(({ topologyKey }) => topologyKey))].map((key) =>
    questionOf(areaOf(key), terms),
  )
  const antiAffinity = requiredOf(podAntiAffinity).map((term) =>
    questionOf(areaOf(term.topologyKey), [withNames(termOf(pod, term), nodes)]),
  )
  const namespaceLabels = labelsOfNamespace(pod, nodes)
  const existing: BorneTerm[] = []
  for (const term of nodes.topology.terms.values())
    if (term.kind === 'required anti-affinity' && matchesTermOf(term, pod, namespaceLabels)) existing.push(term)
  const matchesItself = affinity.length > 0 && answers(affinity[0]!, pod)
  return {
    index: nodes.topology,
    affinity,
    matchesItself,
    antiAffinity,
    existing,
    namespaceLabels,
    changes: NO_CHANGES,
  }
}

/** A question, or a term, with its numbers by value: looked up once, then asked at every node. */
interface Counted {
  readonly key: string
  readonly topologyKey: string
  readonly counts: ReadonlyMap<string, number>
}

const NO_COUNTS: ReadonlyMap<string, number> = new Map()
const NO_CHANGES: Changes = Object.freeze({})

const counted =
  (groups: Groups<number>) =>
  ({ key, topologyKey }: { readonly key: string; readonly topologyKey: string }): Counted => ({
    key,
    topologyKey,
    counts: groups.of(key) ?? NO_COUNTS,
  })

function verdict(filtering: Filtering, node: Node): Status | undefined {
  const { index, affinity, matchesItself, changes, numbers } = filtering
  let isMet = true
  for (const each of numbers.affinity) {
    const value = labelOf(node, each.topologyKey)
    if (value === undefined) return AFFINITY
    if (numberAt(each, value, changes) <= 0) isMet = false
  }
  // The first of a group that wants to be together: somebody must begin.
  if (!isMet && !(matchesItself && affinity.every(({ key }) => isNowhere(index, key, changes)))) return AFFINITY
  for (const each of numbers.antiAffinity) {
    const value = labelOf(node, each.topologyKey)
    if (value !== undefined && numberAt(each, value, changes) > 0) return ANTI_AFFINITY
  }
  for (const each of numbers.existing) {
    const value = labelOf(node, each.topologyKey)
    if (value !== undefined && numberAt(each, value, changes) > 0) return EXISTING
  }
  return undefined
}

function numberAt({ key, counts }: Counted, value: string, changes: Changes): number {
  const count = counts.get(value) ?? 0
  return changes === NO_CHANGES ? count : count + (changes[changeKey(key, value)] ?? 0)
}

const changeKey = (key: string, value: string): string => `${key}\n${value}`

function isNowhere({ matching }: TopologyIndex, key: string, changes: Changes): boolean {
  const changed = Object.entries(changes).filter(([at]) => at.startsWith(`${key}\n`))
  if (changed.some(([, amount]) => amount > 0)) return false
  const taken = changed.reduce((sum, [, amount]) => sum + amount, 0)
  if (taken === 0) return matching.sizeOf(key) === 0
  let left = taken
  for (const count of matching.values(key)) left += count
  return left <= 0
}

function change(state: CycleState, pod: Pod, other: Pod, { node }: NodeInfo, sign: 1 | -1): void {
  const filtering = state[NAME] as Filtering
  const changes: Record<string, number> = { ...filtering.changes }
  const add = (key: string, topologyKey: string): void => {
    const value = labelOf(node, topologyKey)
    if (value === undefined) return
    const at = changeKey(key, value)
    changes[at] = (changes[at] ?? 0) + sign
  }
  const { affinity, antiAffinity, namespaceLabels } = filtering
  const questions = new Map([...affinity, ...antiAffinity].map((question) => [question.key, question]))
  for (const question of questions.values()) if (answers(question, other)) add(question.key, question.topologyKey)
  const existing = [...filtering.existing]
  for (const term of borneTerms(other)) {
    if (term.kind !== 'required anti-affinity' || !matchesTermOf(term, pod, namespaceLabels)) continue
    if (!existing.some(({ key }) => key === term.key)) existing.push(term)
    add(term.key, term.topologyKey)
  }
  state[NAME] = withNumbers({ ...filtering, existing, changes })
}

/** What was asked has been counted by now. */
const withNumbers = (filtering: Omit<Filtering, 'numbers'>): Filtering => ({
  ...filtering,
  numbers: {
    affinity: filtering.affinity.map(counted(filtering.index.matching)),
    antiAffinity: filtering.antiAffinity.map(counted(filtering.index.matching)),
    existing: filtering.existing.map(counted(filtering.index.bearers)),
  },
})

/** A namespace selector turned into names, as of now. */
function withNames(term: Term, nodes: Nodes): Term {
  const { namespaceSelector, selector, namespaces } = term
  if (namespaceSelector === undefined) return term
  const names = new Set(namespaces)
  for (const { metadata } of nodes.objects.all<Namespace>('namespaces'))
    if (matchesSelector(namespaceSelector, metadata.labels)) names.add(metadata.name)
  return { namespaces: [...names].sort(), ...(selector && { selector }) }
}

const labelsOfNamespace = (pod: Pod, nodes: Nodes): Labels =>
  nodes.objects.get<Namespace>('namespaces', pod.metadata.namespace ?? 'default')?.metadata.labels

// ── Score ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function scoresOf(
  pod: Pod,
  nodes: Nodes,
  args: InterPodAffinityArguments,
  hardWeight: number,
): ReadonlyMap<string, Weighted[]> {
  const scores = new Map<string, Weighted[]>()
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  const hasPreferences = preferredOf(podAffinity).length + preferredOf(podAntiAffinity).length > 0
  if (args.ignorePreferredTermsOfExistingPods && !hasPreferences) return scores
  const { matching, bearers, terms } = nodes.topology
  const add = (topologyKey: string, counts: ReadonlyMap<string, number> | undefined, weight: number): void => {
    if (weight === 0 || counts === undefined) return
    const rows = scores.get(topologyKey)
    if (rows) rows.push({ counts, weight })
    else scores.set(topologyKey, [{ counts, weight }])
  }
  for (const [affinity, sign] of [
    [podAffinity, 1],
    [podAntiAffinity, -1],
  ] as const) {
    for (const { weight, podAffinityTerm } of preferredOf(affinity)) {
      const question = questionOf(areaOf(podAffinityTerm.topologyKey), [withNames(termOf(pod, podAffinityTerm), nodes)])
      ask(nodes.topology, question, nodes)
      add(question.topologyKey, matching.of(question.key), sign * weight)
    }
  }
  if (terms.size === 0) return scores
  const namespaceLabels = labelsOfNamespace(pod, nodes)
  for (const term of terms.values()) {
    const weight = weightOf(term, hardWeight)
    if (weight !== 0 && matchesTermOf(term, pod, namespaceLabels)) add(term.topologyKey, bearers.of(term.key), weight)
  }
  return scores
}

/** One row for all, where summing up beforehand is less work than to sum up at each of the nodes. */
function summed(rows: readonly Weighted[], nodes: number): readonly Weighted[] {
  let entries = 0
  for (const { counts } of rows) entries += counts.size
  if (rows.length === 1 || entries > nodes * rows.length) return rows
  const sums = new Map<string, number>()
  for (const { counts, weight } of rows)
    for (const [value, count] of counts) sums.set(value, (sums.get(value) ?? 0) + count * weight)
  return [{ counts: sums, weight: 1 }]
}

function weightOf({ kind, weight }: BorneTerm, hardWeight: number): number {
  if (kind === 'required affinity') return hardWeight
  if (kind === 'required anti-affinity') return 0
  return kind === 'preferred affinity' ? weight : -weight
}

// ── what may help ───────────────────────────────────────────────────────────────────────────────────────────────────

const matchesSome = (pod: Pod, affinity: PodAffinity | undefined, other: Pod): boolean =>
  requiredOf(affinity).some((given) => {
    const term = termOf(pod, given)
    // Without the namespaces' labels at hand, a namespace selector counts as met.
    return (
      matchesSelector(term.selector, other.metadata.labels) && (term.namespaceSelector ?? matchesTermOf(term, other))
    )
  })

const couldAttract = (pod: Pod, other: Pod): boolean => matchesSome(pod, pod.spec.affinity?.podAffinity, other)

const couldRepel = (pod: Pod, other: Pod): boolean =>
  matchesSome(pod, pod.spec.affinity?.podAntiAffinity, other) ||
  matchesSome(other, other.spec.affinity?.podAntiAffinity, pod)

const couldHelp = (pod: Pod, old: Pod, other: Pod): boolean =>
  (couldAttract(pod, other) && !couldAttract(pod, old)) || (couldRepel(pod, old) && !couldRepel(pod, other))
