/**
 * A member's log: what is stable and what is not, seen as one, and how far it is committed and applied.
 *
 * Where to read upstream: etcd-io/raft `log.go`.
 */
import type { Io } from './io.ts'
import type { Entry, Snapshot } from './messages.ts'
import { entriesSize, limitSize } from './sizes.ts'
import { entriesBetween, firstIndexOf, lastIndexOf, type Missing, type Storage, termAt } from './storage.ts'
import type { Unstable } from './unstable.ts'
import * as unstables from './unstable.ts'

export interface RaftLog {
  readonly storage: Storage
  readonly unstable: Unstable
  /** Known to be on the disks of a quorum. */
  committed: number
  /** Handed out to be applied. Invariant: applied ≤ applying ≤ committed. */
  applying: number
  applied: number
  /** Bytes that may be applying at a time. */
  readonly maxApplyingEntsSize: number
  applyingEntsSize: number
  /** No more is handed out until something has been applied. */
  applyingEntsPaused: boolean
}

export function createRaftLog(storage: Storage, maxApplyingEntsSize: number): RaftLog {
  const compacted = firstIndexOf(storage) - 1
  return {
    storage,
    unstable: unstables.createUnstable(lastIndexOf(storage) + 1),
    committed: compacted,
    applying: compacted,
    applied: compacted,
    maxApplyingEntsSize,
    applyingEntsSize: 0,
    applyingEntsPaused: false,
  }
}

function formatLog({ committed, applied, applying, unstable }: RaftLog): string {
  const { entries, offsetInProgress } = unstable
  const here = `committed=${committed}, applied=${applied}, applying=${applying}`
  const there = `unstable.offset=${entries.start}, unstable.offsetInProgress=${offsetInProgress}`
  return `${here}, ${there}, len(unstable.Entries)=${entries.length - entries.start}`
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const firstIndex = ({ storage, unstable }: RaftLog): number =>
  unstable.snapshot ? unstable.snapshot.metadata.index + 1 : firstIndexOf(storage)

export const lastIndex = ({ storage, unstable }: RaftLog): number =>
  unstables.maybeLastIndex(unstable) ?? lastIndexOf(storage)

export function termOf(log: RaftLog, index: number): number | Missing {
  const term = unstables.maybeTerm(log.unstable, index)
  if (term !== undefined) return term
  // The term before the first entry is known, too: appends are matched against it.
  if (index + 1 < firstIndex(log)) return 'compacted'
  if (index > lastIndex(log)) return 'unavailable'
  return termAt(log.storage, index)
}

export function zeroTermOnMissing(log: RaftLog, index: number): number {
  const term = termOf(log, index)
  return typeof term === 'number' ? term : 0
}

export function lastTerm(log: RaftLog): number {
  const term = termOf(log, lastIndex(log))
  if (typeof term === 'string') throw new Error(`unexpected error when getting the last term (${term})`)
  return term
}

export const matchTerm = (log: RaftLog, term: number, index: number): boolean => termOf(log, index) === term

/** Whether a log that ends with this entry has at least all that this one has. */
export function isUpToDate(log: RaftLog, term: number, index: number): boolean {
  const last = lastTerm(log)
  return term > last || (term === last && index >= lastIndex(log))
}

export const snapshotOf = ({ storage, unstable }: RaftLog): Snapshot => unstable.snapshot ?? storage.snapshot

/** Entries from `index` on within `maxSize` bytes; undefined: they are compacted. */
export function entriesFrom(log: RaftLog, index: number, maxSize: number): readonly Entry[] | undefined {
  const last = lastIndex(log)
  return index > last ? [] : slice(log, index, last + 1, maxSize)
}

/** Entries from `low` up to and without `high`, within `maxSize` bytes, one at least. */
export function slice(log: RaftLog, low: number, high: number, maxSize: number): readonly Entry[] | undefined {
  if (low < firstIndex(log)) return undefined
  if (low >= high) return []
  const { storage, unstable } = log
  const offset = unstables.offsetOf(unstable)
  if (low >= offset) return limitSize(unstables.slice(unstable, low, high), maxSize)
  const cut = Math.min(high, offset)
  const stable = entriesBetween(storage, low, cut, maxSize)
  if (high <= offset || stable.length < cut - low) return stable
  const size = entriesSize(stable)
  if (size >= maxSize) return stable
  const rest = limitSize(unstables.slice(unstable, offset, high), maxSize - size)
  // The first entry is let through whatever its size, but here it is not the first.
  if (rest.length === 1 && size + entriesSize(rest) > maxSize) return stable
  return [...stable, ...rest]
}

/**
 * Where this log may still be the same as another, of which one entry is known: the highest index up to `index` whose term
 * is at most `term`. A term of 0: unknown, because it is compacted.
 */
export function findConflictByTerm(log: RaftLog, index: number, term: number): { index: number; term: number } {
  for (let i = index; i > 0; i--) {
    const ours = termOf(log, i)
    if (typeof ours === 'string') return { index: i, term: 0 }
    if (ours <= term) return { index: i, term: ours }
  }
  return { index: 0, term: 0 }
}

// ── appending and committing ────────────────────────────────────────────────────────────────────────────────────────

/**
 * Appends what a leader sent after the entry (`prevTerm`, `prevIndex`), and commits as far as it said.
 * @returns index of the last entry sent, or undefined where the logs do not meet
 */
export function maybeAppend(
  log: RaftLog,
  prevTerm: number,
  prevIndex: number,
  entries: readonly Entry[],
  committed: number,
  io: Io,
): number | undefined {
  if (!matchTerm(log, prevTerm, prevIndex)) return undefined
  const last = prevIndex + entries.length
  const conflict = findConflict(log, entries, io)
  if (conflict !== undefined) {
    if (conflict <= log.committed) {
      throw new Error(`entry ${conflict} conflict with committed entry [committed(${log.committed})]`)
    }
    append(log, entries.slice(conflict - prevIndex - 1), io)
  }
  commitTo(log, Math.min(committed, last))
  return last
}

export function append(log: RaftLog, entries: readonly Entry[], io: Io): void {
  if (entries.length === 0) return
  const after = entries[0]!.index - 1
  if (after < log.committed) throw new Error(`after(${after}) is out of range [committed(${log.committed})]`)
  unstables.truncateAndAppend(log.unstable, entries, io)
}

/** Index of the first entry that is not here already; undefined: all are. */
function findConflict(log: RaftLog, entries: readonly Entry[], io: Io): number | undefined {
  for (const { term, index } of entries) {
    if (matchTerm(log, term, index)) continue
    if (index <= lastIndex(log)) {
      const existing = zeroTermOnMissing(log, index)
      io.log?.('INFO', `found conflict at index ${index} [existing term: ${existing}, conflicting term: ${term}]`)
    }
    return index
  }
  return undefined
}

export function commitTo(log: RaftLog, index: number): void {
  if (index <= log.committed) return
  if (index > lastIndex(log)) {
    const range = `tocommit(${index}) is out of range [lastIndex(${lastIndex(log)})]`
    throw new Error(`${range}. Was the raft log corrupted, truncated, or lost?`)
  }
  log.committed = index
}

/** Commits up to `index` if that entry is of this term: what is older is committed along with it, never by itself. */
export function maybeCommit(log: RaftLog, term: number, index: number): boolean {
  if (index <= log.committed || term === 0 || zeroTermOnMissing(log, index) !== term) return false
  commitTo(log, index)
  return true
}

export function restoreLog(log: RaftLog, snapshot: Snapshot, io: Io): void {
  const { index, term } = snapshot.metadata
  io.log?.('INFO', `log [${formatLog(log)}] starts to restore snapshot [index: ${index}, term: ${term}]`)
  log.committed = index
  unstables.restoreUnstable(log.unstable, snapshot)
}

// ── applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether anything is to be applied; `allowUnstable`: also what is committed and not yet on this disk. */
export function hasNextCommittedEntries(log: RaftLog, allowUnstable: boolean): boolean {
  // A snapshot comes first, and alone.
  if (log.applyingEntsPaused || log.unstable.snapshot) return false
  return log.applying < maxAppliableIndex(log, allowUnstable)
}

export function nextCommittedEntries(log: RaftLog, allowUnstable: boolean): readonly Entry[] {
  if (!hasNextCommittedEntries(log, allowUnstable)) return []
  const high = maxAppliableIndex(log, allowUnstable) + 1
  const { maxApplyingEntsSize, applyingEntsSize } = log
  return slice(log, log.applying + 1, high, maxApplyingEntsSize - applyingEntsSize)!
}

const maxAppliableIndex = ({ committed, unstable }: RaftLog, allowUnstable: boolean): number =>
  allowUnstable ? committed : Math.min(committed, unstables.offsetOf(unstable) - 1)

export function acceptApplying(log: RaftLog, index: number, size: number, allowUnstable: boolean): void {
  log.applying = index
  log.applyingEntsSize += size
  // Paused by size, also where the next entry alone would be too much: then less was handed out than there is.
  log.applyingEntsPaused =
    log.applyingEntsSize >= log.maxApplyingEntsSize || index < maxAppliableIndex(log, allowUnstable)
}

export function logAppliedTo(log: RaftLog, index: number, size: number): void {
  const { committed, applied } = log
  if (index > committed || index < applied) {
    throw new Error(`applied(${index}) is out of range [prevApplied(${applied}), committed(${committed})]`)
  }
  log.applied = index
  log.applying = Math.max(log.applying, index)
  log.applyingEntsSize = Math.max(log.applyingEntsSize - size, 0)
  log.applyingEntsPaused = log.applyingEntsSize >= log.maxApplyingEntsSize
}
