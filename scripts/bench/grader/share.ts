/**
 * Where the processor time of grades goes, and how much of it is the harness's own.
 *
 * The harness is all but the learner's code and what is asked about it: compiling without types, starting virtual machines,
 * choosing seeds, putting the verdict together. Not the harness: the learner's module as it is evaluated and called, the checks
 * (which generate cases, run the simulation and judge), and a ranking's references, which run the same simulation.
 *
 * Measured from outside, by putting a stopwatch around functions while it lasts. To ask for the processor's time takes
 * microseconds itself, more than some of what is timed: that is measured beforehand, and taken away.
 */
import process from 'node:process'
import { compileSubmission } from '#grader/cli/exercises-node.ts'
import type { Check } from '#grader/kit/checks.ts'
import { Engine } from '#grader/sandbox/engine.ts'
import { Machine } from '#grader/sandbox/machine.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'

/** Processor time of this process so far, its own and the system's for it. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Parts of a whole, in milliseconds. */
export interface GradeTimes {
  readonly whole: number
  readonly compiling: number
  /** Machines restored, configured, kept and taken back. */
  readonly starting: number
  readonly module: number
  readonly checks: number
  readonly rest: number
}

type Part = 'compiling' | 'starting' | 'module' | 'checks'

function askingMs(): number {
  const [times, began] = [2000, cpuMs()]
  for (let i = 0; i < times; i++) cpuMs()
  return (cpuMs() - began) / times
}

/** Adds time to one part at a time: an inner part's is not the outer one's. */
class Stopwatch {
  readonly spent: Record<Part, number> = { compiling: 0, starting: 0, module: 0, checks: 0 }
  /** What the asking itself took, in all. */
  asking = 0
  #part: Part | undefined
  #since = 0
  readonly #once = askingMs()

  timed<This, Args extends unknown[], Result>(part: Part, act: (this: This, ...args: Args) => Result) {
    const [enter, leave] = [() => this.#go(part), (before: Part | undefined) => void this.#go(before)]
    return function (this: This, ...args: Args): Result {
      const before = enter()
      try {
        return act.apply(this, args)
      } finally {
        leave(before)
      }
    }
  }

  #go(part: Part | undefined): Part | undefined {
    const [now, before] = [cpuMs(), this.#part]
    // From one asking to the next there is one asking: the end of the first, and the beginning of the second.
    if (before) this.spent[before] += now - this.#since - this.#once
    this.asking += this.#once
    this.#part = part
    this.#since = now
    return before
  }
}

/** Times what `run` does with this exercise and with this compiler, which are the given ones under a stopwatch. */
export function gradeTimes(
  exercise: Exercise,
  run: (exercise: Exercise, compile: typeof compileSubmission) => void,
): GradeTimes {
  const watch = new Stopwatch()
  const { start, release } = Engine.prototype
  const { evaluateModule } = Machine.prototype
  Engine.prototype.start = watch.timed('starting', start)
  Engine.prototype.release = watch.timed('starting', release)
  Machine.prototype.evaluateModule = watch.timed('module', evaluateModule)
  try {
    const checks = exercise.checks.checks.map((check) => underWatch(check, watch))
    const began = cpuMs()
    run({ ...exercise, checks: { ...exercise.checks, checks } }, watch.timed('compiling', compileSubmission))
    const whole = cpuMs() - began - watch.asking
    const known = Object.values(watch.spent).reduce((sum, part) => sum + part, 0)
    return { ...watch.spent, whole, rest: whole - known }
  } finally {
    Object.assign(Engine.prototype, { start, release })
    Object.assign(Machine.prototype, { evaluateModule })
  }
}

function underWatch(check: Check, watch: Stopwatch): Check {
  const { run, generate, faults, rank } = check
  const references = rank?.references.map((each) => ({ ...each, measure: watch.timed('checks', each.measure) }))
  return {
    ...check,
    run: watch.timed('checks', run),
    ...(generate && { generate: watch.timed('checks', generate) }),
    ...(faults && { faults: watch.timed('checks', faults) }),
    ...(rank && { rank: { ...rank, references: references! } }),
  }
}

/** In percent. */
export const harnessShare = ({ whole, compiling, starting, rest }: GradeTimes): number =>
  (100 * (compiling + starting + rest)) / whole
