/** etcd's state: what the log determines, what waits for the disk, and who listens. */
import type { Micros, StreamId } from '#cluster/kernel/component.ts'
import type { Log } from '#cluster/kernel/log.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { Keyspace } from './apply.ts'
import type { Entry } from './wal.ts'

/** A range that somebody watches. */
export interface Watch {
  readonly stream: StreamId
  readonly watchId: number
  readonly key: string
  readonly rangeEnd: string | undefined
  readonly prevKv: boolean
}

/** A write that waits for its entry to be durable. */
export interface Proposal {
  readonly entry: Entry
  /** Whom to answer; undefined: etcd's own. */
  readonly stream: StreamId | undefined
}

export interface EtcdState {
  keyspace: Keyspace
  /** Proposals by index of their entry: the applied ones are dropped. */
  proposals: Log<Proposal>
  /** Index of the last entry that the running sync covers; 0: none is running. */
  syncing: number
  /** Index of the last applied entry. */
  applied: number
  /** Index of the snapshot that recovery would start from. */
  snapshotIndex: number
  /** A snapshot being written, by index; 0: none. */
  snapshotPending: number
  /** Watches in the order of their creation, by `stream/watchId`. */
  watches: Table<string, Watch>
  /** Lease → when it ends, on this machine's clock. */
  leaseEnds: Table<number, Micros>
  nextPersist: number
}
