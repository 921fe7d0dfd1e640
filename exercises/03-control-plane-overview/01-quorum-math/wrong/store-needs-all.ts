// check: a stacked host takes an API server and a member with it
// check: with an external store, each kind of host counts for itself
// check: every set of hosts that can fail
// hint: hosts
// Loses the store with its first member.
// es: Pierde el almacén con su primer miembro.
import type { Member, QuorumMath } from 'clusterwright/quorum'

const CONTROL_PLANE = ['cp-1', 'cp-2', 'cp-3']
const ETCD_HOSTS = { stacked: CONTROL_PLANE, external: ['etcd-1', 'etcd-2', 'etcd-3'] }

const math: QuorumMath = {
  analyze(members) {
    const voters = members.filter(({ voter }) => voter)
    const quorum = Math.floor(voters.length / 2) + 1
    const up = voters.filter((member) => member.up)
    return { quorum, tolerates: voters.length - quorum, available: up.length >= quorum }
  },

  survives(topology, failedHosts) {
    const isUp = (host: string): boolean => !failedHosts.includes(host)
    const members = ETCD_HOSTS[topology].map((host): Member => ({ id: host, voter: true, up: isUp(host) }))
    return { api: CONTROL_PLANE.some(isUp), store: members.every(({ up }) => up) }
  },
}

export default math
