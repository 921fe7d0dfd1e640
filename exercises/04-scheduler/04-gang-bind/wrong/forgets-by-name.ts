// check: who is gone has no place
// hint: count
// Forgets by the name, and so forgets the next Pod that bears it.
// es: Olvida por el nombre, y así olvida también al Pod siguiente que lo lleva.
import type { Pod } from 'clusterwright/api'
import type { GangPlugin, Handle, PodGroup } from 'clusterwright/scheduler'

const LABEL = 'scheduling.x-k8s.io/pod-group'

/** Members for which room is held and that are not bound yet, by gang, by uid. */
const reserved = new Map<string, Map<string, Pod>>()

const plugin: GangPlugin = {
  reserve(_state, pod) {
    if (nameOf(pod) === undefined) return undefined
    const members = reservedLike(pod)
    members.set(pod.metadata.uid!, pod)
    reserved.set(gangOf(pod), members)
    return undefined
  },

  permit(_state, pod, _nodeName, handle) {
    if (nameOf(pod) === undefined) return undefined
    const group = handle.podGroup(pod)
    if (!group) return { code: 'Unschedulable', reasons: [`PodGroup ${nameOf(pod)} does not exist`] }
    const members = reservedLike(pod)
    if (countOf(members, pod, handle) < group.spec.minMember) return waitFor(group)
    for (const member of members.values()) if (member.metadata.uid !== pod.metadata.uid) handle.allow(member)
    return undefined
  },

  unreserve(_state, pod, _nodeName, handle) {
    if (nameOf(pod) === undefined) return
    forget(pod)
    // One is missing, so the others would hold their room for nothing.
    for (const member of reservedLike(pod).values()) handle.reject(member, `${pod.metadata.name} has lost its room`)
  },

  postBind: (_state, pod) => forget(pod),
}

export default plugin

const waitFor = ({ metadata, spec }: PodGroup) => ({
  code: 'Wait' as const,
  reasons: [`waiting for ${spec.minMember} members of ${metadata.name}`],
  timeoutMs: spec.scheduleTimeoutSeconds * 1000,
})

/** Members that have a place: by reservation or on a node already. */
function countOf(members: ReadonlyMap<string, Pod>, pod: Pod, handle: Handle): number {
  const bound = handle.boundPods().filter((other) => gangOf(other) === gangOf(pod) && !isOver(other))
  return new Set([...members.keys(), ...bound.map(({ metadata }) => metadata.uid!)]).size
}

function forget(pod: Pod): void {
  const members = reservedLike(pod)
  for (const [uid, { metadata }] of members) if (metadata.name === pod.metadata.name) members.delete(uid)
  if (members.size === 0) reserved.delete(gangOf(pod))
}

const reservedLike = (pod: Pod): Map<string, Pod> => reserved.get(gangOf(pod)) ?? new Map()

const nameOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[LABEL]

/** Two are of one gang if namespace, label and scheduler are the same. */
const gangOf = (pod: Pod): string => [pod.metadata.namespace, nameOf(pod), pod.spec.schedulerName].join('/')

const isOver = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed'
