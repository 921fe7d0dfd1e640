/**
 * What happened: a rolling hash always, and on request the events themselves.
 *
 * A tick is the number of an event in the order in which the world worked through them, from 1. The hash covers time,
 * sender, receiver, kind and tag of every event: two runs that differ in anything soon differ there. Recording is a
 * sink beside the world, never part of its state, so a fork does not carry it.
 */
import type { Event, Micros, ProcessId } from './component.ts'
import { hashString } from './random.ts'

export interface TraceEvent {
  readonly tick: number
  /** True virtual time, not any machine's clock. */
  readonly at: Micros
  readonly to: ProcessId
  readonly from: ProcessId | undefined
  readonly event: Event
  /** Tick of the event that made this one happen; 0 for the outside world. */
  readonly cause: number
  /** Remarks of the step. */
  readonly notes: readonly Note[]
}

export interface Note {
  readonly kind: string
  readonly detail: unknown
}

/** A fault or an intervention, as the trace shows it. */
export interface TraceCommand {
  readonly tick: number
  readonly at: Micros
  readonly command: { readonly type: string }
}

export interface TraceSink {
  event(entry: TraceEvent): void
  command(entry: TraceCommand): void
}

/** Keeps the last `limit` entries. */
export class TraceRing implements TraceSink {
  readonly limit: number
  #entries: (TraceEvent | TraceCommand)[] = []

  constructor(limit: number) {
    this.limit = limit
  }

  event(entry: TraceEvent): void {
    this.#add(entry)
  }

  command(entry: TraceCommand): void {
    this.#add(entry)
  }

  /** Oldest first. */
  entries(): readonly (TraceEvent | TraceCommand)[] {
    return this.#entries.slice(-this.limit)
  }

  events(): TraceEvent[] {
    return this.entries().filter((entry): entry is TraceEvent => 'event' in entry)
  }

  #add(entry: TraceEvent | TraceCommand): void {
    this.#entries.push(entry)
    // Cut in large steps, so that the cost per event stays constant.
    if (this.#entries.length >= this.limit * 2) this.#entries = this.#entries.slice(-this.limit)
  }
}

const tags = new Map<string, number>()

function tagHash(tag: string): number {
  let hash = tags.get(tag)
  if (hash === undefined) tags.set(tag, (hash = hashString(tag)))
  return hash
}

/** The running digest: two 32-bit lanes. */
export class TraceHash {
  #a = 0x9e3779b9
  #b = 0x85ebca6b

  add(at: Micros, to: number, from: number, event: Event): void {
    const body = 'body' in event ? event.body : undefined
    const word = tagHash(event.type) ^ (body ? Math.imul(tagHash(body.type), 31) : 0) ^ Math.imul(to + 1, 0x27d4eb2f)
    this.#a = Math.imul(this.#a ^ word ^ (at | 0), 0x01000193)
    this.#b =
      (Math.imul(this.#b ^ Math.floor(at / 4294967296) ^ Math.imul(from + 2, 0x165667b1), 0x5bd1e995) + this.#a) | 0
  }

  fork(): TraceHash {
    const twin = new TraceHash()
    twin.#a = this.#a
    twin.#b = this.#b
    return twin
  }

  /** Sixteen hex digits. */
  hex(): string {
    return (this.#a >>> 0).toString(16).padStart(8, '0') + (this.#b >>> 0).toString(16).padStart(8, '0')
  }
}
