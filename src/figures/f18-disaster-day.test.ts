/** F18's sentence: after a plain restore informers wait in the future; after a bump everybody lists anew. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as disaster, runningAtEnd } from './f18-disaster-day.ts'
import type { TweakEffect } from './kit/figure-definition.ts'

const simulation = createSimulation(storyText)

function play(restore: 'plain' | 'bump') {
  const effect: TweakEffect = disaster.tweaks[0]!.choices.find(({ value }) => value === restore)!.effect
  if (effect.kind !== 'story') throw new Error('it forks')
  const timeline = simulation.answer('load', { ...disaster.story, ...effect.request })
  const end = simulation.answer('seek', { branch: 0, tick: timeline.end.tick })
  return { timeline, end }
}

describe('F18, disaster day', () => {
  it('leaves all who watch in the future of a store that is restored as it was', () => {
    const { timeline, end } = play('plain')
    expect(end.watchers.map(({ process }) => process.split('/')[1])).toEqual(
      expect.arrayContaining(['kube-apiserver', 'kube-controller-manager', 'kubelet']),
    )
    for (const { revision } of end.watchers) expect(revision).toBeGreaterThan(end.store.revision)
    expect(end.pods.filter(({ name }) => name.startsWith('web-'))).toHaveLength(2)
    expect(runningAtEnd(timeline)).toBe(4)
    expect(disaster.prediction.outcome(timeline)).toMatchObject({ value: '4' })
  })

  it('has everybody list anew where the revision was bumped and marked as compacted', () => {
    const { timeline, end } = play('bump')
    for (const { revision } of end.watchers) expect(revision).toBeLessThanOrEqual(end.store.revision)
    expect(end.pods.filter(({ name, phase }) => name.startsWith('web-') && phase === 'ready')).toHaveLength(3)
    expect(runningAtEnd(timeline)).toBe(3)
    expect(disaster.prediction.outcome(timeline)).toMatchObject({ value: '3' })
  })
})
