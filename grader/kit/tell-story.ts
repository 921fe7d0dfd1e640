/** Chooses from a recorded run what a reader needs, and puts it on lanes. */
import { speak } from '../verdict/say.ts'
import type { Story, StoryEntry } from '../verdict/verdict.ts'
import type { Apart, Recorded } from './divergence.ts'
import type { StoryEvent } from './story-recorder.ts'
import { laneOf, rankOf } from './story-words.ts'

/** So many events make a picture; more make a wall. */
const EVENTS_SHOWN = 24

export interface Focus {
  readonly apart?: Apart | undefined
  /** The object of the broken rule, as the recorder names it. */
  readonly about?: string | undefined
}

/** The events that matter, in order: the two, faults, what concerns the object and the task, and what is near. */
export function chosen({ events, brokenAt }: Recorded, { apart, about }: Focus, max = EVENTS_SHOWN): StoryEvent[] {
  const marks = [apart?.first, apart?.second].filter((event) => event !== undefined)
  const places = [...marks.map((event) => events.indexOf(event)), brokenAt - 1]
  const news = apart?.second?.news
  const scored = events.flatMap((event, index) => {
    if (index >= brokenAt && !marks.includes(event)) return []
    const nearness = -Math.min(...places.map((place) => Math.abs(place - index)))
    return [{ index, event, score: weight(event) + nearness }]
  })
  const best = scored.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, max)
  return best.sort((a, b) => a.index - b.index).map(({ event }) => event)

  function weight(event: StoryEvent): number {
    if (marks.includes(event)) return 1e6
    if (news !== undefined && event.news === news) return 1e5
    if (event.deed === 'fault') return 400
    if (about !== undefined && event.about === about) return 300
    if (event.deed === 'begin' || event.deed === 'write' || event.tone === 'pod') return 12
    return event.deed === 'answer' || event.deed === 'end' ? -6 : 0
  }
}

/** The chosen events on their lanes: what is shared first, then who acts, in order of appearance. */
export function storyOf(told: Recorded, focus: Focus, around: Story['lanes'] = []): Story | undefined {
  const events = chosen(told, focus)
  if (events.length === 0) return undefined
  const names = [...new Set(events.map(({ lane }) => lane))]
  const lanes = names.sort((a, b) => rankOf(a) - rankOf(b))
  return { lanes: [...around, ...lanes.map((lane) => laneWith(lane, events, focus))] }
}

function laneWith(lane: string, events: readonly StoryEvent[], { apart }: Focus): Story['lanes'][number] {
  const name = laneOf(lane)
  const entries = events.filter((event) => event.lane === lane).map((event) => entryOf(event, apart))
  return { name: speak(name, 'en'), ...(typeof name !== 'string' && { said: name }), entries }
}

function entryOf(event: StoryEvent, apart: Apart | undefined): StoryEntry {
  const { atMicros, what, tone = 'plain' } = event
  const mark = event === apart?.first ? 1 : event === apart?.second ? 2 : undefined
  return {
    atMicros,
    label: speak(what, 'en'),
    ...(typeof what !== 'string' && { said: what }),
    tone,
    ...(mark && { mark }),
  }
}
