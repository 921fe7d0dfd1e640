/** The steps of a figure: the events that it shows, some of them in several parts. */
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { NoteView, Timeline } from '../../simulation/protocol.ts'
import { say } from './words.ts'

export interface Step {
  readonly event: Described
  /** An event that is shown bit by bit: which bit, from 0. */
  readonly part: number
  /** What happens, in a sentence for the line below the picture, the transcript and screen readers. */
  readonly sentence: string
  /** A mark on the scrubber. */
  readonly isMajor: boolean
}

export interface Lens {
  /** Whether a figure shows this event at all. */
  shows(event: Described, timeline: Timeline): boolean
  sentence(event: Described, timeline: Timeline): string
  isMajor?(event: Described): boolean
  /** Sentences of further parts, each a step of its own. */
  parts?(event: Described, timeline: Timeline): readonly string[]
  /** Notes that are steps too, though their event is not told: what a program makes of an answer, for example. */
  note?(note: NoteView, timeline: Timeline): NoteStep | undefined
}

/** A step that a note tells: how it is drawn, and in which words. */
export interface NoteStep extends Pick<Described, 'kind' | 'label' | 'from' | 'failed'> {
  readonly sentence: string
  readonly isMajor?: boolean
}

export function stepsOf(timeline: Timeline, lens: Lens, fromTick: number): Step[] {
  const steps: Step[] = []
  const told = notedSteps(timeline, lens, fromTick)
  let next = 0
  for (const event of timeline.events) {
    while (next < told.length && told[next]!.event.tick < event.tick) steps.push(told[next++]!)
    if (event.tick < fromTick || !lens.shows(event, timeline)) continue
    const isMajor = lens.isMajor?.(event) ?? false
    steps.push({ event, part: 0, sentence: lens.sentence(event, timeline), isMajor })
    for (const [i, sentence] of (lens.parts?.(event, timeline) ?? []).entries()) {
      steps.push({ event, part: i + 1, sentence, isMajor: false })
    }
  }
  steps.push(...told.slice(next))
  if (steps.length > 0) steps.push(endOf(timeline))
  return steps
}

function notedSteps(timeline: Timeline, lens: Lens, fromTick: number): Step[] {
  if (!lens.note) return []
  return timeline.notes.flatMap((note) => {
    const told = note.tick < fromTick ? undefined : lens.note!(note, timeline)
    if (!told) return []
    const { sentence, isMajor = false, ...drawn } = told
    const { tick, at, process: to } = note
    const none = { cause: 0, verb: note.kind, resource: '', name: '', background: false, remark: '' }
    return [{ event: { ...none, ...drawn, tick, at, to }, part: 0, sentence, isMajor }]
  })
}

/** The last step is no event: nothing caused it. */
export const isEnd = ({ event }: Step): boolean => event.kind === 'timer' && event.to === ''

/** How everything stands when the run is over: what comes after the last message shows too. */
function endOf({ end: { tick, at } }: Timeline): Step {
  const none = { cause: 0, verb: '', resource: '', name: '', from: undefined, to: '', failed: false, background: false }
  const event: Described = { ...none, tick, at, kind: 'timer', label: say('the end', 'el final'), remark: '' }
  return {
    event,
    part: 0,
    sentence: say(`Here the run ends, at ${formatMicros(at)}`, `Aquí termina la ejecución, a los ${formatMicros(at)}`),
    isMajor: true,
  }
}

/** The last step at or before a tick; 0 where there is none. */
export function indexOfTick(steps: readonly Step[], tick: number): number {
  let index = 0
  for (const [i, { event }] of steps.entries()) if (event.tick <= tick) index = i
  return index
}
