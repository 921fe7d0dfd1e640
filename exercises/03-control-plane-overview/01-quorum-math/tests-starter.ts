import type { Member } from 'clusterwright/quorum'
import type { QuorumExample } from 'clusterwright/quorum-tests'

/** What must `analyze` and `survives` say? */
const examples: QuorumExample[] = [
  {
    name: 'two of three are up',
    members: [voter('a'), voter('b'), voter('c', false)],
    expect: { quorum: 2, available: true },
  },
  {
    name: 'one stacked host has failed',
    topology: 'stacked',
    failedHosts: ['cp-1'],
    expect: { api: true, store: true },
  },
  // TODO one more: which case would somebody get wrong who has not understood?
]

export default examples

// ── given: a short way to write members ─────────────────────────────────────────────────────────────────────────────

function voter(id: string, up = true): Member {
  return { id, voter: true, up }
}
