/**
 * One failed check as lines of text: what was violated, expected and actual, the learner's line, a small picture of who did
 * what when, how to see it again, and the hint. In colour for a terminal, plain for every format that takes a text.
 */
import type { Locale } from '../verdict/said.ts'
import type { CheckResult, Position, Story } from '../verdict/verdict.ts'
import { findingOf } from './cases.ts'
import { ordinal, words } from './report-texts.ts'
import type { Graded, Paint, ReportOptions } from './reporter.ts'

const WIDTH = 100

export function tellCheck(check: CheckResult, graded: Graded, { locale, paint }: ReportOptions): string[] {
  const { message, expected, actual } = findingOf(check, locale, graded.texts)
  const lines = message === undefined ? [] : wrap(message, WIDTH)
  const labels = [words('expected', locale), words('got', locale)] as const
  const width = Math.max(labels[0].length, labels[1].length) + 2
  if (expected !== undefined)
    lines.push(`${paint(labels[0], 'green')}${' '.repeat(width - labels[0].length)}${expected}`)
  if (actual !== undefined) lines.push(`${paint(labels[1], 'red')}${' '.repeat(width - labels[1].length)}${actual}`)
  if (check.position) lines.push(...sourceLines(check.position, graded))
  if (check.story) lines.push('', ...storyLines(check.story))
  if (check.seeds?.failing !== undefined)
    lines.push(...wrap(foundWith(check, locale), WIDTH).map((line) => paint(line, 'dim')))
  // Code that breaks down is mended at its line; a hint about the rule would lead elsewhere.
  const hint = check.hint === undefined || check.status === 'error' ? undefined : graded.hint?.(check.hint)
  if (hint !== undefined) lines.push('', ...hintLines(hint, words('hint', locale), paint))
  return lines
}

/** A hint is Markdown: paragraphs are filled anew, code stays as it is. */
function hintLines(hint: string, label: string, paint: Paint): string[] {
  const [question = '', ...rest] = hint.split('\n')
  const parts = rest.join('\n').split(/^```\w*\n([^]*?)^```$/m)
  const texts = parts.flatMap((part, index) => {
    const isCode = index % 2 === 1
    const blocks = isCode ? [part.trimEnd()] : part.split(/\n\n+/)
    return blocks
      .filter((block) => block.trim() !== '')
      .map((block) =>
        isCode
          ? block.split('\n').map((line) => (line === '' ? '' : `    ${line}`))
          : wrap(block.trim().replaceAll('\n', ' '), WIDTH),
      )
  })
  return [`${paint(label, 'yellow')}  ${question}`, ...texts.flat()]
}

/** How to see it again, and how much of the generated case is left. */
function foundWith({ seeds, replay }: CheckResult, locale: Locale): string {
  const { failing, tried, shrunk } = seeds!
  const found = words('found', locale, {
    seed: String(failing),
    which: ordinal(tried, locale),
    again: String(failing),
  })
  const smaller = shrunk && words('smaller', locale, { from: String(shrunk.from), to: String(shrunk.to) })
  const opens = replay && words('replay', locale, { tick: String(replay.tick) })
  return [found, smaller, opens].filter((part) => part !== undefined).join(' ')
}

/** The line that is meant, with a caret below its column. */
export function sourceLines({ line, column }: Position, { source, file }: Pick<Graded, 'source' | 'file'>): string[] {
  const text = source.split('\n')[line - 1]
  if (text === undefined) return [`${file}:${line}:${column}`]
  const gutter = `${file}:${line} │ `
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return [`${gutter}${text.trimEnd()}`, `${' '.repeat(gutter.length - 2)}│ ${before}^`]
}

const COLUMN_MAX = 34

/** One column per lane, one row per moment: time runs down, so that a terminal of any width can show it. */
export function storyLines({ lanes }: Story): string[] {
  const moments = [...new Set(lanes.flatMap(({ entries }) => entries.map(({ atMicros }) => atMicros)))].sort(
    (a, b) => a - b,
  )
  const cells = moments.map((moment) =>
    lanes.map(({ entries }) =>
      entries
        .filter(({ atMicros }) => atMicros === moment)
        .map(({ label, tone }) => `${tone === 'bad' ? '✗' : tone === 'good' ? '✓' : '●'} ${label}`)
        .join('; '),
    ),
  )
  const widths = lanes.map(({ name }, lane) =>
    Math.min(COLUMN_MAX, Math.max(name.length, ...cells.map((row) => row[lane]!.length))),
  )
  const fitted = (text: string, width: number) =>
    text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
  const row = (time: string, texts: readonly string[]) =>
    `${time.padStart(10)}  ${texts.map((text, lane) => fitted(text, widths[lane]!)).join(' │ ')}`.trimEnd()
  const head = row(
    '',
    lanes.map(({ name }) => name),
  )
  return [
    head,
    ...moments.map((moment, i) =>
      row(
        `${seconds(moment)} s`,
        cells[i]!.map((text) => text || '│'),
      ),
    ),
  ]
}

export const seconds = (micros: number): string => (Math.round(micros / 1000) / 1000).toFixed(3)

export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
