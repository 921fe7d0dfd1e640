import { expect, test } from 'vitest'
import { hexOf, wordInHex } from './hex.ts'

test.each([
  0,
  1,
  0xff,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_ffff,
  0x1_0000_0000,
  1_767_258_000_000_000,
  Number.MAX_SAFE_INTEGER,
])('%d is written as toString(16) has it', (number) => {
  expect(hexOf(number)).toBe(number.toString(16))
  if (number <= 0xffff_ffff) expect(wordInHex(number)).toBe(number.toString(16).padStart(8, '0'))
})
