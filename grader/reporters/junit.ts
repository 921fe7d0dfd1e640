/**
 * JUnit XML, which every CI server reads: a suite per submission, a test case per check.
 *
 * There is one name and several dialects; this keeps to the strictest, Ant's, whose schema the others accept too. It knows
 * no skipped tests, so a check that was not run is left out, as tests are that a filter leaves out. What could not be
 * decided, and what broke on our side, is an `<error>` and never a `<failure>`. Time is always 0: no verdict has a clock.
 */
import type { Case } from './cases.ts'
import { casesRun } from './cases.ts'
import { consoleText, toldPlainly } from './plain-telling.ts'
import { cut, oneLine, readableGraded } from './readable.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const junit: Reporter = {
  name: 'junit',
  what: 'JUnit XML, for CI servers',
  holds: 'many',
  start(options) {
    let suites = 0
    return {
      opening: '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n',
      add: (graded) => suite(readableGraded(graded), options, suites++),
      end: () => '</testsuites>\n',
    }
  },
}

const MESSAGE_MAX = 1000
const TEXT_MAX = 65_536
const EPOCH = '1970-01-01T00:00:00'

function suite(graded: Graded, options: ReportOptions, id: number): string {
  const { verdict, file } = graded
  const { locale } = options
  const cases = casesRun(graded, locale)
  const failures = cases.filter(isFailure).length
  const errors = cases.filter(isError).length
  const written = consoleText(verdict, locale, { max: TEXT_MAX })
  const head = attributes({
    id,
    package: verdict.exercise,
    name: oneLine(file) || 'submission',
    timestamp: EPOCH,
    hostname: 'localhost',
    tests: cases.length,
    failures,
    errors,
    time: 0,
  })
  return [
    `<testsuite ${head}>`,
    properties({ status: verdict.status, digest: verdict.digest, engine: verdict.engine, fuel: verdict.fuel }),
    ...cases.map((one) => testCase(one, graded, options)),
    `<system-out>${escaped(written)}</system-out>`,
    '<system-err></system-err>',
    '</testsuite>\n',
  ].join('\n')
}

const isFailure = ({ status, isAdvice }: Case): boolean => status === 'fail' && !isAdvice
const isError = ({ status, isAdvice }: Case): boolean =>
  (status === 'error' && !isAdvice) || status === 'internal' || status === 'inconclusive'

function testCase(one: Case, graded: Graded, { locale }: ReportOptions): string {
  const className = `${graded.verdict.exercise}.${oneLine(graded.file)
    .replace(/\.\w+$/, '')
    .replaceAll('/', '.')}`
  const head = attributes({ classname: className, name: oneLine(one.name), time: 0 })
  const element = isFailure(one) ? 'failure' : isError(one) ? 'error' : undefined
  if (element === undefined) return `<testcase ${head}></testcase>`
  const about = attributes({ type: one.status, message: cut(one.message ?? '', MESSAGE_MAX) })
  const text = escaped(toldPlainly(one, graded, locale, { max: TEXT_MAX }))
  return `<testcase ${head}><${element} ${about}>${text}</${element}></testcase>`
}

const properties = (values: Record<string, string | number>): string =>
  `<properties>${Object.entries(values)
    .map(([name, value]) => `<property ${attributes({ name: `clusterwright.${name}`, value })}/>`)
    .join('')}</properties>`

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value)).replace(/\n/g, '&#10;').replace(/\t/g, '&#9;')}"`)
    .join(' ')

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!)
