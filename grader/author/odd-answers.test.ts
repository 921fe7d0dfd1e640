import { beforeAll, describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise, read } from '../cli/exercises-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Engine } from '../sandbox/engine.ts'
import { grade } from '../verdict/grade.ts'
import { oddAnswers } from './odd-answers.ts'

/** As many as there are rates. `npm run soak -- odd-answers` tries more, on more seeds. */
const ODD_SOLUTIONS = 6
const SEEDS = 4

let engine: Engine
beforeAll(async () => {
  engine = await loadEngineNode()
})

it('a solution without a default export at the beginning of a line is refused', () => {
  expect(() => oddAnswers('const one = 1', 1)).toThrow('export default')
})

describe.each(findExercises().map((folder) => [folder.id, folder] as const))('%s', (_id, folder) => {
  it('whatever a submission hands over, the verdict is about the submission', { timeout: 240_000 }, async () => {
    const exercise = await loadExercise(folder)
    const solution = read(folder.path, 'solution.ts')
    const statuses = Array.from({ length: ODD_SOLUTIONS }, (_, seed) => {
      const compiled = compileSubmission(oddAnswers(solution, seed), false)
      expect(compiled.diagnostics).toEqual([])
      const { status, said } = grade({ exercise, engine, mode: 'submit', compiled, seeds: SEEDS })
      return status === 'internal' ? `${seed}: ${JSON.stringify(said)}` : status
    })
    expect(statuses.filter((status) => !['pass', 'fail', 'error'].includes(status))).toEqual([])
    // The oddest of them are noticed, or the test would try nothing.
    expect(statuses[0]).not.toBe('pass')
  })
})
