/**
 * The kubelet's own Node: registration, the lease that says "alive", and the status that says how well.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_node_status.go`, `pkg/kubelet/nodestatus/setters.go`;
 * component-helpers `apimachinery/lease/controller.go`.
 */
import { conditionOf, formatMicroTime, formatTime, isEqual, withCondition } from '#cluster/api/meta.ts'
import { formatQuantity, milli } from '#cluster/api/quantity.ts'
import type { Condition, Lease, Node, NodeStatus, ResourceList } from '#cluster/api/types.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import {
  createRequest,
  getRequest,
  isOk,
  messageOf,
  patchRequest,
  reasonOf,
  send,
  updateRequest,
} from '#cluster/client/api-client.ts'
import type { RuntimeCondition } from '#cluster/container-runtime/cri.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { tellOfNode } from './events.ts'
import type { KubeletState } from './state.ts'

export type NodeTag = { readonly for: 'register' | 'nodeStatus' | 'leaseGet' | 'leaseWrite' }

/** nodeLeaseDurationSeconds 40, renewed at a quarter of it. */
export const LEASE_SECONDS = 40
export const LEASE_RENEW_MICROS = 10_000_000
const LEASE_RETRY_MICROS = 1_000_000
/** nodeStatusUpdateFrequency: how often it is computed. */
export const NODE_STATUS_MICROS = 10_000_000
/** nodeStatusReportFrequency: how often it is reported though nothing changed. */
const NODE_REPORT_MICROS = 300_000_000
const LEASE_NAMESPACE = 'kube-node-lease'
const REGISTER_RETRY_MICROS = 1_000_000

export const DEFAULT_CAPACITY: ResourceList = Object.freeze({
  cpu: '4',
  memory: '8Gi',
  'ephemeral-storage': '100Gi',
  pods: '110',
})

const ask = (state: KubeletState, ctx: Context, request: ApiRequest, tag: NodeTag): Effect =>
  send(state.client, ctx, request, tag)

export function register(state: KubeletState, ctx: Context): Effect {
  return ask(state, ctx, createRequest(nodeObject(state, ctx)), { for: 'register' })
}

/** Allocatable: capacity less the memory that hard eviction keeps free (100Mi). */
export function allocatableOf(capacity: ResourceList): ResourceList {
  const memory = milli(capacity['memory']) - milli('100Mi')
  return { ...capacity, ...(memory > 0 && { memory: formatQuantity(memory, true) }) }
}

/** What labels were called before they were settled; some still select by them. */
const FORMER_LABELS = Object.freeze({ 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux' })
/** The attach-detach controller is to attach volumes, and not the kubelet. */
const ANNOTATIONS = Object.freeze({ 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' })
const DAEMON_ENDPOINTS = Object.freeze({ kubeletEndpoint: Object.freeze({ Port: 10250 }) })

function nodeObject(state: KubeletState, ctx: Context): Node {
  const { nodeName, labels, taints, describesNode } = state.options
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        ...(describesNode && FORMER_LABELS),
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...labels,
      },
      ...(describesNode && { annotations: ANNOTATIONS }),
    },
    spec: { ...(taints && { taints }) },
    status: nodeStatus(state, ctx),
  }
}

export function nodeStatus(state: KubeletState, ctx: Context): NodeStatus {
  const { options, node } = state
  const capacity = options.capacity ?? DEFAULT_CAPACITY
  const known = node.items.get(options.nodeName)
  let conditions = known?.status?.conditions
  for (const condition of nodeConditions(state, ctx)) conditions = withCondition(conditions, condition)
  return {
    capacity,
    allocatable: allocatableOf(capacity),
    conditions: conditions ?? [],
    addresses: [
      { type: 'InternalIP', address: options.address },
      { type: 'Hostname', address: options.nodeName },
    ],
    nodeInfo: state.nodeInfo,
    ...(options.describesNode && { daemonEndpoints: DAEMON_ENDPOINTS }),
  }
}

function nodeConditions(state: KubeletState, ctx: Context): Condition[] {
  const at = formatTime(ctx.now)
  const row = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  })
  const problem = runtimeProblem(state)
  return [
    isShortOfMemory(state, ctx)
      ? row('MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available')
      : row('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    row('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    row('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    problem
      ? row('Ready', 'False', 'KubeletNotReady', problem)
      : row('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
}

/** What stays as it was stays the very object. */
export function takeRuntimeConditions(state: KubeletState, now: readonly RuntimeCondition[] | undefined): void {
  if (!isEqual(now, state.runtimeConditions)) state.runtimeConditions = now
}

/** evictionPressureTransitionPeriod: for so long nobody is told that it is over. */
const PRESSURE_MICROS = 300_000_000

const isShortOfMemory = ({ pressureSeenAt }: KubeletState, { now }: Context): boolean =>
  pressureSeenAt !== undefined && now - pressureSeenAt < PRESSURE_MICROS

/** Why the node is not ready, in the kubelet's words. */
export function runtimeProblem(state: KubeletState): string | undefined {
  const conditions = state.runtimeConditions
  if (!conditions) return 'container runtime is down'
  const failing = (type: string) => conditions.find((condition) => condition.type === type && !condition.status)
  const runtime = failing('RuntimeReady')
  if (runtime)
    return `container runtime not ready: RuntimeReady=false reason:${runtime.reason} message:${runtime.message}`
  const network = failing('NetworkReady')
  if (network) {
    return `container runtime network not ready: NetworkReady=false reason:${network.reason} message:${network.message}`
  }
  return undefined
}

/** Sends the node's status if it changed, or if it has not been sent for five minutes. */
export function reportNode(state: KubeletState, ctx: Context): Effect[] {
  const { nodeStatus: last, options } = state
  if (!state.registered || last.pending) return []
  const known = state.node.items.get(options.nodeName)
  const runtime = state.runtimeConditions
  const fresh = last.sent !== undefined && ctx.now - last.sentAt < NODE_REPORT_MICROS
  // Made from the same as the last time, it is the same: a node that idles asks this every few seconds.
  const isSame = last.from !== undefined && last.from.known === known && last.from.runtime === runtime
  if (fresh && isSame && state.pressureSeenAt === undefined) return []
  const spoiled = conditionOf(known, 'Ready')?.status === 'Unknown'
  const status = nodeStatus(state, ctx)
  if (fresh && !spoiled && sameNodeStatus(last.sent!, status)) {
    state.nodeStatus.from = { known, runtime }
    return []
  }
  const told = tellOfNode(state, ctx, last.sent?.conditions, status.conditions ?? [])
  state.nodeStatus = { sent: status, sentAt: ctx.now, pending: true, from: undefined }
  const request = patchRequest('nodes', { metadata: { name: options.nodeName } }, 'merge', { status }, 'status')
  return [ask(state, ctx, request, { for: 'nodeStatus' }), ...told]
}

function sameNodeStatus(a: NodeStatus, b: NodeStatus): boolean {
  const bare = (status: NodeStatus) => ({
    ...status,
    conditions: status.conditions?.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
  })
  return isEqual(bare(a), bare(b))
}

/** The heartbeat: creates the lease, or renews it. */
export function renewLease(state: KubeletState, ctx: Context): Effect[] {
  if (!state.registered || state.lease.pending) return []
  const { nodeName } = state.options
  state.lease.pending = true
  const held = state.lease.object
  if (!held) return [ask(state, ctx, getRequest('leases', LEASE_NAMESPACE, nodeName), { for: 'leaseGet' })]
  return [ask(state, ctx, updateRequest(renewed(held, ctx)), { for: 'leaseWrite' })]
}

const renewed = (lease: Lease, ctx: Context): Lease => ({
  ...lease,
  spec: { ...lease.spec, renewTime: formatMicroTime(ctx.now) },
})

function newLease(nodeName: string, ctx: Context): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: nodeName, namespace: LEASE_NAMESPACE },
    spec: { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime: formatMicroTime(ctx.now) },
  }
}

export function nodeAnswered(state: KubeletState, ctx: Context, tag: NodeTag, answer: Answer): Effect[] {
  switch (tag.for) {
    case 'register':
      if (!isOk(answer) && reasonOf(answer) !== 'AlreadyExists') {
        ctx.note('registerFailed', messageOf(answer))
        return [{ type: 'wake', key: 'register', after: REGISTER_RETRY_MICROS }]
      }
      state.registered = true
      return [...renewLease(state, ctx), ...reportNode(state, ctx)]
    case 'nodeStatus':
      state.nodeStatus.pending = false
      if (isOk(answer)) return reportNode(state, ctx)
      state.nodeStatus.sent = undefined
      // Somebody deleted the Node: register again.
      if (reasonOf(answer) === 'NotFound') {
        state.registered = false
        return [register(state, ctx)]
      }
      return []
    case 'leaseGet':
      state.lease.pending = false
      if (isOk(answer)) {
        state.lease.object = answer.body as Lease
        return renewLease(state, ctx)
      }
      if (reasonOf(answer) === 'NotFound') {
        state.lease.pending = true
        return [ask(state, ctx, createRequest(newLease(state.options.nodeName, ctx)), { for: 'leaseWrite' })]
      }
      return [{ type: 'wake', key: 'lease', after: LEASE_RETRY_MICROS }]
    case 'leaseWrite':
      state.lease.pending = false
      if (isOk(answer)) {
        state.lease.object = answer.body as Lease
        return []
      }
      // A conflict or a lost answer: read it again before the next try.
      state.lease.object = undefined
      return [{ type: 'wake', key: 'lease', after: LEASE_RETRY_MICROS }]
  }
}
