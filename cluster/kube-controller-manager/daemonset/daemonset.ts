/**
 * The DaemonSet controller: one Pod on each node that it fits.
 *
 * What the real one does: goes through all nodes, makes the Pods that are missing and deletes those that do not belong; the scheduler
 * binds each to the node that its affinity names.
 * What we model: selectors, affinity and taints, the tolerations that daemons get, creation in batches of 1, 2, 4 …, ControllerRevisions,
 * rolling updates by maxUnavailable, OnDelete, Pods that have failed, the status and Events.
 * What we leave out: adoption, maxSurge, and the growing pause between a failed Pod and the next (it is a second each time).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/daemon/{daemon_controller,update}.go`.
 */
import type { DaemonSet } from '#cluster/api/apps-types.ts'
import { controllerOf, isEqual, isPodFinished, isPodReady, keyOf } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, deleteRequest, isOk, messageOf, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Expectations } from '#cluster/client/expectations.ts'
import * as expectations from '#cluster/client/expectations.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { OwnWrites } from '#cluster/client/own-writes.ts'
import { createOwnWrites, isBehind, noteWrite, STALE_RETRY_MICROS } from '#cluster/client/own-writes.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { REVISION_LABEL, REVISIONS, type Revisions, revisionsOf } from '../controller-revisions.ts'
import { CONTROLLER_INDEX, ownerIndexes, podFromTemplate } from '../owned-pods.ts'
import { availableIn } from '../replicaset/status.ts'
import { type Fit, fitOf, nodeOf, specFor } from './node-fit.ts'

interface Memory {
  readonly expected: Expectations
  readonly writes: OwnWrites
  /** How many Pods are created at once: doubled while all goes well. */
  readonly batches: Table<string, number>
}

type Tag =
  | { readonly type: 'create'; readonly set: DaemonSet }
  | { readonly type: 'delete'; readonly set: DaemonSet; readonly pod: Pod }
  | { readonly type: 'status' }

/** Most Pods created or deleted in one go. */
const BURST = 250
const FAILED_PAUSE_MICROS = 1_000_000

export const daemonSetController: Controller<Memory> = {
  name: 'daemonset',
  offByDefault: true,
  watches: [
    { resource: 'daemonsets', enqueue: onSet },
    { resource: 'pods', enqueue: onPod },
    { resource: 'nodes', enqueue: onNode },
    { resource: REVISIONS, enqueue: ({ object }) => ownerKey(object) },
  ],
  indexes: { pods: ownerIndexes, [REVISIONS]: ownerIndexes },
  memory: () => ({ expected: expectations.createExpectations(), writes: createOwnWrites(), batches: new Table() }),
  reconcile,
  settle,
}

function ownerKey(object: Delta['object']): string[] {
  const owner = controllerOf(object)
  return owner?.kind === 'DaemonSet' ? [`${object.metadata.namespace}/${owner.name}`] : []
}

function onSet({ type, object }: Delta<DaemonSet>, _caches: Caches, memory: Memory): string[] {
  const key = keyOf(object)
  if (type !== 'deleted') return [key]
  expectations.forgetExpectations(memory.expected, key)
  memory.writes.delete(key)
  memory.batches.delete(key)
  return []
}

function onPod({ type, object: pod }: Delta<Pod>, _caches: Caches, memory: Memory): string[] {
  const keys = ownerKey(pod)
  for (const key of keys) {
    if (type === 'deleted' || pod.metadata.deletionTimestamp !== undefined)
      expectations.deletionObserved(memory.expected, key, keyOf(pod))
    else if (type === 'added') expectations.creationObserved(memory.expected, key)
  }
  return keys
}

/** A node that has come or gone concerns all; so does one with other labels or taints. */
function onNode({ type, object, old }: Delta<Node>, caches: Caches): string[] {
  const isSame = type === 'updated' && isEqual(object.metadata.labels, old!.metadata.labels) && isEqual(object.spec?.taints, old!.spec?.taints) // prettier-ignore
  return isSame ? [] : [...caches.all<DaemonSet>('daemonsets')].map(keyOf)
}

/** What there is on the nodes, and what ought to be. */
interface Survey {
  readonly nodes: readonly { readonly node: string; readonly fit: Fit; readonly pods: readonly Pod[] }[]
  /** Nodes on which one is missing. */
  readonly vacant: readonly string[]
  readonly surplus: readonly Pod[]
  readonly failed: readonly Pod[]
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const set = caches.get<DaemonSet>('daemonsets', key)
  if (!set || set.metadata.deletionTimestamp !== undefined) return {}
  if (isBehind(memory.writes, key, set, ctx.now)) return { requeueAfterMicros: STALE_RETRY_MICROS }
  const pods = [...caches.by<Pod>('pods', CONTROLLER_INDEX, set.metadata.uid!)]
  const inUse = new Set(pods.map(({ metadata }) => `${set.metadata.name}-${metadata.labels?.[REVISION_LABEL]}`))
  const revisions = revisionsOf(set, caches, inUse)
  const survey = surveyOf(set, pods, caches)
  const change = expectations.areSatisfied(memory.expected, key, ctx.now)
    ? manage(key, set, survey, revisions, memory, ctx)
    : {}
  const status = statusOf(set, survey, revisions.hash, ctx.now)
  const writes: Call[] = isEqual(set.status ?? {}, status)
    ? []
    : [
        {
          request: updateStatusRequest({ ...set, status } as DaemonSet),
          tag: { type: 'status' } satisfies Tag,
          accept: ['NotFound', 'Conflict'],
        },
      ]
  const waits = [change.requeueAfterMicros, nextAvailable(set, pods, ctx.now)].filter((wait) => wait !== undefined)
  return {
    calls: [...revisions.calls, ...(change.calls ?? []), ...writes],
    events: change.events ?? [],
    ...(waits.length > 0 && { requeueAfterMicros: Math.min(...waits) }),
  }
}

function surveyOf(set: DaemonSet, all: readonly Pod[], caches: Caches): Survey {
  const byNode = new Map<string, Pod[]>()
  for (const pod of all) byNode.set(nodeOf(pod), [...(byNode.get(nodeOf(pod)) ?? []), pod])
  const vacant: string[] = []
  const surplus: Pod[] = []
  const failed: Pod[] = []
  const nodes = [...caches.all<Node>('nodes')].map((object) => {
    const node = object.metadata.name
    const fit = fitOf(set, object)
    const pods = byNode.get(node) ?? []
    const live = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    if (!fit.mayStay) surplus.push(...live)
    else {
      const running = live.filter((pod) => !isPodFinished(pod))
      failed.push(...live.filter(isPodFinished))
      // The oldest stays.
      const [, ...others] = running.toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1)) // prettier-ignore
      surplus.push(...others)
      if (fit.shouldRun && pods.length === 0) vacant.push(node)
    }
    return { node, fit, pods: live }
  })
  return { nodes, vacant, surplus, failed }
}

function manage(
  key: string,
  set: DaemonSet,
  survey: Survey,
  revisions: Revisions,
  memory: Memory,
  ctx: Context,
): Reconciled {
  // prettier-ignore
  const { surplus, failed, vacant } = survey
  const outdated =
    vacant.length + surplus.length + failed.length > 0 ? [] : toReplace(set, survey, revisions.hash, ctx.now)
  const victims = [...surplus, ...failed, ...outdated].slice(0, BURST)
  const count = Math.min(memory.batches.get(key) ?? 1, vacant.length, BURST)
  if (vacant.length > 0) memory.batches.set(key, (memory.batches.get(key) ?? 1) * 2)
  else memory.batches.delete(key)
  if (count > 0) expectations.expectCreations(memory.expected, key, count, ctx.now)
  if (victims.length > 0) expectations.expectDeletions(memory.expected, key, victims.map(keyOf), ctx.now)
  const deletions: Call[] = victims.map((pod) => ({
    request: deleteRequest('pods', pod, { preconditions: { uid: pod.metadata.uid! } }),
    tag: { type: 'delete', set, pod } satisfies Tag,
    accept: ['NotFound', 'Conflict'],
  }))
  const creations: Call[] = vacant.slice(0, count).map((node) => ({
    request: createRequest(podFor(set, node, revisions.hash)),
    tag: { type: 'create', set } satisfies Tag,
  }))
  const events = failed.map((pod): EventNote => {
    const message = `Found failed daemon pod ${keyOf(pod)} on node ${nodeOf(pod)}, will try to kill it`
    return { object: set, type: 'Warning', reason: 'FailedDaemonPod', message }
  })
  return {
    calls: [...deletions, ...creations],
    events,
    ...(failed.length > 0 && { requeueAfterMicros: FAILED_PAUSE_MICROS }),
  }
}

function podFor(set: DaemonSet, node: string, hash: string): Pod {
  const pod = podFromTemplate(set, set.spec.template)
  const labels = { ...pod.metadata.labels, [REVISION_LABEL]: hash, 'pod-template-generation': generationOf(set) }
  return { ...pod, metadata: { ...pod.metadata, labels }, spec: specFor(pod.spec, node) }
}

/** The API server counts the changes of the template in it. */
const generationOf = ({ metadata }: DaemonSet): string =>
  metadata.annotations?.['deprecated.daemonset.template.generation'] ?? `${metadata.generation ?? 1}`

/** Pods of an older revision that may go now: those that serve nobody, and of the others as many as may be missing. */
function toReplace(set: DaemonSet, { nodes }: Survey, hash: string, now: Micros): Pod[] {
  if (set.spec.updateStrategy?.type === 'OnDelete') return []
  const meant = nodes.filter(({ fit }) => fit.shouldRun)
  const isAvailable = (pod: Pod): boolean => availableIn(pod, set.spec.minReadySeconds ?? 0, now) === 0
  const old = meant.flatMap(({ pods }) => pods.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] !== hash))
  const missing = meant.filter(({ pods }) => !pods.some(isAvailable)).length
  const { maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {}
  const limit = typeof maxUnavailable === 'number' ? maxUnavailable : Math.ceil((Number.parseInt(maxUnavailable, 10) * meant.length) / 100) // prettier-ignore
  const idle = old.filter((pod) => !isAvailable(pod))
  return [...idle, ...old.filter(isAvailable).slice(0, Math.max(0, limit - missing))]
}

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

function statusOf(set: DaemonSet, { nodes }: Survey, hash: string, now: Micros): NonNullable<DaemonSet['status']> {
  const meant = nodes.filter(({ fit }) => fit.shouldRun)
  const served = meant.filter(({ pods }) => pods.length > 0)
  const countOf = (holds: (pod: Pod) => boolean): number => served.filter(({ pods }) => pods.some(holds)).length
  const available = countOf((pod) => availableIn(pod, set.spec.minReadySeconds ?? 0, now) === 0)
  const updated = countOf(({ metadata }) => metadata.labels?.[REVISION_LABEL] === hash)
  return {
    currentNumberScheduled: served.length,
    desiredNumberScheduled: meant.length,
    numberMisscheduled: nodes.filter(({ fit, pods }) => !fit.shouldRun && pods.length > 0).length,
    numberReady: countOf(isPodReady),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(meant.length > available && { numberUnavailable: meant.length - available }),
    observedGeneration: set.metadata.generation ?? 0,
  }
}

/** With minReadySeconds time alone makes a Pod available. */
function nextAvailable({ spec }: DaemonSet, pods: readonly Pod[], now: Micros): Micros | undefined {
  if (!spec.minReadySeconds) return undefined
  const waits = pods.map((pod) => availableIn(pod, spec.minReadySeconds!, now) ?? 0).filter((wait) => wait > 0)
  return waits.length === 0 ? undefined : Math.min(...waits)
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
  // prettier-ignore
  const tag = call.tag as Tag | undefined
  if (tag?.type === 'status') noteWrite(memory.writes, key, answer, ctx.now)
  if (tag?.type === 'create') {
    const { set: object } = tag
    if (!failed) return [{ object, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${(answer.body as Pod).metadata.name}` }] // prettier-ignore
    expectations.creationObserved(memory.expected, key)
    memory.batches.delete(key)
    return [{ object, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(answer)}` }]
  }
  if (tag?.type !== 'delete') return undefined
  const { set: object, pod } = tag
  if (isOk(answer)) return [{ object, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }] // prettier-ignore
  expectations.deletionObserved(memory.expected, key, keyOf(pod))
  return failed ? [{ object, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(answer)}` }] : undefined // prettier-ignore
}
