/**
 * Raft: many members keep one log, as long as more than half of them can talk.
 *
 * What the real one does: etcd-io/raft is a state machine. It is handed messages and ticks of a clock, and says what is to
 * be written, sent and applied (`Ready`); it does no input or output of its own.
 * What we model: all of that, as functions over plain state: elections with randomised timeouts, PreVote, CheckQuorum,
 * transfer of leadership, replication with flow control, learners, joint consensus, read index and lease reads, forgetting
 * a leader, asynchronous storage writes. `node.ts` is the door: step, tick, ready, advance.
 * What we leave out: the goroutine around it (`node.go`), state tracing; a read travels in `context`, not in an entry.
 * Where to read upstream: etcd-io/raft `raft.go`, `doc.go`; the paper, "In Search of an Understandable Consensus Algorithm".
 */
import type { Io } from './io.ts'
import type { RaftLog } from './log.ts'
import { lastIndex } from './log.ts'
import { type HardState, type Message, type MessageType, NO_LIMIT, NONE } from './messages.ts'
import type { ReadOnlyOption, ReadQueue, ReadState } from './read-only.ts'
import { createProgress } from './tracker/progress.ts'
import { type ProgressTracker, resetVotes } from './tracker/tracker.ts'

export type StateType = 'StateFollower' | 'StateCandidate' | 'StateLeader' | 'StatePreCandidate'

export interface Config {
  /** From 1. */
  readonly id: number
  /** Ticks without a leader until an election, at least; up to twice as many. */
  readonly electionTick: number
  /** Ticks between a leader's heartbeats. */
  readonly heartbeatTick: number
  /** What the application has applied already, on restart. */
  readonly applied?: number
  readonly asyncStorageWrites?: boolean
  /** Bytes of entries in one append; 0: one entry. */
  readonly maxSizePerMsg: number
  /** Bytes of entries that are applying at a time. Default: maxSizePerMsg. */
  readonly maxCommittedSizePerReady?: number
  /** Bytes of a leader's uncommitted entries; more are dropped. Default: no limit. */
  readonly maxUncommittedEntriesSize?: number
  /** Appends under way to one follower. */
  readonly maxInflightMsgs: number
  /** Bytes under way to one follower. Default: no limit. */
  readonly maxInflightBytes?: number
  /** A leader that has not heard of a quorum for an election timeout steps down, and nobody votes while there is a leader. */
  readonly checkQuorum?: boolean
  /** Asks whether an election could be won before it begins one. */
  readonly preVote?: boolean
  readonly readOnlyOption?: ReadOnlyOption
  /** A follower drops proposals. */
  readonly disableProposalForwarding?: boolean
  /** Takes any change of the configuration into the log; one that is not possible is then a defect. */
  readonly disableConfChangeValidation?: boolean
  /** A leader that is removed steps down. */
  readonly stepDownOnRemoval?: boolean
}

export interface Raft {
  readonly config: Config
  readonly id: number
  term: number
  vote: number
  state: StateType
  /** Id of the leader; 0: none known. */
  lead: number
  isLearner: boolean
  readonly log: RaftLog
  tracker: ProgressTracker
  /** To be sent at once, to others. */
  msgs: Message[]
  /** To be sent once what is unstable by now is on the disk; some are for this member itself. */
  msgsAfterAppend: Message[]
  readStates: ReadState[]
  readQueue: ReadQueue
  /** Reads that came before this leader had committed anything in its term. */
  pendingReadIndexMessages: Message[]
  /** Whom leadership is being handed to; 0: nobody. */
  leadTransferee: number
  /** A change of the configuration may be in the log up to here; no other is proposed before it is applied. */
  pendingConfIndex: number
  /** Bytes; never too high. Kept by a leader. */
  uncommittedSize: number
  /** Ticks since the election timeout was last reset. */
  electionElapsed: number
  /** Ticks since the last heartbeat; kept by a leader. */
  heartbeatElapsed: number
  /** In [electionTick, 2 × electionTick). */
  randomizedElectionTimeout: number
}

/** Why a message came to nothing; undefined: it did not. */
export type StepError = string | undefined

export const PROPOSAL_DROPPED = 'raft proposal dropped'

/** How upstream prints an id. */
export const hex = (id: number): string => id.toString(16)

export const hardStateOf = ({ term, vote, log }: Raft): HardState => ({ term, vote, commit: log.committed })

export const readOnlyOptionOf = ({ config }: Raft): ReadOnlyOption => config.readOnlyOption ?? 'ReadOnlySafe'
export const maxUncommittedSizeOf = ({ config }: Raft): number => config.maxUncommittedEntriesSize || NO_LIMIT

const CAMPAIGN_MESSAGES: ReadonlySet<MessageType> = new Set([
  'MsgVote',
  'MsgVoteResp',
  'MsgPreVote',
  'MsgPreVoteResp',
] as const)

/** Answers that promise something must not leave before it is on the disk. */
const PROMISES: ReadonlySet<MessageType> = new Set(['MsgAppResp', 'MsgVoteResp', 'MsgPreVoteResp'] as const)

/** Puts a message out to be sent. Messages of an election bear the term that they ask for; the rest bear this member's. */
export function send(raft: Raft, message: Omit<Message, 'from'> & { readonly from?: number }): void {
  const { type } = message
  const from = message.from || raft.id
  let filled: Message = { ...message, from }
  if (CAMPAIGN_MESSAGES.has(type)) {
    if (!message.term) throw new Error(`term should be set when sending ${type}`)
  } else {
    if (message.term) throw new Error(`term should not be set when sending ${type} (was ${message.term})`)
    if (type !== 'MsgProp' && type !== 'MsgReadIndex') filled = { ...filled, term: raft.term }
  }
  if (PROMISES.has(type)) raft.msgsAfterAppend.push(filled)
  else if (message.to === raft.id) throw new Error(`message should not be self-addressed when sending ${type}`)
  else raft.msgs.push(filled)
}

/** A new term or a new role: everything that belonged to the old one is forgotten. */
export function reset(raft: Raft, term: number, io: Io): void {
  if (raft.term !== term) {
    raft.term = term
    raft.vote = NONE
  }
  raft.lead = NONE
  raft.electionElapsed = 0
  raft.heartbeatElapsed = 0
  raft.randomizedElectionTimeout = raft.config.electionTick + io.random(raft.config.electionTick)
  raft.leadTransferee = NONE
  resetVotes(raft.tracker)
  const last = lastIndex(raft.log)
  const { maxInflight, maxInflightBytes } = raft.tracker
  raft.tracker.progress = raft.tracker.progress.map(({ id, isLearner }) => ({
    ...createProgress(id, last + 1, maxInflight, maxInflightBytes),
    isLearner,
    match: id === raft.id ? last : 0,
  }))
  raft.pendingConfIndex = 0
  raft.uncommittedSize = 0
  raft.readQueue = []
}
