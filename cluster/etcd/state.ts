/** etcd's state: what the log determines, the member's part in Raft, what waits for either, and who listens. */
import type { Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { Log } from '#cluster/kernel/log.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { Keyspace } from './keyspace.ts'
import type { Member } from './cluster-messages.ts'
import type { LeaseId, RangeRequest } from './messages.ts'
import type { Entry, Message } from './raft/messages.ts'
import type { Node } from './raft/node.ts'

/** A range that somebody watches. */
export interface Watch {
  readonly stream: StreamId
  readonly watchId: number
  readonly key: string
  readonly rangeEnd: string | undefined
  readonly prevKv: boolean
  /** Nothing older is told: this member may not have come as far as the watcher has. */
  readonly minRevision: number
  readonly filters: readonly ('NOPUT' | 'NODELETE')[]
  readonly progressNotify: boolean
  readonly fragment: boolean
  /** From this revision on it has been told nothing, since its stream does not read; undefined: it is in step. */
  readonly behind?: number
}

/** What an entry that changes the membership holds beside the change. */
export interface MemberChange {
  readonly member: Member
  readonly isPromotion: boolean
}

/** Somebody who waits for an answer. */
export interface Waiting {
  readonly stream: StreamId
  /** When it is given up, in this machine's time. */
  readonly deadline: Micros
}

export interface PendingRead extends Waiting {
  readonly request: RangeRequest
}

/** Linearizable reads: one round of asking at a time, for all that came before it. */
export interface Reads {
  /** Came while a round was under way, or while there was no leader. */
  next: readonly PendingRead[]
  round: ReadRound | undefined
  /** Confirmed, but this member has not applied that far yet. */
  confirmed: readonly ConfirmedReads[]
}

export interface ReadRound {
  readonly context: string
  readonly reads: readonly PendingRead[]
  readonly askedAt: Micros
}

export interface ConfirmedReads {
  readonly index: number
  readonly reads: readonly PendingRead[]
}

export interface EtcdState {
  keyspace: Keyspace
  /** Undefined until it has booted. */
  node: Node | undefined
  /** This member's id. */
  id: number
  clusterId: number
  incarnation: number
  /** Determined by the log, as the keyspace is. */
  members: Table<number, Member>
  /** Ids never come back. */
  removed: Table<number, true>
  /** Who has written and is no member as far as this one has come: it is behind a change, and must be able to answer. */
  remotes: Table<number, ProcessId>
  /** Removed from the cluster: it does nothing any more. */
  isStopped: boolean
  /** Writes that wait for a leader, or for the disk, and have no place in the log yet; what is proposed is dropped. */
  proposals: Log<Entry>
  /** Who waits for an entry to be applied, by number of the request; oldest first. */
  waiting: Table<number, Waiting>
  reads: Reads
  /** Requests passed on to the leader: stream to it → stream of the client. */
  forwards: Table<StreamId, StreamId>
  /** Streams on which a snapshot is under way → to which member. */
  snapshots: Table<StreamId, number>
  /** Begins where no other member's numbers are, nor those of this one's earlier lives. */
  nextRequest: number
  /** What is to be told once everything written by now is durable. */
  unsynced: readonly Message[]
  /** The same for syncs under way, by number of the sync. */
  syncing: Table<number, readonly Message[]>
  /** Index of the last applied entry. */
  applied: number
  appliedTerm: number
  /** Index of the snapshot that recovery would start from. */
  snapshotIndex: number
  /** A snapshot being written, by index; 0: none. */
  snapshotPending: number
  /** Watches in the order of their creation, by `stream/watchId`. */
  watches: Table<string, Watch>
  /** How many more responses with events a stream takes; one that is not here takes them all. */
  windows: Table<StreamId, number>
  /** The number that the next watch of a stream gets, where it brings none. */
  nextWatchIds: Table<StreamId, number>
  /** Watches that want to hear of progress, and have been told something since the last round. */
  toldOf: Table<string, true>
  /** Size of the file, as last seen; see `maintenance.ts`. */
  fileBytes: number
  /** Lease → when it ends, on this machine's clock. Kept by the leader alone. */
  leaseEnds: Table<LeaseId, Micros>
  isLeader: boolean
  isTicking: boolean
  /** Since when there is no leader, in this machine's time; undefined: there is one. */
  leaderlessSince: Micros | undefined
  nextPersist: number
}
