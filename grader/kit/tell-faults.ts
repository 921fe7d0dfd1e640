/** The faults of a learner's controller, and what befalls Pods, in words: for a check's `tell`. */
import type { Said } from '../verdict/said.ts'
import type { TellLine } from './checks.ts'
import type { Disturbance } from './disturber.ts'
import type { LearnerControllerOptions } from './learner-controller-options.ts'

/** One line per fault; none in good weather. */
export function tellFaults(faults: Omit<LearnerControllerOptions, 'servers'>): TellLine[] {
  const { lagMicros, missesPerMille, twicePerMille, relistMicros, crash, refuse = [], lose = [] } = faults
  const lines: Said[] = []
  const line = (key: string, params: Record<string, string | number>) =>
    lines.push({ key: `grader.fault.${key}`, params })
  if (lagMicros) line('lag', { seconds: secondsOf(lagMicros) })
  if (missesPerMille) line('misses', { perMille: missesPerMille })
  if (relistMicros) line('relist', { seconds: secondsOf(relistMicros) })
  if (twicePerMille) line('twice', { perMille: twicePerMille })
  if (crash) line(`crash-${crash.when}`, { call: String(crash.call) })
  for (const { verb, resource, from, reason } of refuse) line('refuse', { verb, resource, from: String(from), reason })
  for (const { verb, resource, nth, told } of lose)
    line(told ? 'exists-made' : 'lose', { ...(!told && { verb }), resource, nth: String(nth) })
  return lines.map((what) => ({ kind: 'fault', what }))
}

/** What befalls a Pod. */
export const tellDisturbance = ({ do: what, set, nth }: Disturbance): Said => ({
  key: `grader.disturb.${what}`,
  params: { set, nth: String(nth + 1) },
})

/** `0.2`, without zeros that say nothing. */
const secondsOf = (micros: number): string => String(micros / 1e6)
