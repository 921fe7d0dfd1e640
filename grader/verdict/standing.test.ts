import { describe, expect, it } from 'vitest'
import { randomFrom } from '#cluster/kernel/random.ts'
import { pairingOf, signTest, standingOf } from './standing.ts'

const LEVEL = 0.01
const pairing = (mine: readonly number[], theirs: readonly number[], better: 'less' | 'more' = 'less') =>
  pairingOf('reference', mine, theirs, better, LEVEL)

describe('the sign test', () => {
  it.each([
    [5, 0, 2 / 32],
    [0, 5, 2 / 32],
    [9, 1, 22 / 1024],
    [10, 10, 1],
    [0, 0, 1],
    // scipy.stats.binomtest(17, 20).pvalue
    [17, 3, 0.002576828],
  ])('%i wins and %i losses: %d', (wins, losses, chance) => {
    expect(signTest(wins, losses)).toBeCloseTo(chance, 8)
  })
})

describe('a pairing', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 100 + index)

  it('counts case by case, and ties apart', () => {
    expect(pairing([1, 2, 3, 4], [2, 2, 2, 5])).toMatchObject({ wins: 2, ties: 1, losses: 1, verdict: 'even' })
    expect(pairing([1, 2, 3, 4], [2, 2, 2, 5], 'more')).toMatchObject({ wins: 1, ties: 1, losses: 2 })
  })

  it('is clear where 17 of 20 are won, and not where 16 are', () => {
    const won = (count: number) =>
      pairing(
        twenty.map((value, i) => (i < count ? value - 1 : value + 1)),
        twenty,
      )
    expect([won(17).verdict, won(16).verdict, won(3).verdict]).toEqual(['better', 'even', 'worse'])
  })

  it('has an interval of order statistics: for 20 cases at 99 %, from the 4th to the 17th', () => {
    const ratios = pairing(
      twenty.map((value, i) => value * (1 + i / 100)),
      twenty,
    ).ratio
    expect(ratios).toEqual({ low: 1.03, median: 1.095, high: 1.16 })
  })

  it('spans all there is where cases are few', () => {
    expect(pairing([1, 4, 2], [2, 2, 2]).ratio).toEqual({ low: 0.5, median: 1, high: 2 })
  })

  it('refuses a reference of 0, of which nothing is a share', () => {
    expect(() => pairing([1], [0])).toThrow('must be above 0')
    expect(pairing([0], [0]).ratio.median).toBe(1)
  })
})

const measures = [{ name: 'bill', title: 'bill', better: 'less', digits: 2 }] as const
const standing = (...columns: readonly (readonly number[])[]) =>
  standingOf({
    seeds: columns[0]!.map((_, index) => index),
    drawnFrom: 'submission',
    measures,
    entrants: columns.map((bill, index) => ({ name: `e${index}`, title: `e${index}`, values: { bill } })),
  })

describe('a standing', () => {
  const flat = (value: number) => Array.from({ length: 20 }, () => value)

  it('has a place for certain where everything is clear', () => {
    expect(standing(flat(2), flat(1), flat(3)).rank).toEqual({ best: 2, likely: 2, worst: 2, of: 3 })
  })

  it('has a span of places where something is not', () => {
    const swaying = flat(2).map((value, index) => value + (index < 9 ? 1 : -1))
    expect(standing(flat(2), flat(1), swaying, flat(3)).rank).toEqual({ best: 2, likely: 3, worst: 3, of: 4 })
  })

  it('tells quantiles of each', () => {
    expect(standing([5, 1, 3, 2, 4], [1, 1, 1, 1, 1]).entrants[0]!.quantiles['bill']).toEqual({
      ...{ least: 1, p25: 2, median: 3, p75: 4, greatest: 5 },
    })
  })
})

describe('whoever draws again and again, as good as the references and no better', () => {
  const draws = 1000
  const verdicts = Array.from({ length: draws }, (_, draw) => {
    const random = randomFrom(draw, 'draws')
    const hardness = Array.from({ length: 20 }, () => 1 + 5 * random.float())
    const noisy = () => hardness.map((hard) => hard * (1 + 0.1 * random.float()))
    return standing(noisy(), noisy(), noisy(), noisy(), noisy(), noisy())
  })

  it('is hardly ever called better than any of them', () => {
    const called = verdicts.filter(({ pairings }) => pairings.some(({ verdict }) => verdict === 'better'))
    expect(called.length).toBeGreaterThan(0)
    expect(called.length / draws).toBeLessThan(0.025)
  })

  it('gains little: the hardness of the cases, which varies sixfold, moves the ratio by next to nothing', () => {
    const best = Math.min(...verdicts.map(({ pairings }) => pairings[0]!.ratio.median))
    expect(best).toBeGreaterThan(0.94)
  })
})
