/**
 * The scheduler in a world where nodes vanish between filter and bind, bindings conflict, answers are lost and caches are
 * stale: after every bind the truth is asked whether the Pod may be there; in the end, whether anybody waits for nothing.
 *
 * A scheduler decides on what it knows, so a bind may be wrong by the time it comes through. Such windows are documented
 * upstream, and are held against nobody: a node that changed a moment ago, another scheduler's Pod, one's own bind whose answer
 * was lost. Everything else is a violation.
 */
import { conditionOf, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import { changesFrom } from '#cluster/etcd/mvcc/store.ts'
import type { Component, Micros } from '#cluster/kernel/component.ts'
import { registryPrefix } from '#cluster/kube-apiserver/storage/keys.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { find } from '#cluster/kube-scheduler/scheduling-queue.ts'
import type { SchedulerState } from '#cluster/kube-scheduler/state.ts'
import type { SchedulerWorld } from './scheduler-world.ts'
import { BUSY_MICROS, planLife, schedulerWorld } from './scheduler-world.ts'
import { objection } from './scheduling-oracle.ts'

const SECOND = 1_000_000
const ETCD = 'cp-1/etcd'
const START_MICROS = 3 * SECOND
/** Longer than the longest back-off, and shorter than the five minutes after which everybody is tried again. */
const CALM_MICROS = 60 * SECOND
/** How long a change is news: decisions that were made before it may still be under way. */
const NEWS_MICROS = 1_500_000

export interface SchedulerRun {
  readonly problem: string | undefined
  readonly binds: number
  readonly preempted: number
}

export function schedulerUnderFaults(
  seed: number,
  wrap: (component: Component) => Component = (each) => each,
): SchedulerRun {
  const twins = seed % 3 === 0 ? 2 : 1
  const it = schedulerWorld(seed, wrap(kubeScheduler() as Component), twins)
  const judge = new Judge(it)
  planLife(it, START_MICROS)
  planFaults(it, judge)
  const end = START_MICROS + BUSY_MICROS + CALM_MICROS
  it.world.run({ untilMicros: end, until: () => judge.look() !== undefined })
  return { problem: judge.problem ?? judge.waiting(), binds: judge.binds, preempted: judge.preempted }
}

/** Schedulers crash and stall, links are cut, the API server dies; all of it is over when the calm begins. */
function planFaults({ world, draw, schedulers }: SchedulerWorld, judge: Judge): void {
  const over = START_MICROS + BUSY_MICROS
  for (let i = draw.int(4); i > 0; i--) {
    const at = START_MICROS + 2 * SECOND + draw.int(BUSY_MICROS - 4 * SECOND)
    const until = Math.min(at + 200_000 + draw.int(6 * SECOND), over)
    const process = schedulers[draw.int(schedulers.length)]!
    const machine = process.split('/')[0]!
    const kind = draw.int(5)
    judge.faults.push({ at, until })
    if (kind === 0) world.command(at, { type: 'crash', process })
    if (kind === 1) {
      world.command(at, { type: 'pause', process })
      world.command(until, { type: 'resume', process })
    }
    if (kind === 2) {
      world.command(at, { type: 'block', from: 'cp-1', to: machine })
      world.command(until, { type: 'unblock', from: 'cp-1', to: machine })
    }
    if (kind === 3) {
      world.command(at, { type: 'partition', groups: [[machine], ['cp-1', 'laptop']] })
      world.command(until, { type: 'heal' })
    }
    if (kind === 4) world.command(at, { type: 'crash', process: 'cp-1/kube-apiserver' })
  }
}

const PODS = registryPrefix(resourceNamed('pods'))
const NODES = registryPrefix(resourceNamed('nodes'))

class Judge {
  readonly nodes = new Map<string, Node>()
  readonly pods = new Map<string, Pod>()
  readonly faults: { readonly at: Micros; readonly until: Micros }[] = []
  problem: string | undefined
  binds = 0
  preempted = 0
  readonly #it: SchedulerWorld
  /** When the truth last changed in a way that no decision can have known. */
  #news = -Infinity
  #revision = 1
  #boundAt = new Map<string, Micros>()
  /** Pods without a node that were deleted: somebody may have had to make room for them a moment ago. */
  readonly #left: { readonly priority: number; readonly at: Micros }[] = []

  constructor(it: SchedulerWorld) {
    this.#it = it
  }

  /** Takes in what has been written since. @returns the first violation */
  look(): string | undefined {
    const { store } = this.#it.world.stateOf<EtcdState>(ETCD).keyspace
    if (store.revision === this.#revision) return this.problem
    for (const { key, kv } of changesFrom(store, this.#revision + 1)) {
      if (key.startsWith(NODES)) this.#onNode(key.slice(NODES.length), kv?.value as Node | undefined)
      else if (key.startsWith(PODS)) this.#onPod(key.slice(PODS.length), kv?.value as Pod | undefined)
    }
    this.#revision = store.revision
    return this.problem
  }

  #onNode(name: string, node: Node | undefined): void {
    if (node) this.nodes.set(name, node)
    else this.nodes.delete(name)
    this.#news = this.#it.world.now
  }

  #onPod(key: string, pod: Pod | undefined): void {
    const old = this.pods.get(key)
    if (pod === undefined) {
      this.pods.delete(key)
      // Company that leaves, or a domain that empties.
      if (old?.spec.nodeName) this.#news = this.#it.world.now
      else this.#left.push({ priority: old?.spec.priority ?? 0, at: this.#it.world.now })
      return
    }
    this.pods.set(key, pod)
    const isSame = old?.metadata.uid === pod.metadata.uid
    if (isSame && old?.spec.nodeName && old.spec.nodeName !== pod.spec.nodeName)
      return this.#complain(`${key} was on ${old.spec.nodeName} and is bound to ${pod.spec.nodeName}`)
    if (isPreempted(pod) && !(old && isPreempted(old))) this.#onVictim(pod)
    if (pod.spec.nodeName && !(isSame && old?.spec.nodeName)) this.#onBind(key, pod, pod.spec.nodeName)
  }

  #onBind(key: string, pod: Pod, nodeName: string): void {
    this.binds++
    const { now } = this.#it.world
    const recent = [...this.#boundAt].filter(([, at]) => now - at < NEWS_MICROS).map(([name]) => name)
    this.#boundAt.set(key, now)
    if (pod.spec.schedulingGates?.length) return this.#complain(`${key} is gated and bound`)
    const node = this.nodes.get(nodeName)
    if (this.#isExcused(now)) return
    if (node === undefined) return this.#complain(`${key} is bound to ${nodeName}, which is not there`)
    const why = objection(this, pod, node)
    if (why === undefined) return
    // Two schedulers each know of the other's Pods a moment later: of those bound just now, this one may have known any.
    if (this.#it.schedulers.length > 1) {
      for (const unknown of subsets(recent.slice(-UNKNOWN_MAX))) {
        const known = new Map([...this.pods].filter(([name]) => !unknown.has(name)))
        if (objection({ nodes: this.nodes, pods: known }, pod, node) === undefined) return
      }
    }
    this.#complain(`${key} on ${nodeName}: ${why}`)
  }

  /** Somebody more important waits for the room; or did a moment ago, and has gone, or found room elsewhere meanwhile. */
  #onVictim(victim: Pod): void {
    this.preempted++
    const { now } = this.#it.world
    const isMore = (priority = 0): boolean => priority > (victim.spec.priority ?? 0)
    if (this.#isExcused(now) || this.#left.some(({ priority, at }) => isMore(priority) && now - at < NEWS_MICROS))
      return
    for (const [key, { spec }] of this.pods)
      if (isMore(spec.priority) && (!spec.nodeName || now - (this.#boundAt.get(key) ?? 0) < NEWS_MICROS)) return
    this.#complain(`${keyOf(victim)} was preempted for nobody more important`)
  }

  #isExcused(now: Micros): boolean {
    if (now - this.#news < NEWS_MICROS) return true
    // An answer that was lost, a list that was old.
    return this.faults.some(({ at, until }) => now >= at && now < until + 5 * SECOND)
  }

  #complain(problem: string): void {
    this.problem ??= `at ${(this.#it.world.now / SECOND).toFixed(3)} s: ${problem}`
  }

  /** Who waits, when all is calm, though a node would do; or without a word, or nowhere. */
  waiting(): string | undefined {
    const { world, schedulers } = this.#it
    const states = schedulers.map((id) => world.stateOf<SchedulerState>(id))
    for (const [key, pod] of this.pods) {
      if (pod.spec.nodeName || isPodFinished(pod) || pod.metadata.deletionTimestamp !== undefined) continue
      const condition = conditionOf(pod, 'PodScheduled')
      const isQueued = states.every((state) => find(state.queue, key) !== undefined)
      if (!isQueued) return `${key} is in no queue`
      if (condition?.status !== 'False' || !condition.message) return `${key} waits and nobody says why`
      for (const node of this.nodes.values()) {
        if (objection(this, pod, node) !== undefined || this.#isPromised(states, pod, node)) continue
        return `${key} waits though ${node.metadata.name} would do; it says: ${condition.message}`
      }
    }
    for (const state of states) {
      const lost = [...state.cache.pods].find(([key, { assumed }]) => assumed || !this.pods.get(key)?.spec.nodeName)
      if (lost) return `the cache holds room for ${lost[0]}, which is not there`
    }
    return undefined
  }

  /** The room is kept for somebody at least as important. */
  #isPromised(states: readonly SchedulerState[], pod: Pod, node: Node): boolean {
    return states.some(({ cache }) =>
      [...cache.nominator.pods.values(node.metadata.name)].some(
        (other) =>
          this.pods.has(keyOf(other)) &&
          other.metadata.uid !== pod.metadata.uid &&
          (other.spec.priority ?? 0) >= (pod.spec.priority ?? 0),
      ),
    )
  }
}

/** Two to the power of so many ways are looked at. */
const UNKNOWN_MAX = 8

const subsets = (names: readonly string[]): readonly ReadonlySet<string>[] =>
  Array.from({ length: 2 ** names.length }, (_, bits) => new Set(names.filter((_name, i) => (bits >> i) & 1)))

const isPreempted = (pod: Pod): boolean => conditionOf(pod, 'DisruptionTarget')?.reason === 'PreemptionByScheduler'
