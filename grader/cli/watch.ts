/** Waits for exercises to change, and hands over those that did, one batch at a time, until it is interrupted. */
import { watch } from 'node:fs'
import { join } from 'node:path'
import type { Course } from './course.ts'
import { touchedBy } from './changed.ts'
import type { ExerciseFolder } from './exercise-folders.ts'

/** An editor writes a file in several steps, and a person saves several files: all of that is one change. */
const SETTLE_MS = 150
/** Written by ourselves when asked to, or by editors for themselves. */
const NOT_WATCHED = /(?:^|\/)(?:\.[^/]*|[^/]*~|4913|feedback\.\w+\.txt|misconceptions\.json)$/

export interface WatchOptions {
  readonly course: Course
  /** Asked anew each time: exercises come and go. */
  folders(): readonly ExerciseFolder[]
  readonly signal: AbortSignal
  /** What is done before anything changes. */
  readonly first: readonly ExerciseFolder[]
  /** Does the work; changes meanwhile are the next batch. */
  prove(folders: readonly ExerciseFolder[]): Promise<void>
}

export async function watchExercises({ course, folders, signal, first, prove }: WatchOptions): Promise<void> {
  let changed = new Set<string>()
  let wake = (): void => undefined
  const watcher = watch(join(course.root, 'exercises'), { recursive: true }, (_, name) => {
    if (name === null || NOT_WATCHED.test(name.replaceAll('\\', '/'))) return
    changed.add(`exercises/${name.replaceAll('\\', '/')}`)
    wake()
  })
  signal.addEventListener('abort', () => wake())
  try {
    await Promise.race([prove(first), aborted(signal)])
    while (!signal.aborted) {
      if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve))
      if (signal.aborted) break
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      const names = [...changed]
      changed = new Set()
      const touched = touchedBy(names, known(folders))
      if (touched.length > 0) await Promise.race([prove(touched), aborted(signal)])
    }
  } finally {
    watcher.close()
  }
}

/** An exercise half written may not even be found. What is wrong with it is said when it is proven. */
function known(folders: WatchOptions['folders']): readonly ExerciseFolder[] {
  try {
    return folders()
  } catch {
    return []
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
