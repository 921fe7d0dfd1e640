/**
 * When a question is to be asked again, as pure rules: 1, 3, 8, 21 and 55 days after it was first answered right.
 *
 * A wrong answer is due at once, and the count of days begins anew with the next right one. Whoever comes late is asked once,
 * not once for each day that was missed. Days are whole numbers, made from times by `dayOf`: the browser's own calendar is
 * handed in at the edge.
 */
import type { QuizAnswer } from './progress.ts'

/** Days after the first right answer. */
export const reviewDays: readonly number[] = [1, 3, 8, 21, 55]

/** Turns milliseconds since 1970 into the number of a day, where the reader is. */
export type DayOf = (at: number) => number

/** The day on which it is due; undefined when all five reviews are behind it. */
export function dueDay(answer: QuizAnswer, dayOf: DayOf): number | undefined {
  const last = dayOf(answer.at)
  if (!answer.correct) return last
  const first = dayOf(answer.rightSince ?? answer.at)
  const next = reviewDays.find((days) => first + days > last)
  return next === undefined ? undefined : first + next
}

export interface AnsweredQuestion {
  lesson: string
  question: string
  answer: QuizAnswer
}

export interface ReviewPlan {
  /** Due today or before, the longest waiting first, otherwise in the order given. */
  due: AnsweredQuestion[]
  /** The next day on which something is due, and how much; absent when nothing will be. */
  next?: { day: number; count: number }
  /** Questions whose five reviews are all behind them. */
  settled: number
}

export function reviewPlan(answered: readonly AnsweredQuestion[], today: number, dayOf: DayOf): ReviewPlan {
  const dated = answered.map((entry) => ({ entry, day: dueDay(entry.answer, dayOf) }))
  const waiting = dated.flatMap(({ entry, day }) => (day === undefined ? [] : [{ entry, day }]))
  const due = waiting.filter(({ day }) => day <= today).toSorted((a, b) => a.day - b.day)
  const later = waiting.filter(({ day }) => day > today).map(({ day }) => day)
  const day = Math.min(...later)
  return {
    due: due.map(({ entry }) => entry),
    settled: dated.length - waiting.length,
    ...(later.length > 0 ? { next: { day, count: later.filter((other) => other === day).length } } : {}),
  }
}
