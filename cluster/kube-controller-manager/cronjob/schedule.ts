/**
 * Cron schedules: five fields, names of months and days, lists, ranges and steps; `@hourly` and its like; `@every 1h30m`.
 *
 * Where days of the month and days of the week are both named, a day that is either will do; where one is `*`, the other decides.
 * What we leave out: time zones with summer time (an IANA database); those that have kept one offset for decades are here.
 * Where to read upstream: robfig/cron v3 `{parser,spec,constantdelay}.go`.
 */
import { civilFromDays, daysFromCivil } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'

export type Schedule =
  | { readonly everySeconds: number }
  | {
      readonly minutes: ReadonlySet<number>
      readonly hours: ReadonlySet<number>
      readonly days: ReadonlySet<number>
      readonly months: ReadonlySet<number>
      readonly weekdays: ReadonlySet<number>
      /** Whether days of the month, or of the week, are all meant. */
      readonly anyDay: boolean
    }

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Undefined: it is none. */
export function parseSchedule(text: string): Schedule | undefined {
  if (text.startsWith('@every ')) {
    const everySeconds = goSeconds(text.slice('@every '.length))
    return everySeconds === undefined ? undefined : { everySeconds: Math.max(1, everySeconds) }
  }
  const parts = (NAMED[text] ?? text).trim().split(/\s+/)
  if (parts.length !== 5) return undefined
  const [minutes, hours, days, months, weekdays] = [
    fieldOf(parts[0]!, 0, 59),
    fieldOf(parts[1]!, 0, 23),
    fieldOf(parts[2]!, 1, 31),
    fieldOf(parts[3]!, 1, 12, MONTHS),
    fieldOf(parts[4]!, 0, 6, WEEKDAYS),
  ]
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  return { minutes, hours, days, months, weekdays, anyDay: isStar(parts[2]!) || isStar(parts[4]!) }
}

const isStar = (field: string): boolean => /^[*?]/.test(field)

function goSeconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
  return Math.floor(parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0))
}

function fieldOf(text: string, low: number, high: number, names: readonly string[] = []): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
    const bounds = isStar(range) ? range.length === 1 && [low, high] : boundsOf(range, step === undefined ? undefined : high, names) // prettier-ignore
    if (!bounds || step === '0') return undefined
    const [from, to] = bounds as [number, number]
    if (!(from >= low && to <= high && from <= to)) return undefined
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value)
  }
  return values
}

/** `3`, `3-7`, `mon-fri`; a single number with a step goes on to the end. */
function boundsOf(range: string, openEnd: number | undefined, names: readonly string[]): [number, number] {
  const numberOf = (word: string): number => {
    const index = names.indexOf(word.toLowerCase())
    return index >= 0 && word !== '' ? index : /^\d+$/.test(word) ? Number(word) : Number.NaN
  }
  const [first = '', last] = range.split('-')
  const from = numberOf(first)
  return [from, last === undefined ? (openEnd ?? from) : numberOf(last)]
}

/** IANA zones without summer time, and how many minutes they are ahead of UTC. */
const OFFSETS: Readonly<Record<string, number>> = {
  UTC: 0, 'Etc/UTC': 0, GMT: 0, 'Etc/GMT': 0, 'Africa/Abidjan': 0, 'Africa/Lagos': 60, 'Africa/Johannesburg': 120, 'Africa/Nairobi': 180,
  'Asia/Dubai': 240, 'Asia/Karachi': 300, 'Asia/Kolkata': 330, 'Asia/Dhaka': 360, 'Asia/Bangkok': 420, 'Asia/Jakarta': 420,
  'Asia/Shanghai': 480, 'Asia/Singapore': 480, 'Asia/Hong_Kong': 480, 'Asia/Manila': 480, 'Asia/Tokyo': 540, 'Asia/Seoul': 540,
  'Australia/Brisbane': 600, 'Pacific/Honolulu': -600, 'America/Phoenix': -420, 'America/Bogota': -300, 'America/Lima': -300,
  'America/Caracas': -240, 'America/Argentina/Buenos_Aires': -180, 'America/Sao_Paulo': -180,
} // prettier-ignore

/** Undefined: a zone that is not known here. */
export function offsetOf(timeZone: string | undefined): number | undefined {
  if (timeZone === undefined) return 0
  // Posix counts westwards.
  const posix = /^Etc\/GMT([+-]\d{1,2})$/.exec(timeZone)
  if (posix) return Number(posix[1]) * -60
  return Object.hasOwn(OFFSETS, timeZone) ? OFFSETS[timeZone] : undefined
}

const MINUTE = 60_000_000
const DAY_MINUTES = 1_440
/** 29 February falls on a certain weekday once in 28 years; robfig looks five years ahead. */
const DAYS_MAX = 5 * 366

/** The next time after this one; undefined: there is none in five years. */
export function nextTime(schedule: Schedule, after: Micros, offsetMinutes = 0): Micros | undefined {
  if ('everySeconds' in schedule) return (Math.floor(after / 1e6) + schedule.everySeconds) * 1e6
  const first = Math.floor(after / MINUTE) + 1 + offsetMinutes
  let day = Math.floor(first / DAY_MINUTES)
  let minuteOfDay = first - day * DAY_MINUTES
  for (let i = 0; i < DAYS_MAX; i++, day++, minuteOfDay = 0) {
    if (!isDay(schedule, day)) continue
    const found = minuteIn(schedule, minuteOfDay)
    if (found !== undefined) return (day * DAY_MINUTES + found - offsetMinutes) * MINUTE
  }
  return undefined
}

function isDay(
  { days, months, weekdays, anyDay }: Exclude<Schedule, { everySeconds: number }>,
  number: number,
): boolean {
  // prettier-ignore
  const { year, month, day } = civilFromDays(number)
  if (!months.has(month)) return false
  // 1 January 1970 was a Thursday.
  const weekday = (((daysFromCivil(year, month, day) + 4) % 7) + 7) % 7
  return anyDay ? days.has(day) && weekdays.has(weekday) : days.has(day) || weekdays.has(weekday)
}

function minuteIn({ minutes, hours }: Exclude<Schedule, { everySeconds: number }>, from: number): number | undefined {
  for (let hour = Math.floor(from / 60); hour < 24; hour++) {
    if (!hours.has(hour)) continue
    const first = hour === Math.floor(from / 60) ? from % 60 : 0
    for (let minute = first; minute < 60; minute++) if (minutes.has(minute)) return hour * 60 + minute
  }
  return undefined
}
