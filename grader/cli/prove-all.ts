/**
 * Proves exercises on a few threads, and says how it goes while it goes. The jobs of all exercises are in one queue, the dear ones
 * first, so that no thread is idle while another has a long one left; each exercise is told of in its turn.
 */
import { Worker } from 'node:worker_threads'
import type { Paint } from './paint.ts'
import { judgeKept, readAuthored, updateKept } from '../author/author-node.ts'
import type { LintOptions } from '../author/lint.ts'
import { lintExercise } from '../author/lint.ts'
import type { Matrix } from '../author/matrix.ts'
import { matrixOf } from '../author/matrix.ts'
import { misconceptionOf } from '../author/mistake.ts'
import type { Exercise } from '../verdict/exercise.ts'
import type { ProvenExercise } from './check-reports.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { loadExercise, loadExerciseAnew } from './exercises-node.ts'
import { testsJobsOf } from './prove-tests.ts'
import type { JobResult } from './prove.ts'
import { jobsOf, judgeWhole } from './prove.ts'
import type { WorkAnswer, WorkOrder } from './prove-worker.ts'

export interface ProveOptions {
  readonly seeds: number
  readonly workers: number
  readonly say: (line: string) => void
  readonly paint: Paint
  /** What is known of the whole course, for the lint. */
  readonly lint: LintOptions
  /** Writes what is kept beside each exercise instead of comparing with it; wrong solutions meet every check. */
  readonly isUpdate?: boolean
  /** While somebody writes: without hostile submissions, and the checks as they stand now. */
  readonly isQuick?: boolean
}

/** What came of it. */
export interface Proof {
  readonly isProven: boolean
  readonly matrices: readonly Matrix[]
  readonly exercises: readonly ProvenExercise[]
}

/** What came of it, in submissions: a complaint about the exercise as a whole counts as one more that failed. */
interface Tally {
  readonly passed: number
  readonly failed: number
  readonly matrix: Matrix
  readonly exercise: ProvenExercise
}

/** A trial makes a world and drops it: with room for one, the collector finds nothing left to copy. Node's default is a quarter. */
const YOUNG_MB = 192

export async function proveAll(folders: readonly ExerciseFolder[], options: ProveOptions): Promise<Proof> {
  const started = performance.now()
  const program = new URL('./prove-worker.ts', import.meta.url)
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB }
  const pool = Array.from({ length: options.workers }, () => new Worker(program, { resourceLimits }))
  const tallies: Tally[] = []
  try {
    const work = folders.map((folder) => workOn(folder, options))
    let [told, telling]: [number, Promise<void>] = [0, Promise.resolve()]
    const tell = async (): Promise<void> => {
      while (told < work.length && isDone(work[told]!)) tallies.push(await tallyOf(work[told++]!, options))
    }
    await serveAll(work, pool, options, () => void (telling = telling.then(tell)))
    await telling
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()))
  }
  const sum = (of: 'passed' | 'failed'): number => tallies.reduce((all, tally) => all + tally[of], 0)
  const [passed, failed] = [sum('passed'), sum('failed')]
  const total = `${folders.length} ${folders.length === 1 ? 'exercise' : 'exercises'} in ${seconds(performance.now() - started)}`
  const line = `${total}: ${passed} passed, ${failed} failed`
  options.say(failed === 0 ? options.paint(`✓ ${line}`, 'green') : options.paint(`✗ ${line}`, 'red'))
  const matrices = tallies.map(({ matrix }) => matrix)
  return { isProven: failed === 0, matrices, exercises: tallies.map(({ exercise }) => exercise) }
}

/** What somebody who writes need not wait for. */
const SLOW = ['hostile', 'odd', 'tests']

/** A job that broke down, and how. */
interface Failure {
  readonly name: string
  readonly what: string
}

/** One exercise: its jobs, and what has come of them. */
interface Work {
  readonly folder: ExerciseFolder
  readonly orders: readonly WorkOrder[]
  readonly results: JobResult[]
  readonly failures: Failure[]
  /** Milliseconds that threads have worked on it. */
  spent: number
}

const isDone = ({ orders, results, failures }: Work): boolean => results.length + failures.length === orders.length

function workOn(folder: ExerciseFolder, { seeds, isUpdate = false, isQuick = false }: ProveOptions): Work {
  const jobs = [...jobsOf(folder), ...testsJobsOf(folder)].filter(({ kind }) => !isQuick || !SLOW.includes(kind))
  const orders = jobs.map((job): WorkOrder => ({ folder, job, seeds, isThorough: isUpdate }))
  return { folder, orders, results: [], failures: [], spent: 0 }
}

/** About how dear they are; a wrong solution ends at the first seed that shows it. */
const RANK: Readonly<Record<WorkOrder['job']['kind'], number>> = {
  ...{ solution: 0, accepted: 1, tests: 2, starter: 3, wrong: 3, odd: 3, hostile: 4 },
}
const rankOf = ({ job }: WorkOrder): number => RANK[job.kind]

/** `onAnswer` hears of each job that is done. */
async function serveAll(
  works: readonly Work[],
  pool: readonly Worker[],
  { say }: ProveOptions,
  onAnswer: () => void,
): Promise<void> {
  const started = performance.now()
  const pieces = works.flatMap((work) => work.orders.map((order) => ({ work, order })))
  const waiting = pieces.sort((a, b) => rankOf(a.order) - rankOf(b.order))
  const total = waiting.length
  say(`${total} submissions to grade …`)
  const quarter = Math.ceil(total / 4)
  let done = 0
  const serve = async (worker: Worker): Promise<void> => {
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      const { order, work } = piece
      const began = performance.now()
      const answer = await ask(worker, order)
      work.spent += performance.now() - began
      if ('failure' in answer) work.failures.push({ name: nameOf(order.job), what: answer.failure })
      else work.results.push(answer.result)
      if (++done % quarter === 0 && done < total) say(`  ${done} of ${total} · ${seconds(performance.now() - started)}`)
      onAnswer()
    }
  }
  await Promise.all(pool.map(serve))
}

async function tallyOf({ folder, orders, results, failures, spent }: Work, options: ProveOptions): Promise<Tally> {
  const { seeds, say, paint, isQuick = false } = options
  const total = orders.length
  say(paint(folder.id, 'bold'))
  const exercise = await (isQuick ? loadExerciseAnew : loadExercise)(folder)
  const findings = lintExercise(readAuthored(folder, exercise.checks), options.lint)
  for (const { rule, file, message } of findings.filter((one) => one.level === 'warning'))
    say(`  ${paint('!', 'yellow')} ${rule} ${file}: ${message}`)
  const errors = findings.filter(({ level }) => level === 'error')
  const wrong = results.filter(isWrong).sort((a, b) => (a.job.file < b.job.file ? -1 : 1))
  const whole =
    failures.length === 0 ? [...judgeWhole(exercise, results), ...keep(folder, exercise, wrong, options)] : []
  const unproven = [...toldOnce(failures), ...results.flatMap((result) => result.complaints), ...whole]
  const complaints = [...errors.map(({ rule, file, message }) => `${rule} ${file}: ${message}`), ...unproven]
  for (const complaint of complaints) say(`  ${paint('✗', 'red')} ${complaint}`)
  const count = (kind: string) => results.filter(({ job }) => job.kind === kind).length
  const summary = `${exercise.checks.checks.length} checks on ${seeds} seeds, ${count('accepted')} other right, ${count('wrong')} wrong, ${count('odd')} odd and ${count('hostile')} hostile submissions`
  const mark = complaints.length === 0 ? paint('✓', 'green') : paint('✗', 'red')
  say(`  ${mark} ${summary} · ${seconds(spent)} of work`)
  const passed = results.filter((result) => result.complaints.length === 0).length
  const costs = results.find(({ job }) => job.kind === 'solution')?.costs ?? []
  const matrix = matrixOf(
    { id: folder.id, title: folder.title, complaints },
    costs,
    wrong.map(({ job, mistake, failed, says }) => ({
      ...{ name: nameOfWrong(job.file), text: mistake.text.en, named: mistake.checks, failed, says },
    })),
    exercise.misconceptions,
  )
  const failed = total - passed + whole.length + errors.length
  return { passed, failed, matrix, exercise: { id: folder.id, name: folder.name, unproven, findings } }
}

/** How far a stack is told: what is told at all is said in its first line. */
const FRAMES = 3

/** What breaks all jobs in one way is one mistake: a text without words, a check that cannot be read. */
function toldOnce(failures: readonly Failure[]): string[] {
  const said = ({ what }: Failure): string => what.split('\n    at ', 1)[0]!
  return [...new Set(failures.map(said))].map((message) => {
    const [first, ...others] = failures.filter((failure) => said(failure) === message)
    const frames = first!.what
      .slice(message.length)
      .split('\n')
      .slice(0, FRAMES + 1)
    return `${first!.name}${others.length === 0 ? '' : ` and ${others.length} more`}: ${message}${frames.join('\n')}`
  })
}

type WrongResult = JobResult &
  Required<Pick<JobResult, 'mistake' | 'says' | 'told'>> & { readonly job: { readonly file: string } }

const isWrong = (result: JobResult): result is WrongResult => result.job.kind === 'wrong' && result.told !== undefined
const nameOfWrong = (file: string): string => file.replace(/\.ts$/, '')

/** Compares with what is kept beside the exercise, or writes it. A wrong solution without a head is complained of elsewhere. */
function keep(
  folder: ExerciseFolder,
  { misconceptions }: Exercise,
  wrong: readonly WrongResult[],
  { isUpdate, say, lint }: ProveOptions,
): string[] {
  const told = wrong.map((result) => result.told)
  const seen = wrong
    .filter(({ mistake }) => mistake.hint !== undefined && mistake.text.en !== '')
    .map(({ job, mistake, failed, says }) => misconceptionOf(nameOfWrong(job.file), mistake, { failed, says }))
  const languages = ['en', ...lint.languages] as const
  if (!isUpdate) return judgeKept(folder, told, misconceptions, seen, languages)
  for (const file of updateKept(folder, told, seen, languages))
    say(`  wrote exercises/${folder.name}/${file}: read the difference`)
  return []
}

const nameOf = (job: WorkOrder['job']): string =>
  'file' in job
    ? `${job.kind}/${job.file}`
    : 'seed' in job
      ? `odd answers, seed ${job.seed}`
      : job.kind === 'hostile'
        ? job.name
        : job.kind
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

function ask(worker: Worker, order: WorkOrder): Promise<WorkAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: WorkAnswer) => {
      worker.off('error', reject)
      resolve(answer)
    }
    worker.once('message', onMessage)
    worker.once('error', reject)
    worker.postMessage(order)
  })
}
