/**
 * A world as the kernel's own files see it: the parts that act on it (effects, lifecycle, streams, commands) get this,
 * so that none of them has to know the class that holds it all together.
 */
import type { Component, Event, Micros, ProcessId, StreamId } from './component.ts'
import type { Link, Network } from './network.ts'
import type { Chance, Process } from './process.ts'
import type { KernelEvent } from './queue.ts'
import { advance, draw, hashString } from './random.ts'
import type { Table } from './table.ts'

export interface Host {
  readonly options: {
    readonly seed: number
    readonly components: Readonly<Record<string, Component>>
  }
  readonly network: Network
  readonly now: Micros
  readonly tick: number
  /** Holes are children that have ended. */
  readonly processes: (Process | undefined)[]
  readonly index: Table<ProcessId, number>
  /** Owner token of the processes that this world may write to. */
  readonly token: object
  readonly isTraced: boolean
  /** The process as this world's own, copied first if a fork shares it. */
  own(index: number): Process
  /** Files an event; returns its seq. */
  enqueue(at: Micros, to: number, from: number, event: Event | KernelEvent, incarnation: number, cause?: number): number
  /** A number that nobody in this world had before. */
  takeId(): StreamId
  wallClock(machine: string): Micros
  /** After a cut or a repair. */
  networkChanged(): void
  /** The process is gone: its streams end. */
  dropStreams(process: Process): void
}

/** The index of a process, or -1. */
export const indexOf = (host: Host, id: ProcessId): number => host.index.get(id) ?? -1

/** How long the next message of a process takes on a link. */
export function latencyOf(process: Process, link: Link): Micros {
  if (link.jitterMicros === 0) return link.latencyMicros
  return link.latencyMicros + Math.floor(nextLatencyDraw(process) * link.jitterMicros)
}

function nextLatencyDraw(process: Process): number {
  process.latencyCounter = advance(process.latencyCounter)
  return draw(process.latencyCounter) / 4294967296
}

/** One of a process's named streams of chance; to draw from it, the process must be this world's own. */
export function chanceOf(host: Host, process: Process, name: string): Chance {
  process.chance ??= new Map()
  let stream = process.chance.get(name)
  if (stream === undefined) {
    stream = { counter: hashString(`${process.id}\n${name}`, host.options.seed | 0) }
    process.chance.set(name, stream)
  }
  return stream
}

/** Uniform in [0, 1). */
export function next(stream: Chance): number {
  stream.counter = advance(stream.counter)
  return draw(stream.counter) / 4294967296
}
