/** `clusterwright check`: proves exercises. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { prerequisitesOf } from '../../author/author-node.ts'
import { matrixPage } from '../../author/matrix-page.ts'
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
    update: { type: 'boolean', help: 'write what is kept beside each exercise: feedback and known mistakes' },
    page: {
      type: 'string',
      value: 'FILE',
      help: 'where the page with the matrix goes (default: test-results/check.html)',
    },
  },
  details: `The solution passes on all seeds, twice, with one digest; the starter fails with feedback; each wrong solution fails
the checks it names; each check is failed by some wrong solution; hostile submissions never pass. Texts are checked for what
a machine can see. Feedback that is kept (feedback.en.txt, misconceptions.json) must be what is said today; --update takes it
over. A page shows which wrong solution fails which check, and what each check costs.`,
  async run({ positionals: ids, values, out, err, paint, workingFolder, course }) {
    const folders = ids.length === 0 ? exercisesOf(course()) : ids.map((id) => exerciseOf(course(), id))
    const seeds = wholeNumber('--seeds', values.seeds) ?? 200
    const say = (line: string) => out.write(`${line}\n`)
    const workers = Math.min(WORKERS_MAX, availableParallelism())
    const all = exercisesOf(course())
    const lint = { languages: course().languages, prerequisites: prerequisitesOf(all) }
    const proof = await proveAll(folders, { seeds, workers, say, paint, lint, isUpdate: values.update ?? false })
    const page = resolve(
      values.page ?? join(course().isPacked ? workingFolder : course().root, 'test-results/check.html'),
    )
    mkdirSync(dirname(page), { recursive: true })
    writeFileSync(page, matrixPage(course().name, proof.matrices))
    err.write(`The matrix of wrong solutions and checks: ${page}\n`)
    return proof.isProven ? EXIT.pass : EXIT.fail
  },
})
