/** `clusterwright new`: a whole exercise, or a course of one's own. */
import { EXIT, defineCommand } from '../command.ts'
import type { Context } from '../command.ts'
import { UsageError, didYouMean, oneOf } from '../errors.ts'
import { writeCourse } from '../new-course.ts'
import { KINDS, writeExercise } from '../new-exercise.ts'

const OPTIONS = {
  kind: { type: 'string', value: KINDS.join('|'), help: 'what the learner writes (default scheduler)' },
  section: { type: 'string', value: 'NAME', help: 'where it belongs; a new one is made (default: the last there is)' },
  title: { type: 'string', value: 'TEXT', help: 'its title (default: from the id)' },
} as const
const COURSE_OPTIONS = {
  languages: { type: 'string', value: 'en|en,es', help: 'of a new course: in which all is said (default en)' },
} as const
const LANGUAGES = ['en', 'en,es'] as const

const WHAT = ['exercise', 'course']

export const newCommand = defineCommand({
  name: 'new',
  summary: 'writes a new exercise, or a course of one’s own',
  usage: ['new exercise <id>', 'new course <dir>'],
  options: { ...OPTIONS, ...COURSE_OPTIONS },
  details: `A new exercise is whole: task, starter, solution, checks, hints, two wrong solutions, and what learners' own tests need.
It is in the languages of its course and passes "clusterwright check" as it is; replace it piece by piece.`,
  async run(context) {
    const [what, name, ...more] = context.positionals
    if (what === undefined) throw new UsageError('new takes what to make: new exercise <id>, or new course <dir>')
    if (!WHAT.includes(what)) throw new UsageError(didYouMean(`new makes no "${what}"`, what, WHAT))
    if (name === undefined || more.length > 0)
      throw new UsageError(`new ${what} takes one ${what === 'course' ? 'folder' : 'id'}`)
    return what === 'course' ? newCourse(name, context) : newExercise(name, context)
  },
})

function newExercise(
  id: string,
  { values, out, paint, course }: Context<typeof OPTIONS & typeof COURSE_OPTIONS>,
): number {
  const { section, title } = values
  if (values.languages !== undefined)
    throw new UsageError('new exercise takes no --languages: those of its course are in clusterwright.yaml')
  const kind = oneOf('--kind', values.kind ?? 'scheduler', KINDS)
  const where = course()
  if (where.isBuiltIn && where.isPacked)
    throw new UsageError(
      'there is no course here, and the built-in one is not yours to change: make one with "clusterwright new course my-course", go there, and say it again',
    )
  const folder = writeExercise(where, { id, kind, section, title })
  out.write(`${paint('✓', 'green')} ${folder}: a ${kind} exercise, whole

Next:
  npx clusterwright check ${id}      proves it; it passes as it is
  ${folder}/task.mdx      the task: change this first, then solution.ts and starter.ts
  ${folder}/checks.ts     what a submission is held against; "clusterwright/kit" says how
  ${folder}/wrong/        one misconception per file; its first lines name the check and the hint
  ${folder}/tests.ts, tests-starter.ts, example-tests.ts   learners' own tests: change them with the task, or remove the three
  npx clusterwright grade ${id} ${folder}/starter.ts   what a learner sees first
`)
  return EXIT.pass
}

function newCourse(directory: string, context: Context<typeof OPTIONS & typeof COURSE_OPTIONS>): number {
  const { out, paint, values, workingFolder, version } = context
  const given = Object.keys(OPTIONS).find((option) => values[option as keyof typeof OPTIONS] !== undefined)
  if (given) throw new UsageError(`new course takes no --${given}: it belongs to new exercise`)
  const languages = oneOf('--languages', values.languages ?? 'en', LANGUAGES).split(',')
  const { written } = writeCourse(directory, { workingFolder, version, languages })
  const go =
    directory === '.'
      ? ''
      : `  cd ${directory}\n  npm install                                 the command and the types, for you and your editor\n`
  out.write(`${paint('✓', 'green')} ${directory}: ${written.join(', ')}

Next:
${go}  npx clusterwright new exercise my-filter    a whole exercise to begin with
  npx clusterwright check                     proves all exercises
`)
  return EXIT.pass
}
