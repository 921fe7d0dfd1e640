/**
 * Markdown as GitHub renders it: for pull requests, job summaries and notes. A submission that passes is one line; one that
 * does not has a table of its checks, and its first failure told whole. A submission's own words never become markup.
 */
import type { Standing } from '../verdict/standing.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { Case } from './cases.ts'
import { casesOf, generalFeedback, spoken } from './cases.ts'
import { toldPlainly } from './plain-telling.ts'
import { cut, oneLine, readableGraded } from './readable.ts'
import { statusWords, words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'
import { standingTable } from './standing-lines.ts'

export const markdown: Reporter = {
  name: 'markdown',
  what: 'Markdown, as GitHub renders it',
  holds: 'many',
  start(options) {
    const counts = new Map<Verdict['status'], number>()
    return {
      opening: '',
      add(graded) {
        const { status } = graded.verdict
        counts.set(status, (counts.get(status) ?? 0) + 1)
        return section(readableGraded(graded), options)
      },
      end: () => overview(counts, options),
    }
  },
}

const CELL_MAX = 300
const STORY_MAX = 16_384
const STATUSES = ['pass', 'fail', 'error', 'inconclusive', 'internal'] as const

const MARKS: Readonly<Record<Case['status'], string>> = {
  pass: '✅',
  fail: '❌',
  error: '❗',
  inconclusive: '❔',
  internal: '⚠️',
  skipped: '➖',
}

function section(graded: Graded, options: ReportOptions): string {
  const { verdict, file, texts } = graded
  const { locale } = options
  const head = `${MARKS[verdict.status]} **${escaped(verdict.exercise)}** · ${code(file)} · ${statusWords(verdict, locale)}`
  const score = verdict.score?.credit === 'partial' ? ` · ${scoreText(verdict.score, locale)}` : ''
  // Where the checks are listed, they give their advice themselves.
  const advice = verdict.status === 'pass' ? verdict.feedback.filter(({ type }) => type === 'advice') : []
  const gentle = [...new Set([...generalFeedback(verdict), ...advice])].map(
    (feedback) => `> ${words(labelOf(feedback.type), locale)}: ${escaped(spoken(feedback, locale, texts))}`,
  )
  const parts = [`${head}${score}`, ...gentle]
  if (verdict.status !== 'pass') parts.push(...failures(graded, options))
  for (const { standing } of verdict.checks) if (standing) parts.push(standingSection(standing, graded, locale))
  return `${parts.join('\n\n')}\n\n`
}

function standingSection(standing: Standing, { texts }: Graded, locale: ReportOptions['locale']): string {
  const { heading, scale, rows, others } = standingTable(standing, locale, texts)
  const columns = ['entrant', 'median', 'distribution', 'won-tied-lost', 'ratio'].map((key) => words(key, locale))
  const lines = rows.map(({ title, median, strip, against }) => {
    const pairing = against
      ? [against.score, `${against.ratio} ${words(`stands-${against.verdict}`, locale)}`].map(cell)
      : [' ', ' ']
    return `| ${[cell(title), cell(median), `\`${strip.replaceAll(' ', '·')}\``, ...pairing].join(' | ')} |`
  })
  const table = [`| ${columns.join(' | ')} |`, '| --- | ---: | --- | --- | --- |', ...lines].join('\n')
  return [`${escaped(heading)}. ${escaped(scale)}`, table, ...others.map(escaped)].join('\n\n')
}

const labelOf = (type: 'blocking' | 'advice' | 'praise'): string => (type === 'blocking' ? 'hint' : type)

const scoreText = ({ earned, possible }: NonNullable<Verdict['score']>, locale: ReportOptions['locale']): string =>
  `${words('score', locale)}: ${words('of-points', locale, { earned, possible })}`

function failures(graded: Graded, { locale }: ReportOptions): string[] {
  const cases = casesOf(graded, locale)
  const rows = cases.map(
    ({ status, isAdvice, name, message = '' }) =>
      `| ${isAdvice ? '💡' : MARKS[status]} | ${cell(name)} | ${cell(cut(oneLine(message), CELL_MAX))} |`,
  )
  const table = [`| | ${words('check', locale)} | ${words('finding', locale)} |`, '| --- | --- | --- |', ...rows]
  const first = cases.find(({ message, isAdvice }) => message !== undefined && !isAdvice)
  if (!first) return [table.join('\n')]
  return [table.join('\n'), fenced(toldPlainly(first, graded, locale, { max: STORY_MAX, again: true }))]
}

function overview(counts: ReadonlyMap<Verdict['status'], number>, { locale }: ReportOptions): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total < 2) return ''
  const rows = STATUSES.filter((status) => counts.has(status)).map(
    (status) => `| ${MARKS[status]} ${words(status, locale)} | ${counts.get(status)} |`,
  )
  const head = `| ${words('status', locale)} | ${words('submissions', locale, { count: total })} |`
  return `${[head, '| --- | --- |', ...rows].join('\n')}\n`
}

// ── text that stays text ────────────────────────────────────────────────────────────────────────────────────────────

/** In one line; no character of it means anything to Markdown, nor does an address become a link. */
const escaped = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_{}[\]<>#|~&@$^!]/g, '\\$&')
    .replace(/^([-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/(\w):(?=\/\/|\w)/g, '$1\\:')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`)

const cell = (text: string): string => escaped(text) || ' '

/** Between more backticks than it has in a row. */
function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1)
  const inner = oneLine(text)
  return inner === '' ? '' : `${fence} ${inner} ${fence}`
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}text\n${text}\n${fence}`
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
