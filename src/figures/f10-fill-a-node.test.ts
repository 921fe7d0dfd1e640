/** F10's sentence: placement follows requests alone; overuse is the kubelet's business, by use beyond request, priority, excess. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Frame, PodView, Timeline } from '../simulation/protocol.ts'
import { figure as fill } from './f10-fill-a-node.ts'
import type { View } from './kit/view.ts'

const simulation = createSimulation(storyText)
const effectOf = (id: string, value: string) =>
  fill.tweaks.find((tweak) => tweak.id === id)!.choices.find((choice) => choice.value === value)!.effect
const play = (...tweaks: [id: string, value: string][]): Timeline => {
  const effects = tweaks.map(([id, value]) => effectOf(id, value))
  const edits = effects.flatMap((effect) => (effect.kind === 'story' ? (effect.request.edits ?? []) : []))
  return simulation.answer('load', { ...fill.story, edits })
}
const endOf = ({ branch, end }: Timeline): Frame => simulation.answer('seek', { branch, tick: end.tick })
const fork = (timeline: Timeline, value: string): Timeline => {
  const effect = effectOf('now', value)
  if (effect.kind !== 'fork') throw new Error('it plays another story')
  const changes = effect.changes({ frame: endOf(timeline) } as View)
  return simulation.answer('fork', { branch: 0, tick: timeline.end.tick, changes, extraMicros: effect.extraMicros! })
}
const podOf = (timeline: Timeline, name: string): PodView => endOf(timeline).pods.find((pod) => pod.name === name)!
const evictedIn = (timeline: Timeline): string[] =>
  timeline.notes.flatMap(({ kind, detail }) => (kind === 'nodePressure' ? [detail.pod as string] : []))

describe('F10, fill a node', () => {
  it('places by requests: next goes where hardly anything is promised, and nearly everything is held', () => {
    const timeline = play()
    expect(fill.prediction.outcome(timeline)).toMatchObject({ value: 'node-2' })
    const { machines } = simulation.answer('seek', { branch: 0, tick: fill.opening(timeline) })
    const [idle, busy] = machines.filter(({ node }) => node).map(({ node }) => node!.memory!)
    expect(idle!.used).toBeLessThan(busy!.used)
  })

  it.each([
    ['request', '700Mi', 'node-2'],
    ['request', '3900Mi', 'nowhere'],
    ['limit', '1500Mi', 'node-2'],
    ['priority', '1000', 'node-2'],
  ])('with another %s, %s: %s', (id, value, place) => {
    expect(fill.prediction.outcome(play([id, value]))?.value).toBe(place)
  })

  it('lets the kubelet evict whoever is furthest beyond the request, within 10 s, at once, with the real words', () => {
    const timeline = play()
    expect(evictedIn(timeline)).toEqual(['default/busy'])
    const note = timeline.notes.find(({ kind }) => kind === 'nodePressure')!
    expect(note.detail.candidates.map(({ pod }: { pod: string }) => pod)).toEqual(['busy', 'guest', 'next'])
    const load = timeline.events.find(({ kind, verb }) => kind === 'fault' && verb === 'load')!
    expect(note.at - load.at).toBeLessThan(10_000_000)
    expect(podOf(timeline, 'busy')).toMatchObject({
      phase: 'failed',
      message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 46Mi. Container main was using 3050Mi, request is 256Mi, has larger consumption of memory. ', // prettier-ignore
    })
    const node = endOf(timeline).machines.find(({ name }) => name === 'node-2')!.node!
    expect(node.memory!.isShort).toBe(true)
    expect(node.taints).toEqual(['node.kubernetes.io/memory-pressure:NoSchedule'])
  })

  it('evicts by priority before excess, and never whoever keeps within the request', () => {
    const timeline = play(['priority', '1000'])
    expect(evictedIn(timeline)).toEqual(['default/guest'])
    expect(podOf(timeline, 'next').phase).toBe('ready')
  })

  it('kills at the limit, and leaves that to the kernel', () => {
    const limited = fork(play(['limit', '1500Mi']), 'next-1600')
    const [container] = podOf(limited, 'next').containers
    expect(container!.restarts).toBeGreaterThan(0)
    expect(evictedIn(limited)).toEqual(['default/busy'])
    const free = fork(play(), 'next-1600')
    expect(podOf(free, 'next')).toMatchObject({ phase: 'ready', restarts: 0, memory: { used: 1600 * 1_048_576 } })
  })
})
