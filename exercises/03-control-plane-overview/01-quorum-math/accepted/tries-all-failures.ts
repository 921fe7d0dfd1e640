/** Right, though it finds the tolerance by trying: one more failure for as long as those who are left outvote the rest. */
import type { Health, QuorumMath, Topology } from 'clusterwright/quorum'

const outvote = (some: number, all: number): boolean => some > all - some

const hosts = (prefix: string): string[] => [1, 2, 3].map((n) => `${prefix}-${n}`)

const math: QuorumMath = {
  analyze(members): Health {
    const ballots = members.flatMap(({ voter, up }) => (voter ? [up] : []))
    let tolerates = 0
    while (outvote(ballots.length - tolerates - 1, ballots.length)) tolerates++
    const present = ballots.filter(Boolean).length
    return { quorum: ballots.length - tolerates, tolerates, available: outvote(present, ballots.length) }
  },
  survives(topology: Topology, failedHosts) {
    const left = (all: string[]): string[] => all.filter((host) => failedHosts.indexOf(host) < 0)
    return {
      api: left(hosts('cp')).length >= 1,
      store: outvote(left(hosts(topology === 'stacked' ? 'cp' : 'etcd')).length, 3),
    }
  },
}

export { math as default }
