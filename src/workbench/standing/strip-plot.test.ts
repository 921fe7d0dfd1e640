import { describe, expect, it } from 'vitest'
import { standingOf } from '#grader/verdict/standing.ts'
import { placeAt, scaleOf } from './strip-plot.ts'

const standing = (...columns: readonly (readonly number[])[]) =>
  standingOf({
    seeds: columns[0]!.map((_, index) => index),
    drawnFrom: 'submission',
    measures: [{ name: 'bill', title: 'bill', better: 'less', digits: 2 }],
    entrants: columns.map((bill, index) => ({ name: `${index}`, title: `${index}`, values: { bill } })),
  })

describe('the scale of the strips', () => {
  it('is one for all rows, from the least to the greatest of anybody', () => {
    expect(scaleOf(standing([2, 3], [1, 2.5], [2, 4]), 'bill')).toEqual({ from: 1, to: 4 })
  })

  it('has room for a single value', () => {
    const scale = scaleOf(standing([2, 2], [2, 2]), 'bill')
    expect(placeAt(2, scale, 300)).toBe(150)
  })

  it('keeps whole dots within the width', () => {
    const scale = { from: 1, to: 4 }
    expect([placeAt(1, scale, 300), placeAt(4, scale, 300)]).toEqual([6, 294])
  })
})
