/**
 * The stages of the simulation's API server, each as one question with an answer: what a learner's pipeline is handed.
 *
 * What the real one does: one chain of handlers, each of which calls the next. What we model: the server's own code for each of
 * them. Admission plugins are asked one by one, and ask what they ask: etcd for a namespace, webhooks over the network, the
 * quota's status by a transaction. Reading and writing is the server's own handling of the request from there on, of which the
 * answer is caught. So a stage takes the time that it takes, and fails where etcd does.
 * What we leave out: to store what is not sound: as upstream, where validation is the store's, a write looks once more.
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{create,update,delete,get}.go`, `pkg/admission/chain.go`.
 */
import { isStatus, type UserInfo } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import type { KubernetesObject, Namespace, Status } from '#cluster/api/types.ts'
import type { EtcdRequest, EtcdResponse, RangeResponse, TxnResponse } from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { type Admission, admissionFor } from '#cluster/kube-apiserver/admission/admission.ts'
import { namespaceProblem } from '#cluster/kube-apiserver/admission/namespace-lifecycle.ts'
import { authorityOf } from '#cluster/kube-apiserver/admission/policies/authority.ts'
import { chargeFor, quotasIn } from '#cluster/kube-apiserver/admission/resource-quota.ts'
import { askHooks } from '#cluster/kube-apiserver/admission/webhooks/calling.ts'
import { asJudged, authorize, mayDo } from '#cluster/kube-apiserver/chain/authorization.ts'
import { prepareCreate, prepareUpdate, type Prepared } from '#cluster/kube-apiserver/handlers/objects.ts'
import { startRead } from '#cluster/kube-apiserver/handlers/reads.ts'
import { laneOf } from '#cluster/kube-apiserver/handlers/responses.ts'
import type { Origin, PendingRequest, State } from '#cluster/kube-apiserver/state.ts'
import { internalError } from '#cluster/kube-apiserver/status.ts'
import { callEtcd } from '#cluster/kube-apiserver/storage/etcd-client.ts'
import { registryKey } from '#cluster/kube-apiserver/storage/keys.ts'
import { livingUid, signedClaims } from '#cluster/kube-apiserver/tokens/service-account-tokens.ts'
import { startWrite } from '#cluster/kube-apiserver/handlers/writes.ts'
import type { Answer } from '../sandbox/sandbox.ts'

/** A request on its way through the stages. */
export interface Passing {
  /** As it came. */
  readonly row: PendingRequest
  /** For whom the authorizer was asked. */
  user: UserInfo
  /** Plugins that are asked from now on judge. */
  isValidating: boolean
  /** Of a change: what is there; null: nothing. Undefined: nobody has looked. */
  origin: Origin | null | undefined
  hooks: PendingRequest['hooks']
  /** How often it has waited for what it is in want of. */
  waits: number
  /** What was refused so far, in the server's words; and what reading or writing has come to. */
  readonly refusals: Status[]
  served: { readonly status: number; readonly body: unknown } | undefined
  readonly warnings: string[]
}

/** What is done with the answer of a stage. */
export type Done = (answer: Answer, ctx: Context) => Effect[]

type Review = {
  readonly user: UserInfo
  readonly object?: KubernetesObject
  readonly dryRun?: boolean
}

const OUT_OF_ORDER = 'etcdserver: request timed out'
/** As the server itself waits for an account that may come yet. */
const WAITS_MAX = 10
const WAIT_MICROS = 150_000
const CHARGES_MAX = 20
const STOP: Status = deepFreeze(internalError('not asked any further'))
const FAILED: Answer = { error: { name: 'Error', message: OUT_OF_ORDER } }
const ALLOWED: Answer = { value: { allowed: true } }

const plain = { warnings: [], annotations: {}, missing: [], draft: undefined, mayWait: () => false }
/** All has been said. */
const NEUTRAL: Admission = { ...plain, mutate: (object) => object, validate: () => undefined }

export class Stages {
  #state!: State
  #count = 0
  readonly #etcd = new Map<number, (response: EtcdResponse | undefined, ctx: Context) => Effect[]>()
  readonly #served = new Map<number, (status: number, body: unknown, ctx: Context) => Effect[]>()
  readonly #hooked = new Map<number, (row: PendingRequest, ctx: Context) => Effect[]>()
  readonly #timers = new Map<string, (ctx: Context) => Effect[]>()

  enter(state: State): void {
    this.#state = state
  }

  /** The server has started: nobody waits for anything. */
  boot(): void {
    for (const waiting of [this.#etcd, this.#served, this.#hooked, this.#timers]) waiting.clear()
  }

  // ── what the server hands back ────────────────────────────────────────────────────────────────────────────────────

  admission = ({ id }: PendingRequest): Admission | undefined => (this.#served.has(id) ? NEUTRAL : undefined)

  answered = (
    _: State,
    { call }: { readonly call: number },
    response: EtcdResponse | undefined,
    ctx: Context,
  ): Effect[] => taken(this.#etcd, call)?.(response?.type === 'Error' ? undefined : response, ctx) ?? []

  heard = (_: State, row: PendingRequest, ctx: Context): Effect[] | undefined => taken(this.#hooked, row.id)?.(row, ctx)

  /** A stage's own request has been answered; undefined: it was none. */
  caught(stream: number, status: number, body: unknown, ctx: Context): Effect[] | undefined {
    return taken(this.#served, stream)?.(status, body, ctx)
  }

  rang = (key: string, ctx: Context): Effect[] | undefined => taken(this.#timers, key)?.(ctx)

  // ── who, and may they? ────────────────────────────────────────────────────────────────────────────────────────────

  verify(token: unknown): unknown {
    const claims = typeof token === 'string' ? signedClaims(this.#state, token) : undefined
    if (!claims) return undefined
    const { namespace, serviceaccount, pod } = claims['kubernetes.io']
    return {
      ...{ audiences: claims.aud, expiresAt: claims.exp, namespace, serviceAccount: serviceaccount },
      ...(pod && { pod }),
    }
  }

  uidOf(kind: unknown, namespace: unknown, name: unknown, ctx: Context): string | undefined {
    const plural = kind === 'Pod' ? 'pods' : 'serviceaccounts'
    return livingUid(this.#state, plural, `${String(namespace)}/${String(name)}`, ctx.now)
  }

  authorize(one: Passing, user: UserInfo, ctx: Context): boolean {
    one.user = user
    const refused = authorize(this.#state, user, asJudged(one.row.info, one.row.request), ctx)
    if (refused) one.refusals.push(refused)
    return refused === undefined
  }

  // ── admission ─────────────────────────────────────────────────────────────────────────────────────────────────────

  admit(one: Passing, plugin: string, review: Review, ctx: Context, done: Done): Effect[] {
    const again = (at: Context): Effect[] => this.admit(one, plugin, review, at, done)
    if (one.row.info.verb !== 'create' && one.origin === undefined) return this.#findOrigin(one, ctx, again, done)
    if (one.origin === null) return done(ALLOWED, ctx)
    const object = review.object && this.#settled(one, deepFreeze(review.object), ctx)
    const ends = (refused: Status | undefined, at: Context): Effect[] => done(this.#said(one, refused), at)
    if (plugin === 'NamespaceLifecycle') return this.#enterNamespace(one, ctx, ends, done)
    if (plugin === 'ResourceQuota') return this.#charge(one, this.#finished(one, object!, ctx), review, ctx, ends, done)
    return this.#ask(one, plugin, { ...review, ...(object && { object }) }, ctx, again, done)
  }

  #ask(
    one: Passing,
    plugin: string,
    { user, object, dryRun = false }: Review,
    ctx: Context,
    again: (ctx: Context) => Effect[],
    done: Done,
  ): Effect[] {
    const { info } = one.row
    const state = this.#state
    const { hooks } = one
    const admission = admissionFor(
      state,
      { info, user, isDryRun: dryRun, ...(hooks && { hooks }), only: plugin },
      { mayUser: (asked) => mayDo(state, user, asked), authority: authorityOf(state, user) },
      ctx,
    )
    if (!admission) return done(ALLOWED, ctx)
    const old = one.origin?.object
    const { name: given = '', generateName = '' } = object?.metadata ?? {}
    const changes = object !== undefined && !one.isValidating
    const outcome = changes
      ? admission.mutate(object, old, info.name || given || generateName)
      : admission.validate(object && this.#finished(one, object, ctx), old)
    if (admission.missing.length > 0) return this.#askHooks(one, admission, ctx, again)
    one.warnings.push(...admission.warnings.filter((text) => !one.warnings.includes(text)))
    if (!isStatus(outcome)) {
      if (!changes || outcome === object) return done(ALLOWED, ctx)
      const { resourceVersion } = object.metadata
      const kept = outcome as KubernetesObject
      const after = resourceVersion ? { ...kept, metadata: { ...kept.metadata, resourceVersion } } : kept
      return done({ value: { allowed: true, object: after } }, ctx)
    }
    if (!admission.mayWait() || one.waits++ >= WAITS_MAX) return done(this.#said(one, outcome), ctx)
    const key = `lent/${++this.#count}`
    this.#timers.set(key, again)
    return [{ type: 'wake', key, after: WAIT_MICROS }]
  }

  #said(one: Passing, refused: Status | undefined): Answer {
    if (!refused) return ALLOWED
    one.refusals.push(refused)
    return { value: { allowed: false, code: refused.code, reason: refused.reason ?? 'Unknown' } }
  }

  #askHooks(one: Passing, { missing }: Admission, ctx: Context, again: (ctx: Context) => Effect[]): Effect[] {
    const known = { draft: undefined, waiting: [], answers: one.hooks?.answers ?? [] }
    const asked = askHooks(this.#state, { ...one.row, stage: 'lent', hooks: known }, missing, ctx)
    one.hooks = asked.row.hooks
    if (asked.row.hooks!.waiting.length === 0) return [...asked.effects, ...again(ctx)]
    this.#state.requests.set(one.row.id, asked.row)
    this.#hooked.set(one.row.id, ({ hooks }, at) => {
      one.hooks = hooks
      return again(at)
    })
    return asked.effects
  }

  #enterNamespace(
    one: Passing,
    ctx: Context,
    ends: (refused: Status | undefined, ctx: Context) => Effect[],
    done: Done,
  ): Effect[] {
    const { row } = one
    const cached = this.#state.caches['namespaces']?.objects.get(row.info.namespace) as Namespace | undefined
    if (cached) return ends(namespaceProblem(row, cached), ctx)
    const key = `/registry/namespaces/${row.info.namespace}`
    return this.#callEtcd(one, { type: 'Range', key }, ctx, done, (response, at) =>
      ends(namespaceProblem(row, (response as RangeResponse).kvs[0]?.value as Namespace | undefined), at),
    )
  }

  /** Counts, and writes the count down. */
  #charge(
    one: Passing,
    wanted: KubernetesObject,
    review: Review,
    ctx: Context,
    ends: (refused: Status | undefined, ctx: Context) => Effect[],
    done: Done,
    attempts = 0,
    quotas?: PendingRequest['quotas'],
  ): Effect[] {
    const charge = chargeFor(this.#state, { ...one.row, ...(quotas && { quotas }) }, wanted, one.origin?.object)
    if (!charge || 'refused' in charge) return ends(charge?.refused, ctx)
    if (review.dryRun === true) return ends(undefined, ctx)
    if (attempts >= CHARGES_MAX) return done(FAILED, ctx)
    return this.#callEtcd(one, charge.txn, ctx, done, (response, at) => {
      const txn = response as TxnResponse
      if (txn.succeeded) return ends(undefined, at)
      return this.#charge(one, wanted, review, at, ends, done, attempts + 1, quotasIn(txn))
    })
  }

  // ── the object ────────────────────────────────────────────────────────────────────────────────────────────────────

  validate(one: Passing, object: KubernetesObject, ctx: Context, done: Done): Effect[] {
    const { verb } = one.row.info
    if (verb !== 'create' && one.origin === undefined)
      return this.#findOrigin(one, ctx, (at) => this.validate(one, object, at, done), done)
    one.isValidating = true
    const prepared = one.origin === null ? undefined : this.#prepared(one, deepFreeze(object), ctx)
    if (!prepared || !('refused' in prepared)) return done({ value: [] }, ctx)
    one.refusals.push(prepared.refused)
    return done({ value: [prepared.refused.message] }, ctx)
  }

  /** What would be stored. */
  #finished(one: Passing, object: KubernetesObject, ctx: Context): KubernetesObject {
    const prepared = this.#prepared(one, object, ctx)
    return 'object' in prepared ? prepared.object : object
  }

  #prepared(one: Passing, object: KubernetesObject, ctx: Context): Prepared {
    const { info } = one.row
    if (one.origin) return prepareUpdate(info, insistingOn(object, one.origin), one.origin, ctx, NEUTRAL)
    return prepareCreate(info, object, ctx, { ...NEUTRAL, mutate: () => object }, undefined, one.user)
  }

  /** With what a change leaves as it is. */
  #settled(one: Passing, object: KubernetesObject, ctx: Context): KubernetesObject {
    if (!one.origin) return object
    return drawn((admission) =>
      prepareUpdate(one.row.info, insistingOn(object, one.origin!), one.origin!, ctx, admission),
    ) ?? object // prettier-ignore
  }

  #findOrigin(one: Passing, ctx: Context, next: (ctx: Context) => Effect[], done: Done): Effect[] {
    const { resource, namespace, name } = one.row.info
    const key = registryKey(resource, namespace, name)
    return this.#callEtcd(one, { type: 'Range', key }, ctx, done, (response, at) => {
      const kv = (response as RangeResponse).kvs[0]
      one.origin = kv ? { object: kv.value as KubernetesObject, modRevision: kv.modRevision, cached: undefined } : null
      return next(at)
    })
  }

  #callEtcd(
    { row }: Passing,
    body: EtcdRequest,
    ctx: Context,
    done: Done,
    next: (response: EtcdResponse, ctx: Context) => Effect[],
  ): Effect[] {
    const call = ++this.#count
    this.#etcd.set(call, (response, at) => (response ? next(response, at) : done(FAILED, at)))
    return [callEtcd(this.#state, ctx, body, { type: 'lent', id: row.id, call })]
  }

  // ── the store ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Has the server go on with the request from here, with this body, and be it a dry run or not: it is carried out. */
  serve(
    one: Passing,
    body: unknown,
    ctx: Context,
    done: (status: number, body: unknown, ctx: Context) => Effect[],
  ): Effect[] {
    // prettier-ignore
    const { row, user } = one
    // Streams are counted upwards from 1: nobody else has this one.
    const id = -++this.#count
    const { dryRun: _, ...query } = row.request.query ?? {}
    const request = { ...row.request, query, ...(body !== undefined && { body: deepFreeze(body) }) }
    const own = { ...row, id, stream: id, user, request, view: undefined, stage: 'read', namespaceChecked: true, charged: true } as const // prettier-ignore
    this.#served.set(id, (status, answer, at) => {
      if (status < 400) one.served = { status, body: answer }
      else if (isStatus(answer)) one.refusals.push(answer)
      return done(status, answer, at)
    })
    this.#state.requests.set(id, own)
    this.#state[laneOf(row.info)]++
    return row.info.verb === 'get' || row.info.verb === 'list'
      ? startRead(this.#state, own, ctx)
      : startWrite(this.#state, own, ctx)
  }
}

/** The object as the mutating plugins are shown it first; undefined: it cannot be read. */
export function drawn(prepare: (admission: Admission) => Prepared): KubernetesObject | undefined {
  let draft: KubernetesObject | undefined
  const mutate = (object: KubernetesObject): Status => {
    draft = object
    return STOP
  }
  prepare({ ...NEUTRAL, mutate })
  return draft
}

/** On what is there, whatever its sender insists on: that is for the write to say. */
function insistingOn({ metadata, ...rest }: KubernetesObject, { modRevision }: Origin): KubernetesObject {
  const { uid: _, ...kept } = metadata
  return { ...rest, metadata: { ...kept, resourceVersion: String(modRevision) } }
}

function taken<Key, Value>(waiting: Map<Key, Value>, key: Key): Value | undefined {
  const found = waiting.get(key)
  waiting.delete(key)
  return found
}
