/**
 * One failed check as lines of text: what was violated, expected and actual, the learner's line, a small picture of who did
 * what when, how to see it again, and the hint. In colour for a terminal, plain for every format that takes a text.
 */
import type { Locale } from '../verdict/said.ts'
import type { CheckResult, Position, Story } from '../verdict/verdict.ts'
import type { Speakable } from './cases.ts'
import { findingOf, spoken } from './cases.ts'
import { ordinal, words } from './report-texts.ts'
import type { Graded, Paint, ReportOptions } from './reporter.ts'

const WIDTH = 100
const CASE_LINES_MAX = 12

export function tellCheck(check: CheckResult, graded: Graded, options: ReportOptions): string[] {
  const { locale, paint } = options
  const { message } = findingOf(check, locale, graded.texts)
  const lines = message === undefined ? [] : wrap(message, WIDTH)
  const about = aboutLine(check, locale)
  if (about !== undefined) lines.push(paint(about, 'dim'))
  lines.push(...expectedLines(check, graded, options), ...differenceLines(check, locale))
  if (check.position) lines.push(...sourceLines(check.position, graded))
  lines.push(...caseLines(check, graded, options))
  if (check.story) lines.push('', ...storyLines(check.story, (text) => spoken(text, locale, graded.texts)))
  const { divergence } = check
  if (divergence) lines.push('', ...wrap(spoken(divergence, locale, graded.texts), WIDTH))
  if (check.seeds?.failing !== undefined)
    lines.push(...wrap(foundWith(check, locale), WIDTH).map((line) => paint(line, 'dim')))
  for (const [key, text] of Object.entries(graded.again?.get(check.name) ?? {}))
    lines.push(`${paint(words(`again-${key}`, locale), 'dim')}  ${text}`)
  // Code that breaks down is mended at its line; a hint about the rule would lead elsewhere.
  const hint = check.hint === undefined || check.status !== 'fail' ? undefined : graded.hint?.(check.hint)
  if (hint !== undefined) lines.push('', ...hintLines(hint, words('hint', locale), paint))
  return lines
}

/** `Pod default/web-1 · at 3.200 s`: which object, and when. */
function aboutLine({ object, at }: CheckResult, locale: Locale): string | undefined {
  const parts = [
    object && `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`,
    at && words('at', locale, { time: seconds(at.atMicros) }),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' · ')
}

function expectedLines(check: CheckResult, { texts }: Graded, { locale, paint }: ReportOptions): string[] {
  const { expected, actual } = findingOf(check, locale, texts)
  const rows = [
    { label: words('expected', locale), colour: 'green', text: expected },
    { label: words('got', locale), colour: 'red', text: actual },
  ] as const
  const width = Math.max(...rows.map(({ label }) => label.length)) + 2
  return rows.flatMap(({ label, colour, text }) =>
    text === undefined ? [] : [`${paint(label, colour)}${' '.repeat(width - label.length)}${text}`],
  )
}

/** Where values differ, when that says more than the whole of them. */
function differenceLines({ difference = [] }: CheckResult, locale: Locale): string[] {
  const value = (it: unknown): string => (it === undefined ? words('nothing', locale) : JSON.stringify(it))
  return difference
    .filter(({ path }) => path !== '')
    .map(({ path, expected, actual }) =>
      words('differs', locale, { path, expected: value(expected), actual: value(actual) }),
    )
}

/** The case in words: what was done, and what went wrong on purpose. */
function caseLines({ faults = [] }: CheckResult, { texts }: Graded, { locale, paint }: ReportOptions): string[] {
  if (faults.length === 0) return []
  const shown = faults.slice(0, CASE_LINES_MAX).map((told) => {
    const time = told.atMicros === undefined ? '' : `${seconds(told.atMicros)} s  `
    const text = spoken({ message: told.text, said: told.said }, locale, texts)
    return `  ${told.kind === 'fault' ? '⚡' : '·'} ${time}${text}`
  })
  const more = faults.length - shown.length
  return ['', paint(words('case', locale), 'bold'), ...shown, ...(more > 0 ? [`  … ${more}`] : [])]
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
  const opens = replay && !replay.isWorldless ? words('replay', locale, { tick: String(replay.tick) }) : undefined
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

const TONES = { plain: '●', pod: '●', good: '✓', bad: '✗' } as const
/** The two events whose order matters. */
const MARKED = { 1: '①', 2: '②' } as const

/** One column per lane, one row per moment: time runs down, so that a terminal of any width can show it. */
export function storyLines({ lanes }: Story, say: (text: Speakable) => string = ({ message }) => message): string[] {
  const moments = [...new Set(lanes.flatMap(({ entries }) => entries.map(({ atMicros }) => atMicros)))].sort(
    (a, b) => a - b,
  )
  const names = lanes.map(({ name, said }) => say({ message: name, said }))
  const cells = moments.map((moment) =>
    lanes.map(({ entries }) =>
      entries
        .filter(({ atMicros }) => atMicros === moment)
        .map(({ label, said, tone, mark }) => `${mark ? MARKED[mark] : TONES[tone]} ${say({ message: label, said })}`)
        .join('; '),
    ),
  )
  const widths = names.map((name, lane) =>
    Math.min(COLUMN_MAX, Math.max(name.length, ...cells.map((row) => row[lane]!.length))),
  )
  const fitted = (text: string, width: number) =>
    text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
  const row = (time: string, texts: readonly string[]) =>
    `${time.padStart(10)}  ${texts.map((text, lane) => fitted(text, widths[lane]!)).join(' │ ')}`.trimEnd()
  const head = row('', names)
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
