/**
 * The brake: when much of a zone is silent, the fault is more likely in the network than in each of its nodes.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/nodelifecycle/node_lifecycle_controller.go`
 * (ComputeZoneState, handleDisruption).
 */
import { conditionOf } from '#cluster/api/meta.ts'
import type { Node } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

/** `Partial`: at least 55 % not ready, and more than two. `Full`: none is ready. */
export type ZoneState = 'Normal' | 'Partial' | 'Full'

const UNHEALTHY_THRESHOLD = 0.55
const LARGE_CLUSTER_THRESHOLD = 50
/** One node in ten seconds; in a big zone that is partly down, one in a hundred. */
const NORMAL_MICROS_PER_NODE = 10_000_000
const SECONDARY_MICROS_PER_NODE = 100_000_000

export function zoneOf(node: Node): string {
  const { labels = {} } = node.metadata
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`
}

export const isNodeReady = (node: Node): boolean => conditionOf(node, 'Ready')?.status === 'True'

export function zoneStates(nodes: Iterable<Node>): Map<string, { state: ZoneState; size: number }> {
  const counts = new Map<string, { ready: number; silent: number }>()
  for (const node of nodes) {
    const zone = zoneOf(node)
    const count = counts.get(zone) ?? { ready: 0, silent: 0 }
    if (isNodeReady(node)) count.ready++
    else count.silent++
    counts.set(zone, count)
  }
  return new Map(
    [...counts].map(([zone, { ready, silent }]) => [zone, { state: stateOf(ready, silent), size: ready + silent }]),
  )
}

function stateOf(ready: number, silent: number): ZoneState {
  if (ready === 0 && silent > 0) return 'Full'
  return silent > 2 && silent / (silent + ready) >= UNHEALTHY_THRESHOLD ? 'Partial' : 'Normal'
}

/** How long between two nodes of the zone that are tainted NoExecute; undefined: none at all. */
export function microsPerNode(state: ZoneState, size: number, everyZoneIsDown: boolean): Micros | undefined {
  if (everyZoneIsDown) return undefined
  if (state !== 'Partial') return NORMAL_MICROS_PER_NODE
  return size > LARGE_CLUSTER_THRESHOLD ? SECONDARY_MICROS_PER_NODE : undefined
}
