/**
 * The ReplicaSet controller: as many Pods as the spec says, no more and no fewer.
 *
 * What the real one does: counts the Pods that are its own, creates or deletes the difference, and writes down the counts.
 * What we model: expectations against a cache that lags, adoption and release, creation in batches of 1, 2, 4 … (so that
 * a template that can never work costs one refusal, not 500), the ranking of whom to delete, status and Events, and that
 * a key waits while the cache lags behind the status that was written last (StaleControllerConsistencyReplicaSet, 1.36).
 * What we leave out: the live look at the ReplicaSet before an adoption.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/replicaset/replica_set.go`.
 */
import { matchesMap, matchesSelector } from '#cluster/api/labels.ts'
import { controllerOf, isEqual, isPodFinished, isPodReady, keyOf } from '#cluster/api/meta.ts'
import type { Pod, ReplicaSet } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, deleteRequest, isOk, messageOf, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Expectations } from '#cluster/client/expectations.ts'
import * as expectations from '#cluster/client/expectations.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import {
  claim,
  CONTROLLER_INDEX,
  isPodActive,
  ORPHAN_INDEX,
  ownerIndexes,
  podCountIndexes,
  podFromTemplate,
} from '../owned-pods.ts'
import { byDeletionRank } from './deletion-rank.ts'
import type { Counts, Failure } from './status.ts'
import { availableIn, countPods, isSameStatus, replicaSetStatus } from './status.ts'

/** Most Pods created or deleted in one go. */
const BURST_REPLICAS = 500

/** A creation under way: batches double as long as they succeed. */
interface SlowStart {
  readonly remaining: number
  readonly batch: number
}

interface Memory {
  expected: Expectations
  slowStarts: Table<string, SlowStart>
  failures: Table<string, Failure>
  /** ReplicaSets that may own a Pod whose labels are not the template's: these must be looked at one by one. */
  irregular: Table<string, true>
  /** Statuses that we have written and that the cache may not show yet. */
  written: Table<string, Written>
}

interface Written {
  readonly revision: number
  readonly at: Micros
}

/** How long to wait for the watch to show our own write before acting on what there is anyway. */
const STALE_RETRY_MICROS = 1_000_000

type Tag =
  | { readonly type: 'create'; readonly owner: ReplicaSet }
  | { readonly type: 'delete'; readonly owner: ReplicaSet; readonly pod: Pod }
  | { readonly type: 'status' | 'adopt' | 'release' }

export const replicaSetController: Controller<Memory> = {
  name: 'replicaset',
  watches: [
    { resource: 'replicasets', enqueue: onReplicaSet },
    { resource: 'pods', enqueue: onPod },
  ],
  indexes: { pods: { ...ownerIndexes, ...podCountIndexes }, replicasets: ownerIndexes },
  memory: () => ({
    expected: expectations.createExpectations(),
    slowStarts: new Table(),
    failures: new Table(),
    irregular: new Table(),
    written: new Table(),
  }),
  reconcile,
  settle,
}

function onReplicaSet(delta: Delta<ReplicaSet>, _caches: Caches, memory: Memory): string[] {
  const key = keyOf(delta.object)
  const { old } = delta
  if (delta.type === 'deleted' || (old && old.metadata.uid !== delta.object.metadata.uid)) {
    expectations.forgetExpectations(memory.expected, key)
    memory.slowStarts.delete(key)
    memory.failures.delete(key)
    memory.irregular.delete(key)
    memory.written.delete(key)
  }
  // Its Pods may have been told before it was.
  if (delta.type === 'added') memory.irregular.set(key, true)
  return [key]
}

function onPod(
  delta: Delta<Pod>,
  caches: Caches,
  memory: Memory,
): Iterable<string | { key: string; afterMicros: Micros }> {
  const { object: pod, old } = delta
  const owner = ownerOf(caches, pod)
  const podKey = keyOf(pod)
  if (owner) {
    const key = keyOf(owner)
    const leaving = delta.type === 'deleted' || pod.metadata.deletionTimestamp !== undefined
    if (leaving) expectations.deletionObserved(memory.expected, key, podKey)
    else if (delta.type === 'added') expectations.creationObserved(memory.expected, key)
    if (!matchesMap(owner.spec.template.metadata?.labels, pod.metadata.labels)) memory.irregular.set(key, true)
    if (delta.type === 'updated' && isSameReplica(old!, pod)) return []
  }
  const before = old && controllerOf(old)?.uid !== controllerOf(pod)?.uid ? ownerOf(caches, old) : undefined
  const keys = [owner, before].filter((set) => set !== undefined).map(keyOf)
  if (keys.length > 0 || controllerOf(pod) || delta.type === 'deleted') return keys
  return matchingSets(caches, pod)
}

/** Whether nothing has changed that a ReplicaSet counts by. */
function isSameReplica(a: Pod, b: Pod): boolean {
  return (
    controllerOf(a)?.uid === controllerOf(b)?.uid &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    isPodFinished(a) === isPodFinished(b) &&
    isPodReady(a) === isPodReady(b) &&
    isEqual(a.metadata.labels, b.metadata.labels)
  )
}

function ownerOf(caches: Caches, pod: Pod): ReplicaSet | undefined {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return undefined
  const set = caches.get<ReplicaSet>('replicasets', `${pod.metadata.namespace}/${owner.name}`)
  return set?.metadata.uid === owner.uid ? set : undefined
}

/** An orphan concerns every ReplicaSet that might adopt it. */
function matchingSets(caches: Caches, pod: Pod): string[] {
  const keys: string[] = []
  for (const set of caches.all<ReplicaSet>('replicasets')) {
    if (set.metadata.namespace !== pod.metadata.namespace) continue
    if (matchesSelector(set.spec.selector, pod.metadata.labels)) keys.push(keyOf(set))
  }
  return keys
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const set = caches.get<ReplicaSet>('replicasets', key)
  if (!set) return {}
  const slowStart = memory.slowStarts.get(key)
  if (slowStart) return nextBatch(key, set, slowStart, memory)
  if (isStale(key, set, memory, ctx.now)) {
    ctx.note('staleCache', { replicaSet: key, written: memory.written.get(key)!.revision })
    return { requeueAfterMicros: STALE_RETRY_MICROS }
  }
  const mayAct =
    expectations.areSatisfied(memory.expected, key, ctx.now) && set.metadata.deletionTimestamp === undefined
  const survey = surveyPods(key, set, caches, memory, ctx.now)
  const change = mayAct ? manageReplicas(key, set, survey, caches, memory, ctx) : {}
  const status = replicaSetStatus(set, survey.counts, memory.failures.get(key), ctx.now)
  const next = { ...set, status } as ReplicaSet
  const statusCalls: Call[] = isSameStatus(set.status, status)
    ? []
    : [{ request: updateStatusRequest(next), tag: { type: 'status' } satisfies Tag, accept: ['NotFound'] }]
  const calls = [...survey.calls, ...(change.calls ?? []), ...statusCalls]
  const { again = false } = change
  return { calls, again, ...(survey.wait !== undefined && { requeueAfterMicros: survey.wait }) }
}

/** Whether the cache does not show our last write yet: a status built on it would only meet a conflict. */
function isStale(key: string, set: ReplicaSet, memory: Memory, now: Micros): boolean {
  const written = memory.written.get(key)
  if (written === undefined) return false
  if (Number(set.metadata.resourceVersion) < written.revision && now - written.at < STALE_RETRY_MICROS) return true
  memory.written.delete(key)
  return false
}

interface Survey {
  readonly counts: Counts
  /** Adoptions and releases. */
  readonly calls: readonly Call[]
  /** Until the next Pod becomes available by time alone. */
  readonly wait?: Micros | undefined
  activePods(): readonly Pod[]
}

/** What there is. Where all is regular the indexes have counted already; otherwise each Pod is looked at. */
function surveyPods(key: string, set: ReplicaSet, caches: Caches, memory: Memory, now: Micros): Survey {
  const uid = set.metadata.uid!
  const hasOrphans = caches.count('pods', ORPHAN_INDEX, set.metadata.namespace ?? '') > 0
  if (!hasOrphans && !memory.irregular.has(key) && !set.spec.minReadySeconds) {
    const active = caches.count('pods', 'active', uid)
    const ready = caches.count('pods', 'activeAndReady', uid)
    const terminating = caches.count('pods', 'terminating', uid)
    const counts = { active, fullyLabeled: active, ready, available: ready, terminating }
    return { counts, calls: [], activePods: () => [...caches.by<Pod>('pods', 'active', uid)] }
  }
  const { owned, calls } = claim<Pod>(caches, 'pods', set, set.spec.selector, isPodActive)
  const active = owned.filter(isPodActive)
  const terminating = owned.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod)).length
  const counts = countPods(set, active, terminating, now)
  if (calls.length === 0 && counts.fullyLabeled === counts.active) memory.irregular.delete(key)
  return { counts, calls, wait: nextAvailable(set, active, now), activePods: () => active }
}

/** With minReadySeconds time alone makes a Pod available. */
function nextAvailable(set: ReplicaSet, active: readonly Pod[], now: Micros): Micros | undefined {
  const { minReadySeconds = 0 } = set.spec
  if (minReadySeconds === 0) return undefined
  const waits = active
    .map((pod) => availableIn(pod, minReadySeconds, now))
    .filter((wait) => wait !== undefined && wait > 0)
  return waits.length === 0 ? undefined : Math.min(...(waits as number[]))
}

function manageReplicas(
  key: string,
  set: ReplicaSet,
  survey: Survey,
  caches: Caches,
  memory: Memory,
  ctx: Context,
): Reconciled {
  const wanted = set.spec.replicas ?? 1
  const surplus = survey.counts.active - wanted
  if (surplus < 0) {
    const remaining = Math.min(-surplus, BURST_REPLICAS)
    ctx.note('tooFewReplicas', { replicaSet: key, need: wanted, creating: remaining })
    expectations.expectCreations(memory.expected, key, remaining, ctx.now)
    return nextBatch(key, set, { remaining, batch: 1 }, memory)
  }
  if (surplus === 0) {
    memory.failures.delete(key)
    return {}
  }
  const victims = podsToDelete(set, survey.activePods(), Math.min(surplus, BURST_REPLICAS), caches, ctx.now)
  ctx.note('tooManyReplicas', { replicaSet: key, need: wanted, deleting: victims.map(keyOf) })
  expectations.expectDeletions(memory.expected, key, victims.map(keyOf), ctx.now)
  return {
    calls: victims.map((pod) => ({
      request: deleteRequest('pods', pod, { preconditions: { uid: pod.metadata.uid! } }),
      tag: { type: 'delete', owner: set, pod } satisfies Tag,
      accept: ['NotFound'],
    })),
  }
}

/** Creates the next batch; if more are to come, the key comes round again once this one has succeeded. */
function nextBatch(key: string, set: ReplicaSet, { remaining, batch }: SlowStart, memory: Memory): Reconciled {
  const count = Math.min(batch, remaining)
  const pod = podFromTemplate(set, set.spec.template)
  const tag: Tag = { type: 'create', owner: set }
  const calls = Array.from({ length: count }, (): Call => ({ request: createRequest(pod), tag }))
  const left = remaining - count
  if (left > 0) memory.slowStarts.set(key, { remaining: left, batch: batch * 2 })
  else memory.slowStarts.delete(key)
  return { calls, again: left > 0 }
}

/** The related Pods of other ReplicaSets of the same owner count for the ranks, so that a rollout thins nodes evenly. */
function podsToDelete(set: ReplicaSet, active: readonly Pod[], count: number, caches: Caches, now: Micros): Pod[] {
  if (count >= active.length) return [...active]
  const perNode = new Map<string, number>()
  for (const pod of relatedPods(set, caches)) {
    if (isPodActive(pod) && pod.spec.nodeName) perNode.set(pod.spec.nodeName, (perNode.get(pod.spec.nodeName) ?? 0) + 1)
  }
  const ranks = new Map(active.map((pod) => [pod.metadata.name, perNode.get(pod.spec.nodeName ?? '') ?? 0]))
  return [...active].sort(byDeletionRank(ranks, now)).slice(0, count)
}

function* relatedPods(set: ReplicaSet, caches: Caches): Iterable<Pod> {
  const owner = controllerOf(set)
  const siblings = owner ? caches.by<ReplicaSet>('replicasets', CONTROLLER_INDEX, owner.uid) : [set]
  for (const sibling of siblings) yield* caches.by<Pod>('pods', CONTROLLER_INDEX, sibling.metadata.uid!)
}

function settle(
  key: string,
  call: Call,
  answer: Answer,
  failed: boolean,
  memory: Memory,
  ctx: Context,
): EventNote[] | undefined {
  const tag = call.tag as Tag
  if (tag.type === 'status') {
    const revision = Number((answer.body as Partial<ReplicaSet> | undefined)?.metadata?.resourceVersion)
    if (isOk(answer)) memory.written.set(key, { revision, at: ctx.now })
    return undefined
  }
  if (tag.type === 'create') {
    const { owner: object } = tag
    if (!failed) {
      const message = `Created pod: ${(answer.body as Pod).metadata.name}`
      return [{ object, type: 'Normal', reason: 'SuccessfulCreate', message }]
    }
    giveUpBatch(key, memory)
    const message = messageOf(answer)
    memory.failures.set(key, { reason: 'FailedCreate', message })
    return [{ object, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${message}` }]
  }
  if (tag.type !== 'delete') return undefined
  const { owner: object, pod } = tag
  if (isOk(answer))
    return [{ object, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }]
  expectations.deletionObserved(memory.expected, key, keyOf(pod))
  if (!failed) return undefined
  memory.failures.set(key, { reason: 'FailedDelete', message: messageOf(answer) })
  return [{ object, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(answer)}` }]
}

/** What failed will not be seen, nor will the batches that are now not sent. */
function giveUpBatch(key: string, memory: Memory): void {
  expectations.creationObserved(memory.expected, key, 1 + (memory.slowStarts.get(key)?.remaining ?? 0))
  memory.slowStarts.delete(key)
}
