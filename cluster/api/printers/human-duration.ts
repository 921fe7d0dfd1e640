/** Where to read upstream: apimachinery `pkg/util/duration/duration.go`. */
import { parseTime } from '../meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'

/** `45s`, `3m20s`, `170m`, `5h3m`, `47h`, `3d4h`, `200d`, `2y30d`. */
export function humanDuration(micros: Micros): string {
  const seconds = Math.trunc(micros / 1e6)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 192) return pair(days, 'd', hours % 24, 'h')
  if (days < 365 * 2) return `${days}d`
  if (days < 365 * 8) return pair(Math.floor(days / 365), 'y', days % 365, 'd')
  return `${Math.floor(days / 365)}y`
}

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`

/** Age of a time stamp; `<unknown>` without one. */
export function ageOf(time: string | undefined, now: Micros): string {
  const since = parseTime(time)
  return since === undefined ? '<unknown>' : humanDuration(now - since)
}
