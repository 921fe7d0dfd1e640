import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { projectRoot, readCourse } from './course.ts'
import { objectives } from './objectives.ts'
import { questionsFile, questionsOfFile } from './questions.ts'

const course = readCourse()
const exercises = course.flatMap((section) => section.exercises.map(({ id }) => id))

function questionsOf(slug: string): string[] {
  const section = course.find((candidate) => candidate.slug === slug)
  if (!section) throw new Error(`No lesson is called “${slug}”: see src/course/sections.ts.`)
  const file = join('content/en', questionsFile(section))
  return questionsOfFile(parse(readFileSync(join(projectRoot(), file), 'utf8')), file).map(({ id }) => id)
}

it.each(objectives)('the objective “$id” is proved by at least three things that exist', (objective) => {
  expect(objective.questions.length + objective.exercises.length).toBeGreaterThanOrEqual(3)
  for (const reference of objective.questions) {
    const [slug = '', id] = reference.split('/')
    expect(questionsOf(slug), reference).toContain(id)
  }
  for (const id of objective.exercises) expect(exercises).toContain(id)
})
