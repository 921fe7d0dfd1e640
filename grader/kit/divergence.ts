/**
 * What tells a failing run from the same case without its faults: the two events whose order matters, or the one that is extra.
 *
 * Looked for in this order: a fault that shows as an event (a crash, a lost answer, news that is missed), with what it led to;
 * a decision that was taken before the news had come, which without faults was there in time; any other two events of
 * different lanes that change places; the first event that only one of the runs has.
 */
import type { Said } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { Divergence, DivergingEvent } from '../verdict/verdict.ts'
import type { StoryEvent } from './story-recorder.ts'
import { laneOf, timeOf } from './story-words.ts'

export interface Recorded {
  readonly events: readonly StoryEvent[]
  /** How many there were when the rule was broken; all, where none was. */
  readonly brokenAt: number
}

/** The pair, for those who draw it. The second is missing where one event says it all. */
export interface Apart {
  readonly kind: Exclude<Divergence['kind'], 'calm-fails'>
  readonly first?: StoryEvent
  readonly second?: StoryEvent
  readonly calmFirst?: StoryEvent | undefined
  readonly calmSecond?: StoryEvent | undefined
}

/** Further back nobody looks for two events that change places. */
const LOOK_BACK = 240

/** `about`: the object of the broken rule, as the recorder names it. */
export function apart(failing: Recorded, calm: Recorded, about: string | undefined): Apart {
  const before = failing.events.slice(0, failing.brokenAt)
  const there = new Map(calm.events.map((event, index) => [event.id, index]))
  return (
    extraFault(before, there, about) ??
    staleDecision(failing, before, calm, there, about) ??
    surprise(before, there, about) ??
    swapped(before, calm, there, (event) => event.about === about && about !== undefined) ??
    swapped(before, calm, there, ({ deed }) => deed !== 'begin' && deed !== 'end') ??
    swapped(before, calm, there, () => true) ??
    onlyInOne(before, calm, there)
  )
}

// ── faults that show ────────────────────────────────────────────────────────────────────────────────────────────────

function extraFault(before: readonly StoryEvent[], there: ReadonlyMap<string, number>, about: string | undefined) {
  const write = decisiveWrite(before, about)
  const end = write ? before.indexOf(write) : before.length
  const faults = before.slice(0, end).filter(({ deed, id }) => deed === 'fault' && !there.has(id))
  // A restart follows from a crash, and says less.
  const first =
    faults.findLast(({ sign, resource }) => !sign.startsWith('life') && concerns(resource, write)) ?? faults.at(-1)
  if (!first) return undefined
  return { kind: 'extra', first, ...(write && { second: write }) } as const
}

const concerns = (resource: string | undefined, write: StoryEvent | undefined): boolean =>
  resource === undefined || write?.resource === undefined || resource === write.resource

/** The last write before the end that made or changed the object; else the last write of all. */
function decisiveWrite(before: readonly StoryEvent[], about: string | undefined): StoryEvent | undefined {
  const writes = before.filter(({ deed }) => deed === 'write')
  const answer = before.findLast((event) => event.deed === 'answer' && about !== undefined && event.about === about)
  return (
    writes.findLast((event) => about !== undefined && event.about === about) ??
    (answer && writes.findLast(({ call }) => call === answer.call)) ??
    writes.at(-1)
  )
}

// ── a decision before the news ──────────────────────────────────────────────────────────────────────────────────────

function staleDecision(
  failing: Recorded,
  before: readonly StoryEvent[],
  calm: Recorded,
  there: ReadonlyMap<string, number>,
  about: string | undefined,
): Apart | undefined {
  const write = decisiveWrite(before, about)
  const read = write && readBehind(before, write)
  if (!read) return undefined
  const at = before.indexOf(read)
  const late = failing.events
    .map((event, index) => ({ event, index }))
    .filter(({ event, index }) => event.deed === 'hear' && index > at && event.resource === read.resource)
    .filter(({ event, index }) => wasKnown(failing, event, at) && index > at)
  for (const isWeighty of [true, false]) {
    for (const { event } of late) {
      if (isWeighty !== /(added|gone|going)$/.test(event.sign)) continue
      const pair = inCalm(failing, calm, there, read, event)
      if (pair) return pair
    }
  }
  return undefined
}

/** What the task looked at last before it wrote. */
function readBehind(before: readonly StoryEvent[], write: StoryEvent): StoryEvent | undefined {
  const upTo = before.slice(0, before.indexOf(write))
  const begun = upTo.findLastIndex(({ deed, by }) => deed === 'begin' && by === write.by)
  const reads = upTo.slice(Math.max(0, begun)).filter(({ deed, by }) => deed === 'read' && by === write.by)
  return reads.findLast(({ resource }) => resource === write.resource) ?? reads.at(-1)
}

/** Whether the API server had it already when that event took place. */
const wasKnown = ({ events }: Recorded, { news }: StoryEvent, at: number): boolean =>
  events.slice(0, at).some((event) => event.deed === 'change' && event.news === news)

/** The same two in calm weather, where the news came before the decision that corresponds. */
function inCalm(
  failing: Recorded,
  calm: Recorded,
  there: ReadonlyMap<string, number>,
  read: StoryEvent,
  news: StoryEvent,
): Apart | undefined {
  const heard = there.get(news.id)
  if (heard === undefined) return undefined
  const isAlike = ({ lane, deed, by, sign }: StoryEvent) =>
    lane === read.lane && deed === read.deed && by === read.by && sign === read.sign
  const after = ({ events }: Recorded) =>
    events.slice(events.findIndex((event) => event.deed === 'change' && event.news === news.news))
  const nth = after(failing).filter(isAlike).indexOf(read)
  const calmRead = after(calm).filter(isAlike)[nth]
  if (calmRead && calm.events.indexOf(calmRead) < heard) return undefined
  return { kind: 'order', first: read, second: news, calmFirst: calmRead, calmSecond: calm.events[heard] }
}

/** Something befell the object before it was written, and does so in this run alone. */
function surprise(before: readonly StoryEvent[], there: ReadonlyMap<string, number>, about: string | undefined) {
  const write = decisiveWrite(before, about)
  if (!write) return undefined
  const upTo = before.slice(0, before.indexOf(write))
  const first = upTo.findLast((event) => event.deed === 'change' && event.about === about && !there.has(event.id))
  return first && ({ kind: 'extra', first, second: write } as const)
}

// ── two events that change places ───────────────────────────────────────────────────────────────────────────────────

/** The pair that ends last, and of those the closest; of one lane only where both are told of it from outside. */
function swapped(
  before: readonly StoryEvent[],
  calm: Recorded,
  there: ReadonlyMap<string, number>,
  counts: (event: StoryEvent) => boolean,
): Apart | undefined {
  const late = before.slice(-LOOK_BACK).filter((event) => counts(event) && there.has(event.id))
  for (let j = late.length - 1; j > 0; j--) {
    const second = late[j]!
    const calmSecond = there.get(second.id)!
    const first = late
      .slice(0, j)
      .findLast((one) => there.get(one.id)! > calmSecond && (one.lane !== second.lane || one.lane === 'api'))
    if (!first) continue
    const calmFirst = calm.events[there.get(first.id)!]
    return { kind: 'order', first, second, calmFirst, calmSecond: calm.events[calmSecond] }
  }
  return undefined
}

// ── an event of one run alone ───────────────────────────────────────────────────────────────────────────────────────

function onlyInOne(before: readonly StoryEvent[], calm: Recorded, there: ReadonlyMap<string, number>): Apart {
  const extra = before.find(({ id }) => !there.has(id))
  if (extra) return { kind: 'extra', first: extra }
  const here = new Set(before.map(({ id }) => id))
  const last = before.at(-1)
  const end = last ? (there.get(last.id) ?? -1) : -1
  const missing = calm.events.slice(0, end).find(({ id }) => !here.has(id))
  return missing ? { kind: 'missing', calmFirst: missing } : { kind: 'none' }
}

// ── in words ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const CALM_FAILS: Divergence = {
  ...worded({ key: 'grader.diverges.calm-fails' }),
  kind: 'calm-fails',
  events: [],
}

function worded(said: Said): { message: string; said: Said } {
  return { message: speak(said, 'en'), said }
}

export function inWords({ kind, first, second, calmFirst, calmSecond }: Apart, failing: Recorded): Divergence {
  const events: DivergingEvent[] = []
  if (first ?? calmFirst) events.push(eventOf(first, calmFirst))
  if (second ?? calmSecond) events.push(eventOf(second, calmSecond))
  return { kind, events, ...worded({ key: `grader.diverges.${keyFor()}`, params: params() }) }

  function keyFor(): string {
    if (kind === 'extra') return second ? 'extra-led' : 'extra'
    if (kind !== 'order') return kind
    if (second && failing.events.indexOf(second) >= failing.brokenAt) return 'never'
    return calmFirst ? 'order' : 'order-open'
  }

  function params() {
    return {
      ...(first && { first: quoted(first) }),
      ...(second && { second: quoted(second) }),
      ...(!first && calmFirst && { first: quoted(calmFirst) }),
      ...(calmFirst && { calmFirst: timeOf(calmFirst.atMicros) }),
      ...(calmSecond && { calmSecond: timeOf(calmSecond.atMicros) }),
    }
  }
}

const quoted = ({ what, lane, atMicros }: StoryEvent): Said => ({
  key: 'grader.diverges.event',
  params: { what, lane: laneOf(lane), at: timeOf(atMicros) },
})

function eventOf(here: StoryEvent | undefined, calm: StoryEvent | undefined): DivergingEvent {
  const { lane, what } = (here ?? calm)!
  return {
    lane: speak(laneOf(lane), 'en'),
    label: speak(what, 'en'),
    ...(typeof what !== 'string' && { said: what }),
    ...(here && { atMicros: here.atMicros }),
    ...(calm && { calmAtMicros: calm.atMicros }),
  }
}
