/** `clusterwright replay`: a failing run once more, as a space-time transcript or step by step, or as a link to the workbench. */
import { readFileSync } from 'node:fs'
import type { Verdict } from '../../verdict/verdict.ts'
import { retell } from '../../kit/retell.ts'
import { stepOf, transcript } from '../transcript.ts'
import { loadEngineNode } from '../../sandbox/engine-node.ts'
import { BadReplay, mismatch, readReplayFile, type ReplayFile, replayFileOf } from '../../verdict/replay-file.ts'
import { defineCommand, EXIT } from '../command.ts'
import { exerciseOf } from '../course.ts'
import { ConfigurationError, oneOf, UsageError, wholeNumber } from '../errors.ts'
import { compileSubmission, loadExercise } from '../exercises-node.ts'
import { linkTo, SITE_OPTION } from '../replays-node.ts'

const WIDTH_DEFAULT = 100
const WIDTH_MIN = 60

export const replay = defineCommand({
  name: 'replay',
  summary: 'shows a failing run again, event by event',
  usage: ['replay <file>', 'replay <verdict.json> --check NAME --file FILE'],
  options: {
    step: { type: 'string', value: 'K', help: 'the state around event K: what it changed' },
    width: { type: 'string', value: 'N', help: `columns (default: the terminal's, or ${WIDTH_DEFAULT})` },
    lang: { type: 'string', value: 'en|es', help: 'the language (default en)' },
    check: { type: 'string', value: 'NAME', help: 'of a verdict: which failed check (default: the first)' },
    file: { type: 'string', value: 'FILE', help: 'of a verdict: the submission that was graded' },
    anyway: { type: 'boolean', help: 'tries although the engine or the exercise is another' },
    link: { type: 'boolean', help: 'prints a link that opens the workbench at that tick' },
    ...SITE_OPTION,
  },
  async run({ positionals: [path, ...more], values, out, err, paint, course }) {
    if (path === undefined || more.length > 0)
      throw new UsageError('replay takes one file: a replay, or a verdict as JSON')
    const locale = oneOf('--lang', values.lang ?? 'en', ['en', 'es'])
    const step = wholeNumber('--step', values.step)
    const terminal = (out as { columns?: number }).columns ?? WIDTH_DEFAULT
    const width = Math.max(WIDTH_MIN, wholeNumber('--width', values.width) ?? terminal)
    const file = readAny(path, values)
    if (values.link) {
      out.write(`${await linkTo(file, values.site)}\n`)
      return EXIT.pass
    }
    const [exercise, engine] = await Promise.all([loadExercise(exerciseOf(course(), file.exercise)), loadEngineNode()])
    const compiled = compileSubmission(file.submission.source)
    const problem = mismatch(file, { version: exercise.version, code: compiled.code })
    if (problem !== undefined && !values.anyway)
      throw new ConfigurationError(`${path}: ${problem}; add --anyway to try it all the same`)
    if (problem !== undefined) err.write(`clusterwright: ${path}: ${problem}\n`)
    const told = retell(exercise, compiled.code, file.replay, engine)
    const { result, recorded } = told
    if (!result || !recorded) throw new ConfigurationError(`${path}: ${notAgain(file)}`)
    if (result.replay?.tick !== file.replay.tick && problem === undefined)
      throw new Error(`${path}: the run fails at tick ${result.replay?.tick}, and not at ${file.replay.tick} as it did`)
    const run = { ...told, exercise: exercise.id, result, recorded, texts: exercise.checks.texts }
    const options = { width, locale, paint }
    const lines = step === undefined ? transcript(run, options) : aroundStep(run, step, options)
    out.write(`${lines.join('\n')}\n`)
    return EXIT.pass
  },
})

const notAgain = ({ finding }: ReplayFile): string =>
  finding.budget
    ? `the run ran out of ${finding.budget.name}; such a run is not told again. See its message: ${finding.message ?? ''}`
    : 'the run does not fail any more, so there is nothing to show; grade the submission again'

function aroundStep(...args: Parameters<typeof stepOf>): string[] {
  try {
    return stepOf(...args)
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--step: ${error.message}`)
    throw error
  }
}

// ── what was given ──────────────────────────────────────────────────────────────────────────────────────────────────

interface Given {
  readonly check?: string | undefined
  readonly file?: string | undefined
}

/** A replay file, or one made from a verdict and the submission. */
function readAny(path: string, given: Given): ReplayFile {
  const text = readText(path)
  const verdict = verdictIn(text)
  if (verdict) return fromVerdict(path, verdict, given)
  if (given.check !== undefined || given.file !== undefined)
    throw new UsageError('--check and --file go with a verdict; a replay file has both in it')
  try {
    return readReplayFile(text)
  } catch (error) {
    if (error instanceof BadReplay) throw new ConfigurationError(`${path}: ${error.message}`)
    throw error
  }
}

function verdictIn(text: string): Verdict | undefined {
  try {
    const value = JSON.parse(text) as Partial<Verdict> | null
    return Array.isArray(value?.checks) && value.schema === 2 ? (value as Verdict) : undefined
  } catch {
    return undefined
  }
}

function fromVerdict(path: string, verdict: Verdict, { check, file }: Given): ReplayFile {
  const failed = verdict.checks.filter((result) => result.replay !== undefined)
  const found = check === undefined ? failed[0] : failed.find(({ name }) => name === check)
  if (!found) {
    const names = failed.map(({ name }) => `"${name}"`).join(', ')
    const those = failed.length === 0 ? 'it has none' : `it has ${names}`
    throw new UsageError(
      `${path} has no failed check${check === undefined ? '' : ` "${check}"`} to show again: ${those}`,
    )
  }
  if (file === undefined) throw new UsageError('a verdict does not hold the submission: name it with --file')
  const source = readText(file)
  return replayFileOf(verdict, found, { file, source, code: compileSubmission(source).code })!
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'ENOENT' ? `there is no file "${path}"` : `"${path}" cannot be read (${code})`)
  }
}
