/**
 * The StatefulSet controller: Pods with names that stay, in order, each with its own volumes.
 *
 * What the real one does: goes through the numbers from the lowest and does one thing at a time: a Pod is made when all before it are ready,
 * taken away when all after it are gone, and replaced by a newer one from the highest number downwards.
 * What we model: OrderedReady and Parallel, volumeClaimTemplates, ordinals.start, minReadySeconds, ControllerRevisions, RollingUpdate with
 * a partition, OnDelete, Pods that have ended, the status and Events.
 * What we leave out: adoption, maxUnavailable of an update, persistentVolumeClaimRetentionPolicy, mending a Pod's labels.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/statefulset/{stateful_set,stateful_set_control}.go`.
 */
import type { StatefulSet } from '#cluster/api/apps-types.ts'
import { controllerOf, isEqual, isPodFinished, isPodReady, keyOf } from '#cluster/api/meta.ts'
import type { Pod, PodTemplateSpec } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, deleteRequest, isOk, messageOf, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { OwnWrites } from '#cluster/client/own-writes.ts'
import { createOwnWrites, isBehind, noteWrite, STALE_RETRY_MICROS } from '#cluster/client/own-writes.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { REVISION_LABEL, REVISIONS, type Revisions, revisionsOf } from '../controller-revisions.ts'
import { CONTROLLER_INDEX, ownerIndexes } from '../owned-pods.ts'
import { availableIn } from '../replicaset/status.ts'
import { claimsAt, isHealthy, ordinalOf, podAt } from './identity.ts'

interface Memory {
  readonly writes: OwnWrites
}

interface Tag {
  readonly type: 'create' | 'claim' | 'delete' | 'status'
  readonly set: StatefulSet
  readonly name: string
}

export const statefulSetController: Controller<Memory> = {
  name: 'statefulset',
  offByDefault: true,
  watches: [
    { resource: 'statefulsets', enqueue: ({ object, type }) => (type === 'deleted' ? [] : [keyOf(object)]) },
    { resource: 'pods', enqueue: ownerKey },
    { resource: 'persistentvolumeclaims', enqueue: () => [] },
    { resource: REVISIONS, enqueue: ownerKey },
  ],
  indexes: { pods: ownerIndexes, [REVISIONS]: ownerIndexes },
  memory: () => ({ writes: createOwnWrites() }),
  reconcile,
  settle,
}

function ownerKey({ object }: Delta): string[] {
  const owner = controllerOf(object)
  return owner?.kind === 'StatefulSet' ? [`${object.metadata.namespace}/${owner.name}`] : []
}

interface Sync {
  readonly set: StatefulSet
  readonly caches: Caches
  readonly pods: ReadonlyMap<number, Pod>
  readonly revisions: Revisions
  /** The revision that Pods below the partition are of. */
  readonly current: string
  readonly now: Micros
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const set = caches.get<StatefulSet>('statefulsets', key)
  if (!set || set.metadata.deletionTimestamp !== undefined) return {}
  if (isBehind(memory.writes, key, set, ctx.now)) return { requeueAfterMicros: STALE_RETRY_MICROS }
  const pods = new Map<number, Pod>()
  for (const pod of caches.by<Pod>('pods', CONTROLLER_INDEX, set.metadata.uid!)) {
    const ordinal = ordinalOf(set, pod)
    if (ordinal !== undefined) pods.set(ordinal, pod)
  }
  const known = set.status?.currentRevision
  const inUse = new Set([...pods.values()].map(revisionOf))
  if (known) inUse.add(known)
  const revisions = revisionsOf(set, caches, inUse)
  const current = known && revisions.all.some(({ metadata }) => metadata.name === known) ? known : revisions.current
  const sync: Sync = { set, caches, pods, revisions, current, now: ctx.now }
  const status = statusOf(sync)
  const next = { ...set, status } as StatefulSet
  const write: Call = {
    request: updateStatusRequest(next),
    tag: { type: 'status', set, name: '' } satisfies Tag,
    accept: ['NotFound', 'Conflict'],
  }
  const calls = [...revisions.calls, ...actions(sync), ...(isEqual(set.status ?? {}, status) ? [] : [write])]
  const wait = nextAvailable(sync)
  return { calls, ...(wait !== undefined && { requeueAfterMicros: wait }) }
}

const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[REVISION_LABEL] ?? ''

const firstOf = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0
const endOf = (set: StatefulSet): number => firstOf(set) + (set.spec.replicas ?? 1)

const isAvailable = ({ set, now }: Sync, pod: Pod): boolean =>
  isHealthy(pod) && availableIn(pod, set.spec.minReadySeconds ?? 0, now) === 0

// ── what is to be done ──────────────────────────────────────────────────────────────────────────────────────────────

/** In order, one thing at a time; in parallel, everything but updates. */
function actions(sync: Sync): Call[] {
  const { set, pods } = sync
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
  const calls: Call[] = []
  for (let ordinal = firstOf(set); ordinal < endOf(set); ordinal++) {
    const pod = pods.get(ordinal)
    if (!pod) calls.push(...create(sync, ordinal))
    else if (isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined) calls.push(deletion(set, pod))
    // What comes after it waits until it serves.
    if (isOrdered && (calls.length > 0 || !isAvailable(sync, pod!))) return calls
  }
  const condemned = [...pods]
    .filter(([ordinal]) => ordinal < firstOf(set) || ordinal >= endOf(set))
    .sort(([a], [b]) => b - a)
  for (const [, pod] of condemned) {
    if (pod.metadata.deletionTimestamp === undefined) calls.push(deletion(set, pod))
    if (isOrdered) return calls
  }
  if (calls.length > 0 || condemned.length > 0) return calls
  return update(sync)
}

/** The highest that is not of the newest revision goes, once all above it serve. */
function update(sync: Sync): Call[] {
  const { set, pods, revisions } = sync
  if (set.spec.updateStrategy?.type === 'OnDelete') return []
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  for (let ordinal = endOf(set) - 1; ordinal >= firstOf(set) + partition; ordinal--) {
    const pod = pods.get(ordinal)
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return []
    if (revisionOf(pod) !== revisions.current) return [deletion(set, pod)]
    if (!isAvailable(sync, pod)) return []
  }
  return []
}

function create(sync: Sync, ordinal: number): Call[] {
  const { set, caches, revisions } = sync
  const missing = claimsAt(set, ordinal).filter((claim) => !caches.get('persistentvolumeclaims', keyOf(claim)))
  const claims = missing.map((claim): Call => ({
    request: createRequest(claim),
    tag: { type: 'claim', set, name: claim.metadata.name } satisfies Tag,
    accept: ['AlreadyExists'],
  }))
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  const isHeldBack = type !== 'OnDelete' && ordinal < firstOf(set) + (rollingUpdate?.partition ?? 0)
  const revision = isHeldBack ? sync.current : revisions.current
  const pod = podAt(set, templateOf(sync, revision), revision, ordinal)
  const tag: Tag = { type: 'create', set, name: pod.metadata.name }
  return [...claims, { request: createRequest(pod), tag, accept: ['AlreadyExists'] }]
}

function templateOf({ set, revisions }: Sync, revision: string): PodTemplateSpec {
  const old =
    revision === revisions.current ? undefined : revisions.all.find(({ metadata }) => metadata.name === revision)
  if (!old) return set.spec.template
  const { $patch: _, ...template } = old.data.spec.template as PodTemplateSpec & { $patch?: string }
  return template
}

const deletion = (set: StatefulSet, pod: Pod): Call => ({
  request: deleteRequest('pods', pod, { preconditions: { uid: pod.metadata.uid! } }),
  tag: { type: 'delete', set, name: pod.metadata.name } satisfies Tag,
  accept: ['NotFound', 'Conflict'],
})

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

function statusOf(sync: Sync): NonNullable<StatefulSet['status']> {
  const { set, pods, revisions } = sync
  const all = [...pods.values()].filter((pod) => !isPodFinished(pod))
  const live = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const ready = all.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length
  const available = all.filter((pod) => isAvailable(sync, pod)).length
  const updated = live.filter((pod) => revisionOf(pod) === revisions.current).length
  // An update is over when all are new and serve.
  const isDone = sync.current !== revisions.current && updated === all.length && ready === all.length && all.length === (set.spec.replicas ?? 1) // prettier-ignore
  const current = isDone ? revisions.current : sync.current
  const currents = live.filter((pod) => revisionOf(pod) === current).length
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: all.length,
    ...(ready > 0 && { readyReplicas: ready }),
    availableReplicas: available,
    ...(currents > 0 && { currentReplicas: currents }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current,
    updateRevision: revisions.current,
    collisionCount: 0,
  }
}

/** With minReadySeconds time alone makes a Pod available. */
function nextAvailable({ set, pods, now }: Sync): Micros | undefined {
  const { minReadySeconds } = set.spec
  if (!minReadySeconds) return undefined
  const waits = [...pods.values()].map((pod) => availableIn(pod, minReadySeconds, now) ?? 0).filter((wait) => wait > 0)
  return waits.length === 0 ? undefined : Math.min(...waits)
}

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const WORDS = {
  create: ['SuccessfulCreate', 'FailedCreate', 'create Pod'],
  delete: ['SuccessfulDelete', 'FailedDelete', 'delete Pod'],
} as const

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
  if (!tag) return undefined
  const { set: object, name, type } = tag
  if (type === 'status') {
    noteWrite(memory.writes, key, answer, ctx.now)
    return undefined
  }
  // It was there already.
  if (!failed && !isOk(answer)) return undefined
  const error = failed ? ` error: ${messageOf(answer)}` : ''
  const eventType = failed ? 'Warning' : 'Normal'
  if (type === 'claim') {
    const pod = name.slice(name.lastIndexOf(`${object.metadata.name}-`))
    const message = `create Claim ${name} Pod ${pod} in StatefulSet ${object.metadata.name} ${failed ? 'failed' : 'success'}${error}`
    return [{ object, type: eventType, reason: failed ? 'FailedCreate' : 'SuccessfulCreate', message }]
  }
  const [good, bad, what] = WORDS[type]
  const message = `${what} ${name} in StatefulSet ${object.metadata.name} ${failed ? 'failed' : 'successful'}${error}`
  return [{ object, type: eventType, reason: failed ? bad : good, message }]
}
