/** F07's sentence: only the group whose server is gone turns 503; the core stays up, and who asks is settled in front. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { answersAfter, figure as aggregation } from './f07-aggregation.ts'
import { askedIn } from './kit/asked.ts'
import type { TweakEffect } from './kit/figure-definition.ts'
import { stepsOf } from './kit/steps.ts'
import type { View } from './kit/view.ts'

const simulation = createSimulation(storyText)
const effectOf = (id: string, value: string): TweakEffect =>
  aggregation.tweaks.find((tweak) => tweak.id === id)!.choices.find((choice) => choice.value === value)!.effect

function play(gone: string): Timeline {
  const effect = effectOf('gone', gone)
  if (effect.kind !== 'story') throw new Error('it forks')
  return simulation.answer('load', { ...aggregation.story, ...effect.request })
}

function change(timeline: Timeline, value: string): Timeline {
  const effect = effectOf('now', value)
  if (effect.kind !== 'fork') throw new Error('it plays another story')
  const { branch, end } = timeline
  const changes = effect.changes({} as View)
  return simulation.answer('fork', { branch, tick: end.tick, changes, extraMicros: effect.extraMicros ?? 0 })
}

const apiServices = (timeline: Timeline, tick = timeline.end.tick): string[] =>
  simulation.answer('seek', { branch: timeline.branch, tick }).apiServices.map(({ group, available, reason }) => `${group} ${available} ${reason}`) // prettier-ignore
const lastAnswer = (timeline: Timeline): string | undefined => askedIn(timeline, 0).at(-1)?.answer?.label

describe('F07, aggregation', () => {
  it('answers 503 for the group whose server is gone, and for no other', () => {
    const timeline = play('metrics')
    expect(Object.fromEntries(answersAfter(timeline))).toEqual({ deployments: '200', nodes: '503', orders: '200' })
    expect(apiServices(timeline)).toEqual([
      'shop.example.com True Passed',
      expect.stringMatching(/^metrics.k8s.io False /),
    ])
    expect(aggregation.prediction.outcome(timeline)).toMatchObject({ value: 'others' })
    const back = change(timeline, 'back')
    expect(apiServices(back)).toEqual(['shop.example.com True Passed', 'metrics.k8s.io True Passed'])
    expect(lastAnswer(change(back, 'top'))).toBe('200 OK')
  })

  it('is the same with a server of one’s own', () => {
    const timeline = play('orders')
    expect(Object.fromEntries(answersAfter(timeline))).toEqual({ deployments: '200', nodes: '200', orders: '503' })
    expect(apiServices(timeline)).toContain('shop.example.com False FailedDiscoveryCheck')
    expect(aggregation.prediction.outcome(timeline)).toMatchObject({ value: 'others' })
  })

  it('knows the group once an APIService says so, and settles in front who may', () => {
    const timeline = play('metrics')
    const asked = askedIn(timeline, aggregation.opening(timeline)).filter(
      ({ request }) => request.resource === 'orders',
    )
    expect(asked.map(({ answer, refused, passed }) => [answer!.label, refused, passed?.user])).toEqual([
      ['404 Not Found', undefined, undefined],
      ['200 OK', undefined, 'kubernetes-admin'],
      ['403 Forbidden', 'ana', undefined],
      ['200 OK', undefined, 'kubernetes-admin'],
    ])
    expect(asked[2]!.behind).toBeUndefined()
    expect(lastAnswer(change(change(timeline, 'grant'), 'ana'))).toBe('200 OK')
  })

  it('says every step in words', () => {
    const timeline = play('metrics')
    const told = stepsOf(timeline, aggregation.lens, aggregation.opening(timeline)).map(({ sentence }) => sentence)
    expect(told).toContain(
      'It is passed on to orders.shop:443, with who asks in a header: X-Remote-User: kubernetes-admin',
    )
    expect(told.filter((sentence) => sentence.includes('Available='))).toHaveLength(3)
  })
})
