/**
 * Whether a grading repeats. All that grading does is to be a function of the submission and the seed; what is not shows soon, if
 * two gradings differ at all, because each seed and each fault runs the same code. So the second time is a sample.
 *
 * - The solution and the starter: on a tenth of the seeds, and with a tenth of the faults. Each run must spend, to the unit, the
 *   fuel that the same seed and fault spent before, and each check must end as it did.
 *   A ranking must measure the same in each case of the sample; with fewer cases its end may be another.
 * - A wrong solution: each check that failed, from its failing seed alone, as `--seed` would, so a finding hangs on nothing but its
 *   seed. Where that seed was the first one anyway, the case that was found is played alone, as `replay` would: a finding
 *   hangs on nothing but what the replay file says.
 */
import type { Check } from '../kit/checks.ts'
import { retellAlone } from '../kit/retell.ts'
import type { Engine } from '../sandbox/engine.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { grade, type GradeOptions } from '../verdict/grade.ts'
import type { Standing } from '../verdict/standing.ts'
import type { CheckResult, Compiled, Verdict } from '../verdict/verdict.ts'

export interface Graded {
  readonly verdict: Verdict
  /** What each run has spent, by check, seed and fault. */
  readonly spent: ReadonlyMap<string, number>
}

/** Grades, and writes down what each run spends. */
export function gradeSpending(options: GradeOptions): Graded {
  const spent = new Map<string, number>()
  const onSpent = (check: Check, seed: number, fault: number, fuel: number): void => {
    const nth = fault > 0 ? `, fault ${fault}` : ''
    spent.set(`"${check.name}", seed ${seed}${nth}`, fuel)
  }
  return { verdict: grade({ ...options, onSpent }), spent }
}

const EVERY_NTH_FAULT = 10

/** What the sample of a second grading shows to be otherwise. */
export function sampleDiffers(options: GradeOptions, { verdict, spent }: Graded): string[] {
  const seeds = Math.ceil(options.seeds! / 10)
  const again = gradeSpending({ ...options, seeds, everyNthFault: EVERY_NTH_FAULT })
  for (const [where, fuel] of again.spent) {
    const before = spent.get(where)
    if (before === undefined || before === fuel) continue
    return [`uses ${before} units of fuel, then ${fuel}, in ${where}: something is not deterministic`]
  }
  const { checks } = options.exercise.checks
  const other = again.verdict.checks.findIndex((after, index) => {
    const before = verdict.checks[index]!
    const isSample = checks[index]!.faults !== undefined || (before.seeds?.failing ?? 0) > seeds
    if (before.standing && after.standing) return !isSampleOf(after.standing, before.standing)
    // A sample may pass where the whole fails, but not the other way round.
    if (isBad(before) && isSample) return false
    return findingText(after) !== findingText(before)
  })
  return other < 0
    ? []
    : [`ends "${checks[other]!.name}" otherwise at the second grading: something is not deterministic`]
}

/** Whether a standing over fewer cases measured there what the whole one did. */
export function isSampleOf(sample: Standing, whole: Standing): boolean {
  const count = sample.seeds.length
  const head = ({ seeds, entrants }: Standing): string =>
    JSON.stringify([
      seeds.slice(0, count),
      entrants.map(({ values }) => Object.values(values).map((of) => of.slice(0, count))),
    ])
  return count <= whole.seeds.length && head(sample) === head(whole)
}

export interface WrongAgain {
  readonly exercise: Exercise
  readonly compiled: Compiled
  readonly engine: Engine
  /** What is told is kept beside the exercise and compared with that: here it is enough that it fails. */
  readonly isKept: boolean
}

/** Checks of a wrong solution that do not fail again. */
export function findingsDiffer(setup: WrongAgain, verdict: Verdict): string[] {
  return verdict.checks.flatMap((before) => {
    if (!isBad(before) || isFoundAgain(setup, before)) return []
    const seed = before.seeds?.failing ?? 1
    return [`fails "${before.name}" otherwise when seed ${seed} is run alone: something is not deterministic`]
  })
}

function isFoundAgain({ exercise, compiled, engine, isKept }: WrongAgain, before: CheckResult): boolean {
  const { failing: seed = 1, tried = 1 } = before.seeds ?? {}
  if (isKept && tried === 1 && before.replay)
    return retellAlone(exercise, compiled.code, before.replay, engine)?.status === before.status
  const checks = exercise.checks.checks
    .filter(({ name }) => name === before.name)
    .map((check) => (isKept ? withoutTelling(check) : check))
  const alone = { ...exercise, checks: { ...exercise.checks, checks } }
  if (before.standing) {
    const { standing } = grade({ exercise: alone, compiled, mode: 'submit', engine, seeds: RANKING_SAMPLE }).checks[0]!
    return standing !== undefined && isSampleOf(standing, before.standing)
  }
  const [after] = grade({ exercise: alone, compiled, mode: 'submit', engine, seeds: 1, seed }).checks
  return isKept ? before.status === after!.status : findingText(before) === findingText(after!)
}

/** The same check, whose failing case is not told. */
export const withoutStory = ({ tell: _tell, calm: _calm, ...check }: Check): Check => check

/** The same check, whose failing case is neither made smaller nor told. */
const withoutTelling = ({ shrink: _shrink, ...check }: Check): Check => withoutStory(check)

export const isBad = ({ status }: Pick<CheckResult, 'status'>): boolean => status === 'fail' || status === 'error'

/** Seeds of a submit that make a case or two of a ranking. */
const RANKING_SAMPLE = 20

/** All that a check found, but for what depends on how many seeds came before. */
const findingText = ({ seeds, fuel: _fuel, exploration: _schedules, ...found }: CheckResult): string =>
  JSON.stringify([seeds?.failing, seeds?.shrunk, found])
