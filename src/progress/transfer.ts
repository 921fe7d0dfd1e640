/**
 * Progress as one file: how it is written, read and merged.
 *
 * The merge rule, as the progress page states it: nothing is lost. Of two drafts the later stays in front and the other is
 * kept as an earlier draft; a pass or a read lesson on either side counts; of two answers to a question the later one counts.
 * Preferences belong to the device and stay as they are here.
 */
import type { DraftRecord, ExerciseProgress, LessonProgress, Preferences } from './progress.ts'
import { defaultPreferences } from './progress.ts'
import {
  readDraftRecord,
  readExerciseProgress,
  readIdentifier,
  readLessonProgress,
  readList,
  readObject,
  readPreferences,
} from './records.ts'

export const transferFormat = 'clusterwright-progress'
export const transferVersion = 1

/** Everything the store holds, in lists so that no name can clash with a property of an object. */
export interface Everything {
  drafts: { exercise: string; record: DraftRecord }[]
  exercises: { exercise: string; progress: ExerciseProgress }[]
  lessons: { lesson: string; progress: LessonProgress }[]
  preferences: Preferences
}

/** The file's text. `exportedAt` is milliseconds since 1970. */
export function writeTransfer(everything: Everything, exportedAt: number): string {
  const file = {
    format: transferFormat,
    version: transferVersion,
    exportedAt: new Date(exportedAt).toISOString(),
    ...everything,
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Reads a file's text; throws an error for people when it is not a progress file, is too new, or is damaged. */
export function readTransfer(text: string): Everything {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('This file is not JSON. Choose a file that was saved by “Export” on this page.')
  }
  if (typeof value !== 'object' || value === null || (value as { format?: unknown }).format !== transferFormat) {
    throw new Error(
      'This JSON file is not an export of progress. Choose a file that was saved by “Export” on this page.',
    )
  }
  const file = readObject(value, 'The file')
  if (file.version !== transferVersion) {
    throw new Error(
      `This file has version ${String(file.version)}; this course reads version ${transferVersion}. ` +
        'Open a newer copy of the course, or export again from the same version.',
    )
  }
  return {
    drafts: readList(file.drafts, 'drafts', 1000).map((entry, index) => {
      const fields = readObject(entry, `drafts[${index}]`)
      const exercise = readIdentifier(fields.exercise, `drafts[${index}].exercise`)
      return { exercise, record: readDraftRecord(fields.record, `drafts[${index}] (${exercise})`) }
    }),
    exercises: readList(file.exercises, 'exercises', 1000).map((entry, index) => {
      const fields = readObject(entry, `exercises[${index}]`)
      const exercise = readIdentifier(fields.exercise, `exercises[${index}].exercise`)
      return { exercise, progress: readExerciseProgress(fields.progress, `exercises[${index}] (${exercise})`) }
    }),
    lessons: readList(file.lessons, 'lessons', 1000).map((entry, index) => {
      const fields = readObject(entry, `lessons[${index}]`)
      const lesson = readIdentifier(fields.lesson, `lessons[${index}].lesson`)
      return { lesson, progress: readLessonProgress(fields.progress, `lessons[${index}] (${lesson})`) }
    }),
    preferences: file.preferences === undefined ? defaultPreferences : readPreferences(file.preferences, 'preferences'),
  }
}
