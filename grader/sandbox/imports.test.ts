import { describe, expect, it } from 'vitest'
import { writeLocalTime } from './imports.ts'

describe('local time is UTC, whatever the host’s zone', () => {
  // second, minute, hour, day, month from 0, years since 1900, weekday from Sunday, day of the year from 0
  it.each([
    ['the epoch, a Thursday', 0, [0, 0, 0, 1, 0, 70, 4, 0]],
    ['the second before it', -1, [59, 59, 23, 31, 11, 69, 3, 364]],
    ['a leap day of a century that has one', 951_782_400, [0, 0, 0, 29, 1, 100, 2, 59]],
    ['the day after it', 951_868_800, [0, 0, 0, 1, 2, 100, 3, 60]],
    ['the last second of a leap year', 1_735_689_599, [59, 59, 23, 31, 11, 124, 2, 365]],
    ['1 March of a century without a leap day', 4_107_542_400, [0, 0, 0, 1, 2, 200, 1, 59]],
    ['the first day of the year 1', -62_135_596_800, [0, 0, 0, 1, 0, -1899, 1, 0]],
  ] as const)('%s', (_name, seconds, expected) => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    writeLocalTime(memory, BigInt(seconds), 64)
    const isDaylightAndOffset = [0, 0]
    expect([...new Int32Array(memory.buffer, 64, 10)]).toEqual([...expected, ...isDaylightAndOffset])
  })
})
