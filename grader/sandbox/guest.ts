/**
 * A guest: one virtual machine with one learner's module in it. See `sandbox.ts` for what goes in and what comes out.
 * Everything that enters is logged in `inputs`, from which `replay` makes the same guest again.
 */
import type { Machine } from './machine.ts'
import {
  completeFailure,
  deadlockFailure,
  describeOutput,
  describeTrap,
  positionIn,
  withoutOurFrames,
} from './outcomes.ts'
import type { FuelOf, GuestFailure } from './outcomes.ts'
import { defaultLimits } from './sandbox.ts'
import type {
  Answer,
  ConsoleLine,
  Failure,
  GuestInput,
  GuestOptions,
  Limits,
  Outcome,
  Purse,
  Request,
  Trap,
  Turn,
} from './sandbox.ts'
import type { Snapshot } from './snapshot.ts'
import { GuestThrew, MachineTrap, type TrapKind } from './stops.ts'

/** Between the soft end of a budget (an interrupt, which knows its line) and the hard one (a trap in the middle of anything). */
const slackFuel = 2_000_000
/** The counter is a signed 32-bit number. */
const budgetMax = 2_000_000_000
/** For finding out, after the end, where it was. */
const reportFuel = 2_000_000

type Place = Pick<Failure, 'position' | 'stack'>

/** What the bridge's `drain` answers. */
interface Drained {
  requests: Request[]
  settled: { task: number; outcome: { ok: true; value?: unknown } | GuestFailure }[]
  waiting: number
  running: number[]
}

export class Guest {
  readonly limits: Readonly<Limits>
  readonly fileName: string
  /** Everything that entered since the start, in order. */
  readonly inputs: GuestInput[] = []
  private machineOrGone: Machine | undefined
  private spent = 0
  private nextTask = 1
  private console: ConsoleLine[] = []
  private consoleRoom: number
  private ended: Trap | undefined
  private readonly purse: Purse | undefined
  private isLoading = true

  constructor(machine: Machine, options: GuestOptions) {
    this.limits = { ...defaultLimits, ...options.limits }
    this.fileName = options.fileName ?? 'main.ts'
    this.purse = options.purse
    this.machineOrGone = machine
    this.consoleRoom = this.limits.consoleBytes
    machine.onEmit = (level, text) => this.keepConsole(level as ConsoleLine['level'], text)
  }

  /** Evaluates the learner's module and hands it to the adapter, which waits in the machine. Returns the failure if there is one. */
  load(options: GuestOptions): Failure | undefined {
    const configuration = {
      outputBytes: this.limits.outputBytes,
      consoleBytes: this.limits.consoleBytes,
      adapting: options.adapter !== undefined,
      hostMethods: options.hostMethods ?? [],
    }
    const loaded = this.enter(() => {
      this.machine.ask('configure', JSON.stringify(configuration))
      const learner = this.machine.evaluateModule(options.code, this.fileName)
      const taken = this.readOutcome(this.machine.ask('learner', '', learner))
      if (!taken.ok || options.adapter === undefined) return taken
      return this.readOutcome(this.machine.ask('adapter', '', this.machine.adapter))
    })
    this.isLoading = false
    return loaded.ok ? undefined : loaded
  }

  /** This guest as it is now, to go on from as another. For the machine and the snapshot see `Machine.snapshot`. It has not ended. */
  copy(fresh: Machine, reuse?: Snapshot): GuestCopy {
    const { spent, console, consoleRoom, nextTask, inputs } = this
    const state = { spent, consoleRoom, nextTask, console: [...console], inputs: [...inputs] }
    return { snapshot: this.machine.snapshot(fresh, reuse), state }
  }

  /** What a copy had spent is paid again where it counts as a start of its own. */
  resume({ spent, consoleRoom, nextTask, console, inputs }: GuestCopy['state'], isPaid: boolean): void {
    this.isLoading = false
    if (isPaid) this.spend(spent)
    else this.spent = spent
    this.console = [...console]
    this.consoleRoom = consoleRoom
    this.nextTask = nextTask
    this.inputs.push(...inputs)
  }

  /** Gives up its machine; see `Engine.release`. Undefined when it has done so before. */
  leave(): Machine | undefined {
    const machine = this.machineOrGone
    if (machine) machine.onEmit = () => {}
    this.machineOrGone = undefined
    return machine
  }

  /** Whether it was released. */
  get isGone(): boolean {
    return this.machineOrGone === undefined
  }

  private get machine(): Machine {
    if (this.machineOrGone) return this.machineOrGone
    throw new Error('this guest was released: ask nothing of it afterwards, or release it later')
  }

  /**
   * Calls a function that answers at once. `path` leads from the adapter's functions (or the default export) to it; an empty
   * path is the export itself. `args` are JSON data; the guest gets them frozen.
   */
  call(path: string | readonly string[], args: readonly unknown[]): Outcome {
    return this.callLogged({ type: 'call', path: steps(path), args: JSON.stringify(args) })
  }

  /** Begins a call that may wait. Its outcome comes in `settled` of this turn or of a later one. */
  begin(path: string | readonly string[], args: readonly unknown[]): Turn & { task: number } {
    return this.beginLogged({ type: 'begin', path: steps(path), args: JSON.stringify(args) })
  }

  /** Answers a request, and runs what was waiting for it. */
  deliver(id: number, answer: Answer): Turn {
    return this.deliverLogged({ type: 'deliver', id, answer: JSON.stringify(answer) })
  }

  /** Enters an input of a log again, as it was first entered. */
  enterLogged(input: GuestInput): void {
    if (input.type === 'call') this.callLogged(input)
    else if (input.type === 'begin') this.beginLogged(input)
    else this.deliverLogged(input)
  }

  /** Units of fuel used since the start, the evaluation of the module included. */
  fuelUsed(): number {
    return this.spent
  }

  /** Console lines since they were last taken. Each turn takes them too. */
  takeConsole(): ConsoleLine[] {
    const lines = this.console
    this.console = []
    return lines
  }

  /** Whether console output was cut; the last line that was kept says so. */
  get consoleTruncated(): boolean {
    return this.consoleRoom < 0
  }

  /** The trap that ended this guest, if one did. */
  get trap(): Trap | undefined {
    return this.ended
  }

  private callLogged(input: GuestInput & { type: 'call' }): Outcome {
    this.inputs.push(input)
    if (this.ended !== undefined) return this.ended
    return this.enter(() => {
      const outcome = this.readOutcome(this.machine.ask('call', `{${entryText(input)}}`))
      this.machine.runJobs()
      return outcome
    })
  }

  private beginLogged(input: GuestInput & { type: 'begin' }): Turn & { task: number } {
    this.inputs.push(input)
    const task = this.nextTask++
    const turn = this.turn(() => this.machine.ask('begin', `{"task":${task},${entryText(input)}}`))
    return { task, ...turn }
  }

  private deliverLogged(input: GuestInput & { type: 'deliver' }): Turn {
    this.inputs.push(input)
    const text = `{"id":${input.id},"answer":${input.answer}}`
    return this.turn(() => {
      const result = this.machine.ask('deliver', text)
      if (result !== 'unknown') return
      this.inputs.pop()
      throw new Error(`request ${input.id} is not outstanding: answer each request once`)
    })
  }

  private turn(act: () => void): Turn {
    let drained: Drained = { requests: [], settled: [], waiting: 1, running: [] }
    if (this.ended === undefined) {
      const entered = this.enter(() => {
        act()
        this.machine.runJobs()
        if (!this.machine.interrupted) drained = JSON.parse(this.machine.ask('drain', '')) as Drained
        return { ok: true }
      })
      // The bridge itself failed, so nobody knows any more which task waits for what.
      if (!entered.ok && this.ended === undefined) this.end('engine', 'call', entered, entered.message)
    }
    // A machine that trapped answers nothing, not even what it had ready: its process is dead.
    if (this.ended !== undefined) {
      return { requests: [], settled: [], stuck: [], console: this.takeConsole(), trap: this.ended }
    }
    const settled = drained.settled.map(({ task, outcome }) => ({ task, outcome: this.completeOutcome(outcome) }))
    const stuck = drained.waiting > 0 ? [] : drained.running.map((task) => ({ task, outcome: deadlockFailure(task) }))
    return { requests: drained.requests, settled, stuck, console: this.takeConsole() }
  }

  /**
   * What an entry may spend. A module that is loaded for the second time is not evaluated again, so what the purse has left
   * must not decide whether it loads.
   */
  private allowance(): { units: number; fuelOf: FuelOf } {
    const { fuelPerCall, fuel } = this.limits
    const purse = this.isLoading ? Infinity : (this.purse?.left ?? Infinity)
    const units = Math.max(0, Math.min(fuelPerCall, fuel - this.spent, purse, budgetMax))
    const fuelOf =
      units === fuelPerCall || units === budgetMax ? 'call' : units === Math.max(0, purse) ? 'check' : 'run'
    return { units, fuelOf }
  }

  private spend(units: number): void {
    this.spent += units
    if (this.purse) this.purse.left -= units
  }

  /** Runs one entry on a fresh budget, and accounts for it. A trap ends the guest and is the outcome. */
  private enter(act: () => Outcome): Outcome {
    const { units, fuelOf } = this.allowance()
    const given = units + slackFuel
    this.machine.refill(given, this.limits.stackUnits, slackFuel)
    let outcome: Outcome | undefined
    let thrown: GuestThrew | undefined
    let trap: MachineTrap | undefined
    try {
      outcome = act()
    } catch (error) {
      if (error instanceof GuestThrew) thrown = error
      else if (error instanceof MachineTrap) trap = error
      else {
        // A host that broke down in the middle has left who knows what: no other guest gets this machine.
        this.machine.spoil()
        throw error
      }
    }
    const left = Math.max(0, this.machine.fuelLeft)
    this.spend(given - left)
    // An interrupt may have been swallowed by a promise, and a short overrun comes between two polls: both are the end.
    const exhausted = this.machine.interrupted || left < slackFuel
    if (trap !== undefined) return this.end(trap.kind, fuelOf, this.findPlace(), trap.message)
    if (thrown !== undefined) outcome = this.describe(thrown)
    if (!exhausted) return outcome!
    return this.end('fuel', fuelOf, outcome!.ok ? this.findPlace() : outcome!)
  }

  /** What the guest threw where the bridge could not see it: while its module was evaluated, or an interrupt. */
  private describe(thrown: GuestThrew): Failure {
    try {
      this.refillForReport()
      const outcome = this.readOutcome(this.machine.ask('thrown', '', thrown.pointer))
      if (!outcome.ok) return outcome
    } catch (error) {
      if (!(error instanceof MachineTrap) && !(error instanceof GuestThrew)) throw error
    }
    // Even its description does not end: a getter that loops, say.
    return this.end('fuel', 'call', {})
  }

  private end(kind: TrapKind, fuelOf: FuelOf, report: Place, cause?: string): Trap {
    const { position, stack } = report
    this.ended = {
      ok: false,
      kind,
      ...describeTrap(kind, this.limits, fuelOf, position, cause),
      ...(position === undefined ? {} : { position }),
      ...(stack === undefined ? {} : { stack }),
    }
    return this.ended
  }

  private refillForReport(): void {
    this.machine.refill(reportFuel, this.limits.stackUnits, -1)
  }

  /**
   * Where it was when it ended. After an interrupt in a promise job, the task that it rejected knows. After a trap, the
   * frames of QuickJS's own call chain are still in memory, so the guest can be asked for a stack once more. Best effort: the
   * machine may be in the middle of something, runs on a small budget, and is dropped afterwards.
   */
  private findPlace(): Place {
    try {
      this.refillForReport()
      if (!this.machine.interrupted) return this.place(this.machine.ask('where', ''))
      const { settled } = JSON.parse(this.machine.ask('drain', '')) as Drained
      const rejected = settled.map(({ outcome }) => outcome).find((outcome) => !outcome.ok)
      return rejected?.ok === false ? this.place(rejected.stack ?? '') : {}
    } catch {
      return {}
    }
  }

  private place(stack: string): Place {
    const position = positionIn(stack, this.fileName)
    return position === undefined ? {} : { position, stack: withoutOurFrames(stack) }
  }

  private readOutcome(text: string): Outcome {
    return this.completeOutcome(JSON.parse(text) as { ok: true; value?: unknown } | GuestFailure, text.length)
  }

  private completeOutcome(outcome: { ok: true; value?: unknown } | GuestFailure, length = 0): Outcome {
    if (!outcome.ok) return completeFailure(outcome, this.fileName, this.limits)
    if (length > this.limits.outputBytes + 64) {
      return { ok: false, kind: 'output', ...describeOutput(this.limits) }
    }
    return outcome
  }

  private keepConsole(level: ConsoleLine['level'], text: string): void {
    if (this.consoleRoom < 0) return
    this.consoleRoom -= text.length + 1
    if (this.consoleRoom >= 0) this.console.push({ level, text })
    else {
      const notice = `… console output beyond ${this.limits.consoleBytes} characters is not shown`
      this.console.push({ level: 'warn', text: notice })
    }
  }
}

const steps = (path: string | readonly string[]): string[] => (typeof path === 'string' ? path.split('.') : [...path])

/** The arguments are JSON text already: they are written once, and parsed once. */
const entryText = ({ path, args }: { path: string[]; args: string }) => `"path":${JSON.stringify(path)},"args":${args}`

/** A guest, or why its module did not start, with what it wrote and used until then. */
export type Started = { ok: true; guest: Guest } | (Failure & { console: ConsoleLine[]; fuel: number })

/** Starts a guest on a machine in which only the prelude has run. See `Engine.start`. */
export function startGuest(machine: Machine, options: GuestOptions): Started {
  const guest = new Guest(machine, options)
  const failure = guest.load(options)
  if (failure === undefined) return { ok: true, guest }
  return { ...failure, console: guest.takeConsole(), fuel: guest.fuelUsed() }
}

/** A guest at rest, kept: its memory, and what the host knew of it. */
export interface GuestCopy {
  readonly snapshot: Snapshot
  readonly state: {
    readonly spent: number
    readonly nextTask: number
    readonly console: readonly ConsoleLine[]
    readonly consoleRoom: number
    readonly inputs: readonly GuestInput[]
  }
}

/** The guest that was copied, on this machine, whose memory is written anew. `options` are those that it was started with. */
export function resumeGuest(machine: Machine, options: GuestOptions, copy: GuestCopy, isPaid: boolean): Guest {
  machine.restore(copy.snapshot)
  const guest = new Guest(machine, options)
  guest.resume(copy.state, isPaid)
  return guest
}
