/**
 * Explores all runs of a small case: first the one in which everything goes its usual way, then those with one deviation from
 * it, then with two … A rule that is broken is so found with the fewest deviations that break it.
 *
 * Where whoever is run can keep a run as it stands, a deviation goes on from there: what comes before it is not run again.
 *
 * Work is counted, never timed: one schedule is one run. Where a run meets a state that was met before, it ends there, because
 * an earlier run with no more deviations has gone on from it, or will.
 */
import { Choices, type Standpoint } from './choices.ts'

/** How far is looked. What lies beyond is not claimed. */
export interface Bound {
  /** The most deviations of one run. Absent: any number. */
  readonly deviations?: number
  /** The most choices of one run; after them it goes on by default. */
  readonly steps?: number
}

export interface Budget {
  /** The most runs. */
  readonly schedules: number
  /** The most units of fuel for all runs together. */
  readonly fuel?: number
}

export interface Explored<Found> {
  /** What the first run that found something found. */
  readonly found: Found | undefined
  readonly choices: Choices | undefined
  readonly schedules: number
  /** Different states in which there was a choice, where states are told apart. */
  readonly states: number
  /** Nothing lies beyond: neither the bound nor the budget has kept a run from being made. */
  readonly complete: boolean
  /** The budget was spent before the bound was reached. */
  readonly spent: keyof Budget | undefined
}

/** What one run came to. */
export interface Attempt<Found> {
  readonly found: Found | undefined
  readonly fuel: number
}

/** Runs that are kept as they stood, for one case. Each may be a megabyte; what is beyond is run again from the start. */
const STANDPOINTS_MAX = 64

interface Waiting {
  readonly given: readonly number[]
  readonly deviations: number
  readonly from?: Standpoint | undefined
}

export function explore<Found>(
  attempt: (choices: Choices) => Attempt<Found>,
  bound: Bound,
  budget: Budget,
): Explored<Found> {
  const { deviations: most = Infinity, steps = Infinity } = bound
  const seen = new Set<string>()
  const waiting: (Waiting | undefined)[] = [{ given: [], deviations: 0 }]
  let [next, fuel, kept] = [0, 0, 0]
  let complete = true
  let spent: keyof Budget | undefined
  const told = (found?: Found, choices?: Choices): Explored<Found> => {
    const all = complete && !spent && !found && next === waiting.length
    return { found, choices, schedules: next, states: seen.size, complete: all, spent: found ? undefined : spent }
  }
  while (next < waiting.length) {
    if (fuel >= (budget.fuel ?? Infinity)) {
      spent = 'fuel'
      break
    }
    const { given, deviations, from } = waiting[next]!
    // Nobody needs its standpoint any more.
    waiting[next++] = undefined
    const choices = new Choices(given, seen, steps, { from, keeps: deviations < most && kept < STANDPOINTS_MAX })
    const { found, fuel: used } = attempt(choices)
    fuel += used
    if (found !== undefined) return told(found, choices)
    if (choices.isCut) complete = false
    for (const [index, count] of choices.open.entries()) {
      const at = given.length + index
      const from = choices.standpoints[index]
      if (from) kept++
      if (count > 1 && deviations >= most) complete = false
      for (let option = 1; option < count && deviations < most; option++) {
        if (waiting.length >= budget.schedules) spent = 'schedules'
        else waiting.push({ given: [...choices.taken.slice(0, at), option], deviations: deviations + 1, from })
      }
    }
  }
  return told()
}
