/**
 * One run of one check: its seed, its guests, what they wrote and spent, and the words for what went wrong.
 *
 * Every guest that a trial starts is fresh; nothing leaks from one run into the next. Fuel is counted over all of them.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Engine } from '../sandbox/engine.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { ConsoleLine, Failure, GuestOptions, Limits, Outcome, Purse } from '../sandbox/sandbox.ts'
import { describeCalls } from '../sandbox/outcomes.ts'
import { defaultLimits } from '../sandbox/sandbox.ts'
import type { Sayable } from '../verdict/said.ts'
import type { ConsoleEntry, Moment } from '../verdict/verdict.ts'
import type { Chance } from './chance.ts'
import { chanceFrom } from './chance.ts'
import type { Choices } from './choices.ts'
import type { GuestShape } from './guest-shape.ts'
import type { ControllerReport, LateOptions } from './learner-controller-options.ts'
import type { Finding } from './stop.ts'
import { Crash, Violation } from './stop.ts'
import { StoryRecorder } from './story-recorder.ts'

export interface TrialSetup {
  readonly engine: Engine
  readonly code: string
  readonly guest: GuestShape
  readonly limits: Partial<Limits>
  readonly purse?: Purse
  readonly check: Tried
  readonly seed: number
  /** Its story is recorded. */
  readonly tells?: boolean
}

/** What a trial needs of its check. */
export interface Tried {
  readonly name: string
  readonly world?: (plan: any, trial: Trial<any>) => World
}

/** What a ranking measures of one case. */
export interface Measured {
  /** By measure. */
  readonly values: Readonly<Record<string, number>>
  /** Decisions that were asked for, and the fuel that they took. */
  readonly decisions?: number
  readonly fuel?: number
}

/** Something that a trial has made, whose own state a mark keeps. */
interface Marked {
  mark(): void
}

/** A trial as it was: what is not in its world. */
interface Mark {
  readonly trial: Trial<any>
  readonly kept: unknown
  readonly console: number
  readonly consoleTruncated: boolean
  readonly trap: Trial['trap']
  readonly thrown: Trial['thrown']
  readonly reports: readonly ControllerReport[]
}

export class Trial<Plan = unknown> {
  readonly seed: number
  readonly engine: Engine
  readonly check: Tried
  /** What the run is about; absent until the runner has generated it. */
  plan: Plan | undefined
  /** Lines that the learner's code wrote. */
  readonly console: ConsoleEntry[] = []
  consoleTruncated = false
  /** The world that the check runs, once `world()` has built it. */
  built: World | undefined
  /** One per learner's controller that was made for this trial. */
  readonly controllers: ControllerReport[] = []
  /** A guest inside a world ran out of a budget: the run is an error, whatever the check made of it. */
  trap: { failure: Failure; during: string } | undefined
  /** The last thing that the learner's code threw where throwing is allowed and leads to a retry. */
  thrown: { failure: Failure; during: string } | undefined
  /** Here where the run is told again; see `story-recorder.ts`. */
  readonly story: StoryRecorder | undefined
  /** The time of what is run, once there is any: a world's, or a host's. */
  clock: (() => Moment) | undefined
  /** What a ranking has measured of this run. */
  measured: Measured | undefined
  /** How this run is to go where it could go on in several ways; absent where nobody explores. */
  choices: Choices | undefined
  /** Memories of guests, which a mark makes keep theirs as they are. */
  readonly memos: Marked[] = []
  /** Other runs will go on from this one: it leaves standpoints. */
  isLeaving = false
  readonly #left: Mark[] = []
  #from: Mark | undefined
  /** What its controllers are told later than at their start, because the run goes on from one that knew nothing of it. */
  late: LateOptions | undefined
  #fuel = 0
  #calls = 0
  #guests: Guest[] = []
  #setup: TrialSetup

  constructor(setup: TrialSetup) {
    this.#setup = setup
    this.seed = setup.seed
    this.engine = setup.engine
    this.check = setup.check
    this.story = setup.tells ? new StoryRecorder(() => this.moment()) : undefined
  }

  /** Now; outside any world, calls are counted. */
  moment(): Moment {
    return this.clock?.() ?? { tick: this.#calls, atMicros: 0 }
  }

  /** Chance that belongs to this check and seed. */
  chance(name: string): Chance {
    return chanceFrom(this.seed, `${this.check.name}/${name}`)
  }

  /**
   * Which of several ways the run goes on; 0, the first, is the usual one. An exploration tries them all. `state` is all that
   * the rest of the run hangs on, as text: where another run has been in the same, this one ends. `keep` forks the world and
   * whatever else the run hangs on; a run that goes on from here finds it in `resumed`.
   */
  choose(options: readonly Sayable[], state?: () => string, keep?: () => unknown): number {
    return this.choices?.choose(options, state, keep && (() => this.#mark(keep()))) ?? 0
  }

  /** What a choice has kept of the run that this one goes on from; undefined where it begins at the beginning. */
  get resumed(): unknown {
    return this.#from?.kept
  }

  /** Leaves a standpoint: `kept` is a fork of the world, with what hangs on it. */
  leave(kept: unknown): void {
    if (this.#left.length < STANDPOINTS_MAX) this.#left.push(this.#mark(kept))
  }

  /** This trial again, as it was at the last standpoint of which that holds; undefined where there is none. */
  backTo(holds: (kept: unknown) => boolean, late: LateOptions): Trial | undefined {
    const mark = this.#left.findLast(({ kept }) => holds(kept))
    if (!mark) return undefined
    this.isLeaving = false
    this.late = late
    return Trial.#goOn(mark)
  }

  #mark(kept: unknown): Mark {
    for (const memo of this.memos) memo.mark()
    const { console, consoleTruncated, trap, thrown } = this
    const reports = this.controllers.map(copyOf)
    return { ...{ trial: this, kept, console: console.length, consoleTruncated, trap, thrown }, reports }
  }

  /** The trial whose run these choices go on from, as it was then: its world's components know it, and no other. */
  static goingOn(choices: Choices): Trial | undefined {
    const mark = choices.from?.kept as Mark | undefined
    return mark && Trial.#goOn(mark)
  }

  static #goOn(mark: Mark): Trial {
    const { trial, consoleTruncated, trap, thrown } = mark
    trial.#from = mark
    trial.console.length = mark.console
    Object.assign(trial, { consoleTruncated, trap, thrown })
    for (const [index, report] of mark.reports.entries()) Object.assign(trial.controllers[index]!, copyOf(report))
    return trial
  }

  /** What a guest of the learner's module is started from, for hosts that start their own. */
  get guestOptions(): GuestOptions {
    const { code, guest, limits, purse } = this.#setup
    return {
      code,
      fileName: 'main.ts',
      limits,
      adapter: guest.adapter,
      ...(guest.hostMethods && { hostMethods: guest.hostMethods }),
      ...(purse && { purse }),
    }
  }

  /** Ends the run where one task has called its host so often that it is time to end it. */
  countCalls(calls: number, during: string): void {
    const failure = this.tooManyCalls(calls)
    if (failure) throw new Crash(failure, during)
  }

  tooManyCalls(calls: number): Failure | undefined {
    const limit = this.#setup.limits.calls ?? defaultLimits.calls
    return calls <= limit ? undefined : { ok: false, kind: 'fuel', ...describeCalls(limit) }
  }

  /** A fresh guest. Throws `Crash` when the module does not load. */
  start(): Guest {
    const started = this.engine.start(this.guestOptions)
    if (started.ok) {
      this.#guests.push(started.guest)
      return started.guest
    }
    this.#fuel += started.fuel
    this.keepConsole(started.console)
    throw new Crash(started, 'loading the module')
  }

  /** Calls a function of the adapter's and returns its value. Throws `Crash` when it does not give one. */
  call(guest: Guest, path: string, args: readonly unknown[], during?: string): unknown {
    this.#calls++
    if (during !== undefined) this.story?.note({ lane: 'code', deed: 'call', what: during, sign: during })
    return this.valueOf(guest.call(path, args), guest, during)
  }

  valueOf(outcome: Outcome, guest?: Guest, during?: string): unknown {
    if (guest) this.keepConsole(guest.takeConsole())
    if (outcome.ok) return outcome.value
    throw new Crash(outcome, during)
  }

  /** Ends the run: the learner's code itself broke down. */
  crash(failure: Failure, during?: string): never {
    throw new Crash(failure, during)
  }

  /** Ends the run: a rule was broken. */
  fail(finding: Finding): never {
    throw new Violation(finding)
  }

  /** Fails unless both are equal as JSON. */
  equal(actual: unknown, expected: unknown, message: Sayable, finding: Partial<Finding> = {}): void {
    if (isEqual(actual, expected)) return
    this.fail({ message, expected: show(expected), actual: show(actual), values: { expected, actual }, ...finding })
  }

  /** Fails unless it holds; the finding is only made when it is needed. */
  ensure(holds: boolean, finding: () => Finding): void {
    if (!holds) this.fail(finding())
  }

  /** Builds the check's world for a plan. A failure then remembers the tick at which the world stood. */
  world(plan: Plan = this.plan as Plan): World {
    if (!this.check.world) throw new Error(`check "${this.check.name}" has no world: add one to use trial.world()`)
    this.plan = plan
    const world = this.check.world(plan, this)
    this.goOnIn(world)
    if (this.story) world.trace = this.story
    return world
  }

  /** From now on this is the world that is run. */
  goOnIn(world: World): void {
    this.built = world
    this.clock = () => ({ tick: world.tick, atMicros: world.now })
  }

  /** Fuel that all guests of this trial have used so far. */
  fuel(): number {
    return this.#guests.reduce((sum, guest) => sum + guest.fuelUsed(), this.#fuel)
  }

  /** Counts a guest that a host started itself; what it had spent by then was counted before. */
  adopt(guest: Guest, spentBefore = 0): void {
    this.#fuel -= spentBefore
    this.#guests.push(guest)
  }

  keepConsole(lines: readonly ConsoleLine[], atMicros?: Micros): void {
    for (const { level, text } of lines) {
      if (this.console.length >= CONSOLE_LINES_MAX) {
        this.consoleTruncated = true
        return
      }
      this.console.push({ check: this.check.name, level, text, ...(atMicros !== undefined && { atMicros }) })
    }
    if (this.#guests.some((guest) => guest.consoleTruncated)) this.consoleTruncated = true
  }

  /** Lets go of a guest that nothing more will be asked of; the next one may have its machine. */
  release(guest: Guest): void {
    this.keepConsole(guest.takeConsole())
    this.#fuel += guest.fuelUsed()
    this.#guests = this.#guests.filter((other) => other !== guest)
    this.engine.release(guest)
  }

  /** Takes what the guests have written and not yet been asked for, and lets go of them: the run is over. */
  finish(): void {
    for (const guest of [...this.#guests]) this.release(guest)
  }
}

const copyOf = (report: ControllerReport): ControllerReport => ({ ...report, writes: [...report.writes] })

/** Each may be a megabyte. */
const STANDPOINTS_MAX = 64
const CONSOLE_LINES_MAX = 500
const SHOWN_MAX = 600

/** A value as people read it: compact JSON, cut when long. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value
  const text = value === undefined ? 'nothing' : JSON.stringify(value, undefined, 1).replace(/\n\s*/g, ' ')
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`
}
