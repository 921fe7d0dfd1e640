/** Our own examples for `quorum-math`: together they catch every wrong solution that examples can catch. */
import type { Health, Member, Survival, Topology } from 'clusterwright/quorum'
import type { QuorumExample } from 'clusterwright/quorum-tests'

/** `V` a voter, `L` a learner; a small letter where it is down. */
const members = (marks: string): Member[] =>
  [...marks].map((mark, index) => ({
    id: `m-${index + 1}`,
    voter: mark.toUpperCase() === 'V',
    up: mark === mark.toUpperCase(),
  }))

const health = (name: string, marks: string, expect: Partial<Health>): QuorumExample => ({
  name,
  members: members(marks),
  expect,
})

const hosts = (name: string, topology: Topology, failedHosts: string[], expect: Partial<Survival>): QuorumExample => ({
  name,
  topology,
  failedHosts,
  expect,
})

const examples: QuorumExample[] = [
  health('one member is a quorum of itself', 'V', { quorum: 1, tolerates: 0, available: true }),
  health('of two, none may fail', 'VV', { quorum: 2, tolerates: 0, available: true }),
  health('of three, one may fail', 'VVV', { quorum: 2, tolerates: 1, available: true }),
  health('of four, one may fail', 'VVVV', { quorum: 3, tolerates: 1, available: true }),
  health('of five, two may fail', 'VVVVV', { quorum: 3, tolerates: 2, available: true }),
  health('two of four are no majority', 'VVvv', { quorum: 3, tolerates: 1, available: false }),
  health('the first may be the one that is down', 'vVV', { quorum: 2, tolerates: 1, available: true }),
  health('one of three is not enough', 'Vvv', { quorum: 2, tolerates: 1, available: false }),
  health('a learner changes nothing', 'VVVLL', { quorum: 2, tolerates: 1, available: true }),
  health('a learner fills no gap', 'VvvLL', { quorum: 2, tolerates: 1, available: false }),
  health('a learner that is down is missed by nobody', 'LVVvl', { quorum: 2, tolerates: 1, available: true }),
  health('a learner may stand first', 'LVVV', { quorum: 2, tolerates: 1, available: true }),

  hosts('two stacked hosts are the store', 'stacked', ['cp-1', 'cp-2'], { api: true, store: false }),
  hosts('three stacked hosts are everything', 'stacked', ['cp-1', 'cp-2', 'cp-3'], { api: false, store: false }),
  hosts('one stacked host is not missed', 'stacked', ['cp-3'], { api: true, store: true }),
  hosts('the store outlives its API servers', 'external', ['cp-1', 'cp-2', 'cp-3'], { api: false, store: true }),
  hosts('an API server outlives the store', 'external', ['etcd-1', 'etcd-3'], { api: true, store: false }),
  hosts('one of each kind', 'external', ['cp-1', 'etcd-1'], { api: true, store: true }),
  hosts('two of one kind, one of the other', 'external', ['cp-1', 'cp-2', 'etcd-1'], { api: true, store: true }),
  hosts('named twice, failed once', 'stacked', ['cp-1', 'cp-1'], { api: true, store: true }),
  hosts('who carries nothing is not missed', 'stacked', ['cp-1', 'cp-4', 'etcd-2', 'worker-1'], {
    api: true,
    store: true,
  }),
]

export default examples
