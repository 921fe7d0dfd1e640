/**
 * A store with revisions, as etcd keeps one (etcd-io/etcd `server/storage/mvcc`), and what watches it. Names and meanings are
 * etcd's own, in TypeScript's case; keys and values are text.
 */

/** What a key holds. */
export interface KeyValue {
  readonly key: string
  readonly value: string
  /** The revision at which the key was made; one that is deleted and put again has been made anew. */
  readonly createRevision: number
  /** The revision of its newest put. */
  readonly modRevision: number
  /** How often it has been put since it was made, from 1. */
  readonly version: number
  /** The number that the newest put brought; 0: none. */
  readonly lease: number
}

/** Why nothing was done. An answer like any other, never something thrown. */
export interface StoreError {
  /** `ErrCompacted`: that revision is gone. `ErrFutureRev`: there is no such revision yet. */
  readonly error: 'ErrCompacted' | 'ErrFutureRev'
}

export interface RangeOptions {
  /** Reads the store as it was at this revision. 0 or absent: as it is now. */
  readonly revision?: number
  /** Returns so many keys at most. 0 or absent: all. */
  readonly limit?: number
}

export interface RangeResult {
  /** In the order of their keys. Keys are compared as `<` compares them. */
  readonly kvs: readonly KeyValue[]
  /** How many keys there are in the range, whatever the limit. */
  readonly count: number
  /** Whether the limit has left some out. */
  readonly more: boolean
}

/** `revision` is the store's newest, as in every answer. */
export interface RangeResponse extends RangeResult {
  readonly revision: number
}

export interface PutResponse {
  readonly revision: number
}

export interface DeleteRangeResponse {
  readonly revision: number
  /** How many keys there were to delete. */
  readonly deleted: number
}

export interface CompactResponse {
  readonly revision: number
}

/**
 * One condition of a transaction: `key`'s `target` is equal to, greater than … the `operand`. Of a key that is not there, all
 * numbers are 0, and no condition on its VALUE holds.
 */
export interface Compare {
  readonly key: string
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'LEASE' | 'VALUE'
  readonly result: 'EQUAL' | 'NOT_EQUAL' | 'GREATER' | 'LESS'
  /** A text for VALUE, otherwise a number. */
  readonly operand: number | string
}

export type Operation =
  | { readonly type: 'Put'; readonly key: string; readonly value: string; readonly lease?: number }
  | { readonly type: 'DeleteRange'; readonly key: string; readonly rangeEnd?: string }
  | ({ readonly type: 'Range'; readonly key: string; readonly rangeEnd?: string } & RangeOptions)
  | ({ readonly type: 'Txn' } & Txn)

/** If all of `compare` holds, `success` is done, otherwise `failure`. */
export interface Txn {
  readonly compare: readonly Compare[]
  readonly success: readonly Operation[]
  readonly failure: readonly Operation[]
}

/** What became of an operation of a transaction. */
export type OperationResponse =
  | { readonly type: 'Put' }
  | { readonly type: 'DeleteRange'; readonly deleted: number }
  | ({ readonly type: 'Range' } & RangeResult)
  | { readonly type: 'Txn'; readonly succeeded: boolean; readonly responses: readonly OperationResponse[] }

export interface TxnResponse {
  readonly revision: number
  /** Which of the two was done. */
  readonly succeeded: boolean
  /** One for each operation that was done, in their order. */
  readonly responses: readonly OperationResponse[]
}

/**
 * The store. `rangeEnd` is the first key that is no longer in the range; without it the range is the one key; `'\0'` means:
 * all keys from `key` on. A store is at revision 1 when it is made.
 */
export interface MvccStore {
  put(key: string, value: string, lease?: number): PutResponse
  deleteRange(key: string, rangeEnd?: string): DeleteRangeResponse
  range(key: string, rangeEnd?: string, options?: RangeOptions): RangeResponse | StoreError
  txn(
    compare: readonly Compare[],
    success: readonly Operation[],
    failure: readonly Operation[],
  ): TxnResponse | StoreError
  /** Forgets what was out of date at this revision. */
  compact(revision: number): CompactResponse | StoreError
}

// ── what is watched ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface WatchRequest {
  /** Chosen by whoever watches; no two open watches have the same. */
  readonly watchId: number
  readonly key: string
  /** As for `range`. */
  readonly rangeEnd?: string
  /** The first revision that is wanted. 0 or absent: what comes from now on. */
  readonly startRevision?: number
}

export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE'
  /** What the key holds from then on. Of a DELETE only `key` and `modRevision`, the revision of the deletion, mean anything. */
  readonly kv: KeyValue
}

export interface WatchResponse {
  readonly watchId: number
  /** The store's newest revision. */
  readonly revision: number
  /** In the order in which it happened. None: all events up to `revision` have been told. */
  readonly events: readonly WatchEvent[]
  /** The watch is cancelled, because what it should be told next is compacted: watch from here, at the earliest. */
  readonly compactRevision?: number
}

/** Sends a response to its receiver. `false`: there is no room, and nothing has been sent. */
export type Send = (response: WatchResponse) => boolean

export interface RestoreOptions {
  /** So much is added to the revision. */
  readonly bump?: number
  /** Everything before the revision that comes of it is compacted. */
  readonly markCompacted?: boolean
}

/** A store that can be watched. It is made with `new`, and gets `send`. */
export interface WatchableStore extends MvccStore {
  watch(request: WatchRequest): void
  /** Nothing more is sent to this watch. */
  cancel(watchId: number): void
  /** Called now and then: whoever lags, and has room, is told what is missing. */
  sync(): void
  /** Tells each watch that has been told everything how far it has come, by a response without events. */
  progress(): void
  /** All that the store holds, as JSON data of any form. */
  snapshot(): unknown
  /** Called on a new store: it becomes the one of the snapshot, without its watches. */
  restore(snapshot: unknown, options: RestoreOptions): void
}
