/**
 * kube-apiserver: the one door to the cluster's state.
 *
 * What the real one does: every component talks to it and to nobody else. A request passes a chain of handlers
 * (authentication, authorisation, admission, validation) and ends in a transaction of etcd or in the watch cache.
 * What we model: the chain as stages of a row in one table, so that a request can wait for etcd, for a seat or for the
 * cache without anything being hidden in a closure; optimistic concurrency; lists and watches from a cache that one watch
 * per resource feeds; subresources; graceful deletion and finalizers; admission of namespaces and tolerations; addresses of
 * Services; Events that go after an hour; compaction; limits on requests in flight, or priority and fairness; certificates, tokens
 * from a file, of service accounts and for bootstrapping, impersonation, audit; RBAC and the Node authorizer with their bootstrap
 * roles (AlwaysAllow is the default, as without `--authorization-mode`); admission plugins and quotas (`chain/full-chain.ts`);
 * every built-in kind of the stable versions, those that definitions add, and those that another server answers for; discovery;
 * tables, and kinds in two versions. A kind is cached from when somebody first asks for it.
 * Where to begin: `chain/` is what every request passes, `handlers/` what it reads or writes, `subresources/` what is special about
 * some paths, `watch/` the cache and who listens, `services/` what Services are given, `registry/` what is special about each kind.
 * What we leave out: what the lines of `SEMANTICS.md` name.
 * Where to read upstream: apiserver `pkg/server/config.go` (DefaultBuildHandlerChain), `pkg/endpoints/handlers`,
 * `pkg/registry/generic/registry/store.go`, `pkg/storage/{etcd3,cacher}`.
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Schemas } from '#cluster/api/schema/schema.ts'
import { NO_LEASE, type RangeResponse, type WatchResponse } from '#cluster/etcd/messages.ts'
import type { Component, Context, Effect, Event, StreamId } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import { FEW_ADMISSION_PLUGINS } from './admission/admission.ts'
import { AUDIT_TIMER, resumeAudit, syncAudit, withAudit } from './audit/audit.ts'
import { bootstrap } from './bootstrap.ts'
import {
  cachedAtStart,
  listed,
  listResource,
  openWatches,
  watchResponse,
  WATCH_RETRY_TIMER,
  watchStreamClosed,
} from './watch/cache-feed.ts'
import { connectEnded, connectSaid } from './subresources/connect.ts'
import { claimCompaction, claimed, COMPACTION_TIMER, scheduleCompaction } from './compaction.ts'
import { definitionsMoved, lookAtAll as lookAtDefinitions } from './extensions/define.ts'
import { ENDPOINTS_TIMER, endpointsAnswered, reconcileEndpoints } from './services/endpoint-reconciler.ts'
import { addressesMoved, REPAIR_TIMER, repairAddresses } from './services/ip-repair.ts'
import { serviceCIDRsMoved } from './services/default-service-cidr.ts'
import { leaseGranted } from './handlers/event-leases.ts'
import { admitQueued, DEADLINE_TIMER, expireRequests, queued, receive } from './chain/handler-chain.ts'
import { countAnswers, countGone, noTallies } from './metrics/tallies.ts'
import type { Ended } from './outgoing.ts'
import { registerAtStart, registerDefinitions, registrationMoved } from './aggregation/autoregister.ts'
import { apiServicesMoved, AVAILABILITY_TIMER, discoveryAnswered, lookAtAll } from './aggregation/availability.ts'
import { proxyAnswered } from './aggregation/proxy.ts'
import { throughAnswered } from './subresources/connect-proxy.ts'
import { outgoingEnded } from './outgoing.ts'
import { componentSaid } from './subresources/component-statuses.ts'
import { partsOf } from './parts.ts'
import { freshTimedOut, readAnswered } from './handlers/reads.ts'
import { dropRequest, isMutating, refuse } from './handlers/responses.ts'
import type { ApiserverOptions, Call, State } from './state.ts'
import { internal } from './status.ts'
import { callClosed, ETCD_PROBE_TIMER, ETCD_RETRY_TIMER, probeMember, retryParked } from './storage/etcd-client.ts'
import { createWatchCache, EVENTS_MIN } from './watch/watch-cache.ts'
import { BOOKMARK_TIMER, sendBookmarks, watchClosed, watchTimedOut } from './watch/watch-requests.ts'
import { policiesMoved } from './admission/policies/type-checking.ts'
import { conversionAnswered, translateOut } from './conversion/translation.ts'
import { hookSaid } from './handlers/writes.ts'
import { ADMISSION_TIMER, leaseArrived, waitedForAdmission, writeAnswered } from './handlers/writes.ts'

const DEFAULTS = {
  serviceCIDR: '10.96.0.0/12',
  advertiseAddress: '',
  securePort: 6443,
  endpointReconcilerType: 'none' as const,
  authorizationMode: 'AlwaysAllow' as const,
  runtimeConfig: [],
  admissionPlugins: FEW_ADMISSION_PLUGINS,
  priorityAndFairness: false,
  apiServiceRegistration: false,
  multiCIDRServiceAllocator: false,
  metrics: false,
  auditPolicy: { rules: [] },
  tokens: {},
  serviceAccountIssuer: '',
  serviceAccountSigningKey: null,
  serviceAccountKey: 'the key of a simulated cluster',
  serviceAccountKeys: [],
  enableBootstrapTokenAuth: false,
  maxRequestsInflight: 400,
  maxMutatingRequestsInflight: 200,
  watchCacheEvents: EVENTS_MIN,
  eventTTLMicros: 3_600_000_000,
}

function initialState(given: ApiserverOptions, schemas: Schemas | undefined): State {
  const options = Object.freeze({ ...DEFAULTS, ...given })
  const cached = cachedAtStart(options, schemas !== undefined)
  return {
    options,
    schemas,
    cached,
    member: 0,
    membersDown: new Table(),
    calls: new Table(),
    outgoing: new Table(),
    evicted: new Table(),
    discovered: new Table(),
    parked: new Table(),
    requests: new Table(),
    queues: { reading: new Table(), mutating: new Table() },
    awaitingCache: new Table(),
    metrics: options.metrics ? noTallies() : undefined,
    reading: 0,
    mutating: 0,
    grants: new Table(),
    flow: { levels: new Table(), waiting: 0 },
    audit: { open: new Table(), file: 0, count: 0, dirty: false },
    deadlineSet: false,
    phase: 'listing',
    outstanding: 0,
    caches: Object.fromEntries(
      cached.map((resource) => [keyOf(resource), createWatchCache(resource, options.watchCacheEvents)]),
    ),
    watchStream: 0,
    watchMember: '',
    translations: new Table(),
    watchers: new Table(),
    connections: new Table(),
    backends: new Table(),
    buckets: { all: new Groups(), namespace: new Groups(), key: new Groups(), node: new Groups() },
    bookmarks: new Table(),
    bookmarkSet: false,
    reconciling: false,
    eventLease: { id: NO_LEASE, granted: 0, count: 0, pending: false },
    compaction: { version: 0, revision: 0 },
  }
}

const NONE: Effect[] = []

const BEHAVIOUR: Component<State, ApiserverOptions> = {
  name: 'kube-apiserver',

  init: (given) => initialState(given, undefined),

  step(state, event, ctx) {
    const handled = handle(state, event, ctx)
    const admitted = queued(state) > 0 ? admitQueued(state, ctx) : NONE
    const effects = admitted.length === 0 ? handled : handled.concat(admitted)
    if (state.metrics) countAnswers(state.metrics, effects, ctx)
    return withAudit(state, state.translations.size > 0 ? translateOut(state, effects, ctx) : effects, ctx)
  },
}

/** @param schemas the types of the API: with them, bodies are held to their types, and there is OpenAPI and apply */
export const kubeApiserverWith = (schemas: Schemas): Component<State, ApiserverOptions> => ({
  ...BEHAVIOUR,
  init: (given) => initialState(given, schemas),
})

/** One without schemas, for simulations in which everybody sends what they should. */
export const kubeApiserver: Component<State, ApiserverOptions> = BEHAVIOUR

function handle(state: State, event: Event, ctx: Context): Effect[] {
  const outgoing = state.outgoing.size > 0 ? outgoingEnded(state, event) : undefined
  if (outgoing) return [...outgoing.effects, ...othersSaid(state, outgoing.ended, ctx)]
  switch (event.type) {
    case 'booted':
      resumeAudit(state, event.disk)
      state.outstanding = state.cached.length
      return [...state.cached.map((row) => listResource(state, keyOf(row), ctx)), scheduleCompaction()]
    case 'opened':
      return receive(state, event.stream, event.body as HttpRequest, ctx)
    case 'data':
      if (event.stream === state.watchStream) return cachesMoved(state, event.body as WatchResponse, ctx)
      return connectSaid(state, event.stream, event.body) ?? []
    case 'closed':
      return closed(state, event, ctx)
    case 'timer':
      return timer(state, event.key, ctx)
    default:
      return []
  }
}

function closed(state: State, event: Extract<Event, { type: 'closed' }>, ctx: Context): Effect[] {
  const result = callClosed(state, event, ctx)
  if (result?.type === 'answer') return etcdAnswered(state, result.call, result.response as RangeResponse, ctx)
  if (result?.type === 'parked') return [...result.effects]
  if (result?.type === 'failed') return [...etcdFailed(state, result.call, result.message, ctx), ...result.effects]
  if (event.stream === state.watchStream) return watchStreamClosed(state, ctx)
  if (state.metrics) countGone(state.metrics, event.stream, ctx.now)
  const connected = connectEnded(state, event.stream, event.reason, event.body)
  if (connected) return connected
  // A client that has gone: what etcd is doing for it goes on, but nobody waits for the answer.
  state.translations.delete(event.stream)
  const row = state.requests.get(event.stream)
  if (row) dropRequest(state, row)
  return watchClosed(state, event.stream)
}

/** What others have answered, by what it was for. */
function othersSaid(state: State, ended: Ended, ctx: Context): Effect[] {
  const { purpose } = ended
  switch (purpose.type) {
    case 'webhook':
      return hookSaid(state, purpose, ended, ctx)
    case 'conversion':
      return conversionAnswered(state, purpose, ended, ctx)
    case 'discovery':
      return discoveryAnswered(state, purpose, ended, ctx)
    case 'proxy':
      return proxyAnswered(purpose, ended)
    case 'through':
      return throughAnswered(purpose, ended)
    case 'component':
      return componentSaid(state, purpose, ended, ctx)
  }
}

/** What the server's own controllers make of a cache that has moved. */
const othersMoved = (state: State, key: string, ctx: Context): Effect[] => [
  ...definitionsMoved(state, key, ctx),
  ...apiServicesMoved(state, key, ctx),
  ...policiesMoved(state, key, ctx),
  ...registrationMoved(state, key, ctx),
  ...serviceCIDRsMoved(state, key, ctx),
  ...addressesMoved(state, key),
]

/** News of the caches, and what the server's own controllers make of it. */
function cachesMoved(state: State, response: WatchResponse, ctx: Context): Effect[] {
  const effects = watchResponse(state, response, ctx)
  // Word of etcd's progress comes about once a minute: then whatever went wrong before is tried again.
  if (response.watchId < 0) return [...effects, ...lookAtDefinitions(state, ctx), ...registerDefinitions(state, ctx)]
  const key = keyOf(state.cached[response.watchId]!)
  return [...effects, ...othersMoved(state, key, ctx)]
}

function etcdAnswered(state: State, { purpose }: Call, response: RangeResponse, ctx: Context): Effect[] {
  switch (purpose.type) {
    case 'request': {
      const row = state.requests.get(purpose.id)
      if (!row) return []
      return isMutating(row.info) ? writeAnswered(state, row, response, ctx) : readAnswered(state, row, response, ctx)
    }
    case 'lent':
      return partsOf(ctx).answered?.(state, purpose, response, ctx) ?? []
    case 'list': {
      const isFirst = state.phase === 'listing'
      const effects = listed(state, purpose.resource, response, ctx)
      const { resource } = purpose
      const moved = othersMoved(state, resource, ctx)
      return isFirst ? [...effects, ...nextPhase(state, ctx), ...moved] : [...effects, ...moved]
    }
    case 'bootstrap':
      return nextPhase(state, ctx)
    case 'lease':
      leaseGranted(state, response, ctx)
      return leaseArrived(state, ctx)
    case 'endpoints':
      return endpointsAnswered(state, purpose.step, response, ctx)
    case 'compact':
      return purpose.step === 'claim' ? claimed(state, response, ctx) : []
    case 'probe':
      return []
  }
}

function etcdFailed(state: State, { purpose }: Call, message: string, ctx: Context): Effect[] {
  if (purpose.type === 'lent') return partsOf(ctx).answered?.(state, purpose, undefined, ctx) ?? []
  if (purpose.type === 'endpoints') return endpointsAnswered(state, purpose.step, undefined, ctx)
  const row = purpose.type === 'request' ? state.requests.get(purpose.id) : undefined
  return row ? refuse(state, row, internal(message)) : []
}

/** All lists are there: watch. All of the server's own objects are there: ready. */
function nextPhase(state: State, ctx: Context): Effect[] {
  if (state.phase === 'ready' || --state.outstanding > 0) return []
  if (state.phase === 'listing') {
    state.phase = 'bootstrapping'
    const effects = [...openWatches(state, ctx), ...bootstrap(state, ctx)]
    if (state.outstanding > 0) return effects
    state.phase = 'ready'
    return [...effects, ...reconcileEndpoints(state, ctx), ...registerAtStart(state, ctx)]
  }
  state.phase = 'ready'
  ctx.note('ready', {})
  return [...reconcileEndpoints(state, ctx), ...registerAtStart(state, ctx)]
}

function timer(state: State, key: string, ctx: Context): Effect[] {
  switch (key) {
    case ETCD_RETRY_TIMER:
      return retryParked(state, ctx)
    case WATCH_RETRY_TIMER:
      return openWatches(state, ctx)
    case DEADLINE_TIMER:
      return expireRequests(state, ctx)
    case BOOKMARK_TIMER:
      return sendBookmarks(state, ctx)
    case AUDIT_TIMER:
      return syncAudit(state, ctx)
    case AVAILABILITY_TIMER:
      return lookAtAll(state, ctx)
    case REPAIR_TIMER:
      return repairAddresses(state, ctx)
    case ENDPOINTS_TIMER:
      return reconcileEndpoints(state, ctx)
    case COMPACTION_TIMER:
      return claimCompaction(state, ctx)
  }
  if (key.startsWith(ETCD_PROBE_TIMER)) return probeMember(state, key.slice(ETCD_PROBE_TIMER.length), ctx)
  const [kind, id] = key.split('/') as [string, string]
  const stream: StreamId = Number(id)
  if (kind === ADMISSION_TIMER) return waitedForAdmission(state, stream, ctx)
  return kind === 'fresh' ? freshTimedOut(state, stream) : kind === 'watch-timeout' ? watchTimedOut(state, stream) : []
}
