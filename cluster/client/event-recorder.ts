/**
 * Events: what a component tells people about an object.
 *
 * What the real one does: client-go's recorder hands Events to a correlator. It counts up the one that was said before; joins those
 * that differ in their words alone, once there are ten of them within ten minutes; and drops those of a source that says too
 * much about one object: 25 in a burst and one more every five minutes.
 * What we model: all three, in that order, so that an Event that was dropped still counts; an Event that nobody has told again for as
 * long as the API server keeps Events is told as a new one.
 * What we leave out: the series of `events.k8s.io/v1`, in which the real scheduler tells: all of ours are counted; a write that fails is not tried
 * again; so an Event that somebody has deleted is not told again before its hour is over.
 * Where to read upstream: client-go `tools/record/{event,events_cache}.go`.
 */
import { hexOf } from '#cluster/api/hex.ts'
import { formatTime } from '#cluster/api/meta.ts'
import type { KubernetesEvent, KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ApiRequest } from './api-client.ts'
import { createRequest, patchRequest } from './api-client.ts'

export interface EventNote {
  readonly object: KubernetesObject
  /** Which part of it: `spec.containers{web}`. */
  readonly fieldPath?: string
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

interface Said {
  /** Of the Event; undefined while it was never sent, because too much was said. */
  readonly name: string | undefined
  readonly message: string
  readonly count: number
  readonly firstTimestamp: string
  readonly at: Micros
}

/** What was said about an object for one reason. */
interface Similar {
  readonly at: Micros
  /** Different messages, up to the number from which on they are joined. */
  readonly messages: readonly string[]
}

interface Allowance {
  readonly tokens: number
  readonly at: Micros
}

export interface EventRecorder {
  readonly component: string
  readonly host: string | undefined
  /** What was said, by object, reason and message; the oldest make room. */
  said: Table<string, Said>
  similar: Table<string, Similar>
  allowances: Table<string, Allowance>
}

/** client-go's defaultSpamBurst, defaultSpamQPS, defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds and maxLruCacheEntries. */
const BURST = 25
const REFILL_MICROS = 300_000_000
const SIMILAR_MAX = 10
const SIMILAR_MICROS = 600_000_000
const REMEMBERED_MAX = 4096
/** The API server's `--event-ttl`. */
const KEPT_MICROS = 3_600_000_000

export function createEventRecorder(component: string, host?: string): EventRecorder {
  return { component, host, said: new Table(), similar: new Table(), allowances: new Table() }
}

/** The request that records it; undefined when this source has said too much about this object already. */
export function recordEvent(recorder: EventRecorder, ctx: Context, note: EventNote): ApiRequest | undefined {
  const { object, fieldPath = '', reason, type } = note
  const about = `${object.kind}/${object.metadata.uid ?? object.metadata.name}`
  const topic = `${about}/${fieldPath}/${type}/${reason}`
  const isJoined = joins(recorder, topic, note.message, ctx.now)
  const message = isJoined ? `(combined from similar events): ${note.message}` : note.message
  const key = isJoined ? topic : `${topic}/${message}`
  const known = recorder.said.get(key)
  const before = known && ctx.now - known.at < KEPT_MICROS ? known : undefined
  const now = formatTime(ctx.now)
  const said: Said = before
    ? { ...before, message, count: before.count + 1, at: ctx.now }
    : { name: undefined, message, count: 1, firstTimestamp: now, at: ctx.now }
  const isHeard = maySpeak(recorder, about, ctx.now)
  const name = said.name ?? (isHeard ? nameFor(object, ctx) : undefined)
  remember(recorder.said, key, { ...said, name })
  if (!isHeard || name === undefined) return undefined
  // Events about things without a namespace live in `default`.
  const namespace = object.metadata.namespace ?? 'default'
  if (before?.name === undefined) return createRequest(eventFrom(recorder, note, { ...said, name }, now))
  const patch = { count: said.count, lastTimestamp: now, ...(before.message !== message && { message }) }
  return patchRequest('events', { metadata: { name, namespace } }, 'merge', patch)
}

const nameFor = ({ metadata }: KubernetesObject, ctx: Context): string =>
  `${metadata.name}.${hexOf(ctx.now)}${ctx.id().toString(16)}`

function eventFrom(
  { component, host }: EventRecorder,
  { object, fieldPath, reason, type }: EventNote,
  { name, message, count, firstTimestamp }: Said & { readonly name: string },
  lastTimestamp: string,
): KubernetesEvent {
  const { uid } = object.metadata
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: object.metadata.namespace ?? 'default' },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      ...(uid && { uid }),
      ...(fieldPath && { fieldPath }),
    },
    reason,
    message,
    type,
    source: { component, ...(host && { host }) },
    count,
    firstTimestamp,
    lastTimestamp,
  }
}

/** Whether so much has been said of this lately that it goes into one Event. */
function joins({ similar }: EventRecorder, topic: string, message: string, now: Micros): boolean {
  const known = similar.get(topic)
  const messages = known && now - known.at <= SIMILAR_MICROS ? known.messages : []
  const isFull = messages.length >= SIMILAR_MAX - 1
  const isNew = !messages.includes(message)
  remember(similar, topic, { at: now, messages: isNew && !isFull ? [...messages, message] : messages })
  return isFull && isNew
}

function maySpeak(recorder: EventRecorder, about: string, now: Micros): boolean {
  const { tokens, at } = recorder.allowances.get(about) ?? { tokens: BURST, at: now }
  const refilled = Math.min(BURST, tokens + (now - at) / REFILL_MICROS)
  const allowed = refilled >= 1
  remember(recorder.allowances, about, { tokens: allowed ? refilled - 1 : refilled, at: now })
  return allowed
}

function remember<V>(table: Table<string, V>, key: string, value: V): void {
  table.delete(key)
  table.set(key, value)
  if (table.size > REMEMBERED_MAX) table.takeOldest()
}
