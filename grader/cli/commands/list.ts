/** `clusterwright list`: the exercises of a course, in its order. */
import { EXIT, defineCommand } from '../command.ts'
import { exercisesOf } from '../course.ts'
import { UsageError } from '../errors.ts'

export const list = defineCommand({
  name: 'list',
  summary: 'lists the exercises',
  usage: ['list'],
  options: {},
  async run({ positionals, out, course }) {
    if (positionals.length > 0) throw new UsageError(`list takes no "${positionals[0]}": it lists all exercises`)
    const exercises = exercisesOf(course())
    const width = Math.max(0, ...exercises.map(({ id }) => id.length))
    const lines = exercises.map(({ id, title, section, estimate }) => {
      const minutes = estimate === undefined ? '' : ` · ${estimate} min`
      return `${id.padEnd(width)}  ${title} (${section}${minutes})`
    })
    out.write(`${lines.join('\n')}\n`)
    return EXIT.pass
  },
})
