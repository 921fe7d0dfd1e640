/** What every picture of the kit is drawn from: one frame of the simulation, the step at hand, and what is on its way. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Frame, NoteView, Timeline } from '../../simulation/protocol.ts'
import type { Step } from './steps.ts'

/** A moment that a figure compares the one at hand with. */
export interface KeptMoment {
  readonly label: string
  readonly frame: Frame
}

export interface View {
  readonly frame: Frame
  readonly timeline: Timeline
  readonly steps: readonly Step[]
  readonly index: number
  /** Room for the picture, in CSS pixels. */
  readonly width: number
  /** Opens an event: the scrubber goes there. */
  readonly goTo: (index: number) => void
  /** Opens the inspector with an object; undefined where there is none. */
  readonly inspect?: (key: string) => void
  /** The object that it shows. */
  readonly inspected?: string | undefined
  /** What the reader has put together, and how to put it otherwise; while no prediction is made it has not been run. */
  readonly setup?: { readonly now: string; readonly hasRun: boolean; arrange(next: string): void }
  /** Moments that the figure keeps to compare with; those that are still to come, too. */
  readonly kept?: readonly KeptMoment[]
}

/** Below this width a figure has its own layout: stacked, with vertical lanes. */
export const NARROW = 620

/** Narrower than this there is nothing to see: the element is hidden, or has not been laid out yet. */
export const WIDTH_MIN = 240

export const isNarrow = ({ width }: Pick<View, 'width'>): boolean => width < NARROW

export const stepOf = (view: View): Step | undefined => view.steps[view.index]

/** Messages that have been sent and have not arrived at this tick. */
export function inFlight(view: View, wanted: (event: Described) => boolean): readonly Described[] {
  const { tick } = view.frame
  return view.timeline.events.filter(
    (event) => event.cause <= tick && event.tick > tick && event.cause > 0 && wanted(event),
  )
}

/** The newest note of a kind up to the tick at hand. */
export function latestNote(view: View, fits: (note: NoteView) => boolean): NoteView | undefined {
  const { notes } = view.timeline
  for (let i = notes.length - 1; i >= 0; i--) {
    const note = notes[i]!
    if (note.tick <= view.frame.tick && fits(note)) return note
  }
  return undefined
}

/** What an event is about, shorter: a name without its Deployment's hash. */
export const subjectOf = ({ name }: Described): string => name.replace(/-[a-f0-9]{8,10}(?=-|$)/, '')

/** What a picture is drawn from: while none of it changes, the picture is not drawn again, however the slider moves. */
export const drawnFrom = ({ frame, timeline, steps, index, width, inspected, kept, setup }: View): unknown[] => [
  frame,
  timeline,
  steps,
  index,
  width,
  inspected,
  kept,
  setup?.now,
  setup?.hasRun,
]
