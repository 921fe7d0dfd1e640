/** Pieces that several descriptions share. */
import { parseTime } from '#cluster/api/meta.ts'
import type { KubernetesEvent, ResourceList } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { LAST_APPLIED } from '../commands/apply.ts'
import { ageOf } from '#cluster/api/printers/human-duration.ts'

const NONE = '<none>'
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 1123 with a numeric zone: `Mon, 23 Nov 2026 03:07:31 +0000`. */
export function longTime(time: string | undefined): string {
  const micros = parseTime(time)
  if (micros === undefined || time === undefined) return '<unset>'
  const day = DAYS[Math.floor(micros / 86_400e6) % 7]
  return `${day}, ${time.slice(8, 10)} ${MONTHS[Number(time.slice(5, 7)) - 1]} ${time.slice(0, 4)} ${time.slice(11, 19)} +0000`
}

/** `Labels:` and the like: the first pair beside the title, the others below it. */
export function pairs(
  title: string,
  map: Readonly<Record<string, string>> | undefined,
  separator = '=',
  skip: readonly string[] = [],
): string[] {
  const keys = Object.keys(map ?? {})
    .filter((key) => !skip.includes(key))
    .sort()
  if (keys.length === 0) return [`${title}\t${NONE}`]
  return keys.map((key, i) => `${i === 0 ? title : ''}\t${key}${separator}${map![key]}`)
}

/** Longer annotations are cut, and stand below their keys; what kubectl itself remembers is shown to nobody. */
const ANNOTATION_MAX = 140

export function annotationLines(map: Readonly<Record<string, string>> | undefined, title = 'Annotations:'): string[] {
  const keys = Object.keys(map ?? {})
    .filter((key) => key !== LAST_APPLIED)
    .sort()
  if (keys.length === 0) return [`${title}\t${NONE}`]
  const shorten = (line: string): string =>
    line.length > ANNOTATION_MAX - 2 ? `${line.slice(0, ANNOTATION_MAX - 2)}...` : line
  return keys.flatMap((key, i) => {
    const value = map![key]!.replace(/\n$/, '')
    const head = `${i === 0 ? title : ''}\t${key}:`
    if (value.length + key.length + 2 <= ANNOTATION_MAX && !value.includes('\n')) return [`${head} ${value}`]
    return [head, ...value.split('\n').map((line) => `\t  ${shorten(line)}`)]
  })
}

export function resourceLines(title: string, list: ResourceList | undefined, indent: string): string[] {
  const names = Object.keys(list ?? {}).sort()
  if (names.length === 0) return []
  return [`${indent}${title}:`, ...names.map((name) => `${indent}  ${name}:\t${list![name]}`)]
}

/** The words of a container's command, each on its line. */
export const wordLines = (title: string, words: readonly string[] = []): string[] =>
  words.length === 0
    ? []
    : [`    ${title}:`, ...words.flatMap((word) => word.split('\n').map((line) => `      ${line}`))]

/** Oldest first, with how often and for how long where it was more than once. */
export function eventLines(events: readonly KubernetesEvent[], now: Micros): string[] {
  if (events.length === 0) return [`Events:\t${NONE}`]
  const last = (event: KubernetesEvent): Micros => parseTime(event.lastTimestamp) ?? 0
  const sorted = [...events].sort((a, b) => last(a) - last(b))
  const lines = sorted.map((event) => {
    const { type, reason, message, count = 1, firstTimestamp, lastTimestamp, source, involvedObject } = event
    const seen = ageOf(lastTimestamp, now)
    const age = count > 1 ? `${seen} (x${count} over ${ageOf(firstTimestamp, now)})` : seen
    const of = involvedObject.fieldPath ? `${involvedObject.fieldPath}: ` : ''
    return `  ${type}\t${reason}\t${age}\t${source?.component ?? ''}\t${of}${message.trim()}`
  })
  return ['Events:', '  Type\tReason\tAge\tFrom\tMessage', '  ----\t------\t----\t----\t-------', ...lines]
}
