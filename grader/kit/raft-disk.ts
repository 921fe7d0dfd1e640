/** What a Raft node's disk holds: its hard state and its log, as records in the order in which they were written. */
import type { RaftEntry, RaftHardState, RaftReady } from './raft-guest.ts'

export type Written = { readonly hardState: RaftHardState } | { readonly entries: readonly RaftEntry[] }

/** What a Ready wants written, if it is not written already. */
export function recordsOf(before: RaftHardState, { hardState, entries }: RaftReady): Written[] {
  const { term, vote, commit } = hardState
  const isNew = term !== before.term || vote !== before.vote || commit !== before.commit
  return [...(isNew ? [{ hardState: { term, vote, commit } }] : []), ...(entries.length > 0 ? [{ entries }] : [])]
}

/** Later entries take the place of those at their indexes and beyond. */
export function diskOf(
  disk: Readonly<Record<string, readonly Written[]>>,
  first: { readonly hardState: RaftHardState; readonly entries: readonly RaftEntry[] } = EMPTY_DISK,
): { hardState: RaftHardState; entries: RaftEntry[] } {
  let hardState = first.hardState
  let entries = [...first.entries]
  for (const record of disk['wal'] ?? []) {
    if ('hardState' in record) hardState = record.hardState
    else {
      const start = record.entries[0]!.index
      entries = [...entries.filter(({ index }) => index < start), ...record.entries]
    }
  }
  return { hardState, entries }
}

const EMPTY_DISK = { hardState: { term: 0, vote: 0, commit: 0 }, entries: [] }
