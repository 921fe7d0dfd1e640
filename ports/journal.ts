/**
 * All that comes into a world from outside, in order, each with its virtual time: who has the options a world began with and
 * its journal has the world, because whatever else happened in it follows.
 *
 * A command goes in when everything due at that instant has happened, so time alone says where.
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'

/** Entries that are kept; about a gigabyte. A world with more still runs, and cannot be saved. */
const ENTRIES_MAX = 1_000_000

export interface Entry {
  /** When it went in, and when it is carried out. */
  readonly now: Micros
  readonly at: Micros
  readonly command: Command
}

export class Journal {
  #entries: Entry[]
  #isWhole = true

  constructor(entries: readonly Entry[] = []) {
    this.#entries = [...entries]
  }

  /** Puts a command into the world, whose every event until now has happened. */
  command(world: World, at: Micros, command: Command): void {
    if (this.#entries.length >= ENTRIES_MAX) {
      this.#entries = []
      this.#isWhole = false
    }
    if (this.#isWhole) this.#entries.push({ now: world.now, at, command })
    world.command(at, command)
  }

  /** @throws Error where it has become too long to be kept */
  get entries(): readonly Entry[] {
    if (this.#isWhole) return this.#entries
    throw new Error(`more than ${ENTRIES_MAX} requests came in, and the world can no longer be saved: save earlier`)
  }
}

/** Runs a world that has just been booted through everything, up to `until`. */
export function replay(world: World, entries: readonly Entry[], until: Micros, progress?: (now: Micros) => void): void {
  for (const { now, at, command } of entries) {
    world.run({ untilMicros: now })
    world.command(at, command)
    progress?.(now)
  }
  world.run({ untilMicros: until })
}

/** A journal's lines, one command each. What travels is JSON-shaped, so nothing is lost. */
export const linesOf = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

/** An entry, frozen all through: what travels is shared. */
export const entryFrom = (line: string): Entry =>
  JSON.parse(line, (_, inner: unknown) => (typeof inner === 'object' ? Object.freeze(inner) : inner)) as Entry
