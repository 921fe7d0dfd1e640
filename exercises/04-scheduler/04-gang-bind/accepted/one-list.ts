// One list of reservations for all gangs, looked through each time; refuses in reserve what permit would refuse; rejects with care.
import type { Pod } from 'clusterwright/api'
import type { CycleState, GangPlugin, Handle, PermitStatus, Status } from 'clusterwright/scheduler'

const KEY = 'scheduling.x-k8s.io/pod-group'
const same = (a: Pod, b: Pod): boolean =>
  a.metadata.namespace === b.metadata.namespace &&
  a.metadata.labels?.[KEY] === b.metadata.labels?.[KEY] &&
  a.spec.schedulerName === b.spec.schedulerName

export default class implements GangPlugin {
  #held: Pod[] = []

  reserve(_state: CycleState, pod: Pod, _nodeName: string, handle: Handle): Status {
    const wanted = pod.metadata.labels?.[KEY]
    if (wanted !== undefined && handle.podGroup(pod) === undefined)
      return { code: 'UnschedulableAndUnresolvable', reasons: [`no PodGroup ${wanted}`] }
    this.#held = [...this.#without(pod), pod]
    return { code: 'Success' }
  }

  permit(state: CycleState, pod: Pod, _nodeName: string, handle: Handle): PermitStatus {
    const group = handle.podGroup(pod)
    if (!group) return { code: 'Success' }
    const siblings = this.#without(pod).filter((other) => same(other, pod))
    const running = handle.boundPods().filter((other) => {
      const isGone = other.metadata.deletionTimestamp || ['Succeeded', 'Failed'].includes(other.status?.phase ?? '')
      return same(other, pod) && !isGone && !siblings.some(({ metadata }) => metadata.uid === other.metadata.uid)
    })
    state.write('asked', true)
    const lacking = group.spec.minMember - siblings.length - running.length - 1
    if (lacking > 0)
      return { code: 'Wait', reasons: [`${lacking} to come`], timeoutMs: 1e3 * group.spec.scheduleTimeoutSeconds }
    siblings.reverse().forEach((other) => handle.allow(other))
    handle.allow(pod)
    return { code: 'Success' }
  }

  unreserve(_state: CycleState, pod: Pod, _nodeName: string, handle: Handle): void {
    this.#held = this.#without(pod)
    if (pod.metadata.labels?.[KEY] === undefined) return
    const siblings = this.#held.filter((other) => same(other, pod))
    for (const other of [pod, ...siblings, ...siblings]) handle.reject(other, '')
  }

  postBind(_state: CycleState, pod: Pod): void {
    this.#held = this.#without(pod)
  }

  #without({ metadata }: Pod): Pod[] {
    return this.#held.filter((other) => other.metadata.uid !== metadata.uid)
  }
}
