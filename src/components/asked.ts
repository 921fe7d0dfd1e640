/** Questions for a page: a lesson's, in the page's language where they are written, else in English and marked so. */
import { getEntry } from 'astro:content'
import { type LessonQuestion, type Question, questionIds } from '../course/questions.ts'
import type { Locale } from '../course/sections.ts'

/** None when the lesson has no file of questions. `lang` is set where the language is not the one asked for. */
export async function questionsOf(lesson: string, locale: Locale): Promise<(LessonQuestion & { lang?: Locale })[]> {
  for (const id of questionIds(lesson, locale)) {
    const entry = await getEntry('questions', id)
    if (!entry) continue
    const lang = id.startsWith(`${locale}/`) ? undefined : ('en' as const)
    return (entry.data as Question[]).map((question) => ({ ...question, lesson, ...(lang && { lang }) }))
  }
  return []
}
