/**
 * Watchers: who wants to hear of which objects, found without asking each of them.
 *
 * What the real one does: the cacher keeps watchers by the value of the one field that its kind is indexed by, and hands
 * every event to the few that can care.
 * What we model: each watcher lies in one bucket, the narrowest that holds all it wants (a node's Pods, one object, one
 * namespace, everything); an event visits the buckets of its object and looks no further. One message object is shared by
 * all who get it. A change that makes an object enter or leave a selection arrives as ADDED or DELETED.
 * What we leave out: per-watcher buffers and the eviction of slow watchers (streams here have no back-pressure).
 * Where to read upstream: apiserver `pkg/storage/cacher/{cacher,cache_watcher}.go`.
 */
import type { WatchMessage } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod, WatchEvent } from '#cluster/api/types.ts'
import type { Descriptions } from '#cluster/api/schema/schema.ts'
import type { Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import { isStoredAsSeen } from '../conversion/conversion.ts'
import type { Selection } from '../handlers/selectors.ts'
import { selects } from '../handlers/selectors.ts'
import type { Buckets, State, Watcher } from '../state.ts'
import { withRevision } from '../storage/keys.ts'
import { partial, shapedEvent } from '../handlers/views.ts'
import type { CacheEvent } from './watch-cache.ts'

/** Bookmarks go out about once a minute, spread over its seconds. */
export const BOOKMARK_SLOTS = 60

/** The narrowest kind of bucket that holds all that a watcher wants, and which of that kind. */
function bucketOf({ resource, selection }: Watcher): readonly [kind: keyof Buckets, value: string] {
  const { namespace, name, node } = selection
  if (node !== undefined) return ['node', node]
  if (name !== '' && (namespace !== '' || !resource.namespaced)) {
    return ['key', resource.namespaced ? `${namespace}/${name}` : name]
  }
  return namespace !== '' ? ['namespace', namespace] : ['all', '']
}

export function addWatcher(state: State, watcher: Watcher): void {
  state.watchers.set(watcher.stream, watcher)
  const [kind, value] = bucketOf(watcher)
  const resource = keyOf(watcher.resource)
  const others = state.buckets[kind].get(resource, value) ?? []
  state.buckets[kind].set(resource, value, [...others, watcher.stream])
  if (!watcher.allowBookmarks) return
  const slot = watcher.stream % BOOKMARK_SLOTS
  state.bookmarks.set(slot, [...(state.bookmarks.get(slot) ?? []), watcher.stream])
}

export function removeWatcher(state: State, stream: StreamId): boolean {
  const watcher = state.watchers.get(stream)
  if (!watcher) return false
  state.watchers.delete(stream)
  const isOther = (other: StreamId) => other !== stream
  const [kind, value] = bucketOf(watcher)
  const resource = keyOf(watcher.resource)
  const bucket = state.buckets[kind].get(resource, value)!.filter(isOther)
  if (bucket.length === 0) state.buckets[kind].delete(resource, value)
  else state.buckets[kind].set(resource, value, bucket)
  if (!watcher.allowBookmarks) return true
  const slot = stream % BOOKMARK_SLOTS
  const left = state.bookmarks.get(slot)!.filter(isOther)
  if (left.length === 0) state.bookmarks.delete(slot)
  else state.bookmarks.set(slot, left)
  return true
}

/** The messages that an event can become, each made once. */
interface Messages {
  added?: WatchMessage
  modified?: WatchMessage
  deleted?: WatchMessage
}

const message = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject): WatchMessage =>
  Object.freeze({ type: 'watchEvent', event: Object.freeze({ type, object }) })

/** What the event means to a selection: entering it, changing within, leaving it, or nothing. */
export function messageFor(selection: Selection, event: CacheEvent, made: Messages): WatchMessage | undefined {
  const { object, previous, revision } = event
  const isIn = object !== undefined && selects(selection, object)
  const wasIn = previous !== undefined && selects(selection, previous)
  if (isIn) return wasIn ? (made.modified ??= message('MODIFIED', object)) : (made.added ??= message('ADDED', object))
  // The last state that the watcher knew, at the revision at which it went.
  return wasIn ? (made.deleted ??= message('DELETED', withRevision(previous, revision))) : undefined
}

/** Tells everybody who cares. */
export function dispatch(state: State, resource: Resource, event: CacheEvent, effects: Effect[]): void {
  const made: Messages = {}
  const some = (event.object ?? event.previous)!
  const { all, key, namespace, node } = state.buckets
  const name = keyOf(resource)
  visit(state, all.get(name, ''), event, made, effects)
  visit(state, key.get(name, event.key), event, made, effects)
  if (some.metadata.namespace) visit(state, namespace.get(name, some.metadata.namespace), event, made, effects)
  if (name !== 'pods') return
  const now = (event.object as Pod | undefined)?.spec.nodeName
  const then = (event.previous as Pod | undefined)?.spec.nodeName
  if (now) visit(state, node.get(name, now), event, made, effects)
  if (then && then !== now) visit(state, node.get(name, then), event, made, effects)
}

function visit(
  state: State,
  streams: readonly StreamId[] | undefined,
  event: CacheEvent,
  made: Messages,
  effects: Effect[],
): void {
  if (!streams) return
  for (const stream of streams) {
    const watcher = state.watchers.get(stream)!
    if (event.revision <= watcher.after) continue
    const body = messageFor(watcher.selection, event, made)
    if (body) effects.push({ type: 'write', stream, body: inShape(state, watcher, body, event.at) })
  }
}

const isPlain = ({ view, resource }: Watcher): boolean => view === undefined && isStoredAsSeen(resource)

/** The message in the shape that this watcher wants. */
function inShape(state: State, watcher: Watcher, message: WatchMessage, now: Micros): WatchMessage {
  if (isPlain(watcher)) return message
  if (!watcher.begun) state.watchers.set(watcher.stream, { ...watcher, begun: true })
  return shapedMessage(watcher, message, now, state.schemas?.descriptions)
}

export function shapedMessage(
  watcher: Watcher,
  message: WatchMessage,
  now: Micros,
  descriptions?: Descriptions,
): WatchMessage {
  if (isPlain(watcher)) return message
  const { resource, view, begun } = watcher
  return { type: 'watchEvent', event: shapedEvent(resource, view, message.event, now, !begun, descriptions) }
}

/** How far the watch has come. Who wants objects without their content gets this without their kind, too. */
export function bookmark({ resource, view }: Watcher, revision: number, initialEventsEnd = false): WatchMessage {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(revision), ...annotations }
  const object =
    view?.as === 'PartialObjectMetadata'
      ? partial(view, { metadata })
      : { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }
  return { type: 'watchEvent', event: { type: 'BOOKMARK', object } as WatchEvent }
}
