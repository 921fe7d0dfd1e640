/**
 * What a learner is told about each wrong solution, in every language, as one text that is kept beside the exercise
 * (`feedback.en.txt`, `feedback.es.txt`) and read in review: feedback is the product, so a change of it must be seen.
 */
import type { Locale, Sayable, Texts } from '../verdict/said.ts'
import { speak, titleOf } from '../verdict/say.ts'
import type { CheckResult } from '../verdict/verdict.ts'

export type Told = Readonly<Record<Locale, string>>

/** `name` is the wrong solution's; `checks` are the results of those that it names. */
export function tell(name: string, checks: readonly CheckResult[], texts: Texts | undefined): Told {
  const inLanguage = (locale: Locale): string =>
    [`── ${name}`, ...checks.flatMap((check) => linesOf(check, locale, texts)), ''].join('\n')
  return { en: inLanguage('en'), es: inLanguage('es') }
}

function linesOf({ name, status, message, expected, actual, said, hint }: CheckResult, locale: Locale, texts?: Texts) {
  const words = (text: string | undefined, what: Sayable | undefined): string | undefined =>
    what === undefined ? text : speak(what, locale, texts)
  const parts = [
    ['', words(message, said?.message)],
    ['expected: ', words(expected, said?.expected)],
    ['got: ', words(actual, said?.actual)],
    ['hint: ', hint],
  ] as const
  const lines = parts.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label}${text}`]))
  return [`${status}: ${titleOf(name, locale, texts)}`, ...lines]
}

export const toldFile = (locale: Locale): string => `feedback.${locale}.txt`

/** The whole file. `of` is in the order of the wrong solutions' names. */
export const toldText = (of: readonly Told[], locale: Locale): string => of.map((told) => told[locale]).join('\n')

/** Findings whose sentences have no key, so that no other language can say them. Values need none. */
export const unkeyed = (checks: readonly CheckResult[]): string[] =>
  checks
    .filter(({ message, said, status }) => status === 'fail' && message !== undefined && !said?.message)
    .map(({ name }) => name)

/** Names of the wrong solutions about which something else is told now than is kept. */
export function changedIn(kept: string, now: string): string[] {
  const parts = (text: string) =>
    new Map(
      text
        .split(/^── /m)
        .slice(1)
        .map((part) => [part.slice(0, part.indexOf('\n')), part.trimEnd()]),
    )
  const [before, after] = [parts(kept), parts(now)]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names.filter((name) => before.get(name) !== after.get(name))
}
