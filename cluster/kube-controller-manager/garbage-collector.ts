/**
 * The garbage collector: what depends on nothing that exists any more is deleted.
 *
 * What the real one does: keeps a graph of all objects by UID, and looks twice (the second time live) before it deletes.
 * What we model: deletion in the background by ownerReferences, the live look at an owner that the cache does not show, owners
 * told apart by UID, the precondition that the dependent is still the one that was looked at; foreground deletion (the owner
 * waits for dependents that block it) and orphaning, by their finalizers; a dead owner's name taken off an object that has
 * living ones too.
 * Where a whole control plane runs, every built-in kind that can be deleted is watched, and whatever definitions bring
 * (`resource-monitors`); in small clusters those kinds that own or are owned by a controller.
 * What we leave out: kinds of servers behind an APIService; in small clusters, that the owner of another kind has gone.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import { RESOURCES, resourceOfKind, type Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, ObjectMeta, OwnerReference } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Enqueue, Reconciled, Watch } from '#cluster/client/controller.ts'
import type { Delta, Indexer } from '#cluster/client/informer.ts'
import { Table } from '#cluster/kernel/table.ts'

/** Kinds that own or are owned by what runs in every cluster. */
const ALWAYS: readonly string[] = [
  'pods',
  'replicasets',
  'deployments',
  'services',
  'endpointslices',
  'nodes',
  'leases',
]
/** Those whose controllers are off by default: known where one of them runs. */
const OF_CONTROLLERS = ['jobs', 'cronjobs', 'daemonsets', 'statefulsets', 'controllerrevisions'] as const
/** All others that can go: known where they are monitored. Upstream, too, takes no notice of Events. */
const OF_OTHERS = RESOURCES.filter(
  ({ resource, verbs, storedAs }) =>
    storedAs === undefined &&
    resource !== 'events' &&
    ['delete', 'list', 'watch'].every((verb) => verbs.includes(verb)) &&
    !ALWAYS.includes(resource) &&
    !OF_CONTROLLERS.some((one) => one === resource),
).map(({ resource }) => resource)
const BUILT_IN: readonly string[] = [...ALWAYS, ...OF_CONTROLLERS, ...OF_OTHERS]

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
  watches: BUILT_IN.map((resource): Watch<Memory> => ({
    resource,
    ifWatched: !ALWAYS.includes(resource),
    enqueue: (delta, caches) => onChange(resource, delta, caches),
  })),
  onCustom: onChange,
  indexes: Object.fromEntries([...BUILT_IN, '*'].map((resource) => [resource, { owner: byOwner }])),
  memory: () => ({ absent: new Table(), present: new Table() }),
  reconcile,
  settle,
}

/** Watches what nobody else does, so that the garbage collector knows it: upstream its graph builder has monitors. */
export const resourceMonitors: Controller = {
  name: 'resource-monitors',
  offByDefault: true,
  watches: BUILT_IN.map((resource) => ({ resource, enqueue: (): readonly Enqueue[] => NOBODY })),
  memory: () => ({}),
  reconcile: () => ({}),
}

/** Where objects of a kind are: the name of their cache, and what a request says. */
interface Place {
  readonly cache: string
  readonly of: string | Resource
  readonly namespaced: boolean
}

/** Where an owner is; undefined where nobody has heard of its kind. Two groups may have a kind of the same name. */
function placeOf({ apiVersion, kind }: OwnerReference, caches: Caches): Place | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const builtIn = resourceOfKind(kind)
  if (builtIn?.group === group) return { cache: builtIn.resource, of: builtIn.resource, namespaced: builtIn.namespaced }
  const found = caches.customs().find(([, row]) => row.kind === kind && row.group === group)
  return found && { cache: found[0], of: found[1], namespaced: found[1].namespaced }
}

/** What a request says of a kind that is cached by this name. */
const named = (cache: string, caches: Caches): string | Resource =>
  caches.customs().find(([name]) => name === cache)?.[1] ?? cache

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
      ? [`${placeOf(owner, caches)!.cache}|${keyOf(found)}`]
      : []
  })
}

const sameOwners = (a: KubernetesObject, b: KubernetesObject): boolean => byOwner(a).join(' ') === byOwner(b).join(' ')

function dependentsOf(uid: string, caches: Caches): string[] {
  const watched = BUILT_IN.filter((resource) => caches.has(resource))
  return [...watched, ...caches.customs().map(([name]) => name)].flatMap((resource) =>
    [...caches.by<KubernetesObject>(resource, 'owner', uid)].map((object) => `${resource}|${keyOf(object)}`),
  )
}

const isCached = (owner: OwnerReference, dependent: KubernetesObject, caches: Caches): boolean =>
  cachedOwner(owner, dependent, caches) !== undefined

function cachedOwner(owner: OwnerReference, dependent: KubernetesObject, caches: Caches): KubernetesObject | undefined {
  const place = placeOf(owner, caches)
  if (!place || !caches.has(place.cache)) return undefined
  const key = place.namespaced ? `${dependent.metadata.namespace}/${owner.name}` : owner.name
  const found = caches.get<KubernetesObject>(place.cache, key)
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
  if (lives) return { calls: withoutOwners(named(resource, caches), object, [...gone, ...waiting]) }
  if (unsure.length > 0) {
    const calls = unsure.flatMap((owner) => lookUp(owner, object, caches))
    // Of a kind that we cannot look up we know nothing, so it stays.
    return calls.length < unsure.length ? {} : { calls, again: true }
  }
  // What waits is waited for all the way down.
  const isFamily = waiting.length > 0 && dependentsOf(object.metadata.uid!, caches).length > 0
  const propagationPolicy = isFamily ? 'Foreground' : 'Background'
  const options = { preconditions: { uid: object.metadata.uid! }, propagationPolicy } as const
  return {
    calls: [{ request: deleteRequest(named(resource, caches), object, options), accept: ['NotFound', 'Conflict'] }],
  }
}

/** The dependents forget their owner; then it may go. */
function orphan(resource: string, owner: KubernetesObject, caches: Caches): Reconciled {
  const { name, uid } = owner.metadata
  const { apiVersion, kind } = owner
  const self: OwnerReference = { apiVersion, kind, name, uid: uid! }
  const calls = dependents(owner, caches).flatMap(([of, object]) => withoutOwners(named(of, caches), object, [self]))
  return { calls: calls.length > 0 ? calls : [withoutFinalizer(named(resource, caches), owner, ORPHAN)] }
}

/** It goes when no dependent is left that blocks it. */
function inForeground(resource: string, owner: KubernetesObject, caches: Caches): Reconciled {
  const isBlocking = ({ metadata }: KubernetesObject): boolean =>
    metadata.ownerReferences?.some((one) => one.uid === owner.metadata.uid && one.blockOwnerDeletion === true) === true
  if (dependents(owner, caches).some(([, object]) => isBlocking(object))) return {}
  return { calls: [withoutFinalizer(named(resource, caches), owner, FOREGROUND)] }
}

function dependents(owner: KubernetesObject, caches: Caches): (readonly [string, KubernetesObject])[] {
  return dependentsOf(owner.metadata.uid!, caches).map((key) => {
    const [resource = '', name = ''] = key.split('|')
    return [resource, caches.get<KubernetesObject>(resource, name)!]
  })
}

function withoutOwners(of: string | Resource, object: KubernetesObject, owners: readonly OwnerReference[]): Call[] {
  if (owners.length === 0) return []
  const accept = ['NotFound', 'Conflict']
  const { uid, resourceVersion, ownerReferences: all = [] } = object.metadata
  if (typeof of === 'string') {
    const ownerReferences = owners.map((owner) => ({ $patch: 'delete', uid: owner.uid }))
    return [{ request: patchRequest(of, object, 'strategic', { metadata: { ownerReferences, uid } }), accept }]
  }
  // What a definition brings takes no strategic patch: the list as a whole, of the version that was looked at.
  const ownerReferences = all.filter((one) => !owners.some((owner) => owner.uid === one.uid))
  const patch = { metadata: { ownerReferences, uid, resourceVersion } }
  return [{ request: patchRequest(of, object, 'merge', patch), accept }]
}

function withoutFinalizer(of: string | Resource, object: KubernetesObject, finalizer: string): Call {
  const { finalizers = [], resourceVersion } = object.metadata
  const patch = { metadata: { finalizers: finalizers.filter((one) => one !== finalizer), resourceVersion } }
  return { request: patchRequest(of, object, 'merge', patch), accept: ['NotFound'] }
}

/** The caches of different kinds are not of one moment: ask the API server before anything is deleted. */
function lookUp(owner: OwnerReference, dependent: KubernetesObject, caches: Caches): Call[] {
  const place = placeOf(owner, caches)
  if (!place) return []
  const namespace = place.namespaced ? dependent.metadata.namespace : undefined
  const tag: Tag = { look: owner, isWatched: caches.has(place.cache) }
  return [{ request: getRequest(place.of, namespace, owner.name), tag, accept: ['NotFound'] }]
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
