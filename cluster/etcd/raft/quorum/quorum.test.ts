import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { committedIndex, idsOf, voteResult } from './joint.ts'
import { committedIndexOf, EVERYTHING, voteResultOf } from './majority.ts'

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }).map((ids) => ids.sort((a, b) => a - b))
const indexes = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.integer({ min: 0, max: 20 }))
const answers = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean())
const asMap = <V>(record: Record<string, V>): Map<number, V> =>
  new Map(Object.entries(record).map(([id, value]) => [Number(id), value]))

describe('a majority', () => {
  it('has committed what more than half have, and nothing beyond', () => {
    fc.assert(
      fc.property(voters, indexes, (ids, known) => {
        const acked = asMap(known)
        const index = committedIndexOf(ids, (id) => acked.get(id))
        if (ids.length === 0) {
          expect(index).toBe(EVERYTHING)
          return
        }
        const reached = (least: number): number => ids.filter((id) => (acked.get(id) ?? 0) >= least).length
        expect(reached(index)).toBeGreaterThan(ids.length / 2)
        expect(reached(index + 1)).toBeLessThanOrEqual(ids.length / 2)
      }),
    )
  })

  it('decides once, whatever comes in later', () => {
    fc.assert(
      fc.property(voters, answers, fc.integer({ min: 1, max: 9 }), fc.boolean(), (ids, given, id, vote) => {
        const votes = asMap(given)
        const before = voteResultOf(ids, votes)
        if (before === 'VotePending' || votes.has(id)) return
        expect(voteResultOf(ids, votes.set(id, vote))).toBe(before)
      }),
    )
  })
})

describe('a joint configuration', () => {
  it('is the same whichever half comes first, and with an empty half is the other', () => {
    fc.assert(
      fc.property(voters, voters, indexes, answers, (incoming, outgoing, known, given) => {
        const acked = (id: number): number | undefined => asMap(known).get(id)
        const votes = asMap(given)
        const swapped = { incoming: outgoing, outgoing: incoming }
        expect(committedIndex({ incoming, outgoing }, acked)).toBe(committedIndex(swapped, acked))
        expect(voteResult({ incoming, outgoing }, votes)).toBe(voteResult(swapped, votes))
        expect(committedIndex({ incoming, outgoing: [] }, acked)).toBe(committedIndexOf(incoming, acked))
        expect(voteResult({ incoming, outgoing: [] }, votes)).toBe(voteResultOf(incoming, votes))
      }),
    )
  })

  it('counts everybody once', () => {
    expect(idsOf({ incoming: [2, 4], outgoing: [1, 2] })).toEqual([1, 2, 4])
  })
})
