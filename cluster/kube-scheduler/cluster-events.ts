/**
 * What a change means to Pods that wait: the events that plugins register for.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/events.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Condition, Node, Pod } from '#cluster/api/types.ts'
import type { ClusterEvent } from './framework.ts'

export function nodeChanges(old: Node, node: Node): ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (!isEqual(old.status?.allocatable, node.status?.allocatable)) events.push({ name: 'Node/UpdateAllocatable', node })
  if (!isEqual(old.metadata.labels, node.metadata.labels)) events.push({ name: 'Node/UpdateLabel', node })
  const taints = !isEqual(old.spec?.taints, node.spec?.taints) || old.spec?.unschedulable !== node.spec?.unschedulable
  if (taints) events.push({ name: 'Node/UpdateTaint', node })
  if (!isEqual(states(old.status?.conditions), states(node.status?.conditions))) {
    events.push({ name: 'Node/UpdateCondition', node })
  }
  return events
}

/** Heartbeats change times only, and are no news. */
const states = (conditions: readonly Condition[] | undefined): Record<string, string> =>
  Object.fromEntries((conditions ?? []).map(({ type, status }) => [type, status]))

/** Changes of a Pod that has no node yet. */
export function pendingPodChanges(old: Pod, pod: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (!isEqual(old.metadata.labels, pod.metadata.labels)) events.push({ name: 'Pod/UpdateLabel', pod })
  if (!isEqual(old.spec.tolerations, pod.spec.tolerations)) events.push({ name: 'Pod/UpdateToleration', pod })
  const gates = (pod.spec.schedulingGates ?? []).length
  if ((old.spec.schedulingGates ?? []).length > 0 && gates === 0)
    events.push({ name: 'Pod/UpdateGatesEliminated', pod })
  if (asksLess(old, pod)) events.push({ name: 'Pod/UpdateScaleDown', pod })
  return events
}

function asksLess(old: Pod, pod: Pod): boolean {
  const now = podRequests(pod)
  return Object.entries(podRequests(old)).some(([name, amount]) => (now[name] ?? 0) < amount)
}

/** Changes of a Pod that runs somewhere, as far as they may help others. */
export function assignedPodChanges(old: Pod, pod: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (!isEqual(old.metadata.labels, pod.metadata.labels))
    events.push({ name: 'AssignedPod/UpdateLabel', pod, oldPod: old })
  if (asksLess(old, pod)) events.push({ name: 'AssignedPod/UpdateScaleDown', pod })
  return events
}
