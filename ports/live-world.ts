/**
 * A simulated world that keeps step with the clock on the wall, and can be called from outside.
 *
 * Virtual time follows real time. A call runs the world at once, a little ahead of the clock, until its
 * answer is there: so an answer takes no longer than it takes to compute. Time can go faster, or stand still but for that.
 * Whatever comes in is in its journal.
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Body, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { CallerBody, CallerState, Heard } from './caller.ts'
import type { Report } from './defects.ts'
import { type Entry, Journal } from './journal.ts'

/** How far virtual time may run ahead of the clock on the wall. */
const AHEAD_MICROS = 50_000
const PACE_MS = 20
/** How far a call may run a world whose clock stands still. */
const PAUSED_AHEAD_MICROS = 5_000_000

export type Listener = (heard: Heard) => void

export interface LiveOptions {
  /** Virtual seconds in a real one; 0: time stands still. Default 1. */
  readonly speed?: number
  /** What came in before, where the world has been replayed: those calls are nobody's any more. */
  readonly entries?: readonly Entry[]
  /** Told of what fails out here. Without it the error leaves. */
  readonly report?: Report
}

export class LiveWorld {
  readonly world: World
  readonly #caller: ProcessId
  readonly #journal: Journal
  readonly #report: Report | undefined
  readonly #listeners = new Map<number, Listener>()
  #beganMs = performance.now()
  #beganMicros: number
  #speed: number
  #timer: NodeJS.Timeout | undefined
  #calls: number
  #fetched: number
  #fetching = false

  /** @param caller a process of the component of that name */
  constructor(world: World, caller: ProcessId, { speed = 1, entries = [], report }: LiveOptions = {}) {
    this.world = world
    this.#caller = caller
    this.#journal = new Journal(entries)
    this.#report = report
    this.#beganMicros = world.now
    this.#speed = speed
    this.#fetched = this.#heard.length
    for (const call of world.stateOf<CallerState>(caller).streams.keys()) this.hangUp(call)
    this.#calls = entries.reduce((most, { command }) => Math.max(most, callIn(command)), 0)
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
    this.#put({ type: 'HangUp', call })
  }

  /** Does something to the world from outside; the first commands take effect at once, the others `after` so long. */
  command(commands: readonly Command[], after: Micros = 0): void {
    this.#catchUp()
    for (const command of commands) this.#journal.command(this.world, this.world.now + after, command)
    this.world.run({ untilMicros: this.world.now })
    this.#fetch()
  }

  /** What has come in, and the instant until which everything has happened. */
  journal(): { readonly entries: readonly Entry[]; readonly until: Micros } {
    this.#catchUp()
    return { entries: this.#journal.entries, until: this.world.now }
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

  /** Up to the clock, and everything of that instant. */
  #catchUp(): void {
    this.world.run({ untilMicros: Math.max(this.world.now, this.#clockMicros()) })
  }

  #put(body: CallerBody): void {
    this.#catchUp()
    this.#journal.command(this.world, this.world.now, { type: 'tell', process: this.#caller, body })
  }

  /** Says something that is answered. */
  #tell(body: CallerBody): void {
    const { world } = this
    this.#put(body)
    const heard = this.#heard.length
    world.run({ untilMicros: this.#limitMicros(), until: () => this.#heard.length > heard })
    this.#fetch()
  }

  #keepStep(): void {
    try {
      const now = this.#clockMicros()
      if (now > this.world.now) this.world.run({ untilMicros: now })
      this.#fetch()
    } catch (error) {
      if (!this.#report) throw error
      this.#report('the clock', error, 'it goes on')
    }
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
      this.#hand(heard, listener)
    }
    this.#fetching = false
  }

  #hand(heard: Heard, listener: Listener | undefined): void {
    try {
      listener?.(heard)
    } catch (error) {
      if (!this.#report) throw error
      this.#report(`the answer to call ${heard.call}`, error, 'whoever waits for it hears no more')
    }
  }
}

function callIn(command: Command): number {
  const body = command.type === 'tell' ? (command.body as CallerBody) : undefined
  return body?.type === 'Call' ? body.call : 0
}
