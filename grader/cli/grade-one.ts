/** `clusterwright grade` for one file, in this process: as the page grades it. */
import type { Settings } from '../court/messages.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { taskNumbersOf, textsOf } from '../verdict/exercise.ts'
import type { GradeOptions } from '../verdict/grade.ts'
import { grade } from '../verdict/grade.ts'
import { internalVerdict } from '../verdict/internal.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { Context } from './command.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { compileSubmission, hintsOf, loadExercise } from './exercises-node.ts'
import type { Stream } from './paint.ts'
import { readSource } from './read-source.ts'
import { waysAgain, writeReplays } from './replays-node.ts'
import type { Reporting } from './reporting.ts'

export interface OneOptions {
  readonly folder: ExerciseFolder
  readonly file: string
  readonly settings: Settings
  readonly reporting: Reporting
  /** A folder for replay files. */
  readonly replays?: string
  /** Where the course is served, for links. */
  readonly site?: string
}

export async function gradeOne(
  { folder, file, settings, reporting, replays, site }: OneOptions,
  { err, progress }: Pick<Context, 'err' | 'progress'>,
): Promise<Verdict['status']> {
  const source = readSource(file)
  const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
  const { mode, seed, seeds, checksTypes } = settings
  const compiled = compileSubmission(source, checksTypes)
  const onProgress: GradeOptions['onProgress'] = ({ check, done, total }) =>
    progress.update(`${check} · ${done} of ${total}`)
  const verdict = verdictOf({ exercise, engine, compiled, mode, seed, seeds, onProgress }, err)
  progress.clear()
  const submitted = { file, source, code: compiled.code }
  const again = await waysAgain(verdict, submitted, { site, folder: replays })
  const texts = textsOf(exercise)
  const [hint, tasks] = [hintsOf(folder, reporting.locale), taskNumbersOf(exercise)]
  reporting.add({ verdict, file, source, texts, tasks, again, hint })
  if (replays !== undefined) {
    for (const path of writeReplays(replays, verdict, submitted)) err.write(`replay: ${path}\n`)
  }
  return verdict.status
}

/** A grader that breaks down reports it: whoever waits for a file gets one, and nothing is counted. */
function verdictOf(options: GradeOptions, err: Stream): Verdict {
  try {
    return grade(options)
  } catch (error) {
    const { id, version } = options.exercise
    err.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return internalVerdict({ exercise: id, exerciseVersion: version, mode: options.mode }, error)
  }
}
