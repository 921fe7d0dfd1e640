/**
 * What a member can be, and how it becomes it.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (becomeFollower, becomeCandidate, becomePreCandidate, becomeLeader).
 */
import type { Io } from './io.ts'
import { lastIndex } from './log.ts'
import { NONE } from './messages.ts'
import { hex, type Raft, reset } from './raft.ts'
import { appendEntry } from './replication.ts'
import { becomeReplicate } from './tracker/progress.ts'
import { progressOf, resetVotes } from './tracker/tracker.ts'

export function becomeFollower(raft: Raft, term: number, lead: number, io: Io): void {
  reset(raft, term, io)
  raft.lead = lead
  raft.state = 'StateFollower'
  io.log?.('INFO', `${hex(raft.id)} became follower at term ${raft.term}`)
}

export function becomeCandidate(raft: Raft, io: Io): void {
  if (raft.state === 'StateLeader') throw new Error('invalid transition [leader -> candidate]')
  reset(raft, raft.term + 1, io)
  raft.vote = raft.id
  raft.state = 'StateCandidate'
  io.log?.('INFO', `${hex(raft.id)} became candidate at term ${raft.term}`)
}

/** Asks first: neither term nor vote change. */
export function becomePreCandidate(raft: Raft, io: Io): void {
  if (raft.state === 'StateLeader') throw new Error('invalid transition [leader -> pre-candidate]')
  resetVotes(raft.tracker)
  raft.lead = NONE
  raft.state = 'StatePreCandidate'
  io.log?.('INFO', `${hex(raft.id)} became pre-candidate at term ${raft.term}`)
}

/** A leader begins with an entry of its own term: what it finds in the log is committed along with it. */
export function becomeLeader(raft: Raft, io: Io): void {
  if (raft.state === 'StateFollower') throw new Error('invalid transition [follower -> leader]')
  reset(raft, raft.term, io)
  raft.lead = raft.id
  raft.state = 'StateLeader'
  const progress = progressOf(raft.tracker, raft.id)!
  becomeReplicate(progress)
  progress.recentActive = true
  // There may be a change of the configuration among what is uncommitted; to look would cost more than to wait.
  raft.pendingConfIndex = lastIndex(raft.log)
  appendEntry(raft, [{ type: 'EntryNormal' }], io)
  io.log?.('INFO', `${hex(raft.id)} became leader at term ${raft.term}`)
}
