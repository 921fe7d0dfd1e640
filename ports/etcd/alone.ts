/** A world with etcd and nothing else, and its doors: for clients that want a store, and no cluster. */
import { etcd, type EtcdState } from '#cluster/etcd/etcd.ts'
import type { ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { caller } from '../caller.ts'
import { LiveWorld } from '../live-world.ts'

/** A fast disk, so that virtual time does not run ahead of a busy client's. */
const FSYNC_MICROS = 50

export interface EtcdAlone {
  readonly live: LiveWorld
  readonly members: readonly ProcessId[]
}

export interface AloneOptions {
  readonly seed?: number
  readonly epochMicros?: number
  /** How many members; default: one. */
  readonly size?: number
}

/** Enough for a first election that several want to win. */
const ELECTION_MICROS = 10_000_000

/** Boots the members, and waits until one leads. */
export function bootEtcdAlone({ seed = 1, epochMicros = 0, size = 1 }: AloneOptions = {}): EtcdAlone {
  const members = Array.from({ length: size }, (_, i): ProcessId => `etcd-${i + 1}/etcd`)
  const world = new World({ seed, epochMicros, components: { etcd, caller } })
  for (const member of members) {
    const machine = member.split('/')[0]!
    world.addMachine(machine, { fsyncMicros: FSYNC_MICROS })
    world.addProcess({ machine, name: 'etcd', component: 'etcd', options: { initialCluster: members } })
  }
  const door = world.addProcess({ machine: 'etcd-1', name: 'caller', component: 'caller', options: {} })
  world.run({
    untilMicros: ELECTION_MICROS,
    until: () => members.some((member) => world.stateOf<EtcdState>(member)?.isLeader === true),
  })
  return { live: new LiveWorld(world, door), members }
}
