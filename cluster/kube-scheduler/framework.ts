/**
 * The scheduling framework: the extension points that a plugin may fill, and the values that pass between them.
 *
 * What the real one does: a cycle runs each extension point over the enabled plugins; the first "no" at a node ends the
 * look at that node, and the reasons are kept for the people who ask why.
 * What we model: every extension point of a profile, Status codes, CycleState, Skip, PreFilter results, events that make a
 * refused Pod worth another try, Permit with waiting.
 * What we leave out: the parallel evaluation of nodes, PreFilter's AddPod/RemovePod, plugins that call the API by themselves.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/kube-scheduler/framework/interface.go`.
 */
import type { ApiRequest } from '#cluster/client/api-client.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { NodeInfo } from './node-info.ts'
import type { QueuedPod } from './queued-pod.ts'

/**
 * - `Unschedulable`: not now; removing some Pod might help.
 * - `UnschedulableAndUnresolvable`: no; removing Pods would not help.
 * - `Wait`: Permit only. `Skip`: this plugin has no say about this Pod. `Pending`: waits for something outside.
 */
export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending'

/** A "no" (or a "later") with its reasons. Success is `undefined`, as Go's nil Status is. */
export interface Status {
  readonly code: Code
  readonly reasons: readonly string[]
  /** Filled in by the framework. */
  readonly plugin?: string
}

export const unschedulable = (...reasons: string[]): Status => Object.freeze({ code: 'Unschedulable', reasons })
export const unresolvable = (...reasons: string[]): Status =>
  Object.freeze({ code: 'UnschedulableAndUnresolvable', reasons })
export const SKIP: Status = Object.freeze({ code: 'Skip', reasons: Object.freeze([]) })

export const isRejected = (status: Status): boolean =>
  status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable' || status.code === 'Pending'

/** Scratch paper of one scheduling cycle, by plugin. JSON-shaped; nobody writes to it after Reserve. */
export type CycleState = Record<string, unknown>

export interface NodeScore {
  readonly name: string
  score: number
}

export const MAX_NODE_SCORE = 100

/** The nodes as they were when the cycle began. */
export interface Nodes extends Iterable<NodeInfo> {
  readonly size: number
  get(name: string): NodeInfo | undefined
}

/** Only these nodes can possibly do; the others are not looked at. */
export interface PreFilterResult {
  readonly nodeNames: readonly string[]
}

export interface PostFilterResult {
  readonly status: Status
  /** The node that was freed for this Pod. */
  readonly nominatedNodeName?: string
  /** Requests to send, such as the deletion of victims. */
  readonly calls?: readonly ApiRequest[]
}

export interface PermitResult {
  readonly status: Status
  /** For `Wait`: refused after this long. */
  readonly timeoutMicros?: Micros
}

/** What plugins may do about Pods that wait at Permit. */
export interface Handle {
  waitingPods(): Iterable<{ readonly pod: Pod; readonly nodeName: string; readonly pendingPlugins: readonly string[] }>
  allow(podKey: string, plugin: string): void
  reject(podKey: string, plugin: string, message: string): void
}

export type ClusterEventName =
  | 'Node/Add'
  | 'Node/UpdateAllocatable'
  | 'Node/UpdateLabel'
  | 'Node/UpdateTaint'
  | 'Node/UpdateCondition'
  | 'AssignedPod/Add'
  | 'AssignedPod/UpdateScaleDown'
  | 'AssignedPod/Delete'
  | 'Pod/UpdateLabel'
  | 'Pod/UpdateToleration'
  | 'Pod/UpdateGatesEliminated'
  | 'Pod/UpdateScaleDown'
  | 'ForceActivate'

export interface ClusterEvent {
  readonly name: ClusterEventName
  readonly node?: Node
  readonly pod?: Pod
}

/** A change that may turn this plugin's "no" into a "yes"; `hint` looks closer (without it, every such change counts). */
export interface EventToRegister {
  readonly event: ClusterEventName
  readonly hint?: (pod: Pod, event: ClusterEvent) => boolean
}

/**
 * A plugin is an object with a name and any of the extension points. All are synchronous and change nothing but the
 * CycleState they are handed.
 */
export interface Plugin {
  readonly name: string
  /** Before a Pod may enter the active queue at all. */
  preEnqueue?(pod: Pod): Status | undefined
  /** Whether `a` is scheduled before `b`. Exactly one enabled plugin has it. */
  less?(a: QueuedPod, b: QueuedPod): boolean
  /** Once per cycle: compute what `filter` needs, refuse at once, or say `SKIP`. */
  preFilter?(state: CycleState, pod: Pod, nodes: Nodes): Status | PreFilterResult | undefined
  /** Can this node run the Pod? `undefined` means yes. */
  filter?(state: CycleState, pod: Pod, nodeInfo: NodeInfo): Status | undefined
  /** When no node passed: make room, or explain why not. */
  postFilter?(
    state: CycleState,
    pod: Pod,
    nodes: Nodes,
    statuses: ReadonlyMap<string, Status>,
  ): PostFilterResult | undefined
  preScore?(state: CycleState, pod: Pod, feasible: readonly NodeInfo[]): Status | undefined
  /** How good is this node? 0 to 100, or any whole number that `normalizeScore` brings there. */
  score?(state: CycleState, pod: Pod, nodeInfo: NodeInfo): number
  /** Brings all raw scores into 0 to 100, in place. */
  normalizeScore?(state: CycleState, pod: Pod, scores: NodeScore[]): void
  reserve?(state: CycleState, pod: Pod, nodeName: string): Status | undefined
  /** Undoes `reserve`; called in reverse order, also when `reserve` was never reached. */
  unreserve?(state: CycleState, pod: Pod, nodeName: string): void
  permit?(state: CycleState, pod: Pod, nodeName: string, handle: Handle): PermitResult | undefined
  preBind?(state: CycleState, pod: Pod, nodeName: string): Status | undefined
  /** The request that binds; `SKIP` leaves it to the next Bind plugin. */
  bind?(state: CycleState, pod: Pod, nodeName: string): Status | { readonly request: ApiRequest }
  postBind?(state: CycleState, pod: Pod, nodeName: string): void
  /** Without it, any change of the cluster wakes the Pods that this plugin refused. */
  readonly eventsToRegister?: readonly EventToRegister[]
}

/** Every plugin that a profile may name. */
export type Registry = Readonly<Record<string, Plugin>>
