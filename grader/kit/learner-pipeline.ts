/**
 * A learner's pipeline inside the simulation's API server: requests pass the stages in its order, and get its answers.
 *
 * What the real one does: `DefaultBuildHandlerChain` and the handlers behind it lead every request through the stages.
 * What we model: the server as it is, with its stages handed over as functions (`pipeline-stages.ts`). Many requests are under
 * way at once, in one guest. Whatever the code is about to ask, and whatever it answers, is judged first; then it is done. The
 * audit log has all requests, with whom the learner's code says that it was. What clients are told is the Status of the stage
 * that refused.
 * What we leave out: what the server leads through its own chain: patches, watches, deletions of collections, subresources but
 * `status`, impersonation, bootstrap tokens and the file of tokens, kinds in two versions and those that definitions add, roles and
 * their bindings, a kind that nobody has asked for before, and bodies that cannot be read. No request here waits by priority and fairness, and
 * none is counted for `/metrics`: the server counts where `up` brings it up, and there it leads its requests itself.
 * Where to read upstream: apiserver `pkg/server/config.go`, `pkg/endpoints/handlers`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Component, Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { pluginsFor } from '#cluster/kube-apiserver/admission/admission.ts'
import { routeOf } from '#cluster/kube-apiserver/aggregation/route.ts'
import { annotate, requestReceived, withAudit } from '#cluster/kube-apiserver/audit/audit.ts'
import { hasCache, knowsVerb, scheduleDeadline } from '#cluster/kube-apiserver/chain/handler-chain.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { decode, prepareCreate } from '#cluster/kube-apiserver/handlers/objects.ts'
import { type Parts, withParts } from '#cluster/kube-apiserver/parts.ts'
import { strategyOf } from '#cluster/kube-apiserver/registry/registry.ts'
import { laneOf, respond } from '#cluster/kube-apiserver/handlers/responses.ts'
import type { RequestInfo } from '#cluster/kube-apiserver/chain/route.ts'
import type { ApiserverOptions, PendingRequest, State as ServerState } from '#cluster/kube-apiserver/state.ts'
import { internalError, success, unauthorized } from '#cluster/kube-apiserver/status.ts'
import { isDryRun, writeOptionsProblem } from '#cluster/kube-apiserver/validation/write-options.ts'
import { viewOf } from '#cluster/kube-apiserver/handlers/views.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, GuestInput, Turn } from '../sandbox/sandbox.ts'
import { GuestMemo } from './learner-process.ts'
import { drawn, type Passing, Stages } from './pipeline-stages.ts'
import type { Finding } from './stop.ts'
import type { Trial } from './trial.ts'

/** One request, from its beginning to its answer; `request` and `settings` as the learner's code is handed them. */
export interface PipelineRecord {
  /** Who asks, as the client would say it. */
  readonly who: string
  readonly request: any
  readonly settings: any
  /** In the order in which they were made; the last has no answer where it is about to be made. */
  readonly calls: readonly PipelineCall[]
  /** Once there is one. */
  readonly result?: { readonly value: unknown } | { readonly threw: string }
}

export interface PipelineCall {
  readonly part: string
  readonly args: readonly unknown[]
  readonly answer?: { readonly value: unknown } | { readonly threw: string }
}

export interface PipelineReport {
  finding: Finding | undefined
  /** Requests that were answered, by code. */
  readonly answered: Record<number, number>
}

/** Of a record to which a call, or the answer, has just come. */
export type PipelineJudge = (record: PipelineRecord) => Finding | undefined

interface State extends ServerState {
  readonly pipelineInputs: Log<GuestInput>
}

/** Makes the component; give it to the cluster under the name `kube-apiserver`. The adapter has `serve(id, request, settings)`. */
export function serverWithPipeline(
  trial: Trial<any>,
  judge: PipelineJudge,
): { readonly component: Component; readonly report: PipelineReport } {
  const report: PipelineReport = { finding: undefined, answered: {} }
  const hand = new Hand(trial, judge, report)
  const component: Component<State, ApiserverOptions> = {
    ...{ name: kubeApiserver.name },
    init: (options) => ({ ...(kubeApiserver.init(options) as ServerState), pipelineInputs: new Log() }),
    step(state, event, ctx) {
      if (trial.trap || report.finding) return []
      hand.enter(state)
      if (event.type === 'booted') hand.boot()
      const lent = withParts(ctx, hand.parts)
      const rang = event.type === 'timer' ? hand.stages.rang(event.key, lent) : undefined
      const effects = rang ? withAudit(state, rang, lent) : kubeApiserver.step(state, event, lent)
      const caught = hand.catch(effects, lent)
      hand.keep()
      return trial.trap || report.finding ? [] : caught
    },
  }
  return { component, report }
}

interface Open extends Passing {
  record: PipelineRecord
  isAudited: boolean
}

const NOBODY: UserInfo = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] })
const BEARER = 'Bearer '
/** No certificate says so: it comes of having shown one. */
const RECOGNISED = 'system:authenticated'
const VERBS: readonly string[] = ['get', 'list', 'create', 'update', 'delete']

class Hand {
  readonly stages = new Stages()
  readonly parts: Parts
  readonly #trial: Trial<any>
  readonly #judge: PipelineJudge
  readonly #report: PipelineReport
  readonly #memo: GuestMemo
  readonly #open = new Map<number, Open>()
  /** Which request a task of the guest's is for. */
  readonly #tasks = new Map<number, number>()
  #state!: State
  #guest: Guest | undefined

  constructor(trial: Trial<any>, judge: PipelineJudge, report: PipelineReport) {
    this.#trial = trial
    this.#judge = judge
    this.#report = report
    this.#memo = new GuestMemo(trial)
    const { admission, answered, heard } = this.stages
    const receive: Parts['receive'] = (_, stream, request, info, ctx) => this.#receive(stream, request, info, ctx)
    this.parts = { admission, answered, heard, receive }
  }

  enter(state: State): void {
    this.#state = state
    this.stages.enter(state)
  }

  boot(): void {
    this.#open.clear()
    this.#tasks.clear()
    this.stages.boot()
  }

  /** What the stages' own requests are answered is for the learner's code. */
  catch(effects: readonly Effect[], ctx: Context): Effect[] {
    return effects.flatMap((effect) => {
      if (effect.type !== 'close' || effect.stream >= 0) return [effect]
      const { status, body } = effect.body as HttpResponse
      const more = this.stages.caught(effect.stream, status, body, ctx) ?? []
      return this.catch(withAudit(this.#state, more, ctx), ctx)
    })
  }

  keep(): void {
    if (this.#guest && !this.#trial.trap) this.#memo.keep(this.#state.pipelineInputs, this.#guest)
    this.#guest = undefined
  }

  // ── a request comes ───────────────────────────────────────────────────────────────────────────────────────────────

  #receive(stream: StreamId, request: HttpRequest, info: RequestInfo | undefined, ctx: Context): Effect[] | undefined {
    const state = this.#state
    if (!info || !isLed(state, request, info)) return undefined
    const object = objectOf(info, request, ctx)
    if (object === null) return undefined
    const guest = this.#start()
    if (!guest) return []
    const settings = {
      audience: state.options.serviceAccountIssuer,
      now: Math.floor(ctx.now / 1e6),
      ...(laneOf(info) === 'mutating' ? pluginsFor(state, info) : { mutating: [], validating: [] }),
    }
    const asked = requestFor(info, request, object)
    const row: PendingRequest = {
      ...{ id: stream, stream, parent: undefined, info, request, user: request.user ?? NOBODY, stage: 'lent' },
      ...{ view: viewOf(request), arrived: ctx.now, deadline: ctx.now + 60_000_000, attempts: 0 },
    }
    state.requests.set(stream, row)
    state[laneOf(info)]++
    const who = request.user?.name ?? ('token' in asked ? 'whoever has that token' : NOBODY.name)
    this.#open.set(stream, {
      ...{ row, user: row.user, isValidating: false, origin: undefined, hooks: undefined, waits: 0 },
      ...{ refusals: [], served: undefined, warnings: [], isAudited: false },
      record: { who, request: asked, settings, calls: [] },
    })
    const turn = guest.begin('serve', [stream, asked, settings])
    this.#tasks.set(turn.task, stream)
    return [...scheduleDeadline(state, row.deadline, ctx), ...this.#went(turn, ctx)]
  }

  // ── what the learner's code asks ──────────────────────────────────────────────────────────────────────────────────

  #went(turn: Turn, ctx: Context): Effect[] {
    const trial = this.#trial
    trial.keepConsole(turn.console, trial.built?.now)
    const fails = (failure: NonNullable<Trial['trap']>['failure']) => (trial.trap ??= { failure, during: 'handle' })
    if (turn.trap) fails(turn.trap)
    else if (turn.stuck.length > 0 && turn.stuck.length === this.#open.size) fails(turn.stuck[0]!.outcome)
    const effects: Effect[] = []
    for (const asked of turn.requests) if (!this.#isOver) effects.push(...this.#perform(asked, ctx))
    for (const { task, outcome } of turn.settled) {
      if (!outcome.ok && outcome.kind !== 'threw') fails(outcome)
      if (this.#isOver) break
      const result = outcome.ok ? { value: outcome.value } : { threw: outcome.message }
      effects.push(...this.#settled(this.#tasks.get(task)!, result, ctx))
    }
    return effects
  }

  get #isOver(): boolean {
    return this.#trial.trap !== undefined || this.#report.finding !== undefined
  }

  #perform({ id: call, method, args }: Turn['requests'][number], ctx: Context): Effect[] {
    const [given, id] = args as [readonly any[], number]
    const one = this.#open.get(id)
    // It has been answered without waiting for this.
    if (!one) return []
    const index = one.record.calls.length
    one.record = { ...one.record, calls: [...one.record.calls, { part: method, args: given }] }
    this.#report.finding = this.#judge(one.record)
    if (this.#report.finding) return []
    const done = (answer: Answer, at: Context): Effect[] => {
      const told = 'error' in answer ? { threw: answer.error.message } : { value: answer.value }
      const calls = one.record.calls.map((made, which) => (which === index ? { ...made, answer: told } : made))
      one.record = { ...one.record, calls }
      const guest = this.#start()
      return guest ? this.#went(guest.deliver(call, answer), at) : []
    }
    return this.#carryOut(one, method, given, ctx, done)
  }

  #carryOut(
    one: Open,
    part: string,
    given: readonly any[],
    ctx: Context,
    done: (answer: Answer, ctx: Context) => Effect[],
  ): Effect[] {
    const [first, second, third] = given
    const value = (found: unknown): Effect[] => done(found === undefined ? {} : { value: found }, ctx)
    switch (part) {
      case 'verify':
        return value(this.stages.verify(first))
      case 'uidOf':
        return value(this.stages.uidOf(first, second, third, ctx))
      case 'authorize': {
        const allowed = this.stages.authorize(one, first.user as UserInfo, ctx)
        const audited = this.#audit(one, first.user as UserInfo, ctx)
        annotate(this.#state, one.row.id, { 'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid' })
        return [...audited, ...value(allowed)]
      }
      case 'admit':
        return this.stages.admit(one, first as string, second, ctx, done)
      case 'validate':
        return this.stages.validate(one, first as KubernetesObject, ctx, done)
      default:
        return this.stages.serve(one, bodyFor(one.row, part, second), ctx, (status, body, at) =>
          done(answerOf(part, status, body), at),
        )
    }
  }

  // ── what it answers ───────────────────────────────────────────────────────────────────────────────────────────────

  #settled(id: number, result: NonNullable<PipelineRecord['result']>, ctx: Context): Effect[] {
    const one = this.#open.get(id)
    if (!one) return []
    this.#open.delete(id)
    this.#report.finding = this.#judge({ ...one.record, result })
    // Whoever asked may have gone.
    const row = this.#state.requests.get(id)
    if (this.#report.finding || !row) return []
    const said = ('value' in result ? result.value : { code: 500 }) as { code: number; object?: unknown }
    this.#report.answered[said.code] = (this.#report.answered[said.code] ?? 0) + 1
    const { status, body } = toldOf(one, said)
    const audited = this.#audit(one, undefined, ctx)
    return [...audited, ...respond(this.#state, { ...row, advice: one.warnings }, status, body)]
  }

  #audit(one: Open, user: UserInfo | undefined, ctx: Context): Effect[] {
    if (one.isAudited || this.#state.options.auditPolicy.rules.length === 0) return []
    one.isAudited = true
    const { info, request, id } = one.row
    return requestReceived(this.#state, id, { request, user, acting: undefined, info }, ctx)
  }

  #start(): Guest | undefined {
    if (this.#guest || this.#trial.trap) return this.#guest
    const { pipelineInputs } = this.#state
    if (pipelineInputs.length > 0) return (this.#guest = this.#memo.take(pipelineInputs))
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) {
      this.#trial.trap = { failure: started, during: 'loading the module' }
      return undefined
    }
    this.#trial.adopt(started.guest)
    return (this.#guest = started.guest)
  }
}

// ── requests that are led ───────────────────────────────────────────────────────────────────────────────────────────

const BOOTSTRAP = /^[a-z0-9]{6}\.[a-z0-9]{16}$/

function isLed(state: ServerState, request: HttpRequest, info: RequestInfo): boolean {
  const { resource, verb, subresource, namespace, name } = info
  if (state.phase !== 'ready' || !VERBS.includes(verb) || !resource.verbs.includes('watch')) return false
  if (resource.custom || resource.storedAs !== undefined || !knowsVerb(info) || !hasCache(state, info)) return false
  if (subresource !== '' && (subresource !== 'status' || (verb !== 'get' && verb !== 'update'))) return false
  if (resource.group === 'rbac.authorization.k8s.io' && laneOf(info) === 'mutating') return false
  const route = routeOf(state, request.path)
  if (!('to' in route) || route.to !== 'local') return false
  if (request.malformed || writeOptionsProblem(info, request)) return false
  const headers = request.headers ?? {}
  const token = headers['authorization']?.slice(BEARER.length) ?? ''
  if (Object.hasOwn(state.options.tokens, token) || BOOTSTRAP.test(token)) return false
  if (Object.keys(headers).some((header) => header.startsWith('impersonate-'))) return false
  // A PUT that may turn out to be a creation.
  const key = resource.namespaced ? `${namespace}/${name}` : name
  return (
    verb !== 'update' || state.caches[keyOf(resource)]!.objects.has(key) || !strategyOf(resource).allowCreateOnUpdate
  )
}

/** What is to be; undefined: nothing is sent; null: nobody can tell. */
function objectOf(info: RequestInfo, { body }: HttpRequest, ctx: Context): KubernetesObject | undefined | null {
  if (info.verb === 'create') return drawn((admission) => prepareCreate(info, body, ctx, admission)) ?? null
  if (info.verb !== 'update') return undefined
  const decoded = decode(info, body)
  return 'refused' in decoded ? null : decoded.object
}

function requestFor(info: RequestInfo, request: HttpRequest, object: KubernetesObject | undefined): object {
  const { verb, resource, subresource, namespace, name } = info
  const { user, headers } = request
  const header = headers?.['authorization']
  return {
    ...{ verb, resource: subresource ? `${resource.resource}/${subresource}` : resource.resource, namespace },
    ...(name !== '' && { name }),
    ...(object && { object }),
    ...(user && { certificate: { name: user.name, groups: user.groups.filter((one) => one !== RECOGNISED) } }),
    ...(header?.startsWith(BEARER) && { token: header.slice(BEARER.length) }),
    ...(laneOf(info) === 'mutating' && isDryRun(request) && { dryRun: true }),
  }
}

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function bodyFor({ request, info }: PendingRequest, part: string, object: unknown): unknown {
  if (part === 'write') return object
  if (info.verb !== 'delete' || request.body === undefined) return undefined
  const { dryRun: _, ...options } = request.body as { dryRun?: unknown }
  return options
}

/** The answer to a stage's own request, as the part has it. */
function answerOf(part: string, status: number, body: any): Answer {
  if (status >= 500) return { error: { name: 'Error', message: String(body?.message ?? status) } }
  const refused = { code: status, reason: String(body?.reason ?? 'Unknown') }
  if (part === 'read') {
    if (status === 404) return {}
    return status < 400 ? { value: body } : { error: { name: 'Error', message: refused.reason } }
  }
  if (part === 'list')
    return status < 400 ? { value: body.items } : { error: { name: 'Error', message: String(body.message) } }
  if (status >= 400) return { value: { refused } }
  return part === 'remove' ? {} : { value: body }
}

/** What the client is told: in the server's words, where a stage has found them. */
function toldOf(one: Open, said: { code: number; object?: unknown }): { status: number; body: unknown } {
  if (said.code >= 400) {
    const own = one.refusals.findLast(({ code }) => code === said.code)
    return { status: said.code, body: own ?? statusOf(said.code) }
  }
  if (one.served) return one.served
  return { status: said.code, body: said.object === undefined ? success(said.code) : deepFreeze(said.object) }
}

const statusOf = (code: number): Status =>
  code === 401 ? unauthorized() : { ...internalError('a stage did not answer'), code }
