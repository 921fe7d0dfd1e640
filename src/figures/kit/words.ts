/** What the figures' own furniture says, in the page's language. */
const en = {
  loading: 'The cluster starts…',
  failed: 'The figure could not be played: ',
  seed: (seed: number) => `seed ${seed} · real simulation`,
  before: 'Before you play:',
  predictFirst: 'Choose what you expect first; then play.',
  play: 'Play',
  pause: 'Pause',
  again: 'Again',
  back: 'Step back',
  step: 'Step',
  speed: 'Speed',
  position: 'Position in the run',
  stepOf: (index: number, count: number) => `step ${index} of ${count}`,
  transcript: 'Transcript',
  objects: 'Objects',
  why: 'Why?',
  whyTitle: 'Why it happened',
  whyNone: 'Nothing before it: it came from outside.',
  close: 'Close',
  link: 'Link to this moment',
  copied: 'Link copied',
  change: 'Change something',
  changed: (at: string) => `Another run, from ${at} on`,
  asWritten: 'Back to the story as written',
  right: (label: string) => `You predicted ${label}, and so it went:`,
  wrong: (label: string) => `You predicted ${label}. It went otherwise:`,
  open: (label: string) => `You predicted ${label}. This run does not show it.`,
  revision: (revision: number) => `revision ${revision}`,
  since: (revision: number) => `compared with revision ${revision}`,
  fresh: 'just created',
  object: 'Object',
  noObjects: 'There is nothing in the store yet.',
  storeDown: 'The store is down: nobody can look anything up in it.',
  cut: 'Cut a cable',
  failure: 'To the failure',
  replaying: 'The run is played again…',
}

export type Words = typeof en

const es: Words = {
  loading: 'El clúster arranca…',
  failed: 'No se pudo reproducir la figura: ',
  seed: (seed) => `semilla ${seed} · simulación real`,
  before: 'Antes de empezar:',
  predictFirst: 'Elige primero qué esperas; después, reproduce.',
  play: 'Reproducir',
  pause: 'Pausa',
  again: 'Otra vez',
  back: 'Paso atrás',
  step: 'Paso',
  speed: 'Velocidad',
  position: 'Posición en la ejecución',
  stepOf: (index, count) => `paso ${index} de ${count}`,
  transcript: 'Transcripción',
  objects: 'Objetos',
  why: '¿Por qué?',
  whyTitle: 'Por qué pasó',
  whyNone: 'No hay nada antes: vino de fuera.',
  close: 'Cerrar',
  link: 'Enlace a este momento',
  copied: 'Enlace copiado',
  change: 'Cambia algo',
  changed: (at) => `Otra ejecución, desde ${at}`,
  asWritten: 'Volver a la historia original',
  right: (label) => `Predijiste ${label}, y así fue:`,
  wrong: (label) => `Predijiste ${label}. Fue de otro modo:`,
  open: (label) => `Predijiste ${label}. Esta ejecución no lo muestra.`,
  revision: (revision) => `revisión ${revision}`,
  since: (revision) => `comparado con la revisión ${revision}`,
  fresh: 'recién creado',
  object: 'Objeto',
  noObjects: 'El almacén aún está vacío.',
  storeDown: 'El almacén no funciona: nadie puede consultar nada en él.',
  cut: 'Corta un cable',
  failure: 'Al fallo',
  replaying: 'La ejecución se reproduce otra vez…',
}

/** The language of what stands around the figure: a lesson that is not translated is English in a Spanish page too. */
const language = (): string =>
  document.querySelector('main[lang], main > [lang]')?.getAttribute('lang') ?? document.documentElement.lang

const isSpanish = (): boolean => typeof document !== 'undefined' && language().startsWith('es')

export const words = (): Words => (isSpanish() ? es : en)

/** What a figure itself says, in the page's language. While the site is built there is no page yet: English. */
export const say = (english: string, spanish: string): string => (isSpanish() ? spanish : english)
