/**
 * The kernel under faults, one random world per seed: the same seed gives the same trace; a fork at any tick, and a
 * seek to any tick, go on exactly as the original did; what was synced to disk is still there after a crash.
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Body, Component, Effect } from '#cluster/kernel/component.ts'
import { History } from '#cluster/kernel/history.ts'
import { Table } from '#cluster/kernel/table.ts'
import { World } from '#cluster/kernel/world.ts'
import { chance } from '../soak.ts'
import type { Soak } from '../soak.ts'

const MACHINES = ['a', 'b', 'c', 'd']
const EVENTS_MAX = 3_000
const END_MICROS = 2_000_000

interface Gossip extends Body {
  type: 'gossip'
  number: number
}

interface State {
  heard: Table<string, number>
  written: number
  durable: number
  lost: boolean
}

/** Talks at random to the others, writes down what it hears, and on boot looks whether its disk kept its promise. */
const gossip: Component<State> = {
  name: 'gossip',
  init: () => ({ heard: new Table(), written: 0, durable: 0, lost: false }),
  step(state, event, ctx): Effect[] {
    const wake: Effect = { type: 'wake', key: 'talk', after: 500 + ctx.random('pace').int(20_000) }
    if (event.type === 'booted') {
      const lines = (event.disk['book'] ?? []) as { number: number; durable: number }[]
      state.written = lines.length
      // Each line tells how many were durable when it was written: a boot that finds fewer has lost some.
      state.lost = lines.some((line, index) => line.durable > index)
      state.durable = lines.length
      return [wake]
    }
    if (event.type === 'persisted') state.durable = Math.max(state.durable, event.id)
    if (event.type === 'timer') {
      const to = MACHINES[ctx.random('peer').int(MACHINES.length)]!
      const body: Gossip = { type: 'gossip', number: ctx.random('number').int(1_000_000) }
      return [wake, { type: 'send', to: `${to}/gossip`, body }]
    }
    if (event.type !== 'message') return []
    const { number } = event.body as Gossip
    state.heard.set(event.from, number)
    state.written += 1
    const line = { number, durable: state.durable }
    return [
      { type: 'append', file: 'book', records: [line] },
      { type: 'persist', id: state.written },
    ]
  },
}

function randomCommand(draw: (below: number) => number): Command {
  const one = (): string => MACHINES[draw(MACHINES.length)]!
  const [from, to] = [one(), one()]
  const commands: Command[] = [
    { type: 'crash', process: `${from}/gossip` },
    { type: 'start', process: `${from}/gossip` },
    { type: 'pause', process: `${from}/gossip` },
    { type: 'resume', process: `${from}/gossip` },
    { type: 'powerOff', machine: from },
    { type: 'powerOn', machine: from },
    { type: 'partition', groups: [[from], MACHINES.filter((machine) => machine !== from)] },
    { type: 'heal' },
    {
      type: 'link',
      from,
      to,
      link: { latencyMicros: draw(50_000), jitterMicros: draw(5_000), loss: 0.3, duplicate: 0.2 },
    },
    { type: 'slowDisk', machine: from, fsyncMicros: draw(200_000) },
    { type: 'skew', machine: from, skewMicros: draw(1_000_000) - 500_000 },
  ]
  return commands[draw(commands.length)]!
}

function build(seed: number): World {
  const draw = chance(seed)
  const world = new World({ seed, components: { gossip } })
  for (const machine of MACHINES) {
    world.addMachine(machine)
    world.addProcess({ machine, name: 'gossip', component: 'gossip', options: {} })
  }
  const faults = 5 + draw(30)
  for (let fault = 0; fault < faults; fault += 1) world.command(draw(END_MICROS), randomCommand(draw))
  return world
}

export default {
  name: 'kernel',
  seeds: 500,
  run(seed) {
    const limits = { maxEvents: EVENTS_MAX, untilMicros: END_MICROS }
    const draw = chance(seed + 1)
    const reference = build(seed)
    reference.run(limits)
    if (reference.tick < 50) return `only ${reference.tick} events: the world died before anything was tried`
    const same = (world: World): boolean => world.hash() === reference.hash() && world.tick === reference.tick

    const again = build(seed)
    again.run(limits)
    if (!same(again)) return 'the same seed gave another trace'

    const tick = draw(reference.tick)
    const original = build(seed)
    original.run({ ...limits, maxEvents: tick })
    const fork = original.fork()
    fork.run({ ...limits, maxEvents: EVENTS_MAX - tick })
    original.run({ ...limits, maxEvents: EVENTS_MAX - tick })
    if (!same(fork)) return `a fork at tick ${tick} went on differently`
    if (!same(original)) return `a fork at tick ${tick} changed the original`

    const history = new History(build(seed), 100)
    history.run(limits)
    const straight = build(seed)
    straight.run({ ...limits, maxEvents: tick })
    if (history.at(tick).hash() !== straight.hash()) return `a seek to tick ${tick} found another world`

    for (const machine of MACHINES)
      if ((reference.stateOf(`${machine}/gossip`) as State | undefined)?.lost) return `${machine} lost what was durable`
    return undefined
  },
} satisfies Soak
