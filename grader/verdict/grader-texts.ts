/** What the grader itself says, by key, in English and Spanish; exercises bring their own. See `say.ts` for the templates. */
import type { Texts } from './said.ts'
import { storyTexts } from './story-texts.ts'
import { testsTexts } from './tests-texts.ts'

export const graderTexts: Texts = {
  en: {
    ...storyTexts.en,
    ...testsTexts.en,
    'grader.stopped-at': 'Stopped at line {line}',
    'grader.stopped-near': 'Stopped near line {line}',
    'grader.stopped': 'Stopped',
    'grader.fuel.call':
      '{stopped}: one call used more than {limit} units of fuel. Look for a loop that never ends, or that visits far more than it needs to.',
    'grader.fuel.run':
      '{stopped}: the run has used all of its {limit} units of fuel. Look for work that is repeated in every call and could be done once.',
    'grader.fuel.check':
      '{stopped}: all runs of this check together have used its {limit} units of fuel. Look for work that a run does again and again, or that grows with every call.',
    'grader.calls':
      'Stopped: it has made {limit} calls and is not done. Look for a loop that waits by asking again and again.',
    'grader.memory':
      '{stopped}: the program needed more than {limit} of memory. Look for a collection that grows in a loop, and keep only what is needed later.',
    'grader.stack':
      '{stopped}: calls are nested deeper than the stack of {limit} units allows. Look for recursion that never reaches its end, or turn it into a loop.',
    'grader.output':
      'The result is larger than {limit} bytes of JSON. Return only what was asked for, not the objects that it was made from.',
    'grader.deadlock':
      'Call {task} waits for something that never comes: it is not finished, and nothing that it asked for is outstanding. Look for a promise that nobody resolves, or a lock that nobody releases.',
    'grader.engine': 'The engine failed{where}{cause}. This is not your mistake: please report it.',
    'grader.list': '{first}; {rest}',
    'grader.during': '{what} (in {during})',
    'grader.thrown-before': '{finding} Before that, {during} threw: {what}',
    'grader.does-not-compile': 'The file does not compile: {what}',
    'grader.does-not-compile-at': 'The file does not compile: line {line}: {what}',
    'grader.refused': 'the compiler refused the file',
    'grader.does-not-load': 'The module does not load: {what}',
    'grader.does-not-load-at': 'The module does not load: {what} (line {line}, column {column})',
    'grader.out-of-turn': [
      '{finding} It takes one thing out of turn: {what}.',
      '{finding} It takes {count} things out of turn: {what}.',
    ],
    'grader.standing.submission': 'this submission',
    'grader.liveness.not-yet':
      '{seconds} s after the last thing that went wrong it has not come right: {what}. {progress}',
    'grader.liveness.restless': 'it comes right again and again, and does not stay so',
    'grader.liveness.nothing': 'Nothing has ever changed.',
    'grader.liveness.last-added': 'The last that happened: at {at} s {kind} {name} was made.',
    'grader.liveness.last-updated': 'The last that happened: at {at} s {kind} {name} was changed.',
    'grader.liveness.last-deleted': 'The last that happened: at {at} s {kind} {name} went.',
    'grader.then': '{first}, then {rest}',
    'grader.turn': '{who}: {what}',
    'grader.dies': '{who} dies',
    'grader.turn.hears': 'the cache hears of {kind} {name} ({type})',
    'grader.turn.answer': 'an answer of the API server arrives',
    'grader.turn.data': 'a watch is opened',
    'grader.turn.timer': 'the timer {name} is due',
    'grader.explored.schedules':
      'Nothing is wrong in the {schedules} schedules that were tried, but there are more, and the budget is spent. This says neither that it is right nor that it is wrong. Fewer calls make fewer schedules.',
    'grader.explored.fuel':
      'Nothing is wrong in the {schedules} schedules that were tried, but their fuel is spent, and there are more. This says neither that it is right nor that it is wrong. Look for work that could be spared.',
    'grader.check-broke':
      'The check itself broke down on seed {seed} ({words}). This is not your mistake: please report it.',
    'grader.broke': 'The grader broke down ({words}). This says nothing about your code: please report it.',
    'grader.advice.types': [
      'It runs, but the compiler has an objection. Types are the cheapest test there is: mend it before you go on.',
      'It runs, but the compiler has {count} objections. Types are the cheapest test there is: mend them before you go on.',
    ],
    'grader.advice.console': 'More was written to the console than is kept: log what changes, not everything.',
    'grader.recognised': 'This looks like a known mistake: {what}',
    'grader.recognised-among': 'This looks like one of these known mistakes: {what}',
    'grader.either': '{first} Or: {rest}',
  },
  es: {
    ...storyTexts.es,
    ...testsTexts.es,
    'grader.stopped-at': 'Detenido en la línea {line}',
    'grader.stopped-near': 'Detenido cerca de la línea {line}',
    'grader.stopped': 'Detenido',
    'grader.fuel.call':
      '{stopped}: una llamada usó más de {limit} unidades de combustible. Busca un bucle que nunca termina o que recorre mucho más de lo necesario.',
    'grader.fuel.run':
      '{stopped}: la ejecución ha usado sus {limit} unidades de combustible. Busca trabajo que se repite en cada llamada y que bastaría hacer una vez.',
    'grader.fuel.check':
      '{stopped}: todas las ejecuciones de esta comprobación juntas han usado sus {limit} unidades de combustible. Busca trabajo que una ejecución repite una y otra vez o que crece con cada llamada.',
    'grader.calls':
      'Detenido: ha hecho {limit} llamadas y no ha terminado. Busca un bucle que espera preguntando una y otra vez.',
    'grader.memory':
      '{stopped}: el programa necesitó más de {limit} de memoria. Busca una colección que crece en un bucle y guarda solo lo que haga falta después.',
    'grader.stack':
      '{stopped}: las llamadas se anidan más de lo que permite la pila de {limit} unidades. Busca una recursión que nunca llega a su fin, o conviértela en un bucle.',
    'grader.output':
      'El resultado ocupa más de {limit} bytes de JSON. Devuelve solo lo que se pidió, no los objetos de los que salió.',
    'grader.deadlock':
      'La llamada {task} espera algo que nunca llega: no ha terminado y nada de lo que pidió está pendiente. Busca una promesa que nadie resuelve o un cerrojo que nadie suelta.',
    'grader.engine': 'El motor falló{where}{cause}. No es un error tuyo: avísanos, por favor.',
    'grader.list': '{first}; {rest}',
    'grader.during': '{what} (en {during})',
    'grader.thrown-before': '{finding} Antes, {during} lanzó: {what}',
    'grader.does-not-compile': 'El archivo no compila: {what}',
    'grader.does-not-compile-at': 'El archivo no compila: línea {line}: {what}',
    'grader.refused': 'el compilador rechazó el archivo',
    'grader.does-not-load': 'El módulo no se carga: {what}',
    'grader.does-not-load-at': 'El módulo no se carga: {what} (línea {line}, columna {column})',
    'grader.out-of-turn': [
      '{finding} Basta con una cosa fuera de turno: {what}.',
      '{finding} Bastan {count} cosas fuera de turno: {what}.',
    ],
    'grader.standing.submission': 'este envío',
    'grader.liveness.not-yet': '{seconds} s después de lo último que falló aún no está en orden: {what}. {progress}',
    'grader.liveness.restless': 'se pone en orden una y otra vez, y no se queda así',
    'grader.liveness.nothing': 'Nunca ha cambiado nada.',
    'grader.liveness.last-added': 'Lo último que pasó: a los {at} s se creó {kind} {name}.',
    'grader.liveness.last-updated': 'Lo último que pasó: a los {at} s cambió {kind} {name}.',
    'grader.liveness.last-deleted': 'Lo último que pasó: a los {at} s desapareció {kind} {name}.',
    'grader.then': '{first}, luego {rest}',
    'grader.turn': '{who}: {what}',
    'grader.dies': '{who} muere',
    'grader.turn.hears': 'la caché se entera de {kind} {name} ({type})',
    'grader.turn.answer': 'llega una respuesta del servidor de API',
    'grader.turn.data': 'se abre un watch',
    'grader.turn.timer': 'vence el temporizador {name}',
    'grader.explored.schedules':
      'No hay nada mal en los {schedules} órdenes probados, pero hay más y el presupuesto se ha agotado. Esto no dice que sea correcto ni que no lo sea. Con menos llamadas hay menos órdenes.',
    'grader.explored.fuel':
      'No hay nada mal en los {schedules} órdenes probados, pero su combustible se ha agotado y hay más. Esto no dice que sea correcto ni que no lo sea. Busca trabajo que se pueda ahorrar.',
    'grader.check-broke':
      'La propia comprobación falló con la semilla {seed} ({words}). No es un error tuyo: avísanos, por favor.',
    'grader.broke': 'El evaluador falló ({words}). Esto no dice nada de tu código: avísanos, por favor.',
    'grader.advice.types': [
      'Funciona, pero el compilador tiene una objeción. Los tipos son la prueba más barata que hay: corrígela antes de seguir.',
      'Funciona, pero el compilador tiene {count} objeciones. Los tipos son la prueba más barata que hay: corrígelas antes de seguir.',
    ],
    'grader.advice.console': 'Se escribió en la consola más de lo que se guarda: registra lo que cambia, no todo.',
    'grader.recognised': 'Esto se parece a un error conocido: {what}',
    'grader.recognised-among': 'Esto se parece a uno de estos errores conocidos: {what}',
    'grader.either': '{first} O bien: {rest}',
  },
}
