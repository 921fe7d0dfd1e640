/**
 * A verdict as text for people, in a terminal.
 *
 * Passing is quiet. The first failure tells its whole story; the others are told in short. Advice, praise and points stand
 * at the end, a known mistake that the failures point to stands at the beginning.
 */
import type { Locale } from '../verdict/said.ts'
import { grouped, titleOf } from '../verdict/say.ts'
import type { CheckResult, ConsoleEntry, Diagnostic, Exploration, Feedback, Verdict } from '../verdict/verdict.ts'
import { findingOf, spoken } from './cases.ts'
import { readableGraded } from './readable.ts'
import { statusWords, words } from './report-texts.ts'
import type { Graded, Paint, Reporter, ReportOptions } from './reporter.ts'
import { standingLines } from './standing-lines.ts'
import { seconds, sourceLines, tellCheck, wrap } from './telling.ts'

export const pretty: Reporter = {
  name: 'pretty',
  what: 'text for people',
  holds: 'many',
  start: (options) => ({ opening: '', add: (graded) => prettyText(readableGraded(graded), options), end: () => '' }),
}

const WIDTH = 100

const MARKS: Readonly<Record<CheckResult['status'], string>> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  inconclusive: '?',
  internal: '!',
  skipped: '-',
}

const colourOf = (status: CheckResult['status']) =>
  status === 'pass' ? 'green' : status === 'skipped' ? 'dim' : status === 'inconclusive' ? 'yellow' : 'red'

/** All of it, ending in a line break. */
function prettyText(graded: Graded, options: ReportOptions): string {
  const { verdict, texts } = graded
  const { paint, locale } = options
  const isRefused = verdict.diagnostics.some(({ severity }) => severity === 'syntax')
  const wasRun = verdict.checks.some(({ status }) => status !== 'skipped')
  const status = paint(statusWords(verdict, locale), colourOf(verdict.status))
  const heading = [paint(verdict.exercise, 'bold'), verdict.mode, status]
  const lines = [heading.join(' · '), '']
  for (const diagnostic of verdict.diagnostics) lines.push(...diagnosticLines(diagnostic, graded, options))
  // What the compiler refused has been said, with its lines.
  if (verdict.message !== undefined && !isRefused)
    lines.push(...wrap(spoken({ message: verdict.message, said: verdict.said }, locale, texts), WIDTH), '')
  for (const known of verdict.feedback.filter(isKnownMistake))
    lines.push(...wrap(spoken(known, locale, texts), WIDTH), '')
  if (wasRun) lines.push(...checkLines(graded, options))
  else if (verdict.checks.length > 0) lines.push(`  - ${words('none-run', locale, { count: verdict.checks.length })}`)
  // A story told whole ends in an empty line of its own.
  if (lines.at(-1) === '') lines.pop()
  lines.push(...consoleLines(verdict, options), ...gentleLines(graded, options), '', ...closingLines(verdict, options))
  lines.push(...linkLines(graded, options))
  return `${lines.join('\n')}\n`
}

const isKnownMistake = ({ type, check }: Feedback): boolean => type === 'blocking' && check === undefined

// ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function checkLines(graded: Graded, options: ReportOptions): string[] {
  const told = new Set<string>()
  return graded.verdict.checks.flatMap((check) => [...findingLines(check, graded, options, told), ...placeLines(check)])

  function placeLines({ standing }: CheckResult): string[] {
    return standing ? [...standingLines(standing, options.locale, graded.texts).map(indented), ''] : []
  }
}

function findingLines(check: CheckResult, graded: Graded, options: ReportOptions, told: Set<string>): string[] {
  const line = checkLine(check, graded, options)
  if (check.message === undefined) return [line]
  const isRepeated = told.has(toldOf(check.message))
  const isFirst = told.size === 0
  told.add(toldOf(check.message))
  if (isRepeated) return [line, indented(words('as-above', options.locale))]
  if (isFirst) return [line, ...tellCheck(check, withoutLinks(graded), options).map(indented), '']
  const { message } = findingOf(check, options.locale, graded.texts)
  return [line, ...wrap(message!, WIDTH).map(indented)]
}

const withoutLinks = ({ again, ...graded }: Graded): Graded => ({
  ...graded,
  ...(again && { again: new Map([...again].map(([check, { link: _, ...others }]) => [check, others])) }),
})

/** What went wrong, without what was asked just then: a submission that breaks down everywhere need be told so once. */
const toldOf = (message: string): string =>
  message.replace(/ \(in [^()]*(?:\([^()]*\))?[^()]*\)$/, '').replace(/^(\w+)\([^()]*\)/, '$1')

const indented = (line: string): string => (line === '' ? '' : `      ${line}`)

/** How much a pass claims: all schedules, all within a bound, or (where the budget was spent) those that were tried. */
function schedules({ schedules: count, complete, bound }: Exploration, status: string, locale: Locale): string {
  if (status === 'inconclusive') return words('schedules', locale, { count })
  if (complete) return words('all-schedules', locale, { count })
  const { deviations } = bound
  return words(deviations === undefined ? 'schedules' : 'bounded-schedules', locale, {
    count,
    deviations: deviations ?? 0,
  })
}

function checkLine(
  { status, name, seeds, advisory, exploration }: CheckResult,
  { texts }: Graded,
  { paint, locale }: ReportOptions,
): string {
  const aside = (text: string): string => paint(` · ${text}`, 'dim')
  const isBad = status === 'fail' || status === 'error'
  const tried =
    seeds && seeds.failing === undefined
      ? aside(exploration ? schedules(exploration, status, locale) : words('seeds', locale, { count: seeds.tried }))
      : ''
  const notRun = status === 'skipped' ? aside(words('not-run', locale)) : ''
  const gentle = advisory && isBad ? aside(words('only-advice', locale)) : ''
  const mark = paint(MARKS[status], advisory && isBad ? 'yellow' : colourOf(status))
  return `  ${mark} ${titleOf(name, locale, texts)}${tried}${notRun}${gentle}`
}

// ── around them ─────────────────────────────────────────────────────────────────────────────────────────────────────

function diagnosticLines(diagnostic: Diagnostic, graded: Graded, { locale }: ReportOptions): string[] {
  const { line, column, code, message, severity } = diagnostic
  const kind = words(severity === 'syntax' ? 'cannot-run' : 'type', locale)
  const head = `${graded.file}:${line}:${column} · ${kind} · ${message}${code > 0 && code < 90_000 ? ` (TS${code})` : ''}`
  return [head, ...sourceLines({ line, column }, graded).map((text) => `  ${text}`), '']
}

const CONSOLE_SHOWN = 20

function consoleLines({ console, consoleTruncated }: Verdict, { paint, locale }: ReportOptions): string[] {
  if (console.length === 0) return []
  const shown = console.slice(0, CONSOLE_SHOWN)
  const more = console.length - shown.length
  const note =
    more > 0
      ? words('more-lines', locale, { count: more })
      : consoleTruncated
        ? words('more-written', locale)
        : undefined
  const heading = paint(words('console', locale), 'bold')
  return ['', heading, ...shown.map(consoleLine), ...(note === undefined ? [] : [`  ${note}`])]
}

function consoleLine({ level, text, atMicros }: ConsoleEntry): string {
  const time = atMicros === undefined ? '' : `${seconds(atMicros)} s  `
  return `  ${time}${level === 'log' ? '' : `${level}: `}${text}`
}

/** Advice that no check above has given, and praise. */
function gentleLines({ verdict, texts }: Graded, { paint, locale }: ReportOptions): string[] {
  const gentle = verdict.feedback.filter(
    ({ type, check }) => type === 'praise' || (type === 'advice' && check === undefined),
  )
  if (gentle.length === 0) return []
  const lines = gentle.flatMap((feedback) => {
    const label = words(feedback.type, locale)
    const [first = '', ...rest] = wrap(spoken(feedback, locale, texts), WIDTH)
    const colour = feedback.type === 'praise' ? 'green' : 'yellow'
    return [`${paint(label, colour)}  ${first}`, ...rest.map((line) => `${' '.repeat(label.length + 2)}${line}`)]
  })
  return ['', ...lines]
}

function closingLines({ score, fuel, digest }: Verdict, options: ReportOptions): string[] {
  const { paint, locale } = options
  const closing = words('closing', locale, { fuel: grouped(fuel, locale), digest: digest.slice(0, 12) })
  return [...(score?.credit === 'partial' ? [scoreLine(score, paint, locale)] : []), paint(closing, 'dim')]
}

/** The whole story is in its link, which may be longer than all the rest: so it comes last, where nobody reads over it. */
function linkLines({ verdict, again }: Graded, { paint, locale }: ReportOptions): string[] {
  const told = verdict.checks.find(({ message }) => message !== undefined)
  const link = told && again?.get(told.name)?.link
  return link === undefined ? [] : ['', `${paint(words('again-link', locale), 'dim')}  ${link}`]
}

const scoreLine = ({ earned, possible }: NonNullable<Verdict['score']>, paint: Paint, locale: Locale): string =>
  `${paint(words('score', locale), 'bold')}  ${words('of-points', locale, { earned, possible })}`
