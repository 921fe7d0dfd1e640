/** One running (or crashed) process: the kernel's bookkeeping around a component's state. */
import type { Component, Effect, Micros, ProcessId } from './component.ts'
import type { Disk } from './disk.ts'
import { forkDisk } from './disk.ts'
import { forkState } from './fork.ts'
import type { Item } from './queue.ts'
import type { Timers } from './timers.ts'

export interface ProcessSpec {
  /** Its name on the machine, usually the binary's. */
  name: string
  machine: string
  component: string
  options: unknown
  /** A supervisor (systemd, a static Pod) starts it again this long after a crash. */
  restartAfterMicros?: Micros | undefined
}

/** A stream of chance: written in place, so that a draw looks nothing up. */
export interface Chance {
  counter: number
}

export interface Process {
  readonly id: ProcessId
  readonly index: number
  readonly spec: ProcessSpec
  readonly component: Component
  /** Index of the process that spawned it, or -1. */
  readonly parent: number
  /** The world whose own copy this is; any other world must copy it before it writes (see `World.own`). */
  owner: object
  state: any
  up: boolean
  paused: boolean
  /** Counts starts, from 1; 0 before the first. */
  incarnation: number
  busyUntil: Micros
  /** Events that arrived while it was busy or paused, oldest first. */
  inbox: Item[]
  /** A `drain` is on its way in the queue. */
  draining: boolean
  timers: Timers | undefined
  /** By name: its streams of chance. */
  chance: Map<string, Chance> | undefined
  /** Counter of the stream that draws the latency of what it sends. */
  latencyCounter: number
  disk: Disk | undefined
  /** Effects that wait behind a sync, by the sync's number. */
  held: Map<number, readonly Effect[]> | undefined
}

export function cloneProcess(process: Process, owner: object): Process {
  return {
    ...process,
    owner,
    state: forkState(process.state),
    inbox: process.inbox.slice(),
    timers: process.timers?.fork(),
    chance: process.chance && new Map([...process.chance].map(([name, stream]) => [name, { ...stream }])),
    disk: process.disk && forkDisk(process.disk),
    held: process.held && new Map(process.held),
  }
}
