/**
 * One run of the worst day: a snapshot is taken, writes go on, all members are lost, and a new cluster comes from the
 * snapshot, while clients that keep copies of all keys know of nothing.
 *
 * What must hold: the new cluster begins with what was in the snapshot; no copy is told that time went back; and in the end
 * every copy is equal to the store.
 * Where to read upstream: etcd.io, "Disaster recovery" (restoring with revision bump).
 */
import type { SnapshotResponse } from '#cluster/etcd/maintenance-messages.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { EtcdRequest } from '#cluster/etcd/messages.ts'
import { restore, type RestoreOptions } from '#cluster/etcd/snapshot.ts'
import { readSnapshot, type SnapshotRecord } from '#cluster/etcd/wal.ts'
import type { Body, Component, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { type Heard, probe, type ProbeState } from '#cluster/kernel/probe.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import { World } from '#cluster/kernel/world.ts'
import { allKeys, cacheProblem, etcdCache, type EtcdCacheState, storeOf } from './etcd-cache.ts'

const SECOND: Micros = 1_000_000
const MEMBERS: readonly ProcessId[] = ['m-1/etcd', 'm-2/etcd', 'm-3/etcd']
const CACHES: readonly ProcessId[] = ['cache-1/etcd-cache', 'cache-2/etcd-cache']
const CLIENT = 'client/probe'
const KEYS = ['a', 'b', 'c', 'd', 'e']

type Chance = ReturnType<typeof randomFrom>
export type HowToRestore = Pick<RestoreOptions, 'bumpRevision' | 'markCompacted'>

/** More than anybody may have written since the snapshot was taken. */
const SAFELY: HowToRestore = { bumpRevision: 1_000_000, markCompacted: true }

export interface RestoredRun {
  /** What does not hold; undefined: all does. */
  readonly problem: string | undefined
  /** How often copies were begun anew. */
  readonly lists: number
  /** Revisions that were lost with the old members. */
  readonly lost: number
}

export function etcdRestored(seed: number, how: HowToRestore = SAFELY): RestoredRun {
  const chance = randomFrom(seed, 'restore')
  const world = createWorld(seed)
  const saveAt = 2 * SECOND + chance.int(2 * SECOND)
  const lossAt = saveAt + 300_000 + chance.int(2 * SECOND)
  write(world, SECOND, lossAt - SECOND, 40 + chance.int(60), chance)
  ask(world, saveAt, 'save', MEMBERS[chance.int(MEMBERS.length)]!, { type: 'Snapshot' })
  world.run({ untilMicros: lossAt })
  const saved = heardBy(world).find(({ name }) => name === 'save')?.body as SnapshotResponse | undefined
  if (!saved?.records) return { problem: 'no snapshot could be taken', lists: 0, lost: 0 }
  const newest = Math.max(...MEMBERS.map((member) => storeOf(world, member).revision))
  const restored = restoreAll(world, saved, how)
  write(world, world.now, 4 * SECOND, 5 + chance.int(80), chance)
  world.run({ untilMicros: world.now + 9 * SECOND })
  const caches = CACHES.map((cache) => world.stateOf<EtcdCacheState>(cache))
  return {
    problem: restored ?? caches.map((cache, i) => cacheProblem(world, CACHES[i]!, cache, MEMBERS)).find(Boolean),
    lists: caches.reduce((sum, { lists }) => sum + lists, 0),
    lost: newest - saved.header.revision,
  }
}

function createWorld(seed: number): World {
  const components = { etcd: etcd as Component, probe: probe as Component, 'etcd-cache': etcdCache as Component }
  const world = new World({ seed, components })
  const add = (process: ProcessId, options: unknown): void => {
    const [machine, name] = process.split('/') as [string, string]
    world.addMachine(machine)
    world.addProcess({ machine, name, component: name, options })
  }
  for (const member of MEMBERS) add(member, { initialCluster: MEMBERS })
  for (const cache of CACHES) add(cache, { members: MEMBERS })
  add(CLIENT, {})
  return world
}

/** Puts and deletions, within this time from `from` on. */
function write(world: World, from: Micros, within: Micros, count: number, chance: Chance): void {
  for (let i = 0; i < count; i++) {
    const key = KEYS[chance.int(KEYS.length)]!
    const body: EtcdRequest =
      chance.int(4) === 0 ? { type: 'DeleteRange', key } : { type: 'Put', key, value: `${from}/${i}` }
    ask(world, from + chance.int(within), `write-${from}-${i}`, MEMBERS[chance.int(MEMBERS.length)]!, body)
  }
}

function ask(world: World, at: Micros, name: string, to: ProcessId, body: Body): void {
  world.command(at, { type: 'tell', process: CLIENT, body: { type: 'ask', name, to, body } as Body })
}

const heardBy = (world: World): readonly Heard[] => world.stateOf<ProbeState>(CLIENT).heard

/** All members end, and others begin in their place. @returns where these differ from the snapshot */
function restoreAll(world: World, saved: SnapshotResponse, how: HowToRestore): string | undefined {
  const disks = restore(saved, { members: MEMBERS, token: 'restored', ...how })
  if (typeof disks === 'string') return disks
  for (const process of MEMBERS) {
    world.command(world.now, { type: 'stop', process })
    world.command(world.now + 1, { type: 'replaceDisk', process, files: disks.get(process)! })
    world.command(world.now + 500_000, { type: 'start', process })
  }
  world.run({ untilMicros: world.now + 500_010 })
  const wanted = JSON.stringify(allKeys(readSnapshot(saved.records as readonly SnapshotRecord[]).keyspace.store))
  const odd = MEMBERS.find((member) => JSON.stringify(allKeys(storeOf(world, member))) !== wanted)
  return odd && `${odd} does not begin with what is in the snapshot`
}
