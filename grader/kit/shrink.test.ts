import { describe, expect, it } from 'vitest'
import { shrink, smaller } from './shrink.ts'

describe('smaller cases', () => {
  it.each([
    [
      'a list loses halves first, then single items',
      [1, 2, 3, 4],
      {},
      [[], [3, 4], [1, 2], [2, 3, 4], [1, 3, 4], [1, 2, 4], [1, 2, 3]],
    ],
    ['a property that is not fixed may go', { a: 1, b: 2 }, { fixed: ['a'] }, [{ a: 1 }]],
    [
      'a list under a name that must not be empty keeps one',
      { l: [1, 2] },
      { fixed: ['l'], nonEmpty: ['l'] },
      [{ l: [2] }, { l: [1] }],
    ],
    ['values are never invented', { n: 5, s: 'x' }, { fixed: ['n', 's'] }, []],
  ])('%s', (_, value, rules, expected) => {
    expect([...smaller(value, rules)]).toEqual(expected)
  })

  it('ends at a case of which every part is needed', () => {
    const fails = (list: number[]) => (list.includes(3) && list.includes(7) ? 'both' : undefined)
    const all = Array.from({ length: 50 }, (_, i) => i)
    expect(shrink(all, 'both', fails, {}, 500)).toMatchObject({ value: [3, 7], result: 'both' })
  })

  it('stops after so many tries', () => {
    expect(shrink([1, 2, 3], 'x', () => 'x', {}, 1).tries).toBe(1)
  })

  it('passes over cases that make no sense', () => {
    const rules = { valid: (list: number[]) => list.length >= 2 }
    expect(shrink([1, 2, 3, 4], 'x', () => 'x', rules, 100).value).toHaveLength(2)
  })
})
