/**
 * The proof of one exercise folder, in jobs that can be done apart: each grades one submission and says what is wrong with
 * the exercise if it does not come out as it must.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckCost } from '../author/matrix.ts'
import type { Mistake } from '../author/mistake.ts'
import { readMistake } from '../author/mistake.ts'
import type { Told } from '../author/told.ts'
import { tell, toldFile, unkeyed } from '../author/told.ts'
import type { Engine } from '../sandbox/engine.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { saidOf } from '../verdict/feedback.ts'
import { grade, type GradeOptions } from '../verdict/grade.ts'
import type { CheckResult, Compiled, Verdict } from '../verdict/verdict.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { compileSubmission, read } from './exercises-node.ts'
import { oddAnswers } from '../author/odd-answers.ts'
import { HOSTILE, SPENDS_ALL } from './hostile-submissions.ts'
import { findingsDiffer, type Graded, gradeSpending, isBad, sampleDiffers, withoutStory } from './prove-again.ts'

export type Job =
  | { readonly kind: 'solution' | 'starter' }
  | { readonly kind: 'accepted' | 'wrong'; readonly file: string }
  | { readonly kind: 'hostile'; readonly name: string }
  /** The solution, which hands over odd things: those of this seed. */
  | { readonly kind: 'odd'; readonly seed: number }

/** How it takes learners' tests: a job of its own kind, see `prove-tests.ts`. */
export interface TestsJob {
  readonly kind: 'tests'
}

export interface JobResult {
  readonly job: Job | TestsJob
  readonly complaints: readonly string[]
  /** Checks that this submission failed. */
  readonly failed: readonly string[]
  /** Hints that it was given. */
  readonly hints: readonly string[]
  readonly fuel: number
  /** Of the solution: what each check cost. */
  readonly costs?: readonly CheckCost[]
  /** Of a wrong solution: what its author says of it, and what the learner is told. */
  readonly mistake?: Mistake
  readonly told?: Told
  /** Of a wrong solution: what each check that it failed says, in keys. */
  readonly says?: Readonly<Record<string, string>>
}

/** The dear jobs first, so that two workers end at about the same time. */
export function jobsOf({ path }: ExerciseFolder): Job[] {
  const filesIn = (name: string): string[] =>
    existsSync(join(path, name))
      ? readdirSync(join(path, name))
          .filter((file) => file.endsWith('.ts'))
          .sort()
      : []
  return [
    { kind: 'solution' },
    { kind: 'starter' },
    ...filesIn('accepted').map((file): Job => ({ kind: 'accepted', file })),
    ...filesIn('wrong').map((file): Job => ({ kind: 'wrong', file })),
    ...Object.keys(HOSTILE).map((name): Job => ({ kind: 'hostile', name })),
    ...ODD_SEEDS.map((seed): Job => ({ kind: 'odd', seed })),
  ]
}

export interface ProofSetup {
  readonly folder: ExerciseFolder
  readonly exercise: Exercise
  readonly engine: Engine
  readonly seeds: number
  /** Wrong solutions are held against every check, to learn which ones they fail; else against those that they name. */
  readonly isThorough?: boolean
}

/** Hostile submissions run on a small budget: where it ends does not matter, only how. */
const HOSTILE_FUEL = 5_000_000
/** All that is handed over is odd, a third of it, and one thing in thirty; `npm run soak -- odd-answers` tries more. */
const ODD_SEEDS = [0, 1, 3] as const
/** Wrong solutions are caught within the seeds of a submit, however many the soak runs. */
const WRONG_SEEDS = 200
/** Other right solutions show that checks do not ask for too much; that shows soon. */
const acceptedSeeds = (seeds: number): number => Math.max(10, Math.ceil(seeds / 10))

export function prove(job: Job, setup: ProofSetup): JobResult {
  const { folder, exercise } = setup
  if (job.kind === 'hostile') return proveHostile(job, setup)
  if (job.kind === 'odd') return proveOdd(job, setup)
  const file = 'file' in job ? `${job.kind}/${job.file}` : `${job.kind}.ts`
  const source = read(folder.path, file)
  // Nobody reads what the compiler says of a wrong solution's types, and checking them is a third of its proof.
  const compiled = compileSubmission(source, job.kind !== 'wrong')
  const complaints =
    job.kind === 'wrong'
      ? []
      : compiled.diagnostics.map(({ line, message }) => `${file}:${line} does not compile cleanly: ${message}`)
  const seeds =
    job.kind === 'solution' ? setup.seeds : job.kind === 'accepted' ? acceptedSeeds(setup.seeds) : WRONG_SEEDS
  const graded = job.kind === 'wrong' ? withNamedChecks(exercise, source) : exercise
  const options: GradeOptions = { exercise: graded, compiled, mode: 'submit', engine: setup.engine, seeds }
  const grading = gradeSpending(options)
  const { verdict } = grading
  complaints.push(...againDiffers(job, setup, options, grading).map((what) => `${file} ${what}`))
  const judged =
    job.kind === 'solution' || job.kind === 'accepted'
      ? judgeSolution(verdict)
      : job.kind === 'starter'
        ? judgeStarter(verdict)
        : judgeWrong(source, verdict, exercise)
  complaints.push(...judged.map((complaint) => `${file} ${complaint}`))
  const hints = verdict.checks.flatMap(({ status, hint }) => (isBad({ status }) && hint !== undefined ? [hint] : []))
  const result: JobResult = { job, complaints, failed: failedIn(verdict), hints, fuel: verdict.fuel }
  if (job.kind === 'solution') return { ...result, costs: costsOf(verdict) }
  if (job.kind !== 'wrong') return result
  const bad = [...verdict.checks, ...(setup.isThorough ? others(setup, source, compiled) : [])].filter(isBad)
  const inOrder = exercise.checks.checks.flatMap(({ name }) => bad.find((one) => one.name === name) ?? [])
  const failed = inOrder.map(({ name }) => name)
  return { ...result, failed, says: saidOf(inOrder), ...toldOf(job.file, source, verdict, exercise) }
}

/** What the checks that it does not name find, as they would when a learner submits it; its story is nobody's concern. */
function others({ exercise, engine }: ProofSetup, source: string, compiled: Compiled): readonly CheckResult[] {
  const named = readMistake(source).checks
  const unnamed = exercise.checks.checks.filter(({ name }) => !named.includes(name)).map(withoutStory)
  if (unnamed.length === 0) return []
  const narrowed = { ...exercise, checks: { ...exercise.checks, checks: unnamed } }
  return grade({ exercise: narrowed, compiled, mode: 'submit', engine, seeds: WRONG_SEEDS }).checks
}

const costsOf = ({ checks }: Verdict): CheckCost[] =>
  checks.map(({ name, kind, seeds, fuel }) => ({ name, kind, seeds: seeds?.tried ?? 1, fuel }))

function toldOf(file: string, source: string, { checks }: Verdict, { checks: { texts } }: Exercise) {
  const mistake = readMistake(source)
  const named = checks.filter(({ name }) => mistake.checks.includes(name))
  return { mistake, told: tell(file.replace(/\.ts$/, ''), named, texts) }
}

function againDiffers({ kind }: Job, setup: ProofSetup, options: GradeOptions, graded: Graded): string[] {
  // Other right solutions show all at the first grading.
  if (kind === 'accepted') return []
  if (kind !== 'wrong') return sampleDiffers(options, graded)
  const isKept = existsSync(join(setup.folder.path, toldFile('en')))
  return findingsDiffer({ ...options, isKept }, graded.verdict)
}

const failedIn = ({ checks }: Verdict): string[] => checks.filter(isBad).map(({ name }) => name)

function judgeSolution(verdict: Verdict): string[] {
  if (verdict.status === 'pass') return []
  const reasons = verdict.checks
    .filter(({ status }) => status !== 'pass')
    .map(({ name, seeds, message }) => `"${name}"${seeds?.failing ? ` on seed ${seeds.failing}` : ''}: ${message}`)
  return [`must pass, but ends as ${verdict.status}: ${reasons.join(' · ') || verdict.message}`]
}

function judgeStarter(verdict: Verdict): string[] {
  if (verdict.status !== 'fail')
    return [
      `must fail with feedback, but ends as ${verdict.status}: ${verdict.message ?? verdict.checks.find(({ message }) => message)?.message ?? ''}`,
    ]
  const mute = verdict.checks.find(
    ({ status, message, expected, actual }) => status === 'fail' && !(message && expected && actual),
  )
  return mute ? [`fails "${mute.name}" without saying what was expected and what it got`] : []
}

/** A wrong solution is held against the checks that it names; that the others may catch it too is no news, and dear. */
function withNamedChecks(exercise: Exercise, source: string): Exercise {
  const { checks } = readMistake(source)
  const named = exercise.checks.checks.filter(({ name }) => checks.includes(name))
  return named.length === 0 ? exercise : { ...exercise, checks: { ...exercise.checks, checks: named } }
}

function judgeWrong(source: string, verdict: Verdict, exercise: Exercise): string[] {
  const { checks, hint } = readMistake(source)
  // One defect of the checks is told once, by the solution, and not by every submission that meets it.
  if (verdict.status === 'internal') return ['meets a check that breaks down: mend checks.ts first']
  const complaints: string[] = []
  if (!isBad(verdict)) complaints.push(`ends as ${verdict.status}`)
  if (exercise.checks.texts) {
    const mute = unkeyed(verdict.checks)[0]
    if (mute)
      complaints.push(`fails "${mute}" with words that no other language can say: say them by key (defineTexts)`)
  }
  for (const name of checks) {
    const result = verdict.checks.find((check) => check.name === name)
    if (result && !isBad(result)) complaints.push(`is not caught by "${name}" (${result.status})`)
  }
  const given = verdict.checks
    .filter(({ name, status }) => checks.includes(name) && isBad({ status }))
    .map((check) => check.hint)
  const hints = [...new Set(given)].map((key) => (key === undefined ? 'none' : `"${key}"`))
  if (hint !== undefined && hints.length > 0 && !given.includes(hint))
    complaints.push(`gives the hint ${hints.join(', ')}, not "${hint}"`)
  return complaints
}

function proveHostile(job: Job & { kind: 'hostile' }, setup: ProofSetup): JobResult {
  const compiled = compileSubmission(HOSTILE[job.name]!, false)
  const { exercise } = setup
  const limits = { ...exercise.limits, fuelPerCall: HOSTILE_FUEL }
  const by = (mode: 'run' | 'submit') =>
    grade({ exercise: { ...exercise, limits }, compiled, mode, engine: setup.engine, seeds: 2 })
  // What lies is held against every check, because each has code of its own that could believe it.
  const atFirst = by(SPENDS_ALL.has(job.name) ? 'run' : 'submit')
  const verdict = isBad(atFirst) ? atFirst : by('submit')
  const complaints = isBad(verdict)
    ? []
    : [
        `hostile submission "${job.name}" ends as ${verdict.status}: ${verdict.message ?? verdict.checks.find(({ status }) => status === 'internal')?.message ?? ''}`,
      ]
  return { job, complaints, failed: [], hints: [], fuel: verdict.fuel }
}

/** Whatever a submission hands over, the verdict is about the submission: no check breaks down. */
function proveOdd(job: Job & { kind: 'odd' }, { folder, exercise, engine }: ProofSetup): JobResult {
  const compiled = compileSubmission(oddAnswers(read(folder.path, 'solution.ts'), job.seed), false)
  const verdict = grade({ exercise, compiled, mode: 'submit', engine, seeds: 2 })
  const broken = verdict.checks.find(({ status }) => status === 'internal')
  const complaints =
    verdict.status === 'internal'
      ? [`the solution with odd answers (seed ${job.seed}) breaks “${broken?.name}”: ${broken?.message ?? ''}`]
      : []
  return { job, complaints, failed: [], hints: [], fuel: verdict.fuel }
}

/** What only shows over all jobs: each check catches somebody. */
export function judgeWhole(exercise: Exercise, results: readonly JobResult[]): string[] {
  const caught = new Set(results.filter(({ job }) => job.kind === 'wrong').flatMap(({ failed }) => failed))
  return exercise.checks.checks
    .filter(({ name, advisory }) => !advisory && !caught.has(name))
    .map(({ name }) => `check "${name}" is failed by no wrong solution: write one, or drop the check`)
}
