/**
 * Where the parts of a failure's picture go: lanes from top to bottom, virtual time to the right.
 *
 * Pure geometry; `story-picture.ts` draws it. Time is drawn to scale as far as labels allow: moments keep their order and
 * equal moments stand one below the other, but two that would print over each other are pushed apart.
 */
import type { Story, StoryEntry } from '#grader/verdict/verdict.ts'

export interface Mark {
  entry: StoryEntry
  x: number
  /** Right end of a span; absent for a point. */
  untilX?: number
  /** Where the label starts, or ends if it stands to the left of its point; and whether it stands inside its span. */
  labelX: number
  labelAnchor: 'start' | 'end'
  labelInside: boolean
  label: string
}

export interface Lane {
  name: string
  y: number
  marks: Mark[]
}

export interface StoryLayout {
  width: number
  height: number
  /** Left end of the lanes; names stand before it. */
  laneX: number
  lanes: Lane[]
  /** One dashed line per bad moment, from its own lane down (or up) to the last lane that it concerns. */
  threads: { x: number; fromY: number; toY: number }[]
  /** `isAtEnd`: the label must end here instead of starting. */
  axis: { x: number; atMicros: number; isAtEnd: boolean }[]
}

const LANE_HEIGHT = 38
const TOP = 18
const CHARACTER = 5.7
const NAME_CHARACTER = 6.6
const PADDING = 8
const POINT_ROOM = 14
const MOMENT_GAP = 22

/** The width a label takes, near enough for 11.5 px type. */
export function labelWidth(text: string): number {
  return text.length * CHARACTER
}

/** Cuts a label to the room it has; the full one is in the transcript and the title. */
export function fitLabel(text: string, room: number): string {
  if (labelWidth(text) <= room) return text
  const characters = Math.floor(room / CHARACTER) - 1
  return characters < 2 ? '' : `${text.slice(0, characters).trimEnd()}…`
}

/** A wish: the second moment stands at least so far to the right of the first. */
export interface Room {
  from: number
  to: number
  px: number
}

/**
 * Every distinct moment gets an x. Room for labels comes first, as far as there is any; what is left over is shared out to
 * the scale of time, so order is always kept and equal stretches look alike where labels allow.
 */
export function placeMoments(
  moments: readonly number[],
  rooms: readonly Room[],
  from: number,
  to: number,
): Map<number, number> {
  const sorted = [...new Set(moments)].sort((a, b) => a - b)
  const first = sorted[0] ?? 0
  const span = (sorted.at(-1) ?? 0) - first
  const least = new Map<number, number>()
  let previous = -MOMENT_GAP
  for (const moment of sorted) {
    const wishes = rooms.filter((room) => room.to === moment && room.from < moment)
    const wished = wishes.map((room) => (least.get(room.from) ?? 0) + room.px)
    previous = Math.max(previous + MOMENT_GAP, ...wished)
    least.set(moment, previous)
  }
  const needed = Math.max(0, previous)
  const shrink = needed > to - from ? (to - from) / needed : 1
  const spare = Math.max(0, to - from - needed)
  const places = new Map<number, number>()
  for (const moment of sorted) {
    const scaled = span === 0 ? 0 : ((moment - first) / span) * spare
    places.set(moment, from + least.get(moment)! * shrink + scaled)
  }
  return places
}

/** What the labels wish for: a span as wide as its label, a point far enough from what follows on its lane. */
function wishRoom(story: Story): Room[] {
  return story.lanes.flatMap((lane) => {
    const sorted = [...lane.entries].sort((a, b) => a.atMicros - b.atMicros)
    return sorted.flatMap((entry, index): Room[] => {
      const width = labelWidth(entry.label)
      if (entry.untilMicros !== undefined) {
        return [{ from: entry.atMicros, to: entry.untilMicros, px: width + 2 * PADDING + 2 }]
      }
      const next = sorted[index + 1]
      return next ? [{ from: entry.atMicros, to: next.atMicros, px: width + POINT_ROOM + PADDING }] : []
    })
  })
}

/** Room that the last labels need to the right of the last moment. */
function roomAtEnd(story: Story, longest: number): number {
  const last = Math.max(
    ...story.lanes.flatMap((lane) => lane.entries.map((entry) => entry.untilMicros ?? entry.atMicros)),
  )
  const wishes = story.lanes.flatMap((lane) => {
    const entry = lane.entries.reduce<StoryEntry | undefined>(
      (latest, one) => (latest && latest.atMicros > one.atMicros ? latest : one),
      undefined,
    )
    if (!entry || entry.untilMicros !== undefined || entry.atMicros < last) return []
    return [labelWidth(entry.label) + POINT_ROOM]
  })
  return Math.min(longest, Math.max(24, ...wishes))
}

/** A point's label stands to its right, or to its left where there is more room. */
function layPoint(entry: StoryEntry, x: number, leftEnd: number, rightEnd: number): Mark {
  const right = fitLabel(entry.label, rightEnd - x - POINT_ROOM)
  const left = fitLabel(entry.label, x - POINT_ROOM - leftEnd)
  if (right === entry.label || right.length >= left.length) {
    return { entry, x, labelX: x + POINT_ROOM, labelAnchor: 'start', labelInside: false, label: right }
  }
  return { entry, x, labelX: x - POINT_ROOM, labelAnchor: 'end', labelInside: false, label: left }
}

/** A span's label stands inside it, or behind it where only there it can be read in full. */
function laySpan(entry: StoryEntry, x: number, untilX: number, rightEnd: number): Mark {
  const inside = fitLabel(entry.label, untilX - x - 2 * PADDING)
  const behind = fitLabel(entry.label, rightEnd - untilX - PADDING)
  if (inside === entry.label || inside.length >= behind.length) {
    return { entry, x, untilX, labelX: x + PADDING, labelAnchor: 'start', labelInside: true, label: inside }
  }
  return { entry, x, untilX, labelX: untilX + PADDING, labelAnchor: 'start', labelInside: false, label: behind }
}

function layMarks(entries: readonly StoryEntry[], at: (micros: number) => number, start: number, end: number): Mark[] {
  const sorted = [...entries].sort((a, b) => a.atMicros - b.atMicros)
  const marks: Mark[] = []
  let leftEnd = start
  sorted.forEach((entry, index) => {
    const x = at(entry.atMicros)
    const next = sorted[index + 1]
    const rightEnd = next ? at(next.atMicros) - 4 : end
    const mark =
      entry.untilMicros === undefined
        ? layPoint(entry, x, leftEnd, rightEnd)
        : laySpan(entry, x, Math.max(at(entry.untilMicros), x + 10), rightEnd)
    const labelEnd = mark.labelAnchor === 'start' ? mark.labelX + labelWidth(mark.label) : mark.x
    leftEnd = Math.max(mark.untilX ?? mark.x, labelEnd) + 4
    marks.push(mark)
  })
  return marks
}

/** Lays a story out for a picture `width` wide (in the picture's own units, px at scale 1). */
export function layOutStory(story: Story, width: number): StoryLayout {
  const longestName = Math.max(0, ...story.lanes.map((lane) => lane.name.length))
  const laneX = Math.min(width * 0.34, longestName * NAME_CHARACTER + 12)
  const end = width - 4
  const entries = story.lanes.flatMap((lane) => lane.entries)
  const moments = entries.flatMap((entry) => [
    entry.atMicros,
    ...(entry.untilMicros === undefined ? [] : [entry.untilMicros]),
  ])
  const places = placeMoments(moments, wishRoom(story), laneX + 8, end - roomAtEnd(story, (end - laneX) * 0.4))
  const at = (micros: number) => places.get(micros) ?? laneX
  const lanes = story.lanes.map((lane, index) => ({
    name: fitLabel(lane.name, laneX - 4),
    y: TOP + index * LANE_HEIGHT,
    marks: layMarks(lane.entries, at, laneX, end),
  }))
  const height = TOP + Math.max(0, lanes.length - 1) * LANE_HEIGHT + 34
  return { width, height, laneX, lanes, threads: drawThreads(lanes), axis: pickTicks(places, width) }
}

function drawThreads(lanes: readonly Lane[]): StoryLayout['threads'] {
  return lanes.flatMap((lane, index) =>
    lane.marks
      .filter((mark) => mark.entry.tone === 'bad' && mark.untilX === undefined)
      .flatMap((mark) => {
        const below = lanes[index + 1]
        const target = below ?? lanes[index - 1]
        return target ? [{ x: mark.x, fromY: lane.y, toY: target.y }] : []
      }),
  )
}

const TICK_ROOM = 62

/** Time labels under the lanes: the first moment, and after it whatever does not print over another. */
function pickTicks(places: ReadonlyMap<number, number>, width: number): StoryLayout['axis'] {
  const ticks: StoryLayout['axis'] = []
  for (const [atMicros, x] of [...places].sort((a, b) => a[1] - b[1])) {
    const before = ticks.at(-1)
    const isAtEnd = x + TICK_ROOM > width
    const room = isAtEnd ? 2 * TICK_ROOM : TICK_ROOM
    if (!before || x - before.x >= room) ticks.push({ x, atMicros, isAtEnd })
  }
  return ticks
}

/** The same story in sentences, for whoever does not see the picture. */
export function tellStory(story: Story, formatTime: (micros: number) => string): string[] {
  return story.lanes
    .flatMap((lane) => lane.entries.map((entry) => ({ lane: lane.name, entry })))
    .sort((a, b) => a.entry.atMicros - b.entry.atMicros)
    .map(({ lane, entry }) => {
      const until = entry.untilMicros === undefined ? '' : ` until ${formatTime(entry.untilMicros)}`
      return `${formatTime(entry.atMicros)}${until}, ${lane}: ${entry.label}`
    })
}
