/**
 * Watches: whoever asked for a range hears of every change in it, in order, from a revision on.
 *
 * Ordered, atomic (events of one revision come in one message), resumable from any revision that is not compacted.
 * A watch catches up from the history the moment it is created, so every watch is in step with the store ever after.
 * Where to read upstream: etcd `server/storage/mvcc/watchable_store.go`, `server/etcdserver/api/v3rpc/watch.go`.
 */
import type { Effect, StreamId } from '#cluster/kernel/component.ts'
import { sizeOf } from './encoding.ts'
import type { EtcdState, Watch } from './state.ts'
import { type KeyValue, NO_LEASE, type WatchCreateRequest, type WatchEvent, type WatchResponse } from './messages.ts'
import type { Change, Store } from './mvcc/store.ts'
import { at, changesFrom } from './mvcc/store.ts'

/** Events in one message, while a watch catches up; a revision is never torn apart. */
const EVENTS_PER_RESPONSE = 1_000

/** etcd's default: how often a watch that wants it, and has nothing to hear, is told how far it has come. */
const PROGRESS_EVERY_MICROS = 600_000_000
/** A response that is larger, and may, goes in pieces: etcd's limit for requests and half a kilobyte. */
const RESPONSE_BYTES_MAX = 1_572_864 + 512
const INVALID_WATCH_ID = -1
const EMPTY_RANGE = 'mvcc: watcher range is empty'
const DUPLICATE_ID = 'mvcc: duplicate watch ID provided on the WatchStream'

const watchKey = (stream: StreamId, watchId: number): string => `${stream}/${watchId}`

export function createWatch(state: EtcdState, stream: StreamId, request: WatchCreateRequest): Effect[] {
  const {
    key,
    rangeEnd,
    startRevision,
    prevKv = false,
    filters = [],
    progressNotify = false,
    fragment = false,
  } = request
  const { store } = state.keyspace
  const header = { revision: store.revision }
  const say = (body: Partial<WatchResponse>): Effect => {
    const response = { type: 'WatchResponse', header, watchId: INVALID_WATCH_ID, created: true, events: [], ...body }
    return { type: 'write', stream, body: response }
  }
  if (rangeEnd !== undefined && rangeEnd !== '\0' && key >= rangeEnd)
    return [say({ canceled: true, cancelReason: EMPTY_RANGE })]
  if (request.watchId !== 0 && state.watches.has(watchKey(stream, request.watchId)))
    return [say({ canceled: true, cancelReason: DUPLICATE_ID })]
  const watchId = request.watchId || freeWatchId(state, stream)
  if (startRevision > 0 && startRevision < store.compactRevision) {
    return [say({ watchId }), compacted(store, { stream, watchId })]
  }
  const base = { stream, watchId, key, rangeEnd, prevKv, filters, progressNotify, fragment }
  const watch: Watch = { ...base, minRevision: startRevision }
  state.watches.set(watchKey(stream, watchId), watch)
  const effects = [say({ watchId }), ...catchUp(store, watch, startRevision)]
  if (progressNotify) effects.push({ type: 'wake', key: 'progress', after: PROGRESS_EVERY_MICROS })
  return effects
}

function freeWatchId(state: EtcdState, stream: StreamId): number {
  let id = state.nextWatchIds.get(stream) ?? 0
  while (state.watches.has(watchKey(stream, id))) id++
  state.nextWatchIds.set(stream, id + 1)
  return id
}

/** A round of progress: whoever wants to hear of it, and has heard nothing since the last round. */
export function tellProgress(state: EtcdState): Effect[] {
  const effects: Effect[] = []
  let isWanted = false
  for (const [key, watch] of state.watches) {
    if (!watch.progressNotify) continue
    isWanted = true
    if (state.toldOf.has(key)) continue
    const body: WatchResponse = {
      type: 'WatchResponse',
      header: { revision: state.keyspace.store.revision },
      watchId: watch.watchId,
      events: [],
    }
    effects.push({ type: 'write', stream: watch.stream, body })
  }
  state.toldOf.clear()
  if (isWanted) effects.push({ type: 'wake', key: 'progress', after: PROGRESS_EVERY_MICROS })
  return effects
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
  state.nextWatchIds.delete(stream)
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

/** As etcd 3.4 says it: without a revision, and without a word. */
function compacted({ compactRevision }: Store, { stream, watchId }: Pick<Watch, 'stream' | 'watchId'>): Effect {
  const base = { type: 'WatchResponse', header: { revision: 0 }, watchId, events: [] } as const
  const body: WatchResponse = { ...base, canceled: true, compactRevision }
  return { type: 'write', stream, body }
}

/** Tells every watch what these changes mean to it: one message each. */
export function deliver(state: EtcdState, changes: readonly Change[]): Effect[] {
  const { store } = state.keyspace
  const effects: Effect[] = []
  for (const watch of state.watches.values()) {
    const events = eventsFor(store, watch, changes)
    if (events.length === 0) continue
    if (watch.progressNotify) state.toldOf.set(watchKey(watch.stream, watch.watchId), true)
    effects.push(...responses(store, watch, events))
  }
  return effects
}

function catchUp(store: Store, watch: Watch, startRevision: number): Effect[] {
  if (startRevision === 0 || startRevision > store.revision) return []
  const effects: Effect[] = []
  let events: WatchEvent[] = []
  for (const change of changesFrom(store, startRevision)) {
    if (!covers(watch, change.key) || isFiltered(watch, change)) continue
    if (events.length >= EVENTS_PER_RESPONSE && events[events.length - 1]!.kv.modRevision < change.main) {
      effects.push(...responses(store, watch, events))
      events = []
    }
    events.push(eventOf(store, watch, change))
  }
  if (events.length > 0) effects.push(...responses(store, watch, events))
  return effects
}

function responses(store: Store, watch: Watch, events: readonly WatchEvent[]): Effect[] {
  const header = { revision: store.revision }
  const base = { type: 'WatchResponse', header, watchId: watch.watchId } as const
  const pieces = watch.fragment ? piecesOf(events) : [events]
  return pieces.map((piece, i) => {
    const body: WatchResponse = { ...base, events: piece, ...(i < pieces.length - 1 && { fragment: true }) }
    return { type: 'write', stream: watch.stream, body }
  })
}

function piecesOf(events: readonly WatchEvent[]): WatchEvent[][] {
  const pieces: WatchEvent[][] = [[]]
  let bytes = 0
  for (const event of events) {
    const size = sizeOf(event.kv.value ?? '') + sizeOf(event.prevKv?.value ?? '') + event.kv.key.length
    if (bytes > 0 && bytes + size >= RESPONSE_BYTES_MAX) {
      pieces.push([])
      bytes = 0
    }
    pieces[pieces.length - 1]!.push(event)
    bytes += size
  }
  return pieces
}

function eventsFor(store: Store, watch: Watch, changes: readonly Change[]): WatchEvent[] {
  const events: WatchEvent[] = []
  for (const change of changes) {
    if (change.main < watch.minRevision || !covers(watch, change.key) || isFiltered(watch, change)) continue
    events.push(eventOf(store, watch, change))
  }
  return events
}

function covers({ key, rangeEnd }: Watch, changed: string): boolean {
  if (rangeEnd === undefined) return changed === key
  return changed >= key && (rangeEnd === '\0' || changed < rangeEnd)
}

const isFiltered = ({ filters }: Watch, { kv }: Change): boolean =>
  filters.length > 0 && filters.includes(kv ? 'NOPUT' : 'NODELETE')

/** What the key held one revision earlier: nothing, where that is compacted, or where the key was made by this change. */
function previously(store: Store, { key, main, kv }: Change): KeyValue | undefined {
  if (main - 1 < store.compactRevision || kv?.createRevision === main) return undefined
  return at(store, key, main - 1)
}

function eventOf(store: Store, watch: Watch, change: Change): WatchEvent {
  const prevKv = watch.prevKv ? previously(store, change) : undefined
  if (change.kv) return prevKv ? { type: 'PUT', kv: change.kv, prevKv } : { type: 'PUT', kv: change.kv }
  return { type: 'DELETE', kv: tombstone(change), prevKv }
}

const tombstone = ({ key, main }: Change): KeyValue => ({
  key,
  createRevision: 0,
  modRevision: main,
  version: 0,
  value: undefined,
  lease: NO_LEASE,
})
