/** A failing run from a replay, run and told again from the beginning, with all of its events. */
import type { Engine } from '../sandbox/engine.ts'
import type { Exercise } from '../verdict/exercise.ts'
import type { CheckResult, Replay } from '../verdict/verdict.ts'
import { endingOf, newTrial, playCase, withFullPurse } from './attempt.ts'
import { explain, type Explained } from './explain.ts'
import { describeEnding } from './run-check.ts'

export interface Retold extends Explained {
  /** As in a verdict; undefined when the run does not fail. */
  readonly result: CheckResult | undefined
}

/** Throws when the exercise has no such check. */
export function retell(exercise: Exercise, code: string, replay: Replay, engine: Engine): Retold {
  const { check, use, bench } = caseOf(exercise, code, replay, engine)
  const told = explain(check, bench, replay.seed, use)
  if (!told.ending) return { ...told, result: undefined }
  return { ...told, result: describeEnding(check, exercise.checks.texts, told.ending, told, told.fuel) }
}

/** Only how it ends; undefined when the run does not fail. */
export function retellAlone(exercise: Exercise, code: string, replay: Replay, engine: Engine): CheckResult | undefined {
  const { check, use, bench } = caseOf(exercise, code, replay, engine)
  const trial = newTrial(check, withFullPurse(bench), replay.seed, use)
  const ending = endingOf(trial, use, () => playCase(check, trial, use))
  return ending && describeEnding(check, exercise.checks.texts, ending, {}, trial.fuel())
}

function caseOf(exercise: Exercise, code: string, { check: name, plan }: Replay, engine: Engine) {
  const { checks, guest } = exercise.checks
  const check = checks.find((one) => one.name === name)
  if (!check) throw new Error(`exercise ${exercise.id} has no check "${name}": the exercise has changed; grade again`)
  // An example gets the plan that it has.
  const use = check.generate ? plan : check.plan
  return { check, use, bench: { engine, code, guest, limits: exercise.limits } }
}
