/**
 * How many Pods are where, for one spread constraint, over the nodes that count.
 *
 * Which nodes count depends on the Pod: those that bear all the topology keys, that its node affinity allows and, if asked,
 * whose taints it tolerates. Where that rules no node out, the topology index knows the numbers already.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/podtopologyspread/common.go`.
 */
import { isTolerated } from '#cluster/api/tolerations.ts'
import type { LabelSelector, Pod, TopologySpreadConstraint } from '#cluster/api/types.ts'
import type { Nodes } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { matchesRequiredAffinity } from '../node-selector.ts'
import type { Question } from '../topology-index.ts'
import { answers, ask, askDomains, labelOf, questionOf, withLabelsOf } from '../topology-index.ts'

export const HOSTNAME = 'kubernetes.io/hostname'

export interface Constraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
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

export function constraintOf(pod: Pod, given: TopologySpreadConstraint, defaults?: LabelSelector): Constraint {
  const { topologyKey, maxSkew, minDomains = 1, nodeAffinityPolicy, nodeTaintsPolicy, matchLabelKeys = [] } = given
  const selector = withLabelsOf(pod, given.labelSelector ?? defaults, matchLabelKeys, 'In')
  const term = { namespaces: [pod.metadata.namespace ?? 'default'], ...(selector && { selector }) }
  return {
    topologyKey,
    maxSkew,
    minDomains,
    honorsAffinity: nodeAffinityPolicy !== 'Ignore',
    honorsTaints: nodeTaintsPolicy === 'Honor',
    question: questionOf(topologyKey, [term], true),
  }
}

/** Whether a node counts for this constraint. */
export function isCounted({ honorsAffinity, honorsTaints }: Constraint, pod: Pod, { node, taints }: NodeInfo): boolean {
  if (honorsAffinity && !matchesRequiredAffinity(pod, node)) return false
  if (!honorsTaints) return true
  return taints.every((taint) => taint.effect === 'PreferNoSchedule' || isTolerated(taint, pod.spec.tolerations))
}

export const hasAllKeys = ({ node }: NodeInfo, constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => labelOf(node, topologyKey) !== undefined)

/** Counts per constraint, over the nodes that count for it. */
export function countsOf(pod: Pod, constraints: readonly Constraint[], nodes: Nodes, needsAllKeys: boolean): Counts[] {
  for (const { topologyKey } of constraints) askDomains(nodes.topology, topologyKey, nodes)
  const isEverywhere =
    !needsAllKeys || constraints.every(({ topologyKey }) => borneBy(topologyKey, nodes) === nodes.size)
  const { nodeSelector, affinity } = pod.spec
  const isPicky =
    nodeSelector !== undefined || affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  return constraints.map((constraint) => {
    const all = isEverywhere && !constraint.honorsTaints && !(constraint.honorsAffinity && isPicky)
    return all ? countsOfAll(constraint, nodes) : countsOfSome(constraint, pod, nodes, needsAllKeys ? constraints : [])
  })
}

/** How many nodes bear the label. */
export function borneBy(topologyKey: string, { topology }: Nodes): number {
  let sum = 0
  for (const number of topology.domains.values(topologyKey)) sum += number
  return sum
}

function countsOfAll({ question, topologyKey }: Constraint, nodes: Nodes): Counts {
  const { matching, domains } = nodes.topology
  ask(nodes.topology, question, nodes)
  const size = domains.sizeOf(topologyKey)
  return {
    get: (value) => matching.get(question.key, value) ?? 0,
    domains: size,
    min(without) {
      const isLeftOut = without !== undefined && matching.get(question.key, without) !== undefined
      const others = size - (without !== undefined && domains.get(topologyKey, without) !== undefined ? 1 : 0)
      if (matching.sizeOf(question.key) - (isLeftOut ? 1 : 0) < others) return 0
      let least = Infinity
      for (const [value, count] of matching.entries(question.key)) if (value !== without && count < least) least = count
      return least
    },
  }
}

function countsOfSome(constraint: Constraint, pod: Pod, nodes: Nodes, keysNeeded: readonly Constraint[]): Counts {
  const counts = new Map<string, number>()
  for (const info of nodes) {
    const value = labelOf(info.node, constraint.topologyKey)
    if (value === undefined || !hasAllKeys(info, keysNeeded) || !isCounted(constraint, pod, info)) continue
    counts.set(value, (counts.get(value) ?? 0) + countOn(info, constraint.question))
  }
  return {
    get: (value) => counts.get(value) ?? 0,
    domains: counts.size,
    min(without) {
      let least = Infinity
      for (const [value, count] of counts) if (value !== without && count < least) least = count
      return least
    },
  }
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
    for (let i = 0; i < info.pods.length; i++) if (answers(question, info.pods[i]!)) count++
    counts.set(key, count)
  }
  return count
}
