/**
 * Where `managedFields` come into a write: after it is known what the object will be.
 *
 * Without schemas nothing is tracked, and nothing can be applied.
 */
import { withValueAt } from '#cluster/api/json-path.ts'
import { deepFreeze, formatTime } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { toStored } from '../conversion/conversion.ts'
import { conform } from '../decoding/conform.ts'
import { schemasWith } from '../extensions/schema/types.ts'
import type { Prepared } from '../handlers/objects.ts'
import type { PendingRequest, State } from '../state.ts'
import { badRequest, conflict, internal, invalid, required } from '../status.ts'
import { withoutRevision } from '../storage/keys.ts'
import { apply, isApply, managerOf, trackCreation, trackUpdate } from './apply.ts'
import type { Manager } from './managers.ts'
import { typedProblem } from './typed-problem.ts'
import { rootOf } from './typed-value.ts'

/** Fields are owned in the version in which they are stored. */
const managerIn = ({ info, request, user }: PendingRequest): Manager => ({
  ...managerOf(info, request, user),
  apiVersion: apiVersionOf(storedAs(info.resource)),
})

/** The types by which the fields of that resource are owned. */
function typesFor({ schemas }: State, { resource }: PendingRequest['info']) {
  const stored = storedAs(resource)
  const all = schemas && stored.custom ? schemasWith(schemas, stored) : schemas
  const type = all?.typeOfKind(apiVersionOf(stored), stored.kind)
  return all && type && { all, type }
}

/** The new object with who made it. */
export function trackedCreation(state: State, row: PendingRequest, object: KubernetesObject, ctx: Context) {
  const types = typesFor(state, row.info)
  if (!types) return object
  const { all, type } = types
  const who = managerIn(row)
  const time = formatTime(ctx.now)
  return isApply(row.request)
    ? trackCreation(all, type, who, storedBody(row), object, time)
    : trackUpdate(all, type, who, undefined, object, time)
}

/** The changed object with who changed it. */
export function trackedUpdate(
  state: State,
  row: PendingRequest,
  before: KubernetesObject,
  after: KubernetesObject,
  ctx: Context,
): KubernetesObject {
  const types = after === before ? undefined : typesFor(state, row.info)
  if (!types) return after
  return deepFreeze(trackUpdate(types.all, types.type, managerIn(row), before, after, formatTime(ctx.now)))
}

/** What has been applied, as any other body is taken: lists with nothing in them say nothing, what must be told is. */
export function settled<T>({ schemas }: State, resource: Resource, object: T): T {
  const type = resource.custom ? undefined : schemas?.typeOfKind(apiVersionOf(resource), resource.kind)
  return type ? (conform(schemas!, type, object).value as T) : object
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** What kubectl compares with when it applies by itself is kept as it is applied here, where it is there. */
function withLastApplied(
  { request }: PendingRequest,
  old: KubernetesObject,
  object: KubernetesObject,
): KubernetesObject {
  const { annotations } = object.metadata
  const isKept = request.query?.['fieldManager'] === 'kubectl' && old.metadata.annotations?.[LAST_APPLIED] !== undefined
  if (!isKept) return object
  const body = request.body as KubernetesObject
  const { [LAST_APPLIED]: _, ...others } = body.metadata?.annotations ?? {}
  const metadata = { ...body.metadata, ...(body.metadata?.annotations && { annotations: others }) }
  const text = `${JSON.stringify(inOrder({ ...body, metadata }))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

/** As Go writes maps: by name. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}

const storedBody = ({ info, request }: PendingRequest): KubernetesObject =>
  toStored(info.resource, request.body as KubernetesObject)

/** An apply without a name behind it. */
export function applyOptionsProblem({ info, request }: Pick<PendingRequest, 'info' | 'request'>): Status | undefined {
  if (request.query?.['fieldManager']) return undefined
  const options = { ...info.resource, group: 'meta.k8s.io', kind: 'PatchOptions' }
  return invalid(options, '', [required('fieldManager', 'is required for apply patch')])
}

/** What is not there cannot be the object that an apply names by its UID. */
export function meansAnother({ info, request }: PendingRequest): Status | undefined {
  const uid = isApply(request) ? (request.body as Partial<KubernetesObject>).metadata?.uid : undefined
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
  return uid ? conflict(info.resource, info.name, why) : undefined
}

/** Why nothing can be applied like this; undefined where it can. */
export function applyProblem(state: State, { info, request }: PendingRequest): Status | undefined {
  const { body } = request
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const found = Array.isArray(body) ? 'array' : typeof body
    return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`) // prettier-ignore
  }
  const { metadata, kind = '', apiVersion = '' } = body as Partial<KubernetesObject>
  if (metadata?.managedFields) return badRequest('metadata.managedFields must be nil')
  if (info.subresource === 'scale') return undefined
  const expected = apiVersionOf(info.resource)
  if (apiVersion !== expected) {
    return badRequest(`Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${expected}`) // prettier-ignore
  }
  const gvk = `${expected.includes('/') ? '' : '/'}${expected}, Kind=${kind}`
  const problem = kind === '' ? `no corresponding type for ${gvk}` : untyped(state, info.resource, kind, body)
  if (problem === undefined) return undefined
  return internal(`failed to create typed patch object (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${gvk}): ${problem}`) // prettier-ignore
}

/** What of it is not as its type has it. (Another kind is refused further on.) */
function untyped({ schemas }: State, resource: Resource, kind: string, body: object): string | undefined {
  const all = schemas && resource.custom ? schemasWith(schemas, resource) : schemas
  const type = kind === resource.kind ? all?.typeOfKind(apiVersionOf(resource), kind) : undefined
  return type && typedProblem(all!, rootOf(type), body)
}

/**
 * The object as an apply of its scale leaves it: the number of replicas is a field of the object, which somebody owns.
 *
 * @param scaled the object with that number
 */
export function prepareScaleApply(
  state: State,
  row: PendingRequest,
  old: KubernetesObject,
  scaled: KubernetesObject,
  ctx: Context,
): Prepared {
  const { resource } = row.info
  const { all, type } = typesFor(state, row.info)!
  const { replicas = 0 } = (row.request.body as { readonly spec?: { readonly replicas?: number } }).spec ?? {}
  const config = resource.custom?.scale ? withValueAt({}, resource.custom.scale.specReplicasPath, replicas) : { spec: { replicas } } // prettier-ignore
  const outcome = apply(all, type, row.request, managerIn(row), withoutRevision(old), config, (entry) => ({
    entry: { ...entry, apiVersion: 'autoscaling/v1' },
    paths: ['.spec.replicas'],
  }))
  if ('refused' in outcome) return outcome
  const managedFields = outcome.managers(formatTime(ctx.now))
  if (scaled === old && JSON.stringify(managedFields) === JSON.stringify(old.metadata.managedFields ?? []))
    return { object: old }
  return { object: deepFreeze({ ...scaled, metadata: { ...scaled.metadata, managedFields } }) }
}

/**
 * The object as an apply leaves it.
 *
 * @param prepare what else a write makes of an object: defaults, admission, validation
 */
export function prepareApply(
  state: State,
  row: PendingRequest,
  old: KubernetesObject,
  prepare: (wanted: KubernetesObject) => Prepared,
  ctx: Context,
): Prepared {
  const { all, type } = typesFor(state, row.info)!
  const outcome = apply(all, type, row.request, managerIn(row), withoutRevision(old), storedBody(row))
  if ('refused' in outcome) return outcome
  const prepared = prepare(settled(state, storedAs(row.info.resource), withLastApplied(row, old, outcome.object)))
  if ('refused' in prepared) return prepared
  const managedFields = outcome.managers(formatTime(ctx.now))
  const { object } = prepared
  if (object === old && JSON.stringify(managedFields) === JSON.stringify(old.metadata.managedFields ?? []))
    return prepared
  return { ...prepared, object: deepFreeze({ ...object, metadata: { ...object.metadata, managedFields } }) }
}
