/** A replay as a figure without a question: everything that is no background is a step. */
import { html } from 'lit'
import type { FigureActions, FigureModel } from './model.ts'
import { sentenceOf } from './sentences.ts'
import type { Lens } from './steps.ts'

const QUIET = new Set(['syscallReply', 'timer', 'disk'])

const isWitness = (process: string | undefined): boolean => process?.endsWith('/witness') === true

export const lens: Lens = {
  // The witness is the grader's own: it watches so that the check can judge, and takes no part.
  // That the exercise's hand is told something says no more than what it then asks for.
  shows: ({ kind, to, from }) =>
    !QUIET.has(kind) && !isWitness(to) && !isWitness(from) && !(kind === 'message' && to.endsWith('/hand')),
  sentence: sentenceOf,
  isMajor: ({ kind, failed }) => failed || kind === 'command' || kind === 'fault' || kind === 'cni',
}

const nothingToDo = (): void => {}

/** What the furniture asks for and a replay does not have. */
export const REPLAY: {
  readonly actions: FigureActions
  readonly model: Omit<FigureModel, 'title' | 'state' | 'speed' | 'panel' | 'why' | 'inspection' | 'since'>
} = {
  actions: {
    predict: nothingToDo,
    toggle: nothingToDo,
    step: nothingToDo,
    goTo: nothingToDo,
    goToTick: nothingToDo,
    setSpeed: nothingToDo,
    show: nothingToDo,
    askWhy: nothingToDo,
    inspect: nothingToDo,
    compare: nothingToDo,
    tweak: nothingToDo,
    asWritten: nothingToDo,
    copyLink: nothingToDo,
  },
  model: {
    definition: {
      id: 'replay',
      story: { story: 'deployment-journey' },
      inspects: 'pods',
      opening: () => 0,
      lens,
      prediction: { question: '', choices: [], outcome: () => undefined },
      tweaks: [],
      draw: () => html``,
    },
    predicted: '',
    outcome: undefined,
    tweaks: new Map(),
    isBusy: false,
    notice: undefined,
    linkCopied: undefined,
  },
}
