/**
 * A small host for asynchronous learner code that needs no cluster: processes that share something (a store, a lock), virtual
 * time, and chance in how long each call takes, so that processes interleave in every way.
 *
 * What the real one does: the runtime starts a plugin's binary once per call; it reads and writes files under a lock.
 * What we model: one guest per process, calls that take time, locks by way of answers that come later, and a process that
 * dies before or after any of its calls.
 * What we leave out: a disk that loses writes; signals; more than one thread in a process.
 * Where to read upstream: containernetworking/plugins `plugins/ipam/host-local/backend/disk`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, Outcome, Turn } from '../sandbox/sandbox.ts'
import type { Said } from '../verdict/said.ts'
import type { StoryEntry } from '../verdict/verdict.ts'
import type { Chance } from './chance.ts'
import type { Noted } from './story-recorder.ts'
import { brief } from './story-words.ts'
import type { Trial } from './trial.ts'

/** One call of the learner's code to the host. Answer it once, now or later; a call of a dead process is answered in vain. */
export interface HostCall {
  readonly process: AsyncProcess
  readonly method: string
  readonly args: readonly unknown[]
  readonly at: Micros
  reply(value?: unknown): void
  refuse(error: { name: string; message: string; [field: string]: unknown }): void
}

export interface AsyncHostOptions {
  /** Performs a call on whatever the processes share. */
  perform(call: HostCall): void
  /** A process has ended, by itself or by a crash: let go of its locks. */
  ended?(process: AsyncProcess): void
  /** How long a call takes to arrive, and its answer to come back. Default: 50 to 1,050 µs by chance. */
  latencyMicros?(chance: Chance): Micros
  /** What the processes share, for those who look at a run step by step. */
  look?(): Readonly<Record<string, unknown>>
}

/** Dies at its so-manieth call (from 1): before it is performed, or after, when its answer would arrive. */
export interface Crash {
  readonly call: number
  readonly when: 'before' | 'after'
}

/** One life of a plugin: one task in one guest. */
export interface AsyncProcess {
  readonly name: string
  readonly startedAt: Micros
  /** Calls that it has made so far. */
  readonly calls: number
  /** What its function returned; undefined while it runs, and for ever when it died. */
  readonly outcome: Outcome | undefined
  readonly endedAt: Micros | undefined
  readonly isDead: boolean
}

interface Living extends AsyncProcess {
  calls: number
  outcome: Outcome | undefined
  endedAt: Micros | undefined
  isDead: boolean
  guest: Guest
  crash: Crash | undefined
}

const EVENTS_MAX = 100_000

export class AsyncHost {
  now: Micros = 0
  readonly processes: AsyncProcess[] = []
  /** What happened, for a story: one entry per call, in order. */
  readonly log: { process: string; entry: StoryEntry }[] = []
  #trial: Trial<any>
  #options: AsyncHostOptions
  #chance: Chance
  #queue: { at: Micros; seq: number; act: () => void }[] = []
  #seq = 0
  #performed = 0

  constructor(trial: Trial<any>, options: AsyncHostOptions) {
    this.#trial = trial
    this.#options = options
    this.#chance = trial.chance('latency')
    trial.clock = () => ({ tick: this.#performed, atMicros: this.now })
    const { look } = options
    if (trial.story && look) trial.story.look = () => new Map(Object.entries(look()))
  }

  /** Starts a process at that time: a fresh guest whose function `path` is called with these arguments (and the host object). */
  start(
    name: string,
    path: string,
    args: readonly unknown[],
    { at = this.now, crash }: { at?: Micros; crash?: Crash } = {},
  ): AsyncProcess {
    const guest = this.#trial.start()
    const process: Living = {
      name,
      startedAt: at,
      calls: 0,
      outcome: undefined,
      endedAt: undefined,
      isDead: false,
      guest,
      crash,
    }
    this.processes.push(process)
    this.#schedule(at, () => {
      this.#note(process, path, 'plain', { deed: 'begin', what: begins(path) })
      this.#take(process, guest.begin(path, args))
    })
    return process
  }

  /** Does something of the check's own at that time. */
  at(at: Micros, act: () => void): void {
    this.#schedule(at, act)
  }

  /** Runs until nothing is left to do. Throws `Crash` when a guest breaks down or waits for ever. */
  run(): void {
    for (let events = 0; this.#queue.length > 0; events++) {
      if (events >= EVENTS_MAX) {
        const message = `After ${EVENTS_MAX} calls it is still not done. Look for a loop that waits by asking again and again.`
        this.#trial.crash({ ok: false, kind: 'fuel', message })
      }
      let next = 0
      for (let i = 1; i < this.#queue.length; i++) {
        const [a, b] = [this.#queue[i]!, this.#queue[next]!]
        if (a.at < b.at || (a.at === b.at && a.seq < b.seq)) next = i
      }
      const [item] = this.#queue.splice(next, 1)
      this.now = item!.at
      this.#performed++
      item!.act()
    }
    const waiting = (this.processes as Living[]).find((process) => !process.outcome && !process.isDead)
    if (waiting) {
      const message = `${waiting.name} waits for an answer that never comes, for instance for a lock that nobody lets go of.`
      this.#trial.crash({ ok: false, kind: 'deadlock', message }, waiting.name)
    }
  }

  #schedule(at: Micros, act: () => void): void {
    this.#queue.push({ at: Math.max(at, this.now), seq: ++this.#seq, act })
  }

  #latency(): Micros {
    return this.#options.latencyMicros?.(this.#chance) ?? 50 + this.#chance.int(1000)
  }

  #take(process: Living, turn: Turn): void {
    this.#trial.keepConsole(turn.console, this.now)
    if (turn.trap) this.#trial.crash(turn.trap, process.name)
    for (const { outcome } of turn.settled) this.#end(process, outcome)
    for (const request of turn.requests) this.#call(process, request)
    const [stuck] = turn.stuck
    if (stuck) this.#trial.crash(stuck.outcome, process.name)
  }

  #call(process: Living, { id, method, args }: Turn['requests'][number]): void {
    const number = ++process.calls
    const dies = (when: Crash['when']) => process.crash?.call === number && process.crash.when === when
    if (dies('before')) return this.#crash(process, `dies before ${method}`, method)
    const deliver = (answer: Answer): void => {
      this.#schedule(this.now + this.#latency(), () => {
        if (process.isDead) return
        if (dies('after')) return this.#crash(process, `dies after ${method}`, method)
        this.#take(process, process.guest.deliver(id, answer))
      })
    }
    this.#schedule(this.now + this.#latency(), () => {
      if (process.isDead) return
      const call = `${method}(${args.map((arg) => (typeof arg === 'object' ? '…' : String(arg))).join(', ')})`
      this.#note(process, call, 'plain', undefined)
      const answered = (answer: Answer, what: string, tone: StoryEntry['tone'] = 'plain'): void => {
        this.#tell(process, { deed: 'call', what: what === '' ? call : `${call} → ${what}`, sign: call, tone, args })
        deliver(answer)
      }
      this.#options.perform({
        process,
        method,
        args,
        at: this.now,
        reply: (value) => answered(value === undefined ? {} : { value }, value === undefined ? '' : brief(value)),
        refuse: (error) => answered({ error }, error.message, 'bad'),
      })
    })
  }

  #crash(process: Living, label: string, call: string): void {
    process.isDead = true
    process.endedAt = this.now
    this.#note(process, label, 'bad', { deed: 'fault', what: { key: 'grader.story.process-dies', params: { call } } })
    this.#options.ended?.(process)
  }

  #end(process: Living, outcome: Outcome): void {
    process.outcome = outcome
    process.endedAt = this.now
    const value = outcome.ok ? brief(outcome.value) : outcome.message
    const what = { key: `grader.story.process-${outcome.ok ? 'returns' : 'throws'}`, params: { value } }
    this.#note(process, outcome.ok ? 'returns' : 'throws', outcome.ok ? 'good' : 'bad', { deed: 'end', what })
    this.#options.ended?.(process)
  }

  #note(
    process: AsyncProcess,
    label: string,
    tone: StoryEntry['tone'],
    told: { deed: Noted['deed']; what: Said } | undefined,
  ): void {
    this.log.push({ process: process.name, entry: { atMicros: this.now, label, tone } })
    if (told) this.#tell(process, { ...told, sign: label, tone })
  }

  /** The first word of a call is what it is about: an address, a name. */
  #tell({ name }: AsyncProcess, { args = [], ...noted }: Omit<Noted, 'lane'> & { args?: readonly unknown[] }): void {
    const about = args.find((arg) => typeof arg === 'string')
    const moment = { tick: this.#performed, atMicros: this.now }
    this.#trial.story?.note({ lane: name, by: name, ...noted, ...(about !== undefined && { about }) }, moment)
  }
}

const begins = (task: string): Said => ({ key: 'grader.story.begins', params: { task } })
