/**
 * What of the log is stable: a mirror of the disk that Raft reads.
 *
 * What the real one does: `MemoryStorage`, filled by the application as it writes its own WAL.
 * What we model: the same. Entries are kept in the kernel's `Log`, so that a fork shares them; the snapshot is the newest
 * that the application can give, which need not be the one that the entries follow.
 * Where to read upstream: etcd-io/raft `storage.go`.
 */
import { Log } from '#cluster/kernel/log.ts'
import type { Entry, HardState, Snapshot } from './messages.ts'
import { NO_HARD_STATE, NO_SNAPSHOT } from './messages.ts'
import { limitSize } from './sizes.ts'

export interface Storage {
  hardState: HardState
  /** What a follower that lacks compacted entries is sent. */
  snapshot: Snapshot
  /** By index. Invariant: without gaps. */
  entries: Log<Entry>
  /** Term of the entry before the first. */
  compactedTerm: number
}

/** Why an entry cannot be had. */
export type Missing = 'compacted' | 'unavailable'

export const createStorage = (): Storage => ({
  hardState: NO_HARD_STATE,
  snapshot: NO_SNAPSHOT,
  entries: Log.startingAt(1),
  compactedTerm: 0,
})

export const firstIndexOf = ({ entries }: Storage): number => entries.start
export const lastIndexOf = ({ entries }: Storage): number => entries.length - 1

export function termAt({ entries, compactedTerm }: Storage, index: number): number | Missing {
  if (index === entries.start - 1) return compactedTerm
  return entries.get(index)?.term ?? (index < entries.start ? 'compacted' : 'unavailable')
}

/** Entries from `low` up to and without `high`, within `maxSize` bytes, one at least. */
export function entriesBetween(storage: Storage, low: number, high: number, maxSize: number): readonly Entry[] {
  const found: Entry[] = []
  for (let index = low; index < high; index++) {
    const entry = storage.entries.get(index)
    if (!entry) throw new Error(`entries[${low}:${high}) is unavailable from storage`)
    found.push(entry)
  }
  return limitSize(found, maxSize)
}

/** Writes entries over whatever is there from the first of them on. */
export function appendEntries(storage: Storage, added: readonly Entry[]): void {
  const { entries } = storage
  for (const entry of added) {
    if (entry.index < entries.start) continue
    if (entry.index > entries.length) {
      throw new Error(`missing log entry [last: ${entries.length - 1}, append at: ${entry.index}]`)
    }
    entries.truncate(entry.index)
    entries.push(entry)
  }
}

/** The log begins anew behind a snapshot. */
export function applySnapshot(storage: Storage, snapshot: Snapshot): void {
  const { index, term } = snapshot.metadata
  storage.snapshot = snapshot
  storage.entries = Log.startingAt(index + 1)
  storage.compactedTerm = term
}

/** Drops entries up to and with `index`, of which the application has taken a snapshot. */
export function compact(storage: Storage, index: number): void {
  if (index < storage.entries.start) return
  const term = termAt(storage, index)
  if (typeof term === 'string') {
    throw new Error(`compact ${index} is out of bound lastindex(${storage.entries.length - 1})`)
  }
  storage.compactedTerm = term
  storage.entries.drop(index + 1)
}
