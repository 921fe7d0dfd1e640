import { describe, expect, it } from 'vitest'
import type { Body, Component, Effect } from './component.ts'
import { History } from './history.ts'
import { Table } from './table.ts'
import { TraceRing } from './trace.ts'
import { type Defect, World } from './world.ts'

interface Ball extends Body {
  type: 'ball'
  left: number
}

/** Throws a ball back until it is worn out; remembers every catch. */
const player: Component<{ caught: Table<number, number>; peer: string; throws: number }> = {
  name: 'player',
  init: (options: { peer: string; throws: number }) => ({ caught: new Table(), ...options }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted' && state.throws > 0) {
      return [{ type: 'send', to: state.peer, body: { type: 'ball', left: state.throws } as Ball }]
    }
    if (event.type !== 'message') return []
    const { left } = event.body as Ball
    state.caught.set(left, ctx.now)
    return left > 0 ? [{ type: 'send', to: state.peer, body: { type: 'ball', left: left - 1 } as Ball }] : []
  },
}

/** Appends what it is told and answers once it is durable. */
const scribe: Component<{ lines: string[]; answers: number; next: number }> = {
  name: 'scribe',
  init: () => ({ lines: [], answers: 0, next: 1 }),
  step(state, event): Effect[] {
    if (event.type === 'booted') {
      state.lines = [...((event.disk['book'] ?? []) as string[])]
      return []
    }
    if (event.type === 'persisted') state.answers++
    if (event.type !== 'message') return []
    const line = (event.body as Body & { line: string }).line
    state.lines = [...state.lines, line]
    return [
      { type: 'append', file: 'book', records: [line] },
      { type: 'persist', id: state.next++ },
      { type: 'send', to: 'b/reader', body: { type: 'written' } },
    ]
  },
}

const reader: Component<{ heard: number[] }> = {
  name: 'reader',
  init: () => ({ heard: [] }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'message') state.heard = [...state.heard, ctx.now]
    return []
  },
}

/** Opens a stream to a peer on boot and keeps what comes back. */
const caller: Component<{ peer: string; log: string[] }> = {
  name: 'caller',
  init: (options: { peer: string }) => ({ peer: options.peer, log: [] }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted') return [{ type: 'open', stream: ctx.id(), to: state.peer, body: { type: 'hello' } }]
    if (event.type === 'data') state.log = [...state.log, event.body.type]
    if (event.type === 'closed') state.log = [...state.log, `closed ${event.reason} at ${ctx.now}`]
    return []
  },
}

const counter: Component<{ streams: number[] }> = {
  name: 'counter',
  init: () => ({ streams: [] }),
  step(_state, event): Effect[] {
    if (event.type !== 'opened') return []
    const write = (n: number): Effect => ({ type: 'write', stream: event.stream, body: { type: `n${n}` } })
    return [write(1), write(2), write(3)]
  },
}

const components = { player, scribe, reader, caller, counter }

function pair(seed: number, throws = 50) {
  const world = new World({ seed, components })
  world.addMachine('a')
  world.addMachine('b')
  world.addProcess({ machine: 'a', name: 'player', component: 'player', options: { peer: 'b/player', throws } })
  world.addProcess({ machine: 'b', name: 'player', component: 'player', options: { peer: 'a/player', throws: 0 } })
  return world
}

describe('a world', () => {
  it('gives the same hash for the same seed, and another one for another', () => {
    const runs = [1, 1, 2].map((seed) => {
      const world = pair(seed)
      world.run()
      return world.hash()
    })
    expect(runs[0]).toBe(runs[1])
    expect(runs[0]).not.toBe(runs[2])
  })

  it('goes on alike in a fork and in the original, at whichever tick it is forked', () => {
    const reference = pair(7)
    reference.run()
    for (let tick = 0; tick < 53; tick++) {
      const original = pair(7)
      original.run({ maxEvents: tick })
      const fork = original.fork()
      fork.run()
      original.run()
      expect([fork.hash(), original.hash(), fork.now]).toEqual([reference.hash(), reference.hash(), reference.now])
      expect([...fork.stateOf('b/player').caught]).toEqual([...reference.stateOf('b/player').caught])
    }
  })

  it('seeks to every tick of a run as if it had run just so far', () => {
    const history = new History(pair(3), 10)
    history.run()
    for (let tick = 0; tick <= history.head.tick; tick++) {
      const straight = pair(3)
      straight.run({ maxEvents: tick })
      expect(history.at(tick).hash()).toBe(straight.hash())
    }
  })

  it('names the cause of every event', () => {
    const world = pair(1, 3)
    world.trace = new TraceRing(100)
    world.run()
    const catches = (world.trace as TraceRing).events().filter((entry) => entry.event.type === 'message')
    expect(catches.map((entry) => entry.cause)).toEqual([1, ...catches.slice(0, -1).map((entry) => entry.tick)])
  })
})

describe('a disk', () => {
  const desk = () => {
    const world = new World({ seed: 1, components })
    world.addMachine('a', { fsyncMicros: 2_000 })
    world.addMachine('b')
    world.addProcess({ machine: 'a', name: 'scribe', component: 'scribe', options: {} })
    world.addProcess({ machine: 'b', name: 'reader', component: 'reader', options: {} })
    return world
  }
  const tell = (line: string) => ({ type: 'tell', process: 'a/scribe', body: { type: 'line', line } as Body }) as const

  it('lets no answer leave before the write is durable', () => {
    const world = desk()
    world.command(0, tell('one'))
    world.run()
    expect(world.stateOf('b/reader').heard[0]).toBeGreaterThanOrEqual(2_000)
  })

  it('keeps what was synced and loses the rest in a crash', () => {
    const world = desk()
    world.command(0, tell('one'))
    world.command(5_000, tell('two'))
    world.command(6_000, { type: 'crash', process: 'a/scribe' })
    world.command(8_000, { type: 'start', process: 'a/scribe' })
    world.run()
    expect(world.stateOf('a/scribe').lines).toEqual(['one'])
    expect(world.stateOf('b/reader').heard).toHaveLength(1)
  })

  it('is another where somebody has put another in, which goes for a process that is down alone', () => {
    const world = desk()
    world.command(0, tell('one'))
    const files = { book: ['from', 'elsewhere'] }
    const replace = { type: 'replaceDisk', process: 'a/scribe', files } as const
    world.command(5_000, { type: 'stop', process: 'a/scribe' })
    world.command(6_000, replace)
    world.command(7_000, { type: 'start', process: 'a/scribe' })
    world.command(8_000, tell('two'))
    world.command(20_000, { type: 'crash', process: 'a/scribe' })
    world.command(21_000, { type: 'start', process: 'a/scribe' })
    world.run()
    expect(world.stateOf('a/scribe').lines).toEqual(['from', 'elsewhere', 'two'])
    expect(files.book).toEqual(['from', 'elsewhere'])
    world.command(world.now, replace)
    expect(() => world.run()).toThrow('a/scribe is up, and writes to its disk: stop it first')
  })

  it('commits in groups: syncs asked for while one runs share the next', () => {
    const world = desk()
    for (const at of [0, 100, 200, 300]) world.command(at, tell(`at ${at}`))
    world.run()
    const heard = world.stateOf('b/reader').heard as number[]
    expect(heard).toHaveLength(4)
    expect(Math.max(...heard)).toBeLessThan(5_000)
  })
})

describe('a stream', () => {
  const call = (peer: string, commands: [number, Parameters<World['command']>[1]][] = []) => {
    const world = new World({ seed: 5, components })
    world.addMachine('a')
    world.addMachine('b')
    world.addProcess({ machine: 'b', name: 'counter', component: 'counter', options: {} })
    for (const [at, command] of commands) world.command(at, command)
    world.run({ untilMicros: 10 })
    world.addProcess({ machine: 'a', name: 'caller', component: 'caller', options: { peer } })
    world.run()
    return world.stateOf('a/caller').log as string[]
  }

  it('delivers in order', () => {
    expect(call('b/counter')).toEqual(['n1', 'n2', 'n3'])
  })

  it.each([
    ['is refused where the machine is up and nobody listens', 'b/nobody', [], /^closed refused at \d{1,3}$/],
    ['is refused by a process that is down', 'b/counter', [[0, { type: 'stop', process: 'b/counter' }]], /refused/],
    [
      'is reset when the process dies',
      'b/counter',
      [[5_000, { type: 'crash', process: 'b/counter' }]],
      /n3,closed reset at 5\d{3}$/,
    ],
    [
      'times out after 45 s when a machine loses power',
      'b/counter',
      [[5_000, { type: 'powerOff', machine: 'b' }]],
      /closed timeout at 45005000/,
    ],
    [
      'times out after 30 s when nothing answers the dial',
      'b/counter',
      [[0, { type: 'powerOff', machine: 'b' }]],
      /^closed timeout at 300000\d\d$/,
    ],
    [
      'sends what a cut held back once the cut heals',
      'b/counter',
      [
        [300, { type: 'partition', groups: [['a'], ['b']] }],
        [9_000_000, { type: 'heal' }],
      ],
      /^n1,n2,n3$/,
    ],
  ] as [string, string, [number, Parameters<World['command']>[1]][], RegExp][])('%s', (_, peer, commands, expected) => {
    expect(call(peer, commands).join()).toMatch(expected)
  })
})

describe('a step that throws', () => {
  /** Does what it is told, and dies of a `bomb`. */
  const clumsy: Component<{ heard: string[] }> = {
    name: 'clumsy',
    init: () => ({ heard: [] }),
    step(state, event): Effect[] {
      if (event.type !== 'message') return []
      if (event.body.type === 'bomb') throw new TypeError('boom')
      if (event.body.type === 'twins')
        return ['child', 'child'].map((child) => ({ type: 'spawn', child, component: 'reader', options: {} }))
      if (event.body.type === 'later') return [{ type: 'persist', id: 1 }, spawnUnknown]
      state.heard = [...state.heard, event.body.type]
      return []
    },
  }
  const spawnUnknown: Effect = { type: 'spawn', child: 'x', component: 'nobody', options: {} }

  const run = (type: string, onDefect?: (world: World, defect: Defect) => void) => {
    const world = new World({ seed: 1, components: { ...components, clumsy }, ...(onDefect && { onDefect }) })
    world.addMachine('a')
    world.addProcess({ machine: 'a', name: 'clumsy', component: 'clumsy', options: {}, restartAfterMicros: 1_000_000 })
    world.command(1_000, { type: 'tell', process: 'a/clumsy', body: { type } })
    world.command(2_000_000, { type: 'tell', process: 'a/clumsy', body: { type: 'after' } })
    world.run({ untilMicros: 3_000_000 })
    return world
  }

  it('leaves the run', () => {
    expect(() => run('bomb')).toThrow('boom')
  })

  it.each([
    ['bomb', 'message'],
    ['twins', 'message'],
    ['later', undefined],
  ])('ends its process where somebody is told, and the supervisor starts it again: %s', (type, event) => {
    const defects: Defect[] = []
    const world = run(type, (_, defect) => defects.push(defect))
    expect(defects.map((defect) => [defect.process, defect.event?.type])).toEqual([['a/clumsy', event]])
    expect(world.process('a/clumsy')).toMatchObject({ incarnation: 2, state: { heard: ['after'] } })
  })
})
