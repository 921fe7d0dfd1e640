/** How fast the kernel works through small events, beside a bare loop over the same queue, and how fast a world is sought. */
import type { Body, Component } from '#cluster/kernel/component.ts'
import { History } from '#cluster/kernel/history.ts'
import { EventQueue } from '#cluster/kernel/queue.ts'
import { World } from '#cluster/kernel/world.ts'
import { type Benchmark, elapsedMs, median } from '../bench.ts'

const EVENTS = 2_000_000

/** Passes on whatever it gets to the next in the ring. */
const ring: Component<{ next: string }> = {
  name: 'ring',
  init: (options: { next: string }) => ({ next: options.next }),
  step(state, event) {
    if (event.type === 'booted') return [{ type: 'send', to: state.next, body: TOKEN }]
    return event.type === 'message' ? [{ type: 'send', to: state.next, body: event.body }] : []
  },
}

const TOKEN: Body = Object.freeze({ type: 'token' })

function ringWorld(processes: number, machines: number): World {
  const world = new World({ seed: 1, components: { ring } })
  for (let i = 0; i < machines; i++) world.addMachine(`m${i}`)
  const id = (i: number) => `m${i % machines}/p${i}`
  for (let i = 0; i < processes; i++) {
    const options = { next: id((i + 1) % processes) }
    world.addProcess({ machine: `m${i % machines}`, name: `p${i}`, component: 'ring', options })
  }
  return world
}

/** The same number of pushes and pops at the same distances, and nothing else. */
function bareLoop(): number {
  const queue = new EventQueue()
  const event = { type: 'message', from: 'a/b', body: TOKEN } as const
  const item = (at: number, seq: number) => ({ at, seq, to: 0, incarnation: -1, from: 0, event, cause: 0 })
  for (let i = 0; i < 1000; i++) queue.push(item(i, i))
  return elapsedMs(() => {
    for (let i = 0; i < EVENTS; i++) {
      const next = queue.pop()!
      queue.push(item(next.at + 200 + (i % 100), 1000 + i))
    }
  })
}

function rate(processes: number, machines: number): number {
  const world = ringWorld(processes, machines)
  world.run({ maxEvents: 200_000 })
  return EVENTS / (elapsedMs(() => world.run({ maxEvents: EVENTS })) / 1000)
}

export default {
  name: 'kernel',
  run(report) {
    const bare = median(3, () => EVENTS / (bareLoop() / 1000))
    const against = { what: 'bare loop over the queue', value: bare }
    for (const [processes, machines] of [
      [10, 2],
      [1000, 10],
    ] as const) {
      const value = median(3, () => rate(processes, machines))
      report({
        what: `kernel events, ${processes} processes on ${machines} machines`,
        value,
        unit: 'events/s',
        against,
      })
    }
    const history = new History(ringWorld(50, 5))
    history.run({ maxEvents: 50_000 })
    const seeks = Array.from({ length: 101 }, (_, i) => elapsedMs(() => history.at((i * 7919) % 50_000))).sort(
      (a, b) => a - b,
    )
    report({
      what: 'seek in 50,000 small events, slowest of 101',
      value: seeks[100]!,
      unit: 'ms',
      against: { what: 'one frame', value: 16 },
    })
  },
} satisfies Benchmark
