/**
 * How a check ends early: by a value thrown inside the grader, never across the wall.
 *
 * `Violation`: a rule was broken, status `fail`. `Crash`: the submission threw, answered with nonsense or ran out of a
 * budget, status `error`. Anything else that a check throws is a defect of ours, status `internal`.
 */
import type { Failure } from '../sandbox/sandbox.ts'
import type { Sayable } from '../verdict/said.ts'
import type { CheckResult, Moment, ObjectRef, Story } from '../verdict/verdict.ts'

/** What a check says about a broken rule. */
export interface Finding {
  /** One sentence: what was violated, when, on which object. By key (`say` of the exercise's texts) it can be translated. */
  message: Sayable
  /** A value as it stands, or a sentence by key. */
  expected?: Sayable
  actual?: Sayable
  /** Both as JSON values, where they are any: told as a difference, path by path. */
  values?: { readonly expected: unknown; readonly actual: unknown }
  /** The object that the rule is about. */
  object?: ObjectRef
  /** Replaces the check's own hint. */
  hint?: string
  story?: Story
  /** When it was broken, where the replay opens. Default: now, by the clock of the world or the host. */
  at?: Moment
  position?: CheckResult['position']
}

export class Violation extends Error {
  readonly finding: Finding
  constructor(finding: Finding) {
    super(typeof finding.message === 'string' ? finding.message : finding.message.key)
    this.finding = finding
  }
}

export class Crash extends Error {
  readonly failure: Failure
  /** What was asked of the learner's code, for example `filter(web, node-1)`. */
  readonly during: string | undefined
  constructor(failure: Failure, during?: string) {
    super(failure.message)
    this.failure = failure
    this.during = during
  }
}
