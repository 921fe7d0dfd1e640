/**
 * The files that exercises come with, as submissions: solutions, starters, wrong and unusual ones. Found by their folders,
 * so that a new exercise is covered by being there.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findExercises, read } from '#grader/cli/exercises-node.ts'
import type { ExerciseFolder } from '#grader/cli/exercises-node.ts'

export interface Submission {
  readonly exercise: string
  /** Below the exercise's folder: `wrong/off-by-one.ts`. */
  readonly file: string
  readonly source: string
}

const folderNamed = (id: string): ExerciseFolder => {
  const found = findExercises().find((folder) => folder.id === id)
  if (!found) throw new Error(`There is no exercise "${id}".`)
  return found
}

/** One file of an exercise: `submission('fit-filter', 'starter.ts')`. */
export function submission(exercise: string, file: string): Submission {
  return { exercise, file, source: read(folderNamed(exercise).path, file) }
}

const FAMILIES = ['accepted', 'wrong']

/** Everything that could be handed in: the solution, the starter, then the families of variants. */
export function allSubmissions(): Submission[] {
  return findExercises().flatMap(({ id, path }) => {
    const variants = FAMILIES.filter((family) => existsSync(join(path, family))).flatMap((family) =>
      readdirSync(join(path, family))
        .filter((name) => name.endsWith('.ts'))
        .sort()
        .map((name) => `${family}/${name}`),
    )
    return ['solution.ts', 'starter.ts', ...variants].map((file) => submission(id, file))
  })
}
