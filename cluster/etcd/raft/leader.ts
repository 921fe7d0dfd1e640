/**
 * What a leader does with a message.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (stepLeader).
 */
import type { Io } from './io.ts'
import * as logs from './log.ts'
import type { ConfChange, ConfChangeV2, Entry, EntryContent, Message } from './messages.ts'
import { NONE } from './messages.ts'
import { hex, PROPOSAL_DROPPED, type Raft, readOnlyOptionOf, send, type StepError } from './raft.ts'
import { ackRead, addRead, confirmedReads } from './read-only.ts'
import { appendEntry, bcastAppend, bcastHeartbeat, maybeCommit, maybeSendAppend, sendAppend } from './replication.ts'
import { becomeFollower } from './roles.ts'
import { voteResult } from './quorum/joint.ts'
import { freeInflights } from './tracker/inflights.ts'
import type { Progress } from './tracker/progress.ts'
import {
  becomeProbe,
  becomeReplicate,
  canBumpCommit,
  formatProgress,
  maybeDecreaseTo,
  maybeUpdate,
} from './tracker/progress.ts'
import { formatConfig, isJoint, isQuorumActive, isSingleton, progressOf } from './tracker/tracker.ts'

export function stepLeader(raft: Raft, message: Message, io: Io): StepError {
  switch (message.type) {
    case 'MsgBeat':
      bcastHeartbeat(raft)
      return undefined
    case 'MsgCheckQuorum':
      checkQuorum(raft, io)
      return undefined
    case 'MsgProp':
      return propose(raft, message.entries ?? [], io)
    case 'MsgReadIndex':
      readIndex(raft, message)
      return undefined
    case 'MsgForgetLeader':
      return undefined
  }
  const progress = progressOf(raft.tracker, message.from)
  if (!progress) {
    io.log?.('DEBUG', `${hex(raft.id)} no progress available for ${hex(message.from)}`)
    return undefined
  }
  switch (message.type) {
    case 'MsgAppResp':
      progress.recentActive = true
      if (message.reject) appendRejected(raft, progress, message, io)
      else appendAcknowledged(raft, progress, message.index ?? 0, io)
      break
    case 'MsgHeartbeatResp':
      heartbeatAnswered(raft, progress, message, io)
      break
    case 'MsgSnapStatus':
      snapshotEnded(raft, progress, message.reject === true, io)
      break
    case 'MsgUnreachable': {
      // What was sent ahead is probably lost.
      if (progress.state === 'StateReplicate') becomeProbe(progress)
      const to = `failed to send message to ${hex(progress.id)} because it is unreachable`
      io.log?.('DEBUG', `${hex(raft.id)} ${to} [${formatProgress(progress)}]`)
      break
    }
    case 'MsgTransferLeader':
      transferLeader(raft, progress, io)
      break
  }
  return undefined
}

function checkQuorum(raft: Raft, io: Io): void {
  if (!isQuorumActive(raft.tracker)) {
    io.log?.('WARN', `${hex(raft.id)} stepped down to follower since quorum is not active`)
    becomeFollower(raft, raft.term, NONE, io)
  }
  for (const progress of raft.tracker.progress) if (progress.id !== raft.id) progress.recentActive = false
}

// ── proposals ───────────────────────────────────────────────────────────────────────────────────────────────────────

function propose(raft: Raft, entries: readonly Entry[], io: Io): StepError {
  if (entries.length === 0) throw new Error(`${hex(raft.id)} stepped empty MsgProp`)
  // A leader that has been removed takes nothing new on.
  if (!progressOf(raft.tracker, raft.id)) return PROPOSAL_DROPPED
  if (raft.leadTransferee !== NONE) {
    const to = `transfer leadership to ${hex(raft.leadTransferee)} is in progress`
    io.log?.('DEBUG', `${hex(raft.id)} [term ${raft.term}] ${to}; dropping proposal`)
    return PROPOSAL_DROPPED
  }
  const contents = entries.map((entry, i) => (entry.type === 'EntryNormal' ? entry : checkedChange(raft, entry, i, io)))
  if (!appendEntry(raft, contents, io)) return PROPOSAL_DROPPED
  bcastAppend(raft, io)
  return undefined
}

/** A change that cannot be made now goes into the log as an entry without content. */
function checkedChange(raft: Raft, entry: Entry, place: number, io: Io): EntryContent {
  const { config } = raft.tracker
  const refused = refusalOf(raft, entry)
  if (refused !== undefined && !raft.config.disableConfChangeValidation) {
    const change = formatChange(entry.data as ConfChange | ConfChangeV2 | undefined)
    io.log?.('INFO', `${hex(raft.id)} ignoring conf change ${change} at config ${formatConfig(config)}: ${refused}`)
    return { type: 'EntryNormal' }
  }
  raft.pendingConfIndex = logs.lastIndex(raft.log) + place + 1
  return entry
}

function refusalOf({ pendingConfIndex, log, tracker }: Raft, entry: Entry): string | undefined {
  const leavesJoint = entry.type === 'EntryConfChangeV2' && (entry.data?.changes.length ?? 0) === 0
  if (pendingConfIndex > log.applied) {
    return `possible unapplied conf change at index ${pendingConfIndex} (applied to ${log.applied})`
  }
  if (isJoint(tracker.config) && !leavesJoint) return 'must transition out of joint config first'
  if (!isJoint(tracker.config) && leavesJoint) return 'not in joint state; refusing empty conf change'
  return undefined
}

/** As protobuf's text form has it. */
function formatChange(change: ConfChange | ConfChangeV2 | undefined): string {
  if (!change) return ''
  if (!('changes' in change)) return `type:${change.type} node_id:${change.nodeId}`
  const changes = change.changes.map(({ type, nodeId }) => `changes:{type:${type} node_id:${nodeId}}`)
  return [`transition:${change.transition}`, ...changes].join(' ')
}

// ── answers of followers ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The logs do not meet where they were thought to. The follower names an index and the term that it has there; whatever
 * the leader has at a higher term before that index cannot be shared either, so one probe per term is enough.
 */
function appendRejected(raft: Raft, progress: Progress, message: Message, io: Io): void {
  const { index = 0, rejectHint = 0, logTerm = 0 } = message
  const [id, from] = [hex(raft.id), hex(progress.id)]
  const hint = `rejected, hint: (index ${rejectHint}, term ${logTerm})`
  io.log?.('DEBUG', `${id} received MsgAppResp(${hint}) from ${from} for index ${index}`)
  const next = logTerm > 0 ? logs.findConflictByTerm(raft.log, rejectHint, logTerm).index : rejectHint
  if (!maybeDecreaseTo(progress, index, next)) return
  io.log?.('DEBUG', `${id} decreased progress of ${from} to [${formatProgress(progress)}]`)
  if (progress.state === 'StateReplicate') becomeProbe(progress)
  sendAppend(raft, progress, io)
}

function appendAcknowledged(raft: Raft, progress: Progress, index: number, io: Io): void {
  // An acknowledgement that is no news may still end the probing of a follower that has everything.
  const isNews = maybeUpdate(progress, index) || (progress.match === index && progress.state === 'StateProbe')
  if (!isNews) return
  const { log } = raft
  if (progress.state === 'StateProbe') becomeReplicate(progress)
  else if (progress.state === 'StateReplicate') freeInflights(progress.inflights, index)
  else if (progress.match + 1 >= logs.firstIndex(log)) {
    // Whichever snapshot it got, and from whom: the log takes over from here.
    const text = `recovered from needing snapshot, resumed sending replication messages to ${hex(progress.id)}`
    io.log?.('DEBUG', `${hex(raft.id)} ${text} [${formatProgress(progress)}]`)
    becomeProbe(progress)
    becomeReplicate(progress)
  }
  if (maybeCommit(raft)) {
    releasePendingReads(raft, io)
    bcastAppend(raft, io)
  } else if (progress.id !== raft.id && canBumpCommit(progress, log.committed)) sendAppend(raft, progress, io)
  // The window may have room again.
  if (progress.id !== raft.id) while (maybeSendAppend(raft, progress, false, io));
  if (progress.id === raft.leadTransferee && progress.match === logs.lastIndex(log)) {
    io.log?.('INFO', `${hex(raft.id)} sent MsgTimeoutNow to ${hex(progress.id)} after received MsgAppResp`)
    send(raft, { type: 'MsgTimeoutNow', to: progress.id })
  }
}

function heartbeatAnswered(raft: Raft, progress: Progress, message: Message, io: Io): void {
  progress.recentActive = true
  progress.msgAppFlowPaused = false
  // A follower that has everything but is being probed gets one, too: its answer ends the probing.
  if (progress.match < logs.lastIndex(raft.log) || progress.state === 'StateProbe') sendAppend(raft, progress, io)
  const { context } = message
  if (readOnlyOptionOf(raft) !== 'ReadOnlySafe' || context === undefined) return
  const [queue, acks] = ackRead(raft.readQueue, progress.id, context)
  raft.readQueue = queue
  if (voteResult(raft.tracker.config.voters, acks) !== 'VoteWon') return
  const [confirmed, rest] = confirmedReads(queue, context)
  raft.readQueue = rest
  for (const { request, index } of confirmed) answerRead(raft, request, index)
}

function snapshotEnded(raft: Raft, progress: Progress, failed: boolean, io: Io): void {
  if (progress.state !== 'StateSnapshot') return
  if (failed) progress.pendingSnapshot = 0
  becomeProbe(progress)
  const how = `snapshot ${failed ? 'failed' : 'succeeded'}, resumed sending replication messages to ${hex(progress.id)}`
  io.log?.('DEBUG', `${hex(raft.id)} ${how} [${formatProgress(progress)}]`)
  // The next append waits for its acknowledgement, or for a heartbeat's answer.
  progress.msgAppFlowPaused = true
}

// ── transfer of leadership ──────────────────────────────────────────────────────────────────────────────────────────

function transferLeader(raft: Raft, progress: Progress, io: Io): void {
  const [id, to] = [hex(raft.id), hex(progress.id)]
  if (progress.isLearner) return io.log?.('DEBUG', `${id} is learner. Ignored transferring leadership`)
  if (raft.leadTransferee === progress.id) {
    const text = `transfer leadership to ${to} is in progress, ignores request to same node ${to}`
    return io.log?.('INFO', `${id} [term ${raft.term}] ${text}`)
  }
  if (raft.leadTransferee !== NONE) {
    const previous = hex(raft.leadTransferee)
    raft.leadTransferee = NONE
    io.log?.('INFO', `${id} [term ${raft.term}] abort previous transferring leadership to ${previous}`)
  }
  if (progress.id === raft.id) {
    return io.log?.('DEBUG', `${id} is already leader. Ignored transferring leadership to self`)
  }
  io.log?.('INFO', `${id} [term ${raft.term}] starts to transfer leadership to ${to}`)
  // It is given up after one election timeout, which begins now.
  raft.electionElapsed = 0
  raft.leadTransferee = progress.id
  if (progress.match === logs.lastIndex(raft.log)) {
    send(raft, { type: 'MsgTimeoutNow', to: progress.id })
    io.log?.('INFO', `${id} sends MsgTimeoutNow to ${to} immediately as ${to} already has up-to-date log`)
  } else sendAppend(raft, progress, io)
}

// ── reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Until a leader has committed in its own term, it does not know what its predecessors had committed. */
const hasCommittedInTerm = ({ log, term }: Raft): boolean => logs.zeroTermOnMissing(log, log.committed) === term

function readIndex(raft: Raft, message: Message): void {
  if (isSingleton(raft.tracker)) answerRead(raft, message, raft.log.committed)
  else if (!hasCommittedInTerm(raft)) raft.pendingReadIndexMessages.push(message)
  else confirmRead(raft, message)
}

function confirmRead(raft: Raft, message: Message): void {
  const { committed } = raft.log
  if (readOnlyOptionOf(raft) === 'ReadOnlyLeaseBased') return answerRead(raft, message, committed)
  const context = message.context!
  raft.readQueue = ackRead(addRead(raft.readQueue, committed, message), raft.id, context)[0]
  bcastHeartbeat(raft, context)
}

function releasePendingReads(raft: Raft, io: Io): void {
  if (raft.pendingReadIndexMessages.length === 0) return
  if (!hasCommittedInTerm(raft)) {
    return io.log?.('ERROR', 'pending MsgReadIndex should be released only after first commit in current term')
  }
  const messages = raft.pendingReadIndexMessages
  raft.pendingReadIndexMessages = []
  for (const message of messages) confirmRead(raft, message)
}

function answerRead(raft: Raft, { from, context = '' }: Message, index: number): void {
  if (from === NONE || from === raft.id) raft.readStates.push({ index, requestCtx: context })
  else send(raft, { type: 'MsgReadIndexResp', to: from, index, context })
}
