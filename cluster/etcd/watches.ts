/**
 * Watches: whoever asked for a range hears of every change in it, in order, from a revision on.
 *
 * Ordered, atomic (events of one revision come in one message), resumable from any revision that is not compacted.
 * A watch catches up from the history the moment it is created, and is in step with the store ever after, unless its client
 * does not read: then nothing is kept for it but how far it has come, and it catches up when the client reads again, or is
 * cancelled if that has been compacted meanwhile.
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
/** etcd's limit for requests and half a kilobyte. A larger response goes in pieces, if it may; no more is gathered into one. */
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
  if (request.window !== undefined && !state.windows.has(stream)) state.windows.set(stream, request.window)
  const effects = [say({ watchId }), ...catchUp(state, watch, startRevision)]
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
    if (!watch.progressNotify || watch.behind !== undefined) continue
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
  // It would say that everything up to now has been told.
  for (const watch of state.watches.values()) if (watch.stream === stream && watch.behind !== undefined) return []
  const { revision } = state.keyspace.store
  const body: WatchResponse = { type: 'WatchResponse', header: { revision }, watchId: -1, events: [] }
  return [{ type: 'write', stream, body }]
}

export function dropStream(state: EtcdState, stream: StreamId): void {
  for (const [key, watch] of [...state.watches]) if (watch.stream === stream) state.watches.delete(key)
  state.nextWatchIds.delete(stream)
  state.windows.delete(stream)
}

/** The store has been replaced by a newer one: every watch is told what it missed, or that it cannot be. */
export function watchesRestored(state: EtcdState, revision: number): Effect[] {
  return [...state.watches.values()].flatMap((watch) =>
    resume(state, watch, watch.behind ?? Math.max(revision + 1, watch.minRevision)),
  )
}

/** A client has read: what it has missed meanwhile may come. */
export function widenWindow(state: EtcdState, stream: StreamId, responses: number): Effect[] {
  state.windows.set(stream, (state.windows.get(stream) ?? 0) + responses)
  const effects: Effect[] = []
  for (const watch of [...state.watches.values()]) {
    if (watch.stream === stream && watch.behind !== undefined) effects.push(...resume(state, watch, watch.behind))
  }
  return effects
}

function resume(state: EtcdState, watch: Watch, from: number): Effect[] {
  const { store } = state.keyspace
  if (from >= store.compactRevision) return catchUp(state, watch, from)
  state.watches.delete(watchKey(watch.stream, watch.watchId))
  return [compacted(store, watch)]
}

/** Takes one place in a stream's window. @returns whether there was one */
function takePlace({ windows }: EtcdState, stream: StreamId): boolean {
  const left = windows.get(stream)
  if (left === 0) return false
  if (left !== undefined) windows.set(stream, left - 1)
  return true
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
  for (const [key, watch] of state.watches) {
    if (watch.behind !== undefined) continue
    const events = eventsFor(store, watch, changes)
    if (events.length === 0) continue
    if (!takePlace(state, watch.stream)) {
      state.watches.set(key, { ...watch, behind: events[0]!.kv.modRevision })
      continue
    }
    if (watch.progressNotify) state.toldOf.set(key, true)
    effects.push(...responses(store, watch, events))
  }
  return effects
}

/** Tells a watch what there is from this revision on, as far as its stream takes it. */
function catchUp(state: EtcdState, watch: Watch, from: number): Effect[] {
  const { store } = state.keyspace
  const key = watchKey(watch.stream, watch.watchId)
  const { behind: _, ...inStep } = watch
  state.watches.set(key, inStep)
  if (from === 0 || from > store.revision) return []
  const effects: Effect[] = []
  let events: WatchEvent[] = []
  let bytes = 0
  const tell = (): boolean => {
    const isTaken = takePlace(state, watch.stream)
    if (isTaken) effects.push(...responses(store, watch, events))
    else state.watches.set(key, { ...inStep, behind: events[0]!.kv.modRevision })
    events = []
    bytes = 0
    return isTaken
  }
  for (const change of changesFrom(store, from)) {
    if (!covers(watch, change.key) || isFiltered(watch, change)) continue
    const isMuch = events.length >= EVENTS_PER_RESPONSE || bytes >= RESPONSE_BYTES_MAX
    if (isMuch && events[events.length - 1]!.kv.modRevision < change.main && !tell()) return effects
    const event = eventOf(store, watch, change)
    bytes += bytesOfEvent(event)
    events.push(event)
  }
  if (events.length > 0) tell()
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

const bytesOfEvent = ({ kv, prevKv }: WatchEvent): number =>
  sizeOf(kv.value ?? '') + sizeOf(prevKv?.value ?? '') + kv.key.length

function piecesOf(events: readonly WatchEvent[]): WatchEvent[][] {
  const pieces: WatchEvent[][] = [[]]
  let bytes = 0
  for (const event of events) {
    const size = bytesOfEvent(event)
    if (bytes > 0 && bytes + size >= RESPONSE_BYTES_MAX) {
      pieces.push([])
      bytes = 0
    }
    pieces[pieces.length - 1]!.push(event)
    bytes += size
  }
  return pieces
}

function eventsFor(store: Store, watch: Watch, changes: readonly Change[]): readonly WatchEvent[] {
  let events: WatchEvent[] | undefined
  for (const change of changes) {
    if (change.main < watch.minRevision || !covers(watch, change.key) || isFiltered(watch, change)) continue
    ;(events ??= []).push(eventOf(store, watch, change))
  }
  return events ?? NO_EVENTS
}

const NO_EVENTS: readonly WatchEvent[] = Object.freeze([])

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
