/** Proves exercises on a few threads, and says how it goes while it goes. */
import { Worker } from 'node:worker_threads'
import type { Paint } from './paint.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { loadExercise } from './exercises-node.ts'
import type { JobResult } from './prove.ts'
import { jobsOf, judgeWhole } from './prove.ts'
import type { WorkAnswer, WorkOrder } from './prove-worker.ts'

export interface ProveOptions {
  readonly seeds: number
  readonly workers: number
  readonly say: (line: string) => void
  readonly paint: Paint
}

/** What came of it, in submissions: a complaint about the exercise as a whole counts as one more that failed. */
interface Tally {
  readonly passed: number
  readonly failed: number
}

/** True when every exercise is proven. */
export async function proveAll(folders: readonly ExerciseFolder[], options: ProveOptions): Promise<boolean> {
  const started = performance.now()
  const pool = Array.from({ length: options.workers }, () => new Worker(new URL('./prove-worker.ts', import.meta.url)))
  let [passed, failed] = [0, 0]
  try {
    for (const folder of folders) {
      const tally = await proveOne(folder, pool, options)
      passed += tally.passed
      failed += tally.failed
    }
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()))
  }
  const total = `${folders.length} ${folders.length === 1 ? 'exercise' : 'exercises'} in ${seconds(performance.now() - started)}`
  const line = `${total}: ${passed} passed, ${failed} failed`
  options.say(failed === 0 ? options.paint(`✓ ${line}`, 'green') : options.paint(`✗ ${line}`, 'red'))
  return failed === 0
}

async function proveOne(
  folder: ExerciseFolder,
  pool: readonly Worker[],
  { seeds, say, paint }: ProveOptions,
): Promise<Tally> {
  const started = performance.now()
  const waiting = jobsOf(folder).map((job): WorkOrder => ({ folder, job, seeds }))
  say(`${paint(folder.id, 'bold')} · ${waiting.length} submissions to grade …`)
  const results: JobResult[] = []
  const failures: string[] = []
  const total = waiting.length
  const quarter = Math.ceil(total / 4)
  const serve = async (worker: Worker): Promise<void> => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
      const answer = await ask(worker, order)
      if ('failure' in answer) failures.push(`${nameOf(order.job)}: ${answer.failure}`)
      else results.push(answer.result)
      const done = results.length + failures.length
      if (done % quarter === 0 && done < total) say(`  ${done} of ${total} · ${seconds(performance.now() - started)}`)
    }
  }
  await Promise.all(pool.map(serve))
  const exercise = await loadExercise(folder)
  const whole = judgeWhole(folder, exercise, results)
  const complaints = [...failures, ...results.flatMap((result) => result.complaints), ...whole]
  for (const complaint of complaints) say(`  ${paint('✗', 'red')} ${complaint}`)
  const count = (kind: string) => results.filter(({ job }) => job.kind === kind).length
  const summary = `${exercise.checks.checks.length} checks on ${seeds} seeds, ${count('accepted')} other right, ${count('wrong')} wrong and ${count('hostile')} hostile submissions`
  const mark = complaints.length === 0 ? paint('✓', 'green') : paint('✗', 'red')
  say(`  ${mark} ${summary} · ${seconds(performance.now() - started)}`)
  const passed = results.filter((result) => result.complaints.length === 0).length
  return { passed, failed: total - passed + whole.length }
}

const nameOf = (job: WorkOrder['job']): string =>
  'file' in job ? `${job.kind}/${job.file}` : job.kind === 'hostile' ? job.name : job.kind
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
