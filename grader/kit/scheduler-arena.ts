/**
 * An arena: the simulation's kube-scheduler, alone with a stream of Pods, so that hundreds of runs can be measured.
 *
 * What the real one does: upstream's scheduler_perf runs a scheduler against an API server without kubelets.
 * What we model: the component itself, untouched (queue, back-off, cache, framework, binding cycle), asked and answered in its
 * client's protocol; Pods that come at their time, are bound, run for their time and are gone.
 * What we leave out: the API server and etcd behind that protocol (each answer takes 2 ms and is a yes, status patches are taken
 * and not kept), kubelets, other clients, faults. Checks that need those use `apiWorld`.
 * Where to read upstream: kubernetes/kubernetes `test/integration/scheduler_perf`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import type { Body, Component, Context, Effect, Event, Micros, Random, StreamId } from '#cluster/kernel/component.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { SchedulerOptions } from '#cluster/kube-scheduler/state.ts'

export interface ArenaPlan {
  readonly nodes: readonly Node[]
  /** In order of arrival. */
  readonly arrivals: readonly ArenaArrival[]
}

export interface ArenaArrival {
  readonly atMicros: Micros
  readonly pod: Pod
  /** From its binding to its end. */
  readonly runsMicros: Micros
}

/** What became of one Pod; in the order of the plan. */
export interface Stay {
  readonly arrivedMicros: Micros
  /** Both absent where it was never bound. */
  boundMicros?: Micros
  nodeName?: string
}

export interface ArenaSetup {
  readonly scheduler: Component
  readonly options: Omit<SchedulerOptions, 'servers'>
  readonly plan: ArenaPlan
  readonly seed: number
  /** Asked after each step: whether the rest need not be run. */
  readonly isOver?: () => boolean
  /** Where it ends though Pods wait still, from the last arrival on. Default: an hour. */
  readonly patienceMicros?: Micros
}

const SELF = 'cp-1/kube-scheduler'
const SERVER = 'cp-1/kube-apiserver'
const ANSWER_MICROS: Micros = 2_000
const PATIENCE_MICROS: Micros = 3_600_000_000

/** Runs until every Pod has run and gone. */
export function runArena(setup: ArenaSetup): Stay[] {
  return new Arena(setup).run()
}

/** Something that happens: to the scheduler, or (without an event) here. */
interface Due {
  readonly at: Micros
  readonly seq: number
  readonly event?: Event
  readonly act?: () => void
}

class Arena {
  readonly #setup: ArenaSetup
  readonly #state: unknown
  readonly #stays: Stay[]
  readonly #live = new Map<string, { pod: Pod; index: number }>()
  readonly #timers = new Map<string, number>()
  readonly #streams = new Map<string, Random>()
  #watches = new Map<string, StreamId>()
  /** A binary heap by time, then by order of coming. */
  readonly #due: Due[] = []
  #now: Micros = 0
  #seq = 0
  #ids = 0
  #version = 1
  #left: number

  constructor(setup: ArenaSetup) {
    const { plan, scheduler, options } = setup
    this.#setup = setup
    this.#state = scheduler.init({ ...options, servers: [SERVER] })
    this.#stays = plan.arrivals.map(({ atMicros }) => ({ arrivedMicros: atMicros }))
    this.#left = plan.arrivals.length
    this.#push(0, { event: { type: 'booted', disk: {}, incarnation: 1 } })
    plan.arrivals.forEach((arrival, index) => this.#push(arrival.atMicros, { act: () => this.#arrive(arrival, index) }))
  }

  run(): Stay[] {
    const { plan, isOver, patienceMicros = PATIENCE_MICROS } = this.#setup
    const end = (plan.arrivals.at(-1)?.atMicros ?? 0) + patienceMicros
    while (this.#left > 0 && this.#due.length > 0 && this.#due[0]!.at <= end) {
      const { at, seq, event, act } = popFirst(this.#due)
      this.#now = at
      if (event?.type === 'timer') {
        if (this.#timers.get(event.key) !== seq) continue
        this.#timers.delete(event.key)
      }
      if (event) this.#step(event)
      else act!()
      if (isOver?.()) break
    }
    return this.#stays
  }

  #push(at: Micros, what: Pick<Due, 'event' | 'act'>): number {
    const seq = ++this.#seq
    pushInto(this.#due, { at, seq, ...what })
    return seq
  }

  #step(event: Event): void {
    for (const effect of this.#setup.scheduler.step(this.#state, event, this.#context())) this.#perform(effect)
  }

  #context(): Context {
    return {
      now: this.#now,
      self: SELF,
      machine: 'cp-1',
      id: () => ++this.#ids,
      random: (name) => this.#random(name),
      tracing: false,
      note: () => undefined,
    }
  }

  #random(name: string): Random {
    let random = this.#streams.get(name)
    if (!random) this.#streams.set(name, (random = randomFrom(this.#setup.seed, name)))
    return random
  }

  #perform(effect: Effect): void {
    if (effect.type === 'wake') {
      const event: Event = { type: 'timer', key: effect.key, ...(effect.body && { body: effect.body }) }
      this.#timers.set(effect.key, this.#push(this.#now + effect.after, { event }))
    } else if (effect.type === 'cancelWake') this.#timers.delete(effect.key)
    else if (effect.type === 'open') this.#answer(effect.stream, effect.body as unknown as ApiRequest)
    else throw new Error(`the arena knows no effect "${effect.type}" of a scheduler: teach it, or use apiWorld`)
  }

  // ── in the API server's place ─────────────────────────────────────────────────────────────────────────────────────

  #answer(stream: StreamId, { method, path, query, body }: ApiRequest): void {
    const resource = path.slice(path.lastIndexOf('/') + 1)
    if (method === 'GET' && query?.['watch'] === 'true') {
      this.#watches.set(resource, stream)
      return
    }
    if (method === 'GET') {
      const items = resource === 'nodes' ? this.#setup.plan.nodes.map((node) => this.#versioned(node)) : []
      return this.#respond(stream, 200, { items, metadata: { resourceVersion: String(this.#version) } })
    }
    if (resource === 'binding') {
      const [name, namespace] = [path.split('/').at(-2)!, path.split('/').at(-4)!]
      this.#bind(`${namespace}/${name}`, (body as { target: { name: string } }).target.name)
    }
    this.#respond(stream, 201, {})
  }

  #respond(stream: StreamId, status: number, body: unknown): void {
    const response: Body & { status: number; body: unknown } = { type: 'response', status, body }
    this.#push(this.#now + ANSWER_MICROS, { event: { type: 'closed', stream, reason: 'done', body: response } })
  }

  #versioned<T extends Node | Pod>(object: T): T {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } }
  }

  #tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Pod): Pod {
    const object = this.#versioned(pod)
    const stream = this.#watches.get('pods')
    if (stream === undefined) throw new Error('a Pod came before the scheduler watched: let the first come later')
    const body = { type: 'watchEvent', event: { type, object } }
    this.#push(this.#now + ANSWER_MICROS, { event: { type: 'data', stream, body } })
    return object
  }

  #arrive({ pod }: ArenaArrival, index: number): void {
    this.#live.set(keyOf(pod), { pod: this.#tell('ADDED', pod), index })
  }

  #bind(key: string, nodeName: string): void {
    const live = this.#live.get(key)
    if (!live) return
    const stay = this.#stays[live.index]!
    stay.boundMicros = this.#now
    stay.nodeName = nodeName
    live.pod = this.#tell('MODIFIED', { ...live.pod, spec: { ...live.pod.spec, nodeName } })
    const { runsMicros } = this.#setup.plan.arrivals[live.index]!
    this.#push(this.#now + runsMicros, {
      act: () => {
        this.#live.delete(key)
        this.#left--
        this.#tell('DELETED', live.pod)
      },
    })
  }
}

// ── a heap ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)

function pushInto(heap: Due[], item: Due): void {
  let at = heap.push(item) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(item, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

function popFirst(heap: Due[]): Due {
  const first = heap[0]!
  const item = heap.pop()!
  const size = heap.length
  if (size === 0) return first
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child++
    if (!isBefore(heap[child]!, item)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = item
  return first
}
