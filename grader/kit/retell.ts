/** A failing run from a replay, run and told again from the beginning, with all of its events. */
import type { Engine } from '../sandbox/engine.ts'
import type { Exercise } from '../verdict/exercise.ts'
import type { CheckResult, Replay } from '../verdict/verdict.ts'
import { explain, type Explained } from './explain.ts'
import { describeEnding } from './run-check.ts'

export interface Retold extends Explained {
  /** As in a verdict; undefined when the run does not fail. */
  readonly result: CheckResult | undefined
}

/** Throws when the exercise has no such check. */
export function retell(exercise: Exercise, code: string, { check: name, seed, plan }: Replay, engine: Engine): Retold {
  const { checks, guest, texts } = exercise.checks
  const check = checks.find((one) => one.name === name)
  if (!check) throw new Error(`exercise ${exercise.id} has no check "${name}": the exercise has changed; grade again`)
  // An example gets the plan that it has.
  const use = check.generate ? plan : check.plan
  const bench = { engine, code, guest, limits: exercise.limits }
  const told = explain(check, bench, seed, use)
  if (!told.ending) return { ...told, result: undefined }
  return { ...told, result: describeEnding(check, texts, told.ending, told, told.fuel) }
}
