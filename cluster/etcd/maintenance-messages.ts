/** What clients and etcd say to each other about upkeep, and what every response begins with. */
import type { Body } from '#cluster/kernel/component.ts'

export interface ResponseHeader {
  /** The store's revision when the request was applied. */
  readonly revision: number
}

export type AlarmType = 'NOSPACE' | 'CORRUPT'

export interface AlarmRequest extends Body {
  readonly type: 'Alarm'
  readonly action: 'GET' | 'ACTIVATE' | 'DEACTIVATE'
  readonly memberId: number
  /** Undefined with `GET`: all of them. */
  readonly alarm: AlarmType | undefined
}

export interface DefragmentRequest extends Body {
  readonly type: 'Defragment'
}

export interface HashKvRequest extends Body {
  readonly type: 'HashKV'
  /** 0: everything. */
  readonly revision: number
}

/** A copy of this member's store, as etcdctl saves it. */
export interface SnapshotRequest extends Body {
  readonly type: 'Snapshot'
}

export interface AlarmResponse extends Body {
  readonly type: 'AlarmResponse'
  readonly header: ResponseHeader
  readonly alarms: readonly { readonly memberId: number; readonly alarm: AlarmType }[]
}

export interface DefragmentResponse extends Body {
  readonly type: 'DefragmentResponse'
  readonly header: ResponseHeader
}

export interface HashKvResponse extends Body {
  readonly type: 'HashKVResponse'
  readonly header: ResponseHeader
  /** 32 bits. */
  readonly hash: number
  readonly compactRevision: number
}

export interface SnapshotResponse extends Body {
  readonly type: 'SnapshotResponse'
  readonly header: ResponseHeader
  /** As in `wal.ts`: a header first, a seal last. */
  readonly records: readonly Body[]
}
