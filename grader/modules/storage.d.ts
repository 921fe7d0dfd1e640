/**
 * What `cas-update` hands over and wants back: the API server's storage, over etcd. Names are those of
 * `k8s.io/apiserver/pkg/storage` and of etcd.
 */

/** An object of the API, as far as storage is concerned. Most hold more, a status for one: all of it is stored, and comes back. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    /** The revision of the key's last change, as text. Never written into the store, which knows it by itself. */
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: Readonly<Record<string, unknown>>
}

/** A key as etcd has it. */
export interface KeyValue {
  readonly value: ApiObject
  /** Revision of the last change. No two changes of the store have the same. */
  readonly modRevision: number
  /** Revision at which the key came to be. */
  readonly createRevision: number
  /** Changes since then, from 1: a key that is deleted and made anew begins again. */
  readonly version: number
}

/** What must be true of a key at the moment of the write; what is not named is not asked. */
export interface Condition {
  readonly modRevision?: number
  readonly createRevision?: number
  readonly version?: number
}

export interface TxnResult {
  /** Whether the condition held, so that the value was written. */
  readonly succeeded: boolean
  /** Of the store, after this transaction. Where it wrote, this is the key's modRevision. */
  readonly revision: number
  /** The key as it was found, where the condition did not hold. */
  readonly found?: KeyValue
}

/**
 * The store, which others use at the same time. Each call takes time. A call that throws got no answer in time: it may have been
 * carried out, or not.
 */
export interface Kv {
  get(key: string): Promise<KeyValue | undefined>
  /** Writes the value if the condition holds, in one step. */
  txn(key: string, condition: Condition, value: ApiObject): Promise<TxnResult>
}

export interface Status {
  /** 404 `NotFound`, 409 `Conflict`, 504 `Timeout`, or what an update refuses with. */
  readonly code: number
  readonly reason: string
}

/** Makes the new object from the present one; it may be called as often as you like. Or it refuses. */
export type Update = (current: ApiObject) => ApiObject | { readonly refuse: Status }

/** What the caller has seen, and insists on. */
export interface Preconditions {
  readonly resourceVersion?: string
  readonly uid?: string
}

/** The object as it is stored now, with its resourceVersion; or why not. */
export type Result = { readonly object: ApiObject } | { readonly status: Status }

export interface Storage {
  guaranteedUpdate(key: string, update: Update, kv: Kv, preconditions?: Preconditions): Promise<Result>
}
