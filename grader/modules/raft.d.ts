/**
 * A Raft node as etcd's is driven: it gets ticks and messages, and says by `ready` what is to be written, sent and applied. It
 * does no input or output of its own. Names are those of etcd-io/raft (`raft.go`, `raftpb/raft.proto`), in TypeScript's case.
 */

/**
 * Messages of an election and of a leader. `term` is the sender's own, but for those about a vote:
 *
 * - `MsgVote`: vote for me in `term`. `index` and `logTerm` are those of my last entry.
 * - `MsgVoteResp`: yes, in `term`; with `reject: true`: no, and `term` is mine.
 * - `MsgPreVote`: would you vote for me in `term`, one above mine? Nobody's term or vote changes.
 * - `MsgPreVoteResp`: I would, in that very `term`; with `reject: true`: no, and `term` is mine.
 * - `MsgHeartbeat`: I lead in `term`. `MsgHeartbeatResp`: I have heard you.
 *
 * Messages of the log (exercise `raft-log`):
 *
 * - `MsgApp`: append `entries` after the one at `index`, whose term is `logTerm`; all up to `commit` are committed.
 * - `MsgAppResp`: my log agrees with yours up to `index`; with `reject: true`: I have no such entry at `index`, and my log
 *   ends at `rejectHint`.
 * - A `MsgHeartbeat` then carries `commit`, never beyond what its receiver is known to have, and the `context` of a read,
 *   which comes back in the `MsgHeartbeatResp`.
 */
export type MessageType =
  | 'MsgVote'
  | 'MsgVoteResp'
  | 'MsgPreVote'
  | 'MsgPreVoteResp'
  | 'MsgHeartbeat'
  | 'MsgHeartbeatResp'
  | 'MsgApp'
  | 'MsgAppResp'

export interface Message {
  readonly type: MessageType
  readonly from: number
  readonly to: number
  readonly term: number
  readonly reject?: boolean
  readonly index?: number
  readonly logTerm?: number
  readonly entries?: readonly Entry[]
  readonly commit?: number
  readonly rejectHint?: number
  readonly context?: string
}

/** An entry of the log. The first has index 1; what comes before it has index 0 and term 0. */
export interface Entry {
  readonly index: number
  readonly term: number
  /** What was proposed; absent in the entry with which a leader begins its term. */
  readonly data?: string
}

/** What must be on the disk before anybody hears of it. */
export interface HardState {
  readonly term: number
  /** Who got this node's vote in this term; 0: nobody. */
  readonly vote: number
  /** Index of the last entry known to be committed; 0 in an election without a log. */
  readonly commit: number
}

export type StateType = 'StateFollower' | 'StatePreCandidate' | 'StateCandidate' | 'StateLeader'

export interface SoftState {
  /** The leader of this term, as far as known; 0: none. */
  readonly lead: number
  readonly raftState: StateType
}

/** A node as it comes up, with what its disk holds. */
export interface Config {
  /** From 1. */
  readonly id: number
  /** All voters, this node among them. They never change. */
  readonly voters: readonly number[]
  /** Ticks without a leader until it stands for election: at least these, and less than twice as many. */
  readonly electionTick: number
  /** Ticks between a leader's heartbeats. */
  readonly heartbeatTick: number
  /** It asks with MsgPreVote whether an election could be won before it begins one. */
  readonly preVote: boolean
  /** A leader that hears no quorum steps down; and who has a leader lets nobody disturb it. */
  readonly checkQuorum: boolean
  /** All 0 at its first start. */
  readonly hardState: HardState
  /** Its log, in order, from index 1. In `raft-election` it never changes. */
  readonly entries: readonly Entry[]
  /** A whole number from 0 to `below` - 1: all the chance there is. */
  random(below: number): number
}

/** What there is to do. It is done in this order: write `hardState`, and once that is durable, send `messages`. */
export interface Ready {
  readonly softState: SoftState
  /** As it is now; written if it is not what was written last. */
  readonly hardState: HardState
  readonly messages: readonly Message[]
}

/** `new Node(config)` is a process that starts. After each tick and each message come `ready` and `advance`. */
export interface Node {
  /** A moment has passed. */
  tick(): void
  /** A message from another node. It may be late, come twice, or out of order. */
  step(message: Message): void
  /** All there is to do now. It changes nothing. */
  ready(): Ready
  /** What the last `ready` said is done: its messages are not given again. */
  advance(): void
}

export interface NodeClass {
  new (config: Config): Node
}

// ── with a log: exercise `raft-log` ─────────────────────────────────────────────────────────────────────────────────

/** A read may be answered once everything up to `index` is applied. */
export interface ReadState {
  readonly context: string
  readonly index: number
}

/** Written are `hardState` and `entries`; then `messages` are sent, then `committedEntries` applied and reads answered. */
export interface LogReady extends Ready {
  /** To be written, in the place of whatever is at these indexes and beyond them; each once. */
  readonly entries: readonly Entry[]
  /** To be applied, in order, each once in the life of a node (from the first again after a restart). */
  readonly committedEntries: readonly Entry[]
  readonly readStates: readonly ReadState[]
}

/** A node that also keeps a log. */
export interface LogNode extends Node {
  /** Appends to the log, if this node leads. False: it does not, and nothing happens. */
  propose(data: string): boolean
  /** Asks from which index on a read is linearizable. The answer is a ReadState, sooner or later. False: this node does not lead. */
  readIndex(context: string): boolean
  ready(): LogReady
}

export interface LogNodeClass {
  new (config: Config): LogNode
}
