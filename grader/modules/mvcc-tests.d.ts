/**
 * Tests of a store with revisions, as you write them: examples, each a sequence of calls to a new store, and what it must answer.
 */
import type { KeyValue, Operation, StoreError } from 'clusterwright/mvcc'

/** What is written here must be in the answer; what is left out may be anything. */
export interface ExampleAnswer {
  readonly revision?: number
  readonly succeeded?: boolean
  readonly deleted?: number
  /** All that comes, in its order; of each key what you write. */
  readonly kvs?: readonly Partial<KeyValue>[]
  readonly count?: number
  readonly more?: boolean
  /** Of a transaction: one for each operation that was done. */
  readonly responses?: readonly ExampleAnswer[]
}

export type ExampleStep = (Operation | { readonly type: 'Compact'; readonly revision: number }) & {
  readonly expect?: ExampleAnswer | StoreError
}

/** One example. */
export interface StoreExample {
  /** What it shows. */
  readonly name: string
  readonly steps: readonly ExampleStep[]
}
