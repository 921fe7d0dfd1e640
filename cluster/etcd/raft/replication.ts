/**
 * A leader's side of replication: what it appends, what it sends to whom, and what is thereby committed.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (maybeSendAppend, maybeSendSnapshot, bcastAppend, appendEntry).
 */
import type { Io } from './io.ts'
import * as logs from './log.ts'
import type { Entry, EntryContent } from './messages.ts'
import { hex, maxUncommittedSizeOf, type Raft, send } from './raft.ts'
import { lastPendingContext } from './read-only.ts'
import { payloadsSize } from './sizes.ts'
import { isFull } from './tracker/inflights.ts'
import { becomeSnapshot, formatProgress, isPaused, type Progress, sentEntries } from './tracker/progress.ts'
import { committed } from './tracker/tracker.ts'

/** Appends to the leader's own log, unless too much is uncommitted. The leader acknowledges it once it is on its disk. */
export function appendEntry(raft: Raft, contents: readonly EntryContent[], io: Io): boolean {
  const last = logs.lastIndex(raft.log)
  if (!increaseUncommittedSize(raft, contents)) {
    const id = hex(raft.id)
    io.log?.('WARN', `${id} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`)
    return false
  }
  const entries = contents.map((content, i): Entry => ({ ...content, term: raft.term, index: last + 1 + i }))
  logs.append(raft.log, entries, io)
  send(raft, { type: 'MsgAppResp', to: raft.id, index: logs.lastIndex(raft.log) })
  return true
}

/** Entries without payload are never refused: a new leader needs one, and so does the way out of a joint configuration. */
function increaseUncommittedSize(raft: Raft, contents: readonly EntryContent[]): boolean {
  const size = payloadsSize(contents)
  const { uncommittedSize } = raft
  if (uncommittedSize > 0 && size > 0 && uncommittedSize + size > maxUncommittedSizeOf(raft)) return false
  raft.uncommittedSize += size
  return true
}

export function reduceUncommittedSize(raft: Raft, size: number): void {
  raft.uncommittedSize = Math.max(raft.uncommittedSize - size, 0)
}

/** Sends an append, even one without entries: that tells the commit index. */
export function sendAppend(raft: Raft, progress: Progress, io: Io): void {
  maybeSendAppend(raft, progress, true, io)
}

/** @returns whether a message was sent; without entries only if `sendIfEmpty` */
export function maybeSendAppend(raft: Raft, progress: Progress, sendIfEmpty: boolean, io: Io): boolean {
  if (isPaused(progress)) return false
  const { log, config } = raft
  const previous = progress.next - 1
  const previousTerm = logs.termOf(log, previous)
  if (typeof previousTerm === 'string') return maybeSendSnapshot(raft, progress, io)
  // With a full window an empty append still goes out once in a while: if all that filled it was lost, its rejection
  // is what gets things going again.
  const isThrottled = progress.state === 'StateReplicate' && isFull(progress.inflights)
  const entries = isThrottled ? [] : logs.entriesFrom(log, progress.next, config.maxSizePerMsg)
  if (entries === undefined) return sendIfEmpty && maybeSendSnapshot(raft, progress, io)
  if (entries.length === 0 && !sendIfEmpty) return false
  send(raft, {
    type: 'MsgApp',
    to: progress.id,
    index: previous,
    logTerm: previousTerm,
    entries,
    commit: log.committed,
  })
  sentEntries(progress, entries.length, payloadsSize(entries))
  progress.sentCommit = log.committed
  return true
}

function maybeSendSnapshot(raft: Raft, progress: Progress, io: Io): boolean {
  const to = hex(progress.id)
  if (!progress.recentActive) {
    io.log?.('DEBUG', `ignore sending snapshot to ${to} since it is not recently active`)
    return false
  }
  const snapshot = logs.snapshotOf(raft.log)
  const { index, term } = snapshot.metadata
  if (index === 0) throw new Error('need non-empty snapshot')
  const id = hex(raft.id)
  const here = `${id} [firstindex: ${logs.firstIndex(raft.log)}, commit: ${raft.log.committed}]`
  io.log?.('DEBUG', `${here} sent snapshot[index: ${index}, term: ${term}] to ${to} [${formatProgress(progress)}]`)
  becomeSnapshot(progress, index)
  io.log?.('DEBUG', `${id} paused sending replication messages to ${to} [${formatProgress(progress)}]`)
  send(raft, { type: 'MsgSnap', to: progress.id, snapshot })
  return true
}

export function bcastAppend(raft: Raft, io: Io): void {
  for (const progress of raft.tracker.progress) if (progress.id !== raft.id) sendAppend(raft, progress, io)
}

/** Never tells a commit index beyond what the follower is known to have. */
function sendHeartbeat(raft: Raft, progress: Progress, context: string | undefined): void {
  const commit = Math.min(progress.match, raft.log.committed)
  send(raft, { type: 'MsgHeartbeat', to: progress.id, commit, ...(context !== undefined && { context }) })
  progress.sentCommit = commit
}

export function bcastHeartbeat(raft: Raft, context = lastPendingContext(raft.readQueue)): void {
  for (const progress of raft.tracker.progress) if (progress.id !== raft.id) sendHeartbeat(raft, progress, context)
}

/** Commits what a quorum has, as far as it is of this term. @returns whether that was anything new */
export const maybeCommit = (raft: Raft): boolean => logs.maybeCommit(raft.log, raft.term, committed(raft.tracker))
