/** Where the last session stopped: the newest trace in the learner's store. */
import type { Everything } from './transfer.ts'

export interface LastStop {
  kind: 'lesson' | 'exercise'
  id: string
  /** Id of the heading reached, in a lesson. */
  heading?: string
  /** Milliseconds since 1970. */
  at: number
}

/** Undefined when nothing has been done yet. */
export function lastStop({ lessons, exercises, drafts }: Everything): LastStop | undefined {
  const stops: LastStop[] = [
    ...lessons.map(({ lesson, progress: { readAt = 0, quiz, place } }) => ({
      kind: 'lesson' as const,
      id: lesson,
      at: Math.max(readAt, place?.at ?? 0, ...quiz.map(({ answer }) => answer.at)),
      ...(place && place.heading !== '' ? { heading: place.heading } : {}),
    })),
    ...exercises.map(({ exercise, progress }) => ({
      kind: 'exercise' as const,
      id: exercise,
      at: progress.latest?.at ?? 0,
    })),
    ...drafts.map(({ exercise, record }) => ({
      kind: 'exercise' as const,
      // A draft of a learner's own tests belongs to the exercise that it is named after.
      id: exercise.replace(/--tests$/, ''),
      at: record.draft.savedAt,
    })),
  ]
  return stops.filter(({ at }) => at > 0).toSorted((a, b) => b.at - a.at)[0]
}
