/**
 * A guest as part of a process whose state can be forked: the state holds the log of what entered the guest, and the living
 * guest is only a memo of it.
 *
 * A living guest stands at one point of one log. It is found by the last entry of that log, which is an object of its own
 * for each entry; if a fork has taken it further, it is made again by entering the log into a fresh one.
 */
import type { Log } from '#cluster/kernel/log.ts'
import type { Engine } from '../sandbox/engine.ts'
import type { Guest } from '../sandbox/guest.ts'
import { replay } from '../sandbox/replay.ts'
import type { GuestInput, GuestOptions } from '../sandbox/sandbox.ts'

export class GuestMemo {
  readonly #engine: Engine
  /** What it has spent before it does not spend again. */
  readonly #unpaid: GuestOptions
  readonly #living = new WeakMap<GuestInput, Guest>()

  constructor(engine: Engine, options: GuestOptions) {
    this.#engine = engine
    const { purse: _, ...unpaid } = options
    this.#unpaid = unpaid
  }

  /** The guest that this log leads to, which must not be empty. It is taken: give it back with `keep`. */
  take(log: Log<GuestInput>): Guest {
    const last = log.get(log.length - 1)!
    const living = this.#living.get(last)
    if (!living) return replay(this.#engine, this.#unpaid, log.toArray())
    this.#living.delete(last)
    return living
  }

  /** Writes what has entered since into the log, and remembers the guest as its end. */
  keep(log: Log<GuestInput>, guest: Guest): void {
    for (let i = log.length; i < guest.inputs.length; i++) log.push(Object.freeze(guest.inputs[i]!))
    this.#living.set(guest.inputs[guest.inputs.length - 1]!, guest)
  }
}
