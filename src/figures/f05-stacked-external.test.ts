/** F05's sentence: which hosts may be lost, stacked and external; two of three stacked are the store. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { attemptsOf, figure as topologies } from './f05-stacked-external.ts'
import { sumsOf } from './kit/topology.ts'

const simulation = createSimulation(storyText)
const play = (story: 'stacked-etcd' | 'external-etcd') => simulation.answer('load', { story })
const sums = (tick: number) => sumsOf(simulation.answer('seek', { branch: 0, tick }))

describe('F05, stacked against external', () => {
  it('loses the store with two of three stacked hosts, and finds it again on the disk of one of them', () => {
    const timeline = play('stacked-etcd')
    const attempts = attemptsOf(timeline)
    expect(attempts.map(({ dark, ok }) => [dark.join(' '), ok])).toEqual([
      ['', true],
      ['cp-1', true],
      ['cp-1 cp-2', false],
      // It was only a timeout: what was asked for came to be.
      ['cp-1', false],
    ])
    expect(attempts.at(-1)!.answer!.label).toBe('409 AlreadyExists')
    expect(sums(attempts[2]!.tick)).toEqual({ hosts: 3, up: 1, servers: 1, members: 1, quorum: 2, of: 3 })
    expect(topologies.prediction.outcome(timeline)).toMatchObject({ value: 'no' })
  })

  it('needs twice the hosts outside, and may still be lost with two', () => {
    const timeline = play('external-etcd')
    const attempts = attemptsOf(timeline)
    expect(attempts.map(({ dark, ok }) => [dark.join(' '), ok])).toEqual([
      ['', true],
      ['cp-1 cp-2', true],
      ['etcd-1', true],
      ['etcd-1 etcd-2', false],
      ['etcd-1', true],
    ])
    expect(sums(attempts[3]!.tick)).toEqual({ hosts: 6, up: 4, servers: 3, members: 1, quorum: 2, of: 3 })
    expect(topologies.prediction.outcome(timeline)).toMatchObject({ value: 'depends' })
  })
})
