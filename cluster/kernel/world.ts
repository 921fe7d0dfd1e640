/**
 * A world: machines, processes, a network and one queue of events, under virtual time.
 *
 * What the real one does: many machines run many processes at once, and nobody sees the order.
 * What we model: one total order. Each event is handed to one component's pure step; the ordered effects that come back
 * are performed by the kernel and nowhere else: messages with latency, streams, timers, syncs, children. Because every
 * state is plain data, a world forks in the time it takes to copy a list of processes; a process is copied only when it
 * next runs.
 * What we leave out: preemption inside a step, CPU contention between processes of one machine.
 * Where to read upstream: TigerBeetle `src/testing/cluster.zig`; FoundationDB's simulation papers.
 */
import type { Command } from './command.ts'
import { applyCommand } from './command-apply.ts'
import type { Component, Event, Micros, ProcessId, StreamId } from './component.ts'
import { type EffectHost, perform, synced } from './effects.ts'
import { crash, createProcess, restart, startProcess } from './lifecycle.ts'
import type { Link, Network } from './network.ts'
import { createNetwork, forkNetwork, LAN, setMachine, skewOf } from './network.ts'
import type { Process, ProcessSpec } from './process.ts'
import { cloneProcess } from './process.ts'
import type { Item, KernelEvent } from './queue.ts'
import { EventQueue } from './queue.ts'
import { StepContext } from './step-context.ts'
import { StreamTable } from './stream.ts'
import { Table } from './table.ts'
import type { TraceSink } from './trace.ts'
import { TraceHash } from './trace.ts'

export interface WorldOptions {
  seed: number
  /** Every component that may run here, by name. */
  components: Readonly<Record<string, Component>>
  /** Wall clock at virtual time 0, in microseconds since 1970. */
  epochMicros?: Micros
  defaultLink?: Link
  /**
   * Chooses among events that are due at the same instant (an index into `ready`); without it the first wins.
   * Schedule exploration is this hook and nothing else.
   */
  choose?: (ready: readonly Item[], world: World) => number
  /**
   * Told when a step threw or returned what cannot be done: the process has crashed by then, as a real one would, and whoever
   * supervises it may start it again. Without it the error leaves the run, so that a test or a grader cannot miss it.
   */
  onDefect?: (world: World, defect: Defect) => void
}

/** A component's mistake. */
export interface Defect {
  readonly process: ProcessId
  readonly at: Micros
  readonly tick: number
  /** What it was handed; undefined where it failed at its start, or when a sync let its effects go. */
  readonly event: Event | undefined
  readonly error: unknown
}

export interface RunLimits {
  /** Stop before the first event later than this. */
  untilMicros?: Micros
  /** Stop after this many events. */
  maxEvents?: number
  /** Asked after every event. */
  until?: (world: World) => boolean
}

/** Why a run ended. `idle`: nothing will ever happen again. */
export type RunEnd = 'idle' | 'time' | 'events' | 'condition'

/** A step that returns more than this is a defect of the component. */
const EFFECTS_PER_STEP_MAX = 1_000_000
export const DEFAULT_FSYNC_MICROS = 2_000
/** Added to a number in the queue: before all that have none of it, and in order among themselves. */
const FOREMOST = -(2 ** 52)

interface Resumed {
  readonly process: number
  readonly incarnation: number
}

type Hook = 'choose' | 'onDefect'

export class World implements EffectHost {
  readonly options: Required<Omit<WorldOptions, Hook>> & Pick<WorldOptions, Hook>
  /** Where recorded events go; not part of the state, so a fork starts without. */
  trace: TraceSink | undefined
  network: Network
  processes: (Process | undefined)[] = []
  index = new Table<ProcessId, number>()
  streams = new StreamTable()
  now: Micros = 0
  /** Number of events worked through so far. */
  tick = 0
  queue = new EventQueue()
  token: object = {}

  #hash = new TraceHash()
  #seq = 0
  #nextId = 1
  #context: StepContext

  constructor(options: WorldOptions) {
    this.options = { epochMicros: 0, defaultLink: LAN, ...options }
    this.network = createNetwork(this.options.defaultLink)
    this.#context = new StepContext(this)
  }

  // ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────

  addMachine(name: string, options: { skewMicros?: Micros; fsyncMicros?: Micros } = {}): void {
    if (this.network.machines.has(name)) throw new Error(`machine ${name} exists already; give it another name`)
    const { skewMicros = 0, fsyncMicros = DEFAULT_FSYNC_MICROS } = options
    setMachine(this.network, { name, up: true, skewMicros, fsyncMicros, boots: 1 })
  }

  /** Adds a process and starts it now. Returns its id, `machine/name`. */
  addProcess(spec: ProcessSpec): ProcessId {
    const process = createProcess(this, spec, -1)
    startProcess(this, process)
    return process.id
  }

  /** Adds a process that does not run until a `start` command. */
  declareProcess(spec: ProcessSpec): ProcessId {
    return createProcess(this, spec, -1).id
  }

  // ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Its place in `processes`, or -1. */
  indexOf(id: ProcessId): number {
    return this.index.get(id) ?? -1
  }

  process(id: ProcessId): Process | undefined {
    const index = this.index.get(id)
    return index === undefined ? undefined : this.processes[index]
  }

  /** A component's state, for looking only. */
  stateOf<State = any>(id: ProcessId): State {
    const process = this.process(id)
    if (!process) throw new Error(`no process "${id}" in this world`)
    return process.state as State
  }

  processIds(): ProcessId[] {
    return [...this.index.keys()]
  }

  /** Digest over every event so far. */
  hash(): string {
    return this.#hash.hex()
  }

  wallClock(machine: string): Micros {
    return this.options.epochMicros + this.now + skewOf(this.network, machine)
  }

  get isTraced(): boolean {
    return this.trace !== undefined
  }

  // ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts a command into the queue, to be carried out at that time (not before now). */
  command(at: Micros, command: Command): void {
    this.enqueue(Math.max(at, this.now), -1, -1, { type: 'kernel', action: 'command', data: command }, -1)
  }

  /**
   * A command that comes before all else of its instant, whenever it was put into the queue: so a fork that is told later of what
   * will happen goes the same way as a world that has known it from the beginning.
   */
  commandFirst(at: Micros, command: Command): void {
    const event: KernelEvent = { type: 'kernel', action: 'command', data: command }
    const seq = FOREMOST + ++this.#seq
    this.queue.push({ at: Math.max(at, this.now), seq, to: -1, incarnation: -1, from: -1, event, cause: 0 })
  }

  run(limits: RunLimits = {}): RunEnd {
    const { untilMicros = Infinity, maxEvents = Infinity, until } = limits
    const lastTick = this.tick + maxEvents
    for (;;) {
      if (this.tick >= lastTick) return 'events'
      const at = this.queue.nextAt()
      if (at === undefined || at > untilMicros) {
        if (untilMicros !== Infinity) this.now = Math.max(this.now, untilMicros)
        return at === undefined ? 'idle' : 'time'
      }
      const item = this.options.choose ? this.#chosen() : this.queue.pop()!
      this.now = item.at
      this.#dispatch(item)
      if (until?.(this)) return 'condition'
    }
  }

  /** A second world that goes on from here, independent of this one. */
  fork(): World {
    const twin = new World(this.options)
    twin.network = forkNetwork(this.network)
    twin.processes = this.processes.slice()
    twin.index = this.index.fork()
    twin.streams = this.streams.fork()
    twin.now = this.now
    twin.tick = this.tick
    twin.queue = this.queue.fork()
    twin.#hash = this.#hash.fork()
    twin.#seq = this.#seq
    twin.#nextId = this.#nextId
    // Neither world owns the processes now: whoever runs one first copies it.
    this.token = {}
    return twin
  }

  #chosen(): Item {
    const ready = this.queue.takeEqual()
    const pick = ready.length === 1 ? 0 : this.options.choose!(ready, this)
    ready.forEach((item, i) => i !== pick && this.queue.push(item))
    return ready[pick]!
  }

  #dispatch(item: Item): void {
    if (item.to < 0) return this.#kernel(item.event as KernelEvent, item.cause)
    const shared = this.processes[item.to]
    const event = item.event as Event
    if (shared === undefined || !shared.up || (item.incarnation >= 0 && item.incarnation !== shared.incarnation)) {
      if (event.type === 'opened') this.streams.refuse(this, event.stream)
      return
    }
    const process = this.own(item.to)
    if (process.paused || process.busyUntil > this.now || process.inbox.length > 0) {
      process.inbox.push(item)
      this.#scheduleDrain(process)
      return
    }
    this.#deliver(process, item)
  }

  #scheduleDrain(process: Process): void {
    if (process.draining || process.paused || process.inbox.length === 0) return
    process.draining = true
    const data = { process: process.index }
    this.enqueue(Math.max(process.busyUntil, this.now), -1, -1, { type: 'kernel', action: 'drain', data }, -1)
  }

  #drain(index: number): void {
    if (!this.processes[index]) return
    const process = this.own(index)
    process.draining = false
    if (!process.up || process.paused) return
    while (process.inbox.length > 0 && process.busyUntil <= this.now) {
      const item = process.inbox.shift()!
      if (item.incarnation < 0 || item.incarnation === process.incarnation) this.#deliver(process, item)
      if (!process.up || process.paused) return
    }
    this.#scheduleDrain(process)
  }

  #deliver(process: Process, item: Item): void {
    const event = item.event as Event
    switch (event.type) {
      case 'timer':
        if (process.timers?.take(event.key, item.seq) !== true) return
        break
      case 'opened':
      case 'data':
      case 'closed':
        if (!this.streams.deliverable(process.index, event)) return
        break
    }
    if (!this.options.onDefect) return this.#step(process, event, item.from, item.cause)
    try {
      this.#step(process, event, item.from, item.cause)
    } catch (error) {
      this.#failed(process, event, error)
    }
  }

  #failed(process: Process, event: Event | undefined, error: unknown): void {
    if (!this.options.onDefect) throw error
    if (process.up) crash(this, process)
    this.options.onDefect(this, { process: process.id, at: this.now, tick: this.tick, event, error })
  }

  /** Hands one event to one component and performs what comes back. */
  #step(process: Process, event: Event, from: number, cause: number): void {
    const tick = ++this.tick
    this.#hash.add(this.now, process.index, from, event)
    const context = this.#context.enter(process)
    const effects = process.component.step(process.state, event, context)
    if (this.trace) {
      const sender = from < 0 ? undefined : this.processes[from]?.id
      this.trace.event({ tick, at: this.now, to: process.id, from: sender, event, cause, notes: context.notes })
    }
    if (effects.length > EFFECTS_PER_STEP_MAX) {
      throw new Error(`${process.id} returned ${effects.length} effects in one step`)
    }
    const service = process.component.serviceTime?.(event) ?? 0
    const leaves = this.now + service
    if (service > 0) process.busyUntil = leaves
    if (effects.length > 0) perform(this, process, effects, 0, leaves, tick)
    if (process.inbox.length > 0) this.#scheduleDrain(process)
  }

  #kernel(event: KernelEvent, cause: number): void {
    const { data } = event
    switch (event.action) {
      case 'drain':
        return this.#drain(data.process)
      case 'command':
        this.trace?.command({ tick: this.tick, at: this.now, command: data })
        return applyCommand(this, data)
      case 'synced':
      case 'restart':
        return this.#resume(event.action, data, cause)
      case 'streamTimeout':
        return this.streams.timeout(this, data.stream, data.since)
      default:
        throw new Error(`unknown kernel action ${event.action}`)
    }
  }

  #resume(action: 'synced' | 'restart', { process, incarnation }: Resumed, cause: number): void {
    try {
      if (action === 'synced') synced(this, process, incarnation, cause)
      else restart(this, process, incarnation)
    } catch (error) {
      this.#failed(this.own(process), undefined, error)
    }
  }

  // ── for the kernel's other files ──────────────────────────────────────────────────────────────────────────────────

  own(index: number): Process {
    const process = this.processes[index]!
    if (process.owner === this.token) return process
    return (this.processes[index] = cloneProcess(process, this.token))
  }

  enqueue(
    at: Micros,
    to: number,
    from: number,
    event: Event | KernelEvent,
    incarnation: number,
    cause: number = this.tick,
  ): number {
    const seq = ++this.#seq
    this.queue.push({ at, seq, to, incarnation, from, event, cause })
    return seq
  }

  takeId(): StreamId {
    return this.#nextId++
  }

  networkChanged(): void {
    this.streams.networkChanged(this)
  }

  dropStreams(process: Process): void {
    this.streams.dropProcess(this, process)
  }
}
