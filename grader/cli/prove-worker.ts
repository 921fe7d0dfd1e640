/** A thread that does jobs of proofs, one after the other. */
import { parentPort } from 'node:worker_threads'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from '../verdict/exercise.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { loadExercise } from './exercises-node.ts'
import { proveTests } from './prove-tests.ts'
import type { Job, JobResult, TestsJob } from './prove.ts'
import { prove } from './prove.ts'

export interface WorkOrder {
  readonly folder: ExerciseFolder
  readonly job: Job | TestsJob
  readonly seeds: number
  readonly isThorough?: boolean
}

export type WorkAnswer = { readonly result: JobResult } | { readonly failure: string }

const exercises = new Map<string, Promise<Exercise>>()

parentPort!.on('message', async ({ folder, job, seeds, isThorough = false }: WorkOrder) => {
  let answer: WorkAnswer
  try {
    if (!exercises.has(folder.id)) exercises.set(folder.id, loadExercise(folder))
    const [exercise, engine] = await Promise.all([exercises.get(folder.id)!, loadEngineNode()])
    const setup = { folder, exercise, engine, seeds, isThorough }
    answer = { result: job.kind === 'tests' ? await proveTests(setup) : prove(job, setup) }
  } catch (error) {
    answer = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  parentPort!.postMessage(answer)
})
