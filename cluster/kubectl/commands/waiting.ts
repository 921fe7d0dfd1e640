/** What the commands that wait have in common: how long, and how often they look. */
import type { Ask, Round } from '../command.ts'
import { CommandError } from '../command-error.ts'

/** How often to look. kubectl itself watches; the objects say the same either way. */
export const POLL_MICROS = 250_000

const UNITS: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6 }

/** `30s`, `1m30s`; 0 means "look once". Negative: a week. */
export function durationMicros(text: string, flag: string): number {
  if (text.startsWith('-')) return 7 * 24 * 3_600e6
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (text !== '0' && (parts.length === 0 || parts.map(([part]) => part).join('') !== text)) {
    const why = /^\d+$/.test(text) ? `time: missing unit in duration "${text}"` : `time: invalid duration "${text}"`
    throw new CommandError(`error: invalid argument "${text}" for "--${flag}" flag: ${why}`)
  }
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0))
}

/** Lets some time pass. */
export function* pause(output: string, micros = POLL_MICROS): Generator<Ask, Round, Round> {
  return yield { pauseMicros: micros, output }
}
