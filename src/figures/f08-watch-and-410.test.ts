/** F08's sentence: resume works inside the window, 410 and a new list outside, and the copy is equal in the end. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Frame, StoryRequest, Timeline } from '../simulation/protocol.ts'
import { figure as watch, returnOf } from './f08-watch-and-410.ts'
import type { TweakEffect } from './kit/figure-definition.ts'
import { stepsOf } from './kit/steps.ts'

const simulation = createSimulation(storyText)

/** `away=medium bookmarks=off` */
function play(tweaks: string): Timeline {
  const requests = tweaks.split(' ').filter(Boolean).map((tweak): Partial<StoryRequest> => {
    const [id, value] = tweak.split('=')
    const effect: TweakEffect = watch.tweaks.find((one) => one.id === id)!.choices.find((choice) => choice.value === value)!.effect // prettier-ignore
    if (effect.kind !== 'story') throw new Error('it forks')
    return effect.request
  }) // prettier-ignore
  return simulation.answer('load', { ...watch.story, edits: requests.flatMap(({ edits = [] }) => edits) })
}

const at = (timeline: Timeline, tick: number): Frame => simulation.answer('seek', { branch: timeline.branch, tick })

describe('F08, watch and 410', () => {
  it.each([
    ['', 'gone'],
    ['away=medium', 'missed'],
    ['away=short bookmarks=off', 'missed'],
    ['away=medium bookmarks=off', 'gone'],
    ['window=100', 'missed'],
    ['window=100 server=restarted', 'gone'],
  ])('with %s the client gets %s, and its copy is equal in the end', (tweaks, value) => {
    const timeline = play(tweaks)
    expect(watch.prediction.outcome(timeline)).toMatchObject({ value })
    const { copy, stored } = at(timeline, timeline.end.tick).reader!
    expect(copy).toEqual(stored)
    expect(copy.map(({ name }) => name)).toEqual(['b', 'c', 'd'])
  })

  it('has lost its place when the cache begins after it, though etcd remembers', () => {
    const timeline = play('')
    const { gone } = returnOf(timeline)!
    const { cache, revision, changes, copy } = at(timeline, gone!.tick - 2).reader!
    expect(revision).toBeLessThan(cache!.oldest)
    expect(changes.find(({ name, verb }) => name === 'a' && verb === 'delete')!.revision).toBeGreaterThan(revision)
    expect(copy.map(({ name }) => name)).toEqual(['a', 'b'])
    const told = stepsOf(timeline, watch.lens, watch.opening(timeline)).map(({ sentence }) => sentence)
    expect(told).toContain(
      `410 Gone: too old resource version: ${revision}. The watch cache begins after ${cache!.oldest}`,
    )
    expect(told.join('\n')).not.toContain('a is deleted')
  })

  it('keeps its place up to date by bookmarks, where nothing is new', () => {
    const placeBefore = (timeline: Timeline): number => {
      const cut = timeline.events.find(({ verb }) => verb === 'partition')!
      return at(timeline, cut.tick - 1).reader!.revision
    }
    expect(placeBefore(play(''))).toBeGreaterThan(placeBefore(play('bookmarks=off')))
  })
})
