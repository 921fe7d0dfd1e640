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

/** "Pods like these": a selector and where it looks. */
export interface Term {
  readonly namespaces: readonly string[]
  readonly namespaceSelector?: LabelSelector
  /** Undefined matches nothing. */
  readonly selector?: LabelSelector
}

/** Pods that match all the terms, by the value of a node label. */
export interface Question {
  readonly key: string
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
  /** Nodes by value of each label that was asked about: topology key, value, number of nodes. */
  domains: Groups<number>
  questions: Table<string, Question>
  /** Question key, value, number of matching Pods (never 0). */
  matching: Groups<number>
  terms: Table<string, BorneTerm>
  /** Term key, value, number of Pods that bear the term (never 0). */
  bearers: Groups<number>
}

/** Each one costs a look at every Pod that comes or goes; the one not asked for longest makes room. */
const QUESTIONS_MAX = 64

export function createTopologyIndex(): TopologyIndex {
  return {
    domains: new Groups(),
    questions: new Table(),
    matching: new Groups(),
    terms: new Table(),
    bearers: new Groups(),
  }
}

export const labelOf = (node: Node, key: string): string | undefined => {
  const { labels } = node.metadata
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
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

export function questionOf(topologyKey: string, terms: readonly Term[], skipsTerminating = false): Question {
  return Object.freeze({
    key: JSON.stringify([topologyKey, terms, skipsTerminating]),
    topologyKey,
    terms,
    skipsTerminating,
  })
}

export function answers({ terms, skipsTerminating }: Question, pod: Pod): boolean {
  if (skipsTerminating && pod.metadata.deletionTimestamp !== undefined) return false
  for (let i = 0; i < terms.length; i++) if (!matchesTermOf(terms[i]!, pod)) return false
  return true
}

// ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

interface Place {
  readonly node: Node
  readonly pods: readonly Pod[]
}

/** Has this question counted; afterwards `index.matching` answers it. */
export function ask(index: TopologyIndex, question: Question, places: Iterable<Place>): void {
  // Those asked last are at the end, so that a cycle does not lose one of its own.
  if (index.questions.delete(question.key)) {
    index.questions.set(question.key, question)
    return
  }
  if (index.questions.size >= QUESTIONS_MAX) {
    const [oldest] = index.questions.keys()
    index.questions.delete(oldest!)
    index.matching.drop(oldest!)
  }
  index.questions.set(question.key, question)
  for (const { node, pods } of places) {
    const value = labelOf(node, question.topologyKey)
    if (value === undefined) continue
    let count = 0
    for (let i = 0; i < pods.length; i++) if (answers(question, pods[i]!)) count++
    add(index.matching, question.key, value, count)
  }
}

/** Has the values of this label counted, node by node; afterwards `index.domains` knows them. */
export function askDomains(index: TopologyIndex, topologyKey: string, places: Iterable<Place>): void {
  if (index.domains.sizeOf(topologyKey) > 0) return
  for (const { node } of places) {
    const value = labelOf(node, topologyKey)
    if (value !== undefined) add(index.domains, topologyKey, value, 1)
  }
}

// ── what changes ────────────────────────────────────────────────────────────────────────────────────────────────────

export function countNode(index: TopologyIndex, node: Node, pods: readonly Pod[], sign: 1 | -1): void {
  for (const key of [...index.domains.groups()]) {
    const value = labelOf(node, key)
    if (value !== undefined) add(index.domains, key, value, sign)
  }
  for (const pod of pods) countPod(index, node, pod, sign)
}

export function countPod(index: TopologyIndex, node: Node, pod: Pod, sign: 1 | -1): void {
  for (const question of index.questions.values()) {
    const value = labelOf(node, question.topologyKey)
    if (value !== undefined && answers(question, pod)) add(index.matching, question.key, value, sign)
  }
  for (const term of borneTerms(pod)) {
    const value = labelOf(node, term.topologyKey)
    if (value === undefined) continue
    if (!index.terms.has(term.key)) index.terms.set(term.key, term)
    add(index.bearers, term.key, value, sign)
    if (index.bearers.sizeOf(term.key) === 0) index.terms.delete(term.key)
  }
}

function add(counts: Groups<number>, group: string, value: string, amount: number): void {
  if (amount === 0) return
  const count = (counts.get(group, value) ?? 0) + amount
  if (count === 0) counts.delete(group, value)
  else counts.set(group, value, count)
}
