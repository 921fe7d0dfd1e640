/**
 * The shape of every built-in controller: watch, compare, act, and be called again.
 *
 * What the real one does: informers feed a work queue; a few workers take keys and run a blocking `syncHandler`.
 * What we model: the same with a synchronous `reconcile(key)` that returns the calls it wants made. Replies only settle
 * expectations and requeue; there is never a half-finished reconcile to keep.
 * Of several managers one works: with `leaderElect` the informers start once this one holds the Lease.
 * What we leave out: per-controller client rate limits.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/controller_utils.go`; sample-controller `controller.go`.
 */
import type { Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Answer, ApiClient, ApiRequest } from './api-client.ts'
import { answerOf, createApiClient, isOk, messageOf, send } from './api-client.ts'
import { DEFINITIONS, followDefinition } from './custom-informers.ts'
import type { EventNote, EventRecorder } from './event-recorder.ts'
import { createEventRecorder, recordEvent } from './event-recorder.ts'
import type { Delta, Indexer, Informer } from './informer.ts'
import { createInformer, startInformer, stepInformer } from './informer.ts'
import type { Caches } from './informer-caches.ts'
import { InformerCaches } from './informer-caches.ts'
import type { LeaderElection } from './leader-election.ts'
import { healthAsked } from './health-port.ts'
import { createLeaderElection, startElection, stepElection } from './leader-election.ts'
import type { WorkQueue } from './work-queue.ts'
import { add, createWorkQueue, done, forget, retryAfter, take } from './work-queue.ts'

export type { Caches }

export interface Call {
  readonly request: ApiRequest
  /** Plain data that `settle` gets back with the answer. */
  readonly tag?: unknown
  /** Reasons that count as success, for example `NotFound` on a delete. */
  readonly accept?: readonly string[]
}

export interface Reconciled {
  readonly calls?: readonly Call[]
  /** Look at this key again after this long, whatever happens. */
  readonly requeueAfterMicros?: Micros
  /** Take this key again at once when all calls have succeeded. */
  readonly again?: boolean
  /** Sent as they are; nobody waits for their answers. */
  readonly events?: readonly EventNote[]
}

/** A key now, or a key later. */
export type Enqueue = string | { readonly key: string; readonly afterMicros: Micros }

export interface Watch<Memory> {
  readonly resource: string
  /** It is watched only where another controller that runs watches it. */
  readonly ifWatched?: boolean
  /** Which keys a change concerns; may settle expectations in the memory on the way. */
  enqueue(delta: Delta, caches: Caches, memory: Memory, ctx: Context): Iterable<Enqueue>
}

export interface Controller<Memory = any> {
  readonly name: string
  /** It runs only where it is asked for by name. */
  readonly offByDefault?: boolean
  /** Keys worked on at once. Default 5, as upstream. */
  readonly workers?: number
  readonly watches: readonly Watch<Memory>[]
  /** Changes of what definitions bring, where somebody watches definitions; `name` is the definition's. */
  onCustom?(name: string, delta: Delta, caches: Caches, memory: Memory, ctx: Context): Iterable<Enqueue>
  /** Indexes that its caches need, per resource; `*`: of whatever a definition brings. */
  readonly indexes?: Readonly<Record<string, Readonly<Record<string, Indexer>>>>
  /** Who Events say they come from. Default: the name with `-controller`. */
  readonly eventSource?: string
  /** What it remembers between calls (expectations, when it first saw something): plain data and Tables. */
  memory(options: ManagerOptions): Memory
  reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled
  /** Told of each answer; `failed` unless it succeeded or its reason was accepted. May have Events to tell. */
  settle?(
    key: string,
    call: Call,
    answer: Answer,
    failed: boolean,
    memory: Memory,
    ctx: Context,
  ): readonly EventNote[] | undefined | void
}

export interface ManagerOptions {
  readonly servers: readonly ProcessId[]
  /** Names of the controllers to leave out, for example because a learner's takes its place. */
  readonly disabled?: readonly string[]
  /** Names of those that are off by default, and are to run nevertheless. */
  readonly enabled?: readonly string[]
  /** Others like it run: it works only while it holds the Lease of its name. Default false. */
  readonly leaderElect?: boolean
  /** Options of single controllers, such as `clusterCIDR`. */
  readonly [option: string]: unknown
}

export interface ManagerState {
  /** Undefined where there is nobody to compete with. */
  election: LeaderElection | undefined
  client: ApiClient
  informers: Record<string, Informer>
  /** Those of kinds that definitions bring. */
  customs: string[]
  running: Record<string, Running>
}

interface Running {
  queue: WorkQueue
  memory: any
  recorder: EventRecorder
  /** When keys that wait for a time are due. One timer per key: the earliest counts. */
  later: Table<string, Micros>
  /** Calls under way per key. */
  open: Table<string, Open>
}

interface Open {
  readonly calls: number
  readonly failed: boolean
  readonly again: boolean
}

interface CallTag {
  readonly controller: string
  readonly key: string
  readonly call: Call
}

/** Several controllers in one process, on shared informers. */
export function controllerManager(
  name: string,
  controllers: readonly Controller[],
): Component<ManagerState, ManagerOptions> {
  const indexers = collectIndexers(controllers)
  const byName = new Map(controllers.map((controller) => [controller.name, controller]))
  const watchers = collectWatchers(controllers)
  const resources = [...watchers.keys()]
  return {
    name,
    init(options) {
      const active = controllers.filter(
        ({ name: one, offByDefault = false }) =>
          !options.disabled?.includes(one) && (!offByDefault || options.enabled?.includes(one) === true),
      )
      const needed = active.flatMap(({ watches }) => watches.filter(({ ifWatched = false }) => !ifWatched))
      const asked = [...new Set(needed.map(({ resource }) => resource))]
      const informers = asked.map((resource) => {
        return [resource, createInformer({ resource }, Object.keys(indexers[resource] ?? {}))]
      })
      const running = active.map((controller) => {
        const recorder = createEventRecorder(controller.eventSource ?? `${controller.name}-controller`)
        const memory = controller.memory(options)
        return [controller.name, { queue: createWorkQueue(), memory, recorder, later: new Table(), open: new Table() }]
      })
      return {
        election: options.leaderElect ? createLeaderElection(name, options.servers) : undefined,
        client: createApiClient(options.servers, `system:${name}`),
        informers: Object.fromEntries(informers),
        customs: [],
        running: Object.fromEntries(running),
      }
    },
    step(state, event, ctx) {
      const effects: Effect[] = []
      const { election } = state
      if (event.type === 'booted') return election ? startElection(election, ctx) : startInformers(state, ctx)
      const step = election && stepElection(election, event, ctx)
      if (step) return step.started ? [...step.effects, ...startInformers(state, ctx)] : [...step.effects]
      const health = healthAsked(event)
      if (health) return health
      const manager = {
        state,
        indexers,
        byName,
        watchers,
        resources,
        effects,
        ctx,
        caches: new InformerCaches(state),
      }
      takeIn(manager, event)
      work(manager)
      return effects
    },
  }
}

const startInformers = (state: ManagerState, ctx: Context): Effect[] =>
  Object.values(state.informers).map((informer) => startInformer(informer, state.client, ctx))

interface Manager {
  readonly state: ManagerState
  readonly indexers: Readonly<Record<string, Readonly<Record<string, Indexer>>>>
  readonly byName: ReadonlyMap<string, Controller>
  readonly watchers: ReadonlyMap<string, readonly Watcher[]>
  /** What is watched, in order. */
  readonly resources: readonly string[]
  readonly effects: Effect[]
  readonly ctx: Context
  readonly caches: Caches
}

function takeIn(manager: Manager, event: Event): void {
  const { state, ctx, effects } = manager
  const answer = answerOf(state.client, event)
  if (answer) return settle(manager, answer)
  if (event.type === 'timer' && event.key.startsWith('again/')) {
    const slash = event.key.indexOf('/', 'again/'.length)
    const running = state.running[event.key.slice('again/'.length, slash)]!
    const key = event.key.slice(slash + 1)
    running.later.delete(key)
    return add(running.queue, key)
  }
  const stream = event.type === 'data' || event.type === 'closed' ? event.stream : undefined
  for (const resource of manager.resources) {
    const informer = state.informers[resource]
    // Every event comes by here, and there are dozens of informers.
    if (!informer || (stream !== undefined && informer.stream !== stream)) continue
    const step = stepInformer(informer, manager.indexers[resource] ?? {}, state.client, event, ctx)
    if (!step) continue
    effects.push(...step.effects)
    for (const delta of step.deltas) tell(manager, resource, delta)
    return
  }
  for (const name of state.customs) {
    const step = stepInformer(state.informers[name]!, manager.indexers[CUSTOM] ?? {}, state.client, event, ctx)
    if (!step) continue
    effects.push(...step.effects)
    for (const delta of step.deltas) tellCustom(manager, name, delta)
    return
  }
}

/** Under which the indexes of what definitions bring are given. */
const CUSTOM = '*'

function tellCustom(manager: Manager, name: string, delta: Delta): void {
  for (const controller of manager.byName.values()) {
    const running = manager.state.running[controller.name]
    const entries = running && controller.onCustom?.(name, delta, manager.caches, running.memory, manager.ctx)
    for (const entry of entries ?? []) enter(manager, controller.name, running!, entry)
  }
}

function tell(manager: Manager, resource: string, delta: Delta): void {
  const { state, ctx, caches } = manager
  if (resource === DEFINITIONS)
    manager.effects.push(...followDefinition(state, delta, Object.keys(manager.indexers[CUSTOM] ?? {}), ctx))
  for (const { controller, watch } of manager.watchers.get(resource)!) {
    const running = state.running[controller]
    // One that was not asked for does not run.
    if (running === undefined) continue
    const entries = watch.enqueue(delta, caches, running.memory, ctx)
    // Mostly a list, and mostly empty.
    if (!Array.isArray(entries)) for (const entry of entries) enter(manager, controller, running, entry)
    else for (let i = 0; i < entries.length; i++) enter(manager, controller, running, entries[i] as Enqueue)
  }
}

function enter(manager: Manager, controller: string, running: Running, entry: Enqueue): void {
  if (typeof entry === 'string') add(running.queue, entry)
  else addLater(manager, controller, entry.key, entry.afterMicros)
}

/** Puts a key in line after a while, unless it is due earlier already. */
function addLater({ state, ctx, effects }: Manager, controller: string, key: string, after: Micros): void {
  const { later } = state.running[controller]!
  const due = later.get(key)
  if (due !== undefined && due <= ctx.now + after) return
  later.set(key, ctx.now + after)
  effects.push({ type: 'wake', key: `again/${controller}/${key}`, after })
}

function tellEvents(
  { state, ctx, effects }: Manager,
  controller: string,
  events: readonly EventNote[] | undefined | void,
): void {
  for (const note of events ?? []) {
    const request = recordEvent(state.running[controller]!.recorder, ctx, note)
    if (request) effects.push(send(state.client, ctx, request, undefined))
  }
}

/** Lets every controller whose informers are in sync work off its queue, as far as its workers reach. */
function work(manager: Manager): void {
  for (const controller of manager.byName.values()) {
    const running = manager.state.running[controller.name]
    if (running === undefined || running.queue.waiting.size === 0) continue
    if (!controller.watches.every(({ resource }) => manager.state.informers[resource]?.synced ?? true)) continue
    const workers = controller.workers ?? 5
    while (running.queue.processing.size < workers) {
      const key = take(running.queue)
      if (key === undefined) break
      reconcileOne(manager, controller, running, key)
    }
  }
}

function reconcileOne(manager: Manager, controller: Controller, running: Running, key: string): void {
  const { ctx, effects, state } = manager
  const {
    calls = [],
    again = false,
    events,
    requeueAfterMicros,
  } = controller.reconcile(key, manager.caches, running.memory, ctx)
  if (requeueAfterMicros !== undefined) addLater(manager, controller.name, key, requeueAfterMicros)
  tellEvents(manager, controller.name, events)
  if (calls.length === 0) {
    forget(running.queue, key)
    return done(running.queue, key)
  }
  running.open.set(key, { calls: calls.length, failed: false, again })
  for (const call of calls) {
    const tag: CallTag = { controller: controller.name, key, call }
    effects.push(send(state.client, ctx, call.request, tag))
  }
}

function settle(manager: Manager, answer: Answer): void {
  if (answer.tag === undefined) return
  const { controller: name, key, call } = answer.tag as CallTag
  const { ctx } = manager
  const running = manager.state.running[name]!
  const reason = (answer.body as { reason?: string } | undefined)?.reason
  const failed = !isOk(answer) && !(reason !== undefined && call.accept?.includes(reason))
  if (failed) ctx.note('callFailed', { controller: name, key, message: messageOf(answer) })
  tellEvents(manager, name, manager.byName.get(name)!.settle?.(key, call, answer, failed, running.memory, ctx))
  const open = running.open.get(key)!
  const left = { ...open, calls: open.calls - 1, failed: open.failed || failed }
  if (left.calls > 0) {
    running.open.set(key, left)
    return
  }
  running.open.delete(key)
  if (left.failed) addLater(manager, name, key, retryAfter(running.queue, key))
  else {
    forget(running.queue, key)
    if (left.again) add(running.queue, key)
  }
  done(running.queue, key)
}

interface Watcher {
  readonly controller: string
  readonly watch: Watch<any>
}

/** Who is to be told of a change of a resource, in the order of the controllers. */
function collectWatchers(controllers: readonly Controller[]): ReadonlyMap<string, readonly Watcher[]> {
  const all = new Map<string, Watcher[]>()
  for (const { name, watches } of controllers) {
    for (const watch of watches) {
      const watchers = all.get(watch.resource) ?? []
      all.set(watch.resource, [...watchers, { controller: name, watch }])
    }
  }
  return all
}

function collectIndexers(controllers: readonly Controller[]): Record<string, Record<string, Indexer>> {
  const all: Record<string, Record<string, Indexer>> = {}
  for (const { indexes = {} } of controllers) {
    for (const [resource, rows] of Object.entries(indexes)) all[resource] = { ...all[resource], ...rows }
  }
  return all
}
