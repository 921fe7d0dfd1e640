import { beforeAll, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise, read } from '../cli/exercises-node.ts'
import { prove } from '../cli/prove.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Engine } from '../sandbox/engine.ts'
import { grade } from '../verdict/grade.ts'
import { oddAnswers } from './odd-answers.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngineNode()
})

it.each([
  ['a value', 'export default { double: (n: number) => 2 * n }\n'],
  ['a name', 'const math = { double: (n: number) => 2 * n }\nexport default math\n'],
  ['a name, in braces', 'const math = { double: (n: number) => 2 * n }\nexport { math as default }\n'],
  ['a class', 'export default class Twice {\n  double(n: number) { return 2 * n }\n}\n'],
])('a solution that exports %s can be made odd', (_, solution) => {
  expect(compileSubmission(oddAnswers(solution, 1), false)).toMatchObject({ runnable: true, diagnostics: [] })
})

it('one without a default export at the beginning of a line is refused, with the remedy', () => {
  expect(() => oddAnswers('const one = 1', 1)).toThrow('write its export so')
})

it('a check that trusts what it is handed breaks down, and the proof says so', async () => {
  const folder = findExercises().find(({ id }) => id === 'quorum-math')!
  const exercise = await loadExercise(folder)
  const trusting = exercise.checks.checks.map((check) => ({
    ...check,
    run: (...given: Parameters<typeof check.run>) => {
      check.run(...given)
      throw new TypeError('Cannot read properties of null')
    },
  }))
  const broken = { ...exercise, checks: { ...exercise.checks, checks: trusting } }
  const setup = { folder, engine, seeds: 1 }
  expect(prove({ kind: 'odd', seed: 3 }, { ...setup, exercise }).complaints).toEqual([])
  expect(prove({ kind: 'odd', seed: 3 }, { ...setup, exercise: broken }).complaints).toEqual([
    expect.stringContaining('the solution with odd answers (seed 3) breaks “'),
  ])
})

it('what is handed over is odd, and the submission is told so', async () => {
  const folder = findExercises().find(({ id }) => id === 'fit-filter')!
  const exercise = await loadExercise(folder)
  const compiled = compileSubmission(oddAnswers(read(folder.path, 'solution.ts'), 0), false)
  const { status, checks } = grade({ exercise, engine, compiled, mode: 'run' })
  expect([status, checks[0]!.message]).toEqual(['error', expect.stringContaining('return a Status {code, reasons}')])
})
