/** Several members: what they promise together, and keep when some of them fail. */
import { describe, expect, it } from 'vitest'
import type { Component } from '#cluster/kernel/component.ts'
import { imageOf } from '#cluster/kernel/disk.ts'
import { examine } from '#cluster/kernel/exam.ts'
import { EtcdCluster, member, SECOND } from './cluster.test-world.ts'
import type { Member } from './cluster-messages.ts'
import type { WatchResponse } from './messages.ts'

const everything = { type: 'Range', key: '\0', rangeEnd: '\0' } as const
const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

/** All that a member has: the same everywhere, once they are in step. */
function content(cluster: EtcdCluster, n: number): unknown {
  const { store } = cluster.state(n).keyspace
  return [store.revision, ...store.history.from(store.history.start)]
}

const expectSame = (cluster: EtcdCluster, numbers: readonly number[]): void => {
  for (const n of numbers) expect(content(cluster, n)).toEqual(content(cluster, numbers[0]!))
}

describe('three members', () => {
  it.each(seeds(5))('have a leader within a few seconds, and one only (seed %i)', (seed) => {
    const cluster = new EtcdCluster(3, seed).run(5)
    expect([1, 2, 3].filter((n) => cluster.state(n).isLeader)).toHaveLength(1)
    expect(new Set([1, 2, 3].map((n) => cluster.state(n).node!.raft.lead)).size).toBe(1)
  })

  it('take a write wherever it is asked for, and have it everywhere', () => {
    const cluster = new EtcdCluster(3)
    cluster.elect()
    for (const n of [1, 2, 3]) expect(cluster.put(n, `k${n}`, 'x').header.revision).toBe(n + 1)
    cluster.run(0.5)
    expectSame(cluster, [1, 2, 3])
  })

  it('answer a write that came before there was a leader', () => {
    expect(new EtcdCluster(3).put(2, 'a', 1)).toMatchObject({ type: 'PutResponse' })
  })

  it('read what was acknowledged, whoever is asked', () => {
    const cluster = new EtcdCluster(3)
    cluster.elect()
    for (let i = 0; i < 9; i++) {
      cluster.put((i % 3) + 1, 'a', i)
      expect(cluster.get(((i + 1) % 3) + 1, 'a')).toBe(i)
    }
  })

  it('tell a watcher of one what was written through another, once and in order', () => {
    const cluster = new EtcdCluster(3)
    cluster.elect()
    const name = cluster.ask(2, { type: 'WatchCreate', watchId: 1, key: 'k', rangeEnd: 'l', startRevision: 0 })
    for (let i = 0; i < 9; i++) cluster.put((i % 3) + 1, `k${i}`, i)
    cluster.run(0.5)
    const revisions = cluster.heard(name).flatMap(({ body }) => (body as WatchResponse).events)
    expect(revisions.map(({ kv }) => kv.modRevision)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('pass the exam of every component', () => {
    const build = (seed: number, wrap: (component: Component) => Component) => {
      const cluster = new EtcdCluster(3, seed, wrap)
      const { world } = cluster
      cluster.ask(1, { type: 'WatchCreate', watchId: 1, key: 'k', rangeEnd: 'l', startRevision: 0 })
      for (let i = 0; i < 40; i++) cluster.ask((i % 3) + 1, { type: 'Put', key: `k${i % 5}`, value: { i } })
      world.command(2_500_000, { type: 'crash', process: member(1) })
      world.command(3_500_000, { type: 'start', process: member(1) })
      cluster.ask(2, everything)
      return world
    }
    expect(() => examine({ build, untilMicros: 6 * SECOND, forks: 6 })).not.toThrow()
  })
})

describe('a crash', () => {
  it.each(seeds(6))('of the leader loses nothing that was acknowledged (seed %i)', (seed) => {
    const cluster = new EtcdCluster(3, seed)
    const old = cluster.elect()
    for (let i = 0; i < 20; i++) cluster.ask((i % 3) + 1, { type: 'Put', key: `k${i}`, value: i }, `put-${i}`)
    cluster
      .run(0.0005 + seed * 0.0011)
      .crash(old)
      .run(12)
    const left = cluster.leader()
    expect(left).not.toBe(0)
    expect(left).not.toBe(old)
    const acknowledged = seeds(20).filter((i) => cluster.heard(`put-${i - 1}`)[0]?.body?.type === 'PutResponse')
    for (const i of acknowledged) expect(cluster.get(left, `k${i - 1}`)).toBe(i - 1)
    cluster.start(old).run(3)
    expectSame(cluster, [1, 2, 3])
  })

  it('of all brings everything back', () => {
    const cluster = new EtcdCluster(3)
    cluster.elect()
    for (let i = 0; i < 10; i++) cluster.put(1, `k${i}`, i)
    for (const n of [1, 2, 3]) cluster.crash(n)
    for (const n of [1, 2, 3]) cluster.start(n)
    expect(cluster.call(2, everything).count).toBe(10)
    cluster.run(1)
    expectSame(cluster, [1, 2, 3])
  })

  it('of two of three stops writes and linearizable reads; what one has can still be read', () => {
    const cluster = new EtcdCluster(3)
    cluster.elect()
    cluster.put(1, 'a', 'old')
    cluster.run(0.5).crash(2).crash(3)
    expect(cluster.put(1, 'a', 'new')).toMatchObject({ type: 'Error', message: 'etcdserver: request timed out' })
    expect(cluster.call(1, { type: 'Range', key: 'a' })).toMatchObject({ type: 'Error', code: 'Unavailable' })
    expect(cluster.get(1, 'a', true)).toBe('old')
    cluster.start(2).elect()
    expect(cluster.put(1, 'a', 'newer')).toMatchObject({ type: 'PutResponse' })
  })
})

describe('a partition', () => {
  it('leaves the majority at work, and the leader in the minority steps down', () => {
    const cluster = new EtcdCluster(5)
    const old = cluster.elect()
    cluster.put(old, 'a', 1)
    const minority = [old, (old % 5) + 1]
    const majority = [1, 2, 3, 4, 5].filter((n) => !minority.includes(n))
    cluster.isolate(...minority).run(4)
    expect(minority.some((n) => cluster.state(n).isLeader)).toBe(false)
    expect(cluster.put(majority[0]!, 'a', 2)).toMatchObject({ type: 'PutResponse' })
    expect(cluster.get(minority[1]!, 'a', true)).toBe(1)
    cluster.heal().run(3)
    expect(cluster.get(minority[1]!, 'a')).toBe(2)
    expectSame(cluster, [1, 2, 3, 4, 5])
  })

  it('of a follower does not disturb: it comes back in the same term', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const { term } = cluster.state(leader).node!.raft
    cluster.isolate((leader % 3) + 1).run(20)
    cluster.heal().run(3)
    expect(cluster.leader()).toBe(leader)
    expect(cluster.state(leader).node!.raft.term).toBe(term)
  })

  it('sends watchers away from a member without a leader; elsewhere they miss nothing', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const lost = (leader % 3) + 1
    const name = cluster.ask(lost, { type: 'WatchCreate', watchId: 1, key: 'k', startRevision: 0 })
    cluster.run(0.1).isolate(lost)
    cluster.put(leader, 'k', 1)
    cluster.run(6)
    expect(cluster.heard(name).at(-1)).toMatchObject({ how: 'done', body: { message: 'etcdserver: no leader' } })
    const again = cluster.ask(leader, { type: 'WatchCreate', watchId: 1, key: 'k', startRevision: 2 })
    cluster.run(0.1)
    expect(cluster.heard(again).flatMap(({ body }) => (body as WatchResponse).events)).toHaveLength(1)
  })

  it('that lasts beyond the log is made good by a snapshot, watchers and all', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const lost = (leader % 3) + 1
    const name = cluster.ask(lost, { type: 'WatchCreate', watchId: 1, key: 'k', rangeEnd: 'l', startRevision: 0 })
    cluster.run(0.1).isolate(lost)
    // The watcher's member has no leader for two seconds only: it stays.
    for (let i = 0; i < 12_000; i++) {
      cluster.ask(leader, { type: 'Put', key: `k${i % 50}`, value: i })
      if (i % 2_000 === 0) cluster.run(0.1)
    }
    cluster.run(0.5)
    expect(cluster.state(leader).node!.raft.log.storage.entries.start).toBeGreaterThan(2)
    cluster.heal().run(5)
    expectSame(cluster, [1, 2, 3])
    expect(cluster.state(lost).snapshotIndex).toBeGreaterThan(0)
    const revisions = cluster.heard(name).flatMap(({ body }) => (body as WatchResponse)?.events ?? [])
    expect(revisions.map(({ kv }) => kv.modRevision)).toEqual(seeds(12_000).map((i) => i + 1))
    cluster.crash(lost).start(lost).run(3)
    expectSame(cluster, [1, 2, 3])
  })
})

describe('members', () => {
  it('come as learners, are promoted, and go', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    cluster.put(1, 'a', 1)
    const { member: added } = cluster.call(leader, { type: 'MemberAdd', peer: member(4), isLearner: true })
    const tooEarly = cluster.call(leader, { type: 'MemberPromote', id: added.id })
    expect(tooEarly.message).toBe('etcdserver: can only promote a learner member which is in sync with leader')
    cluster.addMember(4, { initialCluster: [1, 2, 3, 4].map(member), joins: true, id: added.id })
    cluster.run(2)
    expect(content(cluster, 4)).toEqual(content(cluster, 1))
    // Any member takes the request on to the leader.
    const follower = (leader % 3) + 1
    expect(cluster.call(follower, { type: 'MemberPromote', id: added.id }).members).toHaveLength(4)
    const first = cluster.state(follower).id
    expect(cluster.call(leader, { type: 'MemberRemove', id: first }).members).toHaveLength(3)
    cluster.run(3)
    expect(cluster.call(follower, everything)).toMatchObject({ message: 'etcdserver: server stopped' })
    expect(cluster.put(4, 'a', 2)).toMatchObject({ type: 'PutResponse' })
    expect(cluster.call(leader, { type: 'Status' })).toMatchObject({
      leader: cluster.state(leader).id,
      isLearner: false,
    })
  })

  it('that are removed stay away after a restart, and their place can be taken with another id', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const gone = (leader % 3) + 1
    const { id } = cluster.state(gone)
    cluster.call(leader, { type: 'MemberRemove', id })
    cluster.run(1).crash(gone).start(gone).run(5)
    expect(cluster.leader()).toBe(leader)
    expect(cluster.state(gone).isStopped).toBe(true)
    const { member: added } = cluster.call(leader, { type: 'MemberAdd', peer: member(gone) })
    expect(added.id).not.toBe(id)
  })

  it.each([
    ['one that is there', { type: 'MemberAdd', peer: member(2) }, 'etcdserver: member ID already exist'],
    ['an unknown one', { type: 'MemberRemove', id: 5 }, 'etcdserver: member not found'],
    ['an unknown one', { type: 'MemberPromote', id: 5 }, 'etcdserver: member not found'],
    ['a leader that cannot be', { type: 'MoveLeader', targetId: 5 }, 'etcdserver: bad leader transferee'],
  ] as const)('are not changed by a request about %s', (_, request, message) => {
    const cluster = new EtcdCluster(3)
    expect(cluster.call(cluster.elect(), request)).toMatchObject({ type: 'Error', message })
  })

  it('are found elsewhere once their cluster is told, as the ones they were', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const [moving, staying] = [1, 2, 3].filter((n) => n !== leader) as [number, number]
    cluster.put(leader, 'a', 1)
    cluster.run(0.5)
    const { id } = cluster.state(moving)
    const { world } = cluster
    world.command(world.now, { type: 'stop', process: member(moving) })
    cluster.run(0.1)
    const files = imageOf(world.process(member(moving))!.disk)
    const update = { type: 'MemberUpdate', id } as const
    expect(cluster.call(staying, { ...update, peer: member(leader) }).message).toMatch('Peer URLs already exists')
    expect(cluster.call(staying, { ...update, id: 1, peer: member(4) }).message).toMatch('member not found')
    const { members } = cluster.call(staying, { ...update, peer: member(4) })
    expect(members.map(({ peer }: Member) => peer).sort()).toEqual([leader, staying, 4].map(member).sort())
    world.addMachine('m-4')
    world.declareProcess({ machine: 'm-4', name: 'etcd', component: 'etcd', options: {} })
    world.command(world.now, { type: 'replaceDisk', process: member(4), files })
    world.command(world.now, { type: 'start', process: member(4) })
    cluster.run(3)
    expect(cluster.state(4).id).toBe(id)
    expect(content(cluster, 4)).toEqual(content(cluster, leader))
    // Its vote counts: without the other follower there is a majority.
    cluster.crash(staying)
    expect(cluster.put(leader, 'a', 2)).toMatchObject({ type: 'PutResponse' })
    cluster.run(0.5)
    expect(cluster.get(4, 'a', true)).toBe(2)
  })

  it('hand leadership over, and only the leader can', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    const next = (leader % 3) + 1
    const request = { type: 'MoveLeader', targetId: cluster.state(next).id } as const
    expect(cluster.call(next, request)).toMatchObject({ message: 'etcdserver: not leader' })
    expect(cluster.call(leader, request)).toMatchObject({ type: 'MoveLeaderResponse' })
    cluster.run(0.5)
    expect(cluster.leader()).toBe(next)
  })

  it('grow from one to three', () => {
    const cluster = new EtcdCluster(1)
    cluster.put(1, 'a', 1)
    for (const n of [2, 3]) {
      const { member: added } = cluster.call(1, { type: 'MemberAdd', peer: member(n), isLearner: true })
      cluster.addMember(n, { initialCluster: [1, 2, 3].slice(0, n).map(member), joins: true, id: added.id })
      cluster.run(2)
      expect(cluster.call(1, { type: 'MemberPromote', id: added.id })).toMatchObject({ type: 'MemberPromoteResponse' })
    }
    cluster.crash(1).run(4)
    expect(cluster.get(3, 'a')).toBe(1)
    expect(cluster.put(2, 'a', 2)).toMatchObject({ type: 'PutResponse' })
  })
})

describe('a lease', () => {
  it('is kept alive through any member', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    cluster.call(leader, { type: 'LeaseGrant', ttl: 5, id: '7' })
    cluster.call(leader, { type: 'Put', key: 'a', value: 1, lease: '7' })
    for (let i = 0; i < 4; i++) {
      cluster.run(3)
      expect(cluster.call((i % 3) + 1, { type: 'LeaseKeepAlive', id: '7' })).toMatchObject({ ttl: 5 })
    }
    expect(cluster.get(1, 'a')).toBe(1)
    cluster.run(6.5)
    expect(cluster.get(2, 'a')).toBeUndefined()
  })

  it('lives its full time again under a new leader: late, never early', () => {
    const cluster = new EtcdCluster(3)
    const leader = cluster.elect()
    cluster.call(leader, { type: 'LeaseGrant', ttl: 10, id: '7' })
    cluster.call(leader, { type: 'Put', key: 'a', value: 1, lease: '7' })
    cluster.run(8).crash(leader).run(6)
    const next = cluster.leader()
    expect(cluster.get(next, 'a')).toBe(1)
    cluster.run(8)
    expect(cluster.get(next, 'a')).toBeUndefined()
  })
})
