/** `clusterwright grade`: one file, with the verdict that the page gives; or many, through the court. */
import { statSync } from 'node:fs'
import type { Settings } from '../../court/messages.ts'
import { SUBMIT_SEEDS } from '../../verdict/grade.ts'
import { EXIT, defineCommand, exitCodeOf } from '../command.ts'
import { exerciseOf } from '../course.ts'
import { UsageError, oneOf, wholeNumber } from '../errors.ts'
import type { CourtSize } from '../grade-many.ts'
import { defaultSize, gradeMany } from '../grade-many.ts'
import { gradeOne } from '../grade-one.ts'
import { SITE_OPTION } from '../replays-node.ts'
import { REPORT_DETAILS, REPORT_OPTIONS, Reporting } from '../reporting.ts'

export const grade = defineCommand({
  name: 'grade',
  summary: 'grades a file, with the verdict that the page gives, or a folder of submissions',
  usage: ['grade <id> <file>', 'grade <id> <folder> --out DIR', 'grade <id> <file|folder> --official --out DIR'],
  options: {
    mode: { type: 'string', value: 'run|submit', help: 'the examples only, or everything (default submit)' },
    seeds: { type: 'string', value: 'N', help: 'how many seeds (default 200)' },
    seed: { type: 'string', value: 'N', help: 'the first of them (default 1)' },
    ...REPORT_OPTIONS,
    json: { type: 'boolean', help: 'short for --reporter json' },
    'replay-dir': { type: 'string', value: 'DIR', help: 'writes a replay file for each failed check of a file there' },
    ...SITE_OPTION,
    'no-types': { type: 'boolean', help: 'leaves type errors out, which are advice alone: many times as fast' },
    official: { type: 'boolean', help: 'the fixed seeds and nothing else, with a bundle that anybody can verify' },
    out: { type: 'string', value: 'DIR', help: 'where the verdicts of a folder go: verdicts.jsonl, and bundles' },
    resume: { type: 'boolean', help: 'goes on with what is in --out, and keeps what still holds' },
    workers: { type: 'string', value: 'N', help: 'worker processes for a folder (default: one per core)' },
    memory: { type: 'string', value: 'MIB', help: 'memory of one worker (default 1024)' },
    'wall-clock': { type: 'string', value: 'S', help: 'seconds after which a worker is given up (default 300)' },
    'exit-zero': { type: 'boolean', help: 'ends with 0 whenever there are verdicts, and none is internal' },
  },
  details: `A folder is graded by worker processes behind a second wall (grader/court/THREATS.md), one submission a file: every
.ts and .js in it and below, named by its path, with results in the order of the names. What befalls a worker is internal,
never fail; a submission that is internal twice is set aside, in set-aside.jsonl. Ends with 3 if any was, else with 1 if
any failed, else with 4 if any is inconclusive. Where the exercise ranks, a leaderboard is printed, and is data in
leaderboard.json. A ranking draws its cases from the submission's own code; with a --seed other than 1 they are those
from that seed on, the same for all.

--official is 200 seeds from 1, the exercise's own credit and type errors too; with it come no --mode, --seed, --seeds or
--no-types. clusterwright verify grades a bundle again.

${REPORT_DETAILS}`,
  async run(context) {
    const { positionals, course } = context
    const { reporter = [], ...values } = context.values
    const [id, path, ...more] = positionals
    if (id === undefined || path === undefined || more.length > 0)
      throw new UsageError('grade takes an exercise and a file, or a folder of them')
    const folder = exerciseOf(course(), id)
    const settings = settingsFrom(values)
    const isBatch = isFolder(path)
    const isMany = values.official === true || isBatch
    if (isMany) refuse(values, ['json', 'replay-dir', 'site'], 'is for one file: see --reporter, and --out')
    else refuse(values, ['out', 'resume', 'workers', 'memory', 'wall-clock'], 'is for a folder, or with --official')
    const reporting = new Reporting({
      reporters: [...reporter, ...(values.json ? ['json'] : [])],
      lang: values.lang,
      isBatch,
      // Of many, people read a summary.
      fallback: isMany ? [] : ['pretty'],
      ...{ out: context.out, paint: context.paint, env: context.env },
    })
    const code = await reporting.while(() => {
      const { out, 'replay-dir': replays, site } = values
      if (!isMany) {
        const ways = { ...(replays !== undefined && { replays }), ...(site !== undefined && { site }) }
        const one = { folder, file: path, settings, reporting, ...ways }
        return gradeOne(one, context).then(exitCodeOf)
      }
      if (out === undefined) throw new UsageError('say where the verdicts go: --out DIR')
      const many = { isResumed: values.resume === true, isOfficial: values.official === true }
      return gradeMany({ folder, path, out, settings, reporting, size: sizeFrom(values), ...many }, context)
    })
    const isAnswer = code === EXIT.fail || code === EXIT.inconclusive
    return values['exit-zero'] && isAnswer ? EXIT.pass : code
  },
})

type Given = Readonly<Record<string, string | boolean | undefined>>

function refuse(values: Given, names: readonly string[], why: string): void {
  const given = names.find((name) => values[name] !== undefined)
  if (given !== undefined) throw new UsageError(`--${given} ${why}`)
}

function settingsFrom(values: Given): Settings {
  if (values['official']) refuse(values, ['mode', 'seed', 'seeds', 'no-types'], 'does not go with --official')
  return {
    mode: oneOf('--mode', String(values['mode'] ?? 'submit'), ['run', 'submit']),
    seed: numberIn(values, 'seed') ?? 1,
    seeds: numberIn(values, 'seeds') ?? SUBMIT_SEEDS,
    checksTypes: values['no-types'] !== true,
  }
}

function sizeFrom(values: Given): CourtSize {
  const usual = defaultSize()
  const memoryMiB = numberIn(values, 'memory') ?? usual.memoryMiB
  if (memoryMiB < MEMORY_MIN)
    throw new UsageError(`--memory is ${memoryMiB}: a worker needs ${MEMORY_MIN} MiB at least`)
  return {
    workers: numberIn(values, 'workers') ?? usual.workers,
    guardS: numberIn(values, 'wall-clock') ?? usual.guardS,
    memoryMiB,
  }
}

const MEMORY_MIN = 512

const numberIn = (values: Given, name: string): number | undefined =>
  wholeNumber(`--${name}`, values[name] as string | undefined)

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
