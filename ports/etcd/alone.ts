/** A world with etcd and nothing else, and its door: for clients that want a store, and no cluster. */
import { etcd } from '#cluster/etcd/etcd.ts'
import type { ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { caller } from '../caller.ts'
import { LiveWorld } from '../live-world.ts'

const MEMBER: ProcessId = 'etcd-1/etcd'
/** A fast disk, so that virtual time does not run ahead of a busy client's. */
const FSYNC_MICROS = 50

export interface EtcdAlone {
  readonly live: LiveWorld
  readonly member: ProcessId
}

/** Boots one member, and waits until it leads. */
export function bootEtcdAlone({ seed = 1, epochMicros = 0 }: { seed?: number; epochMicros?: number } = {}): EtcdAlone {
  const world = new World({ seed, epochMicros, components: { etcd, caller } })
  world.addMachine('etcd-1', { fsyncMicros: FSYNC_MICROS })
  world.addProcess({ machine: 'etcd-1', name: 'etcd', component: 'etcd', options: {} })
  const door = world.addProcess({ machine: 'etcd-1', name: 'caller', component: 'caller', options: {} })
  world.run({ untilMicros: 1_000_000 })
  return { live: new LiveWorld(world, door), member: MEMBER }
}
