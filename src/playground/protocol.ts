/** What the playground and its world in a worker say to each other. The world's own moments are told as figures tell them. */
import type { TranscriptEntry } from '#cluster/kubectl/kubectl.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Explained, ExplainRequest } from '../explain/protocol.ts'
import type { Frame, Inspection, ObjectKey } from '../simulation/protocol.ts'
import type { Completion } from './completion.ts'
import type { Act, Fault, Story } from './story.ts'

/** What a stretch of virtual time brought. */
export interface Progress {
  readonly at: Micros
  readonly tick: number
  /** There was more to do than one call may: the time that was asked for has not come. */
  readonly isBehind: boolean
  /** It has become as long as a page can hold, and goes no further. */
  readonly isFull: boolean
  /** Events since the last call that are no background. */
  readonly events: readonly Described[]
  /** What kubectl printed: every call that has printed something new since. */
  readonly typed: readonly TranscriptEntry[]
  readonly frame: Frame
}

export interface ObjectHistory {
  /** Its revisions that the store still has, oldest first. */
  readonly revisions: readonly number[]
  /** One of them, beside the one before. */
  readonly inspection: Inspection
  /** When that one was written. */
  readonly written: { readonly tick: number; readonly at: Micros }
}

export interface PlaygroundRequests {
  /** Switches a cluster on; the story's acts are done as their time comes. */
  open: [Story, undefined]
  run: [{ readonly untilMicros: Micros; readonly maxEvents: number }, Progress]
  type: [{ readonly line: string; readonly files: Readonly<Record<string, string>> }, { readonly id: number }]
  interrupt: [undefined, undefined]
  fault: [Fault, undefined]
  /** Everything that was done so far. */
  story: [undefined, { readonly acts: readonly Act[]; readonly at: Micros }]
  seek: [{ readonly tick: number }, Frame]
  why: [{ readonly tick: number }, readonly Described[]]
  /** An object as a revision left it; default: its newest at that tick. */
  history: [ObjectKey & { readonly tick: number; readonly revision?: number }, ObjectHistory | undefined]
  /** What the scheduler said of a Pod, or would say. */
  explain: [ExplainRequest & { readonly tick: number }, Explained]
  complete: [{ readonly line: string; readonly files: readonly string[] }, Completion]
}
