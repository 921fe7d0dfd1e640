/** `clusterwright list`: the exercises of a course, in its order. */
import { EXIT, defineCommand } from '../command.ts'
import { exercisesOf } from '../course.ts'
import { UsageError } from '../errors.ts'

export const list = defineCommand({
  name: 'list',
  summary: 'lists the exercises',
  usage: ['list'],
  options: {
    json: { type: 'boolean', help: 'prints them as JSON: id, title, section, estimate, folder' },
  },
  async run({ positionals, values, out, course }) {
    if (positionals.length > 0) throw new UsageError(`list takes no "${positionals[0]}": it lists all exercises`)
    const exercises = exercisesOf(course())
    if (values.json) {
      const rows = exercises.map(({ id, title, section, estimate, name }) => {
        return { id, title, section, estimate: estimate ?? null, folder: `exercises/${name}` }
      })
      out.write(`${JSON.stringify(rows, undefined, 2)}\n`)
      return EXIT.pass
    }
    if (exercises.length === 0) out.write('no exercises yet: make one with "clusterwright new exercise my-filter"\n')
    const width = Math.max(0, ...exercises.map(({ id }) => id.length))
    const lines = exercises.map(({ id, title, section, estimate }) => {
      const minutes = estimate === undefined ? '' : ` · ${estimate} min`
      return `${id.padEnd(width)}  ${title} (${section}${minutes})`
    })
    for (const line of lines) out.write(`${line}\n`)
    return EXIT.pass
  },
})
