/**
 * What a DELETE does to an object: it goes, or it waits (for its grace period, or for its finalizers).
 *
 * Where to read upstream: apiserver `pkg/registry/rest/delete.go` (BeforeDelete), `pkg/registry/generic/registry/store.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import { deepFreeze, formatTime, parseTime } from '#cluster/api/meta.ts'
import type { KubernetesObject, Namespace, ObjectMeta, Status } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Definition } from '../extensions/definition.ts'
import { DEFINITIONS } from '../extensions/definition.ts'
import { markedForDeletion } from '../extensions/ending.ts'
import { strategyOf } from '../registry/registry.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { Origin } from '../state.ts'
import { conflict, forbidden } from '../status.ts'

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** As the body says; the query, where there is none. */
export function optionsOf(request: HttpRequest): DeleteOptions {
  if (request.body !== undefined) return (request.body ?? {}) as DeleteOptions
  const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion } = request.query ?? {}
  return {
    ...((uid || resourceVersion) && {
      preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(propagationPolicy !== undefined && { propagationPolicy: propagationPolicy as 'Background' }),
  }
}

export type Deletion =
  /** It goes now. @member last as it is shown: what has a grace period has it at zero, and says when */
  | { readonly type: 'remove'; readonly last?: KubernetesObject }
  /** It stays for a while, marked. */
  | { readonly type: 'mark'; readonly object: KubernetesObject }
  /** It is marked already, and this changes nothing. */
  | { readonly type: 'pending' }
  | { readonly type: 'refuse'; readonly status: Status }

/** Upstream has only the object at hand there, and calls its resource by its kind. */
const byKind = (resource: Resource): Resource => ({ ...resource, resource: resource.kind })

export function decideDeletion(info: RequestInfo, origin: Origin, options: DeleteOptions, now: Micros): Deletion {
  const { object, modRevision } = origin
  const { metadata } = object
  const { uid, resourceVersion } = options.preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
    return { type: 'refuse', status: conflict(byKind(info.resource), info.name, why) }
  }
  if (resourceVersion !== undefined && resourceVersion !== String(modRevision)) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${modRevision}). The object might have been modified`
    return { type: 'refuse', status: conflict(byKind(info.resource), info.name, why) }
  }
  if (keyOf(info.resource) === DEFINITIONS && metadata.deletionTimestamp === undefined) {
    return { type: 'mark', object: deepFreeze(markedForDeletion(object as Definition, now)) }
  }
  if (keyOf(info.resource) === 'namespaces') return deleteNamespace(info, object as Namespace, now)
  const { gracePeriodSeconds } = strategyOf(info.resource)
  const grace = gracePeriodSeconds?.(object, options.gracePeriodSeconds) ?? 0
  const finalizers = withPropagation(metadata.finalizers, options.propagationPolicy)
  if (metadata.deletionTimestamp !== undefined) return deleteAgain(object, grace, options, finalizers)
  if (grace === 0 && finalizers.length === 0) {
    return { type: 'remove', ...(gracePeriodSeconds && { last: mark(object, now, 0, finalizers) }) }
  }
  return { type: 'mark', object: mark(object, now, grace, finalizers) }
}

/** Orphaning and foreground deletion are jobs of the garbage collector, which a finalizer makes the object wait for. */
function withPropagation(
  finalizers: readonly string[] = [],
  policy: DeleteOptions['propagationPolicy'],
): readonly string[] {
  const wanted = policy === 'Orphan' ? 'orphan' : policy === 'Foreground' ? 'foregroundDeletion' : undefined
  return wanted === undefined || finalizers.includes(wanted) ? finalizers : [...finalizers, wanted]
}

function mark(object: KubernetesObject, now: Micros, grace: number, finalizers: readonly string[]): KubernetesObject {
  const { generation } = object.metadata
  const metadata: ObjectMeta = {
    ...object.metadata,
    deletionTimestamp: formatTime(now + grace * 1e6),
    deletionGracePeriodSeconds: grace,
    ...(generation !== undefined && { generation: generation + 1 }),
    ...(finalizers.length > 0 && { finalizers }),
  }
  return deepFreeze({ ...object, metadata })
}

/** It is going already: a further DELETE can only make it go sooner. */
function deleteAgain(
  object: KubernetesObject,
  asked: number,
  options: DeleteOptions,
  finalizers: readonly string[],
): Deletion {
  const { deletionTimestamp, deletionGracePeriodSeconds: current = 0 } = object.metadata
  const grace = options.gracePeriodSeconds === undefined && asked > 0 ? current : asked
  if (finalizers.length === 0 && grace === 0) return { type: 'remove' }
  if (grace >= current) return { type: 'pending' }
  const end = parseTime(deletionTimestamp)! - (current - grace) * 1e6
  const metadata = { ...object.metadata, deletionTimestamp: formatTime(end), deletionGracePeriodSeconds: grace }
  return { type: 'mark', object: deepFreeze({ ...object, metadata }) }
}

/** NamespaceLifecycle keeps these for ever. */
const IMMORTAL = ['default', 'kube-system', 'kube-public']

function deleteNamespace(info: RequestInfo, namespace: Namespace, now: Micros): Deletion {
  if (IMMORTAL.includes(info.name)) {
    return { type: 'refuse', status: forbidden(info.resource, info.name, 'this namespace may not be deleted') }
  }
  const { metadata, spec, status } = namespace
  const finalizers = spec?.finalizers ?? []
  if (finalizers.length === 0 && (metadata.finalizers ?? []).length === 0) return { type: 'remove' }
  if (metadata.deletionTimestamp !== undefined) return { type: 'pending' }
  const marked = { ...metadata, deletionTimestamp: formatTime(now) }
  return {
    type: 'mark',
    object: deepFreeze({ ...namespace, metadata: marked, status: { ...status, phase: 'Terminating' } }),
  }
}

/** Whether an object that was marked has nothing left to wait for after this write. */
export function isDue(object: KubernetesObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0 || finalizers.length > 0) return false
  return object.kind !== 'Namespace' || ((object as Namespace).spec?.finalizers ?? []).length === 0
}
