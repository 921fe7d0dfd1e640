/** Hexadecimal digits of large whole numbers: `toString(16)` takes ten times as long above 2³¹, and every object has such numbers. */

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The eight digits of a number from 0 to 2³² - 1. */
export const wordInHex = (word: number): string =>
  BYTES[word >>> 24]! + BYTES[(word >>> 16) & 0xff]! + BYTES[(word >>> 8) & 0xff]! + BYTES[word & 0xff]!

/** What `toString(16)` gives for a whole number from 0 to 2⁵³ - 1. */
export const hexOf = (whole: number): string =>
  whole < 0x1_0000_0000 ? whole.toString(16) : Math.floor(whole / 0x1_0000_0000).toString(16) + wordInHex(whole)
