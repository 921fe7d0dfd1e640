/**
 * A guest as part of a process whose state can be forked: the state holds the log of what entered the guest, and the living
 * guest is only a memo of it.
 *
 * A living guest stands at one point of one log. It is found by the last entry of that log, which is an object of its own
 * for each entry; if a fork has taken it further, it is made again: from a copy of its memory, where one was kept at that
 * point, or by entering the log into a fresh one.
 */
import type { Log } from '#cluster/kernel/log.ts'
import type { Guest, GuestCopy } from '../sandbox/guest.ts'
import { replay } from '../sandbox/replay.ts'
import type { GuestInput, GuestOptions } from '../sandbox/sandbox.ts'
import type { Trial } from './trial.ts'

export class GuestMemo {
  readonly #trial: Trial<any>
  /** What it has spent before it does not spend again. */
  readonly #unpaid: GuestOptions
  readonly #living = new WeakMap<GuestInput, Guest>()
  readonly #copies = new WeakMap<GuestInput, GuestCopy>()
  /** The guest that was kept last. */
  #latest: Guest | undefined

  constructor(trial: Trial<any>) {
    this.#trial = trial
    const { purse: _, ...unpaid } = trial.guestOptions
    this.#unpaid = unpaid
    trial.memos.push(this)
  }

  /** The world is forked: keeps the living guest as it is now. */
  mark(): void {
    const last = this.#latest?.inputs.at(-1)
    if (!last || this.#latest!.isGone || this.#latest!.trap || this.#copies.has(last)) return
    this.#copies.set(last, this.#trial.engine.copyOf(this.#latest!))
  }

  /** The guest that this log leads to, which must not be empty. It is taken: give it back with `keep`. */
  take(log: Log<GuestInput>): Guest {
    const last = log.get(log.length - 1)!
    const living = this.#living.get(last)
    this.#living.delete(last)
    if (living && !living.isGone) return living
    const { engine, guestOptions } = this.#trial
    const copy = this.#copies.get(last)
    if (!copy) return replay(engine, this.#unpaid, log.toArray())
    const guest = engine.resume(guestOptions, copy)
    this.#trial.adopt(guest, guest.fuelUsed())
    return guest
  }

  /** Writes what has entered since into the log, and remembers the guest as its end. */
  keep(log: Log<GuestInput>, guest: Guest): void {
    for (let i = log.length; i < guest.inputs.length; i++) log.push(Object.freeze(guest.inputs[i]!))
    this.#latest = guest
    this.#living.set(guest.inputs[guest.inputs.length - 1]!, guest)
  }
}
