// check: with an external store, each kind of host counts for itself
// check: every set of hosts that can fail
// hint: hosts
// Treats every cluster as stacked: the hosts of an external store are never looked at.
// es: Trata todo clúster como apilado: no mira nunca las máquinas de un almacén externo.
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
    const members = ETCD_HOSTS.stacked.map((host): Member => ({ id: host, voter: true, up: isUp(host) }))
    return { api: CONTROL_PLANE.some(isUp), store: math.analyze(members).available }
  },
}

export default math
