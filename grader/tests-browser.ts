/** A learner's own tests in a page: how the exercise takes them in, and what they are held against, each a chunk of its own. */
import type { LearnerTests } from './kit/learner-tests.ts'
import type { Solutions } from './verdict/tests-verdict.ts'

type Loaders<T> = Record<string, () => Promise<T>>

const allTests = import.meta.glob<LearnerTests>('../exercises/*/*/tests.ts', {
  import: 'default',
}) as Loaders<LearnerTests>
/** Made by the site's build: see `src/course/solutions-plugin.ts`. */
const allSolutions = import.meta.glob<Solutions>('../exercises/*/*/tests.ts', {
  query: '?solutions',
  import: 'default',
}) as Loaders<Solutions>

/** Throws when the exercise takes no tests. */
export async function loadTestsInBrowser(id: string): Promise<{ tests: LearnerTests; solutions: Solutions }> {
  const isOf = (path: string): boolean => new RegExp(`/(?:\\d+-)?${id}/tests\\.ts`).test(path)
  const [tests, solutions] = [allTests, allSolutions].map(
    (loaders) => Object.entries(loaders).find(([path]) => isOf(path))?.[1],
  )
  if (!tests || !solutions) throw new Error(`The exercise "${id}" takes no tests in this build.`)
  const [first, second] = await Promise.all([tests(), solutions()])
  return { tests: first as LearnerTests, solutions: second as Solutions }
}
