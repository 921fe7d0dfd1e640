/**
 * The choices of one run: wherever a run could go on in more than one way, it asks here, and what is answered is written down.
 *
 * What the real one does: nobody chooses; schedulers, networks and crashes do.
 * What we model: option 0 is what happens by default, every other one a deviation. A run is given by its choices, so it can
 * be had again; and where a state is met that an earlier run has met, this one need not go on.
 * What we leave out: dependences between options. Whoever asks offers only those whose order matters.
 * Where to read upstream: VeriSoft and CHESS (stateless search), "Delay-bounded scheduling" (Emmi, Qadeer, Rakamarić).
 */

import type { Sayable } from '../verdict/said.ts'

/** Thrown to end a run that has come where another has been before it. Only the explorer may catch it. */
export class SeenBefore extends Error {}

/** A choice other than the default. */
export interface Deviation {
  /** Which choice of the run it was, from 0. */
  readonly at: number
  /** What was done, in words: `ADD web-2: list`. */
  readonly label: Sayable
}

/** Where a run stood before one of its choices. Another run goes on from there, instead of coming there once more. */
export interface Standpoint {
  readonly taken: readonly number[]
  readonly deviations: readonly Deviation[]
  /** What whoever asked has kept of the run. */
  readonly kept: unknown
}

interface Forking {
  /** Where this run begins. */
  readonly from?: Standpoint | undefined
  /** Other runs will go on from its choices. */
  readonly keeps?: boolean
}

export class Choices {
  /** What was chosen at each point so far. */
  readonly taken: number[] = []
  /** How many options there were, from the end of the given part on. */
  readonly open: number[] = []
  /** For each of those, where the run stood, where that was kept. */
  readonly standpoints: (Standpoint | undefined)[] = []
  readonly from: Standpoint | undefined
  readonly deviations: Deviation[] = []
  /** The run went on beyond the bound of steps, without a choice. */
  isCut = false
  readonly given: readonly number[]
  readonly #seen: Set<string> | undefined
  readonly #stepsMax: number
  readonly #keeps: boolean

  /** The first choices are given, all others the default. Without `seen` a run is never ended early. */
  constructor(
    given: readonly number[] = [],
    seen?: Set<string>,
    stepsMax = Infinity,
    { from, keeps = false }: Forking = {},
  ) {
    this.given = given
    this.from = from
    this.#keeps = keeps
    if (from) {
      this.taken.push(...from.taken)
      this.deviations.push(...from.deviations)
    }
    this.#seen = seen
    this.#stepsMax = stepsMax
  }

  /**
   * `state` tells everything that the rest of the run hangs on, as text; asked only where it can save work. `keep` keeps the run
   * as it is, so that another can go on from here.
   */
  choose(options: readonly Sayable[], state?: () => string, keep?: () => unknown): number {
    const at = this.taken.length
    const isGiven = at < this.given.length
    if (!isGiven && at >= this.#stepsMax) {
      this.isCut ||= options.length > 1
      return 0
    }
    if (!isGiven && this.#seen && state) {
      const key = state()
      if (this.#seen.has(key)) throw new SeenBefore('this state was met before')
      this.#seen.add(key)
    }
    const pick = isGiven ? this.given[at]! : 0
    if (pick >= options.length) {
      const have = `there are ${options.length}: ${JSON.stringify(options)}`
      throw new Error(`choice ${at} of this run is option ${pick}, but ${have}; the choices belong to another case`)
    }
    if (!isGiven) {
      this.open.push(options.length)
      const kept = this.#keeps && options.length > 1 ? keep?.() : undefined
      const { deviations } = this
      this.standpoints.push(kept === undefined ? kept : { taken: [...this.taken], deviations: [...deviations], kept })
    }
    this.taken.push(pick)
    if (pick > 0) this.deviations.push({ at, label: options[pick]! })
    return pick
  }
}
