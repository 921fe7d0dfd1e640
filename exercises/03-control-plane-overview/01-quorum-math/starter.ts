import type { QuorumMath } from 'clusterwright/quorum'

const math: QuorumMath = {
  analyze(members) {
    const up = members.filter((member) => member.up).length
    // TODO: learners have no vote, and how many must agree does not depend on who is up. Then write survives, too.
    return { quorum: 1, tolerates: members.length - 1, available: up >= 1 }
  },

  survives(topology, failedHosts) {
    return { api: true, store: failedHosts.length === 0 }
  },
}

export default math
