/**
 * The words of the site's own frame, in each language. Lessons and tasks bring their own.
 *
 * Second person, present tense, short. `{count}` and its like are filled in where the text is used.
 */
import type { Locale } from './sections.ts'

/** A word with its number: one form for one, one for the rest. */
export type Counted = [one: string, many: string]

/** `counted(['{count} exercise', '{count} exercises'], 2)` is `2 exercises`. */
export function counted([one, many]: Counted, count: number): string {
  return (count === 1 ? one : many).replace('{count}', String(count))
}

const en = {
  skip: 'Skip to the page’s content',
  siteNav: 'Site',
  courseNav: 'Course',
  lessonNav: 'Previous and next lesson',
  footerNav: 'More about this course',
  menu: 'Open the course menu',
  siteMenu: 'Open the menu',
  course: 'Course',
  outline: 'Course outline',
  glossary: 'Glossary',
  progress: 'Progress',
  simplified: 'What is simplified',
  close: 'Close',
  footerPlain: 'Everything runs in your browser; nothing you write leaves it.',

  search: 'Search',
  searchPlaceholder: 'Search lessons and exercises',
  searchNone: 'Nothing found for “{query}”. Try one word, such as “lease”.',
  searchSome: '{count} found',
  searchUnavailable: 'Search needs the built site: run the build, then open it again.',
  themeAuto: 'Colours as on this device',
  themeLight: 'Light colours',
  themeDark: 'Dark colours',

  notWritten: 'not written yet',
  notWrittenSentence: 'It is not written yet.',
  sidebarLegend: 'not written yet',
  onThisPage: 'On this page',
  exerciseCount: ['{count} exercise', '{count} exercises'] as Counted,
  markDone: 'done',
  markRead: 'read',
  markPart: '{done} of {all} exercises passed',
  stateStarted: 'started',
  statePassed: 'passed',
  markAsRead: 'Mark as read',
  isRead: 'Read',
  followsPlanned: 'Next in the document:',
  previous: 'Before this',
  next: 'Next',
  backTo: 'Back to',
  shownInEnglish: 'This lesson is not translated yet, so you read it in English.',
  exerciseInEnglish: 'This task is not translated yet, so you read it in English.',
  heroCaption: 'node-3 went silent; web-3 starts again on node-2.',

  homeTitle: 'Learn Kubernetes by building it.',
  homeLead:
    'Read a short lesson. Watch a whole cluster do what it says. Then write the scheduler, the controller, the network plugin, and see them run inside it.',
  homeStart: 'Start with the first lesson',
  homeStartAt: 'Start with “{title}”',
  homeContinue: 'Go on with “{title}”',
  homeSecond: 'Write your first plugin',
  homeSecondOutline: 'See the whole course',
  homeFree: 'Free and open source. Nothing to install, no account.',
  homeColumns: [
    {
      title: 'A real cluster, in the page',
      text: 'Every component does its job: the store keeps revisions, the scheduler filters and scores, the kubelet starts what it watches, packets walk through iptables.',
    },
    {
      title: 'Rewind anything',
      text: 'The same seed gives the same story, event for event. Step back to the moment before it broke, change one thing, and watch it go differently.',
    },
    {
      title: 'Your code, under fire',
      text: 'What you write runs inside the cluster while links fail and nodes crash. When it breaks, you get the shortest story that breaks it.',
    },
  ],
  homeLessons: 'Nineteen short lessons',
  homeLessonsText:
    'In the order of the chapter that they teach. Those that stand out can be read; the others are being written.',
  homeExercises: 'Write it yourself',
  homeExercisesText:
    'Each exercise is one part of the cluster, left for you to write. Checks tell you what holds, over hundreds of seeds, with faults.',
  homeNoExercises: 'The first exercises are being written.',

  outlineLead:
    'Nineteen sections, in the order of the chapter they teach. Read them in order, or go where you need to.',
  comesNext: 'What comes next',
  nothingNext: 'You have done everything that is written so far.',
  nextLesson: 'Read the lesson',
  nextExercise: 'Write the exercise',
  openExercise: 'Open',
  minutes: '{count} min',
  ofLessons: '{done} of {all} written lessons read',
  ofExercises: '{done} of {all} exercises passed',

  exercise: 'Exercise',
  exerciseMissing: 'The exercise “{id}” is not written yet.',
  loadingWorkbench: 'Opening the editor …',
  workbenchNeedsScripts: 'Writing and running code needs JavaScript. You can read the task without it.',
  workbenchMissing: 'The editor could not be loaded. Reload the page to try again; your draft is kept.',
  breadcrumbs: 'Where you are',
  task: 'Task',

  figure: 'Figure {id}',
  figureLoading: 'The simulation starts when you come near.',
  figureStill: 'A still picture: the simulation of this figure is not available here.',
  figureMissing: 'The simulation of this figure is not available here.',
  seeIt: 'See it',
  thenNote: 'Then and now',
  objectives: 'After this lesson you can',
  readTheSource: 'Read the source',
  upstream: 'Kubernetes',
  ours: 'This course',

  quizBefore: 'Before you start: from earlier lessons',
  quizCheck: 'Check my answer',
  quizPick: 'Choose an answer first.',
  quizRight: 'Right.',
  quizWrong: 'Not so.',
  quizAgain: 'Choose another answer and check again.',
  quizScore: '{done} of {all} answered right',
  quizNoScripts: 'Answers are checked with JavaScript.',

  glossaryLead:
    'The words of this course, each in a sentence or two. In lessons, words with a dotted line open their meaning in place.',
  glossaryLesson: 'Lesson',
  simplifiedLead:
    'A simulation leaves things out. This page lists what, component by component, in the words of the code itself: it is made from the header of each component’s entry file.',
  simplifiedNav: 'Components',
  simplifiedNone: 'No component has said yet what it leaves out.',
  partReal: 'What the real one does',
  partModel: 'What we model',
  partLeftOut: 'What we leave out',
  partUpstream: 'Where to read upstream',

  progressLead: 'What you have done is kept in this browser and nowhere else. Export it to take it to another one.',
  progressDone: 'Done so far',
  progressEmpty: 'Nothing yet. Open a lesson or an exercise: what you do there shows here.',
  progressNoScripts: 'Progress is kept by JavaScript in your browser, so this page needs it.',
  columnWhat: 'What',
  columnState: 'State',
  columnWhen: 'Last change',
  lessonWord: 'Lesson',
  stateRead: 'read',
  statePassedBefore: 'passed before it changed',
  stateDraft: 'draft kept',
  stateQuiz: '{done} of {all} quiz answers right',
  hintsUsed: ['{count} hint opened', '{count} hints opened'] as Counted,
  takeWithYou: 'Take it with you',
  exportText: 'One JSON file with your drafts, results, read lessons and quiz answers.',
  exportButton: 'Export',
  importText:
    'Importing merges and loses nothing: of two drafts the later one stays in front and the other is kept as an earlier draft; a pass or a read lesson on either side counts; of two answers the later one counts.',
  importButton: 'Import a file',
  imported: 'Imported: {drafts} drafts, {exercises} exercises, {lessons} lessons.',
  importFailed: 'Nothing was changed. {message}',
  preferences: 'Preferences',
  editorLabel: 'Editor',
  editorAutomatic: 'As suits this device',
  editorMonaco: 'Full editor, with completion and types',
  editorPlain: 'Plain text area, for screen readers and small screens',
  shortcutLabel: 'Keyboard',
  shortcutSlash: 'The key / opens the search (Ctrl+K or ⌘K always does)',
  storageFull:
    'The browser’s storage is full. Your work is kept in this tab only: export it before you close the tab, or free some space.',
  storageBlocked:
    'The browser does not allow this site to store anything. Your work is kept in this tab only: export it before you close the tab.',
  erase: 'Erase',
  eraseText:
    'Removes every draft, result and preference of this course from this browser. Export first if you may want them back.',
  eraseButton: 'Erase everything',
  eraseSure: 'Erase everything: this cannot be undone',
  eraseKeep: 'Keep it',
  erased: 'Everything is erased.',

  notFoundTitle: 'There is nothing at this address',
  notFoundText: 'The page may have moved, or it may not be written yet. The outline lists everything there is.',
}

export type Words = typeof en

const es: Words = {
  skip: 'Ir al contenido de la página',
  siteNav: 'Sitio',
  courseNav: 'Curso',
  lessonNav: 'Lección anterior y siguiente',
  footerNav: 'Más sobre este curso',
  menu: 'Abrir el menú del curso',
  siteMenu: 'Abrir el menú',
  course: 'Curso',
  outline: 'Índice del curso',
  glossary: 'Glosario',
  progress: 'Progreso',
  simplified: 'Qué está simplificado',
  close: 'Cerrar',
  footerPlain: 'Todo se ejecuta en tu navegador; nada de lo que escribes sale de él.',

  search: 'Buscar',
  searchPlaceholder: 'Buscar en lecciones y ejercicios',
  searchNone: 'No hay nada sobre «{query}». Prueba con una sola palabra, como «lease».',
  searchSome: '{count} resultados',
  searchUnavailable: 'La búsqueda necesita el sitio compilado: compílalo y ábrelo de nuevo.',
  themeAuto: 'Colores como en este dispositivo',
  themeLight: 'Colores claros',
  themeDark: 'Colores oscuros',

  notWritten: 'aún no escrita',
  notWrittenSentence: 'Aún no está escrita.',
  sidebarLegend: 'aún no escrita',
  onThisPage: 'En esta página',
  exerciseCount: ['{count} ejercicio', '{count} ejercicios'],
  markDone: 'hecho',
  markRead: 'leída',
  markPart: '{done} de {all} ejercicios superados',
  stateStarted: 'empezado',
  statePassed: 'superado',
  markAsRead: 'Marcar como leída',
  isRead: 'Leída',
  followsPlanned: 'Sigue en el documento:',
  previous: 'Antes de esto',
  next: 'Siguiente',
  backTo: 'Volver a',
  shownInEnglish: 'Esta lección aún no está traducida, así que la lees en inglés.',
  exerciseInEnglish: 'Este enunciado aún no está traducido, así que lo lees en inglés.',
  heroCaption: 'node-3 quedó en silencio; web-3 arranca de nuevo en node-2.',

  homeTitle: 'Aprende Kubernetes construyéndolo.',
  homeLead:
    'Lee una lección corta. Mira cómo un clúster entero hace lo que dice. Después escribe el planificador, el controlador, el plugin de red, y míralos funcionar dentro de él.',
  homeStart: 'Empieza por la primera lección',
  homeStartAt: 'Empieza por «{title}»',
  homeContinue: 'Sigue con «{title}»',
  homeSecond: 'Escribe tu primer plugin',
  homeSecondOutline: 'Ver todo el curso',
  homeFree: 'Libre y de código abierto. Nada que instalar, sin cuenta.',
  homeColumns: [
    {
      title: 'Un clúster de verdad, en la página',
      text: 'Cada componente hace su trabajo: el almacén guarda revisiones, el planificador filtra y puntúa, el kubelet arranca lo que observa, los paquetes recorren iptables.',
    },
    {
      title: 'Rebobina lo que quieras',
      text: 'La misma semilla da la misma historia, evento por evento. Vuelve al momento antes de que se rompiera, cambia una cosa y mira cómo todo va de otra manera.',
    },
    {
      title: 'Tu código, bajo fuego',
      text: 'Lo que escribes se ejecuta dentro del clúster mientras fallan enlaces y caen nodos. Cuando se rompe, recibes la historia más corta que lo rompe.',
    },
  ],
  homeLessons: 'Diecinueve lecciones cortas',
  homeLessonsText:
    'En el orden del capítulo que enseñan. Las que se destacan ya se pueden leer; las demás se están escribiendo.',
  homeExercises: 'Escríbelo tú',
  homeExercisesText:
    'Cada ejercicio es una parte del clúster que te toca escribir. Las comprobaciones te dicen qué se cumple, con cientos de semillas y con fallos.',
  homeNoExercises: 'Los primeros ejercicios se están escribiendo.',

  outlineLead: 'Diecinueve secciones, en el orden del capítulo que enseñan. Léelas en orden, o ve adonde necesites.',
  comesNext: 'Lo que sigue',
  nothingNext: 'Has hecho todo lo que está escrito hasta ahora.',
  nextLesson: 'Leer la lección',
  nextExercise: 'Escribir el ejercicio',
  openExercise: 'Abrir',
  minutes: '{count} min',
  ofLessons: '{done} de {all} lecciones escritas leídas',
  ofExercises: '{done} de {all} ejercicios superados',

  exercise: 'Ejercicio',
  exerciseMissing: 'El ejercicio «{id}» aún no está escrito.',
  loadingWorkbench: 'Abriendo el editor …',
  workbenchNeedsScripts: 'Para escribir y ejecutar código hace falta JavaScript. La tarea se puede leer sin él.',
  workbenchMissing: 'No se pudo cargar el editor. Recarga la página para intentarlo de nuevo; tu borrador se conserva.',
  breadcrumbs: 'Dónde estás',
  task: 'Tarea',

  figure: 'Figura {id}',
  figureLoading: 'La simulación empieza cuando te acercas.',
  figureStill: 'Una imagen fija: la simulación de esta figura no está disponible aquí.',
  figureMissing: 'La simulación de esta figura no está disponible aquí.',
  seeIt: 'Míralo',
  thenNote: 'Antes y ahora',
  objectives: 'Después de esta lección puedes',
  readTheSource: 'Lee el código fuente',
  upstream: 'Kubernetes',
  ours: 'Este curso',

  quizBefore: 'Antes de empezar: de lecciones anteriores',
  quizCheck: 'Comprobar mi respuesta',
  quizPick: 'Elige primero una respuesta.',
  quizRight: 'Correcto.',
  quizWrong: 'No es así.',
  quizAgain: 'Elige otra respuesta y compruébala de nuevo.',
  quizScore: '{done} de {all} respuestas correctas',
  quizNoScripts: 'Las respuestas se comprueban con JavaScript.',

  glossaryLead:
    'Las palabras de este curso, cada una en una o dos frases. En las lecciones, las palabras con línea punteada abren su significado allí mismo.',
  glossaryLesson: 'Lección',
  simplifiedLead:
    'Una simulación deja cosas fuera. Esta página dice cuáles, componente por componente, con las palabras del propio código (en inglés): sale de la cabecera del archivo principal de cada componente.',
  simplifiedNav: 'Componentes',
  simplifiedNone: 'Ningún componente ha dicho todavía qué deja fuera.',
  partReal: 'Lo que hace el de verdad',
  partModel: 'Lo que modelamos',
  partLeftOut: 'Lo que dejamos fuera',
  partUpstream: 'Dónde leer el original',

  progressLead: 'Lo que has hecho se guarda en este navegador y en ningún otro sitio. Expórtalo para llevarlo a otro.',
  progressDone: 'Hecho hasta ahora',
  progressEmpty: 'Nada todavía. Abre una lección o un ejercicio: lo que hagas allí aparece aquí.',
  progressNoScripts: 'El progreso lo guarda JavaScript en tu navegador, así que esta página lo necesita.',
  columnWhat: 'Qué',
  columnState: 'Estado',
  columnWhen: 'Último cambio',
  lessonWord: 'Lección',
  stateRead: 'leída',
  statePassedBefore: 'superado antes de que cambiara',
  stateDraft: 'borrador guardado',
  stateQuiz: '{done} de {all} respuestas correctas',
  hintsUsed: ['{count} pista abierta', '{count} pistas abiertas'],
  takeWithYou: 'Llévatelo',
  exportText: 'Un archivo JSON con tus borradores, resultados, lecciones leídas y respuestas.',
  exportButton: 'Exportar',
  importText:
    'Al importar se une todo y no se pierde nada: de dos borradores queda delante el más reciente y el otro se conserva; un ejercicio superado o una lección leída cuentan desde cualquiera de los dos lados; de dos respuestas cuenta la más reciente.',
  importButton: 'Importar un archivo',
  imported: 'Importado: {drafts} borradores, {exercises} ejercicios, {lessons} lecciones.',
  importFailed: 'No se ha cambiado nada. {message}',
  preferences: 'Preferencias',
  editorLabel: 'Editor',
  editorAutomatic: 'El que convenga a este dispositivo',
  editorMonaco: 'Editor completo, con autocompletado y tipos',
  editorPlain: 'Área de texto sencilla, para lectores de pantalla y pantallas pequeñas',
  shortcutLabel: 'Teclado',
  shortcutSlash: 'La tecla / abre la búsqueda (Ctrl+K o ⌘K lo hacen siempre)',
  storageFull:
    'El almacenamiento del navegador está lleno. Tu trabajo se guarda solo en esta pestaña: expórtalo antes de cerrarla, o libera espacio.',
  storageBlocked:
    'El navegador no permite que este sitio guarde nada. Tu trabajo se guarda solo en esta pestaña: expórtalo antes de cerrarla.',
  erase: 'Borrar',
  eraseText:
    'Quita de este navegador todos los borradores, resultados y preferencias de este curso. Exporta antes si quizá los quieras de vuelta.',
  eraseButton: 'Borrar todo',
  eraseSure: 'Borrar todo: no se puede deshacer',
  eraseKeep: 'Conservarlo',
  erased: 'Todo está borrado.',

  notFoundTitle: 'No hay nada en esta dirección',
  notFoundText: 'Puede que la página se haya movido o que aún no esté escrita. El índice muestra todo lo que hay.',
}

export const words: Record<Locale, Words> = { en, es }
