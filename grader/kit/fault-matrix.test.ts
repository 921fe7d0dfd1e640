import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
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
    ['watchExpired', 2],
    [
      'alreadyExists',
      [
        'Its create number 1 of pods is carried out, sent a second time on the way, and answered with AlreadyExists.',
        'Its create number 2 of pods is carried out, sent a second time on the way, and answered with AlreadyExists.',
      ],
    ],
    [
      'clockDrifts',
      [
        'From 0 s on, for 60 s, its clock runs at half speed.',
        'From 0.9 s on, for 60 s, its clock runs at half speed.',
      ],
    ],
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
    const exists = [true, false].map((isMade, index): ControllerFault => {
      return { class: 'already-exists', resource: 'pods', nth: index + 1, isMade }
    })
    expect(faultOptions(exists)).toMatchObject({
      lose: [{ verb: 'create', nth: 1, told: { code: 409, reason: 'AlreadyExists' } }],
      refuse: [{ verb: 'create', from: 2, count: 1, code: 409, reason: 'AlreadyExists' }],
    })
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

/** Tells a piece each second from its watch's version on; a list is as it was at the version that is asked for. */
const server: Component<{ now: number; watches: Record<number, number> }> = {
  name: 'server',
  init: () => ({ now: 0, watches: {} }),
  step(state, event, ctx): Effect[] {
    const again: Effect = { type: 'wake', key: 'tick', after: 1_000_000 }
    const tell = (stream: number, to: number): Effect[] => {
      const from = state.watches[stream]!
      state.watches[stream] = to
      return Array.from({ length: to - from }, (_, index) => ({
        ...{ type: 'write', stream },
        body: { type: 'watchEvent', event: { type: 'MODIFIED', object: configMap(from + index + 1) } },
      })) as Effect[]
    }
    if (event.type === 'booted') return [again]
    if (event.type === 'timer') {
      state.now++
      return [...Object.keys(state.watches).flatMap((stream) => tell(Number(stream), state.now)), again]
    }
    if (event.type === 'closed') delete state.watches[event.stream]
    if (event.type !== 'opened') return []
    const { resourceVersion, resourceVersionMatch, watch } = (event.body as unknown as HttpRequest).query!
    if (watch) {
      state.watches[event.stream] = Number(resourceVersion)
      return tell(event.stream, state.now)
    }
    const version = resourceVersionMatch === 'Exact' ? Number(resourceVersion) : state.now
    ctx.note('listed', version)
    const items = version === 0 ? [] : [configMap(version)]
    const body = { metadata: { resourceVersion: String(version) }, items }
    return [{ type: 'close', stream: event.stream, body: { type: 'response', status: 200, body } as { type: string } }]
  },
}
const configMap = (version: number) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: { name: 'clock', namespace: 'default', resourceVersion: String(version) },
})
const cache: Component<{ client: ApiClient; informer: Informer; heard: string[] }> = {
  name: 'cache',
  init: () => ({
    ...{
      client: createApiClient(['m/server'], 'cache'),
      informer: createInformer({ resource: 'configmaps' }),
      heard: [],
    },
  }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted') return [startInformer(state.informer, state.client, ctx)]
    const step = stepInformer(state.informer, {}, state.client, event, ctx)
    for (const { object } of step?.deltas ?? [])
      state.heard.push(`${object.metadata.resourceVersion}@${Math.floor(ctx.now / 1e6)}`)
    return [...(step?.effects ?? [])]
  },
}

describe('a watch that breaks off', () => {
  const built = (news: NewsFault | undefined, seed = 1, wrap = (one: Component): Component => one): World => {
    const components = { server: wrap(server), cache: wrap(withNewsFaults(cache)) }
    const world = new World({ seed, components })
    world.addMachine('m')
    world.addProcess({ machine: 'm', name: 'server', component: 'server', options: {} })
    world.addProcess({ machine: 'm', name: 'cache', component: 'cache', options: { news } })
    return world
  }
  const heard = (news?: NewsFault): string => {
    const world = built(news)
    world.run({ untilMicros: 9_500_000 })
    return world.stateOf<{ inner: { heard: string[] } }>('m/cache').inner.heard.join(' ')
  }
  const byMicros = 2_500_000

  it('is silent, and then the cache is listed anew and knows all: what came in between it has not seen', () => {
    expect(heard()).toBe('1@1 2@2 3@3 4@4 5@5 6@6 7@7 8@8 9@9')
    expect(heard({ do: 'gone', nth: 3, byMicros })).toBe('1@1 2@2 6@6 7@7 8@8 9@9')
  })

  it('and is listed from a server that lags: what is newer comes late, and nothing comes twice', () => {
    expect(heard({ do: 'stale', nth: 3, byMicros })).toBe('1@1 2@2 3@6 4@8 5@8 6@8 7@8 8@8 9@9')
  })

  it.each(['gone', 'stale'] as const)('goes wrong the same way in a fork: %s', (how) => {
    const news: NewsFault = { do: how, nth: 3, byMicros }
    examine({ build: (seed, wrap) => built(news, seed, wrap), untilMicros: 9_500_000 })
  })
})

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
