import { describe, expect, it } from 'vitest'
import { formatQuantity, milli, parseQuantity } from './quantity.ts'

describe('quantities', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    ['100m', 100],
    ['0.1', 100],
    ['1.5', 1_500],
    ['.5', 500],
    ['1e3', 1_000_000],
    ['1E3', 1_000_000],
    ['5e-1', 500],
    ['1k', 1_000_000],
    ['128Mi', 128 * 1024 * 1024 * 1000],
    ['1Gi', 1024 * 1024 * 1024 * 1000],
    ['10G', 10_000_000_000_000],
    ['+2', 2_000],
    ['-1', -1_000],
    ['1u', 1],
    ['100n', 1],
  ])('%s is %i thousandths (rounded up)', (text, expected) => {
    expect(parseQuantity(text)).toBe(expected)
  })

  it.each(['', 'm', '1 Gi', '1gi', '0x10', '1e', 'one', '1.2.3', 'NaN'])('"%s" is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
    expect(() => milli(text)).toThrow(/is no quantity; write a number/)
  })

  it.each([
    [1_500, false, '1500m'],
    [2_000, false, '2'],
    [4_000_000, false, '4k'],
    [128 * 1024 * 1024 * 1000, true, '128Mi'],
    [1_536 * 1024 * 1000, true, '1536Ki'],
    [0, true, '0'],
  ])('%i thousandths (binary: %s) are written %s, and read back alike', (thousandths, binary, text) => {
    expect(formatQuantity(thousandths, binary)).toBe(text)
    expect(parseQuantity(text)).toBe(thousandths)
  })
})
