import type { LabelSelector, LabelSelectorRequirement, Node, Pod, PodAffinityTerm } from 'clusterwright/api'
import type { SpreadAffinity } from 'clusterwright/scheduler'

const plugin: SpreadAffinity = {
  preFilter(state, pod, nodes) {
    // TODO: count once, keep the counts in state, and fill in the three below. To begin with:
    const constraints = pod.spec.topologySpreadConstraints ?? []
    const terms = antiAffinityOf(pod)
    state.write('counts', new Map<string, number>())
    return undefined // undefined means Success
  },

  filter(state, pod, { node }) {
    const counts = state.read<Map<string, number>>('counts')!
    return undefined
  },

  addPod(state, pod, added, nodeInfo) {},

  removePod(state, pod, removed, nodeInfo) {},
}

export default plugin

// ── given: nothing to change below ──────────────────────────────────────────────────────────────────────────────────

const valueOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]

const antiAffinityOf = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []

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
