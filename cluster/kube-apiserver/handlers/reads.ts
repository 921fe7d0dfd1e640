/**
 * get and list.
 *
 * Without a resourceVersion a read must show all that was written before it: a get asks etcd; a list asks etcd for its
 * newest revision and waits until the cache has reached it. `0` takes what the cache has. Pages come from etcd at one
 * revision.
 * Where to read upstream: apiserver `pkg/storage/cacher/{cacher,delegator}.go`, `pkg/storage/etcd3/store.go` (GetList).
 */
import { apiVersionOf, keyOf, listKindOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import type { EtcdResponse, RangeRequest, RangeResponse } from '#cluster/etcd/messages.ts'
import { prefixEnd } from '#cluster/etcd/mvcc/ordered-keys.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { decodeContinue, encodeContinue, EXPIRED_TEXT } from './continue-token.ts'
import { refuse, respond } from './responses.ts'
import { scaleOf } from '../subresources/scale.ts'
import type { Selection } from './selectors.ts'
import { parseSelection, selects } from './selectors.ts'
import type { PendingRequest, State } from '../state.ts'
import * as status from '../status.ts'
import { callEtcd } from '../storage/etcd-client.ts'
import { registryKey, registryPrefix, withRevision } from '../storage/keys.ts'
import type { WatchCache } from '../watch/watch-cache.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import { listOptionsProblem, versionProblem } from '../validation/list-options.ts'
import { moveTo } from './writes.ts'

/** How long a read waits for the cache to reach its revision. */
export const FRESH_TIMEOUT_MICROS = 3_000_000

export const freshTimer = (id: number): string => `fresh/${id}`

export function startRead(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info, request } = row
  const { resourceVersion = '', resourceVersionMatch = '', limit = '', continue: token = '' } = request.query ?? {}
  const odd = versionProblem(resourceVersion, info.verb === 'list')
  if (odd) return refuse(state, row, odd)
  if (info.verb === 'get') {
    if (resourceVersion === '') {
      return read(state, row, { type: 'Range', key: registryKey(info.resource, info.namespace, info.name) }, ctx)
    }
    return whenFresh(state, row, Number(resourceVersion), ctx)
  }
  const wrong = listOptionsProblem(request.query ?? {}, false)
  if (wrong) return refuse(state, row, wrong)
  const selection = selectionOf(row)
  if (typeof selection === 'string') return refuse(state, row, status.badRequest(selection))
  if (token !== '') return continueList(state, row, token, ctx)
  if (resourceVersionMatch === 'Exact') return page(state, row, Number(resourceVersion), '', ctx)
  // With a limit, a version means that very one.
  if (Number(limit) > 0 && resourceVersion !== '0') return page(state, row, Number(resourceVersion), '', ctx)
  if (resourceVersion !== '') return whenFresh(state, row, Number(resourceVersion), ctx)
  moveTo(state, row, 'revision')
  // Any key will do: what is wanted is the revision in the header.
  const body: RangeRequest = { type: 'Range', key: registryPrefix(info.resource) }
  return [callEtcd(state, ctx, body, { type: 'request', id: row.id })]
}

const selectionOf = ({ info, request }: PendingRequest): Selection | string =>
  parseSelection(info.resource, info.namespace, info.name, request.query)

function read(state: State, row: PendingRequest, body: RangeRequest, ctx: Context): Effect[] {
  moveTo(state, row, 'read')
  return [callEtcd(state, ctx, body, { type: 'request', id: row.id })]
}

// ── from the cache ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Answers from the cache, now or once it has reached that revision. */
function whenFresh(state: State, row: PendingRequest, revision: number, ctx: Context): Effect[] {
  const cache = state.caches[keyOf(row.info.resource)]!
  if (cache.revision >= revision) return answerFromCache(state, row, cache)
  moveTo(state, row, 'fresh', { awaited: revision })
  state.awaitingCache.set(row.id, true)
  const effects: Effect[] = [{ type: 'wake', key: freshTimer(row.id), after: FRESH_TIMEOUT_MICROS }]
  // The cache learns how far etcd is only from events; without any it has to ask.
  if (state.watchStream !== 0)
    effects.push({ type: 'write', stream: state.watchStream, body: { type: 'WatchProgress' } })
  ctx.note('wait-for-cache', { resource: keyOf(cache.resource), wanted: revision, cached: cache.revision })
  return effects
}

/** The caches have moved: answers whoever waited for just that. */
export function cachesAdvanced(state: State): Effect[] {
  const effects: Effect[] = []
  for (const id of [...state.awaitingCache.keys()]) {
    const row = state.requests.get(id)!
    const cache = state.caches[keyOf(row.info.resource)]!
    if (cache.revision < row.awaited!) continue
    effects.push({ type: 'cancelWake', key: freshTimer(id) }, ...answerFromCache(state, row, cache))
  }
  return effects
}

export function freshTimedOut(state: State, id: number): Effect[] {
  const row = state.requests.get(id)
  if (row?.stage !== 'fresh') return []
  const { revision } = state.caches[keyOf(row.info.resource)]!
  return refuse(state, row, status.tooLargeResourceVersion(row.awaited!, revision))
}

function answerFromCache(state: State, row: PendingRequest, cache: WatchCache): Effect[] {
  const { info } = row
  if (info.verb === 'get') {
    const object = cache.objects.get(info.resource.namespaced ? `${info.namespace}/${info.name}` : info.name)
    return answerGet(state, row, object)
  }
  const selection = selectionOf(row) as Selection
  const items: KubernetesObject[] = []
  for (const object of candidates(cache, selection)) if (selects(selection, object)) items.push(object)
  return respond(state, row, 200, listOf(row, items, cache.revision))
}

/** Of a selection by name there is one at most, and it is not looked for among all the others (upstream: `MatchesSingle`). */
function candidates(cache: WatchCache, { name, namespace, node }: Selection): Iterable<KubernetesObject> {
  if (name === '' || (cache.resource.namespaced && namespace === '')) return objectsIn(cache, namespace, node)
  const object = cache.objects.get(cache.resource.namespaced ? `${namespace}/${name}` : name)
  return object ? [object] : []
}

function answerGet(state: State, row: PendingRequest, object: KubernetesObject | undefined): Effect[] {
  const { info } = row
  if (!object)
    return refuse(
      state,
      row,
      status.notFound(info.resource, info.name, info.subresource === 'scale' ? 'scale' : undefined),
    )
  return respond(state, row, 200, info.subresource === 'scale' ? scaleOf(info.resource, object) : object)
}

function listOf(
  row: PendingRequest,
  items: readonly KubernetesObject[],
  revision: number,
  rest: object = {},
): List<KubernetesObject> {
  const { resource } = row.info
  return Object.freeze({
    apiVersion: apiVersionOf(resource),
    kind: listKindOf(resource),
    metadata: Object.freeze({ resourceVersion: String(revision), ...rest }),
    items: Object.freeze(items),
  })
}

// ── from etcd ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A page under way: what has been gathered so far, and at which revision. */
interface Page {
  readonly items: readonly KubernetesObject[]
  /** 0: the newest, not known yet. */
  readonly revision: number
}

function pageRange(row: PendingRequest): { prefix: string; end: string } {
  const { info } = row
  const prefix = registryPrefix(info.resource) + (info.namespace ? `${info.namespace}/` : '')
  return { prefix, end: prefixEnd(prefix) }
}

function page(
  state: State,
  row: PendingRequest,
  revision: number,
  start: string,
  ctx: Context,
  items: readonly KubernetesObject[] = [],
): Effect[] {
  const { prefix, end } = pageRange(row)
  const limit = Number(row.request.query?.['limit'] ?? 0)
  const gathered: Page = { items, revision }
  const body: RangeRequest = { type: 'Range', key: prefix + start, rangeEnd: end, revision, limit }
  return read(state, { ...row, listed: gathered }, body, ctx)
}

function continueList(state: State, row: PendingRequest, text: string, ctx: Context): Effect[] {
  const token = decodeContinue(text)
  if (typeof token === 'string') return refuse(state, row, status.badRequest(`invalid continue token: ${token}`))
  if ((row.request.query?.['resourceVersion'] || '0') !== '0') {
    return refuse(state, row, status.badRequest('specifying resource version is not allowed when using continue'))
  }
  // A negative revision: the client goes on without consistency.
  return page(state, row, Math.max(token.revision, 0), token.start, ctx)
}

export function readAnswered(state: State, row: PendingRequest, response: EtcdResponse, ctx: Context): Effect[] {
  if (response.type === 'Error') return readFailed(state, row, response.message)
  const { kvs, header } = response as RangeResponse
  if (row.stage === 'revision') return whenFresh(state, row, header.revision, ctx)
  if (row.info.verb === 'get') {
    const kv = kvs[0]
    return answerGet(state, row, kv && withRevision(kv.value as KubernetesObject, kv.modRevision))
  }
  return pageArrived(state, row, response as RangeResponse, ctx)
}

function readFailed(state: State, row: PendingRequest, message: string): Effect[] {
  if (!message.includes('compacted')) return refuse(state, row, status.internal(message))
  const text = row.request.query?.['continue']
  const token = text === undefined ? undefined : decodeContinue(text)
  if (typeof token !== 'object')
    return refuse(state, row, status.expired('The resourceVersion for the provided list is too old.'))
  const goOn = { continue: encodeContinue({ revision: -1, start: token.start }) }
  const expired = Object.freeze({ ...status.expired(EXPIRED_TEXT), metadata: Object.freeze(goOn) })
  return respond(state, row, 410, expired)
}

/** Keeps what the selectors want; where that leaves room on the page, asks for more at the same revision. */
function pageArrived(state: State, row: PendingRequest, response: RangeResponse, ctx: Context): Effect[] {
  const { items: before, revision: known } = row.listed as Page
  const revision = known || response.header.revision
  const selection = selectionOf(row) as Selection
  const items = [...before]
  const limit = Number(row.request.query?.['limit'] ?? 0)
  const { prefix } = pageRange(row)
  let last = ''
  for (const kv of response.kvs) {
    if (limit > 0 && items.length >= limit) break
    const object = withRevision(kv.value as KubernetesObject, kv.modRevision)
    if (selects(selection, object)) items.push(object)
    last = kv.key.slice(prefix.length)
  }
  const seen = response.kvs.findIndex((kv) => kv.key.slice(prefix.length) === last) + 1
  const left = response.count - seen
  if (left === 0) return respond(state, row, 200, listOf(row, items, revision))
  const start = `${last}\0`
  if (items.length < limit) return page(state, row, revision, start, ctx, items)
  const isPlain = selection.labels.length === 0 && selection.fields.length === 0
  const rest = { continue: encodeContinue({ revision, start }), ...(isPlain && { remainingItemCount: left }) }
  return respond(state, row, 200, listOf(row, items, revision, rest))
}
