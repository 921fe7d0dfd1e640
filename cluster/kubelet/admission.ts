/**
 * The door of the node: a Pod that does not fit any more is refused, whoever bound it.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/lifecycle/predicate.go`.
 */
import { isPodFinished } from '#cluster/api/meta.ts'
import { addAmounts, type Amounts, podRequests } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'

/** The first reason against it, in the kubelet's words; undefined when it may run. */
export function refusal(
  pod: Pod,
  others: Iterable<Pod>,
  allocatable: Amounts,
): { reason: string; message: string } | undefined {
  const room = allocatable
  const used: Record<string, number> = {}
  let pods = 0
  for (const other of others) {
    if (other.metadata.uid === pod.metadata.uid || isPodFinished(other)) continue
    addAmounts(used, podRequests(other))
    pods++
  }
  if (room['pods'] !== undefined && (pods + 1) * 1000 > room['pods']) {
    return {
      reason: 'OutOfpods',
      message: `Node didn't have enough resource: pods, requested: 1, used: ${pods}, capacity: ${room['pods'] / 1000}`,
    }
  }
  const requests = podRequests(pod)
  for (const name of Object.keys(requests)) {
    const want = requests[name]!
    if (want === 0 || (used[name] ?? 0) + want <= (room[name] ?? 0)) continue
    const unit = name === 'cpu' ? 1 : 1000
    const figures = `requested: ${want / unit}, used: ${(used[name] ?? 0) / unit}, capacity: ${(room[name] ?? 0) / unit}`
    return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${figures}` }
  }
  return undefined
}
