/** One attempt at a case of a check, and how it ended where it ended badly. */
import type { Engine } from '../sandbox/engine.ts'
import type { Limits, Purse } from '../sandbox/sandbox.ts'
import { defaultLimits } from '../sandbox/sandbox.ts'
import type { Moment } from '../verdict/verdict.ts'
import type { Check } from './checks.ts'
import type { GuestShape } from './guest-shape.ts'
import { Crash, Violation } from './stop.ts'
import { Trial } from './trial.ts'

/** What is tried, and by what. */
export interface Bench {
  readonly engine: Engine
  readonly code: string
  readonly guest: GuestShape
  readonly limits: Partial<Limits>
  /** What is tried shares it. */
  readonly purse?: Purse
}

/** The same bench, with all the fuel that a check has. */
export const withFullPurse = <B extends Bench>(bench: B): B => ({
  ...bench,
  purse: { left: bench.limits.checkFuel ?? defaultLimits.checkFuel },
})

/** How one trial ended badly. */
export interface Ending {
  readonly thrown: unknown
  readonly trial: Trial
  readonly plan: unknown
  readonly at: Moment
}

/** A trial that has the plan and has not begun. */
export function newTrial(
  check: Check,
  { engine, code, guest, limits, purse }: Bench,
  seed: number,
  plan: unknown,
  tells = false,
): Trial {
  const trial = new Trial({ engine, code, guest, limits, check, seed, tells, ...(purse && { purse }) })
  trial.plan = plan
  return trial
}

/** Runs a case as its plan says: a fault check whose plan has no fault is the listing of its faults. */
export function playCase(check: Check, trial: Trial, plan: unknown): void {
  const { fault, plan: inner } = (plan ?? {}) as { fault?: unknown; plan?: unknown }
  if (check.faults && fault === undefined) check.faults(trial, inner)
  else check.run(trial, plan)
}

/** `after` is run while the guests still live, whatever came of the act. */
export function endingOf(
  trial: Trial,
  plan: unknown,
  act: (trial: Trial) => void,
  after?: (trial: Trial) => void,
): Ending | undefined {
  let ending: Ending | undefined
  try {
    act(trial)
  } catch (thrown) {
    ending = { thrown, trial, plan, at: trial.moment() }
  }
  const { trap } = trial
  const at = trial.moment()
  after?.(trial)
  trial.finish()
  if (!trap || (ending && isOurs(ending.thrown))) return ending
  return { thrown: new Crash(trap.failure, trap.during), trial, plan, at }
}

/** Neither a broken rule nor learner code that broke down: a defect of ours. */
export const isOurs = (thrown: unknown): boolean => !(thrown instanceof Violation) && !(thrown instanceof Crash)

/** A budget ran out: trying it again would cost the whole budget again. */
export const ranOut = (thrown: unknown): boolean =>
  thrown instanceof Crash && thrown.failure.kind !== 'threw' && thrown.failure.kind !== 'wrong-type'

/**
 * While a case is made smaller, a broken rule stays the same broken rule, as far as it can be told; a crash the same crash. From a
 * finding with a hint of its own it may come to one that the check is about: that is the simpler thing to say of the same mistake.
 */
export function isSameKind(next: unknown, before: unknown): boolean {
  if (before instanceof Violation)
    return next instanceof Violation && (ruleOf(before) === ruleOf(next) || isPlainer(next, before))
  return before instanceof Crash && next instanceof Crash && before.failure.kind === next.failure.kind
}

const isPlainer = ({ finding }: Violation, than: Violation): boolean =>
  finding.hint === undefined && than.finding.hint !== undefined

/** Which rule it is: its key, where it has one, and the hint that it gives. */
const ruleOf = ({ finding: { message, hint = '' } }: Violation): string =>
  `${typeof message === 'string' ? '' : message.key} ${hint}`
