/**
 * What came of a learner's own tests, as data. The terminal and the workbench print this same value; its digest is equal in
 * every host.
 */
import type { Locale, Said } from './said.ts'
import type { Budget, Compiled, ConsoleEntry, Diagnostic, Position, Status } from './verdict.ts'

/** Texts of a finding: in English, and by key where they are sentences of ours. */
export interface ToldFinding {
  readonly message?: string
  /** What the example says. */
  readonly expected?: string
  /** What was done instead. */
  readonly actual?: string
  readonly said?: { readonly message?: Said; readonly expected?: Said; readonly actual?: Said }
}

/** What the learner's own code made of one example. */
export interface OwnResult extends ToldFinding {
  readonly status: 'pass' | 'fail' | 'error'
  readonly position?: Position
}

export interface ExampleResult extends ToldFinding {
  readonly name: string
  /**
   * `accepted`: all right solutions do as it says. `wrong`: ours does otherwise. `too-strict`: ours does so, but another
   * right one does not. `malformed`: it cannot be run.
   */
  readonly status: 'accepted' | 'wrong' | 'too-strict' | 'malformed'
  /** How many wrong solutions it catches that no example before it does. */
  readonly catches: number
  /** Only where the tests were run against the learner's code. */
  readonly mine?: OwnResult
}

/** A wrong solution that was caught. Before that its mistake is told to nobody. */
export interface Caught {
  readonly text: { readonly en: string; readonly es: string }
  readonly hint: string
  /** Name of the first example that catches it. */
  readonly by: string
}

export interface TestsVerdict {
  readonly schema: 1
  readonly engine: string
  readonly exercise: string
  readonly exerciseVersion: string
  /** Hash of the right and wrong solutions: a digest is comparable only where this is equal. */
  readonly solutionsVersion: string
  /** `solutions`: held against right and wrong ones. `mine`: against the right ones, then against the learner's code. */
  readonly against: 'solutions' | 'mine'
  /**
   * `pass`: all examples are right, and enough wrong solutions are caught (or the learner's code does all that they say).
   * `error`: the tests did not load, an example is malformed, or a budget ran out.
   */
  readonly status: Exclude<Status, 'inconclusive'>
  readonly message?: string
  readonly said?: Said
  readonly budget?: Budget
  readonly position?: Position
  readonly diagnostics: readonly Diagnostic[]
  readonly examples: readonly ExampleResult[]
  readonly caught: readonly Caught[]
  /** Those that are not caught yet, by the hint that helps. */
  readonly uncaught: readonly { readonly hint: string; readonly count: number }[]
  /** How many wrong solutions could be caught, and how many are asked for. */
  readonly possible: number
  readonly threshold: number
  readonly console: readonly ConsoleEntry[]
  readonly consoleTruncated: boolean
  readonly fuel: number
  /** Hex SHA-256 over all but engine, fuel and console. */
  readonly digest: string
}

/** A solution whose mistake is known. */
export interface WrongSolution {
  readonly name: string
  readonly code: string
  readonly text: { readonly en: string; readonly es: string }
  readonly hint: string
}

/** What a learner's tests are held against: compiled code. */
export interface Solutions {
  readonly solution: string
  readonly accepted: readonly string[]
  /** In the order of their names. */
  readonly wrong: readonly WrongSolution[]
}

/** From a page to the grading worker. Answered with progress and one `TestsAnswer`. */
export interface TestsRequest {
  readonly type: 'tests'
  /** Echoed in every answer. */
  readonly id: number
  readonly exercise: string
  /** The learner's tests. */
  readonly compiled: Compiled
  /** The learner's code, where they are to be run against that. */
  readonly mine?: Compiled
  /** What the verdict is told in; English without it. */
  readonly locale?: Locale
}

export interface TestsAnswer {
  readonly type: 'tests'
  readonly id: number
  readonly verdict: TestsVerdict
}
