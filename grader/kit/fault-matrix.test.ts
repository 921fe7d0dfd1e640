import { describe, expect, it } from 'vitest'
import type { Component, Effect, Event } from '#cluster/kernel/component.ts'
import { examine } from '#cluster/kernel/exam.ts'
import { World } from '#cluster/kernel/world.ts'
import { graderTexts } from '../verdict/grader-texts.ts'
import { speak } from '../verdict/say.ts'
import { chanceFrom } from './chance.ts'
import type { ControllerFault, ControllerSites } from './controller-faults.ts'
import { CONTROLLER_FAULTS, endOfFaults, faultInWords, faultOptions } from './controller-faults.ts'
import { pairsOf } from './fault-matrix.ts'
import { type NewsFault, withNewsFaults } from './news-faults.ts'

const write = (at: number, verb: 'create' | 'updateStatus', resource: string) =>
  ({ at, call: { id: at, verb, resource, namespace: 'default', name: 'web', live: true } }) as const
const sites: ControllerSites = {
  report: {
    ...{ calls: 3, liveReads: 0, reconciles: 2, lives: 1 },
    writes: [
      write(1000, 'create', 'pods'),
      write(1200, 'create', 'pods'),
      write(900_000, 'updateStatus', 'replicasets'),
    ],
  },
  news: 2,
}

describe('the places of a class', () => {
  it.each([
    ['conflict', ['Its updateStatus number 1 of replicasets is refused (Conflict).']],
    ['unavailable', 3],
    ['answerLost', 3],
    ['diesBefore', 3],
    ['newsLate', ['News number 1 reaches its cache late.', 'News number 2 reaches its cache late.']],
    ['paused', ['At 0 s it stands still for 60 s.', 'At 0.9 s it stands still for 60 s.']],
    ['serverRestarts', 2],
  ] as const)('%s: %j', (name, wanted) => {
    const words = CONTROLLER_FAULTS[name].places(sites).map((fault) => speak(faultInWords(fault), 'en'))
    if (typeof wanted === 'number') expect(words).toHaveLength(wanted)
    else expect(words).toEqual(wanted)
  })

  it('have words in both languages', () => {
    for (const { places } of Object.values(CONTROLLER_FAULTS)) {
      for (const fault of places(sites)) expect(Object.hasOwn(graderTexts.es, faultInWords(fault).key)).toBe(true)
    }
  })

  it('become options of the process, or moments of the world', () => {
    const found: ControllerFault[] = [
      { class: 'refused', verb: 'create', resource: 'pods', nth: 2, code: 429 },
      { class: 'dies', call: 3, when: 'after' },
      { class: 'paused', atMicros: 5, forMicros: 7 },
    ]
    expect(faultOptions(found)).toMatchObject({
      refuse: [{ verb: 'create', from: 2, count: 1, code: 429, reason: 'TooManyRequests' }],
      crash: { call: 3, when: 'after' },
    })
    expect(endOfFaults(found)).toBe(12)
  })
})

describe('pairs', () => {
  it('are different, of different faults, and as many as there are or are wanted', () => {
    const drawn = pairsOf(['a', 'b', 'c', 'd'], 99, chanceFrom(1, 'pairs'))
    expect(new Set(drawn.map((pair) => pair.join(''))).size).toBe(6)
    expect(drawn.every(([one, other]) => one < other)).toBe(true)
    expect(pairsOf(['a', 'b', 'c', 'd'], 2, chanceFrom(1, 'pairs'))).toHaveLength(2)
    expect(pairsOf(['a'], 5, chanceFrom(1, 'pairs'))).toEqual([])
  })
})

/** Sends three pieces of news on a watch; the reader writes down what it hears, and when. */
const teller: Component<object> = {
  name: 'teller',
  init: () => ({}),
  step(_, event: Event): Effect[] {
    if (event.type !== 'opened') return []
    return ['a', 'b', 'c'].map((name) => ({
      ...{ type: 'write', stream: event.stream },
      body: { type: 'watchEvent', name } as { type: string },
    })) as Effect[]
  },
}
const reader: Component<{ heard: string[] }> = {
  name: 'reader',
  init: () => ({ heard: [] }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted') return [{ type: 'open', stream: ctx.id(), to: 'm/teller', body: { type: 'watch' } }]
    if (event.type === 'data')
      state.heard.push(`${(event.body as unknown as { name: string }).name}@${Math.floor(ctx.now / 1e6)}`)
    return []
  },
}

function build(news: NewsFault | undefined, seed = 1, wrap = (one: Component): Component => one): World {
  const components = { teller: wrap(teller), reader: wrap(withNewsFaults(reader)) }
  const world = new World({ seed, components })
  world.addMachine('m')
  for (const name of ['teller', 'reader'])
    world.addProcess({ machine: 'm', name, component: name, options: name === 'reader' ? { news } : {} })
  return world
}

describe('news', () => {
  it.each<[string, NewsFault | undefined, string]>([
    ['as it comes', undefined, 'a@0 b@0 c@0'],
    ['missed', { do: 'miss', nth: 2 }, 'a@0 c@0'],
    ['twice', { do: 'twice', nth: 2 }, 'a@0 b@0 b@0 c@0'],
    ['late: what comes behind it waits, too', { do: 'late', nth: 2, byMicros: 3_000_000 }, 'a@0 b@3 c@3'],
  ])('%s', (_, news, heard) => {
    const world = build(news)
    world.run()
    expect(world.stateOf<{ inner: { heard: string[] } }>('m/reader').inner.heard.join(' ')).toBe(heard)
  })

  it('goes wrong the same way in a fork', () => {
    const news: NewsFault = { do: 'late', nth: 1, byMicros: 1000 }
    examine({ build: (seed, wrap) => build(news, seed, wrap), untilMicros: 10_000 })
  })
})
