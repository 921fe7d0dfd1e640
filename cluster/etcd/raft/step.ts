/**
 * One message, or one tick of the clock: terms first, then votes and storage, then what the role makes of it.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (Step, stepCandidate, tickElection, tickHeartbeat, appliedTo).
 */
import { countVote, hup, isPromotable } from './election.ts'
import { fromLeader, stepFollower } from './follower.ts'
import type { Io } from './io.ts'
import { stepLeader } from './leader.ts'
import * as logs from './log.ts'
import { type Message, NONE, type Snapshot } from './messages.ts'
import { hex, PROPOSAL_DROPPED, type Raft, send, type StepError } from './raft.ts'
import { reduceUncommittedSize } from './replication.ts'
import { becomeFollower } from './roles.ts'
import { payloadsSize, sizeUnder } from './sizes.ts'
import { formatConfig } from './tracker/tracker.ts'
import * as unstables from './unstable.ts'

export function step(raft: Raft, message: Message, io: Io): StepError {
  const { type, term = 0 } = message
  if (term > raft.term) {
    if (!newerTerm(raft, message, term, io)) return undefined
  } else if (term !== 0 && term < raft.term) {
    olderTerm(raft, message, term, io)
    return undefined
  }
  switch (type) {
    case 'MsgHup':
      hup(raft, raft.config.preVote ? 'CampaignPreElection' : 'CampaignElection', io)
      return undefined
    case 'MsgStorageAppendResp':
      if (message.index) unstables.stableTo(raft.log.unstable, message.logTerm ?? 0, message.index, io)
      if (message.snapshot) appliedSnapshot(raft, message.snapshot, io)
      return undefined
    case 'MsgStorageApplyResp': {
      const entries = message.entries ?? []
      if (entries.length > 0) {
        appliedTo(raft, entries.at(-1)!.index, sizeUnder(raft.log.maxApplyingEntsSize, entries), io)
        reduceUncommittedSize(raft, payloadsSize(entries))
      }
      return undefined
    }
    case 'MsgVote':
    case 'MsgPreVote':
      castVote(raft, message, io)
      return undefined
  }
  if (raft.state === 'StateLeader') return stepLeader(raft, message, io)
  return raft.state === 'StateFollower' ? stepFollower(raft, message, io) : stepCandidate(raft, message, io)
}

const lastEntry = ({ log, vote }: Raft): string =>
  `[logterm: ${logs.lastTerm(log)}, index: ${logs.lastIndex(log)}, vote: ${hex(vote)}]`

const entryOf = ({ logTerm = 0, index = 0 }: Message): string => `[logterm: ${logTerm}, index: ${index}]`

/** Somebody is in a newer term: so are we, except where that would let one without a chance disturb. @returns whether to go on */
function newerTerm(raft: Raft, message: Message, term: number, io: Io): boolean {
  const { type, from, context, reject } = message
  const id = hex(raft.id)
  if (type === 'MsgVote' || type === 'MsgPreVote') {
    const { electionElapsed, config } = raft
    const hasLease = config.checkQuorum && raft.lead !== NONE && electionElapsed < config.electionTick
    if (hasLease && context !== 'CampaignTransfer') {
      const asked = `ignored ${type} from ${hex(from)} ${entryOf(message)} at term ${raft.term}`
      const remaining = `lease is not expired (remaining ticks: ${config.electionTick - electionElapsed})`
      io.log?.('INFO', `${id} ${lastEntry(raft)} ${asked}: ${remaining}`)
      return false
    }
  }
  // A pre-vote and its granting speak of a term that has not begun.
  if (type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !reject)) return true
  const what = `received a ${type} message with higher term from ${hex(from)} [term: ${term}]`
  io.log?.('INFO', `${id} [term: ${raft.term}] ${what}`)
  const isLeading = type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap'
  becomeFollower(raft, term, isLeading ? from : NONE, io)
  return true
}

function olderTerm(raft: Raft, message: Message, term: number, io: Io): void {
  const { type, from } = message
  const id = hex(raft.id)
  const { checkQuorum, preVote } = raft.config
  if ((checkQuorum || preVote) && (type === 'MsgHeartbeat' || type === 'MsgApp')) {
    // A leader of an older term must hear of ours, or a member that went ahead alone would never be let back in.
    send(raft, { type: 'MsgAppResp', to: from })
  } else if (type === 'MsgPreVote') {
    const asked = `rejected ${type} from ${hex(from)} ${entryOf(message)} at term ${raft.term}`
    io.log?.('INFO', `${id} ${lastEntry(raft)} ${asked}`)
    send(raft, { type: 'MsgPreVoteResp', to: from, term: raft.term, reject: true })
  } else if (type === 'MsgStorageAppendResp') {
    if (message.index) {
      // The entries may have been overwritten meanwhile, while older writes were still on their way to the disk.
      const what = `ignored entry appends from a ${type} message with lower term [term: ${term}]`
      io.log?.('INFO', `${id} [term: ${raft.term}] ${what}`)
    }
    if (message.snapshot) appliedSnapshot(raft, message.snapshot, io)
  } else {
    const what = `ignored a ${type} message with lower term from ${hex(from)} [term: ${term}]`
    io.log?.('INFO', `${id} [term: ${raft.term}] ${what}`)
  }
}

/** Learners vote, too: one may have been promoted without having heard of it. */
function castVote(raft: Raft, message: Message, io: Io): void {
  const { type, from, term = 0, logTerm = 0, index = 0 } = message
  const isFree = raft.vote === NONE && raft.lead === NONE
  const canVote = raft.vote === from || isFree || (type === 'MsgPreVote' && term > raft.term)
  const granted = canVote && logs.isUpToDate(raft.log, logTerm, index)
  const response = type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp'
  const asked = `${granted ? `cast ${type} for` : `rejected ${type} from`} ${hex(from)} ${entryOf(message)}`
  io.log?.('INFO', `${hex(raft.id)} ${lastEntry(raft)} ${asked} at term ${raft.term}`)
  if (!granted) return send(raft, { type: response, to: from, term: raft.term, reject: true })
  // The term of the question: for a pre-vote it is ahead of ours, and an answer with ours would be taken for stale.
  send(raft, { type: response, to: from, term })
  if (type === 'MsgVote') {
    raft.electionElapsed = 0
    raft.vote = from
  }
}

function stepCandidate(raft: Raft, message: Message, io: Io): StepError {
  const { type, from } = message
  const id = hex(raft.id)
  switch (type) {
    case 'MsgProp':
      io.log?.('INFO', `${id} no leader at term ${raft.term}; dropping proposal`)
      return PROPOSAL_DROPPED
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      becomeFollower(raft, message.term ?? 0, from, io)
      fromLeader(raft, message, io)
      break
    case 'MsgPreVoteResp':
    case 'MsgVoteResp':
      // Answers to a pre-vote may still come in when the election itself has begun.
      if ((type === 'MsgPreVoteResp') === (raft.state === 'StatePreCandidate')) countVote(raft, message, io)
      break
    case 'MsgTimeoutNow':
      io.log?.('DEBUG', `${id} [term ${raft.term} state ${raft.state}] ignored MsgTimeoutNow from ${hex(from)}`)
      break
  }
  return undefined
}

// ── applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

function appliedSnapshot(raft: Raft, { metadata }: Snapshot, io: Io): void {
  unstables.stableSnapshotTo(raft.log.unstable, metadata.index)
  appliedTo(raft, metadata.index, 0, io)
}

function appliedTo(raft: Raft, index: number, size: number, io: Io): void {
  const applied = Math.max(index, raft.log.applied)
  logs.logAppliedTo(raft.log, applied, size)
  const { config } = raft.tracker
  if (!config.autoLeave || applied < raft.pendingConfIndex || raft.state !== 'StateLeader') return
  // If it is dropped now, because leadership is being handed over, this comes by again with the next entry.
  const error = step(raft, leaveJointProposal(raft), io)
  const what = `automatic transition out of joint configuration ${formatConfig(config)}`
  if (error) io.log?.('DEBUG', `not initiating ${what}: ${error}`)
  else io.log?.('INFO', `initiating ${what}`)
}

const leaveJointProposal = ({ id }: Raft): Message => ({
  type: 'MsgProp',
  to: NONE,
  from: id,
  entries: [{ type: 'EntryConfChangeV2', term: 0, index: 0 }],
})

// ── ticks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function tick(raft: Raft, io: Io): void {
  if (raft.state === 'StateLeader') tickHeartbeat(raft, io)
  else tickElection(raft, io)
}

function tickElection(raft: Raft, io: Io): void {
  raft.electionElapsed++
  if (!isPromotable(raft) || raft.electionElapsed < raft.randomizedElectionTimeout) return
  raft.electionElapsed = 0
  step(raft, { type: 'MsgHup', to: NONE, from: raft.id }, io)
}

function tickHeartbeat(raft: Raft, io: Io): void {
  raft.heartbeatElapsed++
  raft.electionElapsed++
  const { electionTick, heartbeatTick, checkQuorum } = raft.config
  if (raft.electionElapsed >= electionTick) {
    raft.electionElapsed = 0
    if (checkQuorum) step(raft, { type: 'MsgCheckQuorum', to: NONE, from: raft.id }, io)
    // A transfer that takes longer has failed.
    if (raft.state === 'StateLeader') raft.leadTransferee = NONE
  }
  if (raft.state !== 'StateLeader' || raft.heartbeatElapsed < heartbeatTick) return
  raft.heartbeatElapsed = 0
  step(raft, { type: 'MsgBeat', to: NONE, from: raft.id }, io)
}
