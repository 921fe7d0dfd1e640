/** Disaster recovery, as people do it: every member is stopped, gets a new disk from a saved file, and is started. */
import { restore } from '#cluster/etcd/snapshot.ts'
import type { EtcdctlState } from '#cluster/etcdctl/etcdctl.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { ETCDCTL } from './etcd-world.ts'

/** From the first stop to the start. */
export const RESTORE_MICROS: Micros = 1_000_000

/** @param args `snapshot restore FILE [--bump-revision=N] [--mark-compacted]` */
export function restoreCommands(world: World, args: readonly string[]): (readonly [after: Micros, Command])[] {
  const [, , file = ''] = args
  const saved = world.stateOf<EtcdctlState>(ETCDCTL).files.get(file)
  if (!saved) throw new Error(`there is no file ${file}: save a snapshot first`)
  const members = world.processes.flatMap((process): ProcessId[] =>
    process?.spec.component === 'etcd' ? [process.id] : [],
  )
  const bump = args.find((arg) => arg.startsWith('--bump-revision='))?.split('=')[1]
  const disks = restore(saved, {
    members,
    token: 'restored',
    ...(bump !== undefined && { bumpRevision: Number(bump) }),
    markCompacted: args.includes('--mark-compacted'),
  })
  if (typeof disks === 'string') throw new Error(disks)
  return members.flatMap((process) => [
    [0, { type: 'stop', process }] as const,
    [1, { type: 'replaceDisk', process, files: disks.get(process)! }] as const,
    [RESTORE_MICROS, { type: 'start', process }] as const,
  ])
}
