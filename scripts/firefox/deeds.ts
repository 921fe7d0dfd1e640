/** What is done in Node and in Firefox alike, to be the same in both. */
import type { CheckSet } from '#grader/kit/checks.ts'
import type { Engine } from '#grader/sandbox/engine.ts'
import { fuelRow, tablePrograms } from '#grader/sandbox/fuel-table.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Compiled } from '#grader/verdict/verdict.ts'
import { tellStory } from '../../test/e2e/told-story.ts'

/** Plain data: it is sent. */
export type Deed =
  | { readonly type: 'program'; readonly index: number }
  | { readonly type: 'story'; readonly script: string }
  | {
      readonly type: 'submission'
      readonly exercise: Omit<Exercise, 'checks'>
      readonly compiled: Compiled
      readonly mode: 'run' | 'submit'
      readonly seeds: number
    }

/** What came of it, as text: with the fuel, and in verdicts with the digest. */
export function doDeed(deed: Deed, engine: Engine, checksOf: (id: string) => CheckSet): string {
  if (deed.type === 'program') return JSON.stringify(fuelRow(engine, tablePrograms[deed.index]!))
  if (deed.type === 'story') return JSON.stringify(tellStory(deed.script, undefined))
  const { exercise, compiled, mode, seeds } = deed
  const whole = { ...exercise, checks: checksOf(exercise.id) }
  return JSON.stringify(grade({ exercise: whole, compiled, mode, seeds, engine }))
}
