/**
 * From a compiled submission to a verdict. Isomorphic: the terminal, a test and the page's worker call this one function.
 *
 * Order: what the compiler refused · does the module load · examples · everything else (only when submitting). A check that
 * runs away is stopped by its budget, and the others still run. Whatever breaks on our side is `internal`, with what to report.
 */
import type { Check } from '../kit/checks.ts'
import type { CheckRun } from '../kit/run-check.ts'
import { headOf, runCheck } from '../kit/run-check.ts'
import { Crash } from '../kit/stop.ts'
import { Trial } from '../kit/trial.ts'
import type { Engine } from '../sandbox/engine.ts'
import { digestOf } from './digest.ts'
import { engineId } from './engine-id.ts'
import type { Exercise } from './exercise.ts'
import { feedbackOf } from './feedback.ts'
import type { Said } from './said.ts'
import { speak } from './say.ts'
import { scoreOf } from './score.ts'
import type { CheckResult, Compiled, ConsoleEntry, Score, Status, Verdict } from './verdict.ts'

/** Seeds of a submit. */
export const SUBMIT_SEEDS = 200

export interface GradeOptions {
  readonly exercise: Exercise
  readonly compiled: Compiled
  readonly mode: 'run' | 'submit'
  readonly engine: Engine
  /** How many seeds; default 200. */
  readonly seeds?: number
  /** The first of them; default 1. */
  readonly seed?: number
  /** Instead of the exercise's own. */
  readonly credit?: Score['credit']
  readonly onProgress?: (progress: { check: string; done: number; total: number; seed: number }) => void
  readonly onCheck?: (result: CheckResult) => void
  /** For those who compare two gradings; see `run-check.ts`. */
  readonly onSpent?: (check: Check, seed: number, fault: number, fuel: number) => void
  readonly everyNthFault?: number
}

const CONSOLE_ENTRIES_MAX = 1000

/** Grades one submission. Does not throw for anything that the learner wrote. */
export function grade(options: GradeOptions): Verdict {
  const { compiled, exercise } = options
  if (!compiled.runnable)
    return verdictOf(options, { runs: skipped(options), status: 'error', said: refusalOf(compiled) })
  const broken = loads(options)
  if (broken) return verdictOf(options, { runs: skipped(options), ...broken })
  const runs = exercise.checks.checks.map((check): CheckRun => {
    if (options.mode === 'run' && check.kind !== 'example') return { ...EMPTY, result: skippedCheck(check) }
    const run = runCheck(check, setupFor(options))
    options.onCheck?.(run.result)
    return run
  })
  return verdictOf(options, { runs, status: statusOf(runs.map(({ result }) => result)) })
}

function setupFor(options: GradeOptions) {
  const { engine, compiled, exercise, seed = 1, seeds = SUBMIT_SEEDS, onProgress, onSpent, everyNthFault } = options
  const { guest, texts } = exercise.checks
  return {
    ...{ engine, code: compiled.code, guest, limits: exercise.limits, firstSeed: seed, seeds },
    essence: () => compiled.essence ?? compiled.code,
    ...(texts && { texts }),
    ...(onSpent && { onSpent }),
    ...(everyNthFault !== undefined && { everyNthFault }),
    onSeed: (check: Check, done: number, total: number, at: number) =>
      onProgress?.({ check: check.name, done, total, seed: at }),
  }
}

const EMPTY = { console: [], consoleTruncated: false } as const

const skippedCheck = (check: Check): CheckResult => ({ ...headOf(check), status: 'skipped', fuel: 0 })
const skipped = ({ exercise }: GradeOptions): CheckRun[] =>
  exercise.checks.checks.map((check) => ({ ...EMPTY, result: skippedCheck(check) }))

function refusalOf({ diagnostics }: Compiled): Said {
  const first = diagnostics.find(({ severity }) => severity === 'syntax')
  if (!first) return { key: 'grader.does-not-compile', params: { what: { key: 'grader.refused' } } }
  return { key: 'grader.does-not-compile-at', params: { line: String(first.line), what: first.message } }
}

interface Ended {
  readonly runs: readonly CheckRun[]
  readonly status: Status
  readonly said?: Said
  /** What the module wrote while it was loaded. */
  readonly console?: readonly ConsoleEntry[]
}

/** Whether the module loads at all: if not, there is one thing to say, not one per check. */
function loads(options: GradeOptions): Omit<Ended, 'runs'> | undefined {
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
    const { kind, position, said, message } = thrown.failure
    const what = said ?? message
    const place = position && { line: String(position.line), column: String(position.column) }
    return {
      status: kind === 'engine' ? 'internal' : 'error',
      said: place
        ? { key: 'grader.does-not-load-at', params: { what, ...place } }
        : { key: 'grader.does-not-load', params: { what } },
      console: trial.console,
    }
  } finally {
    trial.finish()
  }
}

/** The worst of them. What was not run does not count, and what only advises never fails. */
export function statusOf(results: readonly Pick<CheckResult, 'status' | 'advisory'>[]): Status {
  const counted = results.filter(({ status, advisory }) => !advisory || status === 'internal')
  const worst = (['internal', 'error', 'fail', 'inconclusive'] as const).find((status) =>
    counted.some((result) => result.status === status),
  )
  return worst ?? 'pass'
}

function verdictOf(options: GradeOptions, { runs, status, said, console = [] }: Ended): Verdict {
  const { exercise, mode, compiled } = options
  const { diagnostics } = compiled
  const lines = [...console, ...runs.flatMap((run) => run.console)]
  const checks = runs.map(({ result }) => result)
  const consoleTruncated = lines.length > CONSOLE_ENTRIES_MAX || runs.some((run) => run.consoleTruncated)
  const score = mode === 'submit' ? scoreOf(checks, status, options.credit ?? exercise.credit ?? 'binary') : undefined
  const verdict: Omit<Verdict, 'digest'> = {
    schema: 2,
    engine: engineId,
    exercise: exercise.id,
    exerciseVersion: exercise.version,
    mode,
    status,
    ...(said && { message: speak(said, 'en', exercise.checks.texts), said }),
    ...(score && { score }),
    diagnostics,
    checks,
    feedback: feedbackOf({ mode, status, checks, diagnostics, consoleTruncated }, exercise),
    console: lines.slice(0, CONSOLE_ENTRIES_MAX),
    consoleTruncated,
    fuel: checks.reduce((sum, { fuel }) => sum + fuel, 0),
  }
  return { ...verdict, digest: digestOf(verdict) }
}
