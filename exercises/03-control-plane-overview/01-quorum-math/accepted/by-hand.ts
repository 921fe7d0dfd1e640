/** Right, with one pass over the members, a table of hosts and whole-number arithmetic. */
import type { Health, Member, Survival, Topology } from 'clusterwright/quorum'

const carries: Record<Topology, Record<string, readonly ('api' | 'store')[]>> = {
  stacked: { 'cp-1': ['api', 'store'], 'cp-2': ['api', 'store'], 'cp-3': ['api', 'store'] },
  external: {
    ...{ 'cp-1': ['api'], 'cp-2': ['api'], 'cp-3': ['api'] },
    ...{ 'etcd-1': ['store'], 'etcd-2': ['store'], 'etcd-3': ['store'] },
  },
}

export default class {
  analyze(members: readonly Member[]): Health {
    let [voters, up] = [0, 0]
    for (const member of members) {
      if (!member.voter) continue
      voters += 1
      if (member.up) up += 1
    }
    const tolerates = (voters - 1) >> 1
    return { available: 2 * up > voters, quorum: voters - tolerates, tolerates }
  }

  survives(topology: Topology, failedHosts: readonly string[]): Survival {
    const left = { api: 0, store: 0 }
    const failed = new Set(failedHosts)
    for (const [host, parts] of Object.entries(carries[topology])) {
      if (!failed.has(host)) for (const part of parts) left[part]++
    }
    return { api: left.api > 0, store: left.store > 1 }
  }
}
