/** Who holds how much memory, by the kernels of the machines; and what was asked for. */
import { conditionOf } from '#cluster/api/meta.ts'
import { podLimits, podRequests } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { LinuxState } from '#cluster/linux/state.ts'
import type { MemoryView, NodeMemoryView } from './protocol.ts'

/** By machine, and there by the Pod's uid: only where a program says what it holds. */
export type Held = ReadonlyMap<string, ReadonlyMap<string, number>>

const POD = /^\/kubepods\/pod([^/]+)/

export function heldMemory(world: World): Held {
  const held = new Map<string, Map<string, number>>()
  for (const process of world.processes) {
    if (!process?.up || process.spec.component !== 'linux') continue
    for (const { cgroup, memoryBytes } of (process.state as LinuxState).processes.values()) {
      if (memoryBytes === undefined) continue
      const here = held.get(process.spec.machine) ?? new Map<string, number>()
      held.set(process.spec.machine, here)
      const uid = POD.exec(cgroup)?.[1] ?? ''
      here.set(uid, (here.get(uid) ?? 0) + memoryBytes)
    }
  }
  return held
}

/** Nothing, in a world in which nobody says what they hold. */
export function podMemory(pod: Pod, held: Held): { readonly memory?: MemoryView } {
  if (held.size === 0) return {}
  const { nodeName = '', priority = 0 } = pod.spec
  const limit = podLimits(pod)['memory']
  return {
    memory: {
      request: (podRequests(pod)['memory'] ?? 0) / 1_000,
      limit: limit === undefined ? undefined : limit / 1_000,
      used: held.get(nodeName)?.get(pod.metadata.uid!) ?? 0,
      qos: pod.status?.qosClass ?? '',
      priority,
    },
  }
}

export function nodeMemory(node: Node, held: Held): { readonly memory?: NodeMemoryView } {
  if (held.size === 0) return {}
  const used = [...(held.get(node.metadata.name)?.values() ?? [])].reduce((sum, bytes) => sum + bytes, 0)
  const bytes = (text: string | undefined): number => milli(text) / 1_000
  return {
    memory: {
      capacity: bytes(node.status?.capacity?.['memory']),
      allocatable: bytes(node.status?.allocatable?.['memory']),
      used,
      isShort: conditionOf(node, 'MemoryPressure')?.status === 'True',
    },
  }
}
