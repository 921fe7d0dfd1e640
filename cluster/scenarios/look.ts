/**
 * Looking at a cluster from outside, without asking anyone in it: the truth as etcd has it, and as machines run it.
 *
 * For conditions of stories, invariants and pictures. No component uses it.
 */
import type { KubernetesObject, Lease, Node, Pod } from '#cluster/api/types.ts'
import { isPodReady, keyOf, conditionOf } from '#cluster/api/meta.ts'
import { matchesMap } from '#cluster/api/labels.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { ClientAnswer } from '#cluster/container-runtime/images/client.ts'
import type { Log } from '#cluster/kernel/log.ts'
import type { ProgramOptions } from '#cluster/linux/program.ts'
import { liveObjects } from '#cluster/etcd/look.ts'
import { registryPrefix } from '#cluster/kube-apiserver/storage/keys.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { leaderIn } from './etcd-world.ts'

/** The member of etcd whose store is looked at: of those that run, the one that has come furthest. */
export function storeProcess(world: World): ProcessId | undefined {
  let newest: { id: ProcessId; applied: number } | undefined
  for (const process of world.processes) {
    if (process?.spec.component !== 'etcd' || !process.up) continue
    const { applied } = process.state as EtcdState
    if (!newest || applied > newest.applied) newest = { id: process.id, applied }
  }
  return newest?.id
}

/** The objects of a resource in the order of their keys, straight from the store. */
/** Of a custom kind, its resource. */
export function objectsOf<T extends KubernetesObject>(world: World, resource: string | Resource): T[] {
  const etcd = storeProcess(world)
  const row = typeof resource === 'string' ? resourceNamed(resource) : resource
  return etcd === undefined ? [] : (liveObjects(world.stateOf(etcd), registryPrefix(row)) as T[])
}

/** etcd's revision: unchanged means that nothing in the store has changed. */
export function storeRevision(world: World): number {
  const etcd = storeProcess(world)
  return etcd === undefined ? -1 : world.stateOf<EtcdState>(etcd).keyspace.store.revision
}

export function objectOf<T extends KubernetesObject>(world: World, resource: string, key: string): T | undefined {
  return objectsOf<T>(world, resource).find((object) => keyOf(object) === key)
}

/** Pods whose labels contain these pairs. */
export function podsWith(world: World, labels: Readonly<Record<string, string>>): Pod[] {
  return objectsOf<Pod>(world, 'pods').filter((pod) => matchesMap(labels, pod.metadata.labels))
}

/** The machine whose process has its name in a Lease of leader election; undefined while there is none. */
export const holderOf = (world: World, lease: string): string | undefined =>
  holderIn(objectOf<Lease>(world, 'leases', `kube-system/${lease}`))

export function holderIn(lease: Lease | undefined): string | undefined {
  const { holderIdentity = '' } = lease?.spec ?? {}
  return holderIdentity === '' ? undefined : holderIdentity.slice(0, holderIdentity.lastIndexOf('_'))
}

/** A question about the cluster, as stories write it after `until`. Returns whether it holds now. */
export function parseCondition(args: readonly string[]): (world: World) => boolean {
  const [what, ...rest] = args
  switch (what) {
    case 'nodes-ready': {
      const count = Number(rest[0])
      return (world) =>
        objectsOf<Node>(world, 'nodes').filter((node) => conditionOf(node, 'Ready')?.status === 'True').length >= count
    }
    case 'node': {
      const [name, status] = rest
      return (world) => conditionOf(objectOf<Node>(world, 'nodes', name!), 'Ready')?.status === status
    }
    case 'pods-ready': {
      const labels = labelsOf(rest[0]!)
      const count = Number(rest[1])
      return (world) => {
        const ready = podsWith(world, labels).filter(
          (pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined,
        )
        return ready.length === count
      }
    }
    case 'pods-gone': {
      const labels = labelsOf(rest[0]!)
      return (world) => podsWith(world, labels).length === 0
    }
    case 'lease': {
      const [lease, is, machine] = rest
      return (world) => {
        const holder = holderOf(world, lease!)
        return is === 'not' ? holder !== undefined && holder !== machine : holder === is
      }
    }
    case 'leader':
      return (world) => leaderIn(world) !== undefined
    default:
      throw new Error(
        `"${args.join(' ')}" is no condition; there are: leader, nodes-ready N, node NAME True|False|Unknown, pods-ready k=v N, pods-gone k=v, lease NAME [not] MACHINE`,
      )
  }
}

export function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string]))
}

/**
 * The process that a container runs as, by what runs, not by what is written.
 * @param pod a Pod's name or how it begins; of several the first by machine and name is meant
 * @param container its name in the Pod, `pause` for its sandbox; default any container of its own
 */
export function containerProcess(world: World, pod: string, container?: string): ProcessId {
  const found = world.processes
    .flatMap((process) => (process?.up ? [process.id] : []))
    .filter((id) => {
      const [of, name] = id.slice(id.indexOf('/') + 1).split('_')
      return name?.startsWith(pod) === true && (container === undefined ? of !== 'pause' : of === container)
    })
    .sort()
  if (found.length === 0) throw new Error(`no container${container ? ` ${container}` : ''} of a Pod "${pod}" runs`)
  return found[0]!
}

/** The machine on which a Pod of that name, or of a name that begins so, runs. */
export function machineOf(world: World, pod: string): string {
  const process = containerProcess(world, pod)
  return process.slice(0, process.indexOf('/'))
}

/** What tells Pods apart, one line for each that has these labels `k=v`. */
export function identitiesOf(world: World, labels: string): string {
  const rows = podsWith(world, labelsOf(labels)).map(({ metadata, spec, status }) => [
    metadata.name,
    metadata.uid ?? '',
    status?.podIP ?? '',
    spec.nodeName ?? '',
    status?.containerStatuses?.map(({ name, restartCount }) => `${name} ${restartCount}`).join(', ') ?? '',
    metadata.deletionTimestamp === undefined ? '' : 'Terminating',
  ])
  const table = [['NAME', 'UID', 'IP', 'NODE', 'RESTARTS', ''], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

/** What the `client` program of a Pod, by its name or how that begins, got for its last requests, one line each. */
export function answersOf(world: World, pod: string, count: number): string {
  const found = world.processes.find((process) => {
    const options = process?.spec.options as Partial<ProgramOptions> | undefined
    return process?.up && process.spec.component === 'client' && options?.hostname?.startsWith(pod)
  })
  if (!found) throw new Error(`no Pod "${pod}" runs the client program`)
  const { answers } = (found.state as { own: { answers: Log<ClientAnswer> } }).own
  return answers
    .toArray()
    .slice(-count)
    .map(({ address, status, text }) => `${status} from ${address || 'nobody'}: ${text}`)
    .join('\n')
}
