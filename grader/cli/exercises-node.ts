/** Exercises loaded from their folders, and submissions compiled: with all that grading needs, the compiler too. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { CheckSet } from '../kit/checks.ts'
import { compileNode } from '../sandbox/compile-node.ts'
import { countsForVersion, exerciseVersion } from '../verdict/digest.ts'
import type { Exercise, Misconception } from '../verdict/exercise.ts'
import { creditOf, limitsOf, stagesOf } from '../verdict/exercise.ts'
import type { Compiled } from '../verdict/verdict.ts'
import { withImports } from '../verdict/with-imports-node.ts'
import { importAuthorModule } from './author-modules.ts'
import { ConfigurationError } from './errors.ts'
import type { ExerciseFolder } from './exercise-folders.ts'
import { read } from './exercise-folders.ts'

export type { ExerciseFolder } from './exercise-folders.ts'
export { findExercises, hintsOf, read } from './exercise-folders.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** In the package these files are JavaScript. */
const isPacked = !import.meta.url.endsWith('.ts')

/** Loads the checks of an exercise, and works out its version and limits. */
export async function loadExercise(folder: ExerciseFolder): Promise<Exercise> {
  return { ...factsOf(folder), checks: await loadChecks(folder) }
}

/** The same as it stands now, though it was loaded before. */
export async function loadExerciseAnew(folder: ExerciseFolder): Promise<Exercise> {
  return { ...factsOf(folder), checks: await loadChecks(folder, true) }
}

/** What is known of an exercise without running any code of its author's: plain data. */
export function factsOf({ id, path, name }: ExerciseFolder): Omit<Exercise, 'checks'> {
  const own = readdirSync(path).filter(countsForVersion)
  const files = Object.fromEntries(own.map((file) => [file, read(path, file)]))
  const version = exerciseVersion(withImports(files, path))
  const misconceptions = misconceptionsOf(path)
  return { ...{ id, version, ...settingsIn(path, name) }, ...(misconceptions && { misconceptions }) }
}

export async function loadChecks(folder: Pick<ExerciseFolder, 'path' | 'name'>, isFresh = false): Promise<CheckSet> {
  const name = `exercises/${folder.name}/checks.ts`
  const checks = await loadModule<CheckSet>(join(folder.path, 'checks.ts'), name, isFresh)
  if (checks?.checks) return checks
  throw new ConfigurationError(`${name} has no default export of defineChecks(…)`)
}

/** The default export of a module of an author's. `name` is the file in words. */
export async function loadModule<T>(file: string, name: string, isFresh = false): Promise<T | undefined> {
  // In the repository Node, and a test's runner, load our own exercises as any other file.
  const isOurs = !isPacked && !isFresh && file.startsWith(root)
  try {
    const module = isOurs ? import(pathToFileURL(file).href) : importAuthorModule(file)
    return ((await module) as { default?: T }).default
  } catch (error) {
    throw new ConfigurationError(`${name} does not load: ${wordsOf(error, dirname(file))}`)
  }
}

/** What was thrown, and where in the exercise; how Node came there helps nobody. */
function wordsOf(error: unknown, folder: string): string {
  if (!(error instanceof Error)) return String(error)
  const [head = '', ...rest] = (error.stack ?? '').split('\n')
  const frames = rest.filter((line) => /^\s+at /.test(line) && line.includes(folder))
  // Before a file ran at all there is no frame: the place stands above what was thrown.
  const place = /^(?:file:\/\/)?(\/.*:\d+)$/.exec(head)?.[1]
  return [String(error), ...(place === undefined ? [] : [`    at ${place}`]), ...frames].join('\n')
}

function settingsIn(path: string, name: string): Pick<Exercise, 'limits' | 'credit' | 'stages'> {
  const task = read(path, 'task.mdx')
  try {
    return { limits: limitsOf(task), credit: creditOf(task), stages: stagesOf(task) }
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
