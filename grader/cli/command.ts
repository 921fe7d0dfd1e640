/**
 * What the command `clusterwright` does: lists exercises, grades a file, proves exercises. Apart from the process it runs in,
 * so that a test can call it.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { grade } from '../verdict/grade.ts'
import { report } from '../verdict/report.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { compileSubmission, findExercises, loadExercise, read } from './exercises-node.ts'
import { nearest } from './nearest.ts'
import { painter } from './paint.ts'
import { proveAll } from './prove-all.ts'

const USAGE = `Usage:
  clusterwright list                       the exercises
  clusterwright grade <id> <file>          grades a file
      --mode run|submit                    the examples only, or everything (default)
      --seeds N                            how many seeds (default 200)
      --seed N                             the first of them (default 1)
      --json                               the verdict as JSON
  clusterwright check [id …]               proves exercises: solution, starter, wrong solutions, hostile ones
      --seeds N                            how many seeds for the solution (default 200)

Exit codes: 0 pass, 1 fail or error, 2 usage, 3 internal error.
`

/** Each has a compiler and an engine of its own: about 300 MB. */
const WORKERS_MAX = 8

class UsageError extends Error {}

const EXIT: Readonly<Record<Verdict['status'], number>> = { pass: 0, fail: 1, error: 1, inconclusive: 1, internal: 3 }

/** Where the command writes. */
export interface Streams {
  readonly out: { write(text: string): unknown; isTTY?: boolean }
  readonly err: { write(text: string): unknown }
}

/** Runs the command. Returns the exit code: 0 pass, 1 fail or error, 2 usage, 3 internal error. */
export async function runCommand(args: string[], streams: Streams): Promise<number> {
  try {
    return await dispatch(args, streams)
  } catch (error) {
    if (error instanceof UsageError) {
      streams.err.write(`clusterwright: ${error.message}\n\n${USAGE}`)
      return 2
    }
    streams.err.write(`clusterwright: internal error\n${error instanceof Error ? error.stack : String(error)}\n`)
    return 3
  }
}

async function dispatch(args: string[], streams: Streams): Promise<number> {
  const { values, positionals } = readArguments(args)
  const [command, ...rest] = positionals
  if (values.help || command === 'help') return print(streams, USAGE)
  if (command === 'list') return list(streams)
  if (command === 'grade') return gradeFile(rest, values, streams)
  if (command === 'check') return check(rest, values, streams)
  const problem = command === undefined ? 'say what to do' : `there is no command "${command}"`
  throw new UsageError(command === undefined ? problem : suggest(problem, command, ['list', 'grade', 'check', 'help']))
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        mode: { type: 'string' },
        seed: { type: 'string' },
        seeds: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Values = ReturnType<typeof readArguments>['values']

function print({ out }: Streams, text: string): number {
  out.write(text)
  return 0
}

function list(streams: Streams): number {
  const exercises = findExercises()
  const width = Math.max(0, ...exercises.map(({ id }) => id.length))
  const lines = exercises.map(({ id, title, section, estimate }) => {
    const minutes = estimate === undefined ? '' : ` · ${estimate} min`
    return `${id.padEnd(width)}  ${title} (${section}${minutes})`
  })
  return print(streams, `${lines.join('\n')}\n`)
}

async function gradeFile([id, file, ...more]: string[], values: Values, streams: Streams): Promise<number> {
  if (id === undefined || file === undefined || more.length > 0)
    throw new UsageError('grade takes an exercise and a file')
  const folder = folderOf(id)
  const { mode = 'submit' } = values
  if (mode !== 'run' && mode !== 'submit') throw new UsageError(`--mode is "${mode}": write run or submit`)
  const source = readSource(file)
  const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
  const seeds = wholeNumber('--seeds', values.seeds)
  const seed = wholeNumber('--seed', values.seed)
  const compiled = compileSubmission(source)
  const verdict = grade({ exercise, compiled, mode, engine, ...(seeds && { seeds }), ...(seed && { seed }) })
  if (values.json) print(streams, `${JSON.stringify(verdict, undefined, 2)}\n`)
  else print(streams, report(verdict, { source, fileName: file, hint: hintsOf(folder), paint: painter(streams.out) }))
  return EXIT[verdict.status]
}

async function check(ids: string[], values: Values, streams: Streams): Promise<number> {
  const folders = ids.length === 0 ? findExercises() : ids.map(folderOf)
  const seeds = wholeNumber('--seeds', values.seeds) ?? 200
  const say = (line: string) => streams.out.write(`${line}\n`)
  const ok = await proveAll(folders, {
    seeds,
    workers: Math.min(WORKERS_MAX, availableParallelism()),
    say,
    paint: painter(streams.out),
  })
  return ok ? 0 : 1
}

// ── reading what was given ──────────────────────────────────────────────────────────────────────────────────────────

function folderOf(id: string): ExerciseFolder {
  const exercises = findExercises()
  const found = exercises.find((exercise) => exercise.id === id)
  if (found) return found
  throw new UsageError(
    suggest(
      `there is no exercise "${id}"`,
      id,
      exercises.map((exercise) => exercise.id),
    ),
  )
}

function suggest(problem: string, typed: string, known: readonly string[]): string {
  const close = nearest(typed, known)
  return `${problem}${close === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${close}"?`}`
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`there is no file "${file}"`)
    if (code === 'EISDIR') throw new UsageError(`"${file}" is a folder; name the file to grade`)
    throw new UsageError(`"${file}" cannot be read (${code})`)
  }
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} is "${text}": write a whole number from 1`)
  return Number(text)
}

/** Text of a hint as hints.mdx has it, by the key in front of its heading. */
function hintsOf({ path }: ExerciseFolder): (key: string) => string | undefined {
  const sections = read(path, 'hints.mdx').split(/^## /m).slice(1)
  return (key) => {
    const section = sections.find((text) => text.startsWith(`${key}:`))
    const [heading = '', ...body] = section?.split('\n') ?? []
    return section === undefined ? undefined : `${heading.slice(key.length + 1).trim()}\n${body.join('\n').trim()}`
  }
}
