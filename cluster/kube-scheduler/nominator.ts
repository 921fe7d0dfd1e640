/**
 * Nominated Pods: those for which preemption has freed a node, and which wait until their victims are gone.
 *
 * Their room is kept for them: whoever is filtered at that node, and is not more important, must fit beside them.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/backend/queue/nominator.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'

export interface Nominator {
  /** Node by Pod key. */
  nodes: Table<string, string>
  /** Node, Pod key, Pod. */
  pods: Groups<Pod>
}

export const createNominator = (): Nominator => ({ nodes: new Table(), pods: new Groups() })

export function nominate(nominator: Nominator, pod: Pod, nodeName: string): void {
  const key = keyOf(pod)
  withdraw(nominator, key)
  nominator.nodes.set(key, nodeName)
  nominator.pods.set(nodeName, key, pod)
}

export function withdraw(nominator: Nominator, key: string): void {
  const nodeName = nominator.nodes.get(key)
  if (nodeName === undefined) return
  nominator.nodes.delete(key)
  nominator.pods.delete(nodeName, key)
}

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0

/** Those at this node that `pod` must fit beside: as important as it, or more. */
export function nominatedBeside(nominator: Nominator, pod: Pod, nodeName: string): Pod[] {
  if (nominator.pods.sizeOf(nodeName) === 0) return []
  const priority = priorityOf(pod)
  return [...nominator.pods.values(nodeName)].filter(
    (other) => other.metadata.uid !== pod.metadata.uid && priorityOf(other) >= priority,
  )
}
