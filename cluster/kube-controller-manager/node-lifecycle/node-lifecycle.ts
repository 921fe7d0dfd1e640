/**
 * The node-lifecycle controller: notices nodes that have gone silent, and says so in conditions and taints.
 *
 * What the real one does: it never asks a node anything. Kubelets renew a Lease every 10 s; when neither the Lease nor the
 * status has changed for 50 s *by this controller's own clock*, the node's conditions become Unknown.
 * What we model: that look every 5 s, the 60 s of grace for a node that never spoke, the NoSchedule taints at once, the
 * NoExecute taints at 0.1 node per second and zone, the brake when a zone or everything is silent, Pods marked not ready.
 * What we leave out: Events of nodes that come and of Pods that are marked, but where `events` asks for all; the taint queue's 100 ms rhythm (a node is tainted as soon as the rate allows, within the same look).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/nodelifecycle/node_lifecycle_controller.go`.
 */
import { aboutGeneration, conditionOf, formatTime, isPodReady, keyOf, withCondition } from '#cluster/api/meta.ts'
import type { Condition, Lease, Node, Pod, Taint } from '#cluster/api/types.ts'
import { patchRequest, updateRequest, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Enqueue, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { noExecuteKey, withNoExecuteTaint, withNoScheduleTaints } from './node-taints.ts'
import { microsPerNode, zoneOf, zoneStates } from './zones.ts'

const MONITOR_PERIOD_MICROS = 5_000_000
const GRACE_MICROS = 50_000_000
const STARTUP_GRACE_MICROS = 60_000_000
const LEASES = 'kube-node-lease'
const MONITORED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** When this controller last saw a sign of life, and of which kind. */
interface Health {
  readonly uid: string | undefined
  readonly seenAt: Micros
  readonly renewTime: string | undefined
  /** Version of the status: the heartbeat times in it. */
  readonly heartbeat: string | undefined
  readonly graceMicros: Micros
  /** Readiness as of the last look. */
  readonly ready: string | undefined
  /** What was looked at: as long as both are the same objects, nothing has happened. */
  readonly node: Node
  readonly lease: Lease | undefined
  readonly leaseKey: string
  /** What this Node says of its readiness. */
  readonly told: string | undefined
}

interface Memory {
  health: Table<string, Health>
  /** When the next node of a zone may be tainted NoExecute. */
  nextTaint: Table<string, Micros>
  /** Whether the round of looks has begun. */
  started: boolean
  /** Whether Events tell of each node that comes, and of the Pods of one that goes silent. */
  readonly tellsAll: boolean
}

/** The key under which all nodes are looked at; no node can be called so. */
const MONITOR = '*'

export const nodeLifecycleController: Controller<Memory> = {
  name: 'node-lifecycle',
  eventSource: 'node-controller',
  watches: [
    { resource: 'nodes', enqueue: onNode },
    { resource: 'leases', enqueue: () => [] },
    { resource: 'pods', enqueue: () => [] },
  ],
  indexes: { pods: { node: (pod: Pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []) } },
  memory: ({ events }) => ({ health: new Table(), nextTaint: new Table(), started: false, tellsAll: events === true }),
  reconcile: (key, caches, memory, ctx) =>
    key === MONITOR ? monitor(caches, memory, ctx) : reconcileNode(key, caches, memory, ctx),
}

function onNode(delta: Delta<Node>, _caches: Caches, memory: Memory): Enqueue[] {
  const { name } = delta.object.metadata
  if (delta.type === 'deleted') {
    memory.health.delete(name)
    return []
  }
  const keys: Enqueue[] = [name]
  if (!memory.started) {
    memory.started = true
    keys.push({ key: MONITOR, afterMicros: 0 })
  }
  return keys
}

// ── one node: taints follow its conditions ──────────────────────────────────────────────────────────────────────────

function reconcileNode(name: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const node = caches.get<Node>('nodes', name)
  if (!node) return {}
  const noSchedule = withNoScheduleTaints(node, ctx.now)
  const tainted = noSchedule ? withTaints(node, noSchedule) : node
  const wanted = noExecuteKey(node)
  const taints = withNoExecuteTaint(tainted, wanted, ctx.now)
  // Taking the taint away is never held back, nor is exchanging one for the other.
  const adds = taints !== undefined && wanted !== undefined && !hasNoExecute(node)
  const wait = adds ? waitForTurn(node, caches, memory, ctx.now) : 0
  const next = taints && wait === 0 ? withTaints(tainted, taints) : tainted
  if (adds && wait === 0) {
    const { size, state, everyZoneIsDown } = zoneView(node, caches)
    memory.nextTaint.set(zoneOf(node), ctx.now + (microsPerNode(state, size, everyZoneIsDown) ?? 0))
  }
  const calls: Call[] = next === node ? [] : [{ request: updateRequest(next), accept: ['NotFound'] }]
  if (next !== node) ctx.note('nodeTaints', { node: name, taints: next.spec.taints })
  if (!adds || wait === 0) return { calls }
  return { calls, requeueAfterMicros: wait ?? MONITOR_PERIOD_MICROS }
}

const hasNoExecute = (node: Node): boolean => withNoExecuteTaint(node, undefined, 0) !== undefined

const withTaints = (node: Node, taints: readonly Taint[]): Node => ({ ...node, spec: { ...node.spec, taints } })

function zoneView(node: Node, caches: Caches) {
  const zones = zoneStates(caches.all<Node>('nodes'))
  const everyZoneIsDown = [...zones.values()].every(({ state }) => state === 'Full')
  return { ...zones.get(zoneOf(node))!, everyZoneIsDown }
}

/** How long this node must wait for its NoExecute taint; undefined: until the brake is off. */
function waitForTurn(node: Node, caches: Caches, memory: Memory, now: Micros): Micros | undefined {
  const { state, size, everyZoneIsDown } = zoneView(node, caches)
  if (microsPerNode(state, size, everyZoneIsDown) === undefined) return undefined
  return Math.max((memory.nextTaint.get(zoneOf(node)) ?? 0) - now, 0)
}

// ── all nodes: who is silent? ───────────────────────────────────────────────────────────────────────────────────────

function monitor(caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const calls: Call[] = []
  const events: EventNote[] = []
  for (const node of caches.all<Node>('nodes')) {
    const { name } = node.metadata
    const known = memory.health.get(name)
    const health = observe(node, known, caches, memory, ctx.now)
    const silentFor = ctx.now - health.seenAt
    const isSilent = silentFor > health.graceMicros
    const ready = health.told
    if (isSilent && ready !== 'Unknown') {
      ctx.note('nodeSilent', { node: name, silentFor })
      const status = { ...node.status, conditions: unknownConditions(node, ctx.now) }
      calls.push({ request: updateStatusRequest({ ...node, status } as Node), accept: ['NotFound', 'Conflict'] })
    }
    const turned = known?.ready === 'True' && (isSilent || ready !== 'True')
    if (turned) {
      memory.health.set(name, { ...health, ready: 'Unknown' })
      const message = `Node ${name} status is now: NodeNotReady`
      events.push({ object: node, type: 'Normal', reason: 'NodeNotReady', message })
    }
    // Where a kubelet still speaks it has its own view of its Pods; saying it once is enough.
    if (isSilent || turned) {
      const marks = markPodsNotReady(node, caches, ctx.now)
      calls.push(...marks.map(({ call }) => call))
      if (memory.tellsAll) events.push(...marks.map(({ pod }) => notReady(pod)))
    }
    if (!known && memory.tellsAll) {
      const message = `Node ${name} event: Registered Node ${name} in Controller`
      events.push({ object: node, type: 'Normal', reason: 'RegisteredNode', message })
    }
  }
  return { calls, events, requeueAfterMicros: MONITOR_PERIOD_MICROS }
}

/**
 * Takes note of any sign of life; returns what is known now. Objects are replaced and never changed, so a node and a lease that
 * are the very ones of the last look have nothing new to say: in each look that is so for half of the nodes or more.
 */
function observe(node: Node, known: Health | undefined, caches: Caches, memory: Memory, now: Micros): Health {
  const leaseKey = known?.leaseKey ?? `${LEASES}/${node.metadata.name}`
  const lease = caches.get<Lease>('leases', leaseKey)
  if (known?.node === node && known.lease === lease) return known
  const { name, uid } = node.metadata
  const renewTime = lease?.spec.renewTime
  // Only the kubelet writes heartbeat times; what we write ourselves must not count as a sign of life.
  const { lastHeartbeatTime: heartbeat, status: told } = conditionOf(node, 'Ready') ?? {}
  // A node that has never reported counts from its creation as we saw it, with more patience.
  const graceMicros = heartbeat !== undefined ? GRACE_MICROS : STARTUP_GRACE_MICROS
  const alive = !known || known.uid !== uid || known.renewTime !== renewTime || known.heartbeat !== heartbeat
  const seenAt = alive ? now : known.seenAt
  // What we have said ourselves stands until the kubelet is heard of again, whatever the cache shows.
  const ready = alive ? told : known.ready
  const health: Health = { uid, seenAt, renewTime, heartbeat, graceMicros, ready, node, lease, leaseKey, told }
  memory.health.set(name, health)
  return health
}

function unknownConditions(node: Node, now: Micros): readonly Condition[] {
  let conditions = node.status?.conditions ?? []
  for (const type of MONITORED) {
    const old = conditionOf(node, type)
    if (old?.status === 'Unknown') continue
    const lastTransitionTime = formatTime(now)
    const unknown: Condition = old
      ? {
          ...old,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime,
        }
      : {
          type,
          status: 'Unknown',
          reason: 'NodeStatusNeverUpdated',
          message: 'Kubelet never posted node status.',
          lastHeartbeatTime: node.metadata.creationTimestamp ?? lastTransitionTime,
          lastTransitionTime,
        }
    conditions = withCondition(conditions, unknown)
  }
  return conditions
}

const notReady = (object: Pod): EventNote => ({ object, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' }) // prettier-ignore

/** So that Services stop sending to Pods of which nobody knows. */
function markPodsNotReady(node: Node, caches: Caches, now: Micros): { readonly pod: Pod; readonly call: Call }[] {
  const marks: { readonly pod: Pod; readonly call: Call }[] = []
  for (const pod of caches.by<Pod>('pods', 'node', node.metadata.name)) {
    if (!isPodReady(pod)) continue
    const condition = { ...conditionOf(pod, 'Ready')!, ...aboutGeneration(pod), status: 'False', lastTransitionTime: formatTime(now) } // prettier-ignore
    const request = patchRequest('pods', pod, 'strategic', { status: { conditions: [condition] } }, 'status')
    marks.push({ pod, call: { request, tag: { pod: keyOf(pod) }, accept: ['NotFound'] } })
  }
  return marks
}
