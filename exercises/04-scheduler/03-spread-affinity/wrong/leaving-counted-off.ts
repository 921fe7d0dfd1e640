// check: what if a Pod were evicted, or another came?
// hint: what-if
// A Pod that is being deleted does not count, and yet its removal is counted off.
// es: Un Pod que se está eliminando no cuenta, y sin embargo su eliminación se descuenta.
/** PodTopologySpread and the anti-affinity half of InterPodAffinity: what must hold, counted once per cycle. */
import type { LabelSelector, LabelSelectorRequirement, Node, Pod, PodAffinityTerm } from 'clusterwright/api'
import type { CycleState, SpreadAffinity } from 'clusterwright/scheduler'

/** Pods by domain: by value of a node label. */
type Counts = Map<string, number>

/** One spread constraint of the incoming Pod. */
interface Row {
  readonly key: string
  readonly selector: LabelSelector | undefined
  readonly maxSkew: number
  readonly minDomains: number
  /** 1 if the Pod counts for its own constraint. */
  readonly self: number
  readonly counts: Counts
}

interface Counted {
  readonly rows: readonly Row[]
  /** Pods that the incoming Pod wants to be apart from, for each of its terms. */
  readonly unwanted: readonly { readonly term: PodAffinityTerm; readonly counts: Counts }[]
  /** Pods that want to be apart from it: by topology key, by domain. */
  readonly unwilling: Map<string, Counts>
}

const COUNTED = 'spread-affinity'

const plugin: SpreadAffinity = {
  preFilter(state, pod, nodes) {
    const counted = emptyCounts(pod)
    for (const { node, pods } of nodes) {
      if (isEligible(pod, node, counted.rows))
        for (const row of counted.rows) add(row.counts, valueOf(node, row.key)!, 0)
      for (const other of pods) count(counted, pod, other, node, 1)
    }
    state.write(COUNTED, counted)
    return undefined
  },

  addPod: (state, pod, added, { node }) => count(countedIn(state), pod, added, node, 1),
  removePod: (state, pod, removed, { node }) => count(countedIn(state), pod, removed, node, -1),

  filter(state, _pod, { node }) {
    const { rows, unwanted, unwilling } = countedIn(state)
    if (rows.some(({ key }) => valueOf(node, key) === undefined)) {
      const reasons = ["node(s) didn't match pod topology spread constraints (missing required label)"]
      return { code: 'UnschedulableAndUnresolvable', reasons }
    }
    const reasons = [
      ...(rows.some((row) => isTooMuch(row, node)) ? ["node(s) didn't match pod topology spread constraints"] : []),
      ...(unwanted.some(({ term, counts }) => isThere(counts, node, term.topologyKey))
        ? ["node(s) didn't match pod anti-affinity rules"]
        : []),
      ...([...unwilling].some(([key, counts]) => isThere(counts, node, key))
        ? ["node(s) didn't satisfy existing pods anti-affinity rules"]
        : []),
    ]
    return reasons.length === 0 ? undefined : { code: 'Unschedulable', reasons }
  },
}

export default plugin

// ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

function isTooMuch({ key, maxSkew, minDomains, self, counts }: Row, node: Node): boolean {
  const least = counts.size < minDomains ? 0 : Math.min(...counts.values())
  return (counts.get(valueOf(node, key)!) ?? 0) + self - least > maxSkew
}

function isThere(counts: Counts, node: Node, key: string): boolean {
  const value = valueOf(node, key)
  return value !== undefined && (counts.get(value) ?? 0) > 0
}

// ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────

function emptyCounts(pod: Pod): Counted {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter((each) => each.whenUnsatisfiable === 'DoNotSchedule')
  const rows = hard.map(({ topologyKey: key, labelSelector: selector, maxSkew, minDomains = 1 }): Row => {
    const self = matches(selector, pod) ? 1 : 0
    return { key, selector, maxSkew, minDomains, self, counts: new Map() }
  })
  const unwanted = antiAffinityOf(pod).map((term) => ({ term, counts: new Map() }))
  return { rows, unwanted, unwilling: new Map() }
}

/** One Pod more on a node, or one less, wherever it counts. */
function count({ rows, unwanted, unwilling }: Counted, pod: Pod, other: Pod, node: Node, by: 1 | -1): void {
  const isLeaving = by > 0 && other.metadata.deletionTimestamp !== undefined
  if (!isLeaving && namespaceOf(other) === namespaceOf(pod) && isEligible(pod, node, rows))
    for (const { key, selector, counts } of rows) if (matches(selector, other)) add(counts, valueOf(node, key)!, by)
  for (const { term, counts } of unwanted) if (concerns(term, pod, other)) addAt(counts, node, term.topologyKey, by)
  for (const term of antiAffinityOf(other)) {
    if (!concerns(term, other, pod)) continue
    const counts = unwilling.get(term.topologyKey) ?? new Map()
    unwilling.set(term.topologyKey, counts)
    addAt(counts, node, term.topologyKey, by)
  }
}

/** Whether a node is part of a domain: it bears all the keys, and the Pod's nodeSelector allows it. */
function isEligible(pod: Pod, node: Node, rows: readonly Row[]): boolean {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {})
  return (
    wanted.every(([key, value]) => valueOf(node, key) === value) &&
    rows.every(({ key }) => valueOf(node, key) !== undefined)
  )
}

function add(counts: Counts, value: string, by: number): void {
  counts.set(value, (counts.get(value) ?? 0) + by)
}

function addAt(counts: Counts, node: Node, key: string, by: number): void {
  const value = valueOf(node, key)
  if (value !== undefined) add(counts, value, by)
}

const countedIn = (state: CycleState): Counted => state.read<Counted>(COUNTED)!

// ── labels ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const valueOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]

const namespaceOf = (pod: Pod): string => pod.metadata.namespace ?? 'default'

const antiAffinityOf = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []

/** Whether a term of `owner` is about `other`. */
function concerns({ namespaces = [], labelSelector }: PodAffinityTerm, owner: Pod, other: Pod): boolean {
  const inside = namespaces.length === 0 ? [namespaceOf(owner)] : namespaces
  return inside.includes(namespaceOf(other)) && matches(labelSelector, other)
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A selector that is not there matches nothing, an empty one everything. */
function matches(selector: LabelSelector | undefined, { metadata }: Pod): boolean {
  if (selector === undefined) return false
  const labels = metadata.labels ?? {}
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key]))
  )
}

function holds({ operator, values = [] }: LabelSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}
