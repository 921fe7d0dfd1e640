/**
 * How fast the grader is in this Node, on one core in one process, as the command line grades; and a batch over all cores.
 *
 * A *small grade* is fit-filter's solution with its examples (`--mode run`): the module loaded, and five checks, each in fresh
 * virtual machines, from the text of the file to the verdict with its digest. Each submission's text is another, so nothing is
 * known of it before. Rates are of processor time, which neighbours on the machine disturb less than they disturb the clock.
 * What the *harness's own share* is: see `grader/share.ts`.
 */
import { availableParallelism } from 'node:os'
import { compileSubmission, factsOf, findExercises, loadExercise, read } from '#grader/cli/exercises-node.ts'
import type { ExerciseFolder } from '#grader/cli/exercise-folders.ts'
import { Court } from '#grader/court/court.ts'
import { wallsFor } from '#grader/court/walls.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import type { Engine } from '#grader/sandbox/engine.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import type { Benchmark, Row } from '../bench.ts'
import { cpuMs, gradeTimes, harnessShare } from './grader/share.ts'

/** A page that answers within this time feels as if it answered at once. */
const RUN_AIM_MS = 300
/** The exercise whose examples are the small grade. */
const SMALL = 'fit-filter'
const SMALL_AIM = 100
const HARNESS_AIM = 20

/** The middle of several runs, in processor time per piece of work. */
function cpuEach(runs: number, pieces: number, work: (piece: number) => void): number {
  const times = Array.from({ length: runs }, (_, run) => {
    const began = cpuMs()
    for (let i = 0; i < pieces; i++) work(run * pieces + i)
    return (cpuMs() - began) / pieces
  })
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!
}

let written = 0
/** Another text each time, and the same program. */
const another = (source: string): string => `${source}\n// ${written++}\n`

interface Bench {
  readonly exercise: Exercise
  readonly engine: Engine
  readonly source: string
}

type Compile = typeof compileSubmission

function gradeText(
  bench: Bench,
  mode: 'run' | 'submit',
  types: boolean,
  seeds = 200,
  compile: Compile = compileSubmission,
) {
  const { exercise, engine, source } = bench
  const { status } = grade({ exercise, engine, mode, seeds, compiled: compile(another(source), types) })
  if (status !== 'pass') throw new Error(`the solution of ${exercise.id} ends as ${status}`)
}

const PARTS = {
  compiling: 'the file parsed and its types erased',
  starting: 'virtual machines started, but for the learner’s module',
  module: 'the learner’s module evaluated',
  checks: 'checks, with the learner’s code that they call',
  rest: 'the verdict, and what else there is',
}

function shareOf(report: (row: Row) => void, what: string, bench: Bench, mode: 'run' | 'submit', grades: number) {
  const times = gradeTimes(bench.exercise, (exercise, compiling) => {
    for (let i = 0; i < grades; i++) gradeText({ ...bench, exercise }, mode, false, undefined, compiling)
  })
  const against = { what: 'the aim', value: HARNESS_AIM }
  report({ what: `harness’s own share of ${what}`, value: harnessShare(times), unit: '%', against })
  return times
}

async function smallGrades(report: (row: Row) => void, bench: Bench): Promise<void> {
  const began = cpuMs()
  gradeText(bench, 'run', false)
  report({ what: 'small grade, the first of a process, without types', value: cpuMs() - began, unit: 'ms' })
  for (let i = 0; i < 60; i++) gradeText(bench, 'run', false)
  const bareMs = cpuEach(5, 30, () => gradeText(bench, 'run', false))
  const against = { what: 'the aim', value: SMALL_AIM }
  report({ what: 'small grades a second and core, without types', value: 1000 / bareMs, unit: 'grades/s', against })
  const first = cpuMs()
  gradeText(bench, 'run', true)
  report({ what: 'small grade, the first with types', value: cpuMs() - first, unit: 'ms', note: 'reads the libraries' })
  for (let i = 0; i < 10; i++) gradeText(bench, 'run', true)
  const typedMs = cpuEach(3, 5, () => gradeText(bench, 'run', true))
  report({
    what: 'small grades a second and core, with types',
    value: 1000 / typedMs,
    unit: 'grades/s',
    note: `type diagnostics ${(typedMs - bareMs).toFixed(0)} ms each`,
  })
  const times = shareOf(report, 'a small grade', bench, 'run', 60)
  for (const part of ['compiling', 'starting', 'module', 'checks', 'rest'] as const)
    report({ what: `of a small grade: ${PARTS[part]}`, value: (100 * times[part]) / times.whole, unit: '%' })
}

async function batchRate(report: (row: Row) => void, folder: ExerciseFolder): Promise<void> {
  const source = read(folder.path, 'solution.ts')
  const [workers, memoryMiB, count] = [availableParallelism(), 1024, 300]
  const settings = { mode: 'run', seed: 1, seeds: 200, checksTypes: false } as const
  const walls = wallsFor({ folder: folder.path, memoryMiB })
  const brief = { type: 'brief', facts: factsOf(folder), folder, settings } as const
  const court = new Court({ walls, brief, memoryMiB, guardS: 120, workers })
  const round = async (): Promise<number> => {
    const began = performance.now()
    await Promise.all(Array.from({ length: count }, () => court.judge({ source: another(source) })))
    return (1000 * count) / (performance.now() - began)
  }
  try {
    const note = `${workers} workers, clock time`
    report({ what: 'a batch of 300 small ones, its workers not started', value: await round(), unit: 'grades/s', note })
    report({ what: 'a batch of 300 small ones, its workers warm', value: await round(), unit: 'grades/s', note })
  } finally {
    court.close()
  }
}

export default {
  name: 'grader',
  async run(report) {
    const began = cpuMs()
    const engine = await loadEngineNode()
    report({ what: 'the engine loaded', value: cpuMs() - began, unit: 'ms' })
    for (const folder of findExercises()) {
      const bench = { engine, exercise: await loadExercise(folder), source: read(folder.path, 'solution.ts') }
      if (folder.id === SMALL) await smallGrades(report, bench)
      gradeText(bench, 'submit', true, 20)
      const runMs = cpuEach(3, 2, () => gradeText(bench, 'run', true))
      const aim = { what: 'the aim', value: RUN_AIM_MS }
      report({ what: `${folder.id}: run of the solution, with types`, value: runMs, unit: 'ms', against: aim })
      const submitMs = cpuEach(1, 1, () => gradeText(bench, 'submit', true))
      report({ what: `${folder.id}: submit of the solution, 200 seeds, with types`, value: submitMs, unit: 'ms' })
      shareOf(report, `a submit of ${folder.id}`, bench, 'submit', 1)
    }
    await batchRate(
      report,
      findExercises().find(({ id }) => id === SMALL)!,
    )
  },
} satisfies Benchmark
