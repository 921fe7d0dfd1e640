import { describe, expect, it } from 'vitest'
import type { Io } from './io.ts'
import * as logs from './log.ts'
import type { Entry } from './messages.ts'
import { entrySize } from './sizes.ts'
import { appendEntries, compact, createStorage } from './storage.ts'
import * as unstables from './unstable.ts'

const io: Io = { random: () => 0 }
const entry = (term: number, index: number, body = 'abcd'): Entry => ({
  type: 'EntryNormal',
  term,
  index,
  data: { size: body.length, body },
})

/** Entries 1 to 3 (terms 1, 1, 2) on the disk, 4 and 5 (term 3) not. */
function sample(maxApplyingEntsSize = 1_000): logs.RaftLog {
  const storage = createStorage()
  appendEntries(storage, [entry(1, 1), entry(1, 2), entry(2, 3)])
  const log = logs.createRaftLog(storage, maxApplyingEntsSize)
  logs.append(log, [entry(3, 4), entry(3, 5)], io)
  return log
}

const terms = (log: logs.RaftLog): unknown[] =>
  Array.from({ length: logs.lastIndex(log) }, (_, i) => logs.termOf(log, i + 1))

describe('a log', () => {
  it('is read as one, over what is stable and what is not', () => {
    const log = sample()
    expect(terms(log)).toEqual([1, 1, 2, 3, 3])
    expect(logs.slice(log, 2, 6, 1_000)!.map(({ index }) => index)).toEqual([2, 3, 4, 5])
    expect([logs.termOf(log, 0), logs.termOf(log, 6)]).toEqual([0, 'unavailable'])
  })

  it.each([
    ['one at least', 1, [2]],
    ['what fits', 2 * entrySize(entry(1, 1)), [2, 3]],
    ['not one more across the seam', 3 * entrySize(entry(1, 1)) - 1, [2, 3]],
    ['across the seam', 3 * entrySize(entry(1, 1)), [2, 3, 4]],
  ])('is read within a size: %s', (_, size, expected) => {
    expect(logs.slice(sample(), 2, 6, size)!.map(({ index }) => index)).toEqual(expected)
  })

  it.each([
    ['is the same already', 3, 5, [], [1, 1, 2, 3, 3]],
    ['goes on', 3, 5, [entry(3, 6)], [1, 1, 2, 3, 3, 3]],
    ['conflicts in what is not stable', 3, 4, [entry(4, 5)], [1, 1, 2, 3, 4]],
    ['conflicts in what is stable', 1, 2, [entry(4, 3)], [1, 1, 4]],
    ['repeats a part, then conflicts', 1, 1, [entry(1, 2), entry(4, 3)], [1, 1, 4]],
  ])('takes an append that %s', (_, prevTerm, prevIndex, entries, expected) => {
    const log = sample()
    expect(logs.maybeAppend(log, prevTerm, prevIndex, entries, 0, io)).toBe(prevIndex + entries.length)
    expect(terms(log)).toEqual(expected)
  })

  it('refuses an append that does not meet it, and one that would undo what is committed', () => {
    const log = sample()
    expect(logs.maybeAppend(log, 2, 5, [entry(4, 6)], 0, io)).toBeUndefined()
    logs.commitTo(log, 4)
    expect(() => logs.maybeAppend(log, 2, 3, [entry(4, 4)], 0, io)).toThrow('conflict with committed entry')
    expect(() => logs.commitTo(log, 9)).toThrow('Was the raft log corrupted, truncated, or lost?')
  })

  it('commits by an entry of the own term alone', () => {
    const log = sample()
    expect(logs.maybeCommit(log, 3, 3)).toBe(false)
    expect(logs.maybeCommit(log, 3, 4)).toBe(true)
    expect(log.committed).toBe(4)
  })

  it.each([
    [5, 3, { index: 5, term: 3 }],
    [5, 2, { index: 3, term: 2 }],
    [5, 0, { index: 0, term: 0 }],
    [9, 1, { index: 9, term: 0 }],
  ])('guesses where another ends that has term %i/%i', (index, term, expected) => {
    expect(logs.findConflictByTerm(sample(), index, term)).toEqual(expected)
  })

  it('remembers the term of what is compacted last', () => {
    const log = sample()
    compact(log.storage, 2)
    expect([0, 1, 2, 3].map((index) => logs.termOf(log, index))).toEqual(['compacted', 'compacted', 1, 2])
    expect(logs.slice(log, 2, 4, 1_000)).toBeUndefined()
    expect(() => compact(log.storage, 9)).toThrow('out of bound')
  })

  it('hands out what is committed, and no more than may be applying', () => {
    const size = entrySize(entry(1, 1))
    const log = sample(2 * size)
    logs.commitTo(log, 5)
    expect(logs.nextCommittedEntries(log, false).map(({ index }) => index)).toEqual([1, 2])
    logs.acceptApplying(log, 2, 2 * size, false)
    expect(logs.hasNextCommittedEntries(log, false)).toBe(false)
    logs.logAppliedTo(log, 2, 2 * size)
    // 4 is committed, but not on this disk.
    expect(logs.nextCommittedEntries(log, false).map(({ index }) => index)).toEqual([3])
    expect(logs.nextCommittedEntries(log, true).map(({ index }) => index)).toEqual([3, 4])
  })
})

describe('what is not stable', () => {
  it('is handed out once, and stays until it is', () => {
    const { unstable } = sample()
    expect(unstables.nextEntries(unstable)).toHaveLength(2)
    unstables.acceptInProgress(unstable)
    expect(unstables.nextEntries(unstable)).toHaveLength(0)
    expect(unstables.maybeTerm(unstable, 5)).toBe(3)
    unstables.stableTo(unstable, 3, 4, io)
    expect(unstables.offsetOf(unstable)).toBe(5)
  })

  it('is not taken for stable by the acknowledgement of an entry that has been replaced', () => {
    const { unstable } = sample()
    unstables.acceptInProgress(unstable)
    unstables.truncateAndAppend(unstable, [entry(4, 5)], io)
    unstables.stableTo(unstable, 3, 5, io)
    expect(unstables.offsetOf(unstable)).toBe(4)
    expect(unstables.nextEntries(unstable).map(({ term }) => term)).toEqual([4])
  })

  it('is replaced by a snapshot, whose term it knows', () => {
    const { unstable } = sample()
    const confState = { voters: [1], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }
    unstables.restoreUnstable(unstable, { metadata: { index: 9, term: 5, confState } })
    expect([unstables.maybeLastIndex(unstable), unstables.maybeTerm(unstable, 9)]).toEqual([9, 5])
    unstables.stableSnapshotTo(unstable, 8)
    expect(unstable.snapshot).toBeDefined()
    unstables.stableSnapshotTo(unstable, 9)
    expect(unstable.snapshot).toBeUndefined()
  })
})
