/**
 * How far a follower has come, as its leader sees it, and how much it may be sent.
 *
 * - `StateProbe`: where its log ends is not known; one message per heartbeat finds out.
 * - `StateReplicate`: entries are sent ahead of their acknowledgement, as far as the window of inflights allows.
 * - `StateSnapshot`: what it lacks is compacted; nothing is sent until the snapshot has arrived.
 *
 * Where to read upstream: etcd-io/raft `tracker/progress.go`.
 */
import type { Inflights } from './inflights.ts'
import { addInflight, createInflights, isFull, resetInflights } from './inflights.ts'

export type ProgressState = 'StateProbe' | 'StateReplicate' | 'StateSnapshot'

export interface Progress {
  readonly id: number
  /** The follower's log is known to be the leader's up to here. */
  match: number
  /** Index of the next entry to send. Invariant: match < next. In StateSnapshot it is pendingSnapshot + 1. */
  next: number
  /** The highest commit index that was sent. Saves messages that would tell nothing new. */
  sentCommit: number
  state: ProgressState
  /** Index of the snapshot that is under way; 0: none. */
  pendingSnapshot: number
  /** It was heard of since the last check of the quorum. */
  recentActive: boolean
  /** No more appends until a heartbeat is answered. */
  msgAppFlowPaused: boolean
  readonly inflights: Inflights
  isLearner: boolean
}

export function createProgress(id: number, next: number, maxInflight: number, maxInflightBytes: number): Progress {
  return {
    id,
    match: 0,
    next,
    sentCommit: 0,
    state: 'StateProbe',
    pendingSnapshot: 0,
    recentActive: false,
    msgAppFlowPaused: false,
    inflights: createInflights(maxInflight, maxInflightBytes),
    isLearner: false,
  }
}

function resetState(progress: Progress, state: ProgressState): void {
  progress.msgAppFlowPaused = false
  progress.pendingSnapshot = 0
  progress.state = state
  resetInflights(progress.inflights)
}

/** After a snapshot, probing begins behind it. */
export function becomeProbe(progress: Progress): void {
  const { match, pendingSnapshot, state } = progress
  resetState(progress, 'StateProbe')
  progress.next = state === 'StateSnapshot' ? Math.max(match, pendingSnapshot) + 1 : match + 1
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1)
}

export function becomeReplicate(progress: Progress): void {
  resetState(progress, 'StateReplicate')
  progress.next = progress.match + 1
}

export function becomeSnapshot(progress: Progress, index: number): void {
  resetState(progress, 'StateSnapshot')
  progress.pendingSnapshot = index
  progress.next = index + 1
  progress.sentCommit = index
}

/** Keeps the books of an append that was sent: `entries` of them, from `next` on, `bytes` in all. */
export function sentEntries(progress: Progress, entries: number, bytes: number): void {
  if (progress.state === 'StateReplicate') {
    if (entries > 0) {
      progress.next += entries
      addInflight(progress.inflights, progress.next - 1, bytes)
    }
    // The message that fills the window is itself the probe: more follow only after a heartbeat or an acknowledgement.
    progress.msgAppFlowPaused = isFull(progress.inflights)
  } else if (progress.state === 'StateProbe') {
    if (entries > 0) progress.msgAppFlowPaused = true
  } else throw new Error(`sending append in unhandled state ${progress.state}`)
}

/** Whether telling this commit index might move the follower's. */
export const canBumpCommit = ({ sentCommit, next }: Progress, index: number): boolean =>
  index > sentCommit && sentCommit < next - 1

/** The follower acknowledges everything up to `index`. @returns whether that is news */
export function maybeUpdate(progress: Progress, index: number): boolean {
  if (index <= progress.match) return false
  progress.match = index
  progress.next = Math.max(progress.next, index + 1)
  progress.msgAppFlowPaused = false
  return true
}

/**
 * The follower rejected the append after `rejected` and proposes to go on after `matchHint`.
 * @returns false if the message is stale: what it rejects was acknowledged, or is not what was probed last
 */
export function maybeDecreaseTo(progress: Progress, rejected: number, matchHint: number): boolean {
  const { match, next, state } = progress
  if (state === 'StateReplicate') {
    if (rejected <= match) return false
    progress.next = match + 1
  } else {
    if (next - 1 !== rejected) return false
    progress.next = Math.max(Math.min(rejected, matchHint + 1), match + 1)
    progress.msgAppFlowPaused = false
  }
  // What the follower was told it will hardly have applied.
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1)
  return true
}

export const isPaused = ({ state, msgAppFlowPaused }: Progress): boolean =>
  state === 'StateSnapshot' || msgAppFlowPaused

export function formatProgress(progress: Progress): string {
  const { state, match, next, isLearner, pendingSnapshot, recentActive, inflights } = progress
  const count = inflights.window.length
  return [
    `${state} match=${match} next=${next}`,
    isLearner && 'learner',
    isPaused(progress) && 'paused',
    pendingSnapshot > 0 && `pendingSnap=${pendingSnapshot}`,
    !recentActive && 'inactive',
    count > 0 && `inflight=${count}${isFull(inflights) ? '[full]' : ''}`,
  ]
    .filter(Boolean)
    .join(' ')
}
