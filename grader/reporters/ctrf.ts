/**
 * CTRF, the Common Test Report Format: one JSON shape for the results of any test tool. Times are 0, for no verdict has a
 * clock; what could not be decided and what broke on our side is `other`, with the real status beside it.
 */
import type { Case } from './cases.ts'
import { casesOf } from './cases.ts'
import { consoleText, toldPlainly } from './plain-telling.ts'
import { cut, readableGraded } from './readable.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

const STATUSES = ['passed', 'failed', 'skipped', 'pending', 'other'] as const
type CtrfStatus = (typeof STATUSES)[number]

export const ctrf: Reporter = {
  name: 'ctrf',
  what: 'CTRF JSON (Common Test Report Format)',
  holds: 'many',
  start(options) {
    const counts: Record<CtrfStatus, number> = { passed: 0, failed: 0, skipped: 0, pending: 0, other: 0 }
    let [tests, suites] = [0, 0]
    return {
      opening: `{"reportFormat":"CTRF","specVersion":"0.0.0","generatedBy":"clusterwright","results":{"tool":{"name":"clusterwright"},"tests":[`,
      add(graded) {
        const results = testsOf(readableGraded(graded), options)
        const text = results.map((test) => `${tests++ === 0 ? '' : ','}\n${JSON.stringify(test)}`).join('')
        for (const { status } of results) counts[status]++
        suites++
        return text
      },
      end: () => `\n],"summary":${JSON.stringify({ tests, ...counts, suites, start: 0, stop: 0 })}}}\n`,
    }
  },
}

const TEXT_MAX = 65_536

const STATUS: Readonly<Record<Case['status'], CtrfStatus>> = {
  pass: 'passed',
  fail: 'failed',
  error: 'failed',
  inconclusive: 'other',
  internal: 'other',
  skipped: 'skipped',
}

const testsOf = (graded: Graded, { locale }: ReportOptions) =>
  casesOf(graded, locale).map((one) => {
    const { check, position } = one
    const { digest, engine } = graded.verdict
    const stdout = consoleText(one, locale, { max: TEXT_MAX })
    return {
      name: one.name,
      // Advice fails nothing.
      status: one.isAdvice ? ('other' as const) : STATUS[one.status],
      duration: 0,
      suite: [graded.verdict.exercise, graded.file],
      rawStatus: one.status,
      filePath: graded.file,
      ...(position && { line: position.line }),
      ...(one.message !== undefined && {
        message: cut(one.message, TEXT_MAX),
        trace: toldPlainly(one, graded, locale, { max: TEXT_MAX }),
      }),
      ...(check && { type: check.kind, ...(check.advisory && { tags: ['advisory'] }) }),
      ...(stdout !== '' && { stdout: stdout.split('\n') }),
      extra: {
        ...{ digest, engine },
        ...(check && { fuel: check.fuel, weight: check.weight, ...(check.seeds && { seeds: check.seeds }) }),
        ...(one.expected !== undefined && { expected: one.expected }),
        ...(one.actual !== undefined && { actual: one.actual }),
      },
    }
  })
