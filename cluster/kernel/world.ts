/**
 * A world: machines, processes, a network and one queue of events, under virtual time.
 *
 * What the real one does: many machines run many processes at once, and nobody sees the order.
 * What we model: one total order. Each event is handed to one component's pure step; the ordered effects that come back
 * are performed here and nowhere else: messages with latency, streams, timers, syncs, children. Because every state is
 * plain data, a world forks in the time it takes to copy a list of processes; a process is copied only when it next runs.
 * What we leave out: preemption inside a step, CPU contention between processes of one machine.
 * Where to read upstream: TigerBeetle `src/testing/cluster.zig`; FoundationDB's simulation papers.
 */
import type { Command } from './command.ts'
import { applyCommand } from './command-apply.ts'
import type { Body, Component, Context, Effect, Event, Micros, ProcessId, Random, StreamId } from './component.ts'
import * as disks from './disk.ts'
import type { Link, Network } from './network.ts'
import { createNetwork, forkNetwork, LAN, linkBetween, LOCAL_MICROS, passes } from './network.ts'
import type { Process, ProcessSpec } from './process.ts'
import { cloneProcess } from './process.ts'
import type { Item, KernelEvent } from './queue.ts'
import { EventQueue } from './queue.ts'
import { advance, draw, hashString } from './random.ts'
import * as streams from './stream.ts'
import { Table } from './table.ts'
import type { Note, TraceSink } from './trace.ts'
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
const DEFAULT_FSYNC_MICROS = 2_000

export class World {
  readonly options: Required<Omit<WorldOptions, 'choose'>> & Pick<WorldOptions, 'choose'>
  /** Where recorded events go; not part of the state, so a fork starts without. */
  trace: TraceSink | undefined
  network: Network
  /** Holes are children that have ended. */
  processes: (Process | undefined)[] = []
  streams = new streams.StreamTable()
  now: Micros = 0
  /** Number of events worked through so far. */
  tick = 0
  queue = new EventQueue()

  #index = new Table<ProcessId, number>()
  #hash = new TraceHash()
  #seq = 0
  #nextId = 1
  /** Owner token: processes that bear another one are shared with a fork. */
  #token: object = {}
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
    this.network.machines.set(name, { name, up: true, skewMicros, fsyncMicros, boots: 1 })
  }

  /** Adds a process and starts it now. Returns its id, `machine/name`. */
  addProcess(spec: ProcessSpec): ProcessId {
    const process = this.createProcess(spec, -1)
    this.startProcess(process)
    return process.id
  }

  createProcess(spec: ProcessSpec, parent: number): Process {
    const component = this.options.components[spec.component]
    if (!component) throw new Error(`no component "${spec.component}" in this world; add it to \`components\``)
    if (!this.network.machines.has(spec.machine)) throw new Error(`no machine "${spec.machine}"; add it first`)
    const id = `${spec.machine}/${spec.name}`
    if (this.#index.has(id)) throw new Error(`process ${id} exists already; give it another name`)
    const process: Process = {
      id,
      index: this.processes.length,
      spec,
      component,
      parent,
      owner: this.#token,
      state: undefined,
      up: false,
      paused: false,
      incarnation: 0,
      busyUntil: 0,
      inbox: [],
      draining: false,
      timers: undefined,
      chance: undefined,
      latencyCounter: hashString(id, this.options.seed ^ 0x51ed270b),
      disk: undefined,
      held: undefined,
    }
    this.processes.push(process)
    this.#index.set(id, process.index)
    return process
  }

  startProcess(process: Process): void {
    process.up = true
    process.incarnation++
    process.busyUntil = this.now
    process.state = process.component.init(process.spec.options)
    const event: Event = { type: 'booted', disk: disks.imageOf(process.disk), incarnation: process.incarnation }
    this.enqueue(this.now, process.index, -1, event, process.incarnation)
  }

  /** Removes a child that has ended for good. */
  forget(process: Process): void {
    this.processes[process.index] = undefined
    this.#index.delete(process.id)
  }

  // ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  indexOf(id: ProcessId): number {
    return this.#index.get(id) ?? -1
  }

  process(id: ProcessId): Process | undefined {
    const index = this.#index.get(id)
    return index === undefined ? undefined : this.processes[index]
  }

  /** A component's state, for looking only. */
  stateOf<State = any>(id: ProcessId): State {
    const process = this.process(id)
    if (!process) throw new Error(`no process "${id}" in this world`)
    return process.state as State
  }

  processIds(): ProcessId[] {
    return [...this.#index.keys()]
  }

  /** Digest over every event so far. */
  hash(): string {
    return this.#hash.hex()
  }

  wallClock(machine: string): Micros {
    return this.options.epochMicros + this.now + (this.network.machines.get(machine)?.skewMicros ?? 0)
  }

  // ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts a command into the queue, to be carried out at that time (not before now). */
  command(at: Micros, command: Command): void {
    this.enqueue(Math.max(at, this.now), -1, -1, { type: 'kernel', action: 'command', data: command }, -1)
  }

  run(limits: RunLimits = {}): RunEnd {
    const { untilMicros = Infinity, maxEvents = Infinity, until } = limits
    const lastTick = this.tick + maxEvents
    for (;;) {
      if (this.tick >= lastTick) return 'events'
      const at = this.queue.nextAt()
      if (at === undefined) {
        if (untilMicros !== Infinity) this.now = Math.max(this.now, untilMicros)
        return 'idle'
      }
      if (at > untilMicros) {
        this.now = Math.max(this.now, untilMicros)
        return 'time'
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
    twin.streams = this.streams.fork()
    twin.now = this.now
    twin.tick = this.tick
    twin.queue = this.queue.fork()
    twin.#index = this.#index.fork()
    twin.#hash = this.#hash.fork()
    twin.#seq = this.#seq
    twin.#nextId = this.#nextId
    // Neither world owns the processes now: whoever runs one first copies it.
    this.#token = {}
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
        if (process.timers?.get(event.key) !== item.seq) return
        process.timers.delete(event.key)
        break
      case 'opened':
      case 'data':
      case 'closed':
        if (!this.streams.deliverable(this, process.index, event)) return
        break
    }
    this.step(process, event, item.from, item.cause)
  }

  /** Hands one event to one component and performs what comes back. */
  step(process: Process, event: Event, from: number, cause: number): void {
    const tick = ++this.tick
    this.#hash.add(this.now, process.index, from, event)
    const context = this.#context.enter(process)
    const effects = process.component.step(process.state, event, context)
    if (this.trace) {
      const sender = from < 0 ? undefined : this.processes[from]?.id
      this.trace.event({ tick, at: this.now, to: process.id, from: sender, event, cause, notes: context.notes })
    }
    if (effects.length > EFFECTS_PER_STEP_MAX)
      throw new Error(`${process.id} returned ${effects.length} effects in one step`)
    const service = process.component.serviceTime?.(event) ?? 0
    const leaves = this.now + service
    if (service > 0) process.busyUntil = leaves
    if (effects.length > 0) this.perform(process, effects, 0, leaves, tick)
    this.#tidyIdle(process)
  }

  #tidyIdle(process: Process): void {
    if (process.inbox.length > 0) this.#scheduleDrain(process)
  }

  #kernel(event: KernelEvent, cause: number): void {
    switch (event.action) {
      case 'drain':
        return this.#drain(event.data.process)
      case 'command':
        this.trace?.command({ tick: this.tick, at: this.now, command: event.data })
        return applyCommand(this, event.data)
      case 'synced':
        return this.#synced(event.data.process, event.data.incarnation, cause)
      case 'restart': {
        const process = this.processes[event.data.process]
        if (process && !process.up && process.incarnation === event.data.incarnation) {
          if (this.network.machines.get(process.spec.machine)?.up) this.startProcess(this.own(process.index))
        }
        return
      }
      case 'streamTimeout':
        return this.streams.timeout(this, event.data.stream, event.data.since)
      default:
        throw new Error(`unknown kernel action ${event.action}`)
    }
  }

  // ── effects ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Performs effects from index `start` on; what follows a `persist` waits until the sync is durable. */
  perform(process: Process, effects: readonly Effect[], start: number, at: Micros, cause: number): void {
    for (let i = start; i < effects.length; i++) {
      const effect = effects[i]!
      if (effect.type === 'persist') {
        this.#persist(process, effect.id, effects.slice(i + 1), at, cause)
        return
      }
      this.#performOne(process, effect, at, cause)
      if (!process.up) return
    }
  }

  #performOne(process: Process, effect: Exclude<Effect, { type: 'persist' }>, at: Micros, cause: number): void {
    switch (effect.type) {
      case 'send':
        return this.#send(process, effect.to, { type: 'message', from: process.id, body: effect.body }, at, cause)
      case 'open':
        return this.streams.open(this, process, effect, at, cause)
      case 'write':
        return this.streams.write(this, process, effect, at, cause)
      case 'close':
        return this.streams.close(this, process, effect, at, cause)
      case 'wake': {
        const event: Event = { type: 'timer', key: effect.key, ...(effect.body && { body: effect.body }) }
        process.timers ??= new Map()
        process.timers.set(
          effect.key,
          this.enqueue(at + effect.after, process.index, process.index, event, process.incarnation, cause),
        )
        return
      }
      case 'cancelWake':
        process.timers?.delete(effect.key)
        return
      case 'append':
        return disks.append((process.disk ??= disks.createDisk()), effect.file, effect.records)
      case 'remove':
        process.disk?.files.delete(effect.file)
        return
      case 'spawn': {
        const spec = {
          machine: process.spec.machine,
          name: effect.child,
          component: effect.component,
          options: effect.options,
        }
        return this.startProcess(this.createProcess(spec, process.index))
      }
      case 'kill': {
        const index = this.indexOf(effect.child)
        if (index >= 0 && this.processes[index]!.up) this.endProcess(this.own(index), effect.code, undefined, at, cause)
        return
      }
      case 'exit':
        return this.endProcess(process, effect.code, effect.body, at, cause)
    }
  }

  #send(process: Process, to: ProcessId, event: Event, at: Micros, cause: number): void {
    const target = this.indexOf(to)
    if (target < 0) return
    const { machine } = process.spec
    const there = this.processes[target]!.spec.machine
    if (machine === there) {
      this.enqueue(at + LOCAL_MICROS, target, process.index, event, -1, cause)
      return
    }
    if (!passes(this.network, machine, there)) return
    const link = linkBetween(this.network, machine, there)
    if (link.loss > 0 && this.chance(process, 'loss') < link.loss) return
    this.enqueue(at + this.latency(process, link), target, process.index, event, -1, cause)
    if (link.duplicate > 0 && this.chance(process, 'duplicate') < link.duplicate) {
      this.enqueue(at + this.latency(process, link), target, process.index, event, -1, cause)
    }
  }

  #persist(process: Process, id: number, after: readonly Effect[], at: Micros, cause: number): void {
    const disk = (process.disk ??= disks.createDisk())
    if (after.length > 0) (process.held ??= new Map()).set(id, after)
    if (disk.syncing) disk.waiting = [...disk.waiting, id]
    else this.#startSync(process, [id], at, cause)
  }

  #startSync(process: Process, ids: readonly number[], at: Micros, cause: number): void {
    disks.startSync(process.disk!, ids)
    const data = { process: process.index, incarnation: process.incarnation }
    const { fsyncMicros } = this.network.machines.get(process.spec.machine)!
    this.enqueue(at + fsyncMicros, -1, -1, { type: 'kernel', action: 'synced', data }, -1, cause)
  }

  #synced(index: number, incarnation: number, cause: number): void {
    const current = this.processes[index]
    if (!current?.up || current.incarnation !== incarnation) return
    const process = this.own(index)
    const disk = process.disk!
    const ids = disks.finishSync(disk)
    if (disk.waiting.length > 0) this.#startSync(process, disk.waiting, this.now, cause)
    for (const id of ids) {
      const after = process.held?.get(id)
      process.held?.delete(id)
      if (after) this.perform(process, after, 0, this.now, cause)
      if (!process.up) return
      this.enqueue(this.now, index, index, { type: 'persisted', id }, incarnation, cause)
    }
  }

  // ── ends ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An exit or a kill: a child is forgotten and its parent told; anything else stays as a process that is down. */
  endProcess(process: Process, code: number, body: Body | undefined, at: Micros, cause: number): void {
    this.takeDown(process)
    if (process.parent < 0) return this.#superviseRestart(process)
    const parent = this.processes[process.parent]
    this.forget(process)
    if (!parent) return
    const event: Event = { type: 'childExited', child: process.id, code, ...(body && { body }) }
    this.enqueue(at + LOCAL_MICROS, parent.index, process.index, event, -1, cause)
  }

  /** It dies on the spot: state and unsynced writes are lost, and streams are reset. */
  takeDown(process: Process): void {
    process.up = false
    process.paused = false
    process.state = undefined
    process.inbox = []
    process.timers = undefined
    process.held = undefined
    if (process.disk) disks.loseUnsynced(process.disk)
    this.streams.dropProcess(this, process)
  }

  #superviseRestart(process: Process): void {
    const { restartAfterMicros } = process.spec
    if (restartAfterMicros === undefined) return
    const data = { process: process.index, incarnation: process.incarnation }
    this.enqueue(this.now + restartAfterMicros, -1, -1, { type: 'kernel', action: 'restart', data }, -1)
  }

  crash(process: Process): void {
    this.endProcess(process, 137, undefined, this.now, this.tick)
  }

  // ── for the kernel's other files ──────────────────────────────────────────────────────────────────────────────────

  /** The process as this world's own, copied first if a fork shares it. */
  own(index: number): Process {
    const process = this.processes[index]!
    if (process.owner === this.#token) return process
    return (this.processes[index] = cloneProcess(process, this.#token))
  }

  /** Files an event; returns its seq. */
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

  latency(process: Process, link: Link): Micros {
    if (link.jitterMicros === 0) return link.latencyMicros
    process.latencyCounter = advance(process.latencyCounter)
    return link.latencyMicros + Math.floor((draw(process.latencyCounter) / 4294967296) * link.jitterMicros)
  }

  /** Uniform in [0, 1) from one of a process's named streams. */
  chance(process: Process, name: string): number {
    process.chance ??= new Map()
    const counter = advance(process.chance.get(name) ?? hashString(`${process.id}\n${name}`, this.options.seed | 0))
    process.chance.set(name, counter)
    return draw(counter) / 4294967296
  }

  takeId(): StreamId {
    return this.#nextId++
  }
}

/** One object for all steps of a world: valid during a step only. */
class StepContext implements Context {
  notes: readonly Note[] = NO_NOTES
  self: ProcessId = ''
  machine = ''
  now: Micros = 0
  #world: World
  #process: Process | undefined

  constructor(world: World) {
    this.#world = world
  }

  enter(process: Process): this {
    this.#process = process
    this.self = process.id
    this.machine = process.spec.machine
    this.now = this.#world.wallClock(process.spec.machine)
    this.notes = NO_NOTES
    return this
  }

  id(): number {
    return this.#world.takeId()
  }

  get tracing(): boolean {
    return this.#world.trace !== undefined
  }

  random(name: string): Random {
    const world = this.#world
    const process = this.#process!
    return {
      float: () => world.chance(process, name),
      int: (below) => Math.floor(world.chance(process, name) * below),
    }
  }

  note(kind: string, detail: unknown): void {
    if (!this.#world.trace) return
    this.notes = [...this.notes, { kind, detail }]
  }
}

const NO_NOTES: readonly Note[] = Object.freeze([])
