/**
 * Tests of `taint-score`, as you write them: what the plugins say of some nodes, what `prioritize` makes of points, and whom
 * `selectHost` may choose. Nodes and Pods are written as the API has them; what you leave out is filled in.
 */
import type { Taint, Toleration } from 'clusterwright/api'

/** `cpu` such as `500m`, `2` or `0.5`; `memory` such as `512Mi`, `4Gi` or a number of bytes. */
export interface ExampleAmounts {
  readonly cpu?: string
  readonly memory?: string
}

/** A node. Left out: no taints, 4 CPUs, 8Gi of memory. */
export interface ExampleNode {
  readonly metadata: { readonly name: string }
  readonly spec?: { readonly taints?: readonly Taint[] }
  readonly status?: { readonly allocatable?: ExampleAmounts; readonly capacity?: ExampleAmounts }
}

/** A Pod. Left out: no tolerations, one container; a request that is left out is 0. */
export interface ExamplePod {
  readonly metadata: { readonly name: string }
  readonly spec?: {
    /** The node that it is bound to. */
    readonly nodeName?: string
    readonly tolerations?: readonly Toleration[]
    readonly containers?: readonly { readonly resources: { readonly requests: ExampleAmounts } }[]
  }
}

type ByNode<T> = Readonly<Record<string, T>>

/** A Pod comes, and the plugins are asked about all nodes. */
export interface PluginsQuestion {
  readonly nodes: readonly ExampleNode[]
  /** Pods that are bound to the nodes already. */
  readonly pods?: readonly ExamplePod[]
  /** The Pod that comes. */
  readonly pod: ExamplePod
  /** By the name of the node. What you do not name may be as it likes. */
  readonly expect: {
    /** What `taintToleration.filter` answers. Whoever refuses must give a reason. */
    readonly filter?: ByNode<'Success' | 'UnschedulableAndUnresolvable'>
    /** What `taintToleration.score` counts. */
    readonly counts?: ByNode<number>
    /** What `taintToleration.normalizeScore` makes of the counts of all nodes. */
    readonly points?: ByNode<number>
    /** What `leastAllocated.score` gives. */
    readonly room?: ByNode<number>
  }
}

/** A plugin that reads its points from a table. */
export interface ExamplePlugin {
  readonly name: string
  /** By the name of the node. */
  readonly score: ByNode<number>
  /** `share`: the highest becomes 100; `reverse`: the highest becomes 0. Left out: it has no `normalizeScore`. */
  readonly normalizeScore?: 'share' | 'reverse'
  /** Left out: none is named. */
  readonly weight?: number
}

/** `prioritize` is asked for the total of every node. */
export interface TotalsQuestion {
  readonly plugins: readonly ExamplePlugin[]
  readonly expect: {
    readonly totals?: ByNode<number>
    /** How often each plugin is called, by the plugin's name. */
    readonly calls?: Readonly<Record<string, { readonly score?: number; readonly normalizeScore?: number }>>
  }
}

/** `selectHost` is asked two thousand times. */
export interface ChoiceQuestion {
  readonly scores: readonly { readonly name: string; readonly score: number }[]
  /** Who is chosen: these and nobody else, each about as often as the others. */
  readonly expect: { readonly chosen: readonly string[] }
}

/** One example. */
export type ScoringExample = {
  /** What it shows. */
  readonly name: string
} & (
  | (PluginsQuestion & { /** Asked afterwards, of the same plugins. */ readonly next?: readonly PluginsQuestion[] })
  | TotalsQuestion
  | ChoiceQuestion
)
