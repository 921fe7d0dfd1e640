/**
 * Tests of a store with revisions, as you write them: examples, each a sequence of calls to a new store, and what it must answer.
 */
import type { KeyValue, Operation, StoreError, WatchRequest } from 'clusterwright/mvcc'

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

// ── what is watched ─────────────────────────────────────────────────────────────────────────────────────────────────

export type ExampleWatchStep =
  | Operation
  | { readonly type: 'Compact'; readonly revision: number }
  | ({ readonly type: 'Watch' } & WatchRequest)
  | { readonly type: 'Cancel'; readonly watchId: number }
  | { readonly type: 'Sync' | 'Progress' | 'Snapshot' }
  /** From now on the receiver takes so many responses; `null`: all. */
  | { readonly type: 'Room'; readonly watchId: number; readonly room: number | null }
  | { readonly type: 'Restore'; readonly bump?: number; readonly markCompacted?: boolean }

/**
 * All that one watch is told from the beginning to the end, response by response. A response is the list of its events,
 * `PUT a=1 @2` or `DELETE a @3`; without any it is a bookmark, `@3`; a watch that is cancelled ends with `compacted @4`.
 */
export type ExampleTold = readonly (readonly string[] | string)[]

/** One example. At its end everybody has room, and `sync` is called once more. */
export interface WatchExample {
  /** What it shows. */
  readonly name: string
  readonly steps: readonly ExampleWatchStep[]
  /** By the number of the watch. Those that are not named may be told whatever is right. */
  readonly told: Readonly<Record<number, ExampleTold>>
}
