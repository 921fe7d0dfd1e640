/**
 * The door of the node: a Pod that does not fit any more is refused, whoever bound it.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/lifecycle/predicate.go`.
 */
import { type Amounts, podRequests } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'

const ONE_POD = 1_000

/** What a Pod takes from its node: its requests and a place. */
export function holdingsOf(pod: Pod): Amounts {
  return { ...podRequests(pod), pods: ONE_POD }
}

/** The first reason against it, in the kubelet's words; undefined when it may run. */
export function refusal(
  pod: Pod,
  used: Amounts,
  allocatable: Amounts,
): { reason: string; message: string } | undefined {
  const wanted = holdingsOf(pod)
  const names = ['pods', ...Object.keys(wanted).filter((name) => name !== 'pods')]
  for (const name of names) {
    const want = wanted[name]!
    const held = used[name] ?? 0
    const room = allocatable[name] ?? (name === 'pods' ? Infinity : 0)
    if (want === 0 || held + want <= room) continue
    const unit = name === 'cpu' ? 1 : 1_000
    const figures = `requested: ${want / unit}, used: ${held / unit}, capacity: ${room / unit}`
    return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${figures}` }
  }
  return undefined
}
