/**
 * The door to Raft: step, tick, ready, advance.
 *
 * The application hands in messages and ticks, and asks for a `Ready` whenever `hasReady`: what to write (entries, hard
 * state, a snapshot), what to send once that is on the disk, and what to apply. When all is done it says `advance`. With
 * asynchronous storage writes it does not: the writing and the applying are messages to local threads, which bear the
 * answers that are to be delivered once the work is done, and several may be under way.
 * Whoever lends other rules (`RaftIo`) has them decide what a tick or a message does to the same state; what is written,
 * sent and applied of it stays as it is.
 * Where to read upstream: etcd-io/raft `rawnode.go`, `node.go` (Ready).
 */
import type { Io } from './io.ts'
import * as logs from './log.ts'
import { applyConfChange, restoreConfig } from './membership.ts'
import type { ConfChangeV2, ConfState, Entry, EntryContent, HardState, Message, Payload, Snapshot } from './messages.ts'
import {
  isLocalMsg,
  isLocalMsgTarget,
  isResponseMsg,
  isSameHardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  NO_HARD_STATE,
  NO_LIMIT,
  NONE,
} from './messages.ts'
import type { Config, Raft, StateType, StepError } from './raft.ts'
import { hardStateOf, hex } from './raft.ts'
import type { ReadState } from './read-only.ts'
import { becomeFollower } from './roles.ts'
import { sizeUnder } from './sizes.ts'
import { step as stepRaft, tick as tickRaft } from './step.ts'
import type { Storage } from './storage.ts'
import { createTracker, progressOf, voterNodes } from './tracker/tracker.ts'
import * as unstables from './unstable.ts'

/** What a tick or a message makes of a member's state. The usual ones are in `step.ts`. */
export interface RaftRules {
  tick(raft: Raft, io: Io): void
  step(raft: Raft, message: Message, io: Io): StepError
}

/** What is lent for a step, with other rules than the usual ones if somebody has some. */
export interface RaftIo extends Io {
  readonly rules?: RaftRules | undefined
}

export interface SoftState {
  readonly lead: number
  readonly raftState: StateType
}

export interface Node {
  readonly raft: Raft
  /** What the application was last told. */
  previousSoftState: SoftState
  previousHardState: HardState
  /** What this member tells itself once a Ready is done. */
  stepsOnAdvance: Message[]
}

export interface Ready {
  /** Only if it changed. */
  readonly softState: SoftState | undefined
  /** Only if it changed. */
  readonly hardState: HardState | undefined
  readonly readStates: readonly ReadState[]
  /** To be written, over what is there from the first of them on. */
  readonly entries: readonly Entry[]
  /** To be written. */
  readonly snapshot: Snapshot | undefined
  /** To be applied. */
  readonly committedEntries: readonly Entry[]
  /** To be sent, once everything above is written. */
  readonly messages: readonly Message[]
  /** Whether the writing must be synced, too. */
  readonly mustSync: boolean
}

/**
 * A member as it comes up: with what its storage holds. From then on the storage is the node's own (`raft.log.storage`) and
 * is kept nowhere else, or a fork would have two of them. Throws if the configuration makes no sense.
 */
export function createNode(config: Config, storage: Storage, io: Io): Node {
  validate(config)
  const raft: Raft = {
    config,
    id: config.id,
    term: 0,
    vote: NONE,
    state: 'StateFollower',
    lead: NONE,
    isLearner: false,
    log: logs.createRaftLog(storage, config.maxCommittedSizePerReady || config.maxSizePerMsg),
    tracker: createTracker(config.maxInflightMsgs, config.maxInflightBytes || NO_LIMIT),
    msgs: [],
    msgsAfterAppend: [],
    readStates: [],
    readQueue: [],
    pendingReadIndexMessages: [],
    leadTransferee: NONE,
    pendingConfIndex: 0,
    uncommittedSize: 0,
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTimeout: 0,
  }
  restoreConfig(raft, storage.snapshot.metadata.confState, io)
  loadState(raft, storage.hardState)
  if (config.applied) logs.logAppliedTo(raft.log, config.applied, 0)
  becomeFollower(raft, raft.term, NONE, io)
  const { committed, applied } = raft.log
  const peers = voterNodes(raft.tracker).map(hex).join(',')
  const last = `lastindex: ${logs.lastIndex(raft.log)}, lastterm: ${logs.lastTerm(raft.log)}`
  const here = `peers: [${peers}], term: ${raft.term}, commit: ${committed}, applied: ${applied}, ${last}`
  io.log?.('INFO', `newRaft ${hex(raft.id)} [${here}]`)
  return { raft, previousSoftState: softStateOf(raft), previousHardState: hardStateOf(raft), stepsOnAdvance: [] }
}

function validate(config: Config): void {
  const { id, heartbeatTick, electionTick, maxInflightMsgs, maxInflightBytes, maxSizePerMsg } = config
  if (id === NONE) throw new Error('cannot use none as id')
  if (isLocalMsgTarget(id)) throw new Error('cannot use local target as id')
  if (heartbeatTick <= 0) throw new Error('heartbeat tick must be greater than 0')
  if (electionTick <= heartbeatTick) throw new Error('election tick must be greater than heartbeat tick')
  if (maxInflightMsgs <= 0) throw new Error('max inflight messages must be greater than 0')
  if (maxInflightBytes && maxInflightBytes < maxSizePerMsg) {
    throw new Error('max inflight bytes must be >= max message size')
  }
  if (config.readOnlyOption === 'ReadOnlyLeaseBased' && !config.checkQuorum) {
    throw new Error('CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased')
  }
}

function loadState(raft: Raft, state: HardState): void {
  if (isSameHardState(state, NO_HARD_STATE)) return
  const { log } = raft
  const last = logs.lastIndex(log)
  if (state.commit < log.committed || state.commit > last) {
    throw new Error(`${hex(raft.id)} state.commit ${state.commit} is out of range [${log.committed}, ${last}]`)
  }
  log.committed = state.commit
  raft.term = state.term
  raft.vote = state.vote
}

// ── handing in ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const tick = ({ raft }: Node, io: RaftIo): void => (io.rules ? io.rules.tick(raft, io) : tickRaft(raft, io))

const stepByRules = (raft: Raft, message: Message, io: RaftIo): StepError =>
  io.rules ? io.rules.step(raft, message, io) : stepRaft(raft, message, io)

/** A message from another member or from a storage thread. */
export function step({ raft }: Node, message: Message, io: RaftIo): StepError {
  const { type, from } = message
  if (isLocalMsg(type) && !isLocalMsgTarget(from)) return 'raft: cannot step raft local message'
  if (isResponseMsg(type) && !isLocalMsgTarget(from) && !progressOf(raft.tracker, from)) {
    return 'raft: cannot step as peer not found'
  }
  return stepByRules(raft, message, io)
}

/** What the application itself wants, rather than another member. */
const local = ({ raft }: Node, message: Omit<Message, 'to'>, io: RaftIo): StepError =>
  stepByRules(raft, { ...message, to: NONE }, io)

export const campaign = (node: Node, io: RaftIo): StepError => local(node, { type: 'MsgHup', from: NONE }, io)

export const propose = (node: Node, data: Payload, io: RaftIo): StepError =>
  proposeEntry(node, { type: 'EntryNormal', data }, io)

export const proposeConfChange = (node: Node, change: EntryContent, io: RaftIo): StepError =>
  proposeEntry(node, change, io)

/** Entries that have no place in a log yet, in one go. */
export const proposeEntries = (node: Node, entries: readonly Entry[], io: RaftIo): StepError =>
  local(node, { type: 'MsgProp', from: node.raft.id, entries }, io)

const proposeEntry = (node: Node, content: EntryContent, io: RaftIo): StepError =>
  proposeEntries(node, [{ ...content, term: 0, index: 0 }], io)

/** To be called for each change that is applied; one that the application rejects is left out. */
export const applyChange = ({ raft }: Node, change: ConfChangeV2, io: RaftIo): ConfState =>
  applyConfChange(raft, change, io)

export function reportUnreachable(node: Node, id: number, io: RaftIo): void {
  local(node, { type: 'MsgUnreachable', from: id }, io)
}

export function reportSnapshot(node: Node, id: number, failed: boolean, io: RaftIo): void {
  local(node, { type: 'MsgSnapStatus', from: id, reject: failed }, io)
}

export function transferLeader(node: Node, transferee: number, io: RaftIo): void {
  local(node, { type: 'MsgTransferLeader', from: transferee }, io)
}

export const forgetLeader = (node: Node, io: RaftIo): StepError =>
  local(node, { type: 'MsgForgetLeader', from: NONE }, io)

/** Asks from which index on a read is linearizable; the answer is a ReadState with this context. */
export function readIndex(node: Node, context: string, io: RaftIo): void {
  local(node, { type: 'MsgReadIndex', from: NONE, context }, io)
}

// ── handing out ─────────────────────────────────────────────────────────────────────────────────────────────────────

const softStateOf = ({ lead, state }: Raft): SoftState => ({ lead, raftState: state })

const isSameSoftState = (a: SoftState, raft: Raft): boolean => a.lead === raft.lead && a.raftState === raft.state

const isAsync = ({ raft }: Node): boolean => raft.config.asyncStorageWrites === true

export function hasReady(node: Node): boolean {
  const { raft, previousSoftState, previousHardState } = node
  const { log } = raft
  return (
    raft.msgs.length > 0 ||
    raft.msgsAfterAppend.length > 0 ||
    raft.readStates.length > 0 ||
    log.unstable.entries.length > log.unstable.offsetInProgress ||
    logs.hasNextCommittedEntries(log, !isAsync(node)) ||
    !isSameSoftState(previousSoftState, raft) ||
    !isSameHardState(previousHardState, hardStateOf(raft)) ||
    unstables.nextSnapshot(log.unstable) !== undefined
  )
}

/** All that there is to do now. It counts as taken on: it is not handed out again. */
export function ready(node: Node): Ready {
  const { raft, previousHardState } = node
  const { log } = raft
  const hardState = hardStateOf(raft)
  const work = {
    softState: isSameSoftState(node.previousSoftState, raft) ? undefined : softStateOf(raft),
    hardState: isSameHardState(previousHardState, hardState) ? undefined : hardState,
    readStates: raft.readStates,
    entries: unstables.nextEntries(log.unstable),
    snapshot: unstables.nextSnapshot(log.unstable),
    committedEntries: logs.nextCommittedEntries(log, !isAsync(node)),
  }
  const { term, vote } = previousHardState
  const mustSync = work.entries.length > 0 || hardState.vote !== vote || hardState.term !== term
  const messages = [...raft.msgs, ...(isAsync(node) ? storageMessages(raft, work) : messagesToOthers(raft))]
  accept(node, work)
  return { ...work, messages, mustSync }
}

type Work = Omit<Ready, 'messages' | 'mustSync'>

const messagesToOthers = ({ msgsAfterAppend, id }: Raft): Message[] => msgsAfterAppend.filter(({ to }) => to !== id)

function storageMessages(raft: Raft, work: Work): Message[] {
  const { hardState, entries, snapshot, committedEntries } = work
  const messages: Message[] = []
  if (entries.length > 0 || hardState || snapshot || raft.msgsAfterAppend.length > 0) {
    const responses = [...raft.msgsAfterAppend, ...appendResponse(raft, work)]
    const write = {
      to: LOCAL_APPEND_THREAD,
      from: raft.id,
      entries,
      responses,
      ...hardState,
      ...(snapshot && { snapshot }),
    }
    messages.push({ type: 'MsgStorageAppend', ...write })
  }
  if (committedEntries.length > 0) {
    const responses = [applyResponse(raft, committedEntries)]
    const entries = committedEntries
    messages.push({ type: 'MsgStorageApply', to: LOCAL_APPLY_THREAD, from: raft.id, entries, responses })
  }
  return messages
}

/**
 * What the append thread answers when all that is unstable by now is written. It bears the present term: after a change of
 * term it is ignored, since entries with the same indexes may be on their way to the disk once more. So that the unstable
 * log is emptied in the end, it is asked for whenever there is any, not only when entries are handed out.
 */
function appendResponse(raft: Raft, { snapshot }: Work): Message[] {
  const { log, term } = raft
  const hasEntries = unstables.hasEntries(log.unstable)
  if (!hasEntries && !snapshot) return []
  const last = hasEntries ? { index: logs.lastIndex(log), logTerm: logs.lastTerm(log) } : {}
  const from = LOCAL_APPEND_THREAD
  return [{ type: 'MsgStorageAppendResp', to: raft.id, from, term, ...last, ...(snapshot && { snapshot }) }]
}

const applyResponse = ({ id }: Raft, entries: readonly Entry[]): Message => ({
  type: 'MsgStorageApplyResp',
  to: id,
  from: LOCAL_APPLY_THREAD,
  entries,
})

function accept(node: Node, work: Work): void {
  const { raft } = node
  const { softState, hardState, committedEntries } = work
  if (softState) node.previousSoftState = softState
  if (hardState) node.previousHardState = hardState
  raft.readStates = []
  if (!isAsync(node)) {
    if (node.stepsOnAdvance.length > 0) throw new Error('two accepted Ready structs without call to Advance')
    node.stepsOnAdvance = [
      ...raft.msgsAfterAppend.filter(({ to }) => to === raft.id),
      ...appendResponse(raft, work),
      ...(committedEntries.length > 0 ? [applyResponse(raft, committedEntries)] : []),
    ]
  }
  raft.msgs = []
  raft.msgsAfterAppend = []
  unstables.acceptInProgress(raft.log.unstable)
  if (committedEntries.length > 0) {
    const last = committedEntries.at(-1)!.index
    const size = sizeUnder(raft.log.maxApplyingEntsSize, committedEntries)
    logs.acceptApplying(raft.log, last, size, !isAsync(node))
  }
}

/** All that the last Ready asked for is done. */
export function advance(node: Node, io: Io): void {
  if (isAsync(node)) throw new Error('Advance must not be called when using AsyncStorageWrites')
  const steps = node.stepsOnAdvance
  node.stepsOnAdvance = []
  for (const message of steps) stepRaft(node.raft, message, io)
}
