/**
 * Where a DaemonSet's Pods belong, and what makes the scheduler put each of them there.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/daemon/{daemon_controller,util/daemonset_util}.go`.
 */
import type { DaemonSet } from '#cluster/api/apps-types.ts'
import { matchesMap } from '#cluster/api/labels.ts'
import { matchesNodeSelector } from '#cluster/api/node-selector.ts'
import { isTolerated } from '#cluster/api/tolerations.ts'
import type { Node, Pod, PodSpec, Taint, Toleration } from '#cluster/api/types.ts'

/** What every daemon stands: it serves the node itself. */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const HOST_NETWORK_TOLERATION: Toleration = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' } // prettier-ignore

const tolerationsOf = ({ tolerations = [], hostNetwork }: PodSpec): readonly Toleration[] => [
  ...tolerations,
  ...[...DAEMON_TOLERATIONS, ...(hostNetwork ? [HOST_NETWORK_TOLERATION] : [])].filter(
    (ours) => !tolerations.some(({ key, effect }) => key === ours.key && effect === ours.effect),
  ),
]

export interface Fit {
  readonly shouldRun: boolean
  /** A Pod that is there already may stay. */
  readonly mayStay: boolean
}

export function fitOf({ spec: { template } }: DaemonSet, node: Node): Fit {
  const { spec } = template
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const isNamed = !spec.nodeName || spec.nodeName === node.metadata.name
  const isMeant = isNamed && matchesMap(spec.nodeSelector, node.metadata.labels) && (!affinity || matchesNodeSelector(affinity, node)) // prettier-ignore
  if (!isMeant) return { shouldRun: false, mayStay: false }
  const tolerations = tolerationsOf(spec)
  const isKeptOff = (effect: Taint['effect']): boolean =>
    (node.spec?.taints ?? []).some((taint) => taint.effect === effect && !isTolerated(taint, tolerations))
  if (isKeptOff('NoExecute')) return { shouldRun: false, mayStay: false }
  return { shouldRun: !isKeptOff('NoSchedule'), mayStay: true }
}

/** The spec of the Pod for one node: the scheduler binds it there, and nowhere else. */
export function specFor(spec: PodSpec, node: string): PodSpec {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [node] }] }
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
  }
  return { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: tolerationsOf(spec) }
}

/** The node that a Pod is on, or is meant for. */
export const nodeOf = ({ spec }: Pod): string =>
  spec.nodeName ??
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values?.[0] ??
  ''
