/** Exercises as they stand on disk: found by their `task.mdx`, loaded when asked for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import type { CheckSet } from '../kit/checks.ts'
import { compileNode } from '../sandbox/compile-node.ts'
import { countsForVersion, exerciseVersion } from '../verdict/digest.ts'
import type { Exercise, Misconception } from '../verdict/exercise.ts'
import { creditOf, limitsOf } from '../verdict/exercise.ts'
import type { Locale } from '../verdict/said.ts'
import type { Compiled } from '../verdict/verdict.ts'
import { serveAuthorModules } from './author-modules.ts'
import { ConfigurationError } from './errors.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** In the package these files are JavaScript. */
const isPacked = !import.meta.url.endsWith('.ts')

export interface ExerciseFolder {
  readonly id: string
  readonly title: string
  readonly section: string
  readonly estimate: number | undefined
  /** Absolute path. */
  readonly path: string
  /** Below `exercises/`: `04-scheduler/01-fit-filter`. */
  readonly name: string
}

/** All exercises in the order of their folders. Throws when a task has no id or two have the same. */
export function findExercises(base = join(root, 'exercises')): ExerciseFolder[] {
  const found = foldersIn(base).flatMap((family) =>
    foldersIn(join(base, family))
      .map((name) => `${family}/${name}`)
      .filter((name) => existsSync(join(base, name, 'task.mdx')))
      .map((name) => readFolder(join(base, name), name)),
  )
  const twice = found.find(({ id }, index) => found.some((other, at) => at < index && other.id === id))
  if (twice)
    throw new ConfigurationError(`two exercises have the id "${twice.id}": an id is used once, rename the newer one`)
  return found
}

const foldersIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []

function readFolder(path: string, name: string): ExerciseFolder {
  const { id, title, section, estimate } = frontMatter(path, name)
  if (typeof id !== 'string' || typeof title !== 'string') {
    throw new ConfigurationError(`exercises/${name}/task.mdx needs "id" and "title" in its front matter`)
  }
  return {
    id,
    title,
    section: String(section ?? ''),
    estimate: typeof estimate === 'number' ? estimate : undefined,
    path,
    name,
  }
}

function frontMatter(path: string, name: string): Record<string, unknown> {
  const [, text = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(read(path, 'task.mdx')) ?? []
  try {
    return (parse(text) as Record<string, unknown> | null) ?? {}
  } catch (error) {
    throw new ConfigurationError(
      `exercises/${name}/task.mdx: its front matter is not YAML: ${(error as Error).message}`,
    )
  }
}

export const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8')

/** Loads the checks of an exercise, and works out its version and limits. */
export async function loadExercise(folder: ExerciseFolder): Promise<Exercise> {
  return { ...factsOf(folder), checks: await loadChecks(folder) }
}

/** What is known of an exercise without running any code of its author's: plain data. */
export function factsOf({ id, path, name }: ExerciseFolder): Omit<Exercise, 'checks'> {
  const files = readdirSync(path).filter(countsForVersion)
  const version = exerciseVersion(Object.fromEntries(files.map((file) => [file, read(path, file)])))
  const misconceptions = misconceptionsOf(path)
  return { ...{ id, version, ...settingsIn(path, name) }, ...(misconceptions && { misconceptions }) }
}

export async function loadChecks(folder: Pick<ExerciseFolder, 'path' | 'name'>): Promise<CheckSet> {
  const name = `exercises/${folder.name}/checks.ts`
  const checks = await loadModule<CheckSet>(join(folder.path, 'checks.ts'), name)
  if (checks?.checks) return checks
  throw new ConfigurationError(`${name} has no default export of defineChecks(…)`)
}

/** The default export of a module of an author's. `name` is the file in words. */
export async function loadModule<T>(file: string, name: string): Promise<T | undefined> {
  // In the repository Node, and a test's runner, load our own exercises as any other file.
  if (isPacked || !file.startsWith(root)) serveAuthorModules()
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: T }).default
  } catch (error) {
    throw new ConfigurationError(`${name} does not load: ${wordsOf(error, dirname(file))}`)
  }
}

/** What was thrown, and where in the exercise; how Node came there helps nobody. */
function wordsOf(error: unknown, folder: string): string {
  if (!(error instanceof Error)) return String(error)
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && line.includes(folder))
  return [String(error), ...frames].join('\n')
}

function settingsIn(path: string, name: string): Pick<Exercise, 'limits' | 'credit'> {
  const task = read(path, 'task.mdx')
  try {
    return { limits: limitsOf(task), credit: creditOf(task) }
  } catch (error) {
    throw new ConfigurationError(`exercises/${name}/${(error as Error).message}`)
  }
}

function misconceptionsOf(path: string): readonly Misconception[] | undefined {
  const file = 'misconceptions.json'
  return existsSync(join(path, file)) ? (JSON.parse(read(path, file)) as Misconception[]) : undefined
}

let types: Record<string, string> | undefined

/** Texts of the type modules that learners may import, by import path. */
export function typeModules(): Record<string, string> {
  if (types) return types
  const folder = join(root, 'grader/modules')
  const modules = readdirSync(folder)
    .filter((file) => file.endsWith('.d.ts'))
    .sort()
  types = { 'clusterwright/api': read(join(root, 'cluster/api'), 'types.ts') }
  for (const file of modules) types[`clusterwright/${file.slice(0, -'.d.ts'.length)}`] = read(folder, file)
  return types
}

/** Compiles a learner's file as the page does: same compiler, same types, same name. */
export const compileSubmission = (source: string, checksTypes = true): Compiled =>
  compileNode(source, { fileName: 'main.ts', types: typeModules(), checksTypes })

/** Text of a hint as hints.mdx has it, by the key in front of its heading; in English where it is not translated. */
export function hintsOf({ path }: ExerciseFolder, locale: Locale = 'en'): (key: string) => string | undefined {
  const translated = `hints.${locale}.mdx`
  const file = existsSync(join(path, translated)) ? translated : 'hints.mdx'
  const sections = read(path, file).split(/^## /m).slice(1)
  return (key) => {
    const section = sections.find((text) => text.startsWith(`${key}:`))
    const [heading = '', ...body] = section?.split('\n') ?? []
    return section === undefined ? undefined : `${heading.slice(key.length + 1).trim()}\n${body.join('\n').trim()}`
  }
}
