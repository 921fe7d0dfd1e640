/** The words of reviewing: of the dashboard on the progress page, and of the page that asks what is due. */
import type { Counted } from './words.ts'
import type { Locale } from './sections.ts'

const en = {
  title: 'Review',
  lead: 'Questions that you have answered come back after 1, 3, 8, 21 and 55 days: recalling what you are about to forget is what makes it stay. Wrong answers come back at once.',
  noScripts: 'What is due is worked out by JavaScript in your browser, so this page needs it.',
  stopped: 'Where you stopped',
  notStarted: 'You have not begun yet. The first lesson takes a few minutes.',
  begin: 'Begin',
  goOn: 'Go on',
  due: 'Due for review',
  dueCount: ['{count} question', '{count} questions'] as Counted,
  nothingDue: 'Nothing is due.',
  next: 'Next: {questions} {day}.',
  noneYet: 'Answer a lesson’s questions, and they come back here.',
  settled: ['{count} question is settled.', '{count} questions are settled.'] as Counted,
  start: 'Review now',
  done: 'Done',
  lessons: '{done} of {all} lessons read',
  exercises: '{done} of {all} exercises passed',
  position: 'Question {at} of {all}',
  from: 'From the lesson',
  nextQuestion: 'Next question',
  finish: 'Finish',
  finished: 'That was all for today.',
  result: '{right} of {all} right at the first try.',
  again: 'Ask the wrong ones again',
  toProgress: 'To your progress',
}

export type ReviewWords = typeof en

const es: ReviewWords = {
  title: 'Repaso',
  lead: 'Las preguntas que has respondido vuelven tras 1, 3, 8, 21 y 55 días: recordar lo que estás a punto de olvidar es lo que hace que se quede. Las respuestas equivocadas vuelven enseguida.',
  noScripts: 'Lo que toca repasar lo calcula JavaScript en tu navegador, así que esta página lo necesita.',
  stopped: 'Dónde lo dejaste',
  notStarted: 'Aún no has empezado. La primera lección lleva unos minutos.',
  begin: 'Empezar',
  goOn: 'Seguir',
  due: 'Para repasar',
  dueCount: ['{count} pregunta', '{count} preguntas'],
  nothingDue: 'No toca repasar nada.',
  next: 'Lo siguiente: {questions} {day}.',
  noneYet: 'Responde las preguntas de una lección y volverán aquí.',
  settled: ['{count} pregunta ya está asentada.', '{count} preguntas ya están asentadas.'],
  start: 'Repasar ahora',
  done: 'Hecho',
  lessons: '{done} de {all} lecciones leídas',
  exercises: '{done} de {all} ejercicios superados',
  position: 'Pregunta {at} de {all}',
  from: 'De la lección',
  nextQuestion: 'Siguiente pregunta',
  finish: 'Terminar',
  finished: 'Eso es todo por hoy.',
  result: '{right} de {all} bien al primer intento.',
  again: 'Preguntar otra vez las equivocadas',
  toProgress: 'A tu progreso',
}

export const reviewWords: Record<Locale, ReviewWords> = { en, es }
