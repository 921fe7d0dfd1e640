/** `clusterwright check`: proves exercises. */
import { availableParallelism } from 'node:os'
import { EXIT, defineCommand } from '../command.ts'
import { exerciseOf, exercisesOf } from '../course.ts'
import { wholeNumber } from '../errors.ts'
import { proveAll } from '../prove-all.ts'

/** Each has a compiler and an engine of its own: about 300 MB. */
const WORKERS_MAX = 8

export const check = defineCommand({
  name: 'check',
  summary: 'proves exercises: solution, starter, wrong solutions, hostile ones',
  usage: ['check [id …]'],
  options: {
    seeds: { type: 'string', value: 'N', help: 'how many seeds for the solution (default 200)' },
  },
  details: `The solution passes on all seeds, twice, with one digest; the starter fails with feedback; each wrong solution fails
the checks it names; each check is failed by some wrong solution; hostile submissions never pass.`,
  async run({ positionals: ids, values, out, paint, course }) {
    const folders = ids.length === 0 ? exercisesOf(course()) : ids.map((id) => exerciseOf(course(), id))
    const seeds = wholeNumber('--seeds', values.seeds) ?? 200
    const say = (line: string) => out.write(`${line}\n`)
    const workers = Math.min(WORKERS_MAX, availableParallelism())
    return (await proveAll(folders, { seeds, workers, say, paint })) ? EXIT.pass : EXIT.fail
  },
})
