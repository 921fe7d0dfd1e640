/**
 * From a compiled submission to a verdict. Isomorphic: the terminal, a test and the page's worker call this one function.
 *
 * Order: what the compiler refused · does the module load · examples · everything else (only when submitting). A check that
 * runs away is stopped by its budget, and the others still run. Whatever breaks on our side is `internal`, with what to report.
 */
import type { CheckRun } from '../kit/run-check.ts'
import { runCheck } from '../kit/run-check.ts'
import { Crash } from '../kit/stop.ts'
import { Trial } from '../kit/trial.ts'
import type { Engine } from '../sandbox/engine.ts'
import { digestOf } from './digest.ts'
import type { Exercise } from './exercise.ts'
import type { CheckResult, Compiled, ConsoleEntry, Position, Status, Verdict } from './verdict.ts'

/** Seeds of a submit. */
const SUBMIT_SEEDS = 200

export interface GradeOptions {
  readonly exercise: Exercise
  readonly compiled: Compiled
  readonly mode: 'run' | 'submit'
  readonly engine: Engine
  /** How many seeds; default 200. */
  readonly seeds?: number
  /** The first of them; default 1. */
  readonly seed?: number
  readonly onProgress?: (progress: { check: string; done: number; total: number; seed: number }) => void
  readonly onCheck?: (result: CheckResult) => void
}

const CONSOLE_ENTRIES_MAX = 1000

/** Grades one submission. Does not throw for anything that the learner wrote. */
export function grade(options: GradeOptions): Verdict {
  const { compiled, exercise } = options
  if (!compiled.runnable) {
    const [first] = compiled.diagnostics.filter(({ severity }) => severity === 'syntax')
    const where = first ? `line ${first.line}: ${first.message}` : 'the compiler refused the file'
    return verdictOf(options, skipped(options), 'error', `The file does not compile: ${where}`)
  }
  const broken = loads(options)
  if (broken) return verdictOf(options, skipped(options), broken.status, broken.message, broken.console)
  const runs = exercise.checks.checks.map((check): CheckRun => {
    if (options.mode === 'run' && check.kind !== 'example') return { ...EMPTY, result: skippedCheck(check) }
    const run = runCheck(check, {
      engine: options.engine,
      code: compiled.code,
      guest: exercise.checks.guest,
      limits: exercise.limits,
      firstSeed: options.seed ?? 1,
      seeds: options.seeds ?? SUBMIT_SEEDS,
      onSeed: (done, total, seed) => options.onProgress?.({ check: check.name, done, total, seed }),
    })
    options.onCheck?.(run.result)
    return run
  })
  const status = statusOf(runs.map(({ result }) => result.status))
  return verdictOf(options, runs, status)
}

const EMPTY = { console: [], consoleTruncated: false } as const

type CheckLike = Exercise['checks']['checks'][number]
const skippedCheck = ({ name, kind }: CheckLike): CheckResult => ({ name, kind, status: 'skipped', fuel: 0 })
const skipped = ({ exercise }: GradeOptions): CheckRun[] =>
  exercise.checks.checks.map((check) => ({ ...EMPTY, result: skippedCheck(check) }))

/** Whether the module loads at all: if not, there is one thing to say, not one per check. */
function loads(options: GradeOptions) {
  const { engine, compiled, exercise } = options
  const check = exercise.checks.checks[0]
  if (!check) throw new Error(`exercise ${exercise.id} has no checks: add some to its checks.ts`)
  const { guest } = exercise.checks
  const trial = new Trial({ engine, code: compiled.code, guest, limits: exercise.limits, check, seed: 0 })
  try {
    trial.start()
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof Crash)) throw thrown
    const { failure } = thrown
    const status: Status = failure.kind === 'engine' ? 'internal' : 'error'
    return {
      status,
      message: `The module does not load: ${failure.message}${at(failure.position)}`,
      console: trial.console,
    }
  }
}

const at = (position: Position | undefined): string =>
  position === undefined ? '' : ` (line ${position.line}, column ${position.column})`

/** The worst of them. What was not run does not count. */
export function statusOf(statuses: readonly CheckResult['status'][]): Status {
  const worst = (['internal', 'error', 'fail', 'inconclusive'] as const).find((status) => statuses.includes(status))
  return worst ?? 'pass'
}

function verdictOf(
  options: GradeOptions,
  runs: readonly CheckRun[],
  status: Status,
  message?: string,
  early: readonly ConsoleEntry[] = [],
): Verdict {
  const { exercise, mode, compiled } = options
  const lines = [...early, ...runs.flatMap((run) => run.console)]
  const verdict: Omit<Verdict, 'digest'> = {
    schema: 1,
    exercise: exercise.id,
    exerciseVersion: exercise.version,
    mode,
    status,
    ...(message !== undefined && { message }),
    diagnostics: compiled.diagnostics,
    checks: runs.map(({ result }) => result),
    console: lines.slice(0, CONSOLE_ENTRIES_MAX),
    consoleTruncated: lines.length > CONSOLE_ENTRIES_MAX || runs.some((run) => run.consoleTruncated),
    fuel: runs.reduce((sum, { result }) => sum + result.fuel, 0),
  }
  return { ...verdict, digest: digestOf(verdict) }
}
