/**
 * What clients and etcd say to each other: the names of etcdserverpb, one stream per call.
 *
 * A unary call opens a stream with the request; etcd closes it with the response or an `Error`. A watch stream opens with
 * a `WatchCreate`, may carry more of them (each with its own `watchId`), and is answered by `WatchResponse`s.
 * Where to read upstream: etcd `api/etcdserverpb/rpc.proto`, `api/mvccpb/kv.proto`.
 */
import type { Body } from '#cluster/kernel/component.ts'
import type { ClusterRequest, MembersResponse, MoveLeaderResponse, StatusResponse } from './cluster-messages.ts'
import type {
  AlarmRequest,
  AlarmResponse,
  DefragmentRequest,
  DefragmentResponse,
  HashKvRequest,
  HashKvResponse,
  ResponseHeader,
  SnapshotRequest,
  SnapshotResponse,
} from './maintenance-messages.ts'

/**
 * Id of a lease: an int64, as decimal text, since most of those that etcd chooses are beyond 2^53. `NO_LEASE`: none; asked
 * of a grant: etcd chooses.
 */
export type LeaseId = string
export const NO_LEASE: LeaseId = '0'

export interface KeyValue {
  /** Bytes, one in each unit of the string: so keys of ASCII are simply themselves, and order is etcd's own. */
  readonly key: string
  /** Revision of the key's last creation. */
  readonly createRevision: number
  readonly modRevision: number
  /** Writes since the creation, from 1. */
  readonly version: number
  /** A frozen object, a string (its bytes are UTF-8) or `Bytes`. */
  readonly value: unknown
  readonly lease: LeaseId
}

export interface RangeRequest extends Body {
  readonly type: 'Range'
  readonly key: string
  /** Without it the one key; `\0`: all from `key` on. */
  readonly rangeEnd?: string | undefined
  readonly limit?: number
  readonly revision?: number
  readonly keysOnly?: boolean
  readonly countOnly?: boolean
  /** Default: by key, ascending. A target without an order sorts upwards, but only what the limit let through. */
  readonly sortOrder?: 'ASCEND' | 'DESCEND'
  readonly sortTarget?: 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE'
  readonly minModRevision?: number
  readonly maxModRevision?: number
  readonly minCreateRevision?: number
  readonly maxCreateRevision?: number
  /** This member's own view will do, however old. Otherwise the answer holds all that was acknowledged before the request. */
  readonly serializable?: boolean
}

export interface PutRequest extends Body {
  readonly type: 'Put'
  readonly key: string
  readonly value: unknown
  readonly lease?: LeaseId
  readonly prevKv?: boolean
  /** Keeps what the key holds: for a new lease alone. The key must be there. */
  readonly ignoreValue?: boolean
  /** Keeps the key's lease. The key must be there. */
  readonly ignoreLease?: boolean
}

export interface DeleteRangeRequest extends Body {
  readonly type: 'DeleteRange'
  readonly key: string
  readonly rangeEnd?: string | undefined
  readonly prevKv?: boolean
}

export interface Compare {
  readonly target: 'MOD' | 'CREATE' | 'VERSION' | 'VALUE' | 'LEASE'
  readonly result: 'EQUAL' | 'NOT_EQUAL' | 'GREATER' | 'LESS'
  readonly key: string
  /** With it the comparison must hold for every key in the range; for a range without keys as for a missing key. */
  readonly rangeEnd?: string | undefined
  /** A revision or version; for `LEASE` its id, for `VALUE` the value. A missing key counts as 0, and never equals a value. */
  readonly operand: unknown
}

export type RequestOp = RangeRequest | PutRequest | DeleteRangeRequest | TxnRequest

export interface TxnRequest extends Body {
  readonly type: 'Txn'
  readonly compare: readonly Compare[]
  readonly success: readonly RequestOp[]
  readonly failure: readonly RequestOp[]
}

export interface CompactRequest extends Body {
  readonly type: 'Compact'
  readonly revision: number
}

export interface LeaseGrantRequest extends Body {
  readonly type: 'LeaseGrant'
  /** Seconds. */
  readonly ttl: number
  readonly id: LeaseId
}

export interface LeaseRevokeRequest extends Body {
  readonly type: 'LeaseRevoke'
  readonly id: LeaseId
}

export interface LeaseTimeToLiveRequest extends Body {
  readonly type: 'LeaseTimeToLive'
  readonly id: LeaseId
  /** Whether its keys are wanted too. */
  readonly keys?: boolean
}

export interface LeaseLeasesRequest extends Body {
  readonly type: 'LeaseLeases'
}

export interface LeaseKeepAliveRequest extends Body {
  readonly type: 'LeaseKeepAlive'
  readonly id: LeaseId
}

export interface WatchCreateRequest extends Body {
  readonly type: 'WatchCreate'
  /** Chosen by the client, unique on its stream; 0: etcd takes the next free one, from 0 on. */
  readonly watchId: number
  readonly key: string
  readonly rangeEnd?: string | undefined
  /** First revision wanted; 0: what comes from now on. */
  readonly startRevision: number
  readonly prevKv?: boolean
  /** What is not to be told. */
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[]
  /** An empty response now and then, where there is nothing to tell, says how far the watch has come. */
  readonly progressNotify?: boolean
  /** A response that is too large may come in pieces. */
  readonly fragment?: boolean
  /**
   * So many responses with events may be sent on this stream before `WatchWindow` asks for more; without it any number. What
   * HTTP/2 does for a gRPC stream, in responses instead of bytes; only the first watch of a stream can say it.
   */
  readonly window?: number
}

/** The client has read: so many more responses with events may be sent. */
export interface WatchWindowRequest extends Body {
  readonly type: 'WatchWindow'
  readonly responses: number
}

export interface WatchCancelRequest extends Body {
  readonly type: 'WatchCancel'
  readonly watchId: number
}

/** Asks how far this stream has come: answered, after everything before, with watch id -1 and the current revision. */
export interface WatchProgressRequest extends Body {
  readonly type: 'WatchProgress'
}

/** Requests that change something, and therefore go through the log. */
export type WriteRequest =
  PutRequest | DeleteRangeRequest | TxnRequest | CompactRequest | LeaseGrantRequest | LeaseRevokeRequest | AlarmRequest

export type EtcdRequest =
  | RangeRequest
  | WriteRequest
  | LeaseKeepAliveRequest
  | LeaseTimeToLiveRequest
  | LeaseLeasesRequest
  | WatchCreateRequest
  | WatchCancelRequest
  | WatchProgressRequest
  | WatchWindowRequest
  | DefragmentRequest
  | HashKvRequest
  | SnapshotRequest
  | ClusterRequest

export interface RangeResponse extends Body {
  readonly type: 'RangeResponse'
  readonly header: ResponseHeader
  readonly kvs: readonly KeyValue[]
  readonly more: boolean
  /** Keys in the range, whatever the limit and the bounds of revisions. */
  readonly count: number
}

export interface PutResponse extends Body {
  readonly type: 'PutResponse'
  readonly header: ResponseHeader
  readonly prevKv?: KeyValue | undefined
}

export interface DeleteRangeResponse extends Body {
  readonly type: 'DeleteRangeResponse'
  readonly header: ResponseHeader
  readonly deleted: number
  readonly prevKvs: readonly KeyValue[]
}

export type ResponseOp = RangeResponse | PutResponse | DeleteRangeResponse | TxnResponse

export interface TxnResponse extends Body {
  readonly type: 'TxnResponse'
  /** One within another has no revision of its own: 0. */
  readonly header: ResponseHeader
  readonly succeeded: boolean
  readonly responses: readonly ResponseOp[]
}

export interface CompactResponse extends Body {
  readonly type: 'CompactResponse'
  readonly header: ResponseHeader
}

export interface LeaseGrantResponse extends Body {
  readonly type: 'LeaseGrantResponse'
  readonly header: ResponseHeader
  readonly id: LeaseId
  readonly ttl: number
}

export interface LeaseRevokeResponse extends Body {
  readonly type: 'LeaseRevokeResponse'
  readonly header: ResponseHeader
}

export interface LeaseKeepAliveResponse extends Body {
  readonly type: 'LeaseKeepAliveResponse'
  readonly header: ResponseHeader
  readonly id: LeaseId
  /** Seconds; 0: there is no such lease. */
  readonly ttl: number
}

export interface LeaseTimeToLiveResponse extends Body {
  readonly type: 'LeaseTimeToLiveResponse'
  readonly header: ResponseHeader
  readonly id: LeaseId
  /** Whole seconds that are left; -1: there is no such lease. */
  readonly ttl: number
  readonly grantedTtl: number
  readonly keys: readonly string[]
}

export interface LeaseLeasesResponse extends Body {
  readonly type: 'LeaseLeasesResponse'
  readonly header: ResponseHeader
  /** The one that ends first comes first. */
  readonly leases: readonly LeaseId[]
}

export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE'
  /** For a deletion only key and modRevision mean anything. */
  readonly kv: KeyValue
  readonly prevKv?: KeyValue | undefined
}

export interface WatchResponse extends Body {
  readonly type: 'WatchResponse'
  readonly header: ResponseHeader
  readonly watchId: number
  readonly created?: boolean
  readonly canceled?: boolean
  /** Set where the watch was cancelled because its start is compacted: the oldest revision that can be watched. */
  readonly compactRevision?: number
  readonly cancelReason?: string
  /** More of the same follows. */
  readonly fragment?: boolean
  /** In order; events of one revision are never torn apart. */
  readonly events: readonly WatchEvent[]
}

/** A failed call, with the gRPC code's name. */
export interface ErrorResponse extends Body {
  readonly type: 'Error'
  readonly code:
    'OutOfRange' | 'NotFound' | 'FailedPrecondition' | 'InvalidArgument' | 'ResourceExhausted' | 'Unavailable'
  readonly message: string
}

export type EtcdResponse =
  | RangeResponse
  | PutResponse
  | DeleteRangeResponse
  | TxnResponse
  | CompactResponse
  | LeaseGrantResponse
  | LeaseRevokeResponse
  | LeaseKeepAliveResponse
  | LeaseTimeToLiveResponse
  | LeaseLeasesResponse
  | WatchResponse
  | MembersResponse
  | MoveLeaderResponse
  | StatusResponse
  | AlarmResponse
  | DefragmentResponse
  | HashKvResponse
  | SnapshotResponse
  | ErrorResponse
