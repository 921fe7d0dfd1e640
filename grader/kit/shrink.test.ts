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
    [
      'a number that may goes down to its least first, then part of the way, in whole steps',
      { lag: 900, n: 5 },
      { fixed: ['lag', 'n'], numbers: { lag: { least: 100, step: 100 } } },
      [100, 500, 700, 800].map((lag) => ({ lag, n: 5 })),
    ],
    [
      'numbers come last, in lists too',
      [{ n: 1 }, { n: 0 }],
      { fixed: ['n'], numbers: { n: { least: 0 } } },
      [[], [{ n: 0 }], [{ n: 1 }], [{ n: 0 }, { n: 0 }]],
    ],
    ['a number below its least is left alone', { n: -3 }, { fixed: ['n'], numbers: { n: { least: 0 } } }, []],
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

  it('finds the least number that still fails, and tries none twice', () => {
    const tried: string[] = []
    const fails = (plan: { n: number }) => (tried.push(String(plan.n)), plan.n >= 37 ? 'yes' : undefined)
    const rules = { fixed: ['n'], numbers: { n: { least: 0 } } }
    expect(shrink({ n: 1000 }, 'yes', fails, rules, 100).value).toEqual({ n: 37 })
    expect(new Set(tried).size).toBe(tried.length)
  })

  it('passes over cases that make no sense', () => {
    const rules = { valid: (list: number[]) => list.length >= 2 }
    expect(shrink([1, 2, 3, 4], 'x', () => 'x', rules, 100).value).toHaveLength(2)
  })
})
