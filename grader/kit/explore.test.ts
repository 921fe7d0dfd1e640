import { describe, expect, it } from 'vitest'
import { Choices, SeenBefore } from './choices.ts'
import { type Bound, explore } from './explore.ts'

/** Two walkers of `steps` steps each, in any order. Returns the orders that were tried, as `aabb`. */
function walks(steps: number, bound: Bound, schedules = 10_000, withStates = false, isBad = (_: string) => false) {
  const tried: string[] = []
  const explored = explore<string>(
    (choices) => {
      let path = ''
      const left = { a: steps, b: steps }
      try {
        while (left.a + left.b > 0) {
          const last = path.at(-1) ?? 'a'
          const able = (['a', 'b'] as const).filter((one) => left[one] > 0).sort((x) => (x === last ? -1 : 1))
          const pick =
            able.length === 1 ? 0 : choices.choose(able, withStates ? () => `${left.a} ${left.b} ${last}` : undefined)
          const one = able[pick]!
          left[one]--
          path += one
        }
        tried.push(path)
      } catch (thrown) {
        if (!(thrown instanceof SeenBefore)) throw thrown
      }
      return { found: isBad(path) ? path : undefined, fuel: 1 }
    },
    bound,
    { schedules },
  )
  return { ...explored, tried }
}

describe('exploration', () => {
  it.each([
    [1, 2],
    [2, 6],
    [3, 20],
    [4, 70],
  ])('of two that take %i steps each tries all %i orders, each once', (steps, orders) => {
    const { tried, complete, schedules } = walks(steps, {})
    expect(new Set(tried).size).toBe(orders)
    expect({ tried: tried.length, schedules, complete }).toEqual({ tried: orders, schedules: orders, complete: true })
  })

  it('goes from few deviations to many', () => {
    const { tried } = walks(2, {})
    expect(tried).toEqual(['aabb', 'bbaa', 'abba', 'baab', 'abab', 'baba'])
  })

  it('within a bound of deviations is not complete, and says so', () => {
    expect(walks(3, { deviations: 1 })).toMatchObject({ complete: false, spent: undefined })
    expect(walks(3, { deviations: 9 })).toMatchObject({ complete: true })
  })

  it('within a bound of steps is not complete either', () => {
    expect(walks(3, { steps: 2 })).toMatchObject({ complete: false, spent: undefined })
  })

  it('spends its budget, and says which', () => {
    expect(walks(4, {}, 12)).toMatchObject({ schedules: 12, complete: false, spent: 'schedules' })
    const fuel = explore(
      (choices) => ({ found: void choices.choose(['a', 'b']), fuel: 5 }),
      {},
      { schedules: 9, fuel: 4 },
    )
    expect(fuel).toMatchObject({ schedules: 1, spent: 'fuel' })
  })

  it('does not go on from a state that it has met, and misses nothing that hangs on the state', () => {
    const whole = walks(6, {})
    const pruned = walks(6, {}, 10_000, true)
    expect(whole.schedules).toBe(924)
    expect(pruned.schedules).toBeLessThan(100)
    expect(pruned.states).toBeGreaterThan(30)
    expect(pruned.complete).toBe(true)
  })

  it('finds what is bad with the fewest deviations that lead there', () => {
    const { found, choices } = walks(4, {}, 10_000, false, (path) => path.includes('aba'))
    expect(found).toBe('abaaabbb')
    expect(choices!.deviations.map(({ label }) => label)).toEqual(['b', 'a'])
  })

  it('is the same twice', () => {
    expect(walks(4, {}, 40, true)).toEqual(walks(4, {}, 40, true))
  })
})

describe('given choices', () => {
  it('are taken, and then the default', () => {
    const choices = new Choices([1])
    expect([choices.choose(['x', 'y']), choices.choose(['x', 'y'])]).toEqual([1, 0])
    expect(choices.deviations).toEqual([{ at: 0, label: 'y' }])
  })

  it('that do not fit are refused', () => {
    expect(() => new Choices([2]).choose(['x', 'y'])).toThrow('belong to another case')
  })
})
