/**
 * What Raft keeps, stores and sends: the names of raftpb, as plain immutable data.
 *
 * A field that upstream leaves zero is absent here. Ids and indexes are whole numbers from 1.
 * Where to read upstream: etcd-io/raft `raftpb/raft.proto`, `raftpb/confchange.go`.
 */

/** What an entry carries for the application. Raft looks at its size alone. */
export interface Payload {
  /** Bytes. */
  readonly size: number
  readonly body: unknown
  /** Number of the request that it came with, so that whoever waits for it can be told. */
  readonly request?: number
}

interface EntryId {
  readonly term: number
  readonly index: number
}

export type Entry = EntryId & EntryContent

export type EntryContent =
  /** Without data: what a new leader appends to commit what came before it. */
  | { readonly type: 'EntryNormal'; readonly data?: Payload | undefined }
  | { readonly type: 'EntryConfChange'; readonly data: ConfChange }
  /** Without data: leaves a joint configuration. */
  | { readonly type: 'EntryConfChangeV2'; readonly data?: ConfChangeV2 | undefined }

export type EntryType = EntryContent['type']

export type ConfChangeType =
  'ConfChangeAddNode' | 'ConfChangeRemoveNode' | 'ConfChangeUpdateNode' | 'ConfChangeAddLearnerNode'

export interface ConfChangeSingle {
  readonly type: ConfChangeType
  /** 0: the application thought better of it, nothing changes. */
  readonly nodeId: number
}

/** The old form: one change, applied at once. */
export interface ConfChange extends ConfChangeSingle {
  readonly context?: Payload | undefined
}

export type ConfChangeTransition =
  /** Simple where one voter changes at most, else joint and left by itself. */
  | 'ConfChangeTransitionAuto'
  | 'ConfChangeTransitionJointImplicit'
  /** The application proposes the way out. */
  | 'ConfChangeTransitionJointExplicit'

export interface ConfChangeV2 {
  readonly transition: ConfChangeTransition
  readonly changes: readonly ConfChangeSingle[]
  readonly context?: Payload | undefined
}

/** Who takes part: what a snapshot says of the configuration. Ids in ascending order. */
export interface ConfState {
  readonly voters: readonly number[]
  readonly votersOutgoing: readonly number[]
  readonly learners: readonly number[]
  readonly learnersNext: readonly number[]
  readonly autoLeave: boolean
}

export interface SnapshotMetadata {
  readonly index: number
  readonly term: number
  readonly confState: ConfState
}

export interface Snapshot {
  readonly metadata: SnapshotMetadata
  /** The application's own. */
  readonly data?: unknown
}

/** What must be on the disk before anybody hears of it. */
export interface HardState {
  readonly term: number
  readonly vote: number
  readonly commit: number
}

const MESSAGE_TYPES = [
  'MsgHup',
  'MsgBeat',
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
  'MsgForgetLeader',
] as const

export type MessageType = (typeof MESSAGE_TYPES)[number]

export const isMessageType = (name: string): name is MessageType => (MESSAGE_TYPES as readonly string[]).includes(name)

export interface Message {
  readonly type: MessageType
  readonly to: number
  readonly from: number
  /** Absent: a local message, or a forwarded request, which belongs to no term. */
  readonly term?: number
  /** Term of the entry at `index`. */
  readonly logTerm?: number
  readonly index?: number
  /** A proposal's have no place in a log yet: their term and index are 0. */
  readonly entries?: readonly Entry[]
  readonly commit?: number
  readonly vote?: number
  readonly snapshot?: Snapshot
  readonly reject?: boolean
  readonly rejectHint?: number
  /** Which read this is about, or that a vote is asked for by a transfer of leadership. */
  readonly context?: string
  /** What a storage thread sends once it is done. */
  readonly responses?: readonly Message[]
}

export const NONE = 0
/** Targets of MsgStorageAppend and MsgStorageApply: no ids of members, so they cannot be mistaken for one. */
export const LOCAL_APPEND_THREAD = -1
export const LOCAL_APPLY_THREAD = -2

export const NO_LIMIT = Number.MAX_SAFE_INTEGER

export const NO_HARD_STATE: HardState = Object.freeze({ term: 0, vote: 0, commit: 0 })
export const NO_CONF_STATE: ConfState = Object.freeze({
  voters: Object.freeze([]),
  votersOutgoing: Object.freeze([]),
  learners: Object.freeze([]),
  learnersNext: Object.freeze([]),
  autoLeave: false,
})
export const NO_SNAPSHOT: Snapshot = Object.freeze({
  metadata: Object.freeze({ index: 0, term: 0, confState: NO_CONF_STATE }),
})

export const isSameHardState = (a: HardState, b: HardState): boolean =>
  a.term === b.term && a.vote === b.vote && a.commit === b.commit

export const isLocalMsgTarget = (id: number): boolean => id < 0

const LOCAL_MESSAGES: ReadonlySet<MessageType> = new Set([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
] as const)

const RESPONSES: ReadonlySet<MessageType> = new Set([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
] as const)

/** Must not come over a network. */
export const isLocalMsg = (type: MessageType): boolean => LOCAL_MESSAGES.has(type)
export const isResponseMsg = (type: MessageType): boolean => RESPONSES.has(type)
