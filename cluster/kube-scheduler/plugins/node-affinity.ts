/**
 * NodeAffinity: nodeSelector and required node affinity rule nodes out; preferred terms add their weights. A profile may
 * add an affinity of its own to that of every Pod (`addedAffinity`).
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go`.
 */
import type { Node, NodeAffinity, NodeSelectorTerm, Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { SKIP, unresolvable } from '../framework.ts'
import { matchesNodeSelector, matchesRequiredAffinity, matchesTerm } from '#cluster/api/node-selector.ts'
import { defaultNormalizeScore } from '../normalize.ts'

const REFUSED = unresolvable("node(s) didn't match Pod's node affinity/selector")

const isSelective = (pod: Pod): boolean =>
  pod.spec.nodeSelector !== undefined ||
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined

const preferredOf = (pod: Pod) => pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []

const REFUSED_BY_PROFILE = unresolvable("node(s) didn't match scheduler-enforced node affinity")

/** NodeAffinityArgs. */
export interface NodeAffinityArguments {
  readonly addedAffinity?: NodeAffinity
}

export function nodeAffinity({ addedAffinity = {} }: NodeAffinityArguments = {}): Plugin {
  const added = addedAffinity.requiredDuringSchedulingIgnoredDuringExecution
  const addedPreferred = addedAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const matchesAll = (pod: Pod, node: Node): boolean =>
    (added === undefined || matchesNodeSelector(added, node)) && matchesRequiredAffinity(pod, node)
  return {
    name: 'NodeAffinity',
    reads: ({ spec }) => [spec.nodeSelector, spec.affinity?.nodeAffinity],
    preFilter(_state, pod) {
      if (!isSelective(pod)) return added === undefined ? SKIP : undefined
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      const nodeNames = required && namedNodes(required.nodeSelectorTerms)
      return nodeNames && { nodeNames }
    },
    filter(_state, pod, { node }) {
      if (added !== undefined && !matchesNodeSelector(added, node)) return REFUSED_BY_PROFILE
      return matchesRequiredAffinity(pod, node) ? undefined : REFUSED
    },
    preScore(_state, pod) {
      return preferredOf(pod).length + addedPreferred.length === 0 ? SKIP : undefined
    },
    score(_state, pod, { node }) {
      let sum = 0
      for (const terms of [addedPreferred, preferredOf(pod)]) {
        for (const { weight, preference } of terms) {
          // Unlike a required one, a preferred term that is empty matches every node.
          if (isEmpty(preference) || matchesTerm(preference, node)) sum += weight
        }
      }
      return sum
    },
    normalizeScore(_state, _pod, scores) {
      defaultNormalizeScore(scores, false)
    },
    eventsToRegister: [
      { event: 'Node/Add', hint: (pod, { node }) => matchesAll(pod, node!) },
      { event: 'Node/UpdateLabel', hint: (pod, { node }) => matchesAll(pod, node!) },
    ],
  }
}

const isEmpty = (term: NodeSelectorTerm): boolean =>
  (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0

/** The nodes that the terms name, when each of them names some: the others need not be looked at. */
function namedNodes(terms: readonly NodeSelectorTerm[]): string[] | undefined {
  const names = new Set<string>()
  for (const term of terms) {
    const sets = (term.matchFields ?? []).filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (sets.length === 0) return undefined
    const [first, ...rest] = sets.map(({ values = [] }) => values)
    for (const name of first!) if (rest.every((values) => values.includes(name))) names.add(name)
  }
  return [...names]
}
