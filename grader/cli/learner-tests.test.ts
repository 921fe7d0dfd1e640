import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { judgeTests } from '../verdict/judge-tests.ts'
import { compileSubmission, findExercises, loadExercise } from './exercises-node.ts'
import { loadSolutions, loadTests } from './solutions-node.ts'

/** What an exercise's own examples must catch at the very least; `clusterwright check` asks for the rest. */
const FLOOR: readonly (readonly [exercise: string, wrong: readonly string[]])[] = [
  ['fit-filter', ['count-succeeded-pods', 'usage-not-requests', 'off-by-one', 'init-summed', 'pod-count-ignored']],
  ['replicaset', ['no-expectations', 'adopt-by-label-only', 'keep-terminating-as-active', 'delete-ready-first']],
  ['ipam-host-local', ['lowest-free-reuse', 'del-twice-fails', 'no-lock', 'gc-frees-live']],
]

async function judge(id: string, file: string, names: readonly string[]) {
  const folder = findExercises().find((one) => one.id === id)!
  const [exercise, tests, engine] = [await loadExercise(folder), (await loadTests(folder))!, await loadEngineNode()]
  const all = loadSolutions(folder)
  const solutions = { ...all, wrong: all.wrong.filter(({ name }) => names.includes(name)) }
  const compiled = compileSubmission(readFileSync(join(folder.path, file), 'utf8'))
  return { all, tests, verdict: judgeTests({ exercise, tests, engine, solutions, compiled }) }
}

describe.each(FLOOR)('%s', (id, floor) => {
  it(
    'has examples that hold for all right solutions and catch the commonest mistakes',
    { timeout: 240_000 },
    async () => {
      const { verdict, all, tests } = await judge(id, 'example-tests.ts', floor)
      expect(verdict.diagnostics).toEqual([])
      expect(verdict.examples.filter(({ status }) => status !== 'accepted')).toEqual([])
      expect(verdict).toMatchObject({ status: 'pass', possible: floor.length, uncaught: [] })
      const names = all.wrong.map(({ name }) => name)
      expect(tests.beyond.filter((name) => !names.includes(name))).toEqual([])
      expect(tests.threshold).toBeLessThanOrEqual(names.length - tests.beyond.length)
    },
  )

  it('has a starter whose one example is right and catches too little', { timeout: 240_000 }, async () => {
    const { verdict } = await judge(id, 'tests-starter.ts', floor)
    expect(verdict.diagnostics).toEqual([])
    expect(verdict.examples.map(({ status }) => status)).toEqual(['accepted'])
    expect(verdict.status).toBe('fail')
  })
})
