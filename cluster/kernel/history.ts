/**
 * Going back: a run with checkpoints, and a seek to any tick of it.
 *
 * A checkpoint is a fork, taken every `every` events; a seek forks the nearest one before the tick and runs the rest
 * again, which gives the very same events because the world is deterministic. The denser checkpoints are, the less is run again;
 * they share what has not changed.
 */
import type { Command } from './command.ts'
import type { Micros } from './component.ts'
import type { RunEnd, RunLimits, World } from './world.ts'

/** A command and when it goes in: what somebody did to the world while watching. */
export interface Intervention {
  readonly at: Micros
  readonly command: Command
}

export class History {
  /** The furthest point so far. */
  readonly head: World
  readonly every: number
  #checkpoints: World[]

  constructor(world: World, every = 1000) {
    this.head = world
    this.every = every
    this.#checkpoints = [world.fork()]
  }

  /** Ticks and times of the checkpoints, oldest first. */
  get checkpoints(): readonly { tick: number; now: Micros }[] {
    return this.#checkpoints
  }

  /**
   * Does something to the head from outside. It leaves a checkpoint that has it in its queue: one from before would run
   * on without it.
   */
  command(at: Micros, command: Command): void {
    this.head.command(at, command)
    this.#checkpoints.push(this.head.fork())
  }

  /** Runs the head on, leaving a checkpoint every `every` events. */
  run(limits: RunLimits = {}): RunEnd {
    const { maxEvents = Infinity, ...rest } = limits
    const lastTick = this.head.tick + maxEvents
    for (;;) {
      const latest = this.#checkpoints[this.#checkpoints.length - 1]!
      const untilNext = latest.tick + this.every - this.head.tick
      const end = this.head.run({ ...rest, maxEvents: Math.max(1, Math.min(untilNext, lastTick - this.head.tick)) })
      if (this.head.tick >= latest.tick + this.every) this.#checkpoints.push(this.head.fork())
      if (end !== 'events' || this.head.tick >= lastTick) return end
    }
  }

  /** The world as it was right after that tick (or at the head, where the tick lies beyond it). */
  at(tick: number): World {
    const goal = Math.min(tick, this.head.tick)
    const world = this.#before((checkpoint) => checkpoint.tick <= goal)
    if (goal > world.tick) world.run({ maxEvents: goal - world.tick })
    return world
  }

  /** The world as it was at that virtual time, all events of that instant included. */
  atTime(micros: Micros): World {
    const goal = Math.min(micros, this.head.now)
    const world = this.#before((checkpoint) => checkpoint.now <= goal)
    world.run({ untilMicros: goal })
    return world
  }

  #before(fits: (checkpoint: World) => boolean): World {
    let low = 0
    let high = this.#checkpoints.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (fits(this.#checkpoints[middle]!)) low = middle
      else high = middle - 1
    }
    return this.#checkpoints[low]!.fork()
  }
}
