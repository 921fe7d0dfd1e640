/** What the tab for a learner's own tests says, in the page's language. */
import type { ExampleResult, OwnResult, TestsVerdict } from '#grader/verdict/tests-verdict.ts'
import { pageLocale } from './page-locale.ts'
import type { TestsState } from './tests-desk.ts'

const en = {
  tab: 'Your tests',
  run: 'Try the tests',
  runMine: 'Against my code',
  stop: 'Stop',
  write: 'Write tests',
  reset: 'Back at the starter. Your tests are kept.',
  undo: 'Undo',
  reading: 'Reading your tests',
  working: (done: number, total: number) => `Trying solutions: ${done} of ${total}`,
  stopped: 'Stopped',
  noVerdict: 'No verdict',
  notYet: 'Not tried yet',
  headlines: {
    pass: 'Your tests tell right from wrong',
    fail: 'Not enough yet',
    error: 'The tests cannot be run yet',
    internal: 'No verdict',
  } satisfies Record<TestsVerdict['status'], string>,
  minePasses: 'Your code does all that your tests say',
  mineFails: 'Your code does otherwise',
  tried: 'Solutions tried',
  stale: 'This is about the tests before your last change.',
  statuses: {
    accepted: 'Right',
    wrong: 'Wrong',
    'too-strict': 'Too strict',
    malformed: 'Malformed',
  } satisfies Record<ExampleResult['status'], string>,
  mine: { pass: 'Passed', fail: 'Failed', error: 'Broke down' } satisfies Record<OwnResult['status'], string>,
  catches: (count: number) => `catches ${count}`,
  yourExample: 'your example',
  solution: 'the solution',
  yourCode: 'your code',
  examples: 'Examples',
  caught: (caught: number, possible: number) => `Caught: ${caught} of ${possible} wrong solutions`,
  threshold: (count: number) => `${count} are asked for.`,
  uncaught: 'Not caught yet',
  uncaughtOf: (count: number) => (count === 1 ? '1 goes wrong about' : `${count} go wrong about`),
  empty: [
    'Have you understood the task? Write examples of what a right solution does, before you write any code.',
    'Each is tried on our solution, which must do as it says, and then on many wrong ones, which should not. What a wrong one gets wrong is told once you have caught it.',
    'Later your tests can be run against your own code, too.',
  ],
  goTo: (line: number) => `Go to line ${line}`,
}

const es: typeof en = {
  tab: 'Tus pruebas',
  run: 'Probar',
  runMine: 'Contra mi código',
  stop: 'Detener',
  write: 'Escribir pruebas',
  reset: 'De vuelta al punto de partida. Tus pruebas se conservan.',
  undo: 'Deshacer',
  reading: 'Leyendo tus pruebas',
  working: (done, total) => `Probando soluciones: ${done} de ${total}`,
  stopped: 'Detenido',
  noVerdict: 'Sin veredicto',
  notYet: 'Aún sin probar',
  headlines: {
    pass: 'Tus pruebas distinguen lo correcto de lo erróneo',
    fail: 'Aún no basta',
    error: 'Las pruebas aún no se pueden ejecutar',
    internal: 'Sin veredicto',
  },
  minePasses: 'Tu código hace todo lo que dicen tus pruebas',
  mineFails: 'Tu código hace otra cosa',
  tried: 'Soluciones probadas',
  stale: 'Esto se refiere a las pruebas de antes de tu último cambio.',
  statuses: { accepted: 'Correcto', wrong: 'Equivocado', 'too-strict': 'Demasiado estricto', malformed: 'Mal escrito' },
  mine: { pass: 'Superado', fail: 'No superado', error: 'Se interrumpió' },
  catches: (count) => `descubre ${count}`,
  yourExample: 'tu ejemplo',
  solution: 'la solución',
  yourCode: 'tu código',
  examples: 'Ejemplos',
  caught: (caught, possible) => `Descubiertas: ${caught} de ${possible} soluciones erróneas`,
  threshold: (count) => `Se piden ${count}.`,
  uncaught: 'Aún sin descubrir',
  uncaughtOf: (count) => (count === 1 ? '1 se equivoca en' : `${count} se equivocan en`),
  empty: [
    '¿Has entendido el enunciado? Escribe ejemplos de lo que hace una solución correcta antes de escribir código.',
    'Cada uno se prueba con nuestra solución, que debe hacer lo que dice, y luego con muchas erróneas, que no deberían. En qué se equivoca cada una se cuenta cuando la has descubierto.',
    'Más adelante tus pruebas se pueden ejecutar también contra tu propio código.',
  ],
  goTo: (line) => `Ir a la línea ${line}`,
}

export type TestsWords = typeof en
export const testsWords = (): TestsWords => (pageLocale() === 'es' ? es : en)

/** The headline above the results, which is also what is read out. */
export function testsHeadline({ phase, halt, verdict, progress }: TestsState, words: TestsWords): string {
  if (phase === 'compiling') return words.reading
  if (phase === 'judging') return progress ? words.working(progress.done, progress.total) : words.reading
  if (halt) return halt.kind === 'stopped' ? words.stopped : words.noVerdict
  if (!verdict) return words.notYet
  const { status, against } = verdict
  if (against === 'mine' && status === 'pass') return words.minePasses
  if (against === 'mine' && verdict.examples.some(({ mine }) => mine && mine.status !== 'pass')) return words.mineFails
  return words.headlines[status]
}
