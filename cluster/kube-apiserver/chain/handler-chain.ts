/**
 * The handler chain: what every request passes before it reads or writes.
 *
 * Order: route → authentication → impersonation → audit → a seat (or the queue before it) → authorisation → the verb. Admission, validation and
 * storage are the verb's own stages. A watch takes no seat: it lasts.
 * Where to read upstream: apiserver `pkg/server/config.go` (DefaultBuildHandlerChain), `pkg/server/filters/maxinflight.go`,
 * `pkg/util/flowcontrol`.
 */
import { type HttpRequest, isStatus, type UserInfo } from '#cluster/api/http.ts'
import { formerResource } from '#cluster/api/former-resources.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf, resourceNamed, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import type { Context, Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import { infoElsewhere, passOn } from '../aggregation/proxy.ts'
import type { Route } from '../aggregation/route.ts'
import { routeOf } from '../aggregation/route.ts'
import { isTranslated, startTranslated, startTranslatedPatch, translate } from '../conversion/translation.ts'
import { readsOf } from '../admission/admission.ts'
import { paramResources } from '../admission/policies/params.ts'
import { isApply } from '../apply/apply.ts'
import { applyProblem } from '../apply/tracking.ts'
import { annotate, requestReceived } from '../audit/audit.ts'
import { authenticate } from './authentication.ts'
import { attributesOf } from './attributes.ts'
import { asJudged, authorize } from './authorization.ts'
import { bodyOrOptionsProblem, misnamed } from './body-problem.ts'
import { startCaching } from '../watch/cache-feed.ts'
import { startDeleteCollection } from '../handlers/collections.ts'
import { startComponents } from '../subresources/component-statuses.ts'
import { isConnect, startConnect } from '../subresources/connect.ts'
import { customResource } from '../extensions/custom-resources.ts'
import { decodeBody } from '../decoding/decoding.ts'
import { BUDGETS } from '../subresources/evictions.ts'
import { classify } from '../flowcontrol/classify.ts'
import { nextSeated, place, release, widthOf } from '../flowcontrol/seats.ts'
import { health, isPublic } from './health.ts'
import { actingUser } from './impersonation.ts'
import { labelsOf } from '../metrics/labels.ts'
import { countBegun, countEnded } from '../metrics/tallies.ts'
import { partsOf } from '../parts.ts'
import { answerAtPath } from './paths.ts'
import { startRead } from '../handlers/reads.ts'
import { review } from '../subresources/reviews.ts'
import { answer, isMutating, laneOf, refuse } from '../handlers/responses.ts'
import type { RequestInfo } from './route.ts'
import { requestInfo } from './route.ts'
import type { PendingRequest, State } from '../state.ts'
import { methodNotAllowed, notFound, timeout, tooManyRequests, unauthorized } from '../status.ts'
import { TOKEN_READS } from '../tokens/token-requests.ts'
import { shaped, viewOf } from '../handlers/views.ts'
import { startWatch } from '../watch/watch-requests.ts'
import { moveTo, startWrite } from '../handlers/writes.ts'

export const DEADLINE_TIMER = 'deadlines'
const REQUEST_TIMEOUT_MICROS = 60_000_000
/** Requests that may wait for a seat: as many as the 128 queues of 50 of a priority level. */
const QUEUE_MAX = 6_400
const RETRY_AFTER_SECONDS = 1
const NOT_WHILE_TERMINATING = 'create not allowed while custom resource definition is terminating'

export function receive(state: State, stream: StreamId, request: HttpRequest, ctx: Context): Effect[] {
  const plain = isPublic(request) ? health(state, request) : undefined
  if (plain) return [{ type: 'close', stream, body: plain }]
  const routed = requestInfo(
    request,
    (group, version, plural) =>
      customResource(state, group, version, plural) ?? formerResource(state.options, group, version, plural),
  )
  // Without an issuer there are no tokens to be had.
  const asked = routed?.subresource === 'token' && state.options.serviceAccountIssuer === '' ? undefined : routed
  const info = asked && bindingOf(asked, request)
  const lent = partsOf(ctx).receive?.(state, stream, request, info, ctx)
  if (lent) return lent
  const recognised = authenticate(state, request, ctx.now)
  const user = recognised && actingUser(state, recognised, request, ctx)
  if (typeof user === 'string') return [answer(stream, 500, user)]
  const acting = user === undefined || user === recognised || isStatus(user) ? undefined : user
  const received = state.options.auditPolicy.rules.length > 0 ? requestReceived(state, stream, { request, user: recognised, acting, info }, ctx) : [] // prettier-ignore
  if (!user) ctx.note('unauthenticated', {})
  const refused = user ? (isStatus(user) ? user : undefined) : unauthorized()
  if (refused) return [...received, answer(stream, refused.code, refused)]
  const effects = begin(state, stream, request, user as UserInfo, info, ctx)
  return received.length === 0 ? effects : [...received, ...effects]
}

/** It is known who asks for what. */
function begin(
  state: State,
  stream: StreamId,
  request: HttpRequest,
  user: UserInfo,
  info: RequestInfo | undefined,
  ctx: Context,
): Effect[] {
  const { path } = request
  const route = partsOf(ctx).route?.(state, path, user) ?? routeOf(state, path)
  if (!('to' in route) || route.to !== 'local') return askElsewhere(state, stream, route, user, request, ctx)
  if (!info) return atNoResource(state, stream, user, request, ctx)
  const { warnings: deprecated = [] } = deprecation(state, info.resource)
  if (keyOf(info.resource) === 'componentstatuses')
    return startComponents(state, user, { stream, info, request, warnings: deprecated }, ctx)
  if (!info.resource.verbs.includes('watch')) {
    const answered = review(state, user, info, request, ctx)
    if (state.metrics && answered.status !== 403) countEnded(state.metrics, labelsOf(info, request), answered.status, 0)
    const { status, body, warnings = [] } = answered
    const seen = status < 300 ? shaped(info.resource, viewOf(request), body, ctx.now) : body
    return [answer(stream, status, seen, [...deprecated, ...warnings])]
  }
  if (!knowsVerb(info)) {
    const refused = authorize(state, user, asJudged(info, request), ctx) ?? methodNotAllowed()
    return [answer(stream, refused.code, refused)]
  }
  const lane = laneOf(info)
  if (state.queues[lane].size >= QUEUE_MAX) {
    if (state.metrics) countEnded(state.metrics, labelsOf(info, request), 429, 0)
    const status = tooManyRequests(
      'The apiserver is handling too many requests, please try again later',
      RETRY_AFTER_SECONDS,
    )
    return [answer(stream, 429, status)]
  }
  const row: PendingRequest = {
    id: stream,
    stream,
    parent: undefined,
    info,
    request,
    user,
    stage: 'queued',
    view: viewOf(request),
    ...deprecation(state, info.resource),
    arrived: ctx.now,
    deadline: ctx.now + REQUEST_TIMEOUT_MICROS,
    attempts: 0,
  }
  const isCached = hasCache(state, info)
  if (state.queues[lane].size === 0 && isCached && canStart(state, info)) return seat(state, row, ctx)
  state.requests.set(row.id, row)
  state.queues[lane].set(row.id, true)
  const effects = scheduleDeadline(state, row.deadline, ctx)
  if (isCached) return effects
  return [...cachesFor(state, info).flatMap((resource) => startCaching(state, resource, ctx)), ...effects]
}

/** No resource of the server’s lives there; but what looks like one is judged as one. */
function atNoResource(state: State, stream: StreamId, user: UserInfo, request: HttpRequest, ctx: Context): Effect[] {
  const asked = attributesOf(request)
  const refused = asked && authorize(state, user, asJudged(asked, request), ctx)
  if (refused) return [answer(stream, refused.code, refused)]
  // Below an object of a definition, what is not there is told as the object that is not there.
  const { group, version, resource: plural } = asked?.resource ?? { group: '', version: '', resource: '' }
  const defined = asked?.subresource ? customResource(state, group, version, plural) : undefined
  if (defined) return [answer(stream, 404, notFound(defined, asked!.name))]
  return [{ type: 'close', stream, body: answerAtPath(state, user, request, asked !== undefined) }]
}

/** Versions of the server's own that will go. Upstream: `k8s.io/api/core/v1/zz_generated.prerelease-lifecycle.go` and its like. */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

/** What the answer warns of, whatever is asked. Small clusters, where nobody reads it, say nothing of their own kinds. */
function deprecation({ schemas }: State, resource: Resource): Pick<PendingRequest, 'warnings'> {
  const own = schemas && !resource.custom ? DEPRECATED[keyOf(resource)] : undefined
  const warning = resource.custom?.deprecationWarning ?? own
  return warning === undefined ? {} : { warnings: [warning] }
}

/** Another server answers, if whoever asks may ask at all. */
function askElsewhere(
  state: State,
  stream: StreamId,
  route: Exclude<Route, { readonly to: 'local' }>,
  user: UserInfo,
  request: HttpRequest,
  ctx: Context,
): Effect[] {
  const info = infoElsewhere(state, request)
  const refused = info && authorize(state, user, asJudged(info, request), ctx)
  return refused ? [answer(stream, refused.code, refused)] : passOn(state, stream, route, user, request, ctx)
}

/** A Binding may also be sent to the collection of Bindings. */
function bindingOf(info: RequestInfo, request: HttpRequest): RequestInfo {
  if (keyOf(info.resource) !== 'bindings' || info.verb !== 'create') return info
  const { name = '' } = (request.body as Partial<KubernetesObject> | undefined)?.metadata ?? {}
  return { ...info, resource: resourceNamed('pods'), name, subresource: 'binding' }
}

/** The kinds that must be cached before the request can be answered: its own, and what is looked up on the way. */
const cachesFor = (state: State, info: RequestInfo): readonly Resource[] => [
  storedAs(info.resource),
  ...lookedUpFor(state, info),
]

const NO_RESOURCES: readonly Resource[] = Object.freeze([])

function lookedUpFor(state: State, info: RequestInfo): readonly Resource[] {
  if (!isMutating(info)) return NO_RESOURCES
  const reads = readsOf(state, info)
  const below = info.subresource === 'eviction' ? [BUDGETS] : info.subresource === 'token' ? TOKEN_READS : NO_NAMES
  if (reads.length === 0 && below.length === 0) return NO_RESOURCES
  return [...[...reads, ...below].map(resourceNamed), ...paramResources(state)]
}

const NO_NAMES: readonly string[] = Object.freeze([])

/** Whether they are: a cache is made when its kind is first asked for. */
export const hasCache = (state: State, info: RequestInfo): boolean =>
  isCached(state, storedAs(info.resource)) && lookedUpFor(state, info).every((resource) => isCached(state, resource))

const isCached = (state: State, resource: Resource): boolean => (state.caches[keyOf(resource)]?.revision ?? 0) > 0

const OF_COLLECTIONS: readonly string[] = ['list', 'watch', 'create', 'deletecollection']
const OF_OBJECTS: readonly string[] = ['get', 'watch', 'update', 'patch', 'delete']

/** Subresources know few verbs, collections fewer. */
export function knowsVerb({ verb, resource, namespace, name, subresource }: RequestInfo): boolean {
  // Across namespaces, objects are listed and watched, and nothing else.
  if (resource.namespaced && namespace === '' && verb !== 'list' && verb !== 'watch') return false
  return subresource !== ''
    ? subresourceOf(resource, subresource).verbs.includes(verb)
    : (name === '' ? OF_COLLECTIONS : OF_OBJECTS).includes(verb) && resource.verbs.includes(verb)
}

function canStart(state: State, info: RequestInfo): boolean {
  if (state.phase !== 'ready') return false
  // A level of its own has the seats; a watch takes none: it lasts.
  if (state.options.priorityAndFairness || info.verb === 'watch' || isConnect(info)) return true
  const { maxMutatingRequestsInflight, maxRequestsInflight } = state.options
  return isMutating(info) ? state.mutating < maxMutatingRequestsInflight : state.reading < maxRequestsInflight
}

export const queued = ({ queues, flow }: State): number => queues.reading.size + queues.mutating.size + flow.waiting

/** Lets in whoever waits, in order, as far as there are seats. */
export function admitQueued(state: State, ctx: Context): Effect[] {
  const effects: Effect[] = []
  for (const queue of [state.queues.reading, state.queues.mutating]) {
    if (queue.size === 0) continue
    for (const id of queue.keys()) {
      const row = state.requests.get(id)!
      if (!hasCache(state, row.info)) {
        // What a policy looks up is known only once policies are.
        for (const resource of cachesFor(state, row.info)) effects.push(...startCaching(state, resource, ctx))
        continue
      }
      if (!canStart(state, row.info)) break
      queue.delete(id)
      effects.push(...seat(state, row, ctx))
    }
  }
  for (const id of nextSeated(state)) effects.push(...admit(state, state.requests.get(id)!, ctx))
  return effects
}

const TOO_MANY = 'Too many requests, please try again later.'

/** Priority and fairness: a seat of the request's level, a place in a queue before it, or neither. */
function seat(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info } = row
  if (!state.options.priorityAndFairness || info.verb === 'watch' || isConnect(info)) return admit(state, row, ctx)
  const flow = classify(state, row.user, info)
  if (!flow) return admit(state, row, ctx)
  const width = widthOf(state, info, row.request)
  const placed = place(state, row.id, flow, width)
  const { schema, level } = flow
  if (ctx.tracing)
    ctx.note('flow', { user: row.user.name, schema: schema.metadata.name, level: level.metadata.name, width, placed })
  const isExempt = level.spec.type === 'Exempt'
  const seated = { level: isExempt ? '' : level.metadata.name, width, schemaUid: schema.metadata.uid ?? '', levelUid: level.metadata.uid ?? '' } // prettier-ignore
  if (placed === 'rejected') {
    state.requests.delete(row.id)
    if (state.metrics) countEnded(state.metrics, labelsOf(info, row.request), 429, ctx.now - row.arrived)
    return [answer(row.id, 429, tooManyRequests(TOO_MANY, RETRY_AFTER_SECONDS), [], seated)]
  }
  if (placed === 'seated') return admit(state, { ...row, flow: seated }, ctx)
  moveTo(state, { ...row, flow: seated }, 'flow')
  return scheduleDeadline(state, row.deadline, ctx)
}

/** Takes a seat and starts. */
function admit(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info } = row
  const forbidden = authorize(state, row.user, asJudged(info, row.request), ctx)
  if (state.audit.open.size > 0)
    annotate(state, row.stream, { 'authorization.k8s.io/decision': forbidden ? 'forbid' : 'allow' })
  if (!forbidden && state.metrics) countBegun(state.metrics, row.id, labelsOf(info, row.request), row.arrived)
  // What is sent through a proxy is none of the server's business.
  const refused = forbidden ?? (info.subresource === 'proxy' ? misnamed(info) : bodyOrOptionsProblem(state, row))
  if (refused) {
    state.requests.delete(row.id)
    if (row.flow?.level) release(state, row.id, row.flow, false)
    return [answer(row.id, refused.code, refused, [], row.flow)]
  }
  if (isConnect(info)) {
    state.requests.delete(row.id)
    return startConnect(state, row.id, info, row.request, ctx)
  }
  const isForeign = isTranslated(info.resource, info.subresource)
  if (isForeign) translate(state, row.id, info.resource, row.view)
  const stored = isForeign ? { ...info, resource: storedAs(info.resource) } : info
  if (info.verb === 'watch') {
    state.requests.delete(row.id)
    return startWatch(state, row.id, stored, isForeign ? plain(row.request) : row.request, ctx)
  }
  const mutating = isMutating(info)
  if (!row.flow) state[laneOf(info)]++
  const seated = moveTo(
    state,
    isForeign && (!mutating || info.verb === 'deletecollection') ? { ...row, view: undefined, info: stored } : row,
    'read',
  )
  const effects = !mutating
    ? startRead(state, seated, ctx)
    : info.verb === 'deletecollection'
      ? startDeleteCollection(state, seated, ctx)
      : startDecoded(state, seated, ctx)
  return state.deadlineSet || !state.requests.has(row.id)
    ? effects
    : [...effects, ...scheduleDeadline(state, row.deadline, ctx)]
}

/** Without the shape that is asked for: that is given to what has been converted. */
const plain = (request: HttpRequest): HttpRequest => {
  const { accept: _, ...headers } = request.headers ?? {}
  return { ...request, headers }
}

/** A write whose body is what it should be. (A patch is looked at when it has been applied.) */
function startDecoded(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { verb } = row.info
  const applies = isApply(row.request)
  const { custom } = row.info.resource
  if (custom?.terminating && verb === 'create') return refuse(state, row, methodNotAllowed(NOT_WHILE_TERMINATING))
  if ((state.schemas === undefined && !custom) || (verb !== 'create' && verb !== 'update' && !applies)) {
    if (!isTranslated(row.info.resource, row.info.subresource)) return startWrite(state, row, ctx)
    return verb === 'patch' ? startTranslatedPatch(state, row, ctx) : startTranslated(state, row, ctx)
  }
  const problem = applies ? applyProblem(state, row) : undefined
  if (problem) return refuse(state, row, problem)
  // Of nothing, Go's decoder makes an object with nothing in it.
  const decoded = decodeBody(state.schemas, row, row.request.body === null ? {} : row.request.body)
  if ('refused' in decoded) {
    ctx.note('validation', { outcome: 'refused', why: decoded.refused.message })
    return refuse(state, row, decoded.refused)
  }
  const { body, warnings } = decoded
  const next = { ...row, request: { ...row.request, body }, warnings: [...(row.warnings ?? []), ...warnings] }
  return isTranslated(row.info.resource, row.info.subresource)
    ? startTranslated(state, next, ctx)
    : startWrite(state, next, ctx)
}

// ── deadlines ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** All requests have the same time, so the oldest is the first to run out of it: one timer serves them all. */
export function scheduleDeadline(state: State, deadline: Micros, ctx: Context): Effect[] {
  if (state.deadlineSet) return []
  state.deadlineSet = true
  return [{ type: 'wake', key: DEADLINE_TIMER, after: deadline - ctx.now }]
}

export function expireRequests(state: State, ctx: Context): Effect[] {
  state.deadlineSet = false
  const effects: Effect[] = []
  for (const row of [...state.requests.values()]) {
    if (row.deadline > ctx.now) {
      effects.push(...scheduleDeadline(state, row.deadline, ctx))
      break
    }
    effects.push(
      ...refuse(state, row, timeout('request did not complete within requested timeout - context deadline exceeded')),
    )
  }
  return effects
}
