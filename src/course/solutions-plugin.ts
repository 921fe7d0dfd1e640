/**
 * What a learner's own tests are held against, for the page: `tests.ts?solutions` of an exercise is a chunk of its own with
 * the right and wrong solutions, compiled while the site is built. Only the worker asks for it, when tests are first run.
 */
import { basename, dirname } from 'node:path'
import type { Plugin } from 'vite'
import { loadSolutions } from '#grader/cli/solutions-node.ts'

export function solutionsPlugin(): Plugin {
  return {
    name: 'clusterwright-solutions',
    enforce: 'pre',
    load(id) {
      const [file = '', query] = id.split('?')
      if (query !== 'solutions' || basename(file) !== 'tests.ts') return undefined
      const path = dirname(file)
      const solutions = loadSolutions({ path, name: `${basename(dirname(path))}/${basename(path)}` })
      // Text that is parsed: a browser reads it faster than an expression of this size.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(solutions))})`
    },
  }
}
