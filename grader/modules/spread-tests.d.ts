/**
 * Tests of `spread-affinity`, as you write them: nodes, the Pods on them, a Pod that comes, and what `filter` must answer, now and
 * if Pods came or went. Nodes and Pods are written as the API has them; what you leave out is filled in.
 */
import type { PodAffinityTerm, TopologySpreadConstraint } from 'clusterwright/api'

type Labels = Readonly<Record<string, string>>

/** A node. It has the label `kubernetes.io/hostname` besides those that you give it. */
export interface ExampleNode {
  readonly metadata: { readonly name: string; readonly labels?: Labels }
}

/** A Pod. Left out: namespace `default`; Running where it has a node, else Pending. */
export interface ExamplePod {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Labels
    /** It is being deleted since then: `2026-01-01T00:00:00Z`. */
    readonly deletionTimestamp?: string
  }
  readonly spec?: {
    /** The node that it is bound to. */
    readonly nodeName?: string
    readonly nodeSelector?: Labels
    readonly topologySpreadConstraints?: readonly Pick<
      TopologySpreadConstraint,
      'topologyKey' | 'maxSkew' | 'whenUnsatisfiable' | 'labelSelector' | 'minDomains'
    >[]
    readonly affinity?: {
      readonly podAntiAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly ExampleTerm[]
        readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
          readonly weight: number
          readonly podAffinityTerm: ExampleTerm
        }[]
      }
    }
  }
  readonly status?: { readonly phase?: 'Pending' | 'Running' }
}

export type ExampleTerm = Pick<PodAffinityTerm, 'topologyKey' | 'labelSelector' | 'namespaces'>

/** By the name of the node: what `filter` answers. Whoever refuses must give a reason. Nodes that are not named may answer as they like. */
export type ExampleAnswers = Readonly<Record<string, 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable'>>

/** In thought: a Pod more, at its `nodeName`; or one less, by its name. */
export type ExampleChange = { readonly add: ExamplePod } | { readonly remove: string }

/** One cycle. */
export interface ExampleCycle {
  /** Pods that are bound to the nodes already. */
  readonly pods?: readonly ExamplePod[]
  /** The Pod that comes. */
  readonly pod: ExamplePod
  /** Cycles of these Pods begin after `preFilter`, before `filter` is asked. */
  readonly meanwhile?: readonly ExamplePod[]
  readonly expect: ExampleAnswers
  /** Questions, each put to a copy of the state; afterwards all must be as before. Where `preFilter` answers `Skip`, none is. */
  readonly whatIf?: readonly { readonly changes: readonly ExampleChange[]; readonly expect: ExampleAnswers }[]
}

/** One example. */
export interface SpreadExample extends ExampleCycle {
  /** What it shows. */
  readonly name: string
  readonly nodes: readonly ExampleNode[]
  /** Further cycles on the same nodes, with the same plugin. */
  readonly next?: readonly ExampleCycle[]
}
