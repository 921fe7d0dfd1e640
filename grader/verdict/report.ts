/**
 * A verdict as text for people, in a terminal. Pure: what it prints depends on its arguments alone.
 *
 * Passing is quiet. The first failure tells its whole story: what was violated, expected and actual, the learner's line, a
 * small picture of who did what when, the hint, and how to see it again. The others are told in short.
 */
import type { CheckResult, ConsoleEntry, Diagnostic, Position, Story, Verdict } from './verdict.ts'

export interface ReportOptions {
  /** The learner's file, to show the line that is meant. */
  readonly source: string
  readonly fileName: string
  /** Text of a hint by its key. */
  readonly hint?: (key: string) => string | undefined
  /** Wraps text in a colour; the default leaves it as it is. */
  readonly paint?: (text: string, colour: 'red' | 'green' | 'yellow' | 'dim' | 'bold') => string
}

const MARKS: Readonly<Record<CheckResult['status'], string>> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  inconclusive: '?',
  internal: '!',
  skipped: '-',
}

const WORDS: Readonly<Record<Verdict['status'], string>> = {
  pass: 'pass',
  fail: 'fail',
  error: 'error: the submission broke down',
  inconclusive: 'inconclusive',
  internal: 'internal error: our mistake, not yours',
}

/** All of it, ending in a line break. */
export function report(verdict: Verdict, options: ReportOptions): string {
  const paint = options.paint ?? ((text) => text)
  const isRefused = verdict.diagnostics.some(({ severity }) => severity === 'syntax')
  const wasRun = verdict.checks.some(({ status }) => status !== 'skipped')
  const words = wasRun || verdict.status !== 'error' ? WORDS[verdict.status] : 'error: it cannot be run'
  const status = paint(words, colourOf(verdict.status))
  const lines = [`${paint(verdict.exercise, 'bold')} · ${verdict.mode} · ${status}`, '']
  for (const diagnostic of verdict.diagnostics) lines.push(...diagnosticLines(diagnostic, options))
  // What the compiler refused has been said, with its lines.
  if (verdict.message !== undefined && !isRefused) lines.push(...wrap(verdict.message, 100), '')
  if (!wasRun) {
    const { length } = verdict.checks
    lines.push(`  - none of the ${length} ${length === 1 ? 'check' : 'checks'} was run`)
    lines.push(...consoleLines(verdict, paint))
    return `${[...lines, '', closingLine(verdict, paint)].join('\n')}\n`
  }
  const told = new Set<string>()
  for (const check of verdict.checks) {
    lines.push(checkLine(check, paint))
    if (check.message === undefined) continue
    if (told.has(toldOf(check.message))) lines.push('      As above.')
    else lines.push(...(told.size === 0 ? wholeStory(check, options) : wrap(check.message, 100).map(indented)))
    told.add(toldOf(check.message))
  }
  lines.push(...consoleLines(verdict, paint))
  lines.push('', closingLine(verdict, paint))
  return `${lines.join('\n')}\n`
}

/** What went wrong, without what was asked just then: a submission that breaks down everywhere need be told so once. */
const toldOf = (message: string): string =>
  message.replace(/ \(in [^()]*(?:\([^()]*\))?[^()]*\)$/, '').replace(/^(\w+)\([^()]*\)/, '$1')

const indented = (line: string): string => (line === '' ? '' : `      ${line}`)

type Paint = NonNullable<ReportOptions['paint']>

const colourOf = (status: CheckResult['status']) =>
  status === 'pass' ? 'green' : status === 'skipped' ? 'dim' : status === 'inconclusive' ? 'yellow' : 'red'

const closingLine = ({ fuel, digest }: Verdict, paint: Paint): string =>
  paint(`${grouped(fuel)} units of fuel · digest ${digest.slice(0, 12)}`, 'dim')

function checkLine({ status, name, seeds }: CheckResult, paint: Paint): string {
  const tried =
    seeds && seeds.failing === undefined
      ? paint(` · ${seeds.tried} ${seeds.tried === 1 ? 'seed' : 'seeds'}`, 'dim')
      : ''
  const notRun = status === 'skipped' ? paint(' · not run', 'dim') : ''
  return `  ${paint(MARKS[status], colourOf(status))} ${name}${tried}${notRun}`
}

function wholeStory(check: CheckResult, options: ReportOptions): string[] {
  const paint = options.paint ?? ((text) => text)
  const lines = wrap(check.message!, 100)
  if (check.expected !== undefined) lines.push(`${paint('expected', 'green')}  ${check.expected}`)
  if (check.actual !== undefined) lines.push(`${paint('got', 'red')}       ${check.actual}`)
  if (check.position) lines.push(...sourceLines(check.position, options))
  if (check.story) lines.push('', ...storyLines(check.story))
  if (check.seeds?.failing !== undefined) lines.push(...wrap(foundWith(check), 100).map((line) => paint(line, 'dim')))
  // Code that breaks down is mended at its line; a hint about the rule would lead elsewhere.
  const hint = check.hint === undefined || check.status === 'error' ? undefined : options.hint?.(check.hint)
  if (hint !== undefined) lines.push('', ...hintLines(hint, paint))
  return [...lines.map(indented), '']
}

/** A hint is Markdown: paragraphs are filled anew, code stays as it is. */
function hintLines(hint: string, paint: Paint): string[] {
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
          : wrap(block.trim().replaceAll('\n', ' '), 100),
      )
  })
  return [`${paint('hint', 'yellow')}  ${question}`, ...texts.flat()]
}

/** How to see it again, and how much of the generated case is left. */
function foundWith({ seeds, replay }: CheckResult): string {
  const { failing, tried, shrunk } = seeds!
  const which = `Found with seed ${failing}, the ${ordinal(tried)} that was tried (again: --seed ${failing} --seeds 1).`
  const smaller =
    shrunk && ` The case was made smaller, from ${shrunk.from} to ${shrunk.to} characters of JSON, and still fails.`
  return `${which}${smaller ?? ''}${replay ? ` The replay opens at tick ${replay.tick}.` : ''}`
}

function diagnosticLines({ line, column, code, message, severity }: Diagnostic, options: ReportOptions): string[] {
  const kind = severity === 'syntax' ? 'cannot run' : 'type'
  const head = `${options.fileName}:${line}:${column} · ${kind} · ${message}${code > 0 && code < 90_000 ? ` (TS${code})` : ''}`
  return [head, ...sourceLines({ line, column }, options).map((text) => `  ${text}`), '']
}

/** The line that is meant, with a caret below its column. */
export function sourceLines({ line, column }: Position, { source, fileName }: ReportOptions): string[] {
  const text = source.split('\n')[line - 1]
  if (text === undefined) return [`${fileName}:${line}:${column}`]
  const gutter = `${fileName}:${line} │ `
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

function consoleLines({ console, consoleTruncated }: Verdict, paint: Paint): string[] {
  if (console.length === 0) return []
  const shown = console.slice(0, CONSOLE_SHOWN)
  const more = console.length - shown.length
  const cut =
    more > 0
      ? [`  … ${more} more lines (all of them with --json)`]
      : consoleTruncated
        ? ['  … more was written than is kept']
        : []
  return ['', paint('console', 'bold'), ...shown.map(consoleLine), ...cut]
}

const CONSOLE_SHOWN = 20

function consoleLine({ level, text, atMicros }: ConsoleEntry): string {
  const time = atMicros === undefined ? '' : `${seconds(atMicros)} s  `
  return `  ${time}${level === 'log' ? '' : `${level}: `}${text}`
}

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const seconds = (micros: number): string => (Math.round(micros / 1000) / 1000).toFixed(3)
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

function ordinal(value: number): string {
  const tens = value % 100
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
  return `${value}${suffix}`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
