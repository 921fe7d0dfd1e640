/** What a person can mend, as errors: both end the process with 2, never as an internal error. */
import { nearest } from './nearest.ts'

/** The command line was wrong: the message names the input and the remedy; the command's usage is printed below it. */
export class UsageError extends Error {}

/** A file or folder was wrong: the message names it, the rule and the remedy. */
export class ConfigurationError extends Error {}

/** A problem with a name, closed by the name that was probably meant or by all there are. */
export function didYouMean(problem: string, typed: string, known: readonly string[]): string {
  const close = nearest(typed, known)
  if (close !== undefined) return `${problem}; did you mean "${close}"?`
  return known.length === 0 ? problem : `${problem}; there are ${known.join(', ')}`
}

/** A whole number from 1 that stood behind an option. */
export function wholeNumber(option: string, text: string | undefined, most = 999_999_999): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text)
  const range = most === 999_999_999 ? 'from 1' : `from 1 to ${most}`
  throw new UsageError(`${option} is "${text}": write a whole number ${range}`)
}

/** One of a few words that stood behind an option. */
export function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new UsageError(`${option} is "${text}": write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)
}
