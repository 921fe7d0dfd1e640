/**
 * A learner's `guaranteedUpdate` inside the simulation's API server: updates and patches are carried out by it.
 *
 * What the real one does: every write of an existing object goes through `GuaranteedUpdate`, with the rest of the server
 * (decoding, strategies, validation, admission) inside the function that makes the new object.
 * What we model: the server as it is. The `update` that the learner's code calls is the server's own: it is made for each value
 * that the code is handed, and looked up when the code calls it. Its calls are the server's calls to etcd, over the network; many
 * requests are under way at once, in one guest. Each write, and each answer, is held against what `update` makes.
 * What we leave out: what the server leaves to itself: creations, deletions, objects with finalizers or on their way out, Services
 * (whose addresses are written along), Events, subresources but `status`, dry runs; an object that its cache does not hold.
 * Where to read upstream: apiserver `pkg/storage/etcd3/store.go`, `pkg/registry/generic/registry/store.go`.
 */
import { deepFreeze, isEqual } from '#cluster/api/meta.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Compare, EtcdResponse, KeyValue, RangeResponse, TxnResponse } from '#cluster/etcd/messages.ts'
import { NO_LEASE } from '#cluster/etcd/messages.ts'
import type { Component, Context, Effect } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { admissionOf, prepareChange } from '#cluster/kube-apiserver/handlers/changes.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { withParts } from '#cluster/kube-apiserver/parts.ts'
import { refuse, respond } from '#cluster/kube-apiserver/handlers/responses.ts'
import type { ApiserverOptions, PendingRequest, State as ServerState } from '#cluster/kube-apiserver/state.ts'
import { conflict, internalError, MODIFIED, notFound, timeout } from '#cluster/kube-apiserver/status.ts'
import { callEtcd } from '#cluster/kube-apiserver/storage/etcd-client.ts'
import { registryKey, withoutRevision, withRevision } from '#cluster/kube-apiserver/storage/keys.ts'
import { moveTo } from '#cluster/kube-apiserver/handlers/writes.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestInput, Turn } from '../sandbox/sandbox.ts'
import { GuestMemo } from './learner-process.ts'
import type { Finding } from './stop.ts'
import type { Trial } from './trial.ts'

/** For an adapter: a function `serve` that carries out one update. `storage` is the learner's, `tools` the bridge's. */
export const SERVE_UPDATE = String.raw`
const serving = (storage, tools) => {
  const sorted = (value) => JSON.stringify(value, (_, one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one)
  return async (id, key, preconditions) => {
    if (typeof storage.guaranteedUpdate !== 'function')
      tools.notAFunction('The default export has no function "guaranteedUpdate".')
    const known = new Map()
    let strange = false
    const learn = ({ told, current, made }) => {
      if (current) known.set(sorted(current), made)
      return told
    }
    const kv = Object.freeze({
      get: async (...given) => learn(await tools.request('get', id, ...given)),
      txn: async (...given) => learn(await tools.request('txn', id, ...given)),
    })
    const update = (current) => {
      const made = known.get(sorted(current))
      if (made === undefined) strange = true
      return made ?? { refuse: { code: 500, reason: 'InternalError' } }
    }
    const result = await storage.guaranteedUpdate(key, update, kv, ...(preconditions ? [preconditions] : []))
    return { result: result ?? null, strange }
  }
}
`

/** What `update` makes of a value: the object as callers see it, with the version that it starts from; or a refusal. */
export type Made =
  { readonly object: KubernetesObject } | { readonly refuse: { readonly code: number; readonly reason: string } }

/** A value that the learner's code was handed; no `kv`: there was none. */
interface Shown {
  readonly kv: KeyValue | undefined
  readonly made: Made | undefined
}

/** One update, from its beginning to its answer. */
export interface UpdateRecord {
  /** Who asks. */
  readonly who: string
  readonly key: string
  readonly preconditions: { readonly resourceVersion?: string; readonly uid?: string } | undefined
  readonly shown: readonly Shown[]
  readonly writes: readonly {
    readonly key: string
    /** What the write took the place of, and all that `update` makes of that. */
    readonly before: KeyValue | undefined
    readonly made: readonly Made[]
    readonly value: KubernetesObject
    readonly revision: number
  }[]
  /** A call got no answer. */
  readonly lost: boolean
  /** It went on writing after that. */
  readonly wroteAfterLoss: boolean
  /** Once there is one. `strange`: `update` was handed what nobody had. */
  readonly answer?: { readonly result: unknown; readonly strange: boolean } | { readonly threw: string }
}

export interface StorageReport {
  finding: Finding | undefined
  updates: number
  /** Writes that came too late, and calls without an answer. */
  outrun: number
  lost: number
}

/** Of a record to which a write, or the answer, has just come. */
export type StorageJudge = (record: UpdateRecord) => Finding | undefined

interface State extends ServerState {
  readonly storageInputs: Log<GuestInput>
}

interface Open {
  row: PendingRequest
  record: UpdateRecord
  refusals: Status[]
  calls: Map<number, { readonly key: string; readonly value?: KubernetesObject }>
}

/** Makes the component; give it to the cluster under the name `kube-apiserver`. */
export function serverWithStorage(
  trial: Trial<any>,
  judge: StorageJudge,
): { readonly component: Component; readonly report: StorageReport } {
  const report: StorageReport = { finding: undefined, updates: 0, outrun: 0, lost: 0 }
  const memo = new GuestMemo(trial)
  const open = new Map<number, Open>()
  const component: Component<State, ApiserverOptions> = {
    ...{ name: kubeApiserver.name },
    init: (options) => ({ ...(kubeApiserver.init(options) as ServerState), storageInputs: new Log() }),
    step(state, event, ctx) {
      if (trial.trap || report.finding) return []
      if (event.type === 'booted') open.clear()
      const hand = new Hand({ trial, judge, report, memo, open }, state)
      const effects = kubeApiserver.step(state, event, withParts(ctx, hand))
      hand.keep()
      return effects
    },
  }
  return { component, report }
}

interface Bench {
  readonly trial: Trial<any>
  readonly judge: StorageJudge
  readonly report: StorageReport
  readonly memo: GuestMemo
  readonly open: Map<number, Open>
}

const LEFT_TO_ITSELF: ReadonlySet<string> = new Set(['services', 'events'])

/** One step's dealings with the learner's code. */
class Hand {
  readonly #bench: Bench
  readonly #state: State
  #guest: Guest | undefined

  constructor(bench: Bench, state: State) {
    this.#bench = bench
    this.#state = state
  }

  update(state: ServerState, row: PendingRequest, ctx: Context): Effect[] | undefined {
    const { info, request } = row
    if ((info.verb !== 'update' && info.verb !== 'patch') || (info.subresource !== '' && info.subresource !== 'status')) return undefined // prettier-ignore
    if (LEFT_TO_ITSELF.has(keyOf(info.resource)) || request.query?.['dryRun']) return undefined
    const place = info.resource.namespaced ? `${info.namespace}/${info.name}` : info.name
    const cached = state.caches[keyOf(info.resource)]?.objects.get(place)
    if (!cached || cached.metadata.deletionTimestamp || cached.metadata.finalizers?.length) return undefined
    const guest = this.#start()
    if (!guest) return []
    this.#bench.report.updates++
    const key = registryKey(info.resource, info.namespace, info.name)
    const { resourceVersion, uid } = info.verb === 'update' ? (request.body as KubernetesObject).metadata : {}
    const insists = resourceVersion !== undefined || uid !== undefined
    const preconditions = insists ? { ...(resourceVersion && { resourceVersion }), ...(uid && { uid }) } : undefined
    const nothing = { shown: [], writes: [], lost: false, wroteAfterLoss: false }
    const record = { who: row.user.name, key, preconditions, ...nothing }
    this.#bench.open.set(row.id, { row: moveTo(state, row, 'lent'), record, refusals: [], calls: new Map() })
    return this.#went(guest.begin('serve', [row.id, key, preconditions ?? null]), row.id, ctx)
  }

  answered(
    _: ServerState,
    { id, call }: { id: number; call: number },
    response: EtcdResponse | undefined,
    ctx: Context,
  ): Effect[] {
    // prettier-ignore
    const one = this.#bench.open.get(id)
    const asked = one?.calls.get(call)
    const guest = this.#start()
    if (!one || !asked || !guest) return []
    one.calls.delete(call)
    if (response === undefined || response.type === 'Error') {
      this.#bench.report.lost++
      one.record = { ...one.record, lost: true }
      return this.#went(guest.deliver(call, { error: { name: 'Error', message: LOST } }), id, ctx)
    }
    const told =
      asked.value === undefined
        ? this.#told(one, (response as RangeResponse).kvs[0], (kv) => kv, ctx)
        : this.#decided(one, asked as { key: string; value: KubernetesObject }, response as TxnResponse, ctx)
    return told ? this.#went(guest.deliver(call, { value: told }), id, ctx) : []
  }

  keep(): void {
    if (this.#guest && !this.#bench.trial.trap) this.#bench.memo.keep(this.#state.storageInputs, this.#guest)
  }

  /** A value on its way to the learner's code, with what `update` makes of it. */
  #told(one: Open, kv: KeyValue | undefined, told: (kv: object | undefined) => unknown, ctx: Context): object {
    const made = kv && this.#made(one, kv, ctx)
    one.record = { ...one.record, shown: [...one.record.shown, { kv, made }] }
    if (!kv) return { told: told(undefined) }
    const { value, modRevision, createRevision, version } = kv
    const current = withRevision(value as KubernetesObject, modRevision)
    return {
      told: told({ value, modRevision, createRevision, version }),
      current,
      made: 'object' in made! ? made.object : made,
    }
  }

  /** What the server's own code makes of it. What the caller insists on is the learner's to look at. */
  #made(one: Open, kv: KeyValue, ctx: Context): Made {
    const { row } = one
    const origin = { object: kv.value as KubernetesObject, modRevision: kv.modRevision, cached: undefined }
    const body =
      row.info.verb === 'update' ? insistingOnNothing(row.request.body as KubernetesObject, kv) : row.request.body
    const own = { ...row, request: { ...row.request, body } }
    const prepared = prepareChange(this.#state, own, origin, admissionOf(this.#state, own, ctx), ctx)
    if ('object' in prepared) return { object: withRevision(prepared.object, kv.modRevision) }
    one.refusals.push(prepared.refused)
    const { code, reason = 'Unknown' } = prepared.refused
    return { refuse: { code, reason } }
  }

  #decided(
    one: Open,
    { key, value }: { key: string; value: KubernetesObject },
    response: TxnResponse,
    ctx: Context,
  ): object | undefined {
    // prettier-ignore
    const { revision } = response.header
    const found = (response.responses[0] as RangeResponse).kvs[0]
    if (!response.succeeded) {
      this.#bench.report.outrun++
      return this.#told(one, found, (kv) => ({ succeeded: false, revision, ...(kv && { found: kv }) }), ctx)
    }
    const known = one.record.shown.filter(({ kv }) => kv && kv.modRevision === found?.modRevision)
    const made = known.length > 0 ? known.map((shown) => shown.made!) : found ? [this.#made(one, found, ctx)] : []
    one.record = { ...one.record, writes: [...one.record.writes, { key, before: found, made, value, revision }] }
    this.#bench.report.finding = this.#bench.judge(one.record)
    return this.#bench.report.finding ? undefined : { told: { succeeded: true, revision } }
  }

  #went(turn: Turn, id: number, ctx: Context): Effect[] {
    const { trial } = this.#bench
    trial.keepConsole(turn.console, trial.built?.now)
    const effects: Effect[] = []
    const [stuck] = turn.stuck
    if (turn.trap) trial.trap ??= { failure: turn.trap, during: 'guaranteedUpdate' }
    else if (stuck && this.#bench.open.size === 1) trial.trap ??= { failure: stuck.outcome, during: 'guaranteedUpdate' }
    for (const request of turn.requests) effects.push(...this.#perform(request, ctx))
    for (const { outcome } of turn.settled) {
      if (!outcome.ok && outcome.kind !== 'threw') trial.trap ??= { failure: outcome, during: 'guaranteedUpdate' }
      else if (!outcome.ok && !outcome.message.includes(LOST))
        trial.trap ??= { failure: outcome, during: 'guaranteedUpdate' }
      else if (!trial.trap)
        effects.push(...this.#settled(id, outcome.ok ? (outcome.value as Answered) : { threw: outcome.message }))
    }
    return trial.trap || this.#bench.report.finding ? [] : effects
  }

  #perform({ id: call, method, args }: Turn['requests'][number], ctx: Context): Effect[] {
    const [id, key, condition, value] = args as [number, string, Condition, KubernetesObject]
    const one = this.#bench.open.get(id)
    if (!one || typeof key !== 'string') return this.#senseless(`${method}(${String(key)})`)
    const purpose = { type: 'lent', id, call } as const
    if (method === 'get') {
      one.calls.set(call, { key })
      return [callEtcd(this.#state, ctx, { type: 'Range', key }, purpose)]
    }
    if (typeof value !== 'object' || value === null || typeof value.metadata !== 'object')
      return this.#senseless(`txn(${key}, …, ${JSON.stringify(value)})`)
    if (one.record.lost) one.record = { ...one.record, wroteAfterLoss: true }
    one.calls.set(call, { key, value })
    const operands = [['MOD', condition?.modRevision], ['CREATE', condition?.createRevision], ['VERSION', condition?.version]] as const // prettier-ignore
    const compare = operands.flatMap(([target, operand]): Compare[] =>
      operand === undefined ? [] : [{ target, result: 'EQUAL', key, operand }],
    )
    const read = { type: 'Range', key } as const
    const put = { type: 'Put', key, value: deepFreeze(value), lease: NO_LEASE } as const
    return [callEtcd(this.#state, ctx, { type: 'Txn', compare, success: [read, put], failure: [read] }, purpose)]
  }

  #senseless(message: string): Effect[] {
    this.#bench.trial.trap ??= { failure: { ok: false, kind: 'wrong-type', message }, during: 'guaranteedUpdate' }
    return []
  }

  #settled(id: number, answer: Answered): Effect[] {
    const { open, report, judge } = this.#bench
    const one = open.get(id)!
    open.delete(id)
    one.record = { ...one.record, answer }
    report.finding = judge(one.record)
    const row = this.#state.requests.get(id)
    if (report.finding || !row) return []
    const { object, status } = (
      answer as { result: { object?: KubernetesObject; status?: { code: number; reason: string } } }
    ).result
    return status
      ? refuse(this.#state, row, statusOf(one, status))
      : respond(this.#state, row, 200, storedAs(one, object!))
  }

  #start(): Guest | undefined {
    if (this.#guest || this.#bench.trial.trap) return this.#guest
    const { storageInputs } = this.#state
    const { trial, memo } = this.#bench
    if (storageInputs.length > 0) return (this.#guest = memo.take(storageInputs))
    const started = trial.engine.start(trial.guestOptions)
    if (!started.ok) {
      trial.trap = { failure: started, during: 'loading the module' }
      return undefined
    }
    trial.adopt(started.guest)
    return (this.#guest = started.guest)
  }
}

type Answered = NonNullable<UpdateRecord['answer']>
interface Condition {
  readonly modRevision?: number
  readonly createRevision?: number
  readonly version?: number
}

const LOST = 'etcdserver: request timed out'

function insistingOnNothing(body: KubernetesObject, { modRevision }: KeyValue): KubernetesObject {
  const { uid: _, ...metadata } = body.metadata
  return { ...body, metadata: { ...metadata, resourceVersion: String(modRevision) } }
}

/** What is written, in the server's own hands; else what was shown. */
function storedAs({ record }: Open, told: KubernetesObject): KubernetesObject {
  const [write] = record.writes
  if (write) return withRevision(write.value, write.revision)
  const shown = record.shown.find(({ kv }) => kv && isEqual(kv.value, withoutRevision(told)))?.kv
  return shown ? withRevision(shown.value as KubernetesObject, shown.modRevision) : deepFreeze(told)
}

function statusOf({ row, refusals }: Open, { code, reason }: { code: number; reason: string }): Status {
  const { resource, name } = row.info
  const own = refusals.findLast((one) => one.code === code && one.reason === reason)
  if (own) return own
  if (code === 404) return notFound(resource, name)
  if (code === 409) return conflict(resource, name, MODIFIED)
  return code === 504 ? timeout('request did not complete within requested timeout') : internalError(reason)
}
