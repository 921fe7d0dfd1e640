/**
 * The ttl controller: tells kubelets, by an annotation of their Nodes, for how long they may go by a ConfigMap or a Secret that they have
 * read; the longer, the more nodes there are.
 *
 * What we leave out: kubelets here read them when they need them, and do not ask for the annotation.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/ttl/ttl_controller.go`.
 */
import type { Node } from '#cluster/api/types.ts'
import { patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'

const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

interface Boundary {
  readonly from: number
  readonly upTo: number
  readonly seconds: number
}

/** They overlap, so that a cluster at an edge does not go to and fro. */
const BOUNDARIES: readonly Boundary[] = [
  { from: 0, upTo: 100, seconds: 0 },
  { from: 90, upTo: 500, seconds: 15 },
  { from: 450, upTo: 1000, seconds: 30 },
  { from: 900, upTo: 2000, seconds: 60 },
  { from: 1800, upTo: Number.MAX_SAFE_INTEGER, seconds: 300 },
]

interface Memory {
  nodes: number
  boundary: number
}

/** Upstream: a Node is looked at when something of it changes, so that others hear of a new boundary with time. */
function onNode({ type, object }: Delta, _caches: Caches, memory: Memory): string[] {
  if (type === 'added') memory.nodes++
  if (type === 'deleted') memory.nodes--
  while (memory.nodes > BOUNDARIES[memory.boundary]!.upTo) memory.boundary++
  while (memory.nodes < BOUNDARIES[memory.boundary]!.from) memory.boundary--
  return type === 'deleted' ? [] : [object.metadata.name]
}

export const ttlController: Controller<Memory> = {
  name: 'ttl',
  offByDefault: true,
  watches: [{ resource: 'nodes', enqueue: onNode }],
  memory: () => ({ nodes: 0, boundary: 0 }),
  reconcile(name: string, caches: Caches, { boundary }: Memory): Reconciled {
    const node = caches.get<Node>('nodes', name)
    const seconds = String(BOUNDARIES[boundary]!.seconds)
    if (!node || node.metadata.annotations?.[ANNOTATION] === seconds) return {}
    const body = { metadata: { annotations: { [ANNOTATION]: seconds } } }
    return { calls: [{ request: patchRequest('nodes', node, 'merge', body), accept: ['NotFound', 'Conflict'] }] }
  },
}
