import { describe, expect, it } from 'vitest'
import { EtcdCluster, member, SECOND } from './cluster.test-world.ts'
import type { SnapshotResponse } from './maintenance-messages.ts'
import { restore, type RestoreOptions, type SnapshotStatus, snapshotStatus } from './snapshot.ts'

const MEMBERS = [member(1), member(2), member(3)]

/** Three members with a few revisions, and a snapshot of one of them. */
function saved(): { cluster: EtcdCluster; snapshot: SnapshotResponse } {
  const cluster = new EtcdCluster(3)
  const leader = cluster.elect()
  cluster.call(leader, { type: 'LeaseGrant', ttl: 600, id: '7' })
  for (const value of ['1', '2', '3']) cluster.put(leader, 'a', value)
  cluster.call(leader, { type: 'Put', key: 'held', value: 'x', lease: '7' })
  cluster.call(leader, { type: 'Compact', revision: 3 })
  return { cluster, snapshot: cluster.call((leader % 3) + 1, { type: 'Snapshot' }) }
}

function restored(cluster: EtcdCluster, snapshot: SnapshotResponse, options: Partial<RestoreOptions>): void {
  const disks = restore(snapshot, { members: MEMBERS, token: 'new', ...options })
  if (typeof disks === 'string') throw new Error(disks)
  const { world } = cluster
  for (const process of MEMBERS) {
    world.command(world.now, { type: 'stop', process })
    world.command(world.now + 1, { type: 'replaceDisk', process, files: disks.get(process)! })
    world.command(world.now + SECOND, { type: 'start', process })
  }
  cluster.run(1.1).elect()
}

describe('a snapshot', () => {
  it('tells what is in it, the same from whichever member it is', () => {
    const { cluster, snapshot } = saved()
    cluster.run(1)
    const status = snapshotStatus(snapshot) as SnapshotStatus
    // Three changes of keys that are left, a lease, three members, and five things that every compacted store has.
    expect(status).toMatchObject({ revision: 5, totalKey: 3 + 1 + 3 + 5 })
    for (const n of [1, 2, 3]) {
      expect((snapshotStatus(cluster.call(n, { type: 'Snapshot' })) as SnapshotStatus).hash).toBe(status.hash)
    }
  })

  it('that was not saved to its end is of no use', () => {
    const { snapshot } = saved()
    const torn = { records: snapshot.records.slice(0, -1) }
    expect(snapshotStatus(torn)).toMatch('integrity check failed')
    expect(restore(torn, { members: MEMBERS })).toMatch('integrity check failed')
  })
})

describe('a restored cluster', () => {
  it('has its keys at their revisions, its leases with their keys, and forgets what came later', () => {
    const { cluster, snapshot } = saved()
    cluster.put(cluster.leader(), 'late', '1')
    const [before] = [cluster.call(1, { type: 'HashKV', revision: 5 }).hash]
    restored(cluster, snapshot, {})
    const leader = cluster.leader()
    expect(cluster.get(leader, 'late')).toBeUndefined()
    expect(cluster.call(leader, { type: 'HashKV', revision: 0 }).hash).toBe(before)
    expect(cluster.call(leader, { type: 'Range', key: 'a', revision: 3 }).kvs[0].value).toBe('2')
    expect(cluster.call(leader, { type: 'Range', key: 'a', revision: 2 }).message).toMatch('compacted')
    expect(cluster.call(leader, { type: 'LeaseTimeToLive', id: '7', keys: true }).keys).toEqual(['held'])
    expect(cluster.put(leader, 'b', '1').header.revision).toBe(6)
  })

  it('is another cluster where it has another token, and its members are others', () => {
    const { cluster, snapshot } = saved()
    const ids = () => [cluster.state(1).clusterId, ...cluster.state(1).members.keys()]
    const old = ids()
    restored(cluster, snapshot, {})
    expect(ids().filter((id) => old.includes(id))).toEqual([])
    expect(ids()).toHaveLength(old.length)
  })

  it('begins beyond the bump, and tells who watches from before that it is compacted', () => {
    const { cluster, snapshot } = saved()
    restored(cluster, snapshot, { bumpRevision: 1_000, markCompacted: true })
    const leader = cluster.leader()
    expect(cluster.call(leader, { type: 'Range', key: 'a' }).kvs[0]).toMatchObject({ value: '3', modRevision: 4 })
    expect(cluster.call(leader, { type: 'Range', key: 'a', revision: 5 }).message).toMatch('compacted')
    const watch = { type: 'WatchCreate', watchId: 0, key: 'a', startRevision: 6 } as const
    const name = cluster.ask(leader, watch)
    cluster.run(0.1)
    expect(cluster.heard(name).at(-1)?.body).toMatchObject({ canceled: true, compactRevision: 1_005 })
    expect(cluster.put(leader, 'b', '1').header.revision).toBe(1_006)
  })

  it('survives a crash of all its members', () => {
    const { cluster, snapshot } = saved()
    restored(cluster, snapshot, { bumpRevision: 1_000, markCompacted: true })
    cluster.put(cluster.leader(), 'b', '1')
    for (const n of [1, 2, 3]) cluster.crash(n)
    for (const n of [1, 2, 3]) cluster.start(n)
    const leader = cluster.elect()
    expect([cluster.get(leader, 'a'), cluster.get(leader, 'b')]).toEqual(['3', '1'])
  })
})
