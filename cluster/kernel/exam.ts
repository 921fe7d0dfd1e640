/**
 * The exam that every component must pass, whatever it does: the rules of the kernel, tried on a world of the caller's.
 *
 * - the same seed gives the same trace;
 * - a fork goes on like the original, wherever it is taken (mid-burst, mid-sync, at rest);
 * - nobody alters an event that it is handed (bodies are frozen before they are delivered);
 * - a step returns within its bounds, and the world comes to its end within `maxEvents`.
 */
import type { Component, Effect, Event } from './component.ts'
import type { World } from './world.ts'

export interface Exam {
  /** Builds the world anew; `wrap` goes around every component that it registers. */
  readonly build: (seed: number, wrap: (component: Component) => Component) => World
  readonly untilMicros: number
  /** How many instants of the run are tried as forks; default 12. */
  readonly forks?: number
  /** More events than this is a loop that does not end; default 200,000. */
  readonly maxEvents?: number
}

/** Throws with the broken rule. */
export function examine(exam: Exam, seed = 1): void {
  const { untilMicros, forks = 12, maxEvents = 200_000 } = exam
  const run = (world: World): World => {
    if (world.run({ untilMicros, maxEvents: maxEvents - world.tick }) === 'events') {
      throw new Error(
        `after ${maxEvents} events the world had only come to ${world.now} µs of ${untilMicros} µs: something loops`,
      )
    }
    return world
  }
  const reference = run(exam.build(seed, (component) => component))
  expectSame('a second run of the same seed', run(exam.build(seed, (component) => component)), reference)
  expectSame('a run whose events are frozen', run(exam.build(seed, frozenEvents)), reference)
  for (let i = 0; i < forks; i++) {
    const tick = Math.floor((reference.tick * i) / forks)
    const original = exam.build(seed, (component) => component)
    original.run({ untilMicros, maxEvents: tick })
    const fork = original.fork()
    // The fork first: what it writes must not reach the original.
    expectSame(`a fork taken at tick ${tick}`, run(fork), reference)
    expectSame(`the original of a fork taken at tick ${tick}`, run(original), reference)
  }
}

function expectSame(what: string, world: World, reference: World): void {
  if (world.hash() === reference.hash() && world.tick === reference.tick) return
  throw new Error(
    `${what} went another way: ${world.tick} events, hash ${world.hash()}; expected ${reference.tick}, ${reference.hash()}`,
  )
}

/** The component, handed events that cannot be altered: a write to one throws. */
function frozenEvents(component: Component): Component {
  return {
    ...component,
    step: (state, event, ctx): Effect[] => component.step(state, freeze(event) as Event, ctx),
  }
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key])
  return value
}
