/**
 * The reports that a command was asked for: `--reporter NAME[=FILE]`, as often as wanted. One command opens them, feeds each
 * submission to all, and closes them; what a report says is the business of `grader/reporters/`.
 *
 * In GitHub Actions annotations and a job summary come by themselves. The runner obeys commands that it finds anywhere in a
 * step's output, a submission's own words included; so it is told to stop listening while those are printed.
 */
import { randomUUID } from 'node:crypto'
import { github } from '../reporters/github.ts'
import { markdown } from '../reporters/markdown.ts'
import { words } from '../reporters/report-texts.ts'
import { pretty } from '../reporters/pretty.ts'
import type { Graded, Report, Reporter, ReportOptions } from '../reporters/reporter.ts'
import { unpainted } from '../reporters/reporter.ts'
import { REPORTERS } from '../reporters/reporters.ts'
import type { Locale } from '../verdict/said.ts'
import type { Options } from './command.ts'
import { didYouMean, oneOf, UsageError } from './errors.ts'
import type { Paint, Stream } from './paint.ts'
import type { Sink } from './report-file.ts'
import { fileSink, summarySink } from './report-file.ts'

export const REPORT_OPTIONS = {
  reporter: {
    type: 'string',
    multiple: true,
    value: 'NAME[=FILE]',
    help: 'reports in this format, to FILE or to stdout; may be given often (default pretty)',
  },
  lang: { type: 'string', value: 'en|es', help: 'the language of reports (default en)' },
} as const satisfies Options

const NAME = '{name}'

export const REPORT_DETAILS = `Reporters
${REPORTERS.map(({ name, what }) => `  ${name.padEnd(14)}${what}`).join('\n')}

One of them may write to stdout; each of the others needs a file of its own: --reporter junit=out/junit.xml. With ${NAME} in
it every submission has its own file: --reporter 'gradescope=out/${NAME}.json'. A file appears when it is whole. In GitHub
Actions (GITHUB_ACTIONS=true) annotations and the job summary are added by themselves.`

export interface ReportingOptions {
  /** As given: `junit=out.xml`, `pretty`. */
  readonly reporters: readonly string[] | undefined
  readonly lang: string | undefined
  /** More than one submission may come. */
  readonly isBatch: boolean
  /** Where nobody names one for stdout; a batch that prints a summary of its own has none. */
  readonly fallback: readonly string[]
  readonly out: Stream
  readonly paint: Paint
  readonly env: NodeJS.ProcessEnv
}

/** One document on its way to one place. */
interface Output {
  add(graded: Graded): void
  finish(): void
  abandon(): void
}

interface Spec {
  readonly reporter: Reporter
  /** Absent for stdout. */
  readonly file?: string
}

/** Use: open, add each, then finish; or abandon, where the run was broken off. */
export class Reporting {
  readonly locale: Locale
  readonly #outputs: Output[] = []

  /** Throws a UsageError for what nobody can write. Opens no file if any of them is wrong. */
  constructor(options: ReportingOptions) {
    this.locale = localeOf(options.lang)
    const specs = specsOf(options)
    this.isDataOnStdout = specs.some((one) => one.file === undefined && one.reporter !== pretty && !isAnnotation(one))
    try {
      for (const spec of specs.filter((one) => !isAnnotation(one)))
        this.#outputs.push(outputOf(spec, this.locale, options))
      this.#outputs.push(...annotationOutputs(specs, this.locale, options))
    } catch (error) {
      this.abandon()
      throw error
    }
  }

  /** Something but text for people and annotations is on stdout: nothing else may be printed there. */
  readonly isDataOnStdout: boolean

  /** Somebody wants to hear of each submission. */
  get isHeard(): boolean {
    return this.#outputs.length > 0
  }

  /** Reports are finished when the work is done, and abandoned when it is broken off. */
  async while<T>(work: () => Promise<T> | T): Promise<T> {
    try {
      const result = await work()
      this.finish()
      return result
    } catch (error) {
      this.abandon()
      throw error
    }
  }

  add(graded: Graded): void {
    for (const output of this.#outputs) output.add(graded)
  }

  finish(): void {
    for (const output of this.#outputs.splice(0)) output.finish()
  }

  abandon(): void {
    for (const output of this.#outputs.splice(0)) output.abandon()
  }
}

const localeOf = (lang: string | undefined): Locale => oneOf('--lang', lang ?? 'en', ['en', 'es'])

// ── what was asked for ──────────────────────────────────────────────────────────────────────────────────────────────

function specsOf({ reporters = [], fallback, isBatch }: ReportingOptions): Spec[] {
  const asked = reporters.map(specOf)
  const isSpoken = asked.some((one) => one.file === undefined && !isAnnotation(one))
  const specs = isSpoken ? asked : [...fallback.map(specOf), ...asked]
  const loud = specs.filter((one) => one.file === undefined && !isAnnotation(one))
  if (loud.length > 1) {
    const [first, second] = loud.map(({ reporter }) => reporter.name)
    throw new UsageError(`${first} and ${second} would both be on stdout: write --reporter ${second}=FILE`)
  }
  const files = specs.flatMap(({ file }) => (file === undefined ? [] : [file]))
  const twice = files.find((file, index) => files.indexOf(file) !== index)
  if (twice !== undefined) throw new UsageError(`two reports would be in "${twice}": give each a file of its own`)
  for (const { reporter, file = '' } of specs)
    if (isBatch && reporter.holds === 'one' && !file.includes(NAME))
      throw new UsageError(
        `a report in ${reporter.name} holds one submission: write --reporter '${reporter.name}=DIR/${NAME}.json', a file for each`,
      )
  return specs
}

/** Annotations share stdout with what people read, and come last. */
const isAnnotation = ({ file, reporter }: Spec): boolean => reporter === github && file === undefined

function specOf(text: string): Spec {
  const [, name = '', file] = /^([^=]*)(?:=([^]*))?$/.exec(text) ?? []
  const reporter = REPORTERS.find((one) => one.name === name)
  const known = REPORTERS.map((one) => one.name)
  if (!reporter) throw new UsageError(didYouMean(`there is no reporter "${name}"`, name, known))
  if (file === '') throw new UsageError(`--reporter ${text} names no file: write ${name}=FILE, or ${name} for stdout`)
  return { reporter, ...(file !== undefined && { file }) }
}

// ── where it goes ───────────────────────────────────────────────────────────────────────────────────────────────────

function outputOf({ reporter, file }: Spec, locale: Locale, { out, paint }: ReportingOptions): Output {
  if (file === undefined) return toSink(reporter.start({ locale, paint }), stdoutSink(out))
  const options: ReportOptions = { locale, paint: unpainted }
  if (!file.includes(NAME)) return toSink(reporter.start(options), fileSink(file))
  return {
    add(graded) {
      const each = toSink(reporter.start(options), fileSink(file.replaceAll(NAME, nameOf(graded.file))))
      each.add(graded)
      each.finish()
    },
    finish() {},
    abandon() {},
  }
}

/** The submission's path below the folder of reports, whatever path led to it. */
const nameOf = (file: string): string =>
  file
    .split(/[\\/]/)
    .filter((part) => !['', '.', '..'].includes(part))
    .join('/')

function toSink(report: Report, sink: Sink): Output {
  let isBegun = false
  const begin = (): void => {
    if (!isBegun && report.opening !== '') sink.write(report.opening)
    isBegun = true
  }
  return {
    add(graded) {
      begin()
      const text = report.add(graded)
      if (text !== '') sink.write(text)
    },
    finish() {
      begin()
      const text = report.end()
      if (text !== '') sink.write(text)
      sink.finish()
    },
    abandon: () => sink.abandon(),
  }
}

const stdoutSink = (out: Stream): Sink => ({ write: (text) => void out.write(text), finish() {}, abandon() {} })

// ── GitHub Actions ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Data on stdout are for a program that reads them: annotations among them would only break it. */
const isInActions = ({ env }: ReportingOptions, specs: readonly Spec[]): boolean =>
  env['GITHUB_ACTIONS'] === 'true' &&
  specs.every((one) => one.file !== undefined || one.reporter === pretty || isAnnotation(one))

function annotationOutputs(specs: readonly Spec[], locale: Locale, options: ReportingOptions): Output[] {
  const { out, env } = options
  const isActions = isInActions(options, specs)
  if (!isActions && !specs.some(isAnnotation)) return []
  const plain: ReportOptions = { locale, paint: unpainted }
  const isToFile = specs.some((one) => one.reporter === github && one.file !== undefined)
  const summary = env['GITHUB_STEP_SUMMARY']
  const say = (count: number): string => words('left-out', locale, { count })
  return [
    ...(isActions ? [listeningAgain(out)] : []),
    ...(isToFile ? [] : [toSink(github.start(plain), stdoutSink(out))]),
    ...(summary ? [toSink(markdown.start(plain), summarySink(summary, say))] : []),
  ]
}

/** The runner obeys nothing from here on, until this output is finished. Nobody can guess the word that ends it. */
function listeningAgain(out: Stream): Output {
  const word = randomUUID()
  out.write(`::stop-commands::${word}\n`)
  const listen = (): void => void out.write(`::${word}::\n`)
  return { add() {}, finish: listen, abandon: listen }
}
