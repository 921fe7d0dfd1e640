/** One case of an exploration, all its schedules; and the words for it in the result. */
import type { Sayable } from '../verdict/said.ts'
import type { CheckResult, Exploration } from '../verdict/verdict.ts'
import type { Choices, Deviation } from './choices.ts'
import { SeenBefore } from './choices.ts'
import type { Check, ExploredPlan } from './checks.ts'
import type { Explored } from './explore.ts'
import { explore } from './explore.ts'
import { Trial } from './trial.ts'

/** Runs the check along these choices, and says how it ended badly, if it did. */
type Run<Ending> = (
  use: ExploredPlan<unknown>,
  act: (trial: Trial) => void,
  /** The trial that is to go on; else a new one. */
  goingOn: Trial | undefined,
) => { trial: Trial; ending: Ending | undefined }

export interface ExploredCase<Ending> {
  /** What the usual schedule wrote. */
  readonly first: Pick<Trial, 'console' | 'consoleTruncated'>
  readonly fuel: number
  readonly ending: Ending | undefined
  readonly explored: Explored<Ending>
}

export function exploreCase<Ending>(check: Check, plan: unknown, run: Run<Ending>): ExploredCase<Ending> {
  const { bound, budget } = check.explore!
  let [first, fuel]: [ExploredCase<Ending>['first'] | undefined, number] = [undefined, 0]
  const explored = explore<Ending>(
    (choices: Choices) => {
      const use = { plan, choices: choices.given }
      const goingOn = Trial.goingOn(choices)
      const before = goingOn?.fuel() ?? 0
      const act = (one: Trial): void => {
        one.choices = choices
        try {
          check.run(one, use)
        } catch (thrown) {
          if (!(thrown instanceof SeenBefore)) throw thrown
        }
      }
      const { trial, ending } = run(use, act, goingOn)
      first ??= { console: [...trial.console], consoleTruncated: trial.consoleTruncated }
      const used = trial.fuel() - before
      fuel += used
      return { found: ending, fuel: used }
    },
    bound,
    budget,
  )
  return { first: first!, fuel, ending: explored.found, explored }
}

/** What several cases come to together. */
export function together(check: Check, cases: readonly Explored<unknown>[]): { exploration?: Exploration } {
  if (!check.explore) return {}
  const sum = (count: (one: Explored<unknown>) => number) => cases.reduce((all, one) => all + count(one), 0)
  return {
    exploration: {
      schedules: sum(({ schedules }) => schedules),
      states: sum(({ states }) => states),
      complete: cases.every(({ complete }) => complete),
      bound: { ...check.explore.bound },
    },
  }
}

/** Where the budget ended the search: neither right nor wrong. */
export function undecided(
  cases: readonly Explored<unknown>[],
): { status: CheckResult['status']; message: Sayable } | undefined {
  const spent = cases.find((one) => one.spent !== undefined)
  if (!spent) return undefined
  const { schedules } = spent
  return { status: 'inconclusive', message: { key: `grader.explored.${spent.spent!}`, params: { schedules } } }
}

/** A finding, and what it takes for it to happen. */
export function withDeviations(message: Sayable, { choices }: Trial<any>): Sayable {
  const { deviations = [] } = choices ?? {}
  if (deviations.length === 0) return message
  return { key: 'grader.out-of-turn', params: { finding: message, count: deviations.length, what: listed(deviations) } }
}

function listed([first, ...rest]: readonly Deviation[]): Sayable {
  if (rest.length === 0) return first!.label
  return { key: 'grader.then', params: { first: first!.label, rest: listed(rest) } }
}
