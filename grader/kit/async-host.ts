/**
 * A small host for asynchronous learner code that needs no cluster: processes that share something (a store, a lock), virtual
 * time, and chance in how long each call takes, so that processes interleave in every way.
 *
 * What the real one does: the runtime starts a plugin's binary once per call; it reads and writes files under a lock.
 * What we model: one guest per process, calls that take time, locks by way of answers that come later, and a process that
 * dies before or after any of its calls. In turns, time gives way to choice: whose call comes next is asked of the trial.
 * What we leave out: a disk that loses writes; signals; more than one thread in a process.
 * Where to read upstream: containernetworking/plugins `plugins/ipam/host-local/backend/disk`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { hashString } from '#cluster/kernel/random.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, Outcome, Turn } from '../sandbox/sandbox.ts'
import type { Said, Sayable } from '../verdict/said.ts'
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
  /** Instead of by latency, calls are performed in an order that is chosen: for explorations. */
  turns?: Turns
}

/**
 * How turns are taken. The usual one is of the process that had the last, as long as it has a call to make. All processes start
 * at once, and an answer is taken at once: what a process does on its own concerns nobody else before its next call.
 */
export interface Turns {
  /** All that the processes share, as text, and all of the past that will be judged. */
  state?(): string
  /** Whether a call would only wait, as for a lock that is held: it has its turn when it need not. */
  isBlocked?(process: AsyncProcess, method: string): boolean
  /**
   * Whether a call changes nothing. Where one process alone can go on, and only with such calls, there is nothing to choose:
   * it reads in the order in which it asked, and may as well die later.
   */
  isRead?(method: string): boolean
  /** Whether this process may die before any of its calls; one does, at most, in each run. */
  mayDie?(process: AsyncProcess): boolean
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
  /** Digest of all that it has been answered. */
  told: readonly [number, number]
}

/** Something that waits to happen. */
interface Waiting {
  readonly at: Micros
  readonly seq: number
  readonly act: () => void
  /** Whose turn it is, where that is chosen, and what it does. */
  readonly turn?: { readonly process: Living; readonly method: string; readonly what: string }
}

const turnInWords = ({ turn }: Waiting): Sayable => ({
  key: 'grader.turn',
  params: { who: turn!.process.name, what: turn!.what },
})
const deathInWords = ({ name }: Living): Sayable => ({ key: 'grader.dies', params: { who: name } })

/** How long a turn takes: long enough that a story has them apart. */
const TURN_MICROS: Micros = 1000
const EVENTS_MAX = 100_000

export class AsyncHost {
  now: Micros = 0
  readonly processes: AsyncProcess[] = []
  /** What happened, for a story: one entry per call, in order. */
  readonly log: { process: string; entry: StoryEntry }[] = []
  #trial: Trial<any>
  #options: AsyncHostOptions
  #chance: Chance
  #queue: Waiting[] = []
  #seq = 0
  #performed = 0
  /** Who had the last turn. */
  #last: Living | undefined
  #deaths = 0

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
      told: [0, 1],
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
      if (events >= EVENTS_MAX) throw new Error(`nothing ends after ${EVENTS_MAX} events: start fewer processes`)
      this.#performed++
      if (this.#options.turns) this.#turn(this.#options.turns)
      else this.#next((a, b) => a.at - b.at || a.seq - b.seq)
    }
    const waiting = (this.processes as Living[]).find((process) => !process.outcome && !process.isDead)
    if (waiting) {
      const message = `${waiting.name} waits for an answer that never comes, for instance for a lock that nobody lets go of.`
      this.#trial.crash({ ok: false, kind: 'deadlock', message }, waiting.name)
    }
  }

  #schedule(at: Micros, act: () => void, turn?: Waiting['turn']): void {
    this.#queue.push({ at: Math.max(at, this.now), seq: ++this.#seq, act, ...(turn && { turn }) })
  }

  /** The first of those that wait, in this order, happens. */
  #next(order: (a: Waiting, b: Waiting) => number): void {
    const next = this.#queue.reduce((best, item) => (order(item, best) < 0 ? item : best))
    this.#queue.splice(this.#queue.indexOf(next), 1)
    this.now = Math.max(this.now, next.at)
    next.act()
  }

  /** Whatever is nobody's turn comes first; then somebody has one, or dies. */
  #turn(turns: Turns): void {
    this.#queue = this.#queue.filter(({ turn }) => !turn?.process.isDead)
    const isForced = this.#queue.some(({ turn }) => !turn)
    if (isForced) return this.#next((a, b) => Number(!!a.turn) - Number(!!b.turn) || a.seq - b.seq)
    const rank = ({ turn }: Waiting) => (turn!.process === this.#last ? -1 : this.processes.indexOf(turn!.process))
    const able = this.#queue
      .filter(({ turn }) => !turns.isBlocked?.(turn!.process, turn!.method))
      .sort((a, b) => rank(a) - rank(b) || a.seq - b.seq)
    // All wait for each other: let them, and be told so.
    if (able.length === 0) return void (this.#queue = [])
    const begun = [...new Set(able.map(({ turn }) => turn!.process))].filter(({ calls }) => calls > 1)
    const doomed = this.#deaths > 0 || !turns.mayDie ? [] : begun.filter((process) => turns.mayDie!(process))
    const options = [...able.map(turnInWords), ...doomed.map(deathInWords)]
    const isAlone = begun.length <= 1 && able.every(({ turn }) => turn!.process === able[0]!.turn!.process)
    const isPlain = isAlone && able.every(({ turn }) => turns.isRead?.(turn!.method))
    const pick =
      options.length === 1 || isPlain ? 0 : this.#trial.choose(options, turns.state && (() => this.#state(turns)))
    this.now += TURN_MICROS
    const chosen = able[pick]
    if (!chosen) {
      this.#deaths++
      const victim = doomed[pick - able.length]!
      return this.#crash(victim, 'dies', able.find(({ turn }) => turn!.process === victim)!.turn!.method)
    }
    this.#last = chosen.turn!.process
    this.#queue.splice(this.#queue.indexOf(chosen), 1)
    chosen.act()
  }

  /** All that the rest of the run hangs on: what each process has been answered, which is all it knows, and what they share. */
  #state(turns: Turns): string {
    const own = (this.processes as Living[]).map(({ told, calls, outcome, isDead, guest: _, name }) =>
      [name, told.join(), calls, outcome !== undefined, isDead].join(' '),
    )
    const waiting = this.#queue.map(({ turn }) => `${turn!.process.name} ${turn!.what}`).sort()
    return [...own, ...waiting, this.#last?.name, this.#deaths, turns.state!()].join('\n')
  }

  #latency(): Micros {
    if (this.#options.turns) return 0
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
    this.#trial.countCalls(number, process.name)
    const dies = (when: Crash['when']) => process.crash?.call === number && process.crash.when === when
    if (dies('before')) return this.#crash(process, `dies before ${method}`, method)
    const deliver = (answer: Answer): void => {
      this.#schedule(this.now + this.#latency(), () => {
        if (process.isDead) return
        const text = JSON.stringify([id, answer])
        process.told = [hashString(text, process.told[0]), hashString(text, process.told[1])]
        if (dies('after')) return this.#crash(process, `dies after ${method}`, method)
        this.#take(process, process.guest.deliver(id, answer))
      })
    }
    const call = `${method}(${args.map((arg) => (typeof arg === 'object' ? '…' : String(arg))).join(', ')})`
    const perform = () => {
      if (process.isDead) return
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
    }
    this.#schedule(this.now + this.#latency(), perform, { process, method, what: call })
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
    const { how, value } = howItEnds(outcome)
    const what = { key: `grader.story.process-${how}`, params: { value } }
    // Whether what came back is right is the check's to say: a return is neither good nor bad.
    this.#note(process, how === 'throws' ? 'throws' : 'returns', how === 'throws' ? 'bad' : 'plain', {
      deed: 'end',
      what,
    })
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

/** An error may be returned as well as thrown, as CNI does it: `{error: {code, msg}}`, or `{error: 'reason'}`. */
function howItEnds(outcome: Outcome): { how: 'returns' | 'refuses' | 'throws'; value: string } {
  if (!outcome.ok) return { how: 'throws', value: outcome.message }
  const error: unknown = (outcome.value as { error?: unknown } | null | undefined)?.error
  if (error === undefined) return { how: 'returns', value: brief(outcome.value) }
  const { code, msg } = error as { code?: unknown; msg?: unknown }
  const isNumbered = typeof code === 'number' && typeof msg === 'string'
  return { how: 'refuses', value: isNumbered ? `${code}, ${brief(msg)}` : brief(error) }
}

const begins = (task: string): Said => ({ key: 'grader.story.begins', params: { task } })
