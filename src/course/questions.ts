/**
 * The questions of a lesson as data: one YAML file beside the lesson and for each language, and what makes it sound.
 *
 * `content/en/06-scheduler.questions.yaml` belongs to `content/en/06-scheduler.mdx`. The site reads the files as a collection
 * with the schema below, so that a file which breaks a rule stops the build and is named; tests read them by
 * `questionsOfFile`. How a set of six is made up is the rule of `lessons.test.ts`.
 */
import { z } from 'astro/zod'
import { lessonFile, type Locale, type Section, sections } from './sections.ts'

const identifier = z
  .string('must be a text: write it in quotes if it is a number or a truth value')
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be an id of lower-case letters, digits and hyphens, such as who-binds')

/** May hold `code` in backticks and *stress* in asterisks. */
const inline = z
  .string('must be a text: put it in quotes if it holds a colon, a number or a truth value alone')
  .trim()
  .min(1, 'must not be empty: say it in a sentence')

const choice = z.strictObject({
  /** Never changes: answers are kept by it. */
  id: identifier,
  text: inline,
  /** Says why this choice is right or not; shown when it is checked. */
  feedback: inline,
  correct: z.boolean().optional(),
})

const question = z.strictObject({
  /** Never changes, and is unlike every other id in the lesson. */
  id: identifier,
  kind: z.enum(['recall', 'scenario'], 'must be recall or scenario'),
  prompt: inline,
  choices: z.array(choice).min(3, 'must have three or four choices').max(4, 'must have three or four choices'),
})

export type Question = z.infer<typeof question>

/** A question with the lesson that it belongs to: what an answer is kept by. */
export interface LessonQuestion extends Question {
  /** Slug of its lesson. */
  lesson: string
}

/** What the collection checks each file by. */
export const questionsSchema = z
  .array(question, 'must be a list of questions, each beginning with “- id:”')
  .superRefine((questions, context) => {
    for (const message of flawsOf(questions)) context.addIssue({ code: 'custom', message })
  })

/** What no single field shows: sentences for authors, none when the questions can be answered and answers can be kept. */
function flawsOf(questions: readonly Question[]): string[] {
  const ids = questions.map(({ id }) => id)
  return questions.flatMap(({ id, choices }, index) => {
    const place = `Question “${id}”`
    const names = choices.map((entry) => entry.id)
    return [
      ...(ids.indexOf(id) < index ? [`${place} stands twice: give one of them another id.`] : []),
      ...(choices.filter((entry) => entry.correct).length === 1
        ? []
        : [`${place} needs exactly one correct choice: write “correct: true” on one of them.`]),
      ...(new Set(names).size < names.length
        ? [`${place} has two choices with one id: give one of them another.`]
        : []),
    ]
  })
}

/** The questions in a file's parsed YAML; throws an error for authors that names the file, the rule and the remedy. */
export function questionsOfFile(value: unknown, file: string): Question[] {
  const result = questionsSchema.safeParse(value)
  if (result.success) return result.data
  const found = result.error.issues.map(({ path, message }) => `  ${where(value, path)}${message}`)
  throw new Error(`${file} does not hold sound questions:\n${found.join('\n')}`)
}

/** `question “who-binds”, choices 2, feedback: ` of a path in the file. */
function where(value: unknown, path: readonly PropertyKey[]): string {
  const [index, ...rest] = path
  if (typeof index !== 'number') return ''
  const id = (value as { id?: unknown }[])[index]?.id
  const name = typeof id === 'string' ? `question “${id}”` : `question ${index + 1}`
  const inside = rest.map((part) => (typeof part === 'number' ? String(part + 1) : String(part))).join(' ')
  return `${name}${inside === '' ? '' : `, ${inside}`}: `
}

/** The file of a lesson's questions below `content/<locale>/`. */
export function questionsFile(section: Pick<Section, 'number' | 'slug'>): string {
  return lessonFile(section).replace(/\.mdx$/, '.questions.yaml')
}

/** The collection's id for a file such as `es/06-scheduler.questions.yaml`: `es/scheduler`. Throws when no lesson has it. */
export function questionsId(path: string): string {
  const [locale, file] = path.split('/')
  const section = sections.find((candidate) => questionsFile(candidate) === file)
  if (section === undefined || (locale !== 'en' && locale !== 'es')) {
    throw new Error(
      `content/${path} belongs to no lesson: name it after one, such as content/en/${questionsFile(sections[0]!)}. ` +
        'The lessons are listed in src/course/sections.ts.',
    )
  }
  return `${locale}/${section.slug}`
}

/** `scheduler/who-binds` in its two parts, for a lesson that asks it again; throws unless its lesson comes earlier. */
export function earlierQuestion(reference: string, askedIn: string): { lesson: string; id: string } {
  const [lesson = '', id = '', ...rest] = reference.split('/')
  const order = (slug: string) => sections.findIndex((section) => section.slug === slug)
  const rule = `<Before> of “${askedIn}” names “${reference}”`
  if (id === '' || rest.length > 0) throw new Error(`${rule}: write it as lesson/question, such as scheduler/writes.`)
  if (order(lesson) < 0) throw new Error(`${rule}: no lesson is called “${lesson}”. See src/course/sections.ts.`)
  if (order(lesson) >= order(askedIn))
    throw new Error(`${rule}, but that lesson does not come earlier: choose a question of a lesson before this one.`)
  return { lesson, id }
}

/** Where to look for a lesson's questions: the page's language, then English. */
export function questionIds(lesson: string, locale: Locale): string[] {
  return locale === 'en' ? [`en/${lesson}`] : [`${locale}/${lesson}`, `en/${lesson}`]
}
