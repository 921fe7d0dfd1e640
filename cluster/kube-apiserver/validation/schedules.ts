/**
 * What a CronJob's schedule must be, in the words of the parser that Kubernetes uses.
 *
 * Where to read upstream: robfig/cron `parser.go`; `pkg/apis/batch/validation/validation.go` (validateScheduleFormat).
 */

interface Bounds {
  readonly min: number
  readonly max: number
  /** The first of them is the least. */
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']
const EVERY = '@every '
const DURATION =
  /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*$|^0$/

/** Undefined where it is fine. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.includes('TZ')) return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
  if (schedule.startsWith('@')) return descriptorProblem(schedule)
  const fields = schedule.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`
  }
  for (const [index, field] of fields.entries()) {
    for (const part of field.split(',')) {
      const problem = part === '' ? undefined : rangeProblem(part, FIELDS[index]!)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

function descriptorProblem(schedule: string): string | undefined {
  if (DESCRIPTORS.includes(schedule)) return undefined
  if (!schedule.startsWith(EVERY)) return `unrecognized descriptor: ${schedule}`
  const duration = schedule.slice(EVERY.length)
  if (DURATION.test(duration)) return undefined
  return `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(duration)}`
}

function rangeProblem(text: string, { min, max, names }: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/')
  const [low = '', high, ...rest] = range.split('-')
  let [start, end]: (number | string)[] = [min, max]
  if (low !== '*' && low !== '?') {
    start = numberIn(low, min, names)
    if (typeof start === 'string') return start
    if (rest.length > 0) return `too many hyphens: ${text}`
    end = high === undefined ? start : numberIn(high, min, names)
    if (typeof end === 'string') return end
  }
  if (more.length > 0) return `too many slashes: ${text}`
  const steps = step === undefined ? 1 : numberIn(step, min)
  if (typeof steps === 'string') return steps
  if (step !== undefined && high === undefined) end = max
  if (start! < min) return `beginning of range (${start}) below minimum (${min}): ${text}`
  if (end! > max) return `end of range (${end}) above maximum (${max}): ${text}`
  if (start! > end!) return `beginning of range (${start}) beyond end of range (${end}): ${text}`
  return steps === 0 ? `step of range should be a positive number: ${text}` : undefined
}

/** The number that it is; the problem, where it is none. */
function numberIn(text: string, least: number, names: readonly string[] = []): number | string {
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return named + least
  if (!/^[-+]?\d+$/.test(text)) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  }
  const number = Number(text)
  return number < 0 ? `negative number (${number}) not allowed: ${text}` : number
}
