/** What a step may ask of its world: one object for all steps, valid during a step only. */
import type { Context, Micros, ProcessId, Random } from './component.ts'
import type { Host } from './host.ts'
import { chanceOf, next } from './host.ts'
import type { Process } from './process.ts'
import type { Note } from './trace.ts'

const NO_NOTES: readonly Note[] = Object.freeze([])

export class StepContext implements Context {
  notes: readonly Note[] = NO_NOTES
  self: ProcessId = ''
  machine = ''
  now: Micros = 0
  #host: Host
  #process: Process | undefined

  constructor(host: Host) {
    this.#host = host
  }

  enter(process: Process): this {
    this.#process = process
    this.self = process.id
    this.machine = process.spec.machine
    this.now = this.#host.wallClock(process.spec.machine)
    this.notes = NO_NOTES
    return this
  }

  id(): number {
    return this.#host.takeId()
  }

  get tracing(): boolean {
    return this.#host.isTraced
  }

  random(name: string): Random {
    const stream = chanceOf(this.#host, this.#process!, name)
    return {
      float: () => next(stream),
      int: (below) => Math.floor(next(stream) * below),
    }
  }

  note(kind: string, detail: unknown): void {
    if (this.#host.isTraced) this.notes = [...this.notes, { kind, detail }]
  }
}
