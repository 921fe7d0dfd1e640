import { describe, expect, it } from 'vitest'
import type { ReplayFile } from '#grader/verdict/replay-file.ts'
import { soundResult } from './sound-result.ts'

const replay = { check: 'a rule', seed: 1, plan: null, tick: 2, atMicros: 3 }
const fileWith = (finding: object): ReplayFile =>
  ({ replay, finding: { name: 'a rule', status: 'fail', ...finding } }) as unknown as ReplayFile

describe('a finding from elsewhere', () => {
  it('is told as it is', () => {
    const finding = {
      ...{ message: 'Broken.', expected: '1', actual: '2', at: { tick: 2, atMicros: 3 } },
      object: { kind: 'Pod', namespace: 'default', name: 'web' },
      difference: [{ path: 'a.b', expected: 1, actual: 2 }],
      faults: [
        { kind: 'fault', text: 'late' },
        { kind: 'step', text: 'made', atMicros: 5 },
      ],
      story: { lanes: [{ name: 'API server', entries: [{ atMicros: 1, label: 'x', tone: 'bad', mark: 1 }] }] },
    }
    expect(soundResult(fileWith(finding))).toMatchObject({ ...finding, replay })
  })

  it.each([
    ['texts', { message: 5, expected: {}, actual: [] }],
    ['an object', { object: 'web' }],
    ['a moment', { at: { tick: -1, atMicros: 'x' } }],
    ['differences', { difference: [1, null, 'x', {}] }],
    ['faults', { faults: 'none' }],
    ['a divergence', { divergence: { kind: '?', events: [{ lane: {}, label: 3, atMicros: -1 }] } }],
    ['a story', { story: { lanes: [{ name: 1, entries: [{ tone: 'x', mark: 9 }] }, 'x', { name: 'y', entries: 3 }] } }],
  ])('keeps nothing of %s that have another shape', (_, finding) => {
    const sound = soundResult(fileWith(finding))
    const texts = [
      sound.message,
      sound.object?.name,
      sound.divergence?.message,
      ...(sound.story?.lanes.map(({ name }) => name) ?? []),
    ]
    expect(texts.every((text) => text === undefined || typeof text === 'string')).toBe(true)
    expect(sound.at).toBeUndefined()
    for (const { entries } of sound.story?.lanes ?? []) {
      expect(entries.every(({ atMicros, label, mark }) => atMicros === 0 && label === '' && mark === undefined)).toBe(
        true,
      )
    }
    for (const one of sound.difference ?? []) expect(one).toEqual({ path: '', expected: undefined, actual: undefined })
  })
})
