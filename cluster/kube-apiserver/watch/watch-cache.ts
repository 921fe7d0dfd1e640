/**
 * The watch cache: all objects of one resource, and the last events, fed by one watch of etcd.
 *
 * What the real one does: one reflector per resource keeps a store and a ring of events; lists and watches are served from
 * them, so etcd sees one watcher however many clients there are.
 * What we model: the same; the ring keeps at least the events of the last 75 seconds, up to its limit.
 * What we leave out: snapshots of the store for exact reads (those go to etcd).
 * Where to read upstream: apiserver `pkg/storage/cacher/{cacher,watch_cache,watch_cache_history}.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import type { KeyValue, WatchEvent } from '#cluster/etcd/messages.ts'
import type { OrderedKeys } from '#cluster/etcd/mvcc/ordered-keys.ts'
import { keysFrom, NO_KEYS, prefixEnd, withKey, withoutKey } from '#cluster/etcd/mvcc/ordered-keys.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import { keyInCache, withRevision } from '../storage/keys.ts'

/** One change as the cache saw it. */
export interface CacheEvent {
  /** `namespace/name` or `name`. */
  readonly key: string
  readonly revision: number
  /** Undefined: it was deleted. */
  readonly object: KubernetesObject | undefined
  readonly previous: KubernetesObject | undefined
  readonly at: Micros
}

export interface WatchCache {
  readonly resource: Resource
  /** Everything up to this revision of etcd is in here. */
  revision: number
  objects: Table<string, KubernetesObject>
  /** The same as etcd holds them: what a change starts from. */
  stored: Table<string, KeyValue>
  /** Keys in order, under `root`. */
  keys: Table<'root', OrderedKeys>
  /** Keys of Pods by the node that they are bound to, in no particular order. */
  byNode: Groups<string>
  events: Log<CacheEvent>
  /** So many events stay, however old they are. */
  readonly eventsMin: number
  /** A watch may begin after this revision and later ones. */
  oldest: number
  /** Its watch of etcd stands, so whatever etcd says about its progress holds for this cache too. */
  watching: boolean
}

export const EVENTS_MIN = 100
const EVENTS_MAX = 100 * 1024
const EVENT_FRESH_MICROS = 75_000_000

export function createWatchCache(resource: Resource, eventsMin = EVENTS_MIN): WatchCache {
  return {
    resource,
    revision: 0,
    objects: new Table(),
    stored: new Table(),
    keys: new Table([['root', NO_KEYS]]),
    byNode: new Groups(),
    events: new Log(),
    eventsMin,
    oldest: 0,
    watching: false,
  }
}

/** Begins anew from a list. */
export function replaceAll(cache: WatchCache, kvs: readonly KeyValue[], revision: number): void {
  cache.objects = new Table()
  cache.stored = new Table()
  cache.byNode = new Groups()
  cache.events = new Log()
  let keys = NO_KEYS
  for (const kv of kvs) {
    const key = keyInCache(cache.resource, kv.key)
    const object = withRevision(kv.value as KubernetesObject, kv.modRevision)
    cache.objects.set(key, object)
    cache.stored.set(key, kv)
    keys = withKey(keys, key)
    moveNode(cache, key, undefined, object)
  }
  cache.keys.set('root', keys)
  cache.revision = revision
  cache.oldest = revision
}

/** Takes in one event of etcd; returns it as watchers will see it. */
export function applyEvent(cache: WatchCache, event: WatchEvent, now: Micros): CacheEvent {
  const { kv } = event
  const key = keyInCache(cache.resource, kv.key)
  const previous = cache.objects.get(key)
  const revision = kv.modRevision
  const object = event.type === 'PUT' ? withRevision(kv.value as KubernetesObject, revision) : undefined
  if (object) {
    cache.objects.set(key, object)
    cache.stored.set(key, kv)
    if (!previous) cache.keys.set('root', withKey(cache.keys.get('root')!, key))
  } else if (previous) {
    cache.objects.delete(key)
    cache.stored.delete(key)
    cache.keys.set('root', withoutKey(cache.keys.get('root')!, key))
  }
  moveNode(cache, key, previous, object)
  cache.revision = revision
  const entry: CacheEvent = { key, revision, object, previous, at: now }
  cache.events.push(entry)
  trim(cache, now)
  return entry
}

/** Drops at most two old events for each new one: the ring shrinks as steadily as it grew. */
function trim(cache: WatchCache, now: Micros): void {
  const { events } = cache
  for (let i = 0; i < 2; i++) {
    const size = events.length - events.start
    if (size <= cache.eventsMin) return
    if (size <= EVENTS_MAX && events.get(events.start)!.at > now - EVENT_FRESH_MICROS) return
    events.drop(events.start + 1)
    cache.oldest = events.get(events.start)!.revision - 1
  }
}

const nodeOf = (object: KubernetesObject | undefined): string => (object as Pod | undefined)?.spec?.nodeName ?? ''

function moveNode(
  cache: WatchCache,
  key: string,
  previous: KubernetesObject | undefined,
  object: KubernetesObject | undefined,
): void {
  if (keyOf(cache.resource) !== 'pods') return
  const [from, to] = [nodeOf(previous), nodeOf(object)]
  if (from === to) return
  if (from !== '') cache.byNode.delete(from, key)
  if (to !== '') cache.byNode.set(to, key, key)
}

/** Events after a revision, oldest first. */
export function* eventsAfter(cache: WatchCache, revision: number): IterableIterator<CacheEvent> {
  const { events } = cache
  let low = events.start
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (events.get(middle)!.revision <= revision) low = middle + 1
    else high = middle
  }
  yield* events.from(low)
}

/** The objects of a namespace (empty: all), or those of one node, in the order of their keys. */
export function* objectsIn(cache: WatchCache, namespace: string, node?: string): IterableIterator<KubernetesObject> {
  const prefix = namespace === '' ? '' : `${namespace}/`
  if (node !== undefined) {
    const keys = [...cache.byNode.values(node)].sort()
    for (const key of keys) if (key.startsWith(prefix)) yield cache.objects.get(key)!
    return
  }
  const end = prefix === '' ? undefined : prefixEnd(prefix)
  for (const key of keysFrom(cache.keys.get('root')!, prefix, end)) yield cache.objects.get(key)!
}
