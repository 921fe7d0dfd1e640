/** What makes a figure: a story, the question before it, what is shown of it, how it is drawn, and what may be changed. */
import type { TemplateResult } from 'lit'
import type { Change, StoryRequest, Timeline } from '../../simulation/protocol.ts'
import type { Lens, Step } from './steps.ts'
import type { View } from './view.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

/** What came of it, by the trace. */
export interface Outcome {
  /** The choice that would have been right. */
  readonly value: string
  /** What happened, as a sentence that goes on: "and so it went" or "but" comes before it. */
  readonly sentence: string
  /** The event that settles it. */
  readonly tick: number
}

export interface Prediction {
  readonly question: string
  readonly choices: readonly Choice[]
  /** Undefined as long as the run does not show it. */
  outcome(timeline: Timeline): Outcome | undefined
}

/** One thing to change. It either plays the story anew with other words, or forks the run at hand. */
export interface Tweak {
  readonly id: string
  readonly label: string
  readonly choices: readonly (Choice & { readonly effect: TweakEffect })[]
  /** The choice that is the story as written; undefined for one that acts once. */
  readonly initial?: string
}

export type TweakEffect =
  | { readonly kind: 'story'; readonly request: Partial<StoryRequest> }
  | {
      readonly kind: 'fork'
      readonly changes: (view: View) => readonly Change[]
      /** Tick after which the run is another; default: the one that is shown. */
      readonly from?: (view: View) => number
      readonly extraMicros?: number
    }

export interface FigureDefinition {
  readonly id: string
  readonly story: StoryRequest
  /** Tick at which the figure opens. */
  opening(timeline: Timeline): number
  readonly lens: Lens
  readonly prediction: Prediction
  readonly tweaks: readonly Tweak[]
  /** Resource whose newest object the inspector opens with. */
  readonly inspects: string
  /** What the reader puts together before a run: a change of it asks for another prediction. */
  readonly setup?: {
    /** As the story has it. */
    readonly initial: string
    request(setup: string): Partial<StoryRequest>
  }
  /** Moments that stay at hand while others are shown, to compare with. */
  keeps?(timeline: Timeline): readonly { readonly label: string; readonly tick: number }[]
  /** A page of the site that goes further: its path below base and language. */
  readonly more?: { readonly path: string; readonly label: () => string }
  draw(view: View): TemplateResult
  /** How long a step is shown while playing, in milliseconds; default 900. */
  pace?(step: Step): number
}
