/**
 * Gradescope's `results.json`. All texts are sent as plain text, so that nothing a submission says becomes markup. With
 * binary credit the score stands at the top and the checks have none; with partial credit each check brings its weight.
 *
 * What broke on our side has no score at all, neither at the top nor at a test: Gradescope then says that the autograder
 * failed instead of recording a 0, and the output says whom to tell.
 */
import type { Case } from './cases.ts'
import { casesRun, generalFeedback, spoken } from './cases.ts'
import { consoleText, toldPlainly } from './plain-telling.ts'
import { readableGraded } from './readable.ts'
import { statusWords, words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const gradescope: Reporter = {
  name: 'gradescope',
  what: 'results.json of a Gradescope autograder',
  holds: 'one',
  start: (options) => ({
    opening: '',
    add: (graded) => `${JSON.stringify(resultsOf(readableGraded(graded), options), undefined, 2)}\n`,
    end: () => '',
  }),
}

const TEXT_MAX = 16_384

function resultsOf(graded: Graded, options: ReportOptions): object {
  const { verdict } = graded
  const cases = casesRun(graded, options.locale)
  return {
    ...(verdict.score && { score: verdict.score.earned }),
    output: outputOf(graded, options),
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests: cases.map((one, index) => testOf(one, index + 1, graded, options)),
    extra_data: {
      status: verdict.status,
      digest: verdict.digest,
      engine: verdict.engine,
      exercise: verdict.exercise,
      exerciseVersion: verdict.exerciseVersion,
    },
  }
}

function outputOf({ verdict, texts }: Graded, { locale }: ReportOptions): string {
  const { message } = verdict
  return [
    `${verdict.exercise}: ${statusWords(verdict, locale)}`,
    ...(message === undefined ? [] : [spoken({ message, said: verdict.said }, locale, texts)]),
    ...(verdict.status === 'internal' ? [words('not-counted', locale)] : []),
    ...(verdict.status === 'inconclusive' ? [words('undecided', locale)] : []),
    ...(verdict.mode === 'run' ? [words('only-examples', locale)] : []),
    ...generalFeedback(verdict).map((feedback) => spoken(feedback, locale, texts)),
  ].join('\n')
}

function testOf(one: Case, number: number, graded: Graded, { locale }: ReportOptions): object {
  const { score } = graded.verdict
  const { check } = one
  const earns = score?.credit === 'partial' && check && check.weight > 0
  const written = consoleText(one, locale, { max: TEXT_MAX })
  const output = [toldPlainly(one, graded, locale, { max: TEXT_MAX }), written].filter((text) => text !== '')
  return {
    name: one.name,
    name_format: 'text',
    number: String(number),
    ...statusOf(one),
    ...(earns && { score: one.status === 'pass' ? check.weight : 0, max_score: check.weight }),
    ...(output.length > 0 && { output: output.join('\n\n'), output_format: 'text' }),
    ...(check && { tags: [check.kind, ...(check.advisory ? ['advisory'] : [])] }),
    visibility: 'visible',
  }
}

/** Passed or failed is all it knows; what is neither has no status. */
function statusOf({ status, isAdvice }: Case): { status?: 'passed' | 'failed' } {
  if (status === 'pass') return { status: 'passed' }
  return (status === 'fail' || status === 'error') && !isAdvice ? { status: 'failed' } : {}
}
