/**
 * The proof of how an exercise takes learners' tests: our own examples and the starter's hold for every right solution. A
 * thorough proof, which takes its time, also shows that ours catch every wrong one but those that are named in `beyond`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../sandbox/engine.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { judgeTests } from '../verdict/judge-tests.ts'
import type { TestsVerdict } from '../verdict/tests-verdict.ts'
import type { ExerciseFolder } from './exercises-node.ts'
import { compileSubmission, read } from './exercises-node.ts'
import type { JobResult, TestsJob } from './prove.ts'
import { loadSolutions, loadTests } from './solutions-node.ts'

const EXAMPLES = 'example-tests.ts'
const STARTER = 'tests-starter.ts'

export interface TestsProof {
  readonly folder: ExerciseFolder
  readonly exercise: Exercise
  readonly engine: Engine
  readonly isThorough: boolean
}

/** One job, where the exercise takes learners' tests. */
export const testsJobsOf = ({ path }: ExerciseFolder): TestsJob[] =>
  existsSync(join(path, 'tests.ts')) ? [{ kind: 'tests' }] : []

export async function proveTests({ folder, exercise, engine, isThorough }: TestsProof): Promise<JobResult> {
  const tests = await loadTests(folder)
  const missing = [EXAMPLES, STARTER].find((file) => !existsSync(join(folder.path, file)))
  if (!tests || missing !== undefined) return result([`tests.ts needs ${missing ?? 'a default export'} beside it`])
  const solutions = loadSolutions(folder)
  const within = solutions.wrong.filter(({ name }) => !tests.beyond.includes(name))
  const judge = (file: string, wrong: typeof within): TestsVerdict => {
    const compiled = compileSubmission(read(folder.path, file))
    return judgeTests({ exercise, tests, engine, compiled, solutions: { ...solutions, wrong } })
  }
  const tried = isThorough ? within : []
  const [ours, starters] = [judge(EXAMPLES, tried), judge(STARTER, [])]
  const caught = new Set(ours.caught.map(({ text }) => text.en))
  const missed = tried.filter(({ text }) => !caught.has(text.en))
  const unknown = tests.beyond.find((name) => !solutions.wrong.some((one) => one.name === name))
  return result(
    [
      ...flaws(ours, EXAMPLES),
      ...flaws(starters, STARTER),
      ...missed.map(
        ({ name }) =>
          `${EXAMPLES} does not catch wrong/${name}.ts: write an example, or name it in "beyond" of tests.ts`,
      ),
      ...(unknown === undefined ? [] : [`tests.ts: "beyond" names ${unknown}, which is no file of wrong/`]),
      ...(tests.threshold <= within.length
        ? []
        : [`tests.ts: the threshold is ${tests.threshold}, but only ${within.length} wrong solutions can be caught`]),
    ],
    ours.fuel + starters.fuel,
  )
}

const result = (complaints: readonly string[], fuel = 0): JobResult => ({
  ...{ job: { kind: 'tests' }, failed: [], hints: [] },
  complaints,
  fuel,
})

/** What a file of tests gets wrong by itself. */
function flaws({ diagnostics, examples, message }: TestsVerdict, file: string): string[] {
  const broken = examples.filter(({ status }) => status !== 'accepted')
  return [
    ...diagnostics.map((one) => `${file}:${one.line} does not compile cleanly: ${one.message}`),
    ...broken.map(({ name, status, message: why = '' }) => `${file}: the example "${name}" is ${status}: ${why}`),
    ...(examples.length === 0 ? [`${file} has no examples that can be run: ${message ?? ''}`] : []),
  ]
}
