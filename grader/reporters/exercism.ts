/**
 * Exercism's `results.json`, version 3 of the test runner interface. The learner is shown the first failure alone, so the
 * tests stand in source order; `error` is kept for a file of which nothing could be run, and for what broke on our side.
 *
 * `task_id` is the number of the part of the task, in the order in which the task lists its stages.
 *
 * Whoever runs this for Exercism must end with 0 whenever a result was written: `grade --exit-zero` does.
 */
import type { Case } from './cases.ts'
import { casesRun } from './cases.ts'
import { consoleText, toldPlainly } from './plain-telling.ts'
import { cut, readableGraded } from './readable.ts'
import { words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const exercism: Reporter = {
  name: 'exercism',
  what: 'results.json of an Exercism test runner, version 3',
  holds: 'one',
  start: (options) => ({
    opening: '',
    add: (graded) => `${JSON.stringify(resultsOf(readableGraded(graded), options), undefined, 2)}\n`,
    end: () => '',
  }),
}

/** The interface's own limits, the first in bytes at worst four to a character. */
const MESSAGE_MAX = 65_535 / 4
const OUTPUT_MAX = 500
const TEST_MESSAGE_MAX = 16_384

function resultsOf(graded: Graded, options: ReportOptions): object {
  const { verdict } = graded
  const cases = casesRun(graded, options.locale)
  const broken = cases.find(({ check }) => check === undefined)
  const isBroken = verdict.status === 'internal' || broken !== undefined
  if (isBroken) {
    const told = broken ?? cases.find(({ status }) => status === 'internal')
    const message = told
      ? toldPlainly(told, graded, options.locale, { max: Math.floor(MESSAGE_MAX) })
      : words('internal', options.locale)
    return { version: 3, status: 'error', message }
  }
  const tests = cases.map((one) => testOf(one, graded, options))
  return { version: 3, status: tests.every(({ status }) => status === 'pass') ? 'pass' : 'fail', tests }
}

function testOf(one: Case, graded: Graded, { locale }: ReportOptions) {
  const status = one.status === 'pass' || one.isAdvice ? 'pass' : one.status === 'fail' ? 'fail' : 'error'
  const message = toldPlainly(one, graded, locale, { max: TEST_MESSAGE_MAX })
  const task = one.check && graded.tasks?.get(one.check.name)
  const output = consoleText(one, locale, { max: Number.MAX_SAFE_INTEGER })
  return {
    name: one.name,
    status,
    ...(task !== undefined && { task_id: task }),
    ...(message !== '' && { message }),
    ...(output !== '' && { output: cut(output, OUTPUT_MAX, `\n${words('output-cut', locale)}`) }),
  }
}
