// check: every size up to seven voters, with everybody up or down
// hint: majority
// Says that one of two may fail, as if the other could go on alone.
// es: Dice que de dos puede fallar uno, como si el otro pudiera seguir solo.
import type { Member, QuorumMath } from 'clusterwright/quorum'

const CONTROL_PLANE = ['cp-1', 'cp-2', 'cp-3']
const ETCD_HOSTS = { stacked: CONTROL_PLANE, external: ['etcd-1', 'etcd-2', 'etcd-3'] }

const math: QuorumMath = {
  analyze(members) {
    const voters = members.filter(({ voter }) => voter)
    const quorum = Math.floor(voters.length / 2) + 1
    const up = voters.filter((member) => member.up)
    return { quorum, tolerates: voters.length === 2 ? 1 : voters.length - quorum, available: up.length >= quorum }
  },

  survives(topology, failedHosts) {
    const isUp = (host: string): boolean => !failedHosts.includes(host)
    const members = ETCD_HOSTS[topology].map((host): Member => ({ id: host, voter: true, up: isUp(host) }))
    return { api: CONTROL_PLANE.some(isUp), store: math.analyze(members).available }
  },
}

export default math
