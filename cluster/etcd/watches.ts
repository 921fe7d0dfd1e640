/**
 * Watches: whoever asked for a range hears of every change in it, in order, from a revision on.
 *
 * Ordered, atomic (events of one revision come in one message), resumable from any revision that is not compacted.
 * A watch catches up from the history the moment it is created, so every watch is in step with the store ever after.
 * Where to read upstream: etcd `server/storage/mvcc/watchable_store.go`, `server/etcdserver/api/v3rpc/watch.go`.
 */
import type { Effect, StreamId } from '#cluster/kernel/component.ts'
import type { EtcdState, Watch } from './state.ts'
import type { KeyValue, WatchCreateRequest, WatchEvent, WatchResponse } from './messages.ts'
import type { Change, Store } from './mvcc/store.ts'
import { before, changesFrom, ERROR_COMPACTED } from './mvcc/store.ts'

/** Events in one message, while a watch catches up; a revision is never torn apart. */
const EVENTS_PER_RESPONSE = 1_000

const watchKey = (stream: StreamId, watchId: number): string => `${stream}/${watchId}`

export function createWatch(state: EtcdState, stream: StreamId, request: WatchCreateRequest): Effect[] {
  const { watchId, key, rangeEnd, startRevision, prevKv = false } = request
  const { store } = state.keyspace
  const base = { type: 'WatchResponse', header: { revision: store.revision }, watchId, events: [] } as const
  const created: Effect = { type: 'write', stream, body: { ...base, created: true } as WatchResponse }
  if (startRevision > 0 && startRevision < store.compactRevision) {
    return [created, compacted(store, { stream, watchId })]
  }
  const watch: Watch = { stream, watchId, key, rangeEnd, prevKv, minRevision: startRevision }
  state.watches.set(watchKey(stream, watchId), watch)
  return [created, ...catchUp(store, watch, startRevision)]
}

export function cancelWatch(state: EtcdState, stream: StreamId, watchId: number): Effect[] {
  if (!state.watches.delete(watchKey(stream, watchId))) return []
  const { revision } = state.keyspace.store
  const body: WatchResponse = { type: 'WatchResponse', header: { revision }, watchId, canceled: true, events: [] }
  return [{ type: 'write', stream, body }]
}

export function progress(state: EtcdState, stream: StreamId): Effect[] {
  const { revision } = state.keyspace.store
  const body: WatchResponse = { type: 'WatchResponse', header: { revision }, watchId: -1, events: [] }
  return [{ type: 'write', stream, body }]
}

export function dropStream(state: EtcdState, stream: StreamId): void {
  for (const [key, watch] of [...state.watches]) if (watch.stream === stream) state.watches.delete(key)
}

/** The store has been replaced by a newer one: every watch is told what it missed, or that it cannot be. */
export function watchesRestored(state: EtcdState, revision: number): Effect[] {
  const { store } = state.keyspace
  const effects: Effect[] = []
  for (const [key, watch] of [...state.watches]) {
    const start = Math.max(revision + 1, watch.minRevision)
    if (start >= store.compactRevision) {
      effects.push(...catchUp(store, watch, start))
      continue
    }
    state.watches.delete(key)
    effects.push(compacted(store, watch))
  }
  return effects
}

function compacted(
  { revision, compactRevision }: Store,
  { stream, watchId }: Pick<Watch, 'stream' | 'watchId'>,
): Effect {
  const base = { type: 'WatchResponse', header: { revision }, watchId, events: [] } as const
  const body: WatchResponse = { ...base, canceled: true, compactRevision, cancelReason: ERROR_COMPACTED }
  return { type: 'write', stream, body }
}

/** Tells every watch what these changes mean to it: one message each. */
export function deliver(state: EtcdState, changes: readonly Change[]): Effect[] {
  const { store } = state.keyspace
  const effects: Effect[] = []
  for (const watch of state.watches.values()) {
    const events = eventsFor(store, watch, changes)
    if (events.length > 0) effects.push(response(store, watch, events))
  }
  return effects
}

function catchUp(store: Store, watch: Watch, startRevision: number): Effect[] {
  if (startRevision === 0 || startRevision > store.revision) return []
  const effects: Effect[] = []
  let events: WatchEvent[] = []
  for (const change of changesFrom(store, startRevision)) {
    if (!covers(watch, change.key)) continue
    if (events.length >= EVENTS_PER_RESPONSE && events[events.length - 1]!.kv.modRevision < change.main) {
      effects.push(response(store, watch, events))
      events = []
    }
    events.push(eventOf(store, watch, change))
  }
  if (events.length > 0) effects.push(response(store, watch, events))
  return effects
}

function response(store: Store, watch: Watch, events: readonly WatchEvent[]): Effect {
  const body: WatchResponse = {
    type: 'WatchResponse',
    header: { revision: store.revision },
    watchId: watch.watchId,
    events,
  }
  return { type: 'write', stream: watch.stream, body }
}

function eventsFor(store: Store, watch: Watch, changes: readonly Change[]): WatchEvent[] {
  const events: WatchEvent[] = []
  for (const change of changes) {
    if (change.main >= watch.minRevision && covers(watch, change.key)) events.push(eventOf(store, watch, change))
  }
  return events
}

function covers({ key, rangeEnd }: Watch, changed: string): boolean {
  if (rangeEnd === undefined) return changed === key
  return changed >= key && (rangeEnd === '\0' || changed < rangeEnd)
}

function eventOf(store: Store, watch: Watch, change: Change): WatchEvent {
  const prevKv = watch.prevKv ? before(store, change) : undefined
  if (change.kv) return prevKv ? { type: 'PUT', kv: change.kv, prevKv } : { type: 'PUT', kv: change.kv }
  return { type: 'DELETE', kv: tombstone(change), prevKv }
}

const tombstone = ({ key, main }: Change): KeyValue => ({
  key,
  createRevision: 0,
  modRevision: main,
  version: 0,
  value: undefined,
  lease: 0,
})
