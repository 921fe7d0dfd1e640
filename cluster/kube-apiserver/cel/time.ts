/**
 * Points in time and durations: from text, to text, and their parts.
 *
 * What we leave out: time zones by name (`Europe/Madrid`): only UTC and offsets such as `+02:00` are known, as nothing here may ask
 * the machine for more.
 * Where to read upstream: cel-go `common/types/{timestamp,duration}.go`; Go `time.ParseDuration`, `time.Duration.String`.
 */
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import { Duration, fail, INT_MAX, INT_MIN, Timestamp } from './values.ts'

const SECOND = 1_000_000_000n
const DAY_SECONDS = 86_400

const floorDiv = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b)

// ── the calendar ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Days since 1970 of a day of the Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly days: number
  /** Of the day. */
  readonly second: number
}

function civil(seconds: number): Civil {
  const days = Math.floor(seconds / DAY_SECONDS)
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365) // prettier-ignore
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  return { year, month, day, days, second: seconds - days * DAY_SECONDS }
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Undefined: it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number] // prettier-ignore
  const [fraction = '', sign, hours = '0', minutes = '0'] = match.slice(7)
  const days = daysOf(year, month, day)
  const back = civil(days * DAY_SECONDS)
  if (back.month !== month || back.day !== day || hour > 23 || minute > 59 || second > 59) return undefined
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
  const seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset
  return new Timestamp(BigInt(seconds) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0')))
}

const two = (value: number): string => String(value).padStart(2, '0')

export function showTimestamp({ nanos }: Timestamp): string {
  const seconds = floorDiv(nanos, SECOND)
  const { year, month, day, second } = civil(Number(seconds))
  const fraction = String(nanos - seconds * SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const time = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}${fraction && `.${fraction}`}Z`
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
}

/** As Go writes them: `1h30m`, `-1.5s`. Undefined: it is none. */
export function parseDuration(text: string): Duration | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text)!
  if (rest === '0') return new Duration(0n)
  let nanos = 0n
  let left = rest
  while (left !== '') {
    const match = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/.exec(left)
    if (!match || (match[1] === '' && !match[2])) return undefined
    const [all, whole = '', fraction = '', unit = ''] = match
    const size = UNITS[unit]!
    nanos += BigInt(whole || '0') * size
    if (fraction !== '') nanos += (BigInt(fraction.slice(0, 18)) * size) / 10n ** BigInt(Math.min(fraction.length, 18))
    left = left.slice(all.length)
  }
  if (rest === '' || nanos > INT_MAX) return undefined
  return new Duration(sign === '-' ? -nanos : nanos)
}

/** In seconds, as CEL writes them: `5400s`, `0.5s`. */
export function showDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos
  const fraction = String(size % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fraction && `.${fraction}`}s`
}

/** As far as int64 goes. */
const within = (nanos: bigint): bigint => (nanos < INT_MIN || nanos > INT_MAX ? fail('integer overflow') : nanos)

const EARLIEST = BigInt(daysOf(1, 1, 1)) * BigInt(DAY_SECONDS) * SECOND
const LATEST = (BigInt(daysOf(9999, 12, 31)) + 1n) * BigInt(DAY_SECONDS) * SECOND - 1n
const at = (nanos: bigint): Timestamp => (nanos < EARLIEST || nanos > LATEST ? fail('timestamp overflow') : new Timestamp(nanos)) // prettier-ignore

// ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function offsetOf(zone: string): number {
  if (zone === '' || zone === 'UTC') return 0
  const match = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (!match) return fail(`unknown time zone ${zone}`)
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60)
}

/** A part of a point in time, in UTC or where a zone says. */
const part = (name: string, of: (when: Civil, nanos: bigint) => number): Overload[] =>
  defs(name, ['timestamp.() -> int', 'timestamp.(string) -> int'], ({ nanos }: Timestamp, zone = 'UTC') => {
    const seconds = floorDiv(nanos, SECOND)
    return BigInt(of(civil(Number(seconds) + offsetOf(zone)), nanos - seconds * SECOND))
  })

const length = (name: string, unit: bigint): Overload =>
  def(name, 'duration.() -> int', ({ nanos }: Duration) => nanos / unit)

export const TIME: readonly Overload[] = [
  ...part('getFullYear', ({ year }) => year),
  ...part('getMonth', ({ month }) => month - 1),
  ...part('getDate', ({ day }) => day),
  ...part('getDayOfMonth', ({ day }) => day - 1),
  ...part('getDayOfYear', ({ days, year }) => days - daysOf(year, 1, 1)),
  ...part('getDayOfWeek', ({ days }) => (((days + 4) % 7) + 7) % 7),
  ...part('getHours', ({ second }) => Math.floor(second / 3600)),
  ...part('getMinutes', ({ second }) => Math.floor(second / 60) % 60),
  ...part('getSeconds', ({ second }) => second % 60),
  ...part('getMilliseconds', (_, nanos) => Number(nanos / 1_000_000n)),
  length('getHours', 3600n * SECOND),
  length('getMinutes', 60n * SECOND),
  length('getSeconds', SECOND),
  def('getMilliseconds', 'duration.() -> int', ({ nanos }: Duration) => (nanos % SECOND) / 1_000_000n),
  def('timestamp', '(timestamp) -> timestamp', (time) => time),
  def('timestamp', '(int) -> timestamp', (seconds: bigint) => at(seconds * SECOND)),
  def('timestamp', '(string) -> timestamp', (text: string) => parseTimestamp(text) ?? fail(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`)), // prettier-ignore
  def('duration', '(duration) -> duration', (duration) => duration),
  def('duration', '(string) -> duration', (text: string) => parseDuration(text) ?? fail(`time: invalid duration ${JSON.stringify(text)}`)), // prettier-ignore
  def('int', '(timestamp) -> int', ({ nanos }: Timestamp) => floorDiv(nanos, SECOND)),
  def('int', '(duration) -> int', ({ nanos }: Duration) => nanos),
  def('string', '(timestamp) -> string', showTimestamp),
  def('string', '(duration) -> string', showDuration),
  def('_+_', '(timestamp, duration) -> timestamp', (time: Timestamp, { nanos }: Duration) => at(time.nanos + nanos)),
  def('_+_', '(duration, timestamp) -> timestamp', ({ nanos }: Duration, time: Timestamp) => at(time.nanos + nanos)),
  def('_+_', '(duration, duration) -> duration', (a: Duration, b: Duration) => new Duration(within(a.nanos + b.nanos))),
  def('_-_', '(timestamp, duration) -> timestamp', (time: Timestamp, { nanos }: Duration) => at(time.nanos - nanos)),
  def('_-_', '(timestamp, timestamp) -> duration', (a: Timestamp, b: Timestamp) => new Duration(within(a.nanos - b.nanos))), // prettier-ignore
  def('_-_', '(duration, duration) -> duration', (a: Duration, b: Duration) => new Duration(within(a.nanos - b.nanos))),
]
