/** A verdict on a learner's tests as text for people: what holds, what it catches, what is left and which hint helps. */
import { mistakeIn, testsInLanguage } from '../verdict/in-language.ts'
import type { Locale, Params, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { ExampleResult, TestsVerdict } from '../verdict/tests-verdict.ts'
import { grouped } from '../verdict/say.ts'
import { readable } from './readable.ts'
import type { Paint } from './reporter.ts'
import { sourceLines, wrap } from './telling.ts'

const reportTexts: Texts = {
  en: {
    pass: 'pass',
    fail: 'fail',
    error: 'error',
    internal: 'internal error: our mistake, not yours',
    accepted: 'right',
    wrong: 'wrong',
    'too-strict': 'too strict',
    malformed: 'malformed',
    'mine-pass': 'your code passes',
    'mine-fail': 'your code fails',
    'mine-error': 'your code breaks down',
    catches: ['catches {count} wrong solution', 'catches {count} wrong solutions'],
    example: 'your example',
    solution: 'the solution',
    code: 'your code',
    caught: 'Caught: {caught} of {possible} wrong solutions (a pass takes {threshold}).',
    by: 'by “{name}”',
    uncaught: [
      'Not caught yet: {count} that goes wrong about “{hint}”.',
      'Not caught yet: {count} that go wrong about “{hint}”.',
    ],
    closing: '{fuel} units of fuel · digest {digest}',
    'cannot-run': 'cannot run',
    type: 'type',
    console: 'console',
  },
  es: {
    pass: 'superado',
    fail: 'no superado',
    error: 'error',
    internal: 'error interno: es un fallo nuestro, no tuyo',
    accepted: 'correcto',
    wrong: 'equivocado',
    'too-strict': 'demasiado estricto',
    malformed: 'mal escrito',
    'mine-pass': 'tu código lo cumple',
    'mine-fail': 'tu código no lo cumple',
    'mine-error': 'tu código se interrumpe',
    catches: ['descubre {count} solución errónea', 'descubre {count} soluciones erróneas'],
    example: 'tu ejemplo',
    solution: 'la solución',
    code: 'tu código',
    caught: 'Descubiertas: {caught} de {possible} soluciones erróneas (para superarlo hacen falta {threshold}).',
    by: 'con «{name}»',
    uncaught: [
      'Aún sin descubrir: {count} que se equivoca en «{hint}».',
      'Aún sin descubrir: {count} que se equivocan en «{hint}».',
    ],
    closing: '{fuel} unidades de combustible · resumen {digest}',
    'cannot-run': 'no se puede ejecutar',
    type: 'tipos',
    console: 'consola',
  },
}

const WIDTH = 96

export interface TestsReport {
  readonly verdict: TestsVerdict
  /** Path and text of the learner's tests. */
  readonly file: string
  readonly source: string
  readonly texts?: Texts | undefined
  /** The question that stands above a hint. */
  hintTitle(key: string): string | undefined
}

export function tellTests(report: TestsReport, { locale, paint }: { locale: Locale; paint: Paint }): string {
  const verdict = testsInLanguage(report.verdict, { locale, texts: report.texts })
  const words = (key: string, params?: Params) => speak({ key, ...(params && { params }) }, locale, reportTexts)
  const tone = verdict.status === 'pass' ? 'green' : 'red'
  const { diagnostics, caught, possible, threshold, console: written } = verdict
  const lines = [
    `${paint(words(verdict.status), tone)}  ${verdict.exercise}`,
    ...(verdict.message === undefined ? [] : wrap(verdict.message, WIDTH)),
    ...(verdict.position ? sourceLines(verdict.position, report) : []),
    ...diagnostics.map(
      ({ line, column, message, severity }) =>
        `${report.file}:${line}:${column} ${words(severity === 'syntax' ? 'cannot-run' : 'type')}: ${message}`,
    ),
    '',
    ...verdict.examples.flatMap((one) => exampleLines(one, words, paint)),
  ]
  if (verdict.against === 'solutions' && verdict.examples.some(({ status }) => status === 'accepted')) {
    lines.push('', words('caught', { caught: caught.length, possible, threshold }))
    for (const one of caught) {
      const said = `${mistakeIn(one, locale)} ${paint(words('by', { name: one.by }), 'dim')}`
      lines.push(...indented([`${paint('✓', 'green')} ${said}`]))
    }
    for (const { hint, count } of verdict.uncaught)
      lines.push(words('uncaught', { count, hint: report.hintTitle(hint) ?? hint }))
  }
  for (const { text } of written) lines.push(`${paint(words('console'), 'dim')}  ${text}`)
  const closing = words('closing', { fuel: grouped(verdict.fuel, locale), digest: verdict.digest })
  return `${readable([...lines, '', paint(closing, 'dim')].join('\n'))}\n`
}

type Say = (key: string, params?: Params) => string

function exampleLines({ name, status, catches, mine, ...told }: ExampleResult, words: Say, paint: Paint): string[] {
  const isGood = status === 'accepted' && (mine === undefined || mine.status === 'pass')
  const shown = mine === undefined || status !== 'accepted' ? words(status) : words(`mine-${mine.status}`)
  const caught = mine === undefined && catches > 0 ? ` · ${words('catches', { count: catches })}` : ''
  const finding = mine && status === 'accepted' ? mine : told
  const of = mine && status === 'accepted' ? 'code' : 'solution'
  const pair = [
    [words('example'), finding.expected],
    [words(of), finding.actual],
  ].flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`]))
  return [
    `${paint(isGood ? '✓' : '✗', isGood ? 'green' : 'red')} ${name} ${paint(`${shown}${caught}`, 'dim')}`,
    ...indented([...(finding.message === undefined ? [] : wrap(finding.message, WIDTH)), ...pair]),
  ]
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`)
