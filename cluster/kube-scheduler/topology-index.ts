/**
 * How many Pods that match a question are in each topology domain (a zone, a node …): counted once, then kept up to date.
 *
 * What the real one does: affinity and spreading plugins go over all Pods of all nodes in every cycle, on 16 goroutines.
 * What we model: the same numbers. A question that has been asked is remembered, and each Pod that comes or goes changes its
 * counts by one; a cycle then reads one number per domain. Equal terms of existing Pods (all replicas of a Deployment have
 * the same) are one row with a count per domain.
 * What we leave out: nothing that could be seen from outside: dropping every row changes no answer.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/{interpodaffinity,podtopologyspread}`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import type { LabelSelector, Node, Pod, PodAffinityTerm } from '#cluster/api/types.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { NodeScope } from './node-scope.ts'
import { isInScope } from './node-scope.ts'
import type { PodList } from './pod-list.ts'

/** "Pods like these": a selector and where it looks. */
export interface Term {
  readonly namespaces: readonly string[]
  readonly namespaceSelector?: LabelSelector
  /** Undefined matches nothing. */
  readonly selector?: LabelSelector
}

/** The domains that a label makes of the nodes, of all or of some. */
export interface Area {
  readonly key: string
  readonly topologyKey: string
  /** The nodes that count; all do where it is not given. */
  readonly scope?: NodeScope
}

/** Pods that match all the terms, by domain of an area. */
export interface Question {
  readonly key: string
  readonly area: Area
  readonly topologyKey: string
  readonly terms: readonly Term[]
  /** Spreading does not count Pods that are on their way out. */
  readonly skipsTerminating: boolean
}

export type TermKind = 'required affinity' | 'required anti-affinity' | 'preferred affinity' | 'preferred anti-affinity'

/** A term that some existing Pods bear. */
export interface BorneTerm extends Term {
  readonly key: string
  readonly kind: TermKind
  readonly topologyKey: string
  readonly weight: number
}

export interface TopologyIndex {
  areas: Table<string, Area>
  /** Area key, value, number of nodes (never 0). */
  domains: Groups<number>
  /** Area key, number of nodes that are in one of its domains. */
  sizes: Table<string, number>
  questions: Table<string, Question>
  /** Keys of questions by a label that every Pod must bear that answers them: whoever comes or goes is told to few. */
  anchors: Groups<true>
  /** Question key, value, number of matching Pods (never 0). */
  matching: Groups<number>
  /** Question key, number of matching Pods, in how many domains they are so many (never 0): the least is soon found. */
  levels: Groups<number>
  terms: Table<string, BorneTerm>
  /** Term key, value, number of Pods that bear the term (never 0). */
  bearers: Groups<number>
}

/** Three for each workload that is being scheduled; the one not asked for longest makes room, and has to be counted anew. */
const QUESTIONS_MAX = 4_096
/** Each one costs a look at every node that comes or goes. */
const AREAS_MAX = 64

export function createTopologyIndex(): TopologyIndex {
  return {
    areas: new Table(),
    domains: new Groups(),
    sizes: new Table(),
    questions: new Table(),
    anchors: new Groups(),
    matching: new Groups(),
    levels: new Groups(),
    terms: new Table(),
    bearers: new Groups(),
  }
}

export const labelOf = (node: Node, key: string): string | undefined => {
  // What an object inherits is never a string; asked of every node in every cycle, one look is better than two.
  const value: unknown = node.metadata.labels?.[key]
  return typeof value === 'string' ? value : undefined
}

// ── terms ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `namespaceLabels` is wanted only where the term has a namespace selector. */
export function matchesTermOf(
  { namespaces, namespaceSelector, selector }: Term,
  pod: Pod,
  namespaceLabels?: Readonly<Record<string, string>>,
): boolean {
  const isInside =
    namespaces.includes(pod.metadata.namespace ?? 'default') ||
    (namespaceSelector !== undefined && matchesSelector(namespaceSelector, namespaceLabels))
  return isInside && matchesSelector(selector, pod.metadata.labels)
}

/** The term as it reads for the Pod that bears it: its namespace and its labels filled in. */
export function termOf(pod: Pod, given: PodAffinityTerm): Term {
  const { namespaces = [], namespaceSelector, labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = given
  const own = namespaces.length === 0 && namespaceSelector === undefined
  const selector = withLabelsOf(pod, withLabelsOf(pod, labelSelector, matchLabelKeys, 'In'), mismatchLabelKeys, 'NotIn')
  return {
    namespaces: own ? [pod.metadata.namespace ?? 'default'] : namespaces,
    ...(namespaceSelector && { namespaceSelector }),
    ...(selector && { selector }),
  }
}

/** Adds the Pod's own values of these labels; keys that it does not bear are passed over. */
export function withLabelsOf(
  pod: Pod,
  selector: LabelSelector | undefined,
  keys: readonly string[],
  operator: 'In' | 'NotIn',
): LabelSelector | undefined {
  const { labels } = pod.metadata
  const present = keys.filter((key) => labels !== undefined && Object.hasOwn(labels, key))
  if (selector === undefined || present.length === 0) return selector
  const more = present.map((key) => ({ key, operator, values: [labels![key]!] }))
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...more] }
}

const NO_TERMS: readonly BorneTerm[] = Object.freeze([])
const borne = new WeakMap<Pod, readonly BorneTerm[]>()

/** Every term of a Pod that may concern others. */
export function borneTerms(pod: Pod): readonly BorneTerm[] {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  if (podAffinity === undefined && podAntiAffinity === undefined) return NO_TERMS
  let terms = borne.get(pod)
  if (terms) return terms
  const list: BorneTerm[] = []
  const add = (kind: TermKind, given: PodAffinityTerm, weight: number): void => {
    const term = termOf(pod, given)
    const { topologyKey } = given
    const key = JSON.stringify([kind, weight, topologyKey, term])
    list.push(Object.freeze({ ...term, key, kind, topologyKey, weight }))
  }
  for (const [affinity, name] of [
    [podAffinity, 'affinity'],
    [podAntiAffinity, 'anti-affinity'],
  ] as const) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) add(`required ${name}`, term, 0)
    for (const { weight, podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      add(`preferred ${name}`, podAffinityTerm, weight)
  }
  borne.set(pod, (terms = list))
  return terms
}

export const areaOf = (topologyKey: string, scope?: NodeScope): Area =>
  scope === undefined
    ? Object.freeze({ key: topologyKey, topologyKey })
    : Object.freeze({ key: `${topologyKey}\n${scope.key}`, topologyKey, scope })

export function questionOf(area: Area, terms: readonly Term[], skipsTerminating = false): Question {
  return Object.freeze({
    key: JSON.stringify([area.key, terms, skipsTerminating]),
    area,
    topologyKey: area.topologyKey,
    terms,
    skipsTerminating,
  })
}

/** The domain that a node is in, if it is in any. */
const domainOf = ({ topologyKey, scope }: Area, node: Node): string | undefined =>
  scope === undefined || isInScope(scope, node) ? labelOf(node, topologyKey) : undefined

export function answers({ terms, skipsTerminating }: Question, pod: Pod): boolean {
  if (skipsTerminating && pod.metadata.deletionTimestamp !== undefined) return false
  for (let i = 0; i < terms.length; i++) if (!matchesTermOf(terms[i]!, pod)) return false
  return true
}

// ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

interface Place {
  readonly node: Node
  readonly pods: PodList
}

const anchor = (namespace: string, key: string, value: string): string => `${namespace}\n${key}\n${value}`
const NO_ANCHOR = ''

/** A namespace and a label without which no Pod answers. */
function anchorOf({ terms }: Question): string {
  for (const { namespaces, namespaceSelector, selector } of terms) {
    if (namespaces.length !== 1 || namespaceSelector !== undefined) continue
    for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) return anchor(namespaces[0]!, key, value)
    // What is deduced from a ReplicaSet reads so.
    for (const { key, operator, values = [] } of selector?.matchExpressions ?? [])
      if (operator === 'In' && values.length === 1) return anchor(namespaces[0]!, key, values[0]!)
  }
  return NO_ANCHOR
}

/** Has this question counted; afterwards `index.matching` and `index.levels` answer it. */
export function ask(index: TopologyIndex, question: Question, places: Iterable<Place>): void {
  const { key, area } = question
  if (isKnown(index.questions, key, question, QUESTIONS_MAX)) return
  if (index.questions.size >= QUESTIONS_MAX) {
    const [oldest] = index.questions.values()
    index.questions.delete(oldest!.key)
    index.anchors.delete(anchorOf(oldest!), oldest!.key)
    index.matching.drop(oldest!.key)
    index.levels.drop(oldest!.key)
  }
  index.questions.set(key, question)
  index.anchors.set(anchorOf(question), key, true)
  for (const { node, pods } of places) {
    const value = domainOf(area, node)
    if (value === undefined) continue
    let count = 0
    for (const piece of pods.pieces) for (const pod of piece) if (answers(question, pod)) count++
    countMatching(index, key, value, count)
  }
}

/** Has the domains of this area counted, node by node; afterwards `index.domains` and `index.sizes` know them. */
export function askDomains(index: TopologyIndex, area: Area, places: Iterable<Place>): void {
  const { key } = area
  if (isKnown(index.areas, key, area, AREAS_MAX)) return
  if (index.areas.size >= AREAS_MAX) {
    const [oldest] = index.areas.keys()
    index.areas.delete(oldest!)
    index.domains.drop(oldest!)
    index.sizes.delete(oldest!)
  }
  index.areas.set(key, area)
  for (const { node } of places) countDomain(index, area, node, 1)
}

/**
 * Whether it is counted already. Once the table is half full, those asked last are put at the end, so that a cycle does not lose
 * one of its own.
 */
function isKnown<V>(table: Table<string, V>, key: string, value: V, most: number): boolean {
  if (table.size * 2 < most) return table.has(key)
  const known = table.delete(key)
  if (known) table.set(key, value)
  return known
}

/** The number of Pods in the emptiest of an area's domains, one of them perhaps left out. Infinity where there is none. */
export function leastMatching(index: TopologyIndex, { key, area }: Question, without?: string): number {
  const { domains, matching, levels } = index
  const isLeftOut = without !== undefined && domains.get(area.key, without) !== undefined
  const itsOwn = isLeftOut ? matching.get(key, without) : undefined
  const others = domains.sizeOf(area.key) - (isLeftOut ? 1 : 0)
  if (others === 0) return Infinity
  if (matching.sizeOf(key) - (itsOwn === undefined ? 0 : 1) < others) return 0
  let least = Infinity
  for (const [level, number] of levels.entries(key)) {
    const count = Number(level)
    if (count < least && (count !== itsOwn || number > 1)) least = count
  }
  return least
}

// ── what changes ────────────────────────────────────────────────────────────────────────────────────────────────────

export function countNode(index: TopologyIndex, node: Node, pods: PodList, sign: 1 | -1): void {
  for (const area of index.areas.values()) countDomain(index, area, node, sign)
  for (const piece of pods.pieces) for (const pod of piece) countPod(index, node, pod, sign)
}

function countDomain(index: TopologyIndex, area: Area, node: Node, sign: 1 | -1): void {
  const value = domainOf(area, node)
  if (value === undefined) return
  add(index.domains, area.key, value, sign)
  index.sizes.set(area.key, (index.sizes.get(area.key) ?? 0) + sign)
}

export function countPod(index: TopologyIndex, node: Node, pod: Pod, sign: 1 | -1): void {
  const { labels = {}, namespace = 'default' } = pod.metadata
  countAnswers(index, NO_ANCHOR, node, pod, sign)
  for (const key of Object.keys(labels)) countAnswers(index, anchor(namespace, key, labels[key]!), node, pod, sign)
  for (const term of borneTerms(pod)) {
    const value = labelOf(node, term.topologyKey)
    if (value === undefined) continue
    if (!index.terms.has(term.key)) index.terms.set(term.key, term)
    add(index.bearers, term.key, value, sign)
    if (index.bearers.sizeOf(term.key) === 0) index.terms.delete(term.key)
  }
}

function countAnswers(index: TopologyIndex, from: string, node: Node, pod: Pod, sign: 1 | -1): void {
  for (const key of index.anchors.of(from)?.keys() ?? []) {
    const question = index.questions.get(key)!
    if (!answers(question, pod)) continue
    const value = domainOf(question.area, node)
    if (value !== undefined) countMatching(index, key, value, sign)
  }
}

function countMatching({ matching, levels }: TopologyIndex, question: string, value: string, amount: number): void {
  if (amount === 0) return
  const before = matching.get(question, value) ?? 0
  add(matching, question, value, amount)
  if (before !== 0) add(levels, question, String(before), -1)
  if (before + amount !== 0) add(levels, question, String(before + amount), 1)
}

function add(counts: Groups<number>, group: string, value: string, amount: number): void {
  if (amount === 0) return
  const count = (counts.get(group, value) ?? 0) + amount
  if (count === 0) counts.delete(group, value)
  else counts.set(group, value, count)
}
