/**
 * Tests that a learner writes: how an exercise takes them in. Default export of its `tests.ts`.
 *
 * What the real one does: Examplar (Wrenn and Krishnamurthi) runs a learner's examples on right and on wrong programs before
 * they write their own, and so shows whether the problem was understood.
 * What we model: examples are plain data in the exercise's own terms. Each must hold for our solution and every other right
 * one; then the examples are held against the wrong solutions, to see which of them they tell from a right one.
 * What we leave out: tests with code of their own, which could be right for a reason that nobody can see.
 *
 *     export default defineTests({
 *       threshold: 12,
 *       beyond: ['request-per-node'],                    // it answers as it should, only dearly
 *       read: (given) => ({ pod: given.at('pod').text(), … }),
 *       run(trial, example) { … trial.fail({ message, expected, actual }) },
 *     })
 *
 * Beside it lie `tests-starter.ts`, which the learner opens, and `example-tests.ts`, our own examples: the exercise's test
 * holds that they catch every wrong solution but those that are named in `beyond`.
 */
import type { Texts } from '../verdict/said.ts'
import type { WorldBuilder } from './checks.ts'
import type { GuestShape } from './guest-shape.ts'
import type { Reader } from './reader.ts'
import type { Trial } from './trial.ts'

export interface LearnerTests<Example = any> {
  /** How a submission is taken in, as in `checks.ts`. */
  readonly guest: GuestShape
  /** How many wrong solutions the examples must catch. */
  readonly threshold: number
  /** Names of wrong solutions that no example can tell from a right one: they are not counted. */
  readonly beyond: readonly string[]
  /** Reads one example; its `name` has been read. Refuses what is malformed. */
  read(given: Reader): Example
  /** Fails the trial where a submission does not do as the example says. */
  run(trial: Trial<any>, example: Example): void
  /** For examples that play in a world. */
  readonly world?: WorldBuilder<any>
  /** What `read` refuses and `run` finds is said with. */
  readonly texts?: Texts
}

export const defineTests = <Example>(tests: LearnerTests<Example>): LearnerTests<Example> => tests
