import { describe, expect, it } from 'vitest'
import { encode, sizeOf } from './encoding.ts'

describe('the size of a value', () => {
  it.each<[what: string, value: unknown]>([
    ['nothing', {}],
    ['numbers and truth', { a: 1, b: -1.5e-7, c: true, d: null, e: Number.NaN, f: 1e21 }],
    ['what is undefined is left out of an object, and null in a list', { a: undefined, b: [undefined, 1, []] }],
    ['text with quotes and signs', { 'a"b': 'x\\y\n\u0000\u007f', b: '' }],
    ['text beyond ASCII', { ключ: 'é€𝄞', b: ['\ud800'] }],
    ['lists in lists', [[1, [2, { a: [] }]], 'x']],
  ])('is that of its encoding: %s', (_what, value) => {
    expect(sizeOf(value)).toBe(new TextEncoder().encode(encode(value)).length)
  })
})
