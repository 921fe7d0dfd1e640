/**
 * The end of the log that is not known to be on the disk: entries, and a snapshot that came in.
 *
 * What has been handed out to be written is in progress; it stays here until it is known to be stable, so that there is
 * never a moment at which it can be read nowhere. The first entry may lie below the end of what is stored: it is then to
 * be written over it.
 * Where to read upstream: etcd-io/raft `log_unstable.go`.
 */
import { Log } from '#cluster/kernel/log.ts'
import type { Io } from './io.ts'
import type { Entry, Snapshot } from './messages.ts'

export interface Unstable {
  snapshot: Snapshot | undefined
  snapshotInProgress: boolean
  /** By index; what is stable is dropped. */
  entries: Log<Entry>
  /** Entries below this index are being written. Invariant: at least the index of the first. */
  offsetInProgress: number
}

export const createUnstable = (offset: number): Unstable => ({
  snapshot: undefined,
  snapshotInProgress: false,
  entries: Log.startingAt(offset),
  offsetInProgress: offset,
})

/** Index of the first unstable entry, or of the one that will be. */
export const offsetOf = ({ entries }: Unstable): number => entries.start

export const hasEntries = ({ entries }: Unstable): boolean => entries.length > entries.start

export function maybeLastIndex({ entries, snapshot }: Unstable): number | undefined {
  return entries.length > entries.start ? entries.length - 1 : snapshot?.metadata.index
}

export function maybeTerm({ entries, snapshot }: Unstable, index: number): number | undefined {
  if (index >= entries.start) return entries.get(index)?.term
  return snapshot?.metadata.index === index ? snapshot.metadata.term : undefined
}

/** Entries that nobody has begun to write. */
export function nextEntries({ entries, offsetInProgress }: Unstable): readonly Entry[] {
  const list: Entry[] = []
  for (let index = Math.max(offsetInProgress, entries.start); index < entries.length; index++)
    list.push(entries.get(index)!)
  return list
}

export const nextSnapshot = ({ snapshot, snapshotInProgress }: Unstable): Snapshot | undefined =>
  snapshotInProgress ? undefined : snapshot

export function acceptInProgress(unstable: Unstable): void {
  if (hasEntries(unstable)) unstable.offsetInProgress = unstable.entries.length
  if (unstable.snapshot) unstable.snapshotInProgress = true
}

/** Everything up to this entry is on the disk, unless the entry here is another one by now. */
export function stableTo(unstable: Unstable, term: number, index: number, io: Io): void {
  const here = maybeTerm(unstable, index)
  if (here === undefined) return io.log?.('INFO', `entry at index ${index} missing from unstable log; ignoring`)
  if (index < unstable.entries.start) {
    return io.log?.('INFO', `entry at index ${index} matched unstable snapshot; ignoring`)
  }
  if (here !== term) {
    const found = `entry at (index,term)=(${index},${term}) mismatched with entry at (${index},${here})`
    return io.log?.('INFO', `${found} in unstable log; ignoring`)
  }
  unstable.entries.drop(index + 1)
  unstable.offsetInProgress = Math.max(unstable.offsetInProgress, index + 1)
}

export function stableSnapshotTo(unstable: Unstable, index: number): void {
  if (unstable.snapshot?.metadata.index !== index) return
  unstable.snapshot = undefined
  unstable.snapshotInProgress = false
}

export function restoreUnstable(unstable: Unstable, snapshot: Snapshot): void {
  const offset = snapshot.metadata.index + 1
  unstable.entries = Log.startingAt(offset)
  unstable.offsetInProgress = offset
  unstable.snapshot = snapshot
  unstable.snapshotInProgress = false
}

/** Adds entries at their indexes; what stood there or behind is gone. */
export function truncateAndAppend(unstable: Unstable, added: readonly Entry[], io: Io): void {
  const from = added[0]!.index
  const { entries } = unstable
  if (from < entries.length || from < entries.start) {
    if (from <= entries.start) {
      io.log?.('INFO', `replace the unstable entries from index ${from}`)
      unstable.entries = Log.startingAt(from)
      unstable.offsetInProgress = from
    } else {
      io.log?.('INFO', `truncate the unstable entries before index ${from}`)
      entries.truncate(from)
      unstable.offsetInProgress = Math.min(unstable.offsetInProgress, from)
    }
  }
  for (const entry of added) unstable.entries.push(entry)
}

export const slice = ({ entries }: Unstable, low: number, high: number): Entry[] => {
  const found: Entry[] = []
  for (let index = low; index < high; index++) found.push(entries.get(index)!)
  return found
}
