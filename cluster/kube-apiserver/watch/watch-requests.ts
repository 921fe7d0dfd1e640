/**
 * Watch requests: a stream that begins with what is there (or with what was missed), goes on with every change, and says
 * about once a minute how far it has come.
 *
 * What we leave out: a watch never waits for the cache; `sendInitialEvents` from a version that the cache has not reached
 * begins with what the cache has.
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{get,watch}.go`, `pkg/storage/cacher/cacher.go` (Watch).
 */
import type { HttpRequest, HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { answer } from '../handlers/responses.ts'
import type { RequestInfo } from '../chain/route.ts'
import { isTrue } from '../chain/route.ts'
import type { Selection } from '../handlers/selectors.ts'
import { parseSelection, selects } from '../handlers/selectors.ts'
import type { State, Watcher } from '../state.ts'
import { badRequest, expired, notAcceptable } from '../status.ts'
import { listOptionsProblem, versionProblem } from '../validation/list-options.ts'
import { mediaTypes } from '../chain/negotiation.ts'
import { viewOf } from '../handlers/views.ts'
import type { WatchCache } from './watch-cache.ts'
import { eventsAfter, objectsIn } from './watch-cache.ts'
import { addWatcher, bookmark, BOOKMARK_SLOTS, messageFor, removeWatcher, shapedMessage } from './watchers.ts'

/** A watch that names no timeout ends after this long, up to twice as long. */
const TIMEOUT_SECONDS_MIN = 1_800
/** So long before its end, a watch that takes bookmarks gets a last one; a shorter watch gets none. */
const LAST_BOOKMARK_SECONDS = 2

export const BOOKMARK_TIMER = 'bookmarks'
export const watchTimer = (stream: StreamId): string => `watch-timeout/${stream}`

const OK: HttpResponse = Object.freeze({ type: 'response', status: 200 })

export function startWatch(
  state: State,
  stream: StreamId,
  info: RequestInfo,
  request: HttpRequest,
  ctx: Context,
): Effect[] {
  const query = request.query ?? {}
  const unknown = streamProblem(request)
  if (unknown) return [answer(stream, 406, unknown)]
  const selection = parseSelection(info.resource, info.namespace, info.name, query)
  if (typeof selection === 'string') return [answer(stream, 400, badRequest(selection))]
  // A selector by name has no say where the path names the object.
  if (info.name !== '' && query['fieldSelector'] && !asksFor(info.name, query['fieldSelector'])) {
    return [answer(stream, 400, badRequest("fieldSelector metadata.name doesn't match requested name"))]
  }
  const { resourceVersion = '' } = query
  const sendInitialEvents = isTrue(query['sendInitialEvents'])
  const wrong = listOptionsProblem(query, true) ?? versionProblem(resourceVersion, false)
  if (wrong) return [answer(stream, wrong.code, wrong)]
  const cache = state.caches[keyOf(info.resource)]!
  const after = Number(resourceVersion)
  const effects: Effect[] = [{ type: 'write', stream, body: OK }]
  const fromStart = sendInitialEvents || after === 0
  if (!fromStart && after < cache.oldest) {
    ctx.note('watch-expired', { resource: keyOf(info.resource), wanted: after, oldest: cache.oldest })
    return [
      ...effects,
      errorEvent(stream, expired(`too old resource version: ${after} (${cache.oldest})`)),
      { type: 'close', stream },
    ]
  }
  const allowBookmarks = isTrue(query['allowWatchBookmarks'])
  const seconds =
    Number(query['timeoutSeconds'] ?? 0) || TIMEOUT_SECONDS_MIN + ctx.random('watch-timeout').int(TIMEOUT_SECONDS_MIN)
  const watcher: Watcher = {
    stream,
    resource: info.resource,
    selection,
    after: Math.max(after, fromStart ? cache.revision : 0),
    allowBookmarks,
    view: viewOf(request),
    begun: false,
    isEnding: !allowBookmarks || seconds <= LAST_BOOKMARK_SECONDS,
  }
  const told = fromStart ? initialEvents(cache, selection) : missedEvents(cache, selection, after)
  told.forEach((message, index) => {
    const body = shapedMessage({ ...watcher, begun: index > 0 }, message, ctx.now, state.schemas?.descriptions)
    effects.push({ type: 'write', stream, body })
  })
  addWatcher(state, { ...watcher, begun: told.length > 0 })
  if (sendInitialEvents && allowBookmarks) {
    effects.push({
      type: 'write',
      stream,
      body: bookmark(watcher, cache.revision, true),
    })
  }
  const first = watcher.isEnding ? seconds : seconds - LAST_BOOKMARK_SECONDS
  effects.push({ type: 'wake', key: watchTimer(stream), after: first * 1e6 }, ...scheduleBookmarks(state, ctx))
  return effects
}

const STREAMS = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/*', '*/*']

/** Events come one after the other, which YAML cannot tell apart. */
function streamProblem({ headers }: HttpRequest): Status | undefined {
  const accept = headers?.['accept']
  if (!accept || mediaTypes(accept).some(({ type }) => STREAMS.includes(type))) return undefined
  return notAcceptable(['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'])
}

/** Whether the selector wants the object of that name, and only that. */
const asksFor = (name: string, selector: string): boolean =>
  selector.split(',').some((part) => part.replace('==', '=') === `metadata.name=${name}`)

const errorEvent = (stream: StreamId, object: Status): Effect => ({
  type: 'write',
  stream,
  body: { type: 'watchEvent', event: { type: 'ERROR', object } } as WatchMessage,
})

function initialEvents(cache: WatchCache, selection: Selection): WatchMessage[] {
  const messages: WatchMessage[] = []
  for (const object of objectsIn(cache, selection.namespace, selection.node))
    if (selects(selection, object)) messages.push({ type: 'watchEvent', event: { type: 'ADDED', object } })
  return messages
}

function missedEvents(cache: WatchCache, selection: Selection, after: number): WatchMessage[] {
  const messages: WatchMessage[] = []
  for (const event of eventsAfter(cache, after)) {
    const message = messageFor(selection, event, {})
    if (message) messages.push(message)
  }
  return messages
}

/** The watch's time is over: it ends in good order, a little after a last bookmark if the client takes them. */
export function watchTimedOut(state: State, stream: StreamId): Effect[] {
  const watcher = state.watchers.get(stream)
  if (!watcher) return []
  if (!watcher.isEnding) {
    state.watchers.set(stream, { ...watcher, isEnding: true })
    return [
      ...bookmarkFor(state, watcher),
      { type: 'wake', key: watchTimer(stream), after: LAST_BOOKMARK_SECONDS * 1e6 },
    ]
  }
  removeWatcher(state, stream)
  return [{ type: 'close', stream }]
}

export function watchClosed(state: State, stream: StreamId): Effect[] {
  return removeWatcher(state, stream) ? [{ type: 'cancelWake', key: watchTimer(stream) }] : []
}

/** Ends all watches of a resource, whose cache begins anew: the clients come back and resume, or list. */
export function endWatchesOf(state: State, resource: string): Effect[] {
  const effects: Effect[] = []
  for (const watcher of [...state.watchers.values()]) {
    if (keyOf(watcher.resource) !== resource) continue
    effects.push({ type: 'close', stream: watcher.stream }, ...watchClosed(state, watcher.stream))
  }
  return effects
}

// ── bookmarks ───────────────────────────────────────────────────────────────────────────────────────────────────────

function bookmarkFor(state: State, watcher: Watcher): Effect[] {
  const { stream, resource, after, allowBookmarks } = watcher
  const { revision } = state.caches[keyOf(resource)]!
  if (!allowBookmarks || revision < after) return []
  return [{ type: 'write', stream, body: bookmark(watcher, revision) }]
}

const slotAt = (ctx: Context): number => Math.floor(ctx.now / 1e6) % BOOKMARK_SLOTS

/** Wakes at the next second of the minute at which somebody gets a bookmark. */
export function scheduleBookmarks(state: State, ctx: Context): Effect[] {
  if (state.bookmarkSet || state.bookmarks.size === 0) return []
  const slot = slotAt(ctx)
  let wait = BOOKMARK_SLOTS
  for (const other of state.bookmarks.keys())
    wait = Math.min(wait, (other - slot + BOOKMARK_SLOTS) % BOOKMARK_SLOTS || BOOKMARK_SLOTS)
  state.bookmarkSet = true
  const second = Math.floor(ctx.now / 1e6) + wait
  return [{ type: 'wake', key: BOOKMARK_TIMER, after: second * 1e6 - ctx.now }]
}

export function sendBookmarks(state: State, ctx: Context): Effect[] {
  state.bookmarkSet = false
  const effects: Effect[] = []
  for (const stream of state.bookmarks.get(slotAt(ctx)) ?? [])
    effects.push(...bookmarkFor(state, state.watchers.get(stream)!))
  // So that the next bookmarks say how far etcd has come, and not only how far this resource has.
  if (state.watchStream !== 0)
    effects.push({ type: 'write', stream: state.watchStream, body: { type: 'WatchProgress' } })
  effects.push(...scheduleBookmarks(state, ctx))
  return effects
}
