import { describe, expect, it } from 'vitest'
import type { Story } from '#grader/verdict/verdict.ts'
import { rowsOf } from './story-rows.ts'

const at = (millis: number, label: string) => ({ atMicros: millis * 1000, label, tone: 'plain' as const })

describe('a long story in rows', () => {
  it('goes by time, and within a moment by lane: news first, then who hears of it', () => {
    const story: Story = {
      lanes: [
        { name: 'API server', entries: [at(10, 'a Pod is there'), at(30, 'it runs')] },
        { name: 'its cache', entries: [at(10, 'hears of it')] },
        { name: 'your controller', entries: [at(5, 'creates'), at(10, 'looks')] },
      ],
    }
    expect(
      rowsOf(story).map(({ entry, lane, isSameTime, isSameLane }) => [entry.label, lane, isSameTime, isSameLane]),
    ).toEqual([
      ['creates', 2, false, false],
      ['a Pod is there', 0, false, false],
      ['hears of it', 1, true, false],
      ['looks', 2, true, false],
      ['it runs', 0, false, false],
    ])
  })
})
