/**
 * Elections: who may stand, how votes are asked for and counted.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (hup, campaign, poll); the paper, section 5.2; the dissertation, section 9.6.
 */
import type { Io } from './io.ts'
import * as logs from './log.ts'
import type { Message } from './messages.ts'
import { hex, type Raft, send } from './raft.ts'
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './roles.ts'
import { bcastAppend } from './replication.ts'
import { progressOf, recordVote, tallyVotes, voterNodes } from './tracker/tracker.ts'
import { NONE } from './messages.ts'

export type CampaignType =
  /** Whether it could be won. */
  | 'CampaignPreElection'
  | 'CampaignElection'
  /** By order of the leader: nobody holds it back because there is a leader. */
  | 'CampaignTransfer'

/** A voter, and not in the middle of a snapshot. */
export function isPromotable({ id, tracker, log }: Raft): boolean {
  return progressOf(tracker, id)?.isLearner === false && log.unstable.snapshot === undefined
}

/** Begins an election, if this member may. */
export function hup(raft: Raft, type: CampaignType, io: Io): void {
  const id = hex(raft.id)
  if (raft.state === 'StateLeader') return io.log?.('DEBUG', `${id} ignoring MsgHup because already leader`)
  if (!isPromotable(raft)) return io.log?.('WARN', `${id} is unpromotable and can not campaign`)
  if (hasUnappliedConfChanges(raft)) {
    const reason = 'since there are still pending configuration changes to apply'
    return io.log?.('WARN', `${id} cannot campaign at term ${raft.term} ${reason}`)
  }
  io.log?.('INFO', `${id} is starting a new election at term ${raft.term}`)
  campaign(raft, type, io)
}

/** Somebody who does not know yet who has a vote must not ask for votes. */
function hasUnappliedConfChanges({ log }: Raft): boolean {
  for (let index = log.applied + 1; index <= log.committed;) {
    const page = logs.slice(log, index, log.committed + 1, log.maxApplyingEntsSize)!
    if (page.some(({ type }) => type !== 'EntryNormal')) return true
    index += page.length
  }
  return false
}

function campaign(raft: Raft, type: CampaignType, io: Io): void {
  const isPreVote = type === 'CampaignPreElection'
  if (isPreVote) becomePreCandidate(raft, io)
  else becomeCandidate(raft, io)
  // A pre-vote is asked for the term that the election would have.
  const term = isPreVote ? raft.term + 1 : raft.term
  const request = isPreVote ? 'MsgPreVote' : 'MsgVote'
  const logTerm = logs.lastTerm(raft.log)
  const index = logs.lastIndex(raft.log)
  for (const to of voterNodes(raft.tracker)) {
    if (to === raft.id) {
      // Its own vote counts once it is on the disk, like any other.
      send(raft, { type: isPreVote ? 'MsgPreVoteResp' : 'MsgVoteResp', to, term })
      continue
    }
    const last = `[logterm: ${logTerm}, index: ${index}]`
    io.log?.('INFO', `${hex(raft.id)} ${last} sent ${request} request to ${hex(to)} at term ${raft.term}`)
    const context = type === 'CampaignTransfer' ? { context: type } : undefined
    send(raft, { type: request, to, term, index, logTerm, ...context })
  }
}

/** A vote has come in; it may decide the election. */
export function countVote(raft: Raft, message: Message, io: Io): void {
  const { type, from, reject = false } = message
  const id = hex(raft.id)
  const what = reject ? `${type} rejection` : type
  io.log?.('INFO', `${id} received ${what} from ${hex(from)} at term ${raft.term}`)
  recordVote(raft.tracker, from, !reject)
  const { granted, rejected, result } = tallyVotes(raft.tracker)
  io.log?.('INFO', `${id} has received ${granted} ${type} votes and ${rejected} vote rejections`)
  if (result === 'VoteLost') becomeFollower(raft, raft.term, NONE, io)
  else if (result === 'VoteWon' && raft.state === 'StatePreCandidate') campaign(raft, 'CampaignElection', io)
  else if (result === 'VoteWon') {
    becomeLeader(raft, io)
    bcastAppend(raft, io)
  }
}
