/**
 * "The nodes that count", where not all do: as data, so that whoever counts Pods over them can keep the count up to date.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/podtopologyspread/common.go`
 * (matchNodeInclusionPolicies).
 */
import { matchesMap } from '#cluster/api/labels.ts'
import { isTolerated } from '#cluster/api/tolerations.ts'
import type { Node, NodeSelector, Pod, Toleration } from '#cluster/api/types.ts'
import { matchesNodeSelector } from '#cluster/api/node-selector.ts'

/** Nodes for which all of it holds. */
export interface NodeScope {
  /** Two with the same key are the same. */
  readonly key: string
  /** Labels that they bear, with whatever value. */
  readonly bears: readonly string[]
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly required?: NodeSelector
  /** What their NoSchedule and NoExecute taints are tolerated by; undefined where taints do not matter. */
  readonly tolerations?: readonly Toleration[]
}

/** What of a Pod, and of its constraint, rules nodes out; undefined where nothing does. */
export function scopeOf(
  { spec }: Pod,
  bears: readonly string[],
  honorsAffinity: boolean,
  honorsTaints: boolean,
): NodeScope | undefined {
  const nodeSelector = honorsAffinity ? spec.nodeSelector : undefined
  const affinity = honorsAffinity ? spec.affinity?.nodeAffinity : undefined
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (bears.length === 0 && nodeSelector === undefined && required === undefined && !honorsTaints) return undefined
  const scope = {
    bears,
    ...(nodeSelector && { nodeSelector }),
    ...(required && { required }),
    ...(honorsTaints && { tolerations: spec.tolerations ?? [] }),
  }
  return Object.freeze({ key: JSON.stringify(scope), ...scope })
}

export function isInScope({ bears, nodeSelector, required, tolerations }: NodeScope, node: Node): boolean {
  const { labels } = node.metadata
  for (const key of bears) if (labels === undefined || !Object.hasOwn(labels, key)) return false
  if (!matchesMap(nodeSelector, labels)) return false
  if (required !== undefined && !matchesNodeSelector(required, node)) return false
  if (tolerations === undefined) return true
  for (const taint of node.spec?.taints ?? [])
    if (taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations)) return false
  return true
}
