/**
 * Holds answers against the simulation's own PodTopologySpread and InterPodAffinity, and says what each is about: the counts
 * by domain, or the Pod in the way. Those words are worked out here; what is right is not.
 */
import {
  type BareNodeInfo,
  nodeInfo,
  ReferenceCycle,
  type Said,
  type SchedulerPlugin,
  type Status,
  type Trial,
} from 'clusterwright/kit'
import type { LabelSelector, Node, Pod, TopologySpreadConstraint } from 'clusterwright/api'
import { say } from './texts.ts'

const SPREAD = 'PodTopologySpread'
const AFFINITY = 'InterPodAffinity'

/** Nodes and the Pods on them, as the scheduler has them. */
export interface Snapshot {
  readonly nodes: readonly Node[]
  readonly existing: readonly Pod[]
}

export const infosOf = ({ nodes, existing }: Snapshot): BareNodeInfo[] => nodes.map((node) => nodeInfo(node, existing))

/** One cycle, judged at every node. */
export function judgeCycle(trial: Trial<any>, plugin: SchedulerPlugin, pod: Pod, snapshot: Snapshot): void {
  plugin.update(infosOf(snapshot))
  judgeAll(trial, plugin.cycle(pod).filter, pod, snapshot)
}

/** `more` says what was supposed when it was asked. */
export function judgeAll(
  trial: Trial<any>,
  answers: Readonly<Record<string, Status>>,
  pod: Pod,
  snapshot: Snapshot,
  more?: { readonly said: (finding: Said) => Said; readonly hint: string },
): void {
  const reference = referenceFor(pod, snapshot)
  for (const node of snapshot.nodes) {
    const finding = judgeNode(pod, node, answers[node.metadata.name]!, snapshot, reference)
    if (finding) trial.fail({ ...finding, ...(more && { message: more.said(finding.message), hint: more.hint }) })
  }
}

const referenceFor = (pod: Pod, { nodes, existing }: Snapshot): ReferenceCycle =>
  new ReferenceCycle([SPREAD, AFFINITY], pod, nodes, existing)

/** What is wrong with an answer for one node, or undefined. */
export function judgeNode(
  pod: Pod,
  node: Node,
  answer: Status,
  snapshot: Snapshot,
  reference: ReferenceCycle = referenceFor(pod, snapshot),
): JudgedFinding | undefined {
  if (!isAllowed(pod, node)) return undefined
  return judge(answer, reference.refusals(node.metadata.name), pod, node, snapshot)
}

interface JudgedFinding {
  readonly message: Said
  readonly expected: string
  readonly actual: string
  readonly hint: string
}

/** Other nodes are NodeAffinity's business. */
export const isAllowed = (pod: Pod, node: Node): boolean =>
  Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value)

function judge(
  { code, reasons }: Status,
  refusals: ReadonlyMap<string, Status>,
  pod: Pod,
  node: Node,
  snapshot: Snapshot,
): JudgedFinding | undefined {
  const names = { pod: pod.metadata.name, node: node.metadata.name }
  const actual = reasons.length === 0 ? code : `${code}: ${reasons.join(', ')}`
  const [spread, apart] = [refusals.get(SPREAD), refusals.get(AFFINITY)]
  const hard = hardOf(pod)
  if (!spread && !apart) {
    if (code === 'Success') return undefined
    const counts = hard.map((constraint) => skewInWords(constraint, pod, node, snapshot))
    const [key, hint] = hard.length > 0 ? (['refused-spread', 'skew'] as const) : (['refused', 'both'] as const)
    return { message: say(key, { ...names, counts: counts[0] ?? '' }), expected: 'Success', actual, hint }
  }
  const isHopeless = hard.some(({ topologyKey }) => node.metadata.labels?.[topologyKey] === undefined)
  // Where both kinds of reason hold, upstream names the one that it comes to first.
  const right = isHopeless
    ? ['UnschedulableAndUnresolvable', ...(hard.length > 1 || apart ? ['Unschedulable'] : [])]
    : ['Unschedulable']
  const [why, hint]: readonly [Said, string] = isHopeless
    ? [say('no-key', { keys: hard.map(({ topologyKey }) => topologyKey).join(', ') }), 'count']
    : spread
      ? [tooMuchInWords(pod, node, snapshot), 'skew']
      : [inTheWay(pod, node, snapshot), 'both']
  const finding = (key: 'let-through' | 'other-code' | 'no-reason'): JudgedFinding => ({
    ...{ message: say(key, { ...names, why }), expected: right[0]!, actual, hint },
  })
  if (code === 'Success') return finding('let-through')
  if (!right.includes(code)) return finding('other-code')
  return reasons.some((reason) => reason.trim() !== '') ? undefined : finding('no-reason')
}

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const hardOf = (pod: Pod): readonly TopologySpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')

/** The first constraint that alone would refuse the node. */
function tooMuchInWords(pod: Pod, node: Node, snapshot: Snapshot): Said {
  const hard = hardOf(pod)
  const { name } = node.metadata
  const isBroken = (constraint: TopologySpreadConstraint): boolean => {
    // The others still say which nodes count.
    const lenient = hard.map((each) => (each === constraint ? each : { ...each, maxSkew: 10_000 }))
    const asked = { ...pod, spec: { ...pod.spec, topologySpreadConstraints: lenient } }
    return new ReferenceCycle([SPREAD], asked, snapshot.nodes, snapshot.existing).filter(name).code !== 'Success'
  }
  return skewInWords(hard.find(isBroken) ?? hard[0]!, pod, node, snapshot)
}

function skewInWords(constraint: TopologySpreadConstraint, pod: Pod, node: Node, { nodes, existing }: Snapshot): Said {
  const { topologyKey, labelSelector, maxSkew, minDomains = 1 } = constraint
  const keys = hardOf(pod).map((each) => each.topologyKey)
  const counts = new Map<string, number>()
  for (const each of nodes) {
    const labels = each.metadata.labels ?? {}
    if (!isAllowed(pod, each) || keys.some((key) => labels[key] === undefined)) continue
    const there = existing.filter(
      ({ spec, metadata }) =>
        spec.nodeName === each.metadata.name &&
        metadata.namespace === pod.metadata.namespace &&
        metadata.deletionTimestamp === undefined &&
        isSelected(labelSelector, metadata.labels),
    )
    counts.set(labels[topologyKey]!, (counts.get(labels[topologyKey]!) ?? 0) + there.length)
  }
  const domains = [...counts].map(([value, count]) => `${value === '' ? '""' : value} ${count}`).join(', ')
  const least = counts.size < minDomains ? 0 : Math.min(...counts.values())
  return say('skew', {
    ...{
      key: topologyKey,
      domains: domains || '—',
      maxSkew,
      least,
      domain: node.metadata.labels?.[topologyKey] || '""',
    },
    self: isSelected(labelSelector, pod.metadata.labels) ? 1 : 0,
  })
}

function isSelected(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  if (selector === undefined) return false
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const isIn =
        labels[key] !== undefined &&
        (operator === 'Exists' || operator === 'DoesNotExist' || values.includes(labels[key]))
      return operator === 'In' || operator === 'Exists' ? isIn : !isIn
    })
  )
}

/** The Pod that alone would refuse the node, and whose wish it is. */
function inTheWay(pod: Pod, node: Node, { nodes, existing }: Snapshot): Said {
  for (const other of existing) {
    const status = new ReferenceCycle([AFFINITY], pod, nodes, [other]).filter(node.metadata.name)
    if (status.code === 'Success') continue
    const isOwn = status.reasons.some(
      (reason) => reason.includes('pod anti-affinity rules') && !reason.includes('existing'),
    )
    const names = { other: `${other.metadata.namespace}/${other.metadata.name}`, at: other.spec.nodeName! }
    return say(isOwn ? 'unwanted' : 'unwilling', names)
  }
  return say('someone')
}
