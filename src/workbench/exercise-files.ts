/**
 * The files of one exercise, fetched when they are needed: the starter at once, a hint when one is asked for, our solution
 * only after passing. Each is a chunk of its own, so a page carries no exercise but its own.
 */
import { type Hint, readHints } from './hints.ts'

export interface ExerciseFiles {
  id: string
  starter: string
  hints(): Promise<Hint[]>
  solution(): Promise<string>
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
const hints: Loaders = import.meta.glob<string>('../../exercises/*/*/hints.mdx', { query: '?raw', import: 'default' })

/** The folder of an exercise is its id behind a number that only gives the order. */
export function exerciseOf(path: string): string | undefined {
  return /\/exercises\/[^/]+\/(?:\d+-)?([^/]+)\/[^/]+$/.exec(path)?.[1]
}

function pick(loaders: Loaders, id: string): () => Promise<string> {
  const [, load] = Object.entries(loaders).find(([path]) => exerciseOf(path) === id) ?? []
  if (!load) throw new Error(`There is no exercise “${id}”: its folder is not among exercises/*/*.`)
  return load
}

export async function loadExercise(id: string): Promise<ExerciseFiles> {
  const starter = await pick(starters, id)()
  return {
    id,
    starter,
    hints: async () => readHints(await pick(hints, id)()),
    solution: () => pick(solutions, id)(),
  }
}

/** The course modules whose types a file imports: `clusterwright/scheduler` … */
export function importedModules(source: string): string[] {
  const found = source.matchAll(/\bfrom\s+['"](clusterwright\/[a-z-]+)['"]/g)
  return [...new Set([...found].map(([, module]) => module!))].sort()
}
