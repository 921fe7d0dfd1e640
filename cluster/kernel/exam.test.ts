import { describe, expect, it } from 'vitest'
import type { Body, Component, Effect } from './component.ts'
import { examine } from './exam.ts'
import { World } from './world.ts'

interface Counted {
  total: number
}

/** Sends itself numbers through a peer; `spoil` is the defect that the exam must find. */
const counterWith = (spoil: (state: Counted, body: Body & { n: number }) => void): Component<Counted> => ({
  name: 'counter',
  init: () => ({ total: 0 }),
  step(state, event): Effect[] {
    if (event.type === 'booted') return [{ type: 'send', to: 'a/echo', body: { type: 'count', n: 1 } as Body }]
    if (event.type !== 'message') return []
    const body = event.body as Body & { n: number }
    state.total += body.n
    spoil(state, body)
    if (state.total > 400) return []
    return [
      {
        type: 'send',
        to: 'a/echo',
        body: { type: state.total % 7 === 0 ? 'seven' : 'count', n: 1 + (state.total % 3) } as Body,
      },
    ]
  },
})

const echo: Component = {
  name: 'echo',
  init: () => ({}),
  step: (_state, event): Effect[] =>
    event.type === 'message' ? [{ type: 'send', to: 'a/counter', body: event.body }] : [],
}

const sit = (spoil: Parameters<typeof counterWith>[0], maxEvents = 10_000): void => {
  const build = (seed: number, wrap: (component: Component) => Component): World => {
    const world = new World({ seed, components: { counter: wrap(counterWith(spoil)), echo: wrap(echo) } })
    world.addMachine('a')
    world.addProcess({ machine: 'a', name: 'counter', component: 'counter', options: {} })
    world.addProcess({ machine: 'a', name: 'echo', component: 'echo', options: {} })
    return world
  }
  examine({ build, untilMicros: 1_000_000, maxEvents })
}

describe('the exam', () => {
  it('lets an honest component pass', () => {
    expect(() => sit(() => {})).not.toThrow()
  })

  it('finds state that is kept outside the state', () => {
    let hidden = 0
    expect(() => sit((state) => void (state.total += ++hidden % 5 === 0 ? 1 : 0))).toThrow(/went another way/)
  })

  it('finds a step that alters the event it is handed', () => {
    expect(() => sit((_, body) => void (body.n = 9))).toThrow(/read only|went another way/)
  })

  it('finds a loop that never ends', () => {
    expect(() => sit((state) => void (state.total = 0))).toThrow(/something loops/)
  })
})
