/**
 * Events: what a component tells people about an object.
 *
 * What the real one does: client-go's recorder hands Events to a correlator, which counts up the one that was said before
 * and drops those of a source that says too much about one object.
 * What we model: the count, and the limit of 25 in a burst and one more every five minutes per source and object.
 * What we leave out: the aggregation of similar messages ("combined from similar events"), retries of lost writes.
 * Where to read upstream: client-go `tools/record/{event,events_cache}.go`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import type { KubernetesEvent, KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ApiRequest } from './api-client.ts'
import { createRequest, patchRequest } from './api-client.ts'

export interface EventNote {
  readonly object: KubernetesObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

interface Said {
  readonly name: string
  readonly count: number
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
  allowances: Table<string, Allowance>
}

/** client-go's defaultSpamBurst, defaultSpamQPS and maxLruCacheEntries. */
const BURST = 25
const REFILL_MICROS = 300_000_000
const REMEMBERED_MAX = 4096

export function createEventRecorder(component: string, host?: string): EventRecorder {
  return { component, host, said: new Table(), allowances: new Table() }
}

/** The request that records it; undefined when this source has said too much about this object already. */
export function recordEvent(recorder: EventRecorder, ctx: Context, note: EventNote): ApiRequest | undefined {
  const { object, reason, message, type } = note
  const about = `${object.kind}/${object.metadata.uid ?? object.metadata.name}`
  if (!maySpeak(recorder, about, ctx.now)) return undefined
  // Events about things without a namespace live in `default`.
  const namespace = object.metadata.namespace ?? 'default'
  const key = `${about}/${type}/${reason}/${message}`
  const before = recorder.said.get(key)
  const now = formatTime(ctx.now)
  if (before) {
    remember(recorder.said, key, { name: before.name, count: before.count + 1 })
    const patch = { count: before.count + 1, lastTimestamp: now }
    return patchRequest('events', { metadata: { name: before.name, namespace } }, 'merge', patch)
  }
  const name = `${object.metadata.name}.${ctx.now.toString(16)}${ctx.id().toString(16)}`
  remember(recorder.said, key, { name, count: 1 })
  const { component, host } = recorder
  const { uid } = object.metadata
  const event: KubernetesEvent = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      ...(uid && { uid }),
    },
    reason,
    message,
    type,
    source: { component, ...(host && { host }) },
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  }
  return createRequest(event)
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
  if (table.size <= REMEMBERED_MAX) return
  for (const oldest of table.keys()) {
    table.delete(oldest)
    return
  }
}
