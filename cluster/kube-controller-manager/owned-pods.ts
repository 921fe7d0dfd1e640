/**
 * Which Pods are a controller's: those that name it as their controller, and orphans that its selector matches.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/controller_ref_manager.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import { controllerOf, controllerRef, isPodFinished, isPodReady } from '#cluster/api/meta.ts'
import type { KubernetesObject, LabelSelector, Pod } from '#cluster/api/types.ts'
import { patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call } from '#cluster/client/controller.ts'
import type { Indexer } from '#cluster/client/informer.ts'

export const CONTROLLER_INDEX = 'controller'
export const ORPHAN_INDEX = 'orphan'

/** Under the UID of its controller. */
export const byController: Indexer = (object: KubernetesObject) => {
  const owner = controllerOf(object)
  return owner ? [owner.uid] : []
}

/** Those without a controller, under their namespace. */
export const orphansByNamespace: Indexer = (object: KubernetesObject) =>
  controllerOf(object) ? [] : [object.metadata.namespace ?? '']

/** Pods by their controller and what they are to it, so that a ReplicaSet of thousands is counted without a look at each. */
export const podCountIndexes: Readonly<Record<string, Indexer>> = {
  active: (pod: Pod) => (isPodActive(pod) ? byController(pod) : []),
  activeAndReady: (pod: Pod) => (isPodActive(pod) && isPodReady(pod) ? byController(pod) : []),
  terminating: (pod: Pod) => (pod.metadata.deletionTimestamp && !isPodFinished(pod) ? byController(pod) : []),
}

export const ownerIndexes: Readonly<Record<string, Indexer>> = {
  [CONTROLLER_INDEX]: byController,
  [ORPHAN_INDEX]: orphansByNamespace,
}

export const isPodActive = (pod: Pod): boolean => !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined

export interface Claimed<T> {
  readonly owned: readonly T[]
  /** Patches that take orphans in and let go of those that no longer match. */
  readonly calls: readonly Call[]
}

/** Sorts out what is whose. An adoption counts at once; should its patch fail, the key comes round again. */
export function claim<T extends KubernetesObject>(
  caches: Caches,
  resource: string,
  owner: KubernetesObject,
  selector: LabelSelector,
  adoptable: (object: T) => boolean,
): Claimed<T> {
  const owned: T[] = []
  const calls: Call[] = []
  const leaving = owner.metadata.deletionTimestamp !== undefined
  for (const object of caches.by<T>(resource, CONTROLLER_INDEX, owner.metadata.uid!)) {
    if (matchesSelector(selector, object.metadata.labels)) owned.push(object)
    else if (!leaving) calls.push(release(resource, object, owner))
  }
  if (leaving) return { owned, calls }
  for (const object of caches.by<T>(resource, ORPHAN_INDEX, owner.metadata.namespace ?? '')) {
    if (object.metadata.deletionTimestamp !== undefined || !adoptable(object)) continue
    if (!matchesSelector(selector, object.metadata.labels)) continue
    owned.push(object)
    calls.push(adopt(resource, object, owner))
  }
  return { owned, calls }
}

/** The UID in the patch makes it fail if another object has taken the name. */
function adopt(resource: string, object: KubernetesObject, owner: KubernetesObject): Call {
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerRef(owner)]
  const { uid, resourceVersion } = object.metadata
  const patch = { metadata: { uid, resourceVersion, ownerReferences } }
  return { request: patchRequest(resource, object, 'merge', patch), tag: { type: 'adopt' }, accept: ['NotFound'] }
}

function release(resource: string, object: KubernetesObject, owner: KubernetesObject): Call {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid)
  const { uid, resourceVersion } = object.metadata
  const patch = { metadata: { uid, resourceVersion, ownerReferences } }
  return { request: patchRequest(resource, object, 'merge', patch), tag: { type: 'release' }, accept: ['NotFound'] }
}

/** A Pod from a template, controlled by the owner; the API server makes up the end of its name. */
export function podFromTemplate(
  owner: KubernetesObject,
  template: Pod | { metadata?: object; spec: Pod['spec'] },
): Pod {
  const { labels, annotations, finalizers } = (template.metadata ?? {}) as Partial<Pod['metadata']>
  const metadata = {
    generateName: `${owner.metadata.name}-`,
    namespace: owner.metadata.namespace,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
    ownerReferences: [controllerRef(owner)],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadata as unknown as Pod['metadata'], spec: template.spec }
}
