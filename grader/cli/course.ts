/**
 * A course: a folder with `exercises/` and, beside it, `content/`. Ours comes with the package; an author's may lie
 * anywhere, and is found from the current folder upwards, as git finds its repository.
 *
 * A folder is a course if it has `clusterwright.yaml`, or a `task.mdx` at the place where exercises have theirs. A bare
 * folder `exercises/` is not enough: many people have one that has nothing to do with us.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { ConfigurationError, UsageError, didYouMean } from './errors.ts'
import type { ExerciseFolder } from './exercise-folders.ts'
import { findExercises } from './exercise-folders.ts'

export const MARKER = 'clusterwright.yaml'
/** What `--course` takes for the course that comes with the package. */
export const BUILT_IN = 'built-in'

export interface Course {
  /** `Clusterwright`, or what the author calls it. */
  readonly name: string
  /** Absolute path. */
  readonly root: string
  /** Languages beside English in which everything is said. */
  readonly languages: readonly 'es'[]
  /** It comes with the package. */
  readonly isBuiltIn: boolean
  /** It lies in an installed package, where nobody writes. */
  readonly isPacked: boolean
}

const isPacked = !import.meta.url.endsWith('.ts')
const builtInRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

export const builtInCourse = (): Course => ({
  ...{ name: 'Clusterwright', root: builtInRoot, languages: ['es'], isBuiltIn: true, isPacked },
})

/** The course that is meant: the given folder, else the nearest above where somebody stands, else the built-in one. */
export function findCourse(given: string | undefined, workingFolder: string): Course {
  if (given === BUILT_IN) return builtInCourse()
  if (given !== undefined) {
    const root = resolve(workingFolder, given)
    if (isCourse(root)) return courseAt(root)
    const problem = existsSync(root) ? `--course: "${given}" is no course` : `--course: there is no folder "${given}"`
    throw new UsageError(
      `${problem}: a course has ${MARKER} or exercises/<section>/<exercise>/task.mdx; make one with: clusterwright new course ${given}`,
    )
  }
  for (let folder = resolve(workingFolder); ; folder = dirname(folder)) {
    if (isCourse(folder)) return courseAt(folder)
    if (folder === dirname(folder)) return builtInCourse()
  }
}

const isCourse = (folder: string): boolean => existsSync(join(folder, MARKER)) || hasTask(folder)

function hasTask(folder: string): boolean {
  try {
    return findExercises(join(folder, 'exercises')).length > 0
  } catch {
    // Something is wrong with an exercise: so there is one.
    return true
  }
}

function courseAt(root: string): Course {
  if (root === builtInRoot) return builtInCourse()
  return { ...settingsIn(join(root, MARKER)), root, isBuiltIn: false, isPacked: false }
}

/** `name`, and `languages` where there are others than English. */
function settingsIn(marker: string): Pick<Course, 'name' | 'languages'> {
  if (!existsSync(marker)) return { name: 'A course of one’s own', languages: [] }
  let settings: unknown
  try {
    settings = parse(readFileSync(marker, 'utf8'))
  } catch (error) {
    throw new ConfigurationError(`${marker} is not YAML: ${(error as Error).message}`)
  }
  const { name, languages = ['en'] } = (settings ?? {}) as { name?: unknown; languages?: unknown }
  if (typeof name !== 'string')
    throw new ConfigurationError(`${marker} has no "name": write a line such as name: My course`)
  const isKnown = Array.isArray(languages) && languages.every((language) => language === 'en' || language === 'es')
  if (!isKnown) throw new ConfigurationError(`${marker}: "languages" must be a list of en and es: languages: [en, es]`)
  return { name, languages: languages.filter((language) => language === 'es') }
}

// ── its exercises ───────────────────────────────────────────────────────────────────────────────────────────────────

/** All of them, in the order of their folders. */
export const exercisesOf = ({ root }: Course): ExerciseFolder[] => findExercises(join(root, 'exercises'))

/** One by its id. */
export function exerciseOf(course: Course, id: string): ExerciseFolder {
  const exercises = exercisesOf(course)
  const found = exercises.find((exercise) => exercise.id === id)
  if (found) return found
  const known = exercises.map((exercise) => exercise.id)
  const problem = `there is no exercise "${id}"`
  if (course.isBuiltIn) throw new UsageError(didYouMean(problem, id, known))
  const isOurs = exercisesOf(builtInCourse()).some((exercise) => exercise.id === id)
  if (isOurs)
    throw new UsageError(`${problem} in ${course.root}, but the built-in course has it: add --course ${BUILT_IN}`)
  throw new UsageError(didYouMean(`${problem} in ${course.root}`, id, known))
}
