/**
 * A verdict as the list of test cases that most formats know: one per check, in source order, each saying what was found in
 * the chosen language. Where the file did not even load, one case stands before them that says so.
 */
import type { Locale, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { CheckResult, ConsoleEntry, Feedback, Position, Verdict } from '../verdict/verdict.ts'
import { words } from './report-texts.ts'
import type { Graded } from './reporter.ts'

export interface Case {
  readonly name: string
  readonly status: CheckResult['status']
  /** It failed, and that fails nothing: it is advice. */
  readonly isAdvice: boolean
  /** What was found, in one sentence. Always there unless the case passed or was not run. */
  readonly message?: string
  readonly expected?: string
  readonly actual?: string
  readonly position?: Position
  /** What the learner's code wrote in it. */
  readonly console: readonly ConsoleEntry[]
  /** Absent for the case that stands for the file as a whole. */
  readonly check?: CheckResult
}

export function casesOf({ verdict, texts }: Graded, locale: Locale): Case[] {
  const cases = verdict.checks.map((check) => caseOf(check, verdict, locale, texts))
  const { message } = verdict
  if (message === undefined) return cases
  const told = spoken({ message, said: verdict.said }, locale, texts)
  return [wholeFile(verdict, told.trim() === '' ? words(verdict.status, locale) : told), ...cases]
}

/** Those that were run. */
export const casesRun = (graded: Graded, locale: Locale): Case[] =>
  casesOf(graded, locale).filter(({ status }) => status !== 'skipped')

function caseOf(check: CheckResult, verdict: Verdict, locale: Locale, texts: Texts | undefined): Case {
  const isBad = check.status !== 'pass' && check.status !== 'skipped'
  const { message, expected, actual } = findingOf(check, locale, texts)
  return {
    name: oneName(check.name),
    status: check.status,
    isAdvice: check.advisory === true && (check.status === 'fail' || check.status === 'error'),
    ...(isBad && { message: message?.trim() ? message : words(check.status, locale) }),
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(check.position && { position: check.position }),
    console: verdict.console.filter((entry) => entry.check === check.name),
    check,
  }
}

/** Formats want a name. */
const oneName = (name: string): string => (name.trim() === '' ? '(unnamed)' : name)

function wholeFile(verdict: Verdict, message: string): Case {
  const position = verdict.diagnostics.find(({ severity }) => severity === 'syntax')
  const known = new Set(verdict.checks.map(({ name }) => name))
  return {
    name: words('loads', 'en'),
    status: verdict.status,
    isAdvice: false,
    message,
    ...(position && { position: { line: position.line, column: position.column } }),
    // What the module wrote while it was loaded belongs to no check that came to anything.
    console: verdict.checks.every(({ status }) => status === 'skipped')
      ? verdict.console
      : verdict.console.filter(({ check }) => !known.has(check)),
  }
}

/** The three sentences of a check in the chosen language. What has no key is a name or a value: the same in all. */
export const findingOf = (check: CheckResult, locale: Locale, texts: Texts | undefined) => ({
  message: check.message && spoken({ message: check.message, said: check.said?.message }, locale, texts),
  expected: check.expected && spoken({ message: check.expected, said: check.said?.expected }, locale, texts),
  actual: check.actual && spoken({ message: check.actual, said: check.said?.actual }, locale, texts),
})

/** What to say of a submission as a whole: a known mistake, advice that no check gives, praise. */
export const generalFeedback = ({ feedback }: Verdict): Feedback[] =>
  feedback.filter(({ type, check }) => type === 'praise' || check === undefined)

/** A text of ours in English, and its key. */
export interface Speakable {
  readonly message: string
  readonly said?: Feedback['said'] | undefined
}

/** English is already there. */
export const spoken = ({ message, said }: Speakable, locale: Locale, texts: Texts | undefined): string =>
  locale === 'en' || said === undefined ? message : speak(said, locale, texts)
