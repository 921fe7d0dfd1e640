/**
 * Node selectors: terms are alternatives, requirements within a term must all hold.
 *
 * Where to read upstream: k8s.io/component-helpers `scheduling/corev1/nodeaffinity/nodeaffinity.go`.
 */
import { matchesMap, matchesRequirement } from '#cluster/api/labels.ts'
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '#cluster/api/types.ts'

export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** An empty term matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const { labels } = node.metadata
  if (!matchExpressions.every((requirement) => matchesNodeRequirement(requirement, labels))) return false
  return matchFields.every((requirement) =>
    matchesNodeRequirement(requirement, { 'metadata.name': node.metadata.name }),
  )
}

type Labels = Readonly<Record<string, string>> | undefined

function matchesNodeRequirement(requirement: NodeSelectorRequirement, labels: Labels): boolean {
  const { key, operator, values = [] } = requirement
  if (operator !== 'Gt' && operator !== 'Lt') return matchesRequirement({ key, operator, values }, labels)
  if (labels === undefined || !Object.hasOwn(labels, key)) return false
  const actual = wholeNumber(labels[key]!)
  const bound = values.length === 1 ? wholeNumber(values[0]!) : undefined
  if (actual === undefined || bound === undefined) return false
  return operator === 'Gt' ? actual > bound : actual < bound
}

const wholeNumber = (text: string): number | undefined => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined)

/** nodeSelector and required node affinity together. */
export function matchesRequiredAffinity(pod: Pod, node: Node): boolean {
  if (!matchesMap(pod.spec.nodeSelector, node.metadata.labels)) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || matchesNodeSelector(required, node)
}
