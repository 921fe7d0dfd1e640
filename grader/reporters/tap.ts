/**
 * TAP 14: a subtest per submission, a test point per check, diagnostics as YAML. What only advises is a TODO, which fails
 * nothing; what was not run is a SKIP.
 */
import { Scalar, stringify } from 'yaml'
import type { Case } from './cases.ts'
import { casesOf } from './cases.ts'
import { toldPlainly } from './plain-telling.ts'
import { cut, oneLine, readableGraded } from './readable.ts'
import { words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

export const tap: Reporter = {
  name: 'tap',
  what: 'TAP 14 (Test Anything Protocol)',
  holds: 'many',
  start(options) {
    let count = 0
    return {
      opening: 'TAP version 14\n',
      add: (graded) => subtest(readableGraded(graded), options, ++count),
      end: () => `1..${count}\n`,
    }
  },
}

const TEXT_MAX = 65_536

function subtest(graded: Graded, options: ReportOptions, number: number): string {
  const { verdict } = graded
  const title = description(`${verdict.exercise} ${graded.file}`)
  const cases = casesOf(graded, options.locale)
  const points = cases.flatMap((one, index) => point(one, index + 1, graded, options))
  const isOk = verdict.status === 'pass'
  const about = yaml({ status: verdict.status, digest: verdict.digest, fuel: verdict.fuel })
  return [
    `# Subtest: ${title}`,
    ...[...points, `1..${cases.length}`].map((line) => `    ${line}`),
    `${isOk ? 'ok' : 'not ok'} ${number} - ${title}`,
    ...about,
    '',
  ].join('\n')
}

function point(one: Case, number: number, graded: Graded, { locale }: ReportOptions): string[] {
  const isOk = one.status === 'pass' || one.status === 'skipped'
  const aside =
    one.status === 'skipped'
      ? ` # SKIP ${words('not-run', locale)}`
      : one.isAdvice
        ? ` # TODO ${words('only-advice', locale)}`
        : ''
  const line = `${isOk ? 'ok' : 'not ok'} ${number} - ${description(one.name)}${aside}`
  if (isOk) return [line]
  const { line: at, column } = one.position ?? {}
  return [
    line,
    ...yaml({
      message: cut(one.message ?? '', TEXT_MAX),
      severity: one.isAdvice ? 'comment' : one.status,
      ...(at !== undefined && { at: { file: graded.file, line: at, column } }),
      ...(one.expected !== undefined && { expected: cut(one.expected, TEXT_MAX) }),
      ...(one.actual !== undefined && { actual: cut(one.actual, TEXT_MAX) }),
      told: literal(toldPlainly(one, graded, locale, { max: TEXT_MAX })),
    }),
  ]
}

/** Backslash and `#` have a meaning in a description. */
const description = (text: string): string => oneLine(text).replace(/[\\#]/g, (character) => `\\${character}`)

/** A text of several lines that stays readable. */
function literal(text: string): Scalar {
  const scalar = new Scalar(text)
  scalar.type = 'BLOCK_LITERAL'
  return scalar
}

const yaml = (value: object): string[] => {
  const text = stringify(value, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })
  return ['---', ...text.trimEnd().split('\n'), '...'].map((line) => `  ${line}`)
}
