/**
 * The informer: a local copy of one resource, kept by a list and a watch, that tells what changed.
 *
 * What the real one does: a reflector lists, then watches from the list's version; after `410 Gone` it lists again; a
 * shared index holds the objects.
 * What we model: exactly that, with the real back-off, resumption from the last version seen, bookmarks and indexes.
 * What we leave out: resync periods, paging of the first list, WatchList streaming.
 * Where to read upstream: client-go `tools/cache/reflector.go`, `tools/cache/thread_safe_store.go`.
 */
import type { HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import { keyOf } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import type { Context, Effect, Event, StreamId } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ApiClient } from './api-client.ts'
import { openRequest, useNextServer } from './api-client.ts'

export type Delta<T = any> =
  | { readonly type: 'added'; readonly object: T; readonly old?: undefined }
  | { readonly type: 'updated'; readonly object: T; readonly old: T }
  | { readonly type: 'deleted'; readonly object: T; readonly old: T }

/** Values under which an object is found again. Must be a pure function known by name, since state holds no closures. */
export type Indexer = (object: any) => readonly string[]

export interface InformerOptions {
  readonly resource: string
  /** Where to find a kind that is not built in. */
  readonly custom?: Resource
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Whether the server is to say now and then how far it has come. Default true. */
  readonly allowBookmarks?: boolean
  /** Tells two informers of one resource apart; default: the resource. */
  readonly name?: string
}

export interface Informer<T = any> {
  readonly name: string
  readonly options: InformerOptions
  phase: 'stopped' | 'listing' | 'watching' | 'waiting'
  stream: StreamId
  /** Last version seen: where a watch resumes. Empty: a list is due. */
  resourceVersion: string
  /** The first list has arrived. */
  synced: boolean
  failures: number
  /** The last stream on which anything was heard. */
  heardOn: StreamId
  items: Table<string, T>
  /** By index name: keys in groups of index value. Most updates move nothing, and so write nothing here. */
  indexes: Readonly<Record<string, Groups<string>>>
}

/** client-go's reflector back-off: 800 ms doubling to 30 s, with up to as much again of jitter. */
const BACKOFF_MIN_MICROS = 800_000
const BACKOFF_MAX_MICROS = 30_000_000
/** A watch is asked to last between 5 and 10 minutes. */
const WATCH_SECONDS_MIN = 300

export function createInformer<T = any>(options: InformerOptions, indexNames: readonly string[] = []): Informer<T> {
  return {
    name: options.name ?? options.resource,
    options: Object.freeze(options),
    phase: 'stopped',
    stream: 0,
    resourceVersion: '',
    synced: false,
    failures: 0,
    heardOn: 0,
    items: new Table(),
    indexes: Object.fromEntries(indexNames.map((name) => [name, new Groups<string>()])),
  }
}

export const reflectorTimer = (informer: Informer): string => `reflector/${informer.name}`

/** Begins (or, after a back-off, goes on): a watch where a version is known, else a list. */
export function startInformer(informer: Informer, client: ApiClient, ctx: Context): Effect {
  const { resource, custom, namespace, labelSelector, fieldSelector, allowBookmarks = true } = informer.options
  const selectors = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  const path = pathOf(custom ?? resource, namespace)
  informer.stream = ctx.id()
  if (informer.resourceVersion === '') {
    informer.phase = 'listing'
    return openRequest(client, informer.stream, { method: 'GET', path, query: { ...selectors, resourceVersion: '0' } })
  }
  informer.phase = 'watching'
  const timeoutSeconds = String(WATCH_SECONDS_MIN + ctx.random('watch-timeout').int(WATCH_SECONDS_MIN))
  const { resourceVersion } = informer
  const query = {
    ...selectors,
    watch: 'true',
    allowWatchBookmarks: String(allowBookmarks),
    resourceVersion,
    timeoutSeconds,
  }
  return openRequest(client, informer.stream, { method: 'GET', path, query })
}

export interface InformerStep {
  readonly effects: readonly Effect[]
  readonly deltas: readonly Delta[]
}

/** Takes in an event if it is this informer's; undefined if it is somebody else's. */
export function stepInformer(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  client: ApiClient,
  event: Event,
  ctx: Context,
): InformerStep | undefined {
  if (event.type === 'timer') {
    if (event.key !== reflectorTimer(informer)) return undefined
    return { effects: [startInformer(informer, client, ctx)], deltas: [] }
  }
  if ((event.type !== 'data' && event.type !== 'closed') || event.stream !== informer.stream) return undefined
  if (event.type === 'data')
    return takeMessage(informer, indexers, event.body as WatchMessage | HttpResponse, client, ctx)
  const response = event.body as HttpResponse | undefined
  if (event.reason !== 'done') useNextServer(client)
  else if (informer.phase === 'listing' && response?.status === 200) {
    const deltas = replaceAll(informer, indexers, response.body as List<KubernetesObject>)
    informer.failures = 0
    return { effects: [startInformer(informer, client, ctx)], deltas }
  } else if (
    informer.phase === 'watching' &&
    informer.heardOn === informer.stream &&
    (response === undefined || response.status === 200)
  ) {
    // The server ended a healthy watch: go on from the last version. One that ends before it has begun is none (client-go:
    // "very short watch"): a load balancer without a server hangs up like that.
    return { effects: [startInformer(informer, client, ctx)], deltas: [] }
  } else if (response?.status === 410) informer.resourceVersion = ''
  return { effects: [backOff(informer, ctx)], deltas: [] }
}

function takeMessage(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  message: WatchMessage | HttpResponse,
  client: ApiClient,
  ctx: Context,
): InformerStep {
  informer.heardOn = informer.stream
  if (message.type === 'response') {
    informer.failures = 0
    return NOTHING
  }
  const { event } = message
  if (event.type === 'ERROR') {
    ctx.note('relist', event.object.message)
    informer.resourceVersion = ''
    const close: Effect = { type: 'close', stream: informer.stream }
    // As client-go, not at once: another API server may still give out a list that this one finds too old.
    return { effects: [close, backOff(informer, ctx)], deltas: [] }
  }
  informer.resourceVersion = event.object.metadata.resourceVersion!
  if (event.type === 'BOOKMARK') return NOTHING
  const delta =
    event.type === 'DELETED' ? remove(informer, indexers, event.object) : put(informer, indexers, event.object)
  return delta ? { effects: [], deltas: [delta] } : NOTHING
}

const NOTHING: InformerStep = Object.freeze({ effects: Object.freeze([]), deltas: Object.freeze([]) })

function backOff(informer: Informer, ctx: Context): Effect {
  const base = Math.min(BACKOFF_MIN_MICROS * 2 ** Math.min(informer.failures, 10), BACKOFF_MAX_MICROS)
  informer.failures++
  informer.phase = 'waiting'
  informer.stream = 0
  const after = base + ctx.random('reflector-backoff').int(base)
  return { type: 'wake', key: reflectorTimer(informer), after }
}

/** A fresh list: what is missing from it was deleted while nobody looked. */
function replaceAll(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  list: List<KubernetesObject>,
): Delta[] {
  const deltas: Delta[] = []
  const present = new Set(list.items.map(keyOf))
  for (const [key, object] of [...informer.items]) {
    if (!present.has(key)) deltas.push(remove(informer, indexers, object)!)
  }
  for (const object of list.items) {
    const delta = put(informer, indexers, object)
    if (delta) deltas.push(delta)
  }
  informer.resourceVersion = list.metadata.resourceVersion
  informer.synced = true
  return deltas
}

function put(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  object: KubernetesObject,
): Delta | undefined {
  const key = keyOf(object)
  const old = informer.items.get(key) as KubernetesObject | undefined
  if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old !== undefined) return undefined
  informer.items.set(key, object)
  reindex(informer, indexers, key, old, object)
  return old === undefined ? { type: 'added', object } : { type: 'updated', object, old }
}

function remove(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  object: KubernetesObject,
): Delta | undefined {
  const key = keyOf(object)
  const old = informer.items.get(key) as KubernetesObject | undefined
  if (old === undefined) return undefined
  informer.items.delete(key)
  reindex(informer, indexers, key, old, undefined)
  return { type: 'deleted', object, old }
}

const NOWHERE: readonly string[] = Object.freeze([])

function reindex(
  informer: Informer,
  indexers: Readonly<Record<string, Indexer>>,
  key: string,
  old: KubernetesObject | undefined,
  object: KubernetesObject | undefined,
): void {
  for (const name of Object.keys(informer.indexes)) {
    const groups = informer.indexes[name]!
    const indexer = indexers[name]!
    const before = old ? indexer(old) : NOWHERE
    const after = object ? indexer(object) : NOWHERE
    for (let i = 0; i < before.length; i++) if (!after.includes(before[i]!)) groups.delete(before[i]!, key)
    for (let i = 0; i < after.length; i++) if (!before.includes(after[i]!)) groups.set(after[i]!, key, key)
  }
}

/** The objects under an index value, in the order in which they came under it. */
export function* objectsBy<T>(informer: Informer<T>, index: string, value: string): IterableIterator<T> {
  for (const key of informer.indexes[index]!.values(value)) yield informer.items.get(key)!
}
