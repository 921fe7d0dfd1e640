import { describe, expect, it } from 'vitest'
import { type PastStanding, readPast, withStanding } from './past-standings.ts'

const past = (digest: string, source = digest): PastStanding => ({
  ...{
    at: 1,
    digest,
    status: 'pass',
    rank: { best: 1, likely: 2, worst: 3, of: 6 },
    share: 0.7,
    reference: 'a',
    source,
  },
})
const digests = (list: readonly PastStanding[]) => list.map(({ digest }) => digest).join('')

describe('past submissions', () => {
  it('stand newest first, and what is graded once more stands once', () => {
    const kept = ['a', 'b', 'c', 'a'].map((digest) => past(digest)).reduce(withStanding, [])
    expect(digests(kept)).toBe('acb')
  })

  it('are ten at most, and no more than a browser keeps', () => {
    const many = Array.from({ length: 15 }, (_, index) => past(String.fromCharCode(97 + index))).reduce(
      withStanding,
      [],
    )
    expect(digests(many)).toBe('onmlkjihgf')
    const long = ['a', 'b', 'c'].map((digest) => past(digest, digest.repeat(90_000))).reduce(withStanding, [])
    expect(digests(long)).toBe('cb')
  })

  it('are read back, without what is unsound', () => {
    const kept = [past('a'), { ...past('b'), share: 'much' }, null, past('c')]
    expect(digests(readPast(JSON.stringify(kept)))).toBe('ac')
    expect([readPast(null), readPast('{'), readPast('7')]).toEqual([[], [], []])
  })
})
