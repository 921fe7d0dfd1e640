/**
 * Tests of a filter plugin, as you write them: examples, each with nodes, a Pod, and what `filter` must answer. Nodes and Pods
 * are written as the API has them; what you leave out is filled in.
 */
import type { Affinity, Container, ResourceList } from 'clusterwright/api'

/** A node. Left out: 4 CPUs, 8Gi of memory, 100Gi of ephemeral storage, 110 Pods. */
export interface ExampleNode {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly unschedulable?: boolean }
  readonly status?: { readonly allocatable?: ResourceList; readonly capacity?: ResourceList }
}

export type ExampleContainer = Partial<Container>

/** A Pod. Left out: namespace `default`, one container that asks for nothing; Running where it has a node, else Pending. */
export interface ExamplePod {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    /** It is being deleted since then: `2026-01-01T00:00:00Z`. */
    readonly deletionTimestamp?: string
  }
  readonly spec?: {
    /** The node that it is bound to. */
    readonly nodeName?: string
    readonly containers?: readonly ExampleContainer[]
    readonly initContainers?: readonly ExampleContainer[]
    readonly overhead?: ResourceList
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly affinity?: Affinity
  }
  readonly status?: { readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown' }
}

export type ExampleCode = 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable'

/** A code; or a code, and what its reasons must name, no more and no less: `cpu`, `memory`, `pods` … */
export type ExampleAnswer = ExampleCode | { readonly code: ExampleCode; readonly lacking: readonly string[] }

/** One cycle: a Pod comes, and every node is asked. */
export interface ExampleCycle {
  /** Pods that are bound to the nodes already. */
  readonly pods?: readonly ExamplePod[]
  /** The Pod that comes. */
  readonly pod: ExamplePod
  /** The right answer by the name of the node. Nodes that are not named may answer as they like. */
  readonly expect: Readonly<Record<string, ExampleAnswer>>
}

/** One example. */
export interface FilterExample extends ExampleCycle {
  /** What it shows. */
  readonly name: string
  readonly nodes: readonly ExampleNode[]
  /** Further cycles on the same nodes, with the same plugin. */
  readonly next?: readonly ExampleCycle[]
}
