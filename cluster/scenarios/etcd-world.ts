/**
 * A world of etcd alone, for stories: members on machines of their own, and `etcdctl` on the laptop.
 *
 * A machine that is to join later stands there with its process not started.
 */
import { etcd, type EtcdOptions } from '#cluster/etcd/etcd.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import { etcdctl } from '#cluster/etcdctl/etcdctl.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'

export const ETCDCTL: ProcessId = 'laptop/etcdctl'

export interface EtcdWorldOptions {
  readonly seed: number
  readonly members: number
  /** Machines whose etcd will join. */
  readonly joining?: number
  /** Puts a defect into every member. */
  readonly wrap?: (component: Component) => Component
}

export const memberOf = (n: number): ProcessId => `etcd-${n}/etcd`

export function bootEtcd({ seed, members, joining = 0, wrap = (same) => same }: EtcdWorldOptions): World {
  const world = new World({ seed, components: { etcd: wrap(etcd as Component), etcdctl } })
  const initialCluster = Array.from({ length: members }, (_, i) => memberOf(i + 1))
  for (let n = 1; n <= members + joining; n++) {
    const machine = `etcd-${n}`
    world.addMachine(machine)
    const joins = n > members
    const options: EtcdOptions = joins
      ? { initialCluster: [...initialCluster, memberOf(n)], joins }
      : { initialCluster }
    const spec = { machine, name: 'etcd', component: 'etcd', options }
    if (joins) world.declareProcess(spec)
    else world.addProcess(spec)
  }
  world.addMachine('laptop')
  world.addProcess({ machine: 'laptop', name: 'etcdctl', component: 'etcdctl', options: { endpoints: initialCluster } })
  return world
}

/** The member that leads in the newest term; undefined: none does. */
export function leaderIn(world: World): ProcessId | undefined {
  let leader: { id: ProcessId; term: number } | undefined
  for (const process of world.processes) {
    if (process?.spec.component !== 'etcd' || !process.up) continue
    const { isLeader, node } = process.state as EtcdState
    if (isLeader && node && node.raft.term > (leader?.term ?? 0)) leader = { id: process.id, term: node.raft.term }
  }
  return leader?.id
}
