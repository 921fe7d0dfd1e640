/** F17's sentence: one leader per term, a minority refuses, what is committed survives, a serializable read may be stale. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Frame, Timeline } from '../simulation/protocol.ts'
import { figure as arena, splitOf } from './f17-raft-arena.ts'
import type { TweakEffect } from './kit/figure-definition.ts'
import { oddsOf } from './kit/raft-odds.ts'
import { typedIn } from './kit/raft-plot.ts'
import { stepsOf } from './kit/steps.ts'
import type { View } from './kit/view.ts'

const simulation = createSimulation(storyText)
const play = () => simulation.answer('load', arena.story)
const at = (timeline: Timeline, tick: number): Frame => simulation.answer('seek', { branch: timeline.branch, tick })
const colors = (frame: Frame) => Object.fromEntries(frame.etcd.map(({ machine, keys }) => [machine, keys[0]?.value]))

/** Forks with one of the reader's acts. */
function change(timeline: Timeline, tick: number, id: string, value: string): Timeline {
  const effect: TweakEffect = arena.tweaks.find((tweak) => tweak.id === id)!.choices.find((choice) => choice.value === value)!.effect // prettier-ignore
  if (effect.kind !== 'fork') throw new Error('it plays another story')
  const changes = effect.changes({ frame: at(timeline, tick), timeline } as View)
  return simulation.answer('fork', { branch: timeline.branch, tick, changes, extraMicros: effect.extraMicros ?? 0 })
}

describe('F17, the Raft arena', () => {
  it('never has two leaders in one term', () => {
    const timeline = play()
    const leaders = new Map<number, string>()
    for (const { event } of stepsOf(timeline, arena.lens, 0)) {
      for (const { role, term, machine } of at(timeline, event.tick).etcd) {
        if (role !== 'leader') continue
        expect(leaders.get(term) ?? machine).toBe(machine)
        leaders.set(term, machine)
      }
    }
    expect(leaders.size).toBe(3)
  })

  it('refuses at the minority, with the old leader in it, and serves the three', () => {
    const timeline = play()
    const { during, healed } = splitOf(timeline)!
    expect(during.map(({ op, endpoint, ok }) => [op, endpoint, ok])).toEqual([
      ['put', 'etcd-2', false],
      ['put', 'etcd-4', true],
      ['get', 'etcd-1', true],
      ['get', 'etcd-1', false],
    ])
    // Stale, but not wrong: what etcd-1 knew before the cut.
    expect(during[2]!.answer!.label).toBe('revision 3 · green')
    expect(colors(at(timeline, healed.tick - 1))).toMatchObject({ 'etcd-1': 'green', 'etcd-4': 'violet' })
    expect(arena.prediction.outcome(timeline)).toMatchObject({ value: 'three' })
  })

  it('keeps all that was confirmed, on every member, and drops what two alone had written', () => {
    const timeline = play()
    const end = at(timeline, timeline.end.tick)
    expect(Object.values(colors(end))).toEqual(Array.from({ length: 6 }, () => 'violet'))
    const confirmed = typedIn(timeline).filter(({ op, ok }) => op === 'put' && ok)
    expect(confirmed.map(({ value }) => value)).toEqual(['red', 'green', 'violet'])
    expect(end.etcd.every(({ revision }) => revision === 1 + confirmed.length)).toBe(true)
  })

  it('lets a learner copy, and not vote', () => {
    const timeline = play()
    const end = at(timeline, timeline.end.tick)
    const learner = end.etcd.find(({ machine }) => machine === 'etcd-6')!
    expect(learner).toMatchObject({ role: 'learner', committed: end.etcd[0]!.committed })
    expect(oddsOf(end, learner)).toEqual({ kind: 'no-vote' })
    expect(end.etcd[0]!.voters).toHaveLength(5)
  })

  it('bears no more with four members than with three', () => {
    const timeline = simulation.answer('load', { story: 'raft-four' })
    const { during } = splitOf(timeline)!
    expect(during.filter(({ op, ok }) => op === 'put' && ok)).toEqual([])
    expect(arena.prediction.outcome(timeline)).toMatchObject({ value: 'nobody' })
  })

  it('does what the reader wants, from wherever they are', () => {
    const timeline = play()
    const { tick } = timeline.end
    const killed = change(timeline, tick, 'now', 'kill')
    expect(
      at(killed, killed.end.tick)
        .etcd.filter(({ role }) => role === 'leader')
        .map(({ term }) => term),
    ).toEqual([4])
    const written = change(killed, killed.end.tick, 'write', 'etcd-1')
    expect(colors(at(written, written.end.tick))).toMatchObject({ 'etcd-1': 'gold', 'etcd-6': 'gold' })
    const slowed = change(timeline, tick, 'now', 'slow')
    const slow = at(slowed, slowed.end.tick).etcd.find(({ fsyncMicros }) => fsyncMicros > 100_000)
    expect(slow).toBeDefined()
    expect(() => change(timeline, tick, 'now', 'start')).toThrow('All members run')
  })
})
