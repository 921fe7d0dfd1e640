import { describe, expect, it } from 'vitest'
import { Log } from './log.ts'

describe('a history that starts late', () => {
  it.each([0, 1, 1_023, 1_024, 5_000])('numbers its entries from %i on', (start) => {
    const log = Log.startingAt<string>(start)
    expect([log.start, log.length, log.get(start)]).toEqual([start, start, undefined])
    for (let i = 0; i < 2_500; i++) expect(log.push(`entry ${start + i}`)).toBe(start + i)
    expect([start, start + 1, start + 2_499].map((index) => log.get(index))).toEqual(
      [start, start + 1, start + 2_499].map((index) => `entry ${index}`),
    )
    expect(log.get(start - 1)).toBeUndefined()
  })

  it('drops, forks and is cut like any other', () => {
    const log = Log.startingAt<number>(1_500)
    for (let i = 1_500; i < 4_000; i++) log.push(i)
    const fork = log.fork()
    log.drop(2_600)
    fork.truncate(1_600)
    fork.push(-1)
    expect([log.start, log.get(2_599), log.get(2_600), log.length]).toEqual([2_600, undefined, 2_600, 4_000])
    expect([fork.start, fork.get(1_599), fork.get(1_600), fork.length]).toEqual([1_500, 1_599, -1, 1_601])
  })
})
