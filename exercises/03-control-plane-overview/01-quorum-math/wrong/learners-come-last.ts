// check: members in any order: the same answers as the reference
// hint: voters
// Takes the members before the first learner, as if learners were always last in the list.
// es: Toma los miembros anteriores al primer aprendiz, como si los aprendices estuvieran siempre al final de la lista.
import type { Member, QuorumMath } from 'clusterwright/quorum'

const CONTROL_PLANE = ['cp-1', 'cp-2', 'cp-3']
const ETCD_HOSTS = { stacked: CONTROL_PLANE, external: ['etcd-1', 'etcd-2', 'etcd-3'] }

const math: QuorumMath = {
  analyze(members) {
    const first = members.findIndex(({ voter }) => !voter)
    const voters = first < 0 ? members : members.slice(0, first)
    const quorum = Math.floor(voters.length / 2) + 1
    const up = voters.filter((member) => member.up)
    return { quorum, tolerates: voters.length - quorum, available: up.length >= quorum }
  },

  survives(topology, failedHosts) {
    const isUp = (host: string): boolean => !failedHosts.includes(host)
    const members = ETCD_HOSTS[topology].map((host): Member => ({ id: host, voter: true, up: isUp(host) }))
    return { api: CONTROL_PLANE.some(isUp), store: math.analyze(members).available }
  },
}

export default math
