/**
 * What a follower does with a message; a candidate that hears of a leader becomes one and does the same.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (stepFollower, handleAppendEntries, handleHeartbeat, handleSnapshot).
 */
import { hup } from './election.ts'
import type { Io } from './io.ts'
import * as logs from './log.ts'
import { restoreSnapshot } from './membership.ts'
import { type Message, NO_SNAPSHOT, NONE } from './messages.ts'
import { hex, PROPOSAL_DROPPED, type Raft, readOnlyOptionOf, send, type StepError } from './raft.ts'

export function stepFollower(raft: Raft, message: Message, io: Io): StepError {
  switch (message.type) {
    case 'MsgProp':
      return forwardProposal(raft, message, io)
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      raft.electionElapsed = 0
      raft.lead = message.from
      fromLeader(raft, message, io)
      break
    case 'MsgTransferLeader':
      if (raft.lead !== NONE) send(raft, { ...message, to: raft.lead })
      else io.log?.('INFO', `${hex(raft.id)} no leader at term ${raft.term}; dropping leader transfer msg`)
      break
    case 'MsgForgetLeader':
      forgetLeader(raft, io)
      break
    case 'MsgTimeoutNow': {
      const what = `received MsgTimeoutNow from ${hex(message.from)} and starts an election to get leadership.`
      io.log?.('INFO', `${hex(raft.id)} [term ${raft.term}] ${what}`)
      // Never a pre-vote: the leader itself asks for this election.
      hup(raft, 'CampaignTransfer', io)
      break
    }
    case 'MsgReadIndex':
      if (raft.lead !== NONE) send(raft, { ...message, to: raft.lead })
      else io.log?.('INFO', `${hex(raft.id)} no leader at term ${raft.term}; dropping index reading msg`)
      break
    case 'MsgReadIndexResp':
      raft.readStates.push({ index: message.index ?? 0, requestCtx: message.context ?? '' })
      break
  }
  return undefined
}

function forwardProposal(raft: Raft, message: Message, io: Io): StepError {
  const id = hex(raft.id)
  if (raft.lead === NONE) {
    io.log?.('INFO', `${id} no leader at term ${raft.term}; dropping proposal`)
    return PROPOSAL_DROPPED
  }
  if (raft.config.disableProposalForwarding) {
    io.log?.('INFO', `${id} not forwarding to leader ${hex(raft.lead)} at term ${raft.term}; dropping proposal`)
    return PROPOSAL_DROPPED
  }
  send(raft, { ...message, to: raft.lead })
  return undefined
}

/** The leader is taken for gone: this member may vote at once. A lease would make that unsafe. */
function forgetLeader(raft: Raft, io: Io): void {
  if (readOnlyOptionOf(raft) === 'ReadOnlyLeaseBased') {
    return io.log?.('ERROR', 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased')
  }
  if (raft.lead === NONE) return
  io.log?.('INFO', `${hex(raft.id)} forgetting leader ${hex(raft.lead)} at term ${raft.term}`)
  raft.lead = NONE
}

/** The messages by which a leader leads. */
export function fromLeader(raft: Raft, message: Message, io: Io): void {
  if (message.type === 'MsgApp') handleAppendEntries(raft, message, io)
  else if (message.type === 'MsgHeartbeat') handleHeartbeat(raft, message)
  else handleSnapshot(raft, message, io)
}

function handleAppendEntries(raft: Raft, message: Message, io: Io): void {
  const { from: to, index = 0, logTerm = 0, entries = [], commit = 0 } = message
  const { log } = raft
  if (index < log.committed) return send(raft, { type: 'MsgAppResp', to, index: log.committed })
  const last = logs.maybeAppend(log, logTerm, index, entries, commit, io)
  if (last !== undefined) return send(raft, { type: 'MsgAppResp', to, index: last })
  const ours = logs.zeroTermOnMissing(log, index)
  const sent = `[logterm: ${logTerm}, index: ${index}]`
  io.log?.('DEBUG', `${hex(raft.id)} [logterm: ${ours}, index: ${index}] rejected MsgApp ${sent} from ${hex(to)}`)
  // All that the leader has before that entry is of its term or older: where we have newer, we cannot agree.
  const hint = logs.findConflictByTerm(log, Math.min(index, logs.lastIndex(log)), logTerm)
  send(raft, { type: 'MsgAppResp', to, index, reject: true, rejectHint: hint.index, logTerm: hint.term })
}

function handleHeartbeat(raft: Raft, { from, commit = 0, context }: Message): void {
  logs.commitTo(raft.log, commit)
  send(raft, { type: 'MsgHeartbeatResp', to: from, ...(context !== undefined && { context }) })
}

function handleSnapshot(raft: Raft, { from, snapshot = NO_SNAPSHOT }: Message, io: Io): void {
  const { index, term } = snapshot.metadata
  const isTaken = restoreSnapshot(raft, snapshot, io)
  const what = `${isTaken ? 'restored' : 'ignored'} snapshot [index: ${index}, term: ${term}]`
  io.log?.('INFO', `${hex(raft.id)} [commit: ${raft.log.committed}] ${what}`)
  send(raft, { type: 'MsgAppResp', to: from, index: isTaken ? logs.lastIndex(raft.log) : raft.log.committed })
}
