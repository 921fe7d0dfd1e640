/**
 * `clusterwright grade` for other people's code: a folder of submissions, or an official verdict on one, through the court.
 * What comes of it lies in the folder `--out`: `verdicts.jsonl`, `set-aside.jsonl`, the bundles of an official batch, and, where the
 * exercise ranks, `leaderboard.json`.
 */
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gradeBatch, stalenessIn } from '../court/batch.ts'
import { bundleOf } from '../court/bundle.ts'
import { Court } from '../court/court.ts'
import { LEDGER, Ledger } from '../court/ledger.ts'
import type { Entry } from '../court/ledger.ts'
import type { Brief, Settings } from '../court/messages.ts'
import type { Submission } from '../court/submissions.ts'
import { readSubmission, submissionsIn } from '../court/submissions.ts'
import type { Walls } from '../court/walls.ts'
import { wallsFor } from '../court/walls.ts'
import { engineId } from '../verdict/engine-id.ts'
import { leaderboardLines } from '../reporters/leaderboard-lines.ts'
import { taskNumbersOf, textsOf } from '../verdict/exercise.ts'
import { leaderboardOf } from '../verdict/leaderboard.ts'
import type { Context } from './command.ts'
import { EXIT } from './command.ts'
import { ConfigurationError, UsageError } from './errors.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { factsOf, hintsOf, loadExercise } from './exercises-node.ts'
import type { Reporting } from './reporting.ts'

export interface CourtSize {
  readonly workers: number
  readonly guardS: number
  readonly memoryMiB: number
}

export interface ManyOptions {
  readonly folder: ExerciseFolder
  /** A folder of submissions, or one file. */
  readonly path: string
  readonly out: string
  readonly isResumed: boolean
  readonly isOfficial: boolean
  readonly settings: Settings
  readonly size: CourtSize
  readonly reporting: Reporting
}

/** One worker per core. Each has a compiler, an engine and a few machines: 300 MB, and what submissions ask for. */
export const defaultSize = (): CourtSize => ({ workers: availableParallelism(), guardS: 300, memoryMiB: 1024 })

const SET_ASIDE = 'set-aside.jsonl'
const LEADERBOARD = 'leaderboard.json'

type Surroundings = Pick<Context, 'out' | 'err' | 'progress' | 'paint' | 'interruption'>

export async function gradeMany(options: ManyOptions, surroundings: Surroundings): Promise<number> {
  const { folder, out, isResumed, isOfficial, settings, reporting } = options
  const { err, progress } = surroundings
  const { base, submissions } = submissionsAt(options.path)
  if (!isResumed && existsSync(join(out, LEDGER)))
    throw new UsageError(`${join(out, LEDGER)} is there already: add --resume to go on with it, or name another --out`)
  mkdirSync(out, { recursive: true })
  const brief: Brief = {
    type: 'brief',
    facts: factsOf(folder),
    folder: { path: folder.path, name: folder.name },
    settings,
  }
  const batch = { folder: base, submissions, brief }
  const { ledger, dropped } = await Ledger.open(out, stalenessIn({ ...batch, engine: engineId }))
  for (const [why, count] of dropped) err.write(`graded anew: ${count}, because ${why}\n`)
  const before = ledger.files.size
  if (before > 0) err.write(`${before} of ${submissions.length} have their verdict\n`)
  const court = openCourt(brief, options.size, err)
  const signal = surroundings.interruption()
  signal.addEventListener('abort', () => court.close())
  const tell = pace(submissions.length, before)
  try {
    const { workers } = options.size
    const onDone = (done: number): void => progress.update(tell(done))
    const beforeWriting = (entry: Entry, source: string): void => writeBundle(out, entry, source)
    const isWhole = await gradeBatch({
      ...{ ...batch, court, ledger, workers, onDone, signal },
      ...(isOfficial && { beforeWriting }),
    })
    progress.clear()
    if (!isWhole) {
      reporting.abandon()
      err.write(`interrupted: ${ledger.files.size} of ${submissions.length} graded; go on with --resume\n`)
      return EXIT.interrupted
    }
    ledger.sort()
    await reportAll(ledger, base, options)
    const board = leaderboardOf(named(ledger))
    const lines = board ? leaderboardLines(board, reporting.locale, textsOf(await loadExercise(folder))) : []
    if (board) writeWhole(join(out, LEADERBOARD), `${JSON.stringify(board, undefined, 2)}\n`)
    return conclude(ledger, options, surroundings, lines)
  } finally {
    court.close()
    ledger.close()
  }
}

export function openCourt(brief: Brief, size: CourtSize, err: { write(text: string): unknown }): Court {
  const walls: Walls = wallsFor({ folder: brief.folder.path, memoryMiB: size.memoryMiB })
  for (const text of walls.missing) err.write(`the second wall lacks ${text}\n`)
  return new Court({ walls, brief, ...size })
}

function submissionsAt(path: string): { base: string; submissions: Submission[] } {
  const at = resolve(path)
  if (!existsSync(at)) throw new UsageError(`there is no file or folder "${path}"`)
  if (!statSync(at).isDirectory()) return { base: dirname(at), submissions: [{ name: basename(at), path: at }] }
  const submissions = submissionsIn(at)
  if (submissions.length === 0)
    throw new ConfigurationError(
      `${path} has no submissions: each is a file that ends in .ts or .js, in this folder or below`,
    )
  return { base: at, submissions }
}

/** To every report, in the order of the names. */
async function reportAll(ledger: Ledger, base: string, { folder, path, reporting }: ManyOptions): Promise<void> {
  if (!reporting.isHeard) return
  const exercise = await loadExercise(folder)
  const [texts, tasks] = [textsOf(exercise), taskNumbersOf(exercise)]
  const hint = hintsOf(folder, reporting.locale)
  for (const { file, verdict } of ledger.entries()) {
    const at = join(base, file)
    const { source } = readSubmission({ name: file, path: at }, base)
    const seen = statSync(path).isDirectory() ? join(path, file) : path
    reporting.add({ verdict, file, path: seen, source, texts, tasks, hint })
  }
}

/** For people: how far, how fast, how long still. */
function pace(total: number, before: number): (done: number) => string {
  const began = performance.now()
  return (done) => {
    const seconds = (performance.now() - began) / 1000
    const rate = (done - before) / seconds
    const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : ''
    return `${done} of ${total} · ${rate.toFixed(1)} a second${left}`
  }
}

/** Whole or not at all: the line in the ledger follows, so whoever has a line has a bundle. */
function writeBundle(out: string, entry: Entry, source: string): void {
  const path = join(out, 'bundles', `${entry.file}.json`)
  writeWhole(path, `${JSON.stringify(bundleOf(entry, source), undefined, 2)}\n`)
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.draft`, text)
  renameSync(`${path}.draft`, path)
}

function* named(ledger: Ledger) {
  for (const { file, verdict } of ledger.entries()) yield { name: file, verdict }
}

function conclude(
  ledger: Ledger,
  options: ManyOptions,
  { out: print, err, paint }: Surroundings,
  leaderboard: readonly string[],
): number {
  const { out, isOfficial, reporting } = options
  // A report in a format for programs has stdout to itself.
  const stdout = reporting.isDataOnStdout ? err : print
  const setAside = [...ledger.entries((status) => status === 'internal')]
  const lines = setAside.map(({ file, losses = [], verdict }) =>
    JSON.stringify({ file, losses, message: verdict.message }),
  )
  if (lines.length > 0 || existsSync(join(out, SET_ASIDE)))
    writeWhole(join(out, SET_ASIDE), lines.map((line) => `${line}\n`).join(''))
  if (leaderboard.length > 0) stdout.write(`${leaderboard.join('\n')}\n\n`)
  const counts = ledger.counts()
  const colours = { pass: 'green', fail: 'red', error: 'red', inconclusive: 'yellow', internal: 'yellow' } as const
  for (const [status, count] of Object.entries(counts)) {
    const row = `${String(count).padStart(7)}  ${status}`
    if (count > 0) stdout.write(`${paint(row, colours[status as keyof typeof colours])}\n`)
  }
  stdout.write(`${String(ledger.files.size).padStart(7)}  in ${join(out, LEDGER)}\n`)
  if (isOfficial)
    stdout.write(`         bundles in ${join(out, 'bundles')}: clusterwright verify <bundle> grades one again\n`)
  for (const { file, losses = [] } of setAside.slice(0, 10))
    stdout.write(`set aside: ${file}: ${losses.join('; then ')}\n`)
  if (setAside.length > 0) stdout.write(`all that were set aside: ${join(out, SET_ASIDE)}\n`)
  if (counts.internal > 0) return EXIT.internal
  if (counts.fail + counts.error > 0) return EXIT.fail
  return counts.inconclusive > 0 ? EXIT.inconclusive : EXIT.pass
}
