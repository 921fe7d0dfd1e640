/**
 * The scheduling queue: which Pod is next, which must wait a while, and which wait for the cluster to change.
 *
 * - active: ready to be scheduled, in QueueSort's order;
 * - back-off: tried and to be tried again, but not before a while: 1 s doubling to 10 s with each failure in a row;
 * - unschedulable: no node would do; woken by an event that one of the refusing plugins registered, or after 5 minutes.
 *   Gated Pods (PreEnqueue said no) are among them, and only their own update frees them.
 *
 * A cycle here is one step, so nothing can happen "while a Pod is being scheduled", for which upstream keeps a list; but for
 * those that wait at Permit something can (happened.ts).
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/backend/queue/{scheduling_queue,backoff_queue}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ClusterEvent, ClusterEventName, Plugin } from './framework.ts'
import type { Before, Heap } from './heap.ts'
import { createHeap, getItem, peek, pop, push, removeItem } from './heap.ts'
import type { QueuedPod } from './queued-pod.ts'

const INITIAL_BACKOFF_MICROS = 1_000_000
const MAX_BACKOFF_MICROS = 10_000_000

export interface Backoff {
  readonly initialMicros: Micros
  readonly maxMicros: Micros
}
/** How long a Pod may lie among the unschedulable without any event, and how often that is looked at. */
const UNSCHEDULABLE_MAX_MICROS = 5 * 60_000_000
export const FLUSH_UNSCHEDULABLE_MICROS = 30_000_000

interface Delayed {
  readonly key: string
  readonly until: Micros
  readonly queued: QueuedPod
}

export interface SchedulingQueue {
  active: Heap<QueuedPod>
  backoff: Heap<Delayed>
  /** Those whose last attempt ended in an error: only time frees them. */
  errorBackoff: Heap<Delayed>
  unschedulable: Table<string, QueuedPod>
  /** Of those, the ones that an event may wake: refusing plugin (EVERY_EVENT where none is known), Pod key. */
  refused: Groups<true>
  sequence: number
  readonly limits: Backoff
}

/** In the place of a plugin's name: such a Pod is woken by whatever happens. */
const EVERY_EVENT = ''

/** What the queue must know of the plugins. */
export interface QueuePlugins {
  /** Whether the plugin of that name, in any profile, has registered for such events. */
  listens(plugin: string, event: ClusterEventName): boolean
  readonly less: Before<QueuedPod>
  preEnqueueOf(pod: Pod): readonly Plugin[]
  pluginOf(name: string, pod: Pod): Plugin | undefined
}

export function createQueue({
  initialMicros = INITIAL_BACKOFF_MICROS,
  maxMicros = MAX_BACKOFF_MICROS,
}: Partial<Backoff> = {}): SchedulingQueue {
  return {
    active: createHeap(),
    backoff: createHeap(),
    errorBackoff: createHeap(),
    unschedulable: new Table(),
    refused: new Groups(),
    sequence: 0,
    limits: Object.freeze({ initialMicros, maxMicros }),
  }
}

const earlier: Before<Delayed> = (a, b) =>
  a.until < b.until || (a.until === b.until && a.queued.sequence < b.queued.sequence)

const inOrder =
  (plugins: QueuePlugins): Before<QueuedPod> =>
  (a, b) => {
    if (plugins.less(a, b)) return true
    return !plugins.less(b, a) && a.sequence < b.sequence
  }

export const activeSize = (queue: SchedulingQueue): number => queue.active.items.size

/** A Pod that is new to the scheduler. */
export function addPod(queue: SchedulingQueue, pod: Pod, plugins: QueuePlugins, now: Micros): void {
  const queued: QueuedPod = Object.freeze({
    key: keyOf(pod),
    pod,
    timestamp: now,
    sequence: queue.sequence++,
    attempts: 0,
    unschedulableCount: 0,
    errorCount: 0,
    unschedulablePlugins: [],
  })
  activate(queue, queued, plugins, now)
}

function setAside(queue: SchedulingQueue, queued: QueuedPod): void {
  const { key, gatedBy, unschedulablePlugins } = queued
  takeOut(queue, key)
  queue.unschedulable.set(key, Object.freeze(queued))
  // Only its own update frees one that is gated.
  if (gatedBy === undefined) for (const name of wakersOf(unschedulablePlugins)) queue.refused.set(name, key, true)
}

const wakersOf = (plugins: readonly string[]): readonly string[] => (plugins.length === 0 ? [EVERY_EVENT] : plugins)

function takeOut(queue: SchedulingQueue, key: string): void {
  const queued = queue.unschedulable.get(key)
  if (queued === undefined) return
  queue.unschedulable.delete(key)
  for (const name of wakersOf(queued.unschedulablePlugins)) queue.refused.delete(name, key)
}

/** Into the active queue, unless a PreEnqueue plugin holds it. */
function activate(queue: SchedulingQueue, queued: QueuedPod, plugins: QueuePlugins, now: Micros): void {
  for (const plugin of plugins.preEnqueueOf(queued.pod)) {
    if (!plugin.preEnqueue!(queued.pod)) continue
    const unschedulablePlugins = [plugin.name]
    return setAside(queue, { ...queued, timestamp: now, gatedBy: plugin.name, unschedulablePlugins })
  }
  const ready = Object.freeze({ ...queued, timestamp: now, gatedBy: undefined })
  push(queue.active, ready, inOrder(plugins))
}

export function find(queue: SchedulingQueue, key: string): QueuedPod | undefined {
  const delayed = getItem(queue.backoff, key) ?? getItem(queue.errorBackoff, key)
  return getItem(queue.active, key) ?? delayed?.queued ?? queue.unschedulable.get(key)
}

/** A waiting Pod was changed; `events` says in which of the ways that may make it schedulable. */
export function updatePod(
  queue: SchedulingQueue,
  pod: Pod,
  events: readonly ClusterEvent[],
  plugins: QueuePlugins,
  now: Micros,
): void {
  const key = keyOf(pod)
  const active = getItem(queue.active, key)
  if (active) return push(queue.active, Object.freeze({ ...active, pod }), inOrder(plugins))
  for (const heap of [queue.backoff, queue.errorBackoff]) {
    const delayed = getItem(heap, key)
    if (delayed) return push(heap, { ...delayed, queued: Object.freeze({ ...delayed.queued, pod }) }, earlier)
  }
  const waiting = queue.unschedulable.get(key)
  if (!waiting) return addPod(queue, pod, plugins, now)
  const updated = Object.freeze({ ...waiting, pod })
  queue.unschedulable.set(key, updated)
  if (events.some((event) => isWokenBy(updated, event, plugins))) wake(queue, updated, plugins, now)
}

export function deletePod(queue: SchedulingQueue, key: string, plugins: QueuePlugins): void {
  removeItem(queue.active, key, inOrder(plugins))
  removeItem(queue.backoff, key, earlier)
  removeItem(queue.errorBackoff, key, earlier)
  takeOut(queue, key)
}

/**
 * The next Pod, one attempt older. An idle scheduler does not wait for the back-off of a Pod that merely found no node
 * (an error's back-off it always waits for).
 */
export function popPod(queue: SchedulingQueue, plugins: QueuePlugins): QueuedPod | undefined {
  const next = pop(queue.active, inOrder(plugins)) ?? pop(queue.backoff, earlier)?.queued
  return next && Object.freeze({ ...next, attempts: next.attempts + 1, unschedulablePlugins: [] })
}

export const hasNext = (queue: SchedulingQueue): boolean => queue.active.items.size > 0 || queue.backoff.items.size > 0

/** No node would do: wait for an event. */
export function addUnschedulable(queue: SchedulingQueue, queued: QueuedPod, by: readonly string[], now: Micros): void {
  const { unschedulableCount } = queued
  setAside(queue, {
    ...queued,
    timestamp: now,
    unschedulableCount: unschedulableCount + 1,
    errorCount: 0,
    unschedulablePlugins: by,
  })
}

/** Something went wrong: try again after the back-off, whatever happens. */
export function addAfterError(queue: SchedulingQueue, queued: QueuedPod, now: Micros): void {
  const failed = Object.freeze({ ...queued, timestamp: now, errorCount: queued.errorCount + 1 })
  delay(queue, failed, now)
}

/** A change of the cluster: wakes the Pods that it may help, and looks at no others. */
export function moveAllOn(queue: SchedulingQueue, event: ClusterEvent, plugins: QueuePlugins, now: Micros): void {
  for (const name of [...queue.refused.groups()]) {
    if (name !== EVERY_EVENT && !plugins.listens(name, event.name)) continue
    for (const key of [...queue.refused.keys(name)]) {
      const queued = queue.unschedulable.get(key)
      if (queued && isWokenBy(queued, event, plugins)) wake(queue, queued, plugins, now)
    }
  }
}

const isWokenBy = ({ pod, unschedulablePlugins }: QueuedPod, event: ClusterEvent, plugins: QueuePlugins): boolean =>
  unschedulablePlugins.length === 0 || isWorthATry(pod, unschedulablePlugins, event, plugins)

/** Whether one of the plugins that have refused the Pod may think otherwise now. */
export function isWorthATry(pod: Pod, by: readonly string[], event: ClusterEvent, plugins: QueuePlugins): boolean {
  return by.some((name) => {
    const rules = plugins.pluginOf(name, pod)?.eventsToRegister
    if (rules === undefined) return true
    return rules.some((rule) => rule.event === event.name && (rule.hint?.(pod, event) ?? true))
  })
}

/** What an unschedulable Pod waits for has happened before it was put aside. */
export function wakeUnschedulable(queue: SchedulingQueue, key: string, plugins: QueuePlugins, now: Micros): void {
  const queued = queue.unschedulable.get(key)
  if (queued) wake(queue, queued, plugins, now)
}

function wake(queue: SchedulingQueue, queued: QueuedPod, plugins: QueuePlugins, now: Micros): void {
  takeOut(queue, queued.key)
  if (queued.gatedBy !== undefined) activate(queue, queued, plugins, now)
  else if (backoffUntil(queue.limits, queued) > now) delay(queue, queued, now)
  else activate(queue, queued, plugins, now)
}

function delay(queue: SchedulingQueue, queued: QueuedPod, now: Micros): void {
  const heap = queued.errorCount > 0 ? queue.errorBackoff : queue.backoff
  push(heap, { key: queued.key, until: Math.max(backoffUntil(queue.limits, queued), now), queued }, earlier)
}

/** When its back-off ends, counted from when it was put aside. */
function backoffUntil({ initialMicros, maxMicros }: Backoff, queued: QueuedPod): Micros {
  const failures = queued.errorCount > 0 ? queued.errorCount : queued.unschedulableCount
  if (failures === 0) return queued.timestamp
  return queued.timestamp + Math.min(initialMicros * 2 ** Math.min(failures - 1, 20), maxMicros)
}

/** Moves what has waited long enough; returns when the next one will have. */
export function flushBackoff(queue: SchedulingQueue, plugins: QueuePlugins, now: Micros): Micros | undefined {
  let next: Micros | undefined
  for (const heap of [queue.backoff, queue.errorBackoff]) {
    for (let first = peek(heap); first; first = peek(heap)) {
      if (first.until > now) {
        next = Math.min(next ?? first.until, first.until)
        break
      }
      pop(heap, earlier)
      activate(queue, first.queued, plugins, now)
    }
  }
  return next
}

/** Gives those another try that lie there for five minutes: some event may have been missed. */
export function flushUnschedulable(queue: SchedulingQueue, plugins: QueuePlugins, now: Micros): void {
  for (const queued of [...queue.unschedulable.values()]) {
    if (queued.gatedBy === undefined && now - queued.timestamp > UNSCHEDULABLE_MAX_MICROS)
      wake(queue, queued, plugins, now)
  }
}
