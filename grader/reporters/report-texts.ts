/** What reports say in their own words, by key, in English and Spanish. See `grader/verdict/say.ts` for the templates. */
import type { Locale, Params, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { Verdict } from '../verdict/verdict.ts'

const texts: Texts = {
  en: {
    pass: 'pass',
    fail: 'fail',
    error: 'error: the submission broke down',
    unrunnable: 'error: it cannot be run',
    inconclusive: 'inconclusive',
    internal: 'internal error: our mistake, not yours',
    loads: 'the file compiles and loads',
    'none-run': ['none of the {count} check was run', 'none of the {count} checks was run'],
    'as-above': 'As above.',
    expected: 'expected',
    got: 'got',
    at: 'at {time} s',
    nothing: 'nothing',
    differs: '{path}: expected {expected}, got {actual}',
    case: 'the case',
    hint: 'hint',
    advice: 'advice',
    praise: 'praise',
    'only-advice': 'only advice',
    'not-run': 'not run',
    seeds: ['{count} seed', '{count} seeds'],
    schedules: ['{count} schedule', '{count} schedules'],
    'all-schedules': ['the only schedule', 'all {count} schedules'],
    'bounded-schedules': 'all {count} schedules with up to {deviations} out of turn',
    found: 'Found with seed {seed}, the {which} that was tried (again: --seed {again} --seeds 1).',
    smaller: 'The case was made smaller, from {from} to {to} characters of JSON, and still fails.',
    replay: 'The replay opens at tick {tick}.',
    'again-command': 'see it again',
    'again-link': 'in the workbench',
    'cannot-run': 'cannot run',
    type: 'type',
    console: 'console',
    'more-lines': ['… {count} more line (all of them with --json)', '… {count} more lines (all of them with --json)'],
    'more-written': '… more was written than is kept',
    score: 'score',
    'of-points': '{earned} of {possible}',
    closing: '{fuel} units of fuel · digest {digest}',
    cut: '… cut: the whole text is in the verdict, see --json',
    check: 'check',
    finding: 'finding',
    status: 'status',
    submissions: ['{count} submission', '{count} submissions'],
    annotations: ['{count} more, see the summary', '{count} more, see the summary'],
    'left-out': [
      '… {count} part more, which the summary has no room for',
      '… {count} parts more, which the summary has no room for',
    ],
    'only-examples': 'Only the examples were run, which earn nothing: submit for a score.',
    'not-counted': 'This attempt is not counted.',
    undecided: 'The grader could not try every case, so nothing is decided.',
    'output-cut': 'Output was truncated. Please limit to 500 chars',
  },
  es: {
    pass: 'superado',
    fail: 'no superado',
    error: 'error: la entrega se interrumpió',
    unrunnable: 'error: no se puede ejecutar',
    inconclusive: 'sin decidir',
    internal: 'error interno: es un fallo nuestro, no tuyo',
    loads: 'el archivo compila y se carga',
    'none-run': ['no se ejecutó la única comprobación', 'no se ejecutó ninguna de las {count} comprobaciones'],
    'as-above': 'Como arriba.',
    expected: 'esperado',
    got: 'obtenido',
    at: 'a los {time} s',
    nothing: 'nada',
    differs: '{path}: se esperaba {expected}, se obtuvo {actual}',
    case: 'el caso',
    hint: 'pista',
    advice: 'consejo',
    praise: 'bien hecho',
    'only-advice': 'solo un consejo',
    'not-run': 'no ejecutada',
    seeds: ['{count} semilla', '{count} semillas'],
    schedules: ['{count} orden', '{count} órdenes'],
    'all-schedules': ['el único orden', 'los {count} órdenes'],
    'bounded-schedules': 'los {count} órdenes con hasta {deviations} fuera de turno',
    found: 'Hallado con la semilla {seed}, la {which} que se probó (de nuevo: --seed {again} --seeds 1).',
    smaller: 'El caso se redujo de {from} a {to} caracteres de JSON y sigue fallando.',
    replay: 'La repetición se abre en el tic {tick}.',
    'again-command': 'verlo otra vez',
    'again-link': 'en el taller',
    'cannot-run': 'no se puede ejecutar',
    type: 'tipos',
    console: 'consola',
    'more-lines': ['… {count} línea más (todas con --json)', '… {count} líneas más (todas con --json)'],
    'more-written': '… se escribió más de lo que se guarda',
    score: 'puntos',
    'of-points': '{earned} de {possible}',
    closing: '{fuel} unidades de combustible · resumen {digest}',
    cut: '… cortado: el texto completo está en el veredicto, véase --json',
    check: 'comprobación',
    finding: 'hallazgo',
    status: 'estado',
    submissions: ['{count} entrega', '{count} entregas'],
    annotations: ['{count} más, véase el resumen', '{count} más, véase el resumen'],
    'left-out': ['… {count} parte más, que no cabe en el resumen', '… {count} partes más, que no caben en el resumen'],
    'only-examples': 'Solo se ejecutaron los ejemplos, que no dan puntos: haz la entrega para obtenerlos.',
    'not-counted': 'Este intento no cuenta.',
    undecided: 'El evaluador no pudo probar todos los casos, así que no hay nada decidido.',
    'output-cut': 'La salida se cortó: limítala a 500 caracteres',
  },
}

export const words = (key: string, locale: Locale, params?: Params): string =>
  speak({ key, ...(params && { params }) }, locale, texts)

/** How it ended, in words. */
export function statusWords({ status, checks }: Pick<Verdict, 'status' | 'checks'>, locale: Locale): string {
  const wasRun = checks.some((check) => check.status !== 'skipped')
  return words(status === 'error' && !wasRun ? 'unrunnable' : status, locale)
}

/** `3rd`, or `3.ª` (of a seed). */
export function ordinal(value: number, locale: Locale): string {
  if (locale === 'es') return `${value}.ª`
  const tens = value % 100
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
  return `${value}${suffix}`
}
