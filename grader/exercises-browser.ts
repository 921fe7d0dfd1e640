/**
 * Exercises in a page: one chunk each, loaded when it is asked for. Vite's glob lists the folders at build time; the terminal
 * has `cli/exercises-node.ts` for the same purpose.
 */
import type { CheckSet } from './kit/checks.ts'
import { countsForVersion, exerciseVersion, lackingImports } from './verdict/digest.ts'
import type { Exercise, Misconception } from './verdict/exercise.ts'
import { creditOf, limitsOf } from './verdict/exercise.ts'

type Loaders<T> = Record<string, () => Promise<T>>

const checkSets = import.meta.glob<CheckSet>('../exercises/*/*/checks.ts', { import: 'default' }) as Loaders<CheckSet>
const texts = import.meta.glob<string>(
  [
    '../exercises/*/*/*.ts',
    '../exercises/*/*/task.mdx',
    '!../exercises/*/*/{solution,tests,tests-*,example-tests}.ts',
    '!../exercises/**/*.test.ts',
  ],
  {
    query: '?raw',
    import: 'default',
  },
) as Loaders<string>

const mistakes = import.meta.glob<readonly Misconception[]>('../exercises/*/*/misconceptions.json', {
  import: 'default',
}) as Loaders<readonly Misconception[]>

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A path from a folder, as the globs name it: each `..` leads out of one folder. */
function beside(folder: string, path: string): string {
  const ups = path.split('/').filter((part) => part === '..').length
  return [...folder.split('/').slice(0, -ups), ...path.split('/').slice(ups)].join('/')
}

/** The exercise with this id. Its folder is the id behind a number that only gives the order. Throws when there is none. */
export async function loadExerciseInBrowser(id: string): Promise<Exercise> {
  const found = Object.keys(checkSets).find((path) => folderOf(path).replace(/^.*\/(?:\d+-)?/, '') === id)
  if (found === undefined) throw new Error(`There is no exercise "${id}" in this build.`)
  const folder = folderOf(found)
  const counted = Object.keys(texts).filter((path) => folderOf(path) === folder && countsForVersion(fileOf(path)))
  const files = await Promise.all(counted.map(async (path) => [fileOf(path), await texts[path]!()] as const))
  const named: Record<string, string> = Object.fromEntries(files)
  for (let lacking = lackingImports(named); lacking.length > 0; lacking = lackingImports(named))
    for (const path of lacking) named[path] = (await texts[beside(folder, path)]?.()) ?? ''
  const checks = await checkSets[found]!()
  const task = named['task.mdx']!
  const known = await mistakes[`${folder}/misconceptions.json`]?.()
  return {
    ...{ id, version: exerciseVersion(named), checks, limits: limitsOf(task), credit: creditOf(task) },
    ...(known && { misconceptions: known }),
  }
}
