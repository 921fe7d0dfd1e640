/**
 * NodeAffinity: nodeSelector and required node affinity rule nodes out; preferred terms add their weights.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go`.
 */
import type { NodeSelectorTerm, Pod } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { SKIP, unresolvable } from '../framework.ts'
import { matchesRequiredAffinity, matchesTerm } from '../node-selector.ts'
import { defaultNormalizeScore } from '../normalize.ts'

const REFUSED = unresolvable("node(s) didn't match Pod's node affinity/selector")

const isSelective = (pod: Pod): boolean =>
  pod.spec.nodeSelector !== undefined ||
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined

const preferredOf = (pod: Pod) => pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  preFilter(_state, pod) {
    if (!isSelective(pod)) return SKIP
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    const nodeNames = required && namedNodes(required.nodeSelectorTerms)
    return nodeNames && { nodeNames }
  },
  filter(_state, pod, { node }) {
    return matchesRequiredAffinity(pod, node) ? undefined : REFUSED
  },
  preScore(_state, pod) {
    return preferredOf(pod).length === 0 ? SKIP : undefined
  },
  score(_state, pod, { node }) {
    let sum = 0
    for (const { weight, preference } of preferredOf(pod)) {
      // Unlike a required one, a preferred term that is empty matches every node.
      if (isEmpty(preference) || matchesTerm(preference, node)) sum += weight
    }
    return sum
  },
  normalizeScore(_state, _pod, scores) {
    defaultNormalizeScore(scores, false)
  },
  eventsToRegister: [
    { event: 'Node/Add', hint: (pod, { node }) => matchesRequiredAffinity(pod, node!) },
    { event: 'Node/UpdateLabel', hint: (pod, { node }) => matchesRequiredAffinity(pod, node!) },
  ],
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
