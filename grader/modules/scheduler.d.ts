/**
 * What a scheduler plugin sees and answers. Names and meanings are those of the real scheduling framework
 * (kubernetes/kubernetes `pkg/scheduler/framework`), in TypeScript's case.
 */
import type { Node, Pod } from 'clusterwright/api'

/**
 * - `Success`: go on.
 * - `Unschedulable`: not on this node as things are; it would help if other Pods there went away.
 * - `UnschedulableAndUnresolvable`: not on this node, and removing Pods from it would not help.
 * - `Skip`: from `preFilter`, this plugin has nothing to say about this Pod, so its `filter` is not called.
 * - `Wait`: from `permit`, hold the Pod back for now.
 * - `Error`: something is broken; the Pod is tried again later.
 */
export type Code = 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Error'

/** A plugin's answer. "No" is a value with reasons, never something thrown. */
export interface Status {
  readonly code: Code
  /** Why not, in words that end up in the Pod's events: `Insufficient cpu`, `Too many pods`. */
  readonly reasons?: readonly string[]
}

/** What `preFilter` may add to its answer. */
export interface PreFilterStatus extends Status {
  /** Only these nodes can be right, so only they are filtered. Absent: all of them. */
  readonly nodeNames?: readonly string[]
}

/**
 * Amounts by resource name, as whole numbers: `cpu` in thousandths of a CPU (`500m` and `0.5` are 500), `memory` and
 * `ephemeral-storage` in bytes, `pods` and extended resources such as `example.com/gpu` in pieces. A resource that is
 * absent is 0.
 */
export type Resources = Readonly<Record<string, number>>

/** One node as the scheduler's snapshot has it. Frozen, and the same for all plugins in a cycle. */
export interface NodeInfo {
  readonly node: Node
  /** Every Pod with this `spec.nodeName`, whatever its phase. */
  readonly pods: readonly Pod[]
  /** What Pods may use: the node's `status.allocatable` as numbers. */
  readonly allocatable: Resources
  /** The sum of what the Pods that count ask for. */
  readonly requested: Resources
}

/** A NodeInfo whose `requested` is left to you. */
export type BareNodeInfo = Omit<NodeInfo, 'requested'>

/**
 * A place for what belongs to one Pod's scheduling cycle: written in `preFilter`, read in `filter`. Each cycle has its own.
 * Cycles of different Pods may overlap, so a variable of the module is no replacement for it.
 */
export interface CycleState {
  /** What was written under this key in this cycle, or undefined. */
  read<T>(key: string): T | undefined
  write<T>(key: string, value: T): void
  delete(key: string): void
}

/** A filter plugin that works out resources for itself. `undefined` means Success. */
export interface FitFilter {
  /** Called once per Pod, before any node is looked at: the place for work that is the same for all nodes. */
  preFilter?(state: CycleState, pod: Pod, nodes: readonly BareNodeInfo[]): PreFilterStatus | undefined
  /** Called for one Pod and one node: may the Pod run there? */
  filter(state: CycleState, pod: Pod, nodeInfo: BareNodeInfo): Status | undefined
}

/** What a node has been given: by its name, and changed in place. */
export interface NodeScore {
  readonly name: string
  score: number
}

/**
 * A plugin that says which of the nodes that would do is the best. Whoever has most is chosen; among equals, chance decides.
 * `state.read<Resources>('request')` is what the Pod asks for: NodeResourcesFit has worked it out in its preFilter.
 */
export interface ScorePlugin {
  /** Called once per Pod, before any node is scored: the place for work that is the same for all. `Skip`: no say about this Pod. */
  preScore?(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): Status | undefined
  /** How good is this node? A whole number: from 0 to 100, or any that `normalizeScore` brings there. */
  score(state: CycleState, pod: Pod, nodeInfo: NodeInfo): number
  /** Brings all scores of a Pod into 0 to 100, in place. */
  normalizeScore?(state: CycleState, pod: Pod, scores: readonly NodeScore[]): Status | undefined | void
}

/** Two plugins, and what the framework makes of plugins' points. */
export interface TaintScore {
  readonly taintToleration: Required<Omit<ScorePlugin, 'preScore'>> & {
    filter(state: CycleState, pod: Pod, nodeInfo: NodeInfo): Status | undefined
  }
  readonly leastAllocated: Omit<ScorePlugin, 'preScore'>
  /** Each node's total: of every plugin its points, normalised, times its weight. In any order. */
  prioritize(
    state: CycleState,
    pod: Pod,
    nodes: readonly NodeInfo[],
    plugins: readonly (Omit<ScorePlugin, 'preScore'> & { readonly name: string })[],
    /** By plugin name. */
    weights: Readonly<Record<string, number>>,
  ): readonly NodeScore[]
  /** The name of the node that is chosen. `random()` gives a number from 0 up to, but never, 1; `scores` has one node at least. */
  selectHost(scores: readonly NodeScore[], random: () => number): string
}

/**
 * A filter plugin that counts once per cycle, and keeps its counts true while the scheduler asks "what if".
 */
export interface SpreadAffinity {
  preFilter(state: CycleState, pod: Pod, nodes: readonly BareNodeInfo[]): Status | undefined
  filter(state: CycleState, pod: Pod, nodeInfo: BareNodeInfo): Status | undefined
  /**
   * What if `added` were on this node? `nodeInfo` has it already; `state` is a copy of the cycle's, for this question alone.
   * Afterwards `filter` is asked with that state. Not called where `preFilter` has answered `Skip`.
   */
  addPod(state: CycleState, pod: Pod, added: Pod, nodeInfo: BareNodeInfo): void
  /** What if `removed` were not there? Otherwise as `addPod`. */
  removePod(state: CycleState, pod: Pod, removed: Pod, nodeInfo: BareNodeInfo): void
}

/** A gang: Pods that are of use only together. Pods name it in the label `scheduling.x-k8s.io/pod-group`. */
export interface PodGroup {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: {
    /** So many members must have room before any of them is bound. */
    readonly minMember: number
    /** How long a member may hold room while the others have none. */
    readonly scheduleTimeoutSeconds: number
  }
}

/** A Status; with `Wait`, how long at most. Without it, that is a quarter of an hour. */
export interface PermitStatus extends Status {
  readonly timeoutMs?: number
}

/** What the scheduler tells a plugin, and does for it. */
export interface Handle {
  /** The PodGroup that a Pod's label names, in the Pod's namespace; undefined if it names none, or one that does not exist. */
  podGroup(pod: Pod): PodGroup | undefined
  /** Every Pod that is on a node by what the API server tells, whoever bound it. */
  boundPods(): readonly Pod[]
  /** Ends a Pod's waiting at Permit: it will be bound. Nothing happens if it does not wait. */
  allow(pod: Pod): void
  /** Ends a Pod's waiting at Permit: its room is given back, `unreserve` is called, it will be tried again later. */
  reject(pod: Pod, reason: string): void
}

/**
 * The binding half of a plugin, for one scheduler's Pods. Room on a node is held from `reserve` until the Pod is bound, or
 * `unreserve` is called. The module lives as long as the scheduler: what it remembers is gone when that is started again.
 */
export interface GangPlugin {
  /** A node has been chosen for the Pod and room there is held. A refusal gives it back at once. */
  reserve(state: CycleState, pod: Pod, nodeName: string, handle: Handle): Status | undefined
  /**
   * The room was given back: the Pod was refused, its time was up, it was deleted, or it could not be bound. Also called for
   * Pods that were never reserved, and perhaps twice.
   */
  unreserve(state: CycleState, pod: Pod, nodeName: string, handle: Handle): void
  /** After `reserve`: may the Pod be bound now? `undefined` means yes. */
  permit(state: CycleState, pod: Pod, nodeName: string, handle: Handle): PermitStatus | undefined
  /** The Pod has been bound, and is among `boundPods` until it is deleted. */
  postBind(state: CycleState, pod: Pod, nodeName: string, handle: Handle): void
}
