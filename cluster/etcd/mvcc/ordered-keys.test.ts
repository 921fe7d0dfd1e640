import { describe, expect, it } from 'vitest'
import { countFrom, keysFrom, NO_KEYS, orderedKeys, prefixEnd, withKey, withoutKey } from './ordered-keys.ts'

/** The numbers below `count`, each once, in an order that is not theirs. */
const shuffled = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `k${String((i * 7919) % count).padStart(5, '0')}`)

describe('ordered keys', () => {
  it('come out in order, however they went in', () => {
    const keys = shuffled(2_000).reduce(withKey, NO_KEYS)
    expect([...keysFrom(keys, '')]).toEqual(shuffled(2_000).sort())
  })

  it('hold a key once', () => {
    expect([...keysFrom(['b', 'a', 'b', 'a'].reduce(withKey, NO_KEYS), '')]).toEqual(['a', 'b'])
  })

  it('lose just the key that is taken out, down to none', () => {
    const all = shuffled(1_000)
    let keys = all.reduce(withKey, NO_KEYS)
    const left = new Set(all)
    for (const key of all) {
      keys = withoutKey(keys, key)
      left.delete(key)
      if (left.size % 100 === 0) expect([...keysFrom(keys, '')]).toEqual([...left].sort())
    }
    expect(keys).toEqual([])
    expect(withoutKey(keys, 'k')).toEqual([])
  })

  it('are counted as they are listed, from anywhere to anywhere', () => {
    const sorted = shuffled(1_000).sort()
    const bounds = ['', 'k', 'k00000', 'k00127', 'k00128', 'k00128x', 'k00500', 'k00999', 'l', undefined]
    for (const keys of [orderedKeys(sorted), shuffled(1_000).reduce(withKey, NO_KEYS), NO_KEYS]) {
      for (const from of bounds) {
        for (const end of bounds) {
          const listed = [...keysFrom(keys, from ?? '', end)]
          expect(countFrom(keys, from ?? '', end), `${from}..${end}`).toBe(listed.length)
        }
      }
    }
  })

  it('that are in order already make the same set', () => {
    const sorted = shuffled(1_000).sort()
    expect(orderedKeys(sorted).flat()).toEqual(sorted)
    expect(orderedKeys([])).toEqual(NO_KEYS)
  })

  it('leave the older set as it was', () => {
    const before = ['a', 'c'].reduce(withKey, NO_KEYS)
    withKey(before, 'b')
    withoutKey(before, 'a')
    expect([...keysFrom(before, '')]).toEqual(['a', 'c'])
  })

  it.each([
    ['/pods/a/', '/pods/a/1 /pods/a/2'],
    ['/pods/', '/pods/a/1 /pods/a/2 /pods/ab/1'],
    ['/pods/b/', ''],
  ])('under the prefix %s are those that begin with it', (prefix, expected) => {
    const keys = ['/nodes/a', '/pods/a/1', '/pods/a/2', '/pods/ab/1', '/services/a'].reduce(withKey, NO_KEYS)
    expect([...keysFrom(keys, prefix, prefixEnd(prefix))].join(' ')).toBe(expected)
  })
})
