/**
 * Server-side apply: the client sends all that it wants of an object; the server merges it into what is there, takes out what
 * the client wanted before and wants no more, and refuses where somebody else has set the same fields otherwise.
 *
 * Where to read upstream: structured-merge-diff `merge/update.go` (Apply); apiserver `pkg/endpoints/handlers/patch.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { ObjectType, Schemas } from '#cluster/api/schema/schema.ts'
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject, ManagedFieldsEntry, ObjectMeta, Status } from '#cluster/api/types.ts'
import type { RequestInfo } from '../chain/route.ts'
import { isTrue } from '../chain/route.ts'
import type { Contested } from '../status.ts'
import { bare } from '../decoding/zeros.ts'
import { applyConflict } from '../status.ts'
import type { FieldSet } from './field-set.ts'
import { EMPTY, isEmptySet, paths } from './field-set.ts'
import type { Manager } from './managers.ts'
import { afterApply, afterUpdate, isOf, setOf } from './managers.ts'
import { difference, intersection, union } from './set-operations.ts'
import { remembered } from './shared-sets.ts'
import { compare, fieldsOf, merged, rootOf, unionOf, without } from './typed-value.ts'

const APPLY_TYPE = 'application/apply-patch+yaml'

export const isApply = ({ method, headers }: HttpRequest): boolean =>
  method === 'PATCH' && headers?.['content-type']?.startsWith(APPLY_TYPE) === true

/** Who writes: as the parameter says, or as the client calls itself. */
export function managerOf(info: RequestInfo, request: HttpRequest, user: UserInfo): Manager {
  const agent = request.headers?.['user-agent']?.split('/')[0] || nameOf(user)
  return {
    manager: request.query?.['fieldManager'] || agent,
    operation: isApply(request) ? 'Apply' : 'Update',
    apiVersion: apiVersionOf(info.resource),
    subresource: info.subresource,
  }
}

/** The simulated components name no agent: `system:kube-scheduler` → `kube-scheduler`, a node → `kubelet`. */
const nameOf = ({ name }: UserInfo): string =>
  name.startsWith('system:node:') ? 'kubelet' : (name.split(':').at(-1) ?? 'unknown')

/** Fields that nobody owns: what an object is, and what the server sets. */
const NOBODYS: FieldSet = {
  'f:apiVersion': EMPTY,
  'f:kind': EMPTY,
  'f:metadata': Object.fromEntries(
    ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'selfLink', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds'].map((name) => [`f:${name}`, EMPTY]), // prettier-ignore
  ),
}

/** Without what nobody owns, and what this way does not write: the status, or all but the status. */
const owned = (set: FieldSet, subresource: string): FieldSet =>
  subresource === 'status' ? ownedByStatus(set, NOBODYS) : ownedByRest(set, NOBODYS)

const ownedByRest = remembered((set, nobodys) => {
  const { 'f:status': _, ...rest } = difference(set, nobodys)
  return rest
})

const ownedByStatus = remembered((set, nobodys) => {
  const { 'f:metadata': metadata, 'f:status': status } = difference(set, nobodys)
  return { ...(metadata && { 'f:metadata': metadata }), ...(status && { 'f:status': status }) }
})

const withManagers = (object: KubernetesObject, entries: readonly ManagedFieldsEntry[]): KubernetesObject => {
  const { managedFields: _, ...rest } = object.metadata
  const metadata: ObjectMeta = entries.length > 0 ? { ...rest, managedFields: entries } : rest
  return { ...object, metadata }
}

/** The object with its managers after a write that was no apply. @param before undefined: it is new */
export function trackUpdate(
  schemas: Schemas,
  type: ObjectType,
  who: Manager,
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  time: string,
): KubernetesObject {
  const place = rootOf(type)
  const { changed, removed } = compare(schemas, place, before ?? bare(schemas, type), after)
  // Those that were there, unless the write forgets them.
  const entries = after.metadata.managedFields ?? []
  // Of a new object, the status is not of who made it.
  const subresource = before === undefined ? '' : who.subresource
  const mine = before === undefined || subresource === 'status' ? owned(changed, subresource) : difference(changed, NOBODYS) // prettier-ignore
  return withManagers(after, afterUpdate(entries, who, mine, difference(removed, NOBODYS), time))
}

/** Whoever creates an object by applying it. */
export function trackCreation(
  schemas: Schemas,
  type: ObjectType,
  who: Manager,
  config: unknown,
  after: KubernetesObject,
  time: string,
): KubernetesObject {
  // prettier-ignore
  const set = owned(fieldsOf(schemas, rootOf(type), config), who.subresource)
  return withManagers(after, afterApply([], who, set, EMPTY, EMPTY, time))
}

export type Applied =
  | {
      readonly object: KubernetesObject
      /** Its managers, once it is known that something has changed. */
      managers(time: string): readonly ManagedFieldsEntry[]
    }
  | { readonly refused: Status }

/** By what managers are told apart, as they are told of. */
function byIdentity(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const [one, other] = [a, b].map(({ manager, operation, apiVersion, subresource }) =>
    JSON.stringify({ manager, operation, ...(operation === 'Update' && { apiVersion }), subresource }),
  )
  return one! < other! ? -1 : one! > other! ? 1 : 0
}

/** @param contest how what others own is told of */
export function apply(
  schemas: Schemas,
  type: ObjectType,
  request: HttpRequest,
  who: Manager,
  live: KubernetesObject,
  config: object,
  contest = (entry: ManagedFieldsEntry, fields: FieldSet): Contested => ({ entry, paths: paths(fields) }),
): Applied {
  const place = rootOf(type)
  const entries = live.metadata.managedFields ?? []
  const set = owned(fieldsOf(schemas, place, config), who.subresource)
  const others = entries.filter((entry) => !isOf(entry, who))
  const mergedObject = merged(schemas, place, live, config) as KubernetesObject
  const { changed } = compare(schemas, place, live, mergedObject)
  const contested = others.toSorted(byIdentity).flatMap((entry) => {
    const fields = intersection(setOf(entry), intersection(changed, set))
    return isEmptySet(fields) ? [] : [{ entry, fields }]
  })
  if (contested.length > 0 && !isTrue(request.query?.['force'])) {
    return { refused: applyConflict(contested.map(({ entry, fields }) => contest(entry, fields))) } // prettier-ignore
  }
  const taken = contested.reduce((all, { fields }) => union(all, fields), EMPTY)
  const before = entries.find((entry) => isOf(entry, who))
  const kept = difference(unionOf(others.map(setOf)), taken)
  const dropped = before ? difference(difference(setOf(before), set), kept) : EMPTY
  const object = without(schemas, place, mergedObject, dropped, union(kept, set)) as KubernetesObject
  return {
    object: withManagers(object, entries),
    managers: (time) => {
      const next = afterApply(entries, who, set, taken, dropped, time)
      // The time stands still where nothing else has changed.
      const same = before && isEqual(setOf(before), set)
      return same ? next.map((entry) => (isOf(entry, who) ? { ...entry, time: before.time! } : entry)) : next
    },
  }
}
