/**
 * The garbage collector: what depends on nothing that exists any more is deleted.
 *
 * What the real one does: keeps a graph of all objects by UID, and looks twice (the second time live) before it deletes.
 * What we model: deletion in the background by ownerReferences, the live look at an owner that the cache does not show, owners
 * told apart by UID, the precondition that the dependent is still the one that was looked at; foreground deletion (the owner
 * waits for dependents that block it) and orphaning, by their finalizers; a dead owner's name taken off an object that has
 * living ones too.
 * What we leave out: kinds other than those that own or are owned by a controller here: a live owner of another kind is found, its end is not noticed.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject, ObjectMeta, OwnerReference } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled, Watch } from '#cluster/client/controller.ts'
import type { Delta, Indexer } from '#cluster/client/informer.ts'
import { Table } from '#cluster/kernel/table.ts'

/** Kinds that own or are owned here. */
const ALWAYS = ['pods', 'replicasets', 'deployments', 'services', 'endpointslices', 'nodes', 'leases'] as const
/** Those whose controllers are off by default: known where one of them runs. */
const WHERE_WATCHED = ['jobs', 'cronjobs', 'daemonsets', 'statefulsets', 'controllerrevisions'] as const
const RESOURCES: readonly string[] = [...ALWAYS, ...WHERE_WATCHED]

interface Memory {
  /** UIDs of owners that a live look did not find; the oldest make room. */
  absent: Table<string, true>
  /** Those of kinds that nobody watches here, and that a live look has found. */
  present: Table<string, true>
}

interface Tag {
  readonly look: OwnerReference
  readonly isWatched: boolean
}

/** As many as upstream remembers. */
const REMEMBERED_MAX = 500

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/** Its end waits for us: `orphan`, `foregroundDeletion`. */
const awaits = ({ metadata }: KubernetesObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true

const byOwner: Indexer = ({ metadata }: KubernetesObject) =>
  metadata.ownerReferences === undefined ? NOBODY : metadata.ownerReferences.map(({ uid }) => uid)

const NOBODY: readonly string[] = Object.freeze([])

export const garbageCollector: Controller<Memory> = {
  name: 'garbage-collector',
  eventSource: 'garbage-collector-controller',
  workers: 20,
  watches: RESOURCES.map((resource): Watch<Memory> => ({
    resource,
    ifWatched: !ALWAYS.some((one) => one === resource),
    enqueue: (delta, caches) => onChange(resource, delta, caches),
  })),
  indexes: Object.fromEntries(RESOURCES.map((resource) => [resource, { owner: byOwner }])),
  memory: () => ({ absent: new Table(), present: new Table() }),
  reconcile,
  settle,
}

/** A deletion concerns the dependents; a new or newly owned object itself. */
function onChange(resource: string, delta: Delta<KubernetesObject>, caches: Caches): readonly string[] {
  const { object, old } = delta
  // Most changes are of what does not go and belongs to whom it belonged: leases that are renewed, statuses.
  if (delta.type === 'updated' && isStill(old!.metadata, object.metadata)) return NOBODY
  const self = `${resource}|${keyOf(object)}`
  if (delta.type === 'deleted') return [...dependentsOf(object.metadata.uid!, caches), ...waitingOwners(object, caches)]
  if (awaits(object, ORPHAN)) return [self]
  if (awaits(object, FOREGROUND)) return [...dependentsOf(object.metadata.uid!, caches), self]
  // One that no longer blocks lets its owner go.
  if (old && !sameOwners(old, object)) {
    const released = waitingOwners(old, caches)
    if (released.length > 0) return [...released, self]
  }
  if (!old && waitingOwners(object, caches).length > 0) return [self]
  const replaced = old && old.metadata.uid !== object.metadata.uid ? dependentsOf(old.metadata.uid!, caches) : []
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length === 0 || (old && replaced.length === 0 && sameOwners(old, object))) return replaced
  return owners.every((owner) => isCached(owner, object, caches)) ? replaced : [...replaced, self]
}

const isStill = (old: ObjectMeta, now: ObjectMeta): boolean =>
  now.deletionTimestamp === undefined && old.uid === now.uid && old.ownerReferences === now.ownerReferences

/** The owners whose end waits for it to go, or to forget them. */
function waitingOwners(object: KubernetesObject, caches: Caches): string[] {
  return (object.metadata.ownerReferences ?? []).flatMap((owner) => {
    const found = cachedOwner(owner, object, caches)
    return found && (awaits(found, FOREGROUND) || awaits(found, ORPHAN))
      ? [`${resourceOfKind(owner.kind)!.resource}|${keyOf(found)}`]
      : []
  })
}

const sameOwners = (a: KubernetesObject, b: KubernetesObject): boolean => byOwner(a).join(' ') === byOwner(b).join(' ')

function dependentsOf(uid: string, caches: Caches): string[] {
  return RESOURCES.filter((resource) => caches.has(resource)).flatMap((resource) =>
    [...caches.by<KubernetesObject>(resource, 'owner', uid)].map((object) => `${resource}|${keyOf(object)}`),
  )
}

const isKnown = (resource: string, caches: Caches): boolean => RESOURCES.includes(resource) && caches.has(resource)

const isCached = (owner: OwnerReference, dependent: KubernetesObject, caches: Caches): boolean =>
  cachedOwner(owner, dependent, caches) !== undefined

function cachedOwner(owner: OwnerReference, dependent: KubernetesObject, caches: Caches): KubernetesObject | undefined {
  const row = resourceOfKind(owner.kind)
  if (!row || !isKnown(row.resource, caches)) return undefined
  const key = row.namespaced ? `${dependent.metadata.namespace}/${owner.name}` : owner.name
  const found = caches.get<KubernetesObject>(row.resource, key)
  return found?.metadata.uid === owner.uid ? found : undefined
}

function reconcile(key: string, caches: Caches, memory: Memory): Reconciled {
  const bar = key.indexOf('|')
  const resource = key.slice(0, bar)
  const object = caches.get<KubernetesObject>(resource, key.slice(bar + 1))
  if (!object) return {}
  if (awaits(object, ORPHAN)) return orphan(resource, object, caches)
  if (awaits(object, FOREGROUND)) return inForeground(resource, object, caches)
  if (object.metadata.deletionTimestamp !== undefined) return {}
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length === 0) return {}
  const gone: OwnerReference[] = []
  const unsure: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  let lives = false
  for (const owner of owners) {
    const found = cachedOwner(owner, object, caches)
    if (memory.absent.has(owner.uid)) gone.push(owner)
    else if (!found && memory.present.has(owner.uid)) lives = true
    else if (!found) unsure.push(owner)
    else if (awaits(found, FOREGROUND)) waiting.push(owner)
    else lives = true
  }
  // One living owner is enough to keep it; the others it need not name any more.
  if (lives) return { calls: withoutOwners(resource, object, [...gone, ...waiting]) }
  if (unsure.length > 0) {
    const calls = unsure.flatMap((owner) => lookUp(owner, object, caches))
    // Of a kind that we cannot look up we know nothing, so it stays.
    return calls.length < unsure.length ? {} : { calls, again: true }
  }
  // What waits is waited for all the way down.
  const isFamily = waiting.length > 0 && dependentsOf(object.metadata.uid!, caches).length > 0
  const propagationPolicy = isFamily ? 'Foreground' : 'Background'
  const options = { preconditions: { uid: object.metadata.uid! }, propagationPolicy } as const
  return { calls: [{ request: deleteRequest(resource, object, options), accept: ['NotFound', 'Conflict'] }] }
}

/** The dependents forget their owner; then it may go. */
function orphan(resource: string, owner: KubernetesObject, caches: Caches): Reconciled {
  const { name, uid } = owner.metadata
  const { apiVersion, kind } = owner
  const self: OwnerReference = { apiVersion, kind, name, uid: uid! }
  const calls = dependents(owner, caches).flatMap(([of, object]) => withoutOwners(of, object, [self]))
  return { calls: calls.length > 0 ? calls : [withoutFinalizer(resource, owner, ORPHAN)] }
}

/** It goes when no dependent is left that blocks it. */
function inForeground(resource: string, owner: KubernetesObject, caches: Caches): Reconciled {
  const isBlocking = ({ metadata }: KubernetesObject): boolean =>
    metadata.ownerReferences?.some((one) => one.uid === owner.metadata.uid && one.blockOwnerDeletion === true) === true
  if (dependents(owner, caches).some(([, object]) => isBlocking(object))) return {}
  return { calls: [withoutFinalizer(resource, owner, FOREGROUND)] }
}

function dependents(owner: KubernetesObject, caches: Caches): (readonly [string, KubernetesObject])[] {
  return dependentsOf(owner.metadata.uid!, caches).map((key) => {
    const [resource = '', name = ''] = key.split('|')
    return [resource, caches.get<KubernetesObject>(resource, name)!]
  })
}

function withoutOwners(resource: string, object: KubernetesObject, owners: readonly OwnerReference[]): Call[] {
  if (owners.length === 0) return []
  const ownerReferences = owners.map(({ uid }) => ({ $patch: 'delete', uid }))
  const patch = { metadata: { ownerReferences, uid: object.metadata.uid } }
  return [{ request: patchRequest(resource, object, 'strategic', patch), accept: ['NotFound', 'Conflict'] }]
}

function withoutFinalizer(resource: string, object: KubernetesObject, finalizer: string): Call {
  const { finalizers = [], resourceVersion } = object.metadata
  const patch = { metadata: { finalizers: finalizers.filter((one) => one !== finalizer), resourceVersion } }
  return { request: patchRequest(resource, object, 'merge', patch), accept: ['NotFound'] }
}

/** The caches of different kinds are not of one moment: ask the API server before anything is deleted. */
function lookUp(owner: OwnerReference, dependent: KubernetesObject, caches: Caches): Call[] {
  const row = resourceOfKind(owner.kind)
  if (!row) return []
  const namespace = row.namespaced ? dependent.metadata.namespace : undefined
  const tag: Tag = { look: owner, isWatched: isKnown(row.resource, caches) }
  return [{ request: getRequest(row.resource, namespace, owner.name), tag, accept: ['NotFound'] }]
}

function settle(_key: string, call: Call, answer: Answer, failed: boolean, memory: Memory): undefined {
  const tag = call.tag as Tag | undefined
  if (!tag || failed) return undefined
  const found = (answer.body as KubernetesObject | undefined)?.metadata?.uid
  const isThere = answer.status !== 404 && found === tag.look.uid
  // What is watched is soon in the cache, and seen when it goes.
  if (isThere && tag.isWatched) return undefined
  const uids = isThere ? memory.present : memory.absent
  uids.set(tag.look.uid, true)
  if (uids.size <= REMEMBERED_MAX) return undefined
  for (const oldest of uids.keys()) {
    uids.delete(oldest)
    break
  }
  return undefined
}
