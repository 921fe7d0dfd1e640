/**
 * The scheduling framework: the extension points that a plugin may fill, and the values that pass between them.
 *
 * What the real one does: a cycle runs each extension point over the enabled plugins; the first "no" at a node ends the
 * look at that node, and the reasons are kept for the people who ask why.
 * What we model: every extension point of a profile, Status codes, CycleState, Skip, PreFilter results, events that make a
 * refused Pod worth another try, Permit with waiting, PreFilter's AddPod and RemovePod for "what if" questions, arguments.
 * What we leave out: the parallel evaluation of nodes, plugins that call the API by themselves.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/kube-scheduler/framework/interface.go`.
 */
import type { ApiRequest } from '#cluster/client/api-client.ts'
import type { KubernetesObject, Node, Pod } from '#cluster/api/types.ts'
import type { Micros, Random } from '#cluster/kernel/component.ts'
import type { Groups } from '#cluster/kernel/groups.ts'
import type { NodeInfo } from './node-info.ts'
import type { Crowd } from './node-numbers.ts'
import type { Nominator } from './nominator.ts'
import type { QueuedPod } from './queued-pod.ts'
import type { TopologyIndex } from './topology-index.ts'

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

/**
 * Scratch paper of one scheduling cycle, by plugin. A plugin replaces its entry and never changes it, so that `{ ...state }`
 * is a copy to play "what if" with. After Reserve only entries of plugins with a part in the binding cycle are kept; those
 * must be JSON-shaped.
 */
export type CycleState = Record<string, unknown>

export interface NodeScore {
  readonly name: string
  score: number
}

export const MAX_NODE_SCORE = 100

/** What the scheduler's watches have told of other resources. A resource that this API does not serve has no objects. */
export interface Objects {
  all<T>(resource: string): Iterable<T>
  /** By `namespace/name`, or the bare name. */
  get<T>(resource: string, key: string): T | undefined
  /** As `get`, without what is only assumed. */
  told<T>(resource: string, key: string): T | undefined
  /** For Reserve: the object as it will be, until the watch tells of a newer one or `forget` takes it back. */
  assume(resource: string, object: KubernetesObject): void
  forget(resource: string, key: string): void
}

/** The nodes as they were when the cycle began, and what else is known. */
export interface Nodes extends Iterable<NodeInfo> {
  readonly size: number
  get(name: string): NodeInfo | undefined
  readonly topology: TopologyIndex
  /** Image name, node, size in bytes. */
  readonly images: Groups<number>
  readonly nominator: Nominator
  /** Claim (`namespace/name`), Pod key: Pods on nodes that use it. */
  readonly claimUsers: Groups<true>
  readonly objects: Objects
}

/** Only these nodes can possibly do; the others are not looked at. */
export interface PreFilterResult {
  readonly nodeNames: readonly string[]
}

/** `undefined` as a status is success: a node is being freed. */
export interface PostFilterResult {
  readonly status: Status | undefined
  /** The node that is being freed for this Pod; '' takes a nomination back, undefined leaves it as it is. */
  readonly nominatedNodeName?: string
  /** Pods to delete on that node. */
  readonly victims?: readonly Pod[]
}

/** A node that can be freed. */
export interface PreemptionCandidate {
  readonly nodeName: string
  /** Most important first. */
  readonly victims: readonly Pod[]
  /** How many of them break a disruption budget. */
  readonly violations: number
}

/** Asks the filters of the cycle "what if": with Pods of a node taken away or added, in a copy of the CycleState. */
export interface WhatIf {
  /** The filters' answer, nominated Pods considered. */
  filter(state: CycleState, pod: Pod, nodeInfo: NodeInfo): Status | undefined
  addPod(state: CycleState, pod: Pod, added: Pod, nodeInfo: NodeInfo): void
  removePod(state: CycleState, pod: Pod, removed: Pod, nodeInfo: NodeInfo): void
  /**
   * What `compute` says, perhaps from an earlier cycle: it may ask the filters about this node, and must not depend on anything
   * else but the Pod as the filters see it, the Pods nominated here and what is part of `what`.
   */
  remembered<T>(nodeInfo: NodeInfo, what: string, compute: () => T): T
  random(): Random
  /** What extenders have left of the candidates that they were shown in this cycle, or that one failed. */
  readonly agreed?: readonly PreemptionCandidate[] | Status
  /** Shows the candidates to extenders. @returns whether one wants a word: then this cycle comes again, with `agreed` */
  consult?(candidates: readonly PreemptionCandidate[]): boolean
}

export interface PermitResult {
  readonly status: Status
  /** For `Wait`: refused after this long, unless this plugin has allowed it by then. */
  readonly timeoutMicros?: Micros
}

/** What PreBind has to write before the Pod can be bound. */
export interface PreBindWork {
  readonly requests: readonly ApiRequest[]
  /** How long `preBindDone` may take to say yes. */
  readonly timeoutMicros: Micros
}

/** What plugins of the binding cycle may ask, and do about Pods that wait at Permit. */
export interface Handle {
  waitingPods(): Iterable<{ readonly pod: Pod; readonly nodeName: string; readonly pendingPlugins: readonly string[] }>
  /** Takes effect when the plugin has answered: upstream, the Pod that waits is another goroutine's. */
  allow(podKey: string, plugin: string): void
  /** As `allow`. Of several verdicts about one Pod the first counts. */
  reject(podKey: string, plugin: string, message: string): void
  /** Pods that the API server has said to be on a node: by the watch, or by its answer to a binding. */
  boundPods(): Iterable<Pod>
  readonly objects: Objects
}

export type ClusterEventName =
  | 'Node/Add'
  | 'Node/UpdateAllocatable'
  | 'Node/UpdateLabel'
  | 'Node/UpdateTaint'
  | 'Node/UpdateCondition'
  | 'AssignedPod/Add'
  | 'AssignedPod/UpdateLabel'
  | 'AssignedPod/UpdateScaleDown'
  | 'AssignedPod/Delete'
  | 'Pod/UpdateLabel'
  | 'Pod/UpdateToleration'
  | 'Pod/UpdateGatesEliminated'
  | 'Pod/UpdateScaleDown'
  | 'ForceActivate'
  /**
   * Of any other resource that the scheduler watches: `services/Add`, `persistentvolumeclaims/Update` … Of a custom one, which
   * it watches because it is named here: `<plural>.<version>.<group>/Add`.
   */
  | `${string}/${'Add' | 'Update' | 'Delete'}`

export interface ClusterEvent {
  readonly name: ClusterEventName
  readonly node?: Node
  readonly pod?: Pod
  readonly oldPod?: Pod
  readonly object?: KubernetesObject
  readonly oldObject?: KubernetesObject
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
  /**
   * Everything that the plugin reads of a Pod, as a JSON value, where `filter` and `score` look at nothing but Pod and
   * NodeInfo, whether they are skipped at the Pod alone, and `normalizeScore` at the largest and smallest score. What such a
   * plugin says of a node is remembered (node-memo.ts).
   */
  reads?(pod: Pod): unknown
  /**
   * For a plugin without `reads`, asked after PreFilter: all that `filter` depends on in this cycle besides the NodeInfo, as text.
   * Undefined where that cannot be said: then each node is asked anew.
   */
  filterReads?(state: CycleState, nodes: Nodes): string | undefined
  /** Before a Pod may enter the active queue at all. */
  preEnqueue?(pod: Pod): Status | undefined
  /** Whether `a` is scheduled before `b`. Exactly one enabled plugin has it. */
  less?(a: QueuedPod, b: QueuedPod): boolean
  /** Once per cycle: compute what `filter` needs, refuse at once, or say `SKIP`. */
  preFilter?(state: CycleState, pod: Pod, nodes: Nodes): Status | PreFilterResult | undefined
  /** Keeps what `preFilter` computed true while Pods are added to a node, or taken away, in thought. */
  addPod?(state: CycleState, pod: Pod, added: Pod, nodeInfo: NodeInfo): void
  removePod?(state: CycleState, pod: Pod, removed: Pod, nodeInfo: NodeInfo): void
  /** Can this node run the Pod? `undefined` means yes. */
  filter?(state: CycleState, pod: Pod, nodeInfo: NodeInfo): Status | undefined
  /** When no node passed: make room, or explain why not. */
  postFilter?(
    state: CycleState,
    pod: Pod,
    nodes: Nodes,
    statuses: ReadonlyMap<string, Status>,
    whatIf: WhatIf,
  ): PostFilterResult | undefined
  preScore?(state: CycleState, pod: Pod, feasible: readonly NodeInfo[], nodes: Nodes): Status | undefined
  /** How good is this node? 0 to 100, or any whole number that `normalizeScore` brings there. */
  score?(state: CycleState, pod: Pod, nodeInfo: NodeInfo): number
  /** Brings all raw scores into 0 to 100, in place. */
  normalizeScore?(state: CycleState, pod: Pod, scores: NodeScore[]): void
  /**
   * `score` and `normalizeScore` in one, for many nodes side by side: fills `scores`, by place. Must give the very same numbers;
   * who asks why gets them from the other two.
   */
  scoreMany?(state: CycleState, pod: Pod, crowd: Crowd, scores: Float64Array): void
  reserve?(state: CycleState, pod: Pod, nodeName: string, nodes: Nodes, handle: Handle): Status | undefined
  /**
   * Undoes `reserve`; called in reverse order, also when `reserve` was never reached. The Pod does not wait any more, and its
   * room is still assumed.
   */
  unreserve?(state: CycleState, pod: Pod, nodeName: string, nodes: Nodes, handle: Handle): void
  permit?(state: CycleState, pod: Pod, nodeName: string, handle: Handle): PermitResult | undefined
  preBind?(state: CycleState, pod: Pod, nodeName: string, objects: Objects): Status | PreBindWork | undefined
  /** Asked once a second after the requests of `preBind` went well: undefined is done, `Wait` not yet. */
  preBindDone?(state: CycleState, pod: Pod, node: Node | undefined, objects: Objects): Status | undefined
  /** The request that binds; `SKIP` leaves it to the next Bind plugin. */
  bind?(state: CycleState, pod: Pod, nodeName: string): Status | { readonly request: ApiRequest }
  postBind?(state: CycleState, pod: Pod, nodeName: string, handle: Handle): void
  /** Without it, any change of the cluster wakes the Pods that this plugin refused. */
  readonly eventsToRegister?: readonly EventToRegister[]
}

/** Makes a plugin from the `args` that a configuration has for it; throws when it cannot read them. */
export type PluginFactory = (args: any) => Plugin

/** Every plugin that a profile may name. */
export type Registry = Readonly<Record<string, Plugin | PluginFactory>>
