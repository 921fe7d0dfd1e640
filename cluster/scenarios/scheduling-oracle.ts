/**
 * Whether a Pod may be on a node, asked of the truth, by the documentation's words and nothing of the scheduler's own code:
 * no index, no cache, every Pod looked at every time. Slow and plain, so that it can be believed.
 */
import { isPodFinished } from '#cluster/api/meta.ts'
import { matchesMap, matchesRequirement, matchesSelector } from '#cluster/api/labels.ts'
import { podRequests, toAmounts } from '#cluster/api/pod-resources.ts'
import { isTolerated } from '#cluster/api/tolerations.ts'
import type { LabelSelector, Node, NodeSelectorTerm, Pod, PodAffinityTerm } from '#cluster/api/types.ts'

export interface Truth {
  readonly nodes: ReadonlyMap<string, Node>
  readonly pods: ReadonlyMap<string, Pod>
}

/** Pods that hold room: on a node, and not finished. */
export function podsOn(truth: Truth, nodeName?: string): Pod[] {
  const list: Pod[] = []
  for (const pod of truth.pods.values())
    if (pod.spec.nodeName && (nodeName ?? pod.spec.nodeName) === pod.spec.nodeName && !isPodFinished(pod))
      list.push(pod)
  return list
}

const others = (truth: Truth, pod: Pod, nodeName?: string): Pod[] =>
  podsOn(truth, nodeName).filter(({ metadata }) => metadata.uid !== pod.metadata.uid)

/** Why the Pod should not be on this node; undefined where it may. */
export function objection(truth: Truth, pod: Pod, node: Node): string | undefined {
  return (
    ofTheNode(pod, node) ?? ofRoom(truth, pod, node) ?? ofNeighbours(truth, pod, node) ?? ofSpread(truth, pod, node)
  )
}

/** What the node alone says. */
export function ofTheNode(pod: Pod, node: Node): string | undefined {
  const { tolerations, nodeSelector, affinity } = pod.spec
  const taints = [
    ...(node.spec?.taints ?? []),
    ...(node.spec?.unschedulable ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' as const }] : []),
  ]
  const taint = taints.find((each) => each.effect !== 'PreferNoSchedule' && !isTolerated(each, tolerations))
  if (taint) return `taint ${taint.key} is not tolerated`
  if (!matchesMap(nodeSelector, node.metadata.labels)) return 'nodeSelector'
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (terms && !terms.some((term) => holds(term, node))) return 'node affinity'
  return undefined
}

const holds = ({ matchExpressions = [] }: NodeSelectorTerm, node: Node): boolean =>
  matchExpressions.length > 0 &&
  matchExpressions.every(
    ({ key, operator, values = [] }) =>
      operator !== 'Gt' && operator !== 'Lt' && matchesRequirement({ key, operator, values }, node.metadata.labels),
  )

/** Requests, the number of Pods, host ports. */
export function ofRoom(truth: Truth, pod: Pod, node: Node): string | undefined {
  const here = [...others(truth, pod, node.metadata.name), pod]
  const allocatable = toAmounts(node.status?.allocatable)
  if (here.length * 1000 > (allocatable['pods'] ?? 0)) return `${here.length} Pods are more than it takes`
  for (const [name, amount] of Object.entries(podRequests(pod))) {
    if (amount === 0) continue
    const sum = here.reduce((total, each) => total + (podRequests(each)[name] ?? 0), 0)
    if (sum > (allocatable[name] ?? 0))
      return `${sum / 1000} of ${name} asked for, ${(allocatable[name] ?? 0) / 1000} there`
  }
  const ports = here.map((each) => each.spec.containers.flatMap((container) => container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [hostPort] : []))) // prettier-ignore
  const own = ports.pop()!
  const taken = own.find((port) => ports.some((list) => list.includes(port)))
  return taken === undefined ? undefined : `host port ${taken} is taken`
}

const labelOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]

function isNear(truth: Truth, other: Pod, node: Node, topologyKey: string): boolean {
  const place = labelOf(node, topologyKey)
  const there = truth.nodes.get(other.spec.nodeName!)
  return place !== undefined && there !== undefined && labelOf(there, topologyKey) === place
}

/** Terms here have neither namespaces nor selectors of them: they mean the bearer's own. */
const meets = ({ labelSelector }: PodAffinityTerm, bearer: Pod, other: Pod): boolean =>
  bearer.metadata.namespace === other.metadata.namespace && matchesSelector(labelSelector, other.metadata.labels)

const required = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []

/** Affinity, and anti-affinity both ways. */
export function ofNeighbours(truth: Truth, pod: Pod, node: Node): string | undefined {
  const placed = others(truth, pod)
  for (const term of required(pod, 'podAntiAffinity'))
    for (const other of placed)
      if (meets(term, pod, other) && isNear(truth, other, node, term.topologyKey))
        return `it shuns ${other.metadata.name}`
  for (const other of placed)
    for (const term of required(other, 'podAntiAffinity'))
      if (meets(term, other, pod) && isNear(truth, other, node, term.topologyKey))
        return `${other.metadata.name} shuns it`
  const wanted = required(pod, 'podAffinity')
  if (wanted.length === 0) return undefined
  const company = placed.filter((other) => wanted.every((term) => meets(term, pod, other)))
  // The first of its kind, which wants others like itself, may go anywhere that has the label.
  const isFirst =
    wanted.every((term) => meets(term, pod, pod)) && !company.some((other) => truth.nodes.has(other.spec.nodeName!))
  for (const { topologyKey } of wanted) {
    if (labelOf(node, topologyKey) === undefined) return `no label ${topologyKey}`
    if (!isFirst && !company.some((other) => isNear(truth, other, node, topologyKey))) return 'no company'
  }
  return undefined
}

/** `DoNotSchedule`, over the nodes that the Pod's own node affinity allows. */
export function ofSpread(truth: Truth, pod: Pod, node: Node): string | undefined {
  const constraints = (pod.spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule') // prettier-ignore
  if (constraints.length === 0) return undefined
  const keys = constraints.map(({ topologyKey }) => topologyKey)
  for (const { topologyKey, maxSkew, labelSelector } of constraints) {
    const place = labelOf(node, topologyKey)
    if (place === undefined) return `no label ${topologyKey}`
    const counts = countsBy(truth, pod, topologyKey, keys, labelSelector)
    const least = Math.min(...counts.values())
    const own = matchesSelector(labelSelector, pod.metadata.labels) ? 1 : 0
    if ((counts.get(place) ?? 0) + own - least > maxSkew) return `skew over ${topologyKey}`
  }
  return undefined
}

function countsBy(
  truth: Truth,
  pod: Pod,
  topologyKey: string,
  keys: readonly string[],
  selector?: LabelSelector,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const node of truth.nodes.values()) {
    const value = labelOf(node, topologyKey)
    if (value === undefined || keys.some((key) => labelOf(node, key) === undefined)) continue
    if (!matchesMap(pod.spec.nodeSelector, node.metadata.labels)) continue
    const here = others(truth, pod, node.metadata.name).filter(
      ({ metadata }) =>
        metadata.namespace === pod.metadata.namespace &&
        metadata.deletionTimestamp === undefined &&
        matchesSelector(selector, metadata.labels),
    )
    counts.set(value, (counts.get(value) ?? 0) + here.length)
  }
  return counts
}
