import { describe, expect, it } from 'vitest'
import { formatAgo, formatFuel, formatMicros, formatMoment, shortDigest } from './units.ts'

describe('virtual time', () => {
  it.each([
    [0, '0 µs'],
    [999, '999 µs'],
    [1_000, '1 ms'],
    [42_500, '42.5 ms'],
    [3_100_000, '3.100 s'],
    [3_100_007, '3.100007 s'],
    [59_999_000, '59.999 s'],
    [60_000_000, '1 min 00 s'],
    [90_250_000, '1 min 30.250 s'],
    [3_723_000_000, '1 h 02 min 03 s'],
  ])('%d µs is written %s', (micros, text) => {
    expect(formatMicros(micros)).toBe(text)
  })
})

it('names a moment to go to by its thousandth of a second', () => {
  expect([42_500, 15_212_225, 59_999_999].map(formatMoment)).toEqual(['42.5 ms', '15.212 s', '59.999 s'])
})

describe('fuel', () => {
  it.each([
    [0, '0'],
    [812, '812'],
    [1_000, '1 k'],
    [41_900, '41 k'],
    [2_149_000, '2.1 M'],
    [50_000_000, '50 M'],
    [1_300_000_000, '1.3 G'],
  ])('%d units are written %s', (units, text) => {
    expect(formatFuel(units)).toBe(text)
  })
})

describe('saved ago', () => {
  it.each([
    [-50, 'just now'],
    [1_999, 'just now'],
    [2_000, '2 s ago'],
    [59_000, '50 s ago'],
    [61_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [200_000_000, '2 days ago'],
  ])('%d ms is "%s"', (elapsed, text) => {
    expect(formatAgo(elapsed).text).toBe(text)
  })
})

it('shows both ends of a digest', () => {
  expect(shortDigest('7f3a00000000000000c1')).toBe('7f3a…c1')
  expect(shortDigest('7f3a')).toBe('7f3a')
})
