import { describe, expect, it } from 'vitest'
import type { Story } from '#grader/verdict/verdict.ts'
import { fitLabel, labelWidth, layOutStory, placeMoments, tellStory } from './story-layout.ts'
import { formatMicros } from './units.ts'

const story: Story = {
  lanes: [
    {
      name: 'job-1',
      entries: [
        { atMicros: 1_000_000, untilMicros: 2_840_000, label: 'Running 2 Gi', tone: 'pod' },
        { atMicros: 2_840_000, label: 'Succeeded', tone: 'plain' },
      ],
    },
    { name: 'your filter', entries: [{ atMicros: 3_100_000, label: 'Insufficient memory', tone: 'bad' }] },
    { name: 'web-3', entries: [{ atMicros: 3_090_000, untilMicros: 9_000_000, label: 'Pending', tone: 'plain' }] },
  ],
}

describe('placing moments', () => {
  it('keeps their order and the picture’s edges', () => {
    const places = [...placeMoments([5, 1, 9], 100, 400, 20).entries()].sort((a, b) => a[0] - b[0])
    expect(places).toEqual([
      [1, 100],
      [5, 250],
      [9, 400],
    ])
  })

  it('pushes apart what would print over another', () => {
    const places = placeMoments([0, 1, 2, 1_000], 0, 300, 25)
    expect(places.get(1)! - places.get(0)!).toBeGreaterThanOrEqual(25)
    expect(places.get(2)! - places.get(1)!).toBeGreaterThanOrEqual(25)
    expect(places.get(1_000)).toBe(300)
  })

  it('keeps a crowd at the end within the picture', () => {
    const places = placeMoments([0, 997, 998, 999, 1_000], 0, 300, 25)
    expect(Math.max(...places.values())).toBeLessThanOrEqual(300)
    expect(places.get(998)!).toBeGreaterThan(places.get(997)!)
  })

  it('survives a single moment and more moments than room', () => {
    expect(placeMoments([7], 10, 20, 25).get(7)).toBe(10)
    const many = placeMoments([...Array.from({ length: 50 }).keys()], 0, 100, 25)
    expect(Math.max(...many.values())).toBeLessThanOrEqual(100)
  })
})

describe('a layout', () => {
  const layout = layOutStory(story, 440)

  it('has one lane per thing, from top to bottom', () => {
    expect(layout.lanes.map((lane) => lane.name)).toEqual(['job-1', 'your filter', 'web-3'])
    expect(layout.lanes.map((lane) => lane.y)).toEqual([...layout.lanes.map((lane) => lane.y)].sort((a, b) => a - b))
  })

  it.each([300, 350, 440, 700])('keeps every mark and label inside %d px', (width) => {
    for (const lane of layOutStory(story, width).lanes) {
      for (const mark of lane.marks) {
        expect(mark.x).toBeGreaterThanOrEqual(0)
        expect(mark.untilX ?? 0).toBeLessThanOrEqual(width)
        expect(mark.labelX + labelWidth(mark.label)).toBeLessThanOrEqual(width)
      }
    }
  })

  it('ties a bad moment to the lane below it', () => {
    expect(layout.threads).toHaveLength(1)
    expect(layout.threads[0]).toMatchObject({ fromY: layout.lanes[1]!.y, toY: layout.lanes[2]!.y })
  })

  it('is empty without lanes', () => {
    expect(layOutStory({ lanes: [] }, 440)).toMatchObject({ lanes: [], threads: [], axis: [] })
  })
})

it('cuts a label to its room and drops one that would say nothing', () => {
  expect(fitLabel('Succeeded', 200)).toBe('Succeeded')
  expect(fitLabel('Succeeded', 40)).toBe('Succe…')
  expect(fitLabel('Succeeded', 10)).toBe('')
})

it('tells the same story in order of time', () => {
  expect(tellStory(story, formatMicros)).toEqual([
    '1.000 s until 2.840 s, job-1: Running 2 Gi',
    '2.840 s, job-1: Succeeded',
    '3.090 s until 9.000 s, web-3: Pending',
    '3.100 s, your filter: Insufficient memory',
  ])
})
