/** What is due, of the questions that the course still has, by this browser's clock. */
import { dayOf, everything, today } from '../progress/browser.ts'
import { type ReviewPlan, reviewPlan } from '../progress/review.ts'

/** @param known questions of the course, as lesson/question */
export function planOf(known: ReadonlySet<string>): ReviewPlan {
  const answered = everything().lessons.flatMap(({ lesson, progress }) =>
    progress.quiz
      .filter(({ question }) => known.has(`${lesson}/${question}`))
      .map(({ question, answer }) => ({ lesson, question, answer })),
  )
  return reviewPlan(answered, today(), dayOf)
}

/** “tomorrow” or “on 3 December” for a day's number, in the page's language. */
export function dayInWords(day: number, locale: string): string {
  const ahead = day - today()
  if (ahead <= 1) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(ahead, 'day')
  const date = new Date()
  date.setDate(date.getDate() + ahead)
  const words = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(date)
  return locale === 'es' ? `el ${words}` : `on ${words}`
}
