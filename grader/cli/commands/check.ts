/** `clusterwright check`: proves exercises. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { prerequisitesOf } from '../../author/author-node.ts'
import { matrixPage } from '../../author/matrix-page.ts'
import type { Context } from '../command.ts'
import { EXIT, defineCommand } from '../command.ts'
import { changedSince } from '../changed.ts'
import { CHECK_REPORT_OPTIONS, checkReporting } from '../check-reporting.ts'
import { exerciseOf, exercisesOf } from '../course.ts'
import { ConfigurationError, UsageError, wholeNumber } from '../errors.ts'
import type { ExerciseFolder } from '../exercise-folders.ts'
import type { Proof } from '../prove-all.ts'
import { proveAll } from '../prove-all.ts'
import { watchExercises } from '../watch.ts'

/** Each has a compiler and an engine of its own: about 300 MB. */
const WORKERS_MAX = 8
const SEEDS = 200
/** While somebody writes, an answer that comes soon is worth more than one that is sure. */
const WATCH_SEEDS = 20

const OPTIONS = {
  seeds: {
    type: 'string',
    value: 'N',
    help: `how many seeds for the solution (default ${SEEDS}; ${WATCH_SEEDS} with --watch)`,
  },
  changed: { type: 'boolean', help: 'only exercises that have changed, by git' },
  base: { type: 'string', value: 'REV', help: 'since when, with --changed (default: where this branch left main)' },
  watch: { type: 'boolean', help: 'goes on: proves again what changes, without hostile submissions, until Ctrl-C' },
  update: { type: 'boolean', help: 'write what is kept beside each exercise: feedback and known mistakes' },
  ...CHECK_REPORT_OPTIONS,
  page: {
    type: 'string',
    value: 'FILE',
    help: 'where the page with the matrix goes (default: test-results/check.html)',
  },
} as const

type CheckContext = Context<typeof OPTIONS>

export const check = defineCommand({
  name: 'check',
  summary: 'proves exercises: solution, starter, wrong solutions, hostile ones',
  usage: ['check [id …]'],
  options: OPTIONS,
  details: `The solution passes on all seeds, and twice on a tenth of them with one digest; the starter fails with feedback; each wrong solution fails
the checks it names; each check is failed by some wrong solution; hostile submissions never pass. Texts are checked for what
a machine can see. Feedback that is kept (feedback.en.txt, misconceptions.json) must be what is said today; --update takes it
over. A page shows which wrong solution fails which check, and what each check costs.

Reporters: sarif (code scanning, editors), github (annotations; by itself in GitHub Actions), json (all that was found).
Findings of the lint have rules CW1001 to CW1009, what the proof complains of is CW2001.`,
  async run(context) {
    const { values } = context
    if (values.base !== undefined && !values.changed) throw new UsageError('--base goes with --changed')
    if (values.watch && values.update)
      throw new UsageError('--watch does not go with --update: say --update once, alone')
    if (values.watch && values.reporter)
      throw new UsageError('--reporter does not go with --watch: reports are of a proof that has ended')
    const reporting = checkReporting(values.reporter, { ...context, root: context.course().root })
    const folders = chosen({ ...context, out: reporting.text })
    if (values.watch) return watch(folders, context)
    const proof = folders.length === 0 ? NOTHING : await prove(folders, { ...context, out: reporting.text })
    reporting.write(proof.exercises)
    return proof.isProven ? EXIT.pass : EXIT.fail
  },
})

const NOTHING: Proof = { isProven: true, matrices: [], exercises: [] }

/** The exercises that are meant, and a word where there are none. */
function chosen({ positionals: ids, values, out, course }: CheckContext): readonly ExerciseFolder[] {
  const named = ids.length === 0 ? exercisesOf(course()) : ids.map((id) => exerciseOf(course(), id))
  if (!values.changed) {
    if (named.length > 0) return named
    throw new ConfigurationError(
      `${course().root} has no exercises: make one with "clusterwright new exercise my-filter", or take ours with --course built-in`,
    )
  }
  const { folders, since } = changedSince(values.base, course(), named)
  out.write(`${folders.length} of ${named.length} have changed since ${since}\n`)
  return folders
}

async function prove(folders: readonly ExerciseFolder[], context: CheckContext, isQuick = false): Promise<Proof> {
  const { values, out, err, paint, workingFolder, course } = context
  const { root, isPacked, name, languages } = course()
  const proof = await proveAll(folders, {
    seeds: wholeNumber('--seeds', values.seeds) ?? (isQuick ? WATCH_SEEDS : SEEDS),
    workers: Math.min(WORKERS_MAX, availableParallelism()),
    say: (line) => out.write(`${line}\n`),
    paint,
    lint: { languages, prerequisites: prerequisitesOf(exercisesOf(course())) },
    isUpdate: values.update ?? false,
    isQuick,
  })
  const page = resolve(workingFolder, values.page ?? join(isPacked ? workingFolder : root, 'test-results/check.html'))
  mkdirSync(dirname(page), { recursive: true })
  writeFileSync(page, matrixPage(name, proof.matrices))
  err.write(`The matrix of wrong solutions and checks: ${page}\n`)
  return proof
}

/** Proves at once what is meant, then again and again what changes of it. */
async function watch(folders: readonly ExerciseFolder[], context: CheckContext): Promise<number> {
  const { positionals: ids, err, course, interruption } = context
  const attempt = async (some: readonly ExerciseFolder[]): Promise<void> => {
    try {
      if (some.length > 0) await prove(some, context, true)
    } catch (error) {
      // Half a sentence is what one writes while being watched.
      if (!(error instanceof ConfigurationError)) throw error
      err.write(`${error.message}\n`)
    }
    err.write('Waiting for a change; Ctrl-C ends.\n')
  }
  const watched = (): ExerciseFolder[] => exercisesOf(course()).filter(({ id }) => ids.length === 0 || ids.includes(id))
  await watchExercises({ course: course(), folders: watched, signal: interruption(), first: folders, prove: attempt })
  return EXIT.interrupted
}
