/**
 * Streams: ordered, reliable, and ended only by a close, a reset or a timeout. HTTP requests, watches and gRPC run on them.
 *
 * What we model: first-in first-out per direction; segments that meet a cut are held and sent again once it heals; both
 * ends hear `timeout` when a cut outlasts the keepalive; a dead process on a live machine is a `reset`, an absent one a
 * `refused`, a machine without power is silence.
 * What we leave out: windows and back-pressure; half-closed streams.
 */
import type { Effect, Event, Micros, StreamId } from './component.ts'
import {
  CONNECT_TIMEOUT_MICROS,
  isWhole,
  linkBetween,
  LOCAL_MICROS,
  passes,
  reachable,
  STREAM_TIMEOUT_MICROS,
} from './network.ts'
import type { Process } from './process.ts'
import { Table } from './table.ts'
import { type Host, indexOf, latencyOf } from './host.ts'

/** Written in place by the table that owns it; any other copies it first (`#own`). */
interface Stream {
  readonly owner: object
  readonly id: StreamId
  /** Index of the process that opened it, and of the one that it leads to (-1: no such process). */
  readonly a: number
  readonly b: number
  readonly machineA: string
  readonly machineB: string
  /** Whether each end may still be spoken to. */
  openA: boolean
  openB: boolean
  /** The other side has accepted (its `opened` was delivered). */
  established: boolean
  /** Earliest time at which the next segment may arrive, per direction: keeps the order. */
  nextAtoB: Micros
  nextBtoA: Micros
  /** Segments that a cut holds back, in order. */
  held: readonly Held[]
  /** Since when it has been cut; undefined while both directions pass. */
  cutSince: Micros | undefined
}

interface Held {
  readonly toB: boolean
  readonly event: Event
  readonly cause: number
}

const NOTHING_HELD: readonly Held[] = Object.freeze([])

interface Parts {
  readonly token: object
  /** Oldest first. */
  ids: StreamIds
}

/** Most processes have a part in a handful of streams, which a short list holds best; a server has thousands. */
type StreamIds = StreamId[] | Set<StreamId>

const LISTED_MAX = 16

type StreamEvent = Extract<Event, { type: 'opened' | 'data' | 'closed' }>

export class StreamTable {
  #streams = new Table<StreamId, Stream>()
  /** The streams that each process has a part in, oldest first: its end looks at no others. By index of the process. */
  #ofProcess: (Parts | undefined)[] = []
  /** Whether the list is this table's alone; a shared one is copied before a write. */
  #ownsList = true
  /** Streams and parts that bear another token are shared with a fork and must be copied before a write. */
  #token: object = {}

  get size(): number {
    return this.#streams.size
  }

  fork(): StreamTable {
    const twin = new StreamTable()
    twin.#streams = this.#streams.fork()
    twin.#ofProcess = this.#ofProcess
    twin.#ownsList = false
    this.#ownsList = false
    this.#token = {}
    return twin
  }

  open(host: Host, process: Process, effect: Extract<Effect, { type: 'open' }>, at: Micros, cause: number): void {
    const target = indexOf(host, effect.to)
    const machineA = process.spec.machine
    const machineB = target >= 0 ? host.processes[target]!.spec.machine : effect.to.slice(0, effect.to.indexOf('/'))
    if (target === process.index) throw new Error(`${process.id} opened a stream to itself`)
    const stream: Stream = {
      owner: this.#token,
      id: effect.stream,
      a: process.index,
      b: target,
      machineA,
      machineB,
      openA: true,
      openB: true,
      established: false,
      nextAtoB: 0,
      nextBtoA: 0,
      held: NOTHING_HELD,
      cutSince: undefined,
    }
    this.#streams.set(effect.stream, stream)
    this.#enter(stream)
    const opened: Event = { type: 'opened', stream: effect.stream, from: process.id, body: effect.body }
    if (target < 0 && reachable(host.network, machineA, machineB)) {
      const event: Event = { type: 'closed', stream: effect.stream, reason: 'refused' }
      stream.openB = false
      return this.#carry(host, stream, false, event, at + LOCAL_MICROS, cause)
    }
    this.#carry(host, stream, true, opened, at, cause)
  }

  write(host: Host, process: Process, effect: Extract<Effect, { type: 'write' }>, at: Micros, cause: number): void {
    const stream = this.#streams.get(effect.stream)
    if (!stream) return
    const toB = stream.a === process.index
    if (!(toB ? stream.openA : stream.openB)) return
    this.#carry(host, stream, toB, { type: 'data', stream: stream.id, body: effect.body }, at, cause)
  }

  close(host: Host, process: Process, effect: Extract<Effect, { type: 'close' }>, at: Micros, cause: number): void {
    const stream = this.#streams.get(effect.stream)
    if (!stream) return
    const toB = stream.a === process.index
    if (!(toB ? stream.openA : stream.openB)) return
    if (!(toB ? stream.openB : stream.openA)) return this.#remove(stream)
    const { id } = stream
    const event: Event = effect.body
      ? { type: 'closed', stream: id, reason: 'done', body: effect.body }
      : { type: 'closed', stream: id, reason: 'done' }
    this.#carry(host, this.#shut(stream, toB), toB, event, at, cause)
  }

  /** Whether this end still listens; keeps the books as the event is delivered. */
  deliverable(process: number, event: StreamEvent): boolean {
    const stream = this.#streams.get(event.stream)
    if (!stream) return false
    const isB = stream.b === process
    if (!(isB ? stream.openB : stream.openA)) {
      if (event.type === 'closed') this.#remove(stream)
      return false
    }
    if (event.type === 'opened') this.#own(stream).established = true
    else if (event.type === 'closed') {
      // The closer's own end is shut already, so nothing can follow on either side.
      if (event.reason === 'done' || !(isB ? stream.openA : stream.openB)) this.#remove(stream)
      else this.#shut(stream, !isB)
    }
    return true
  }

  /** The `opened` reached a machine where nobody listens. */
  refuse(host: Host, id: StreamId): void {
    const stream = this.#streams.get(id)
    if (!stream) return
    if (host.network.machines.get(stream.machineB)?.up) {
      const event: Event = { type: 'closed', stream: id, reason: 'refused' }
      this.#carry(host, this.#shut(stream, false), false, event, host.now, host.tick)
    } else this.#startTimeout(host, stream)
  }

  /** A process is gone: its streams are reset, if its machine still has power to say so. */
  dropProcess(host: Host, process: Process): void {
    const parts = this.#ofProcess[process.index]
    if (!parts) return
    for (const id of [...parts.ids]) {
      const stream = this.#streams.get(id)!
      const wasB = stream.b === process.index
      const left = this.#shut(stream, !wasB)
      if (!left.openA && !left.openB) this.#remove(stream)
      else if (host.network.machines.get(process.spec.machine)?.up) {
        const event: Event = { type: 'closed', stream: stream.id, reason: 'reset' }
        this.#carry(host, left, !wasB, event, host.now, host.tick)
      } else this.#startTimeout(host, left)
    }
  }

  /** After a cut or a repair: streams that are cut start their timeout, streams that are whole send what they held. */
  networkChanged(host: Host): void {
    for (const stream of [...this.#streams.values()]) {
      if (stream.machineA === stream.machineB) continue
      const whole = reachable(host.network, stream.machineA, stream.machineB)
      if (!whole) this.#startTimeout(host, stream)
      else if (stream.cutSince !== undefined) this.#resume(host, stream)
    }
  }

  timeout(host: Host, id: StreamId, since: Micros): void {
    const stream = this.#streams.get(id)
    if (!stream || stream.cutSince !== since) return
    this.#own(stream).held = NOTHING_HELD
    const event: Event = { type: 'closed', stream: id, reason: 'timeout' }
    // Each end notices by itself: nothing travels.
    if (stream.openA) host.enqueue(host.now, stream.a, -1, event, -1)
    if (stream.openB && stream.b >= 0) host.enqueue(host.now, stream.b, -1, event, -1)
    if (!stream.openA && !stream.openB) this.#remove(stream)
  }

  /** The stream, ours to write. */
  #own(stream: Stream): Stream {
    if (stream.owner === this.#token) return stream
    const copy = { ...stream, owner: this.#token }
    this.#streams.set(copy.id, copy)
    return copy
  }

  /** Shuts the end at a (or at b): it may not be spoken to any more. */
  #shut(stream: Stream, endA: boolean): Stream {
    const own = this.#own(stream)
    if (endA) own.openA = false
    else own.openB = false
    return own
  }

  #remove(stream: Stream): void {
    if (!this.#streams.delete(stream.id)) return
    this.#leave(stream.a, stream.id)
    this.#leave(stream.b, stream.id)
  }

  #leave(process: number, id: StreamId): void {
    if (process < 0) return
    const { ids } = this.#partsOf(process)
    if (!Array.isArray(ids)) ids.delete(id)
    else {
      // What ends is young, as a rule.
      const at = ids.lastIndexOf(id)
      if (at >= 0) ids.splice(at, 1)
    }
    if ((Array.isArray(ids) ? ids.length : ids.size) === 0) this.#ofProcess[process] = undefined
  }

  #enter(stream: Stream): void {
    this.#takePart(stream.a, stream.id)
    if (stream.b >= 0) this.#takePart(stream.b, stream.id)
  }

  #takePart(process: number, id: StreamId): void {
    const parts = this.#partsOf(process)
    if (!Array.isArray(parts.ids)) parts.ids.add(id)
    else if (parts.ids.length < LISTED_MAX) parts.ids.push(id)
    else parts.ids = new Set([...parts.ids, id])
  }

  /** The streams of a process, ours to write. */
  #partsOf(process: number): Parts {
    const parts = this.#ofProcess[process]
    if (parts?.token === this.#token) return parts
    const ids = Array.isArray(parts?.ids) ? parts.ids.slice() : parts ? new Set(parts.ids) : []
    if (!this.#ownsList) this.#ofProcess = this.#ofProcess.slice()
    this.#ownsList = true
    return (this.#ofProcess[process] = { token: this.#token, ids })
  }

  #startTimeout(host: Host, stream: Stream): void {
    if (stream.cutSince !== undefined) return
    this.#own(stream).cutSince = host.now
    const after = stream.established ? STREAM_TIMEOUT_MICROS : CONNECT_TIMEOUT_MICROS
    const data = { stream: stream.id, since: host.now }
    host.enqueue(host.now + after, -1, -1, { type: 'kernel', action: 'streamTimeout', data }, -1)
  }

  #resume(host: Host, stream: Stream): void {
    const { held } = stream
    const own = this.#own(stream)
    own.held = NOTHING_HELD
    own.cutSince = undefined
    // An end whose process died behind the cut answers with a reset now that it can be reached.
    if (own.openA !== own.openB && !held.some(({ event }) => event.type === 'closed')) {
      const event: Event = { type: 'closed', stream: own.id, reason: 'reset' }
      return this.#carry(host, own, own.openB, event, host.now, host.tick)
    }
    for (const { toB, event, cause } of held) this.#carry(host, own, toB, event, host.now, cause)
  }

  #carry(host: Host, stream: Stream, toB: boolean, event: Event, at: Micros, cause: number): void {
    const own = this.#own(stream)
    const from = toB ? stream.machineA : stream.machineB
    const to = toB ? stream.machineB : stream.machineA
    // A stream to a process that is not there may lead to a machine that is not there.
    const isClear = from === to || (stream.b >= 0 && isWhole(host.network)) || passes(host.network, from, to)
    if (stream.cutSince !== undefined || !isClear) {
      own.held = [...own.held, { toB, event, cause }]
      return this.#startTimeout(host, own)
    }
    const sender = toB ? stream.a : stream.b
    const receiver = toB ? stream.b : stream.a
    let arrives = at + LOCAL_MICROS
    if (from !== to) {
      const process = sender >= 0 ? host.processes[sender] : undefined
      const link = linkBetween(host.network, from, to)
      arrives = at + (process ? latencyOf(host.own(sender), link) : link.latencyMicros)
    }
    arrives = Math.max(arrives, toB ? stream.nextAtoB : stream.nextBtoA)
    if (toB) own.nextAtoB = arrives
    else own.nextBtoA = arrives
    if (receiver >= 0) host.enqueue(arrives, receiver, sender, event, -1, cause)
  }
}
