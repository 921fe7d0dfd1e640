/** Small questions about objects that many components ask: keys, owners, conditions, times, freezing. */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Condition, KubernetesObject, OwnerReference, Pod } from './types.ts'

/** `namespace/name`, or the bare name where there is no namespace: the key of caches and work queues. */
export function keyOf(object: { metadata: { namespace?: string | undefined; name: string } }): string {
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name}` : name
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

export function controllerRef(owner: KubernetesObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid!, controller: true, blockOwnerDeletion: true }
}

export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } } | undefined,
  type: string,
): Condition | undefined {
  const conditions = object?.status?.conditions
  if (conditions === undefined) return undefined
  // Not for-of: over a frozen list, that makes an iterator and an object per step.
  for (let i = 0; i < conditions.length; i++) if (conditions[i]!.type === type) return conditions[i]
  return undefined
}

/** The list with this condition put in its place; the transition time changes only when the status does. */
export function withCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  return withConditions(conditions, [condition])
}

export function withConditions(conditions: readonly Condition[] | undefined, rows: readonly Condition[]): Condition[] {
  const list: Condition[] = []
  // Not `slice`: of a frozen list, that is the slow way to a copy.
  if (conditions !== undefined) for (let i = 0; i < conditions.length; i++) list.push(conditions[i]!)
  for (const row of rows) {
    let at = 0
    while (at < list.length && list[at]!.type !== row.type) at++
    const old = list[at]
    const since = old?.status === row.status ? old.lastTransitionTime : undefined
    list[at] = since === undefined || since === row.lastTransitionTime ? row : { ...row, lastTransitionTime: since }
  }
  return list
}

/** What a condition of the Pod says of which generation it is about; nothing where generations are not counted. */
export const aboutGeneration = ({
  metadata: { generation },
}: KubernetesObject): Pick<Condition, 'observedGeneration'> =>
  generation === undefined ? {} : { observedGeneration: generation }

export const isPodReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True'

/** Succeeded and Failed Pods hold no resources and do not count as replicas. */
export const isPodFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** RFC 3339 in UTC with whole seconds, from microseconds since 1970. Civil date arithmetic of our own: no host clock. */
export function formatTime(micros: Micros): string {
  return `${formatSeconds(Math.floor(micros / 1e6))}Z`
}

export function formatMicroTime(micros: Micros): string {
  const seconds = Math.floor(micros / 1e6)
  return `${formatSeconds(seconds)}.${pad(micros - seconds * 1e6, 6)}Z`
}

// The same second is written many times over: the last few are kept.
const written = new Map<number, string>()

function formatSeconds(seconds: number): string {
  let text = written.get(seconds)
  if (text !== undefined) return text
  if (written.size >= 1_000) written.clear()
  written.set(seconds, (text = formatDate(seconds)))
  return text
}

// And the same text is read many times over.
const read = new Map<string, Micros>()

/** Microseconds since 1970; undefined where it is no RFC 3339 time in UTC. */
export function parseTime(text: string | undefined): Micros | undefined {
  if (text === undefined) return undefined
  const known = read.get(text)
  if (known !== undefined) return known
  const micros = timeIn(text)
  if (micros === undefined) return undefined
  if (read.size >= 1_000) read.clear()
  read.set(text, micros)
  return micros
}

function timeIn(text: string): Micros | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z$/.exec(text)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
  return seconds * 1e6 + Number((match[7] ?? '').padEnd(6, '0'))
}

function formatDate(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  const { year, month, day } = civilFromDays(days)
  const clock = [Math.floor(rest / 3_600), Math.floor(rest / 60) % 60, rest % 60].map((part) => pad(part, 2)).join(':')
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}`
}

// Both follow the usual reckoning from 1 March of year 0, in eras of 400 years.
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Freezes all the way down; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  // Not the keys of a list: they would be texts, made for nothing.
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) deepFreeze(value[i])
  else {
    const record = value as JsonRecord
    for (const key of Object.keys(record)) if (typeof record[key] === 'object') deepFreeze(record[key])
  }
  return value
}

/** Structural equality of JSON-shaped values; the order of keys does not matter. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const isList = Array.isArray(a)
  if (isList !== Array.isArray(b)) return false
  return isList ? isEqualList(a as unknown[], b as unknown[]) : isEqualRecord(a as JsonRecord, b as JsonRecord)
}

type JsonRecord = Readonly<Record<string, unknown>>

function isEqualList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!isEqual(a[i], b[i])) return false
  return true
}

/** A key whose value is undefined counts as absent. */
function isEqualRecord(a: JsonRecord, b: JsonRecord): boolean {
  let left = 0
  for (const key of Object.keys(b)) if (b[key] !== undefined) left++
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue
    if (!Object.hasOwn(b, key) || !isEqual(a[key], b[key])) return false
    left--
  }
  return left === 0
}
