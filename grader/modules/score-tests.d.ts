/**
 * Tests of a Score plugin, as you write them: nodes, the Pods on them, a Pod that comes, and what any right plugin says of them.
 * Nodes and Pods are written as the API has them; what you leave out is filled in.
 */

/** `cpu` such as `500m`, `2` or `0.5`; `memory` such as `512Mi`, `4Gi` or a number of bytes. */
export interface ExampleAmounts {
  readonly cpu?: string
  readonly memory?: string
}

/** A node. Left out: 8 CPUs, 32Gi of memory. */
export interface ExampleNode {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly allocatable?: ExampleAmounts }
}

/** A Pod, with one container. */
export interface ExamplePod {
  readonly metadata: { readonly name: string; readonly labels?: { readonly stays?: 'briefly' | 'long' } }
  readonly spec?: {
    /** The node that it is bound to. */
    readonly nodeName?: string
    readonly containers?: readonly [{ readonly resources: { readonly requests: ExampleAmounts } }]
  }
}

/** A Pod comes, and each node that has room for it is scored. Every score must be a whole number from 0 to 100. */
export interface ScoreQuestion {
  /** Pods that are bound to the nodes already. */
  readonly pods?: readonly ExamplePod[]
  /** The Pod that comes. */
  readonly pod: ExamplePod
  readonly expect?: {
    /** Two nodes by name: the first must get more. */
    readonly more?: readonly (readonly [more: string, less: string])[]
    /** Two nodes by name that must get the same. */
    readonly same?: readonly (readonly [string, string])[]
  }
}

/** One example. */
export interface ScoreExample extends ScoreQuestion {
  /** What it shows. */
  readonly name: string
  readonly nodes: readonly ExampleNode[]
  /** Asked afterwards, of the same plugin; then the first question is asked again, and its scores must be as they were. */
  readonly next?: readonly ScoreQuestion[]
}
