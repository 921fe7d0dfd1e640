import { describe, expect, it } from 'vitest'
import { PLANTED_RACES } from './scheduler-bugs.ts'
import { schedulerUnderFaults } from './scheduler-under-faults.ts'

/** A seed of each race in which it shows; `npm run soak -- scheduler` looks at a thousand. */
const SHOWS: Readonly<Record<string, number>> = {
  'counts as free': 2,
  '#56682': 1,
  '#31977': 11,
  '#85447': 106,
  '#95124': 2,
  'lost event': 11,
}

describe('the scheduler under faults', () => {
  it.each([1, 3, 6, 9])(
    'binds nobody where the truth forbids it, and lets nobody wait for nothing: seed %i',
    (seed) => {
      const { problem, binds } = schedulerUnderFaults(seed)
      expect(problem).toBeUndefined()
      expect(binds).toBeGreaterThan(5)
    },
  )

  it.each(PLANTED_RACES)('would show: $name', ({ name, run }) => {
    const seed = Object.entries(SHOWS).find(([key]) => name.includes(key))![1]
    expect(run(seed).problem).toBeDefined()
  })
})
