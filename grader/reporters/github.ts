/**
 * GitHub Actions: annotations at the learner's lines, as workflow commands on stdout. GitHub shows ten of a kind per step, so
 * the ten most severe are kept, and the rest is counted. The job summary beside them is the Markdown report.
 *
 * Everything else that a step prints is read for commands too: whoever prints a submission's own words into the same log must
 * wrap them with `stop-commands` first.
 */
import type { Case } from './cases.ts'
import { casesRun } from './cases.ts'
import { cut, oneLine, readableGraded } from './readable.ts'
import { words } from './report-texts.ts'
import type { Graded, Reporter, ReportOptions } from './reporter.ts'

type Kind = 'error' | 'warning' | 'notice'

interface Annotation {
  readonly kind: Kind
  /** 0 is the worst. */
  readonly rank: number
  readonly text: string
}

const KINDS: readonly Kind[] = ['error', 'warning', 'notice']
const PER_KIND_MAX = 10
const TITLE_MAX = 255
const MESSAGE_MAX = 4096

export const github: Reporter = {
  name: 'github',
  what: 'annotations for GitHub Actions, on stdout (its job summary is Markdown)',
  holds: 'many',
  start(options) {
    const annotations = new Annotations(options.locale)
    return {
      opening: '',
      add(graded) {
        for (const annotation of annotationsOf(readableGraded(graded), options)) annotations.add(annotation)
        return ''
      },
      end: () => annotations.text(),
    }
  },
}

/** The worst of each kind; the rest is counted. */
export class Annotations {
  readonly #kept: Annotation[] = []
  readonly #counts: Record<Kind, number> = { error: 0, warning: 0, notice: 0 }
  readonly #locale: ReportOptions['locale']

  constructor(locale: ReportOptions['locale']) {
    this.#locale = locale
  }

  add(annotation: Annotation): void {
    this.#counts[annotation.kind]++
    keep(this.#kept, annotation)
  }

  text(): string {
    return KINDS.flatMap((kind) => this.#linesOf(kind))
      .map((line) => `${line}\n`)
      .join('')
  }

  #linesOf(kind: Kind): string[] {
    const lines = this.#kept.filter((one) => one.kind === kind).map(({ text }) => text)
    const more = this.#counts[kind] - lines.length
    if (more <= 0) return lines
    const count = more + 1
    // The note is an annotation itself, and takes the place of the last.
    return [...lines.slice(0, -1), command(kind, {}, words('annotations', this.#locale, { count }))]
  }
}

/** In order of severity; among equals the first come stay. */
function keep(kept: Annotation[], annotation: Annotation): void {
  const alike = kept.filter(({ kind }) => kind === annotation.kind)
  const worst = alike.findIndex(({ rank }) => rank > annotation.rank)
  const place = worst === -1 ? alike.length : worst
  if (place >= PER_KIND_MAX) return
  alike.splice(place, 0, annotation)
  const others = kept.filter(({ kind }) => kind !== annotation.kind)
  kept.splice(0, kept.length, ...others, ...alike.slice(0, PER_KIND_MAX))
}

function annotationsOf(graded: Graded, { locale }: ReportOptions): Annotation[] {
  const { verdict, path: file = graded.file } = graded
  const isRefused = verdict.diagnostics.some(({ severity }) => severity === 'syntax')
  const diagnostics = verdict.diagnostics.map(({ line, column, message, severity }): Annotation => {
    const title = `${verdict.exercise} · ${words(severity === 'syntax' ? 'cannot-run' : 'type', locale)}`
    const kind = severity === 'syntax' ? 'error' : 'warning'
    return { kind, rank: 1, text: command(kind, { file, line, col: column, title }, message) }
  })
  const cases = casesRun(graded, locale).filter(({ message, check }) => message !== undefined && (check || !isRefused))
  return [...diagnostics, ...cases.map((one) => annotationOf(one, graded, locale))]
}

function annotationOf(one: Case, graded: Graded, locale: ReportOptions['locale']): Annotation {
  const { verdict, path: file = graded.file } = graded
  const { kind, rank } = severityOf(one)
  const { line, column } = one.position ?? {}
  const details = [
    one.expected !== undefined && `${words('expected', locale)}: ${one.expected}`,
    one.actual !== undefined && `${words('got', locale)}: ${one.actual}`,
  ].filter((text) => text !== false)
  const properties = { file, line, col: column, title: `${verdict.exercise} · ${oneLine(one.name)}` }
  return { kind, rank, text: command(kind, properties, [one.message!, ...details].join('\n')) }
}

function severityOf({ status, isAdvice }: Case): Pick<Annotation, 'kind' | 'rank'> {
  if (isAdvice) return { kind: 'notice', rank: 0 }
  if (status === 'inconclusive') return { kind: 'warning', rank: 0 }
  return { kind: 'error', rank: ['internal', 'error', 'fail'].indexOf(status) }
}

// ── workflow commands ───────────────────────────────────────────────────────────────────────────────────────────────

export function command(kind: Kind, properties: Record<string, string | number | undefined>, message: string): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${propertyValue(cut(String(value), TITLE_MAX))}`)
    .join(',')
  return `::${kind}${list === '' ? '' : ` ${list}`}::${data(cut(message, MESSAGE_MAX))}`
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const propertyValue = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
