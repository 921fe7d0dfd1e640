/**
 * What keeps the watch caches going: a list of each resource from etcd, then one stream with a watch for each.
 *
 * If the stream breaks it is opened again and every watch resumes after the last revision seen; where etcd has compacted
 * that, the resource is listed anew and its clients' watches end.
 * Where to read upstream: apiserver `pkg/storage/cacher/cacher.go` (startCaching), client-go `tools/cache/reflector.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf, resourceNamed } from '#cluster/api/resources.ts'
import type { RangeResponse, WatchCreateRequest, WatchResponse } from '#cluster/etcd/messages.ts'
import { prefixEnd } from '#cluster/etcd/mvcc/ordered-keys.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { hasRbac } from '../chain/authorization.ts'
import { cachesAdvanced } from '../handlers/reads.ts'
import type { ApiserverOptions, State } from '../state.ts'
import { callEtcd, memberFailed, nextMember } from '../storage/etcd-client.ts'
import { registryPrefix } from '../storage/keys.ts'
import { applyEvent, createWatchCache, replaceAll } from './watch-cache.ts'
import { endWatchesOf } from './watch-requests.ts'
import { dispatch } from './watchers.ts'

const AT_START = ['namespaces', 'nodes', 'pods', 'services', 'configmaps', 'events', 'deployments', 'replicasets', 'endpointslices', 'leases'].map(resourceNamed) // prettier-ignore
/** What adds to the API itself: a server with schemas knows of it from the start. */
const EXTENSIONS = ['customresourcedefinitions', 'apiservices'].map(resourceNamed)
const ADDRESSES = ['servicecidrs', 'ipaddresses'].map(resourceNamed)
const POLICY = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(resourceNamed)

const FLOWS = ['flowschemas', 'prioritylevelconfigurations'].map(resourceNamed)

/** What the cluster's own components live on. Of other kinds a cache is made when somebody first asks for one. */
export const cachedAtStart = (options: Required<ApiserverOptions>, withDefinitions: boolean): readonly Resource[] => [
  ...AT_START,
  ...(hasRbac(options.authorizationMode) ? POLICY : []),
  ...(options.priorityAndFairness ? FLOWS : []),
  // By these, tokens are known to be somebody's.
  ...(options.serviceAccountIssuer === '' ? [] : [resourceNamed('serviceaccounts')]),
  ...(options.serviceAccountIssuer === '' && !options.enableBootstrapTokenAuth ? [] : [resourceNamed('secrets')]),
  ...(options.multiCIDRServiceAllocator ? ADDRESSES : []),
  ...(withDefinitions || options.apiServiceRegistration ? EXTENSIONS : []),
]

export const WATCH_RETRY_TIMER = 'etcd-watch-retry'
const WATCH_RETRY_MICROS = 1_000_000

export function listResource(state: State, resource: string, ctx: Context): Effect {
  const prefix = registryPrefix(state.caches[resource]!.resource)
  return callEtcd(state, ctx, { type: 'Range', key: prefix, rangeEnd: prefixEnd(prefix) }, { type: 'list', resource })
}

/** Begins to cache a kind that nobody had asked for before. */
export function startCaching(state: State, resource: Resource, ctx: Context): Effect[] {
  if (Object.hasOwn(state.caches, keyOf(resource))) return []
  state.cached = [...state.cached, resource]
  state.caches = { ...state.caches, [keyOf(resource)]: createWatchCache(resource, state.options.watchCacheEvents) }
  if (state.phase === 'listing') state.outstanding++
  ctx.note('cache-started', { resource: keyOf(resource) })
  return [listResource(state, keyOf(resource), ctx)]
}

/** A list has arrived: the cache begins anew from it. */
export function listed(state: State, resource: string, response: RangeResponse, ctx: Context): Effect[] {
  const cache = state.caches[resource]!
  replaceAll(cache, response.kvs, response.header.revision)
  // What was remembered of it went by revisions, and these may have gone back.
  state.grants.clear()
  if (state.phase === 'listing') return []
  const effects = endWatchesOf(state, resource)
  if (state.watchStream !== 0) {
    effects.push({
      type: 'write',
      stream: state.watchStream,
      body: watchCreate(
        state,
        state.cached.findIndex((row) => keyOf(row) === resource),
      ),
    })
  }
  ctx.note('cache-replaced', { resource, revision: cache.revision })
  return [...effects, ...cachesAdvanced(state)]
}

/** The number of a watch is the place of its resource among those that are served. */
function watchCreate(state: State, watchId: number): WatchCreateRequest {
  const resource = state.cached[watchId]!
  const key = registryPrefix(resource)
  const cache = state.caches[keyOf(resource)]!
  cache.watching = true
  const startRevision = cache.revision + 1
  return { type: 'WatchCreate', watchId, key, rangeEnd: prefixEnd(key), startRevision }
}

export function openWatches(state: State, ctx: Context): Effect[] {
  const stream = ctx.id()
  state.watchStream = stream
  const to = nextMember(state)
  state.watchMember = to
  return state.cached.flatMap((row, watchId): Effect[] => {
    // One whose list is still out is watched once that is there.
    if (state.caches[keyOf(row)]!.revision === 0) return []
    const body = watchCreate(state, watchId)
    return [watchId === 0 ? { type: 'open', stream, to, body } : { type: 'write', stream, body }]
  })
}

export function watchStreamClosed(state: State, ctx: Context): Effect[] {
  state.watchStream = 0
  ctx.note('etcd-watch-lost', {})
  return [
    ...memberFailed(state, state.watchMember),
    { type: 'wake', key: WATCH_RETRY_TIMER, after: WATCH_RETRY_MICROS },
  ]
}

/** Events, or only the news of how far etcd has come. */
export function watchResponse(state: State, response: WatchResponse, ctx: Context): Effect[] {
  const { watchId, events, header } = response
  if (watchId < 0) {
    for (const row of state.cached) {
      const cache = state.caches[keyOf(row)]!
      if (cache.watching && cache.revision < header.revision) cache.revision = header.revision
    }
    return cachesAdvanced(state)
  }
  const resource = keyOf(state.cached[watchId]!)
  const cache = state.caches[resource]!
  if (response.canceled) {
    ctx.note('etcd-watch-compacted', { resource, from: cache.revision, compacted: response.compactRevision })
    cache.watching = false
    return [listResource(state, resource, ctx)]
  }
  const effects: Effect[] = []
  for (const event of events) dispatch(state, cache.resource, applyEvent(cache, event, ctx.now), effects)
  if (state.awaitingCache.size > 0) effects.push(...cachesAdvanced(state))
  return effects
}
