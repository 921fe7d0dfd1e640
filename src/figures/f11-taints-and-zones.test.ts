/** F11's sentence: a toleration merely permits, NoExecute evicts, and no Pod is placed where it would be too uneven. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { figure as lab, firstPlaces } from './f11-taints-and-zones.ts'
import { skewIn } from './kit/lab.ts'
import { stepsOf } from './kit/steps.ts'
import type { View } from './kit/view.ts'

const simulation = createSimulation(storyText)
const effectOf = (id: string, value: string) =>
  lab.tweaks.find((tweak) => tweak.id === id)!.choices.find((choice) => choice.value === value)!.effect
const play = (id?: string, value = ''): Timeline => {
  const effect = id === undefined ? undefined : effectOf(id, value)
  return simulation.answer('load', { ...lab.story, ...(effect?.kind === 'story' && effect.request) })
}
const fork = (timeline: Timeline, value: string): Timeline => {
  const effect = effectOf('now', value)
  if (effect.kind !== 'fork') throw new Error('it plays another story')
  const { changes, extraMicros = 0 } = effect
  return simulation.answer('fork', { branch: 0, tick: timeline.end.tick, changes: changes({} as View), extraMicros })
}
const frameAt = ({ branch }: Timeline, tick: number) => simulation.answer('seek', { branch, tick })
const placesOf = (timeline: Timeline, app: string): string[] =>
  frameAt(timeline, timeline.end.tick)
    .pods.filter(({ labels }) => labels['app'] === app)
    .map(({ node }) => node ?? 'nowhere')
    .sort()
const sentences = (timeline: Timeline): string[] => stepsOf(timeline, lab.lens, lab.opening(timeline)).map(({ sentence }) => sentence) // prettier-ignore

describe('F11, the taint and topology lab', () => {
  it('lets the Pods that tolerate node-2’s taint go there, and elsewhere just as well', () => {
    const timeline = play()
    expect(new Set(firstPlaces(timeline).map(({ node }) => node)).size).toBe(3)
    expect(lab.prediction.outcome(timeline)).toMatchObject({ value: 'one' })
  })

  it.each([
    ['selects', 'all', ['node-2', 'node-2', 'node-2']],
    ['only-selects', 'none', ['nowhere', 'nowhere', 'nowhere']],
  ])('train %s: %s', (choice, value, places) => {
    const timeline = play('train', choice)
    expect(lab.prediction.outcome(timeline)?.value).toBe(value)
    expect(placesOf(timeline, 'train')).toEqual(places)
  })

  it('places no Pod of web where it would be more than maxSkew ahead', () => {
    const timeline = play()
    const taint = timeline.events.find(({ label }) => label.includes('NoExecute'))!.tick
    const placed = timeline.events.filter(({ kind, verb, name, to, tick }) => kind === 'watch' && verb === 'ADDED' && name.startsWith('web-') && to.endsWith('/kubelet') && tick < taint) // prettier-ignore
    expect(placed).toHaveLength(6)
    for (const { tick } of placed) expect(skewIn(frameAt(timeline, tick))!.skew).toBeLessThanOrEqual(1)
    expect(skewIn(frameAt(timeline, timeline.end.tick))).toMatchObject({ app: 'web', skew: 0 })
    const uneven = skewIn(frameAt(play('spread', '2'), 1e9))!
    expect(uneven.spread.maxSkew).toBe(2)
    expect(uneven.skew).toBeLessThanOrEqual(2)
  })

  it('evicts with NoExecute at once, and only zone b may have the Pods that come instead', () => {
    const timeline = play()
    const told = sentences(timeline)
    expect(told.filter((one) => one.includes('it is evicted from node-4'))).toHaveLength(2)
    const last = told.filter((one) => one.startsWith('node-3 for web-')).slice(-2)
    for (const one of last) expect(one).toMatch(/1 of 6 nodes would do; refused: node-1, node-5, node-6 \(uneven\); node-2, node-4 \(its taint\)/) // prettier-ignore
    expect(placesOf(timeline, 'web')).toEqual(['node-1', 'node-1', 'node-3', 'node-3', 'node-6', 'node-6'])
    const noExecute = fork(timeline, 'no-execute')
    expect([...placesOf(noExecute, 'web'), ...placesOf(noExecute, 'train')]).not.toContain('node-5')
  })

  it('leaves Pods where they are when a taint says NoSchedule, and moves none when there is room again', () => {
    const timeline = play()
    expect(placesOf(fork(timeline, 'no-schedule'), 'train')).toEqual(placesOf(timeline, 'train'))
    expect(placesOf(fork(timeline, 'untaint'), 'web')).toEqual(placesOf(timeline, 'web'))
    expect(skewIn(frameAt(fork(timeline, 'nine'), 1e9))!.skew).toBeLessThanOrEqual(1)
  })

  it('keeps web away from train, or near it, as its affinity says', () => {
    const apart = play('affinity', 'apart')
    expect(placesOf(apart, 'web').filter((node) => placesOf(apart, 'train').includes(node))).toEqual([])
  })
})
