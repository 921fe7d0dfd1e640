/**
 * Every exercise's own solution, on one seed after the other: it passes each check, whatever the seed brings. Two gradings
 * of the same seed give the same digest.
 *
 * A check is tried as often as a submit on so many seeds would try it: one that goes through every fault at once is dear, and
 * one that no seed changes need not be asked a thousand times.
 */
import { compileSubmission, findExercises, loadExercise, read } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import type { Engine } from '#grader/sandbox/engine.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Compiled, Verdict } from '#grader/verdict/verdict.ts'
import type { Soak } from '../soak.ts'

interface Prepared {
  readonly engine: Engine
  readonly candidates: readonly { exercise: Exercise; compiled: Compiled }[]
}

async function prepare(): Promise<Prepared> {
  const candidates = findExercises().map(async (folder) => {
    const compiled = compileSubmission(read(folder.path, 'solution.ts'))
    return { exercise: await loadExercise(folder), compiled }
  })
  return { engine: await loadEngineNode(), candidates: await Promise.all(candidates) }
}

let prepared: Promise<Prepared> | undefined

const broken = ({ exercise, checks, message }: Verdict): string =>
  [
    ...(message === undefined ? [] : [`${exercise}: ${message}`]),
    ...checks
      .filter(({ status }) => status !== 'pass')
      .map((check) => `${exercise}, "${check.name}" (${check.status}): ${check.message}`),
  ].join(' · ')

/** Of 200 seeds in a row, so many are this check's: all, a few spread evenly, or the first. */
function isDue(check: Exercise['checks']['checks'][number], seed: number): boolean {
  const per200 = Math.min(200, Math.max(1, check.per200))
  return ((seed - 1) * per200) % 200 < per200
}

function withDueChecks(exercise: Exercise, seed: number): Exercise {
  const checks = exercise.checks.checks.filter((check) => isDue(check, seed))
  return { ...exercise, checks: { ...exercise.checks, checks } }
}

/** Every so many seeds a grading is done twice. */
const TWICE_EVERY = 25

export default {
  name: 'exercises',
  seeds: 1000,
  async run(seed) {
    const { engine, candidates } = await (prepared ??= prepare())
    const problems = candidates.flatMap(({ exercise: whole, compiled }) => {
      const exercise = withDueChecks(whole, seed)
      if (exercise.checks.checks.length === 0) return []
      const gradeIt = () => grade({ exercise, compiled, engine, mode: 'submit', seed, seeds: 1 })
      const verdict = gradeIt()
      if (verdict.status !== 'pass') return [broken(verdict)]
      if (seed % TWICE_EVERY === 0 && gradeIt().digest !== verdict.digest)
        return [`${exercise.id}: two gradings differ: something is not deterministic`]
      return []
    })
    return problems.length === 0 ? undefined : problems.join(' · ')
  },
} satisfies Soak
