// check: hosts named twice, or that carry nothing: the same answers
// hint: hosts
// Counts how long the list of failed hosts is: a name that stands there twice fails twice.
// es: Cuenta lo larga que es la lista de máquinas caídas: un nombre repetido falla dos veces.
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
    return {
      api: CONTROL_PLANE.some(isUp),
      store: failedHosts.filter((host) => ETCD_HOSTS[topology].includes(host)).length < 2,
    }
  },
}

export default math
