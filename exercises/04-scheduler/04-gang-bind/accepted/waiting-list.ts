// Remembers who waits instead of who is reserved, and who is on the way to a node; the Pod that asks is counted by itself.
import type { Pod } from 'clusterwright/api'
import type { GangPlugin } from 'clusterwright/scheduler'

interface Gang {
  waiting: Record<string, Pod>
  binding: Set<string>
}

const gangs: Record<string, Gang> = Object.create(null)
const gangOf = ({ metadata, spec }: Pod): Gang => {
  const id = JSON.stringify([spec.schedulerName, metadata.namespace, metadata.labels!['scheduling.x-k8s.io/pod-group']])
  return (gangs[id] ??= { waiting: {}, binding: new Set() })
}
const isMember = ({ metadata }: Pod) => 'scheduling.x-k8s.io/pod-group' in (metadata.labels ?? {})

const plugin: GangPlugin = {
  reserve: () => undefined,
  permit(_state, pod, _node, handle) {
    if (!isMember(pod)) return { code: 'Success', reasons: [] }
    const group = handle.podGroup(pod)
    if (!group) return { code: 'Unschedulable', reasons: ['unknown gang'] }
    const gang = gangOf(pod)
    const uids = new Set([pod.metadata.uid!, ...Object.keys(gang.waiting), ...gang.binding])
    for (const other of handle.boundPods()) {
      const { deletionTimestamp, uid } = other.metadata
      const isAlive = !deletionTimestamp && other.status?.phase !== 'Succeeded' && other.status?.phase !== 'Failed'
      if (isMember(other) && gangOf(other) === gang && isAlive) uids.add(uid!)
    }
    if (uids.size < group.spec.minMember) {
      gang.waiting[pod.metadata.uid!] = pod
      return { code: 'Wait', timeoutMs: group.spec.scheduleTimeoutSeconds * 1000 }
    }
    for (const [uid, other] of Object.entries(gang.waiting)) {
      handle.allow(other)
      gang.binding.add(uid)
    }
    gang.waiting = {}
    gang.binding.add(pod.metadata.uid!)
    return undefined
  },
  unreserve(_state, pod, _node, handle) {
    if (!isMember(pod)) return
    const gang = gangOf(pod)
    delete gang.waiting[pod.metadata.uid!]
    gang.binding.delete(pod.metadata.uid!)
    const waiting = Object.values(gang.waiting)
    gang.waiting = {}
    for (const other of waiting) handle.reject(other, `${pod.metadata.name} is missing`)
  },
  postBind(_state, pod) {
    if (isMember(pod)) gangOf(pod).binding.delete(pod.metadata.uid!)
  },
}

export default plugin
