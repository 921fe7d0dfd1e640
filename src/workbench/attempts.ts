/**
 * What the workbench remembers about how somebody works on one exercise: runs, hints opened, failures in a row, guesses.
 *
 * Pure data and the rules upon it; the element keeps it beside the draft. Runs are unlimited and cost nothing. What these
 * rules do is slow guessing down at the moment when it has stopped working: after the same check has failed twice, the next
 * full run asks what might be wrong; and a further hint needs a new run, so that the one before is tried first.
 */
import type { CheckResult } from '#grader/verdict/verdict.ts'

export interface Hypothesis {
  check: string
  text: string
}

export interface Attempts {
  /** Runs and submissions that ended with a verdict. */
  runs: number
  /** For each hint of the ladder that was opened: the number of runs at that time. */
  hintsOpenedAt: number[]
  /** The check that failed first last time, and how often in a row. */
  repeated?: { check: string; times: number }
  /** Newest last. */
  hypotheses: Hypothesis[]
}

export const noAttempts: Attempts = { runs: 0, hintsOpenedAt: [], hypotheses: [] }

const FAILURES_BEFORE_ASKING = 2
const HYPOTHESES_MAX = 20

/** The record after a verdict. */
export function afterVerdict(attempts: Attempts, checks: readonly CheckResult[]): Attempts {
  const failed = checks.find((check) => check.status === 'fail' || check.status === 'error')
  const { repeated, ...rest } = attempts
  const next = { ...rest, runs: attempts.runs + 1 }
  if (!failed) return next
  const times = repeated?.check === failed.name ? repeated.times + 1 : 1
  return { ...next, repeated: { check: failed.name, times } }
}

/** The check about which the next submission asks for a guess, if it does. */
export function asksAbout(attempts: Attempts): string | undefined {
  return (attempts.repeated?.times ?? 0) >= FAILURES_BEFORE_ASKING ? attempts.repeated?.check : undefined
}

/** The record after the question was answered, or skipped (no text). Either way it is not asked again at once. */
export function afterAsking(attempts: Attempts, text: string | undefined): Attempts {
  const check = attempts.repeated?.check
  const { repeated: _, ...rest } = attempts
  if (!check || !text?.trim()) return rest
  return { ...rest, hypotheses: [...attempts.hypotheses, { check, text: text.trim() }].slice(-HYPOTHESES_MAX) }
}

/** Whether the next hint of the ladder may be opened: the first at once, each further one after a new run. */
export function mayOpenHint(attempts: Attempts): boolean {
  const last = attempts.hintsOpenedAt.at(-1)
  return last === undefined || attempts.runs > last
}

/** The record after the next hint of the ladder was opened. */
export function afterHint(attempts: Attempts): Attempts {
  return { ...attempts, hintsOpenedAt: [...attempts.hintsOpenedAt, attempts.runs] }
}

/** Reads a kept record; anything unsound counts as none. */
export function readAttempts(text: string | null): Attempts {
  if (text === null) return noAttempts
  try {
    const value = JSON.parse(text) as Partial<Attempts>
    const isNumbers = Array.isArray(value.hintsOpenedAt) && value.hintsOpenedAt.every((run) => Number.isInteger(run))
    const isHypotheses =
      Array.isArray(value.hypotheses) &&
      value.hypotheses.every((one) => typeof one?.check === 'string' && typeof one.text === 'string')
    if (!Number.isInteger(value.runs) || !isNumbers || !isHypotheses) return noAttempts
    const { check, times } = value.repeated ?? {}
    const repeated = typeof check === 'string' && Number.isInteger(times) ? { repeated: { check, times: times! } } : {}
    return { runs: value.runs!, hintsOpenedAt: value.hintsOpenedAt!, hypotheses: value.hypotheses!, ...repeated }
  } catch {
    return noAttempts
  }
}
