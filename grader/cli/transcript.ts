/**
 * A failing run as a space-time transcript in a terminal: who is beside whom, time downwards, one event a row.
 *
 * It stays within a screen: the head says what was violated, then come the events that matter, the two whose order matters
 * marked, and `…` for the rest. A label may run over the life lines to its right; nothing else stands in its row.
 */
import type { Apart, Recorded } from '../kit/divergence.ts'
import type { StoryEvent } from '../kit/story-recorder.ts'
import { brief, laneOf, rankOf, timeOf } from '../kit/story-words.ts'
import { chosen } from '../kit/tell-story.ts'
import { differences } from '../verdict/difference.ts'
import type { Locale, Sayable, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { CheckResult } from '../verdict/verdict.ts'
import type { Paint } from '../reporters/reporter.ts'
import { wrap } from '../reporters/telling.ts'
import { transcriptTexts } from './transcript-texts.ts'

export interface ToldRun {
  readonly exercise: string
  readonly result: CheckResult
  readonly recorded: Recorded
  readonly apart?: Apart | undefined
  readonly about?: string | undefined
  readonly texts?: Texts | undefined
}

export interface TranscriptOptions {
  readonly width: number
  readonly locale: Locale
  readonly paint: Paint
}

/** A screen, with a line to spare for the prompt. */
export const LINES_MAX = 39
const EVENTS_WANTED = 30
const EVENTS_LEAST = 4
/** Lists in the head are cut: the run itself is what people came for. */
const HEAD_LIST_MAX = 6
const LANES_MAX = 5

export function transcript(run: ToldRun, options: TranscriptOptions): string[] {
  const head = headOf(run, options)
  for (let max = EVENTS_WANTED; ; max--) {
    const lines = [...head, '', ...rowsOf(run, chosen(run.recorded, run, max), options)]
    if (lines.length <= LINES_MAX || max <= EVENTS_LEAST) return lines
  }
}

// ── head ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function headOf({ exercise, result, texts }: ToldRun, { width, locale, paint }: TranscriptOptions): string[] {
  const say = sayer(locale, texts)
  const { name, message = '', said, object, replay, faults = [], divergence } = result
  const seed = replay === undefined ? [] : [say('seed', { seed: String(replay.seed) })]
  const moment = result.at && [timeOf(result.at.atMicros), say('tick', { tick: String(result.at.tick) })]
  const where = object && `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`
  const place = [where, ...(moment ?? [])].filter((part) => part !== undefined)
  const steps = faults.filter(({ kind }) => kind === 'step')
  const shownSteps = steps.slice(0, HEAD_LIST_MAX).map(({ text, said: by, atMicros }) => {
    const words = say.aloud(by ?? text)
    return atMicros === undefined ? words : `${timeOf(atMicros)} ${words}`
  })
  if (steps.length > shownSteps.length) shownSteps.push('…')
  return [
    ...wrap([exercise, name, ...seed].join(' · '), width).map((line) => paint(line, 'bold')),
    ...wrap(say.aloud(said?.message ?? message), width).map((line) => paint(line, 'red')),
    ...(place.length > 0 ? [place.join(' · ')] : []),
    ...compared(result, say, paint),
    ...faults
      .filter(({ kind }) => kind === 'fault')
      .slice(0, HEAD_LIST_MAX)
      .flatMap(({ text, said: by }) => labelled(say('fault'), say.aloud(by ?? text), width)),
    ...(shownSteps.length > 0 ? labelled(say('steps'), shownSteps.join(' · '), width) : []),
    ...(divergence ? labelled('◀ ▶', say.aloud(divergence.said), width) : []),
  ]
}

function labelled(label: string, text: string, width: number): string[] {
  const room = label.length + 2
  return wrap(text, width - room).map((line, index) => `${index === 0 ? `${label}  ` : ' '.repeat(room)}${line}`)
}

/** Expected and actual as a difference: path by path where both are values, else one line each. */
function compared({ difference, expected, actual, said }: CheckResult, say: Say, paint: Paint): string[] {
  if (difference) {
    return difference
      .slice(0, HEAD_LIST_MAX)
      .flatMap(({ path, ...both }) => [
        paint(`- ${path}: ${'expected' in both ? brief(both.expected) : say('absent')}`, 'green'),
        paint(`+ ${path}: ${'actual' in both ? brief(both.actual) : say('absent')}`, 'red'),
      ])
  }
  return [
    ...(expected === undefined ? [] : [paint(`- ${say.aloud(said?.expected ?? expected)}`, 'green')]),
    ...(actual === undefined ? [] : [paint(`+ ${say.aloud(said?.actual ?? actual)}`, 'red')]),
  ]
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const GUTTER = 16
/** From one life line to the next, where there is room. */
const STRIDE_MAX = 19

function rowsOf(
  { recorded, apart, texts }: ToldRun,
  events: readonly StoryEvent[],
  { width, locale, paint }: TranscriptOptions,
  isHere: (event: StoryEvent) => boolean = () => false,
): string[] {
  const say = sayer(locale, texts)
  const lanes = lanesOf(events)
  const stride = Math.min(STRIDE_MAX, Math.floor((width - GUTTER) / Math.max(1, lanes.length)))
  const line = (number: string, time: string, cells: string) => `${number.padStart(4)} ${time.padStart(9)}  ${cells}`
  const rows = [
    line(
      '',
      '',
      lanes
        .map((lane) =>
          say
            .aloud(laneOf(lane))
            .slice(0, stride - 1)
            .padEnd(stride),
        )
        .join(''),
    ),
  ]
  let last = -1
  let isBroken = false
  let time = ''
  for (const event of events) {
    const index = recorded.events.indexOf(event)
    if (!isBroken && index >= recorded.brokenAt && (last >= 0 || index === recorded.brokenAt)) breakHere()
    if (index > last + 1) rows.push(line('…', '', lanes.map(() => '·'.padEnd(stride)).join('')))
    last = index
    const now = timeOf(event.atMicros)
    const mark = event === apart?.first ? '◀ 1' : event === apart?.second ? '◀ 2' : ''
    const cells = cellsOf(event, lanes, say.aloud(event.what), stride)
    const fitted = fit(cells, width - GUTTER - (mark === '' ? 0 : 4))
    const number = `${isHere(event) ? '▶' : ''}${index + 1}`
    const text = line(
      number,
      now === time ? '' : now,
      mark === '' ? fitted : `${fitted.padEnd(width - GUTTER - 4)} ${mark}`,
    )
    rows.push(mark === '' ? tinted(text, event, paint) : paint(text, 'yellow'))
    time = now
  }
  if (!isBroken && last === recorded.brokenAt - 1) breakHere()
  return rows.map((row) => row.trimEnd())

  function breakHere(): void {
    isBroken = true
    rows.push(paint(line('✗', '', say('broken')), 'red'))
  }
}

/** At most so many; the busiest of those that are too many are kept. */
function lanesOf(events: readonly StoryEvent[]): string[] {
  const names = [...new Set(events.map(({ lane }) => lane))]
  const count = (lane: string) => events.filter((event) => event.lane === lane).length
  const kept = names.length <= LANES_MAX ? names : names.toSorted((a, b) => count(b) - count(a)).slice(0, LANES_MAX)
  return names.filter((lane) => kept.includes(lane)).toSorted((a, b) => rankOf(a) - rankOf(b))
}

function cellsOf({ lane }: StoryEvent, lanes: readonly string[], label: string, stride: number): string {
  const place = lanes.indexOf(lane)
  const before = lanes
    .slice(0, Math.max(0, place))
    .map(() => '│'.padEnd(stride))
    .join('')
  const after = lanes
    .slice(place + 1)
    .map(() => '│'.padEnd(stride))
    .join('')
  const own = label.padEnd(stride)
  return `${before}${own}${own.length > stride ? after.slice(own.length - stride) : after}`.trimEnd()
}

const fit = (text: string, room: number): string => (text.length > room ? `${text.slice(0, room - 1)}…` : text)

const tinted = (text: string, { tone }: StoryEvent, paint: Paint): string =>
  tone === 'bad' ? paint(text, 'red') : tone === 'good' ? paint(text, 'dim') : text

// ── one step ────────────────────────────────────────────────────────────────────────────────────────────────────────

const AROUND = 4

/** The events around number `step`, and what it changed. Throws `RangeError` where there is no such event. */
export function stepOf(run: ToldRun, step: number, options: TranscriptOptions): string[] {
  const { events } = run.recorded
  const event = events[step - 1]
  const say = sayer(options.locale, run.texts)
  if (!event) throw new RangeError(say('no-step', { step: String(step), count: String(events.length) }))
  const near = events.slice(Math.max(0, step - 1 - AROUND), step + AROUND)
  const changed = changesOf(events[step - 2]?.state ?? new Map(), event.state, say)
  const head = wrap(`${run.exercise} · ${run.result.name}`, options.width).map((line) => options.paint(line, 'bold'))
  const title = say(changed.length > 0 ? 'changed' : 'unchanged', { step: String(step) })
  const lines = [...head, '', ...rowsOf(run, near, options, (one) => one === event), '', title, ...changed]
  const there = [...event.state.keys()].map((key) => key.replace(/^(?:api|cache) /, '')).filter(isFirst)
  lines.push('', ...labelled(say('there'), there.length === 0 ? say('nothing') : there.join(' · '), options.width))
  return lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_MAX - 1), '…']
}

const isFirst = (name: string, index: number, all: readonly string[]): boolean => all.indexOf(name) === index

function changesOf(before: StoryEvent['state'], after: StoryEvent['state'], say: Say): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)]
    if (old === now) return []
    const [, lane = '', name = key] = /^(api|cache) (.+)$/.exec(key) ?? []
    const where = lane === '' ? name : `${say.aloud(laneOf(lane))}: ${name}`
    if (old === undefined) return [`  + ${where}${typeof now === 'object' ? '' : ` ${brief(now)}`}`]
    if (now === undefined) return [`  - ${where}`]
    const places = differences(old, now).map(({ path, expected, actual }) => {
      return `      ${path === '' ? '' : `${path}: `}${brief(expected)} → ${brief(actual)}`
    })
    return places.length === 0 ? [] : [`  ~ ${where}`, ...places]
  })
}

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Params = Parameters<typeof transcriptTexts.say>[1]
type Key = Parameters<typeof transcriptTexts.say>[0]

interface Say {
  (key: Key, params?: Params): string
  aloud(what: Sayable): string
}

function sayer(locale: Locale, texts: Texts | undefined): Say {
  const own = (key: Key, params?: Params) => speak(transcriptTexts.say(key, params), locale, transcriptTexts.texts)
  return Object.assign(own, { aloud: (what: Sayable) => speak(what, locale, texts) })
}
