/**
 * How fast the grader is in this Node, on one core in one process, as the command line grades; and a batch over all cores.
 *
 * A *small grade* is fit-filter's solution with its examples (`--mode run`): the module loaded, and five checks, each in fresh
 * virtual machines, from the text of the file to the verdict with its digest. Each submission's text is another, so nothing is
 * known of it before. Rates are of processor time, which neighbours on the machine disturb less than they disturb the clock.
 * The *harness's own share* is all but the learner's code, the checks and the simulation that they run: compiling without
 * types, starting virtual machines, putting the verdict together.
 */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { compileSubmission, factsOf, findExercises, loadExercise, read } from '#grader/cli/exercises-node.ts'
import type { ExerciseFolder } from '#grader/cli/exercise-folders.ts'
import { Court } from '#grader/court/court.ts'
import { wallsFor } from '#grader/court/walls.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { Engine } from '#grader/sandbox/engine.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import type { Benchmark, Row } from '../bench.ts'

/** A page that answers within this time feels as if it answered at once. */
const RUN_AIM_MS = 300
/** The exercise whose examples are the small grade. */
const SMALL = 'fit-filter'
const SMALL_AIM = 100
const HARNESS_AIM = 20

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

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

function gradeText({ exercise, engine, source }: Bench, mode: 'run' | 'submit', types: boolean, seeds = 200): void {
  const { status } = grade({ exercise, engine, mode, seeds, compiled: compileSubmission(another(source), types) })
  if (status !== 'pass') throw new Error(`the solution of ${exercise.id} ends as ${status}`)
}

/** Of the processor time of grades, what is neither in a check nor in what it calls but the starting of machines. */
function harnessShare(bench: Bench, mode: 'run' | 'submit', grades: number): number {
  let [inChecks, starting, isInCheck] = [0, 0, false]
  const timed = <Args extends unknown[], Result>(act: (...args: Args) => Result, add: (ms: number) => void) =>
    function (this: unknown, ...args: Args): Result {
      const began = cpuMs()
      try {
        return act.apply(this, args)
      } finally {
        add(cpuMs() - began)
      }
    }
  const { start, release } = Engine.prototype
  const addStart = (ms: number): void => void (starting += isInCheck ? ms : 0)
  Engine.prototype.start = timed(start, addStart)
  Engine.prototype.release = timed(release, addStart)
  const checks = bench.exercise.checks.checks.map((check) => ({
    ...check,
    run: (...args: Parameters<typeof check.run>) => {
      isInCheck = true
      try {
        return timed(check.run.bind(check), (ms) => (inChecks += ms))(...args)
      } finally {
        isInCheck = false
      }
    },
    ...(check.generate && { generate: timed(check.generate.bind(check), (ms) => (inChecks += ms)) }),
  }))
  const exercise = { ...bench.exercise, checks: { ...bench.exercise.checks, checks } }
  const began = cpuMs()
  for (let i = 0; i < grades; i++) gradeText({ ...bench, exercise }, mode, false)
  const whole = cpuMs() - began
  Object.assign(Engine.prototype, { start, release })
  return (100 * (whole - inChecks + starting)) / whole
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
  const share = { what: 'the aim', value: HARNESS_AIM }
  const value = harnessShare(bench, 'run', 60)
  report({ what: 'harness’s own share of a small grade', value, unit: '%', against: share })
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
      const share = { what: 'the aim', value: HARNESS_AIM }
      const value = harnessShare(bench, 'submit', 1)
      report({ what: `${folder.id}: harness’s own share of a submit`, value, unit: '%', against: share })
    }
    await batchRate(
      report,
      findExercises().find(({ id }) => id === SMALL)!,
    )
  },
} satisfies Benchmark
