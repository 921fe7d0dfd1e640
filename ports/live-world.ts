/**
 * A simulated world that keeps step with the clock on the wall, and can be called from outside.
 *
 * Virtual time follows real time. A call runs the world at once, a little ahead of the clock, until its
 * answer is there: so an answer takes no longer than it takes to compute. Time can go faster, or stand still but for that.
 */
import type { Body, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { CallerBody, CallerState, Heard } from './caller.ts'

/** How far virtual time may run ahead of the clock on the wall. */
const AHEAD_MICROS = 50_000
const PACE_MS = 20
/** How far a call may run a world whose clock stands still. */
const PAUSED_AHEAD_MICROS = 5_000_000

export type Listener = (heard: Heard) => void

export class LiveWorld {
  readonly world: World
  readonly #caller: ProcessId
  readonly #listeners = new Map<number, Listener>()
  #beganMs = performance.now()
  #beganMicros: number
  #speed: number
  #timer: NodeJS.Timeout | undefined
  #calls = 0
  #fetched = 0
  #fetching = false

  /** `caller` is a process of the component of that name. @param speed virtual seconds in a real one; 0: time stands still */
  constructor(world: World, caller: ProcessId, speed = 1) {
    this.world = world
    this.#caller = caller
    this.#speed = speed
    this.#beganMicros = world.now
    this.#timer = setInterval(() => this.#keepStep(), PACE_MS)
  }

  get speed(): number {
    return this.#speed
  }

  set speed(speed: number) {
    this.#beganMicros = this.world.now
    this.#beganMs = performance.now()
    this.#speed = speed
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Opens a stream whose first word is `body`. @returns its number, for `say` and `hangUp` */
  call(to: ProcessId, body: Body, listener: Listener): number {
    const call = ++this.#calls
    this.#listeners.set(call, listener)
    this.#tell({ type: 'Call', call, to, body, fetched: this.#fetched })
    return call
  }

  say(call: number, body: Body): void {
    this.#tell({ type: 'Say', call, body })
  }

  hangUp(call: number): void {
    this.#listeners.delete(call)
    this.#tell({ type: 'HangUp', call })
  }

  #clockMicros(): number {
    return this.#beganMicros + Math.floor((performance.now() - this.#beganMs) * 1_000 * this.#speed)
  }

  /** How far an answer may run the world. */
  #limitMicros(): number {
    return this.#speed === 0
      ? this.world.now + PAUSED_AHEAD_MICROS
      : this.#clockMicros() + Math.max(1, this.#speed) * AHEAD_MICROS
  }

  #tell(body: CallerBody): void {
    const { world } = this
    world.run({ untilMicros: Math.max(world.now, this.#clockMicros()) })
    world.command(world.now, { type: 'tell', process: this.#caller, body })
    const heard = this.#heard.length
    world.run({ untilMicros: this.#limitMicros(), until: () => this.#heard.length > heard })
    this.#fetch()
  }

  #keepStep(): void {
    const now = this.#clockMicros()
    if (now > this.world.now) this.world.run({ untilMicros: now })
    this.#fetch()
  }

  get #heard(): CallerState['heard'] {
    return this.world.stateOf<CallerState>(this.#caller).heard
  }

  /** Hands on what has come back; a listener may call again meanwhile. */
  #fetch(): void {
    if (this.#fetching) return
    this.#fetching = true
    while (this.#fetched < this.#heard.length) {
      const heard = this.#heard.get(this.#fetched++)!
      const listener = this.#listeners.get(heard.call)
      if (heard.how !== 'data') this.#listeners.delete(heard.call)
      listener?.(heard)
    }
    this.#fetching = false
  }
}
