/**
 * Writes, as stages: what the change starts from → the change → one transaction of etcd → the answer.
 *
 * The transaction holds only if the object is still at the revision that the change started from; if not, etcd sends the
 * newer one along and the change begins anew from there. The start may come from the watch cache, which can be stale:
 * therefore nothing is refused on its word alone.
 * Where to read upstream: apiserver `pkg/storage/etcd3/store.go` (GuaranteedUpdate, conditionalDelete).
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Namespace, Pod, Service } from '#cluster/api/types.ts'
import {
  type EtcdResponse,
  type KeyValue,
  NO_LEASE,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
} from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { DeleteOptions } from './deletion.ts'
import { decideDeletion, isDue, optionsOf } from './deletion.ts'
import { eventLeaseFor } from './event-leases.ts'
import { bindingProblem } from '../subresources/binding.ts'
import { evictionOptions, evictionProblem, isEviction, markedForEviction } from '../subresources/evictions.ts'
import type { Admission } from '../admission/admission.ts'
import { chargeFor, quotasIn } from '../admission/resource-quota.ts'
import { namespaceProblem } from '../admission/namespace-lifecycle.ts'
import { askHooks, hookAnswered } from '../admission/webhooks/calling.ts'
import type { Ended } from '../outgoing.ts'
import { isApply } from '../apply/apply.ts'
import { meansAnother, settled, trackedCreation } from '../apply/tracking.ts'
import { admissionOf, currentOf, prepareChange } from './changes.ts'
import { prepareCreate } from './objects.ts'
import { misdirected } from '../chain/misdirected.ts'
import { partsOf } from '../parts.ts'
import { strategyOf } from '../registry/registry.ts'
import { answerCommitted, shown } from './outcomes.ts'
import { refuse, respond } from './responses.ts'
import { allocate, foundTaken } from '../services/service-allocation.ts'
import type { Origin, PendingRequest, Stage, State } from '../state.ts'
import * as status from '../status.ts'
import { isTokenRequest, issueToken } from '../tokens/token-requests.ts'
import { callEtcd } from '../storage/etcd-client.ts'
import { registryKey } from '../storage/keys.ts'
import { putTransaction, removalTransaction } from '../storage/transactions.ts'
import { isDryRun } from '../validation/write-options.ts'

/** A change that always finds the object newer than it knew gives up after so many tries. */
const ATTEMPTS_MAX = 20

export const ADMISSION_TIMER = 'admission'
/** How often, and how long each time, a write waits for what it is in want of. */
const WAITS_MAX = 10
const WAIT_MICROS = 150_000

export function startWrite(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { verb, subresource } = row.info
  if (verb === 'create' && subresource === '') return create(state, row, ctx)
  const misnamed = misdirected(row, state.schemas !== undefined)
  if (misnamed) return refuse(state, row, misnamed)
  const unbound = bindingProblem(row.info, row.request.body)
  if (unbound) return refuse(state, row, unbound)
  const lent = partsOf(ctx).update?.(state, row, ctx)
  if (lent) return lent
  const cached = cachedOrigin(state, row)
  return cached ? changeFrom(state, row, cached, ctx) : fetchOrigin(state, row, ctx)
}

/** The row in its next stage; the table always holds the newest. */
export function moveTo(
  state: State,
  row: PendingRequest,
  stage: Stage,
  more: Partial<PendingRequest> = {},
): PendingRequest {
  const next = { ...row, ...more, stage }
  state.requests.set(row.id, next)
  return next
}

// ── where a change starts ───────────────────────────────────────────────────────────────────────────────────────────

function cachedOrigin(state: State, { info }: PendingRequest): Origin | undefined {
  const key = info.resource.namespaced ? `${info.namespace}/${info.name}` : info.name
  const cache = state.caches[keyOf(info.resource)]!
  const cached = cache.objects.get(key)
  return cached && { ...originOf(cache.stored.get(key)!), cached }
}

function fetchOrigin(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info } = moveTo(state, row, 'origin')
  const key = registryKey(info.resource, info.namespace, info.name)
  return [callEtcd(state, ctx, { type: 'Range', key }, { type: 'request', id: row.id })]
}

const originOf = (kv: KeyValue): Origin => ({
  object: kv.value as KubernetesObject,
  modRevision: kv.modRevision,
  cached: undefined,
  key: kv.key,
})

export function originArrived(state: State, row: PendingRequest, response: RangeResponse, ctx: Context): Effect[] {
  const kv = response.kvs[0]
  if (kv) return changeFrom(state, row, originOf(kv), ctx)
  const { info } = row
  const makesIt =
    info.verb === 'update'
      ? strategyOf(info.resource).allowCreateOnUpdate
      : state.schemas !== undefined && isApply(row.request)
  if (makesIt && info.subresource === '') {
    const another = meansAnother(row)
    return another ? refuse(state, row, another) : create(state, row, ctx)
  }
  return refuse(state, row, status.notFound(info.resource, info.name))
}

// ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function changeFrom(state: State, row: PendingRequest, origin: Origin, ctx: Context): Effect[] {
  if (row.attempts > ATTEMPTS_MAX) {
    return refuse(state, row, status.conflict(row.info.resource, row.info.name, status.MODIFIED))
  }
  if (row.info.verb === 'delete') return deleteFrom(state, row, origin, optionsOf(row.request), ctx)
  if (isEviction(row)) return evictFrom(state, row, origin, ctx)
  const admission = admissionOf(state, row, ctx)
  if (isTokenRequest(row)) {
    const refused = admission?.validate(row.request.body as KubernetesObject, origin.object)
    const outcome = refused ? { refused } : issueToken(state, row, origin.object, ctx)
    return 'refused' in outcome ? refuse(state, row, outcome.refused) : respond(state, row, 201, outcome.issued)
  }
  const prepared = prepareChange(state, row, origin, admission, ctx)
  row = withRemarks(state, row, admission)
  if ('refused' in prepared) {
    if (admission?.missing.length) return waitForHooks(state, row, admission, ctx)
    return origin.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, prepared.refused)
  }
  const { warnings } = prepared
  if (warnings) row = moveTo(state, row, row.stage, { warnings })
  let { object } = prepared
  if (object === origin.object) {
    // Nothing to write. But a stale start may hide that there is.
    if (origin.cached) return fetchOrigin(state, row, ctx)
    return respond(state, row, 200, shown(row, currentOf(origin)))
  }
  if (isDue(object)) return commitRemoval(state, row, origin, ctx)
  if (keyOf(row.info.resource) === 'services' && row.info.subresource === '') {
    const given = allocate(state, row, object as Service, origin.object as Service, ctx)
    if ('refused' in given) return origin.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, given.refused)
    object = given.object
  }
  return commitPut(state, row, origin, object, ctx)
}

/** With what the plugins have to say beside yes or no. */
function withRemarks(state: State, row: PendingRequest, admission: Admission | undefined): PendingRequest {
  if (!admission) return row
  const { warnings: advice, annotations } = admission
  const isSilent = advice.length === 0 && row.advice === undefined && Object.keys(annotations).length === 0
  return isSilent ? row : moveTo(state, row, row.stage, { advice, annotations })
}

function evictFrom(state: State, row: PendingRequest, origin: Origin, ctx: Context): Effect[] {
  const refused = evictionProblem(state, origin.object as Pod, ctx.now)
  if (!refused) return deleteFrom(state, row, origin, evictionOptions(row), ctx)
  return origin.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, refused)
}

/** Whether what has been written is why the Pod goes, and not yet that it does. */
const isSaid = (row: PendingRequest): boolean =>
  isEviction(row) &&
  row.wanted !== undefined &&
  row.wanted.metadata.deletionTimestamp === row.origin!.object.metadata.deletionTimestamp

function evictNow(state: State, row: PendingRequest, revision: number, ctx: Context): Effect[] {
  const origin = { object: row.wanted!, modRevision: revision, cached: undefined }
  const next = moveTo(state, row, row.stage, { evicting: revision })
  return deleteFrom(state, next, origin, evictionOptions(next), ctx)
}

function deleteFrom(state: State, row: PendingRequest, origin: Origin, options: DeleteOptions, ctx: Context): Effect[] {
  const admission = admissionOf(state, row, ctx)
  const forbidden = admission?.validate(undefined, origin.object)
  if (forbidden && admission!.missing.length > 0) return waitForHooks(state, row, admission!, ctx)
  if (forbidden) return origin.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, forbidden)
  const decision = decideDeletion(row.info, origin, options, ctx.now)
  const isSaidFirst = isEviction(row) && row.evicting === undefined && !isDryRun(row.request)
  const said = isSaidFirst && decision.type !== 'refuse' ? markedForEviction(origin.object as Pod, ctx.now) : undefined
  if (said) return commitPut(state, row, origin, said, ctx)
  switch (decision.type) {
    case 'remove':
      return commitRemoval(state, row, decision.last ? { ...origin, object: decision.last } : origin, ctx)
    case 'mark':
      return commitPut(state, row, origin, decision.object, ctx)
    case 'pending':
      if (origin.cached) return fetchOrigin(state, row, ctx)
      return isEviction(row)
        ? respond(state, row, 201, status.success(201))
        : respond(state, row, 200, currentOf(origin))
    case 'refuse':
      return origin.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, decision.status)
  }
}

// ── creation ────────────────────────────────────────────────────────────────────────────────────────────────────────

function create(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info } = row
  if (info.resource.namespaced && !row.namespaceChecked) {
    const cached = state.caches['namespaces']!.objects.get(info.namespace) as Namespace | undefined
    if (!cached) {
      const next = moveTo(state, row, 'namespace')
      const key = `/registry/namespaces/${info.namespace}`
      return [callEtcd(state, ctx, { type: 'Range', key }, { type: 'request', id: next.id })]
    }
    const refused = namespaceProblem(row, cached)
    if (refused) return refuse(state, row, refused)
  }
  const admission = admissionOf(state, row, ctx, info.verb === 'create' ? info : { ...info, verb: 'create' })
  const tracked = (object: KubernetesObject) => trackedCreation(state, row, object, ctx)
  const body = isApply(row.request) ? settled(state, info.resource, row.request.body) : row.request.body
  const prepared = prepareCreate(info, body, ctx, admission, tracked, row.user, state.schemas !== undefined)
  row = withRemarks(state, row, admission)
  if ('refused' in prepared) {
    if (admission?.missing.length) return waitForHooks(state, row, admission, ctx)
    return admission?.mayWait() === true && (row.waits ?? 0) < WAITS_MAX
      ? waitAWhile(state, row)
      : refuse(state, row, prepared.refused)
  }
  let { object } = prepared
  if (keyOf(info.resource) === 'services' && object.metadata.name) {
    const given = allocate(state, row, object as Service, undefined, ctx)
    if ('refused' in given) return refuse(state, row, given.refused)
    object = given.object
  }
  return commitPut(state, row, undefined, object, ctx)
}

/** What the write is in want of may come yet: the account `default` of a namespace that has just been made. */
function waitAWhile(state: State, row: PendingRequest): Effect[] {
  moveTo(state, row, 'admission', { waits: (row.waits ?? 0) + 1 })
  return [{ type: 'wake', key: `${ADMISSION_TIMER}/${row.id}`, after: WAIT_MICROS }]
}

/** Asks the webhooks whose answers are missing. */
function waitForHooks(state: State, row: PendingRequest, { missing, draft }: Admission, ctx: Context): Effect[] {
  const asked = askHooks(state, { ...row, hooks: { answers: [], waiting: [], ...row.hooks, draft } }, missing, ctx)
  const next = moveTo(state, asked.row, 'webhook')
  return next.hooks!.waiting.length > 0 ? asked.effects : [...asked.effects, ...beginAnew(state, next, ctx)]
}

type Asked = Extract<Ended['purpose'], { type: 'webhook' }>

/** A webhook has answered, or will not: once all have, the write begins anew with what they said. */
export function hookSaid(state: State, purpose: Asked, ended: Ended, ctx: Context): Effect[] {
  const row = hookAnswered(state, purpose, ended)
  if (!row) return []
  state.requests.set(row.id, row)
  return row.hooks!.waiting.length > 0 ? [] : beginAnew(state, row, ctx)
}

const beginAnew = (state: State, row: PendingRequest, ctx: Context): Effect[] =>
  partsOf(ctx).heard?.(state, row, ctx) ?? (row.hooks?.draft ? create(state, row, ctx) : startWrite(state, row, ctx))

/** Tries again. */
export function waitedForAdmission(state: State, id: number, ctx: Context): Effect[] {
  const row = state.requests.get(id)
  return row?.stage === 'admission' ? create(state, row, ctx) : []
}

export function namespaceArrived(state: State, row: PendingRequest, response: RangeResponse, ctx: Context): Effect[] {
  const refused = namespaceProblem(row, response.kvs[0]?.value as Namespace | undefined)
  return refused ? refuse(state, row, refused) : create(state, { ...row, namespaceChecked: true }, ctx)
}

/** The lease for Events has come (or failed to): whoever waits for it begins anew. */
export function leaseArrived(state: State, ctx: Context): Effect[] {
  const effects: Effect[] = []
  for (const row of [...state.requests.values()])
    if (row.stage === 'lease') effects.push(...startWrite(state, row, ctx))
  return effects
}

// ── the transaction ─────────────────────────────────────────────────────────────────────────────────────────────────

function commitPut(
  state: State,
  row: PendingRequest,
  origin: Origin | undefined,
  wanted: KubernetesObject,
  ctx: Context,
): Effect[] {
  const charge = row.charged ? undefined : chargeFor(state, row, wanted, origin?.object)
  if (charge && 'refused' in charge) {
    ctx.note('quota', { outcome: 'refused', why: charge.refused.message })
    return origin?.cached ? fetchOrigin(state, row, ctx) : refuse(state, row, charge.refused)
  }
  if (charge && !isDryRun(row.request)) {
    ctx.note('quota', { outcome: 'charged' })
    moveTo(state, row, 'quota', { origin, wanted })
    return [callEtcd(state, ctx, charge.txn, { type: 'request', id: row.id })]
  }
  let lease = NO_LEASE
  if (keyOf(row.info.resource) === 'events') {
    const granted = eventLeaseFor(state, ctx)
    if (granted.id === NO_LEASE) {
      moveTo(state, row, 'lease')
      return granted.effects
    }
    lease = granted.id
  }
  return commit(state, row, origin, wanted, putTransaction(row.info, origin, wanted, lease, ctx), ctx)
}

/** The quotas have been charged, or somebody else has charged them meanwhile. */
function quotaCharged(state: State, row: PendingRequest, response: TxnResponse, ctx: Context): Effect[] {
  const { origin, wanted } = row
  if (response.succeeded) return commitPut(state, { ...row, charged: true }, origin, wanted!, ctx)
  ctx.note('conflict', { stage: 'quota', attempts: row.attempts + 1 })
  const { resource, name } = row.info
  if (row.attempts > ATTEMPTS_MAX) return refuse(state, row, status.conflict(resource, name, status.MODIFIED))
  return commitPut(state, { ...row, attempts: row.attempts + 1, quotas: quotasIn(response) }, origin, wanted!, ctx)
}

const commitRemoval = (state: State, row: PendingRequest, origin: Origin, ctx: Context): Effect[] =>
  commit(state, row, origin, undefined, removalTransaction(row.info, origin), ctx)

function commit(
  state: State,
  row: PendingRequest,
  origin: Origin | undefined,
  wanted: KubernetesObject | undefined,
  txn: TxnRequest,
  ctx: Context,
): Effect[] {
  const next = moveTo(state, row, 'commit', { origin, wanted })
  if (!isDryRun(row.request)) return [callEtcd(state, ctx, txn, { type: 'request', id: row.id })]
  // A dry run ends where the write would begin, and bears the version that it started from. A creation asks whether the name is free.
  if (origin) return answerCommitted(state, next, origin.modRevision)
  return [callEtcd(state, ctx, { ...txn, success: [] }, { type: 'request', id: row.id })]
}

/** etcd has decided. */
export function committed(state: State, row: PendingRequest, response: TxnResponse, ctx: Context): Effect[] {
  const { revision } = response.header
  if (response.succeeded && isSaid(row)) return evictNow(state, row, revision, ctx)
  if (response.succeeded) return answerCommitted(state, row, isDryRun(row.request) ? undefined : revision)
  const kv = (response.responses[0] as RangeResponse).kvs[0]
  const taken = foundTaken(row, response)
  const next = { ...row, attempts: row.attempts + 1, ...(taken.length > 0 && { taken: [...(row.taken ?? []), ...taken] }) } // prettier-ignore
  ctx.note('conflict', { key: kv?.key, stage: 'commit', attempts: next.attempts })
  if (row.origin === undefined) return creationFailed(state, next, kv, ctx)
  if (kv) return changeFrom(state, next, originOf(kv), ctx)
  const { resource, name } = row.info
  return refuse(state, next, status.notFound(resource, name))
}

const GENERATED_NAMES_MAX = 8

function creationFailed(state: State, row: PendingRequest, kv: KeyValue | undefined, ctx: Context): Effect[] {
  const { info } = row
  const given = (row.request.body as KubernetesObject).metadata
  if (kv) {
    const isGenerated = !given.name && given.generateName !== undefined
    if (isGenerated && row.attempts < GENERATED_NAMES_MAX) return create(state, row, ctx)
    // A PUT that meant to create has lost the race: it is an update after all.
    if (info.verb !== 'create') return changeFrom(state, row, originOf(kv), ctx)
    return refuse(state, row, status.alreadyExists(info.resource, row.wanted!.metadata.name))
  }
  // The name is free, so its address or a port was not.
  if (row.attempts <= ATTEMPTS_MAX) return create(state, row, ctx)
  return refuse(state, row, status.internalError('failed to allocate a serviceIP: range is full'))
}

/** Whatever etcd answers to a writing request, by the stage in which it waits. */
export function writeAnswered(state: State, row: PendingRequest, response: EtcdResponse, ctx: Context): Effect[] {
  if (response.type === 'Error') {
    // The lease that an Event was to hang on has ended meanwhile.
    if (response.message.includes('lease not found')) {
      state.eventLease = { id: NO_LEASE, granted: 0, count: 0, pending: state.eventLease.pending }
      return startWrite(state, row, ctx)
    }
    return refuse(state, row, status.internal(response.message))
  }
  if (row.stage === 'namespace') return namespaceArrived(state, row, response as RangeResponse, ctx)
  if (row.stage === 'quota') return quotaCharged(state, row, response as TxnResponse, ctx)
  if (row.stage === 'origin') return originArrived(state, row, response as RangeResponse, ctx)
  return committed(state, row, response as TxnResponse, ctx)
}
