/**
 * Tests of a gang plugin, as you write them: PodGroups, Pods, and what happens to them step by step.
 * PodGroups and Pods are written as the API has them; what you leave out is filled in.
 */

/** A PodGroup. Left out: namespace `default`, a timeout of 10 seconds. */
export interface ExamplePodGroup {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec: { readonly minMember: number; readonly scheduleTimeoutSeconds?: number }
}

/** A Pod; its name is its own, in all namespaces. Left out: namespace `default`, no gang, `schedulerName: gang-scheduler`. */
export interface ExamplePod {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: { readonly 'scheduling.x-k8s.io/pod-group': string }
  }
  readonly spec?: {
    /** The plugin is asked about those of `gang-scheduler` only. */
    readonly schedulerName?: string
    /** The node that it is bound to from the beginning. */
    readonly nodeName?: string
  }
}

/** A node is found for a Pod: `reserve` is called and, unless that refuses, `permit`. */
export interface AttemptStep {
  readonly do: 'attempt'
  /** By name: one that is neither bound nor holds room. */
  readonly pod: string
  /** Default `node-1`. */
  readonly node?: string
  readonly expect: {
    /** `Success`: it is on its way to the node. `Unschedulable` also stands for `UnschedulableAndUnresolvable`, and wants a reason. */
    readonly code: 'Success' | 'Wait' | 'Unschedulable'
    /** How long it may wait, in milliseconds. Left out: any time. */
    readonly timeoutMs?: number
    /** Those whose waiting it ends: they are on their way. Left out: nobody. */
    readonly allows?: readonly string[]
  }
}

/** A Pod that is on its way is bound: it is among `boundPods`, and `postBind` is called. */
export interface BindStep {
  readonly do: 'bind'
  readonly pod: string
}

/**
 * A Pod's room is given back, for whatever reason: `unreserve` is called for it, and for those that are rejected. It may wait, be
 * on its way, or have no room at all; it may be attempted again.
 */
export interface UnreserveStep {
  readonly do: 'unreserve'
  readonly pod: string
  /** Those that waited and are rejected. Left out: nobody. */
  readonly rejects?: readonly string[]
}

/** A bound Pod has `Succeeded` or `Failed`, gets a `deletionTimestamp`, or is there no more. */
export interface ChangeStep {
  readonly do: 'finish' | 'fail' | 'terminate' | 'remove'
  /** By name. After `remove` the name is that of another Pod, which has another `uid`. One that is not bound can be removed, too. */
  readonly pod: string
}

/** The scheduler is started anew: nobody holds room, and whoever is bound is bound. */
export interface RestartStep {
  readonly do: 'restart'
}

export type GangStep = AttemptStep | BindStep | UnreserveStep | ChangeStep | RestartStep

/** One example. */
export interface GangExample {
  /** What it shows. */
  readonly name: string
  readonly podGroups?: readonly ExamplePodGroup[]
  readonly pods: readonly ExamplePod[]
  readonly steps: readonly GangStep[]
}
