/** The workbench's own words in English. Views with much to say have words of their own beside them. */
import type { CheckResult, Verdict } from '#grader/verdict/verdict.ts'
import type { EarlierDraft } from '../progress/progress.ts'

const many = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`

export const en = {
  // The frame.
  task: 'Task',
  code: 'Code',
  checks: 'Checks',
  console: 'Console',
  parts: 'Parts of the workbench',
  sideTabs: 'Checks and console',
  files: 'Files',
  replay: 'Replay',
  failingRun: 'The failing run',
  editor: (file: string) => `${file}. Press Escape and then Tab to leave the editor.`,
  opening: 'Opening the editor…',
  noExercise: 'This page does not say which exercise it shows. Reload it.',
  solutionLater: 'Our solution opens once your code has passed every check of a submission.',

  // Above the code.
  notStored: 'Not stored',
  saving: 'Saving…',
  saved: (ago: string) => `Saved ${ago}`,
  reset: 'Reset',
  solution: 'Solution',
  compareSolution: 'Compare your answer with ours',
  solutionClosed: 'Opens once everything passes',
  changed: 'The exercise has changed since you wrote this. Your code is as you left it.',
  seeStarter: 'See the new starter',
  keepMine: 'Keep mine',
  ranAway:
    'This code had to be stopped last time: it locked up. It runs again only when you ask; look for a loop that never ends.',
  wasReset: 'Back at the starter. Your code is kept.',
  undo: 'Undo',
  elsewhere: (ago: string) => `Another tab has saved this draft ${ago}. Yours here is untouched.`,
  takeOver: 'Take it over',
  goOn: 'Go on with mine',
  tryAgain: 'Try again',
  plainInstead: 'The editor could not be loaded, so this is the plain one.',

  // Below the code.
  run: 'Run',
  stop: 'Stop',
  submit: 'Submit',
  sizeOfCode: 'Size of the code',
  smaller: 'A−, smaller code',
  larger: 'A+, larger code',
  editorComes: 'The editor is on its way …',
  fullEditor: 'Full editor',
  plainEditor: 'Plain editor',
  fuel: (units: string) => `fuel ${units}`,
  fuelMeans: 'Counted steps of your code, equal on every machine',
  fuelPerCall: (units: string) => `; one call may take ${units}`,

  // What came of a grading.
  reading: 'Reading your code',
  atWork: (check: string) => `At work: ${check}`,
  runningExamples: 'Running the examples',
  grading: 'Grading',
  stopped: 'Stopped',
  noVerdict: 'No verdict',
  passedBefore: 'Passed before',
  notRunYet: 'Not run yet',
  cannotRun: 'The code cannot run yet',
  passed: 'Passed',
  didNotRun: 'The code did not run',
  allPass: (count: number, mode: Verdict['mode']) => {
    const thing = mode === 'run' ? 'example' : 'check'
    return count === 1 ? `The ${thing} passes` : `All ${many(count, thing)} pass`
  },
  somePass: (passed: number, count: number, mode: Verdict['mode']) =>
    `${passed} of ${many(count, mode === 'run' ? 'example' : 'check')} ${passed === 1 ? 'passes' : 'pass'}`,
  stale: 'This is about the code before your last change.',
  checksDone: (count: number) => `${many(count, 'check')} done`,
  seed: (seed: number) => `seed ${seed}`,
  casesTried: 'Cases tried',
  held: (seeds: number) => (seeds > 1 ? `It held on ${seeds} random cases` : 'It held in every case'),
  withFaults: ', with crashes and lost messages among them',
  done: 'Done.',
  compare: 'Compare with our answer',
  hasPassed: 'You have passed this exercise.',
  isOpen: 'Our solution is open to you.',
  runDoes: 'tries your code on the examples and answers at once.',
  submitDoes:
    'grades everything: many random cases, and faults where the exercise has them. It is recorded here, in this browser.',
  asOften: 'Both may be used as often as you like.',
  tabKey: 'In the editor Tab indents; Escape and then Tab leaves it.',
  examplesPass: 'The examples pass.',
  submitTries: 'tries the cases that examples do not show.',
  feedback: 'What to know',

  // Checks.
  statuses: {
    pass: 'Passed',
    fail: 'Failed',
    error: 'Broke down',
    inconclusive: 'Undecided',
    internal: 'Internal error',
    skipped: 'Not run',
  } satisfies Record<CheckResult['status'], string>,
  seeds: (count: number) => `${count} seeds`,
  seedAfter: (seed: number, before: number) => `seed ${seed}, after ${before} that pass`,
  seedFirst: (seed: number) => `seed ${seed}, the first tried`,
  notRun: (count: number) => `${many(count, 'check')} not run.`,
  onSubmit: 'Only when you submit',
  goTo: 'Go to ',
  line: (line: number) => `line ${line}`,
  goToLine: (line: number) => `Go to line ${line}`,
  openAt: (time: string) => `Open at ${time}`,
  readHint: 'Read the hint',
  readIn: (heading: string) => `Read: ${heading}`,
  problems: 'Problems in the code',
  blocking: 'This keeps the code from running:',
  objectsToo: 'TypeScript objects too:',
  objects: 'TypeScript objects; the code runs all the same:',
  copyDigest: 'Copy the digest',
  copyThe: 'Copy the ',
  digest: (short: string) => `digest ${short}`,
  digestCopied: 'digest copied',

  // The console.
  consoleEmpty: ['What your code writes with ', ' appears here after a run.'],
  wroteNothing: 'Your code wrote nothing.',
  cutOff: 'There was more; the rest was cut off. Write less, or nearer to the fault.',

  // Hints.
  hints: 'Hints',
  hint: 'Hint',
  firstHint: 'Give me a hint',
  nextHint: 'Another hint',
  hintLater: 'Try the last one first: the next opens after another run.',

  // Dialogs.
  startAgain: 'Start again?',
  isStarter: 'This is the starter, unchanged.',
  willReset: 'The editor goes back to the starter. Your code is kept, and you can bring it back.',
  earlier: 'Earlier drafts',
  earlierDraft: (lines: number, reason: EarlierDraft['reason'], ago: string) =>
    `${lines} lines, ${reasons[reason]}, saved ${ago}`,
  bringBack: 'Bring back',
  keepCode: 'Keep my code',
  resetNow: 'Reset to the starter',
  whatIsWrong: 'What do you think is wrong?',
  failedTwice: (check: string) =>
    `“${check}” has failed twice in a row. Say in one line what your code does there, and what it should do; then grade again.`,
  guess: 'Your guess',
  suspect: 'Or: which rule do you suspect?',
  skip: 'Skip and grade',
  grade: 'Grade',
  close: 'Close',
  besideOurs: 'Your answer beside ours',
  besideOursLead:
    'Yours is first. There is more than one right answer: look for what yours does that ours does not need, and the other way round.',
  newStarter: 'Your draft and the new starter',
  newStarterLead: 'Your draft is first. If you start from the new one, yours stays among the earlier drafts.',
  startFromNew: 'Start from the new starter',
  equalTexts: 'The two texts are equal.',

  // Why there is no verdict.
  youStopped: 'You stopped this run. Nothing was recorded.',
  watchdog:
    'Internal: stopped by the watchdog. The grader gave no sign of life for 30 seconds, so this says nothing about your code. Try again; if it happens once more, reload the page.',
  graderBroke: (reason: string) =>
    `Internal: the grader broke down${reason}. This says nothing about your code. Reload the page and try again.`,
  compilerBroke: (reason: string) => `Internal: the compiler broke down (${reason}). Reload the page and try again.`,

  // How long ago.
  justNow: 'just now',
  ago: (count: number, unit: 's' | 'min' | 'h' | 'days') => `${count} ${unit} ago`,
}

const reasons: Record<EarlierDraft['reason'], string> = {
  'other-tab': 'from another tab',
  reset: 'before a reset',
  'exercise-changed': 'for an earlier version of the exercise',
  import: 'before an import',
}

export type Words = typeof en
