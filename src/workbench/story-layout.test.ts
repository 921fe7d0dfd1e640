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
  const order = (places: Map<number, number>) => [...places.entries()].sort((a, b) => a[0] - b[0]).map(([, x]) => x)

  it('keeps their order, the edges, and what scale is left', () => {
    expect(order(placeMoments([5, 1, 9], [], 100, 400))).toEqual([100, 250, 400])
  })

  it('pushes apart what would print over another', () => {
    const [a, b, c, d] = order(placeMoments([0, 1, 2, 1_000], [], 0, 300)) as [number, number, number, number]
    expect(b - a).toBeGreaterThanOrEqual(20)
    expect(c - b).toBeGreaterThanOrEqual(20)
    expect(d).toBeCloseTo(300)
  })

  it('gives a label the room it wishes for', () => {
    const [a, b, c] = order(placeMoments([0, 1, 1_000], [{ from: 0, to: 1, px: 90 }], 0, 300)) as [
      number,
      number,
      number,
    ]
    expect(b - a).toBeGreaterThanOrEqual(90)
    expect(c).toBeCloseTo(300)
  })

  it('shrinks all wishes alike when there is no room', () => {
    const rooms = [
      { from: 0, to: 1, px: 400 },
      { from: 1, to: 2, px: 200 },
    ]
    const [a, b, c] = order(placeMoments([0, 1, 2], rooms, 0, 300)) as [number, number, number]
    expect([a, b, c].map(Math.round)).toEqual([0, 200, 300])
  })

  it('survives a single moment and more moments than room', () => {
    expect(placeMoments([7], [], 10, 20).get(7)).toBe(10)
    const many = order(placeMoments([...Array.from({ length: 50 }).keys()], [], 0, 100))
    expect(Math.max(...many)).toBeLessThanOrEqual(100.001)
    expect(many).toEqual([...many].sort((a, b) => a - b))
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
        const [left, right] = mark.labelAnchor === 'start' ? [0, 1] : [-1, 0]
        expect(mark.labelX + left * labelWidth(mark.label)).toBeGreaterThanOrEqual(0)
        expect(mark.labelX + right * labelWidth(mark.label)).toBeLessThanOrEqual(width)
      }
    }
  })

  it('shows short labels in full where there is room', () => {
    const labels = layOutStory(story, 440).lanes.flatMap((lane) => lane.marks.map((mark) => mark.label))
    expect(labels).toEqual(['Running 2 Gi', 'Succeeded', 'Insufficient memory', 'Pending'])
  })

  it('puts a label to the left of its point where there is more room', () => {
    const late = { atMicros: 9, label: 'refused at the very end', tone: 'bad' as const }
    const early = { atMicros: 1, untilMicros: 9, label: 'x', tone: 'pod' as const }
    const lanes = [
      { name: 'a', entries: [early] },
      { name: 'b', entries: [late] },
    ]
    const mark = layOutStory({ lanes }, 300).lanes[1]!.marks[0]!
    expect(mark).toMatchObject({ labelAnchor: 'end', label: late.label })
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
  expect(fitLabel('Succeeded', 40)).toBe('Succee…')
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
