/**
 * The node-ipam controller: gives every node its own part of the cluster's address range for Pods.
 *
 * What the real one does: hands out blocks of fixed size in turn, and takes them back when a node is deleted.
 * What we model: IPv4 blocks of /24, the rotation, what nodes have already (after a restart), the Event when none is left.
 * What we leave out: dual stack, the cloud's allocators.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/nodeipam/ipam/{range_allocator,cidrset}`.
 */
import type { Node } from '#cluster/api/types.ts'
import { patchRequest } from '#cluster/client/api-client.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, ManagerOptions, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

interface Memory {
  readonly base: number
  /** How many blocks there are. */
  readonly blocks: number
  /** Block number to node name. */
  taken: Table<number, string>
  next: number
}

const DEFAULT_CLUSTER_CIDR = '10.244.0.0/16'
const NODE_MASK = 24
const BLOCK_SIZE = 2 ** (32 - NODE_MASK)
/** How long to wait for somebody to free a block. */
const EXHAUSTED_RETRY_MICROS = 60_000_000

export const nodeIpamController: Controller<Memory> = {
  name: 'node-ipam',
  eventSource: 'cidrAllocator',
  watches: [{ resource: 'nodes', enqueue: onNode }],
  memory: (options: ManagerOptions) =>
    createMemory((options['clusterCIDR'] as string | undefined) ?? DEFAULT_CLUSTER_CIDR),
  reconcile,
  settle,
}

/** Throws when it is no IPv4 range that holds at least one /24. */
function createMemory(clusterCIDR: string): Memory {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(clusterCIDR)
  const mask = Number(match?.[5])
  if (!match || mask > NODE_MASK)
    throw new Error(`clusterCIDR "${clusterCIDR}" is no IPv4 range of at least a /${NODE_MASK}, such as 10.244.0.0/16`)
  const [a, b, c, d] = match.slice(1, 5).map(Number) as [number, number, number, number]
  return {
    base: a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d,
    blocks: 2 ** (NODE_MASK - mask),
    taken: new Table(),
    next: 0,
  }
}

function onNode(delta: Delta<Node>, _caches: Caches, memory: Memory): string[] {
  const { name } = delta.object.metadata
  const cidr = delta.object.spec?.podCIDR
  if (delta.type === 'deleted') {
    for (const [block, owner] of [...memory.taken]) if (owner === name) memory.taken.delete(block)
    return []
  }
  if (cidr === undefined) return [name]
  const block = blockOf(memory, cidr)
  if (block !== undefined) memory.taken.set(block, name)
  return []
}

function blockOf({ base, blocks }: Memory, cidr: string): number | undefined {
  const [a, b, c, d] = cidr.split('/')[0]!.split('.').map(Number) as [number, number, number, number]
  const block = (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d - base) / BLOCK_SIZE
  return Number.isInteger(block) && block >= 0 && block < blocks ? block : undefined
}

function cidrOf({ base }: Memory, block: number): string {
  const address = base + block * BLOCK_SIZE
  const parts = [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256)
  return `${parts.join('.')}/${NODE_MASK}`
}

function reconcile(name: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const node = caches.get<Node>('nodes', name)
  if (!node || node.spec?.podCIDR !== undefined) return {}
  const block = allocate(name, memory)
  if (block === undefined) {
    const message = `Node ${name} status is now: CIDRNotAvailable`
    const events = [{ object: node, type: 'Normal', reason: 'CIDRNotAvailable', message }] as const
    return { events, requeueAfterMicros: EXHAUSTED_RETRY_MICROS }
  }
  const podCIDR = cidrOf(memory, block)
  ctx.note('podCIDR', { node: name, podCIDR })
  const patch = { spec: { podCIDR, podCIDRs: [podCIDR] } }
  return { calls: [{ request: patchRequest('nodes', node, 'strategic', patch), tag: { block }, accept: ['NotFound'] }] }
}

/** The next free block in turn, or the one that was given to this node before and has not come through. */
function allocate(name: string, memory: Memory): number | undefined {
  for (const [block, owner] of memory.taken) if (owner === name) return block
  for (let i = 0; i < memory.blocks; i++) {
    const block = (memory.next + i) % memory.blocks
    if (memory.taken.has(block)) continue
    memory.taken.set(block, name)
    memory.next = (block + 1) % memory.blocks
    return block
  }
  return undefined
}

/** The node was gone before it got its block. */
function settle(name: string, call: Call, answer: Answer, _failed: boolean, memory: Memory): undefined {
  const { block } = call.tag as { block: number }
  if (answer.status === 404 && memory.taken.get(block) === name) memory.taken.delete(block)
  return undefined
}
