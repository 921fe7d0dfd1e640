/**
 * The Job controller: Pods until so many have succeeded.
 *
 * What the real one does: keeps `parallelism` Pods running, counts those that end, and says when the Job is complete or has failed. A finalizer
 * holds each Pod until it has been counted in the status, so that none is counted twice and none is missed.
 * What we model: completions, parallelism, work queues, indexed Jobs, backoffLimit with the pause of 10 s, 20 s, … 10 min before
 * a new Pod, podFailurePolicy, podReplacementPolicy, activeDeadlineSeconds, suspend; the conditions SuccessCriteriaMet and FailureTarget
 * before Complete and Failed; creation in batches of 1, 2, 4 …; Events.
 * What we leave out: adoption, backoffLimitPerIndex and FailIndex, successPolicy, managedBy. The pause is reckoned from the Pods that are
 * there, so that one whose failed Pods somebody deletes is shorter.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/{job_controller,backoff_utils,indexed_job_utils}.go`.
 */
import type { Job } from '#cluster/api/batch-types.ts'
import { finishedCondition } from '#cluster/api/batch-types.ts'
import { controllerOf, isEqual, keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import {
  createRequest,
  deleteRequest,
  isOk,
  messageOf,
  patchRequest,
  updateStatusRequest,
} from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Expectations } from '#cluster/client/expectations.ts'
import * as expectations from '#cluster/client/expectations.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { OwnWrites } from '#cluster/client/own-writes.ts'
import { createOwnWrites, isBehind, noteWrite, STALE_RETRY_MICROS } from '#cluster/client/own-writes.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { CONTROLLER_INDEX, ownerIndexes } from '../owned-pods.ts'
import { byDeletionRank } from '../replicaset/deletion-rank.ts'
import { podOfJob, vacantIndexes } from './new-pods.ts'
import type { Outcome } from './outcome.ts'
import { outcomeOf, statusOf } from './outcome.ts'
import type { Tally } from './tally.ts'
import { FINALIZER, hasFinalizer, tallyOf } from './tally.ts'

interface Memory {
  readonly expected: Expectations
  readonly writes: OwnWrites
  /** How many Pods are created at once: doubled while all goes well. */
  readonly batches: Table<string, number>
  /** Pods that are deleted because they are too many: no failures. */
  readonly discarded: Table<string, true>
}

type Tag =
  | { readonly type: 'create'; readonly job: Job }
  | { readonly type: 'delete'; readonly job: Job; readonly pod: Pod }
  | { readonly type: 'status' | 'finalizer' }

/** Most Pods created or deleted in one go. */
const BURST = 500
/** Before the key of a Pod whose Job is gone. */
const ORPHAN = 'orphan:'

export const jobController: Controller<Memory> = {
  name: 'job',
  offByDefault: true,
  watches: [
    { resource: 'jobs', enqueue: onJob },
    { resource: 'pods', enqueue: onPod },
  ],
  indexes: { pods: ownerIndexes },
  memory: () => ({
    expected: expectations.createExpectations(),
    writes: createOwnWrites(),
    batches: new Table(),
    discarded: new Table(),
  }),
  reconcile,
  settle,
}

function onJob(delta: Delta<Job>, caches: Caches, memory: Memory): string[] {
  const key = keyOf(delta.object)
  if (delta.type !== 'deleted') return [key]
  expectations.forgetExpectations(memory.expected, key)
  memory.writes.delete(key)
  memory.batches.delete(key)
  return [...caches.by<Pod>('pods', CONTROLLER_INDEX, delta.object.metadata.uid!)].map((pod) => ORPHAN + keyOf(pod))
}

function onPod({ type, object: pod }: Delta<Pod>, caches: Caches, memory: Memory): string[] {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'Job') return []
  const key = `${pod.metadata.namespace}/${owner.name}`
  if (caches.get<Job>('jobs', key)?.metadata.uid !== owner.uid) return hasFinalizer(pod) ? [ORPHAN + keyOf(pod)] : []
  const isLeaving = type === 'deleted' || pod.metadata.deletionTimestamp !== undefined
  if (isLeaving) expectations.deletionObserved(memory.expected, key, keyOf(pod))
  else if (type === 'added') expectations.creationObserved(memory.expected, key)
  if (type === 'deleted') memory.discarded.delete(pod.metadata.uid!)
  return [key]
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  if (key.startsWith(ORPHAN)) return letGo(caches.get<Pod>('pods', key.slice(ORPHAN.length)), caches)
  const job = caches.get<Job>('jobs', key)
  if (!job) return {}
  if (isBehind(memory.writes, key, job, ctx.now)) return { requeueAfterMicros: STALE_RETRY_MICROS }
  const pods = [...caches.by<Pod>('pods', CONTROLLER_INDEX, job.metadata.uid!)]
  if (finishedCondition(job)) return { calls: pods.filter(hasFinalizer).map(withoutFinalizer) }
  const tally = tallyOf(job, pods, memory.discarded)
  const outcome = outcomeOf(job, tally, ctx.now)
  const change = actOn(key, job, tally, outcome, memory, ctx)
  const status = statusOf(job, tally, outcome, ctx.now)
  const next = { ...job, status } as Job
  const writes: Call[] = isEqual(job.status ?? {}, status)
    ? []
    : [{ request: updateStatusRequest(next), tag: { type: 'status' } satisfies Tag, accept: ['NotFound', 'Conflict'] }]
  const waits = [outcome.deadlineIn, change.requeueAfterMicros].filter((wait) => wait !== undefined)
  return {
    calls: [...(change.calls ?? []), ...tally.countedPods.map(withoutFinalizer), ...writes],
    events: eventsOf(job, next),
    ...(waits.length > 0 && { requeueAfterMicros: Math.min(...waits) }),
  }
}

/** A Pod of a Job that is no more is held by nothing. */
function letGo(pod: Pod | undefined, caches: Caches): Reconciled {
  const owner = pod && controllerOf(pod)
  if (!pod || !owner || !hasFinalizer(pod)) return {}
  const job = caches.get<Job>('jobs', `${pod.metadata.namespace}/${owner.name}`)
  return job?.metadata.uid === owner.uid ? {} : { calls: [withoutFinalizer(pod)] }
}

function withoutFinalizer(pod: Pod): Call {
  const { uid, finalizers = [] } = pod.metadata
  const patch = { metadata: { uid, finalizers: finalizers.filter((one) => one !== FINALIZER) } }
  return {
    request: patchRequest('pods', pod, 'merge', patch),
    tag: { type: 'finalizer' } satisfies Tag,
    accept: ['NotFound', 'Conflict'],
  }
}

// ── Pods ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function actOn(key: string, job: Job, tally: Tally, outcome: Outcome, memory: Memory, ctx: Context): Reconciled {
  if (!expectations.areSatisfied(memory.expected, key, ctx.now)) return {}
  if (outcome.target) return deleteAll(key, job, tally.active, memory, ctx)
  if (job.metadata.deletionTimestamp !== undefined) return {}
  if (job.spec.suspend) return discard(key, job, tally.active, memory, ctx)
  const surplus = tally.active.length - outcome.wanted
  if (surplus > 0) {
    const order = byDeletionRank(new Map(), ctx.now)
    return discard(key, job, [...tally.active].sort(order).slice(0, surplus), memory, ctx)
  }
  const held = job.spec.podReplacementPolicy === 'Failed' ? tally.terminating.length : 0
  const missing = Math.min(-surplus - held, BURST)
  if (missing <= 0) {
    memory.batches.delete(key)
    return {}
  }
  if (outcome.pauseMicros > 0) return { requeueAfterMicros: outcome.pauseMicros }
  return create(key, job, tally, missing, memory, ctx.now)
}

function create(key: string, job: Job, tally: Tally, missing: number, memory: Memory, now: Micros): Reconciled {
  const batch = memory.batches.get(key) ?? 1
  memory.batches.set(key, batch * 2)
  const indexes =
    job.spec.completionMode === 'Indexed' ? vacantIndexes(job, tally, Math.min(batch, missing)) : undefined
  const count = indexes ? indexes.length : Math.min(batch, missing)
  expectations.expectCreations(memory.expected, key, count, now)
  const tag: Tag = { type: 'create', job }
  return {
    calls: Array.from({ length: count }, (_, i) => ({ request: createRequest(podOfJob(job, indexes?.[i])), tag })),
  }
}

function deleteAll(key: string, job: Job, pods: readonly Pod[], memory: Memory, ctx: Context): Reconciled {
  const victims = pods.slice(0, BURST)
  expectations.expectDeletions(memory.expected, key, victims.map(keyOf), ctx.now)
  return {
    calls: victims.map((pod) => ({
      request: deleteRequest('pods', pod, { preconditions: { uid: pod.metadata.uid! } }),
      tag: { type: 'delete', job, pod } satisfies Tag,
      accept: ['NotFound', 'Conflict'],
    })),
  }
}

/** Those that are too many go, and have not failed. */
function discard(key: string, job: Job, pods: readonly Pod[], memory: Memory, ctx: Context): Reconciled {
  for (const pod of pods) memory.discarded.set(pod.metadata.uid!, true)
  return deleteAll(key, job, pods, memory, ctx)
}

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function settle(
  key: string,
  call: Call,
  answer: Answer,
  failed: boolean,
  memory: Memory,
  ctx: Context,
): EventNote[] | undefined {
  const tag = call.tag as Tag
  if (tag.type === 'status') noteWrite(memory.writes, key, answer, ctx.now)
  if (tag.type === 'create') {
    if (!failed) return [note(tag.job, 'SuccessfulCreate', `Created pod: ${(answer.body as Pod).metadata.name}`)]
    expectations.creationObserved(memory.expected, key)
    memory.batches.delete(key)
    return [{ ...note(tag.job, 'FailedCreate', `Error creating: ${messageOf(answer)}`), type: 'Warning' }]
  }
  if (tag.type !== 'delete') return undefined
  if (isOk(answer)) return [note(tag.job, 'SuccessfulDelete', `Deleted pod: ${tag.pod.metadata.name}`)]
  expectations.deletionObserved(memory.expected, key, keyOf(tag.pod))
  return failed
    ? [{ ...note(tag.job, 'FailedDelete', `Error deleting: ${messageOf(answer)}`), type: 'Warning' }]
    : undefined
}

const note = (object: Job, reason: string, message: string): EventNote => ({ object, type: 'Normal', reason, message })

/** What has become of the Job with this status. */
function eventsOf(job: Job, next: Job): EventNote[] {
  const events: EventNote[] = []
  const before = job.status?.conditions?.find(({ type }) => type === 'Suspended')?.status
  const after = next.status?.conditions?.find(({ type }) => type === 'Suspended')?.status
  if (after === 'True' && before !== 'True') events.push(note(job, 'Suspended', 'Job suspended'))
  if (after === 'False' && before === 'True') events.push(note(job, 'Resumed', 'Job resumed'))
  const finished = finishedCondition(next)
  if (finished?.type === 'Complete') events.push(note(job, 'Completed', 'Job completed'))
  if (finished?.type === 'Failed')
    events.push({ ...note(job, finished.reason ?? 'Failed', finished.message ?? ''), type: 'Warning' })
  return events
}
