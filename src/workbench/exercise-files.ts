/**
 * The files of one exercise, fetched when they are needed: the starter at once, a hint when one is asked for, our solution
 * only after passing. Each is a chunk of its own, so a page carries no exercise but its own.
 */
import type { Locale } from '#grader/verdict/said.ts'
import { type Hint, readHints } from './hints.ts'

export interface ExerciseFiles {
  id: string
  starter: string
  hints(): Promise<Hint[]>
  solution(): Promise<string>
  /** What the learner's own tests begin with; undefined where the exercise takes none. */
  testsStarter(): Promise<string | undefined>
}

type Loaders = Record<string, () => Promise<string>>

const starters: Loaders = import.meta.glob<string>('../../exercises/*/*/starter.ts', {
  query: '?raw',
  import: 'default',
})
const solutions: Loaders = import.meta.glob<string>('../../exercises/*/*/solution.ts', {
  query: '?raw',
  import: 'default',
})
const testsStarters: Loaders = import.meta.glob<string>('../../exercises/*/*/tests-starter.ts', {
  query: '?raw',
  import: 'default',
})
const hints: Loaders = import.meta.glob<string>('../../exercises/*/*/hints.mdx', { query: '?raw', import: 'default' })
const hintsEs: Loaders = import.meta.glob<string>('../../exercises/*/*/hints.es.mdx', {
  query: '?raw',
  import: 'default',
})

/** The folder of an exercise is its id behind a number that only gives the order. */
export function exerciseOf(path: string): string | undefined {
  return /\/exercises\/[^/]+\/(?:\d+-)?([^/]+)\/[^/]+$/.exec(path)?.[1]
}

const find = (loaders: Loaders, id: string): (() => Promise<string>) | undefined =>
  Object.entries(loaders).find(([path]) => exerciseOf(path) === id)?.[1]

function pick(loaders: Loaders, id: string): () => Promise<string> {
  const load = find(loaders, id)
  if (!load) throw new Error(`There is no exercise “${id}”: its folder is not among exercises/*/*.`)
  return load
}

/** Hints are in the language of the page, where they are written in it. */
export async function loadExercise(id: string, locale: Locale): Promise<ExerciseFiles> {
  const starter = await pick(starters, id)()
  return {
    id,
    starter,
    hints: async () => readHints(await ((locale === 'es' && find(hintsEs, id)) || pick(hints, id))()),
    solution: () => pick(solutions, id)(),
    testsStarter: async () => find(testsStarters, id)?.(),
  }
}

/** The course modules whose types a file imports: `clusterwright/scheduler` … */
export function importedModules(source: string): string[] {
  const found = source.matchAll(/\bfrom\s+['"](clusterwright\/[a-z-]+)['"]/g)
  return [...new Set([...found].map(([, module]) => module!))].sort()
}
