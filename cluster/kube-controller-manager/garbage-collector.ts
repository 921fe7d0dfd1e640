/**
 * The garbage collector: what depends on nothing that exists any more is deleted.
 *
 * What the real one does: keeps a graph of all objects by UID, and looks twice (the second time live) before it deletes.
 * What we model: deletion in the background by ownerReferences, the live look at an owner that the cache does not show, owners
 * told apart by UID, the precondition that the dependent is still the one that was looked at.
 * What we leave out: foreground deletion and orphaning (their finalizers), kinds other than the API here serves, the
 * removal of single dead owners from an object that has living ones too.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject, OwnerReference } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled, Watch } from '#cluster/client/controller.ts'
import type { Delta, Indexer } from '#cluster/client/informer.ts'
import { Table } from '#cluster/kernel/table.ts'

/** Kinds that own or are owned here. */
const RESOURCES = ['pods', 'replicasets', 'deployments', 'services', 'endpointslices', 'nodes', 'leases'] as const

interface Memory {
  /** UIDs of owners that a live look did not find; the oldest make room. */
  absent: Table<string, true>
}

interface Tag {
  readonly look: OwnerReference
}

/** As many as upstream remembers. */
const ABSENT_MAX = 500

const byOwner: Indexer = (object: KubernetesObject) => (object.metadata.ownerReferences ?? []).map(({ uid }) => uid)

export const garbageCollector: Controller<Memory> = {
  name: 'garbage-collector',
  eventSource: 'garbage-collector-controller',
  workers: 20,
  watches: RESOURCES.map((resource): Watch<Memory> => ({
    resource,
    enqueue: (delta, caches) => onChange(resource, delta, caches),
  })),
  indexes: Object.fromEntries(RESOURCES.map((resource) => [resource, { owner: byOwner }])),
  memory: () => ({ absent: new Table() }),
  reconcile,
  settle,
}

/** A deletion concerns the dependents; a new or newly owned object itself. */
function onChange(resource: string, delta: Delta<KubernetesObject>, caches: Caches): string[] {
  const { object, old } = delta
  if (delta.type === 'deleted') return dependentsOf(object.metadata.uid!, caches)
  const replaced = old && old.metadata.uid !== object.metadata.uid ? dependentsOf(old.metadata.uid!, caches) : []
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length === 0 || (old && replaced.length === 0 && sameOwners(old, object))) return replaced
  return owners.every((owner) => isCached(owner, object, caches))
    ? replaced
    : [...replaced, `${resource}|${keyOf(object)}`]
}

const sameOwners = (a: KubernetesObject, b: KubernetesObject): boolean => byOwner(a).join(' ') === byOwner(b).join(' ')

function dependentsOf(uid: string, caches: Caches): string[] {
  return RESOURCES.flatMap((resource) =>
    [...caches.by<KubernetesObject>(resource, 'owner', uid)].map((object) => `${resource}|${keyOf(object)}`),
  )
}

function isCached(owner: OwnerReference, dependent: KubernetesObject, caches: Caches): boolean {
  const row = resourceOfKind(owner.kind)
  if (!row || !(RESOURCES as readonly string[]).includes(row.resource)) return false
  const key = row.namespaced ? `${dependent.metadata.namespace}/${owner.name}` : owner.name
  return caches.get<KubernetesObject>(row.resource, key)?.metadata.uid === owner.uid
}

function reconcile(key: string, caches: Caches, memory: Memory): Reconciled {
  const bar = key.indexOf('|')
  const resource = key.slice(0, bar)
  const object = caches.get<KubernetesObject>(resource, key.slice(bar + 1))
  if (!object || object.metadata.deletionTimestamp !== undefined) return {}
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length === 0) return {}
  const unsure: OwnerReference[] = []
  for (const owner of owners) {
    if (memory.absent.has(owner.uid)) continue
    // One living owner is enough to keep it.
    if (isCached(owner, object, caches)) return {}
    unsure.push(owner)
  }
  if (unsure.length > 0) {
    const calls = unsure.flatMap((owner) => lookUp(owner, object))
    // Of a kind that we cannot look up we know nothing, so it stays.
    return calls.length < unsure.length ? {} : { calls, again: true }
  }
  const options = { preconditions: { uid: object.metadata.uid! }, propagationPolicy: 'Background' } as const
  return { calls: [{ request: deleteRequest(resource, object, options), accept: ['NotFound', 'Conflict'] }] }
}

/** The caches of different kinds are not of one moment: ask the API server before anything is deleted. */
function lookUp(owner: OwnerReference, dependent: KubernetesObject): Call[] {
  const row = resourceOfKind(owner.kind)
  if (!row) return []
  const namespace = row.namespaced ? dependent.metadata.namespace : undefined
  const tag: Tag = { look: owner }
  return [{ request: getRequest(row.resource, namespace, owner.name), tag, accept: ['NotFound'] }]
}

function settle(_key: string, call: Call, answer: Answer, failed: boolean, memory: Memory): undefined {
  const tag = call.tag as Tag | undefined
  if (!tag || failed) return undefined
  const found = (answer.body as KubernetesObject | undefined)?.metadata?.uid
  if (answer.status !== 404 && found === tag.look.uid) return undefined
  memory.absent.set(tag.look.uid, true)
  if (memory.absent.size <= ABSENT_MAX) return undefined
  for (const oldest of memory.absent.keys()) {
    memory.absent.delete(oldest)
    break
  }
  return undefined
}
