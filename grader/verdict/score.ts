/** What a submission has earned: all or nothing, or the weights of the checks that passed. */
import type { CheckResult, Score, Status } from './verdict.ts'

/** Undefined where the grader itself broke down: that is never counted against anybody. */
export function scoreOf(
  checks: readonly Pick<CheckResult, 'status' | 'weight'>[],
  status: Status,
  credit: Score['credit'],
): Score | undefined {
  if (status === 'internal') return undefined
  const possible = sum(checks)
  if (credit === 'binary') return { credit, earned: status === 'pass' ? possible : 0, possible }
  return { credit, earned: sum(checks.filter((check) => check.status === 'pass')), possible }
}

const sum = (checks: readonly Pick<CheckResult, 'weight'>[]): number =>
  checks.reduce((all, { weight }) => all + weight, 0)
