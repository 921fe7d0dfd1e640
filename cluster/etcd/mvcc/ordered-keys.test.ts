import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderedKeys } from './ordered-keys.ts'
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
    expect(keys).toBe(NO_KEYS)
    expect(withoutKey(keys, 'k')).toBe(NO_KEYS)
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
    expect([...keysFrom(orderedKeys(sorted), '')]).toEqual(sorted)
    expect(orderedKeys([])).toBe(NO_KEYS)
  })

  it('are the same very set where nothing is to be done', () => {
    const keys = orderedKeys(shuffled(5_000).sort())
    expect(withKey(keys, 'k00001')).toBe(keys)
    expect(withoutKey(keys, 'k')).toBe(keys)
  })

  it('that come and go by chance are those of a plain set, listed and counted', () => {
    const change = fc.record({ key: fc.integer({ min: 0, max: 3_000 }), comes: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(change, { size: 'max', maxLength: 6_000 }),
        fc.nat(3_000),
        fc.nat(3_000),
        (changes, a, b) => {
          let keys = orderedKeys(shuffled(500).sort())
          const plain = new Set(shuffled(500))
          for (const { key: number, comes } of changes) {
            const key = `k${String(number).padStart(5, '0')}`
            keys = (comes ? withKey : withoutKey)(keys, key)
            if (comes) plain.add(key)
            else plain.delete(key)
          }
          const [from, end] = [a, b].map((number) => `k${String(number).padStart(5, '0')}`)
          const wanted = [...plain].sort()
          expect([...keysFrom(keys, '')]).toEqual(wanted)
          const between = wanted.filter((key) => key >= from! && key < end!)
          expect([...keysFrom(keys, from!, end)]).toEqual(between)
          expect(countFrom(keys, from!, end)).toBe(between.length)
        },
      ),
      { numRuns: 30, seed: 1 },
    )
  })

  it('stay shallow, whether they come in order or not', () => {
    const depth = (keys: OrderedKeys): number => (keys.parts ? 1 + depth(keys.parts[0]!) : 1)
    const many = shuffled(60_000)
    for (const keys of [many.reduce(withKey, NO_KEYS), many.sort().reduce(withKey, NO_KEYS)]) {
      expect(keys.size).toBe(60_000)
      expect(depth(keys)).toBeLessThanOrEqual(3)
    }
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
