/**
 * The failing run again: the check's world is built anew from the same plan, seed and submission, and run to where the
 * replay opens (and on, if asked), leaving checkpoints, so that it can be scrubbed both ways.
 */
import { History } from '#cluster/kernel/history.ts'
import type { Engine } from '../sandbox/engine.ts'
import type { Compiled, Replay } from '../verdict/verdict.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { Trial } from './trial.ts'

export interface Replayed {
  /** The run so far; `history.at(tick)` is the world at any tick of it. */
  readonly history: History
  /** Where to open it. */
  readonly tick: number
  readonly atMicros: number
}

/** Virtual time that is shown beyond the failure, so that one sees what came of it. */
const AFTERMATH_MICROS = 5_000_000
/** No replay runs longer than this. */
const EVENTS_MAX = 5_000_000

/** Throws when the exercise has no such check, or the check no world. */
export function replay(exercise: Exercise, compiled: Compiled, wanted: Replay, engine: Engine): Replayed {
  const check = exercise.checks.checks.find(({ name }) => name === wanted.check)
  if (!check)
    throw new Error(`exercise ${exercise.id} has no check "${wanted.check}": the exercise has changed; grade again`)
  const { guest } = exercise.checks
  const trial = new Trial({ engine, code: compiled.code, guest, limits: exercise.limits, check, seed: wanted.seed })
  const world = trial.world(wanted.plan)
  const history = new History(world)
  history.run({ untilMicros: wanted.atMicros + AFTERMATH_MICROS, maxEvents: EVENTS_MAX })
  return { history, tick: wanted.tick, atMicros: wanted.atMicros }
}
