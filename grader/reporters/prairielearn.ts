/**
 * PrairieLearn's `results.json` of an external grader. A file that does not compile, an examples-only run, a verdict that is
 * not decided and whatever broke on our side are `gradable: false`, which costs the learner no attempt.
 *
 * PrairieLearn takes at most 1 MB. Texts are cut harder and harder until the document fits.
 */
import type { Case } from './cases.ts'
import { casesRun, generalFeedback, spoken } from './cases.ts'
import { consoleText, toldPlainly } from './plain-telling.ts'
import { readableGraded } from './readable.ts'
import { statusWords, words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const prairielearn: Reporter = {
  name: 'prairielearn',
  what: 'results.json of a PrairieLearn external grader',
  holds: 'one',
  start: (options) => ({
    opening: '',
    add: (graded) => fitting(readableGraded(graded), options),
    end: () => '',
  }),
}

const BYTES_MAX = 1_000_000
const TEXTS_MAX = [65_536, 8192, 1024, 128]

function fitting(graded: Graded, options: ReportOptions): string {
  let text = ''
  for (const max of TEXTS_MAX) {
    text = `${JSON.stringify(resultsOf(graded, options, max), undefined, 2)}\n`
    if (new TextEncoder().encode(text).length <= BYTES_MAX) return text
  }
  return `${JSON.stringify({ ...resultsOf(graded, options, TEXTS_MAX.at(-1)!), tests: [], output: '' })}\n`
}

function resultsOf(graded: Graded, options: ReportOptions, max: number): object {
  const { verdict, texts } = graded
  const { locale } = options
  const { score, message } = verdict
  const syntax = verdict.diagnostics.filter(({ severity }) => severity === 'syntax')
  const isGradable = score !== undefined && syntax.length === 0 && verdict.status !== 'inconclusive'
  const why = isGradable || syntax.length > 0 ? undefined : reasonOf(graded, locale)
  const said = [
    statusWords(verdict, locale),
    ...(message === undefined ? [] : [spoken({ message, said: verdict.said }, locale, texts)]),
    ...(why === undefined ? [] : [why]),
    ...generalFeedback(verdict).map((feedback) => spoken(feedback, locale, texts)),
  ]
  const errors = syntax.map(({ line, column, message: what }) => `${graded.file}:${line}:${column} ${what}`)
  return {
    gradable: isGradable,
    ...(isGradable && { score: score.possible > 0 ? score.earned / score.possible : 0 }),
    message: said.join('\n'),
    ...(syntax.length > 0 && { format_errors: errors.map((text) => text.slice(0, max)) }),
    ...(why !== undefined && { format_errors: [why] }),
    output: consoleText(verdict, locale, { max }),
    tests: isGradable ? casesRun(graded, locale).map((one) => testOf(one, graded, options, max)) : [],
  }
}

function reasonOf({ verdict }: Graded, locale: ReportOptions['locale']): string {
  if (verdict.status === 'internal') return `${words('internal', locale)}. ${words('not-counted', locale)}`
  if (verdict.status === 'inconclusive') return words('undecided', locale)
  return words('only-examples', locale)
}

function testOf(one: Case, graded: Graded, { locale }: ReportOptions, max: number): object {
  const weight = one.check?.weight ?? 0
  const output = consoleText(one, locale, { max })
  return {
    name: one.name,
    points: one.status === 'pass' ? weight : 0,
    max_points: weight,
    ...(one.message !== undefined && { message: toldPlainly(one, graded, locale, { max }) }),
    ...(output !== '' && { output }),
  }
}
