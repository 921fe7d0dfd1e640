/** Questions for a page: a lesson's, in the page's language where they are written, else in English and marked so. */
import { getCollection } from 'astro:content'
import { type LessonQuestion, type Question, questionIds } from '../course/questions.ts'
import type { Locale } from '../course/sections.ts'

/** None when the lesson has no file of questions. `lang` is set where the language is not the one asked for. */
export async function questionsOf(lesson: string, locale: Locale): Promise<(LessonQuestion & { lang?: Locale })[]> {
  const written = await getCollection('questions')
  for (const id of questionIds(lesson, locale)) {
    const entry = written.find((candidate) => candidate.id === id)
    if (!entry) continue
    const lang = id.startsWith(`${locale}/`) ? undefined : ('en' as const)
    return (entry.data as Question[]).map((question) => ({ ...question, lesson, ...(lang && { lang }) }))
  }
  return []
}
