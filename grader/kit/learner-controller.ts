/**
 * A learner's controller as a component: a process in the world, with an asynchronous guest inside.
 *
 * What the real one does: informers feed a work queue; workers call a blocking `Reconcile` that reads the cache and writes
 * through the API server (controller-runtime).
 * What we model: exactly that. Each await of the learner's code takes virtual time, the cache lags, and the process may die
 * before or after any call; it then starts again with an empty memory. Faults are options, so a run is data.
 * What we leave out: more than one replica and leader election; client-side rate limits; a cache of unstructured objects.
 * Where to read upstream: controller-runtime `pkg/internal/controller/controller.go`, client-go `tools/cache`.
 */
import { splitKey } from '#cluster/api/meta.ts'
import type { ApiClient, Answer as ApiAnswer } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, send } from '#cluster/client/api-client.ts'
import type { Delta, Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { WorkQueue } from '#cluster/client/work-queue.ts'
import { add, createWorkQueue, done, forget, retryAfter, take } from '#cluster/client/work-queue.ts'
import type { Component, Context, Effect, Event, Micros } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, GuestInput, Turn } from '../sandbox/sandbox.ts'
import type { ClientCall } from './controller-calls.ts'
import {
  answerFor,
  BadCall,
  fromCache,
  lostAnswer,
  readCall,
  refusal,
  requestOf,
  sentOnce,
} from './controller-calls.ts'
import { ControllerStory } from './controller-story.ts'
import { GuestMemo } from './learner-process.ts'
import type { ControllerReport, LearnerControllerOptions, LearnerControllerSpec } from './learner-controller-options.ts'
import { lossOf, refusalFor } from './learner-controller-options.ts'
import type { Trial } from './trial.ts'

export interface ControllerState {
  options: LearnerControllerOptions
  client: ApiClient
  informers: Record<string, Informer>
  queue: WorkQueue
  /** Everything that has entered the guest in this life. */
  inputs: Log<GuestInput>
  /** Keys of the reconciles that run, by task. */
  tasks: Table<number, string>
  /** Calls on their way, by the guest's number. */
  open: Table<number, ClientCall>
  /** Answers of the cache, and refusals, that are handed over a little later. */
  ready: Table<number, Answer | 'cache'>
  /** Events of watches that the cache has not heard of yet. */
  held: Table<number, Event>
  counts: Table<string, number>
  /** The version of each object that the guest has from the cache in this life, by resource and key. */
  told: Table<string, string>
  heldNext: number
  calls: number
  /** Since none was at work. */
  callsInTask: number
  life: number
  /** By this machine's clock. */
  bootedAt: Micros
  /** A budget ran out: the process stands still, so that nothing hides what happened. */
  dead: boolean
}

/** How long the cache takes to answer. */
const CACHE_MICROS: Micros = 10
const RELIST_MICROS: Micros = 10_000_000
/** When a change is told for the second time. */
const TWICE_MICROS: Micros = 500_000

/** Makes the component, and puts its report into `trial.controllers`. Give it to `World` under its name. */
export function learnerController(
  trial: Trial<any>,
  spec: LearnerControllerSpec,
): Component<ControllerState, LearnerControllerOptions> {
  const memo = new GuestMemo(trial)
  const report: ControllerReport = { calls: 0, writes: [], liveReads: 0, reconciles: 0, lives: 0 }
  trial.controllers.push(report)
  return {
    name: spec.name,
    init: (options) => ({
      options,
      client: createApiClient(options.servers, `system:serviceaccount:kube-system:${spec.name}`),
      informers: Object.fromEntries(spec.resources.map((resource) => [resource, createInformer({ resource })])),
      queue: createWorkQueue(),
      ...{ inputs: new Log(), tasks: new Table(), open: new Table(), ready: new Table(), held: new Table() },
      ...{ counts: new Table(), told: new Table(), heldNext: 1, calls: 0, callsInTask: 0, life: 0, bootedAt: 0 },
      dead: false,
    }),
    step(state, event, ctx) {
      if (state.dead) return []
      if (trial.late) state.options = { ...state.options, ...trial.late }
      const life = new Life(trial, spec, report, memo, state, ctx)
      life.take(event)
      return life.effects
    },
  }
}

/** One step of the process. Lives no longer than the step. */
class Life {
  readonly effects: Effect[] = []
  #trial: Trial<any>
  #spec: LearnerControllerSpec
  #report: ControllerReport
  #memo: GuestMemo
  #state: ControllerState
  #ctx: Context
  #guest: Guest | undefined
  #story: ControllerStory | undefined
  #over = false

  constructor(
    trial: Trial<any>,
    spec: LearnerControllerSpec,
    report: ControllerReport,
    memo: GuestMemo,
    state: ControllerState,
    ctx: Context,
  ) {
    this.#trial = trial
    this.#spec = spec
    this.#report = report
    this.#memo = memo
    this.#state = state
    this.#ctx = ctx
    this.#story = trial.story && new ControllerStory(trial.story)
  }

  take(event: Event): void {
    if (event.type === 'booted') this.#boot(event.incarnation)
    else if (event.type === 'timer') this.#timer(event)
    else if (!this.#settleAnswer(event)) this.#informer(event, true)
    if (!this.#over) this.#work()
    if (this.#guest && !this.#over) this.#memo.keep(this.#state.inputs, this.#guest)
  }

  #boot(incarnation: number): void {
    this.#state.life = incarnation
    this.#state.bootedAt = this.#ctx.now
    this.#report.lives = Math.max(this.#report.lives, incarnation)
    this.#story?.started(incarnation)
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) return this.#die(started)
    this.#guest = started.guest
    this.#trial.adopt(started.guest)
    started.guest.call('boot', [this.#ctx.random('guest').int(0x7fffffff)])
    const { client, informers } = this.#state
    for (const informer of Object.values(informers)) this.effects.push(startInformer(informer, client, this.#ctx))
    if (this.#relistMicros() > 0) this.effects.push({ type: 'wake', key: 'relist', after: this.#relistMicros() })
  }

  #relistMicros(): Micros {
    const { relistMicros, missesPerMille } = this.#state.options
    return relistMicros ?? (missesPerMille ? RELIST_MICROS : 0)
  }

  #timer(event: Event & { type: 'timer' }): void {
    const [kind, rest] = splitOnce(event.key)
    if (kind === 'ready') return this.#handOver(Number(rest))
    if (kind === 'again') return add(this.#state.queue, rest)
    if (kind === 'relist') return this.#relist()
    if (kind !== 'held') return void this.#informer(event, false)
    const held = this.#state.held.get(Number(rest))
    this.#state.held.delete(Number(rest))
    if (held) this.#informer(held, false)
  }

  // ── the cache ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #informer(event: Event, mayHold: boolean): void {
    const { options, informers, client } = this.#state
    const isWatch = event.type === 'data' && event.body.type === 'watchEvent'
    if (mayHold && (isWatch || event.type === 'closed')) {
      const chance = this.#ctx.random('cache')
      if (isWatch && chance.int(1000) < (options.missesPerMille ?? 0)) {
        this.#ctx.note('missed', event)
        return this.#story?.missed(event)
      }
      if (options.lagMicros) return this.#hold(event, options.lagMicros)
    }
    for (const resource of this.#spec.resources) {
      const step = stepInformer(informers[resource]!, {}, client, event, this.#ctx)
      if (!step) continue
      this.effects.push(...step.effects)
      for (const delta of step.deltas) this.#tell(resource, delta)
      return
    }
  }

  #hold(event: Event, after: Micros): void {
    const number = this.#state.heldNext++
    this.#state.held.set(number, event)
    this.effects.push({ type: 'wake', key: `held/${number}`, after })
  }

  #tell(resource: string, delta: Delta): void {
    const old = delta.type === 'added' ? undefined : delta.old
    const { queue, options } = this.#state
    this.#story?.heard(delta)
    for (const key of this.#spec.keysOf(resource, delta.object, old)) {
      add(queue, key)
      const isTwice = this.#ctx.random('twice').int(1000) < (options.twicePerMille ?? 0)
      if (isTwice) this.#again(key, TWICE_MICROS)
    }
  }

  #relist(): void {
    const { client, informers } = this.#state
    for (const informer of Object.values(informers)) {
      if (informer.phase !== 'watching') continue
      this.effects.push({ type: 'close', stream: informer.stream })
      informer.resourceVersion = ''
      this.effects.push(startInformer(informer, client, this.#ctx))
    }
    this.effects.push({ type: 'wake', key: 'relist', after: this.#relistMicros() })
  }

  // ── reconciles ────────────────────────────────────────────────────────────────────────────────────────────────────

  #work(): void {
    const { informers, queue, tasks } = this.#state
    if (queue.waiting.size === 0 || !Object.values(informers).every(({ synced }) => synced)) return
    while (!this.#over && tasks.size < (this.#spec.workers ?? 1)) {
      const key = take(queue)
      if (key === undefined) return
      if (tasks.size === 0) this.#state.callsInTask = 0
      this.#report.reconciles++
      const { namespace, name } = splitKey(key)
      this.#story?.begins(key)
      this.#enter((guest) => {
        const turn = guest.begin('reconcile', [{ namespace, name }, this.#nowMs()])
        tasks.set(turn.task, key)
        return turn
      })
    }
  }

  #enter(act: (guest: Guest) => Turn): void {
    this.#guest ??= this.#memo.take(this.#state.inputs)
    const turn = act(this.#guest)
    this.#trial.keepConsole(turn.console, this.#now())
    if (turn.trap) return this.#die(turn.trap)
    for (const { task, outcome } of turn.settled) {
      const key = this.#state.tasks.get(task)!
      this.#state.tasks.delete(task)
      this.#story?.ends(key, outcome.ok ? undefined : outcome.message)
      if (outcome.ok) this.#reconciled(key, outcome.value as { requeueAfterMs?: number })
      else if (outcome.kind === 'threw') {
        this.#trial.thrown = { failure: outcome, during: `reconcile(${key})` }
        this.#ctx.note('reconcileFailed', { key, message: outcome.message })
        this.#again(key, retryAfter(this.#state.queue, key))
        done(this.#state.queue, key)
      } else return this.#die(outcome)
    }
    for (const request of turn.requests) if (!this.#over) this.#perform(request)
    const [stuck] = turn.stuck
    if (stuck && !this.#over) this.#die(stuck.outcome)
  }

  #reconciled(key: string, { requeueAfterMs }: { requeueAfterMs?: number }): void {
    const { queue } = this.#state
    forget(queue, key)
    done(queue, key)
    if (requeueAfterMs !== undefined) this.#again(key, Math.round(requeueAfterMs * 1000))
  }

  #again(key: string, after: Micros): void {
    this.effects.push({ type: 'wake', key: `again/${key}`, after })
  }

  // ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #perform(request: Turn['requests'][number]): void {
    const state = this.#state
    const restless = this.#trial.tooManyCalls(++state.callsInTask)
    if (restless) return this.#die(restless, `reconcile(${this.#by()})`)
    let call: ClientCall
    try {
      call = readCall(request)
    } catch (thrown) {
      if (!(thrown instanceof BadCall)) throw thrown
      return this.#soon(request.id, refusal(400, 'BadRequest', thrown.message, this.#nowMs()))
    }
    const isRead = call.verb === 'get' || call.verb === 'list'
    state.open.set(call.id, call)
    if (isRead && !call.live && state.informers[call.resource]) return this.#soon(call.id, 'cache')
    const number = ++state.calls
    if (state.life === 1) this.#report.calls = Math.max(this.#report.calls, number)
    if (this.#crashes(number, 'before')) return this.#exit()
    if (isRead) this.#report.liveReads++
    else this.#report.writes.push({ at: this.#now(), call })
    this.#ctx.note('call', { verb: call.verb, resource: call.resource, namespace: call.namespace, name: call.name })
    this.#story?.calls(call, this.#by())
    const nth = this.#count(call)
    const refused = refusalFor(state.options, call, nth, this.#ctx.now - state.bootedAt)
    if (refused) this.#story?.turnedAway(call, refused.reason, this.#by())
    if (refused) return this.#soon(call.id, refusal(refused.code, refused.reason, refused.message, this.#nowMs()))
    this.effects.push(send(state.client, this.#ctx, requestOf(call), { id: call.id, number, nth }))
  }

  #soon(id: number, answer: Answer | 'cache'): void {
    this.#state.ready.set(id, answer)
    this.effects.push({ type: 'wake', key: `ready/${id}`, after: CACHE_MICROS })
  }

  #handOver(id: number): void {
    const { ready, open, informers } = this.#state
    const answer = ready.get(id)!
    const call = open.get(id)
    ready.delete(id)
    open.delete(id)
    if (answer !== 'cache') return this.#enter((guest) => guest.deliver(id, answer))
    const { items } = informers[call!.resource]!
    const found = fromCache(call!, items.values(), (key) => items.get(key))
    this.#story?.read(call!, found, this.#by())
    const value = { now: this.#nowMs(), ...sentOnce(call!, found, this.#state.told) }
    this.#enter((guest) => guest.deliver(id, { value }))
  }

  #settleAnswer(event: Event): boolean {
    const answer = answerOf(this.#state.client, event)
    if (!answer) return false
    const { id, number, nth } = answer.tag as { id: number; number: number; nth: number }
    const call = this.#state.open.get(id)!
    this.#state.open.delete(id)
    if (this.#crashes(number, 'after')) this.#exit()
    else this.#enter((guest) => guest.deliver(id, this.#toldOf(call, answer, nth)))
    return true
  }

  #toldOf(call: ClientCall, answer: ApiAnswer, nth: number): Answer {
    const loss = lossOf(this.#state.options, call, nth)
    if (loss) {
      this.#story?.lost(call, this.#by(), loss.told?.reason)
      if (!loss.told) return lostAnswer(this.#nowMs())
      return refusal(loss.told.code, loss.told.reason, loss.told.message, this.#nowMs())
    }
    const told = answerFor(call, answer, this.#nowMs())
    this.#story?.answered(call, told, this.#by())
    return told
  }

  /** Whose call it is: with one worker the key that is at work. */
  #by(): string {
    const keys = [...this.#state.tasks.values()]
    return keys.length === 1 ? keys[0]! : ''
  }

  /** The so-manieth call of its verb and resource that this is. */
  #count({ verb, resource }: ClientCall): number {
    const name = `${verb}/${resource}`
    const number = (this.#state.counts.get(name) ?? 0) + 1
    this.#state.counts.set(name, number)
    return number
  }

  // ── ends ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #crashes(number: number, when: 'before' | 'after'): boolean {
    const { crash } = this.#state.options
    const dies = this.#state.life === 1 && crash?.call === number && crash.when === when
    if (dies) this.#story?.dies(number)
    return dies
  }

  #exit(): void {
    this.#over = true
    this.effects.push({ type: 'exit', code: 137 })
  }

  /** The guest is gone for good: the check ends in an error that says why. */
  #die(failure: Parameters<Trial['crash']>[0], during = this.#spec.name): void {
    this.#trial.trap ??= { failure, during }
    this.#ctx.note('died', failure.message)
    this.#over = true
    this.#state.dead = true
  }

  /** True virtual time, for what people read; the learner's code gets this machine's clock. */
  #now(): Micros {
    return this.#trial.built?.now ?? this.#ctx.now
  }

  #nowMs(): number {
    return Math.floor(this.#ctx.now / 1000)
  }
}

function splitOnce(text: string): [string, string] {
  const slash = text.indexOf('/')
  return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)]
}
