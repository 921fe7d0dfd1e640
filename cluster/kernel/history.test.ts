import { describe, expect, it } from 'vitest'
import type { Component } from './component.ts'
import { History } from './history.ts'
import { World } from './world.ts'

/** Counts its own ticks, one a second, and what it is told. */
const counter: Component<{ beats: number; told: number }> = {
  name: 'counter',
  init: () => ({ beats: 0, told: 0 }),
  step(state, event) {
    if (event.type === 'message') {
      state.told++
      return []
    }
    if (event.type === 'timer') state.beats++
    return [{ type: 'wake', key: 'beat', after: 1_000_000 }]
  },
}

function run(every: number): History {
  const world = new World({ seed: 1, components: { counter } })
  world.addMachine('a')
  world.addProcess({ machine: 'a', name: 'counter', component: 'counter', options: {} })
  const history = new History(world, every)
  for (const seconds of [3.5, 3.5, 7.2]) {
    history.run({ untilMicros: seconds * 1e6 })
    history.command(history.head.now, { type: 'tell', process: 'a/counter', body: { type: 'hello' } })
  }
  history.run({ untilMicros: 12_000_000 })
  return history
}

describe('a command given to the head', () => {
  it.each([2, 5, 1000])('is part of every replay, with a checkpoint every %i events', (every) => {
    const history = run(every)
    const { tick, now } = history.head
    expect(history.head.stateOf('a/counter')).toMatchObject({ told: 3 })
    expect(history.at(tick).hash()).toBe(history.head.hash())
    expect(history.atTime(now).hash()).toBe(history.head.hash())
    expect(history.atTime(3_400_000).stateOf('a/counter')).toMatchObject({ told: 0, beats: 3 })
    expect(history.atTime(3_500_000).stateOf('a/counter')).toMatchObject({ told: 2, beats: 3 })
    expect(history.atTime(7_100_000).stateOf('a/counter')).toMatchObject({ told: 2, beats: 7 })
  })

  it('comes after everything up to its tick, and not before', () => {
    const history = run(1000)
    const told = Array.from({ length: history.head.tick + 1 }, (_, tick) => {
      const { told: count } = (tick === 0 ? { told: 0 } : history.at(tick).stateOf('a/counter')) as { told: number }
      return count
    })
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(3)
  })
})
