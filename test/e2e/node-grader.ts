/** Grading in this Node, as the command line does it, one submission after the other: what a page's verdicts are held against. */
import { setImmediate } from 'node:timers/promises'
import { compileSubmission, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Graded, Grading } from './page-grader.ts'
import type { Submission } from './submissions.ts'

export async function gradeInNode(submissions: readonly Submission[], grading: Grading): Promise<Graded[]> {
  const engine = await loadEngineNode()
  const exercises = new Map<string, Exercise>()
  for (const folder of findExercises()) exercises.set(folder.id, await loadExercise(folder))
  const graded: Graded[] = []
  for (const { exercise, source } of submissions) {
    const compiled = compileSubmission(source)
    const verdict = grade({ exercise: exercises.get(exercise)!, compiled, engine, ...grading })
    graded.push({ compiled, verdict })
    // A browser that works at the same time is heard in between.
    await setImmediate()
  }
  return graded
}
