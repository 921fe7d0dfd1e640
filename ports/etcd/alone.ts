/** A world with etcd and nothing else, and its doors: for clients that want a store, and no cluster. */
import { etcd, type EtcdState } from '#cluster/etcd/etcd.ts'
import type { ProcessId } from '#cluster/kernel/component.ts'
import { World, type WorldOptions } from '#cluster/kernel/world.ts'
import { caller } from '../caller.ts'
import { LiveWorld } from '../live-world.ts'

/** A fast disk, so that virtual time does not run ahead of a busy client's. */
const FSYNC_MICROS = 50
/** systemd's RestartSec for a service that died. */
const RESTART_MICROS = 10_000_000

export interface EtcdAlone {
  readonly live: LiveWorld
  readonly members: readonly ProcessId[]
}

export interface AloneOptions {
  readonly seed?: number
  readonly epochMicros?: number
  /** How many members; default: one. */
  readonly size?: number
  readonly onDefect?: WorldOptions['onDefect']
}

/** Enough for a first election that several want to win. */
const ELECTION_MICROS = 10_000_000

export interface EtcdAloneWorld {
  readonly world: World
  /** The process that speaks for whoever is outside. */
  readonly door: ProcessId
  readonly members: readonly ProcessId[]
}

/** Boots the members, and waits until one leads. */
export function etcdAloneWorld({ seed = 1, epochMicros = 0, size = 1, onDefect }: AloneOptions = {}): EtcdAloneWorld {
  const members = Array.from({ length: size }, (_, i): ProcessId => `etcd-${i + 1}/etcd`)
  const world = new World({ seed, epochMicros, components: { etcd, caller }, ...(onDefect && { onDefect }) })
  for (const member of members) {
    const machine = member.split('/')[0]!
    world.addMachine(machine, { fsyncMicros: FSYNC_MICROS })
    const spec = { machine, name: 'etcd', component: 'etcd', options: { initialCluster: members } }
    world.addProcess({ ...spec, restartAfterMicros: RESTART_MICROS })
  }
  const door = world.addProcess({ machine: 'etcd-1', name: 'caller', component: 'caller', options: {} })
  world.run({
    untilMicros: ELECTION_MICROS,
    until: () => members.some((member) => world.stateOf<EtcdState>(member)?.isLeader === true),
  })
  return { world, door, members }
}

/** The same, in step with the clock. */
export function bootEtcdAlone(options: AloneOptions = {}): EtcdAlone {
  const { world, door, members } = etcdAloneWorld(options)
  return { live: new LiveWorld(world, door), members }
}
