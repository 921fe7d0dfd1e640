/**
 * Every exercise's own solution, one seed after the other, handing over odd things: whatever comes of it, the verdict is about
 * the submission, and never that a check broke down.
 */
import { oddAnswers } from '#grader/author/odd-answers.ts'
import { compileSubmission, findExercises, loadExercise, read } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import type { Engine } from '#grader/sandbox/engine.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Soak } from '../soak.ts'

interface Prepared {
  readonly engine: Engine
  readonly candidates: readonly { exercise: Exercise; solution: string }[]
}

async function prepare(): Promise<Prepared> {
  const candidates = findExercises().map(async (folder) => ({
    exercise: await loadExercise(folder),
    solution: read(folder.path, 'solution.ts'),
  }))
  return { engine: await loadEngineNode(), candidates: await Promise.all(candidates) }
}

let prepared: Promise<Prepared> | undefined

export default {
  name: 'odd-answers',
  seeds: 100,
  async run(seed) {
    const { engine, candidates } = await (prepared ??= prepare())
    const problems = candidates.flatMap(({ exercise, solution }) => {
      const compiled = compileSubmission(oddAnswers(solution, seed), false)
      const { status, checks } = grade({ exercise, engine, mode: 'submit', compiled, seeds: 20 })
      if (['pass', 'fail', 'error'].includes(status)) return []
      const broken = checks.find((check) => !['pass', 'fail', 'error', 'skipped'].includes(check.status))
      return [`${exercise.id}, "${broken?.name}": ${broken?.message ?? status}`]
    })
    return problems.length === 0 ? undefined : problems.join(' · ')
  },
} satisfies Soak
