/**
 * How many Pods are where, for one spread constraint, over the nodes that count.
 *
 * Which nodes count depends on the Pod: those that bear all the topology keys, that its node affinity allows and, if asked,
 * whose taints it tolerates. Pods of one template agree on that, so the topology index keeps the numbers of each such scope.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/podtopologyspread/common.go`.
 */
import type { LabelSelector, Pod, TopologySpreadConstraint } from '#cluster/api/types.ts'
import type { Nodes } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { isInScope, scopeOf } from '../node-scope.ts'
import { podsOf } from '../pod-list.ts'
import type { Area, Question } from '../topology-index.ts'
import {
  answers,
  areaOf,
  ask,
  askDomains,
  labelOf,
  leastMatching,
  questionOf,
  withLabelsOf,
} from '../topology-index.ts'

export const HOSTNAME = 'kubernetes.io/hostname'

export interface Constraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  /** Over the nodes that count for it. */
  readonly question: Question
}

/** Pods by domain. */
export interface Counts {
  get(value: string): number
  /** How many domains there are, those without Pods included. */
  readonly domains: number
  /** The emptiest domain's number; `without` one domain, if given. Infinity where there is none. */
  min(without?: string): number
}

/**
 * `needsAllKeys`: a node counts only where it bears the keys of all the constraints. `defaults` is the selector of those that
 * have none.
 */
export function constraintsFrom(
  pod: Pod,
  given: readonly TopologySpreadConstraint[],
  needsAllKeys: boolean,
  defaults?: LabelSelector,
): Constraint[] {
  const keys = [...new Set(given.map(({ topologyKey }) => topologyKey))].sort()
  return given.map((each) => {
    const { topologyKey, maxSkew, minDomains = 1, nodeAffinityPolicy, nodeTaintsPolicy, matchLabelKeys = [] } = each
    const others = needsAllKeys ? keys.filter((key) => key !== topologyKey) : []
    const scope = scopeOf(pod, others, nodeAffinityPolicy !== 'Ignore', nodeTaintsPolicy === 'Honor')
    const selector = withLabelsOf(pod, each.labelSelector ?? defaults, matchLabelKeys, 'In')
    const term = { namespaces: [pod.metadata.namespace ?? 'default'], ...(selector && { selector }) }
    return { topologyKey, maxSkew, minDomains, question: questionOf(areaOf(topologyKey, scope), [term], true) }
  })
}

/** Whether a node counts for this constraint. */
export const isCounted = ({ question }: Constraint, { node }: NodeInfo): boolean =>
  question.area.scope === undefined || isInScope(question.area.scope, node)

export const hasAllKeys = ({ node }: NodeInfo, constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => labelOf(node, topologyKey) !== undefined)

/** Over the nodes that count for the constraint. */
export function countsOf({ question }: Pick<Constraint, 'question'>, nodes: Nodes): Counts {
  const { topology } = nodes
  askDomains(topology, question.area, nodes)
  ask(topology, question, nodes)
  const counts = topology.matching.of(question.key)
  return {
    get: (value) => counts?.get(value) ?? 0,
    domains: topology.domains.sizeOf(question.area.key),
    min: (without) => leastMatching(topology, question, without),
  }
}

/** Whether all nodes are in one of the area's domains. */
export function isEverywhere(area: Area, nodes: Nodes): boolean {
  askDomains(nodes.topology, area, nodes)
  return (nodes.topology.sizes.get(area.key) ?? 0) === nodes.size
}

/** Whether every node is a domain of its own: then the Pods of a domain are those of one NodeInfo. */
export function isPerNode(topologyKey: string, nodes: Nodes): boolean {
  const area = areaOf(topologyKey)
  return isEverywhere(area, nodes) && nodes.topology.domains.sizeOf(area.key) === nodes.size
}

const known = new WeakMap<NodeInfo, Map<string, number>>()

/** Matching Pods on one node; a NodeInfo never changes, so it is counted once. */
export function countOn(info: NodeInfo, question: Question): number {
  let counts = known.get(info)
  if (!counts) known.set(info, (counts = new Map()))
  const { key } = question
  let count = counts.get(key)
  if (count === undefined) {
    count = 0
    for (const pod of podsOf(info.pods)) if (answers(question, pod)) count++
    counts.set(key, count)
  }
  return count
}
