/**
 * What a write makes of an object, before it is stored: the order of steps is the handler chain's.
 *
 * decode → defaults → mutating admission → what the server sets itself → validation → validating admission.
 * Where to read upstream: apiserver `pkg/registry/rest/{create,update}.go`, `pkg/registry/generic/registry/store.go`.
 */
import { deepFreeze, formatTime, isEqual, parseTime } from '#cluster/api/meta.ts'
import { apiVersionOf, keyOf } from '#cluster/api/resources.ts'
import type { Container, KubernetesObject, ObjectMeta, Pod, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { isStatus, type UserInfo } from '#cluster/api/http.ts'
import type { Admission } from '../admission/admission.ts'
import { toStored } from '../conversion/conversion.ts'
import { complete, completeEphemeral, completeStatus } from '../defaults/complete.ts'
import { defaultEphemeral } from '../defaults/pod-spec.ts'
import { generateName, newUid } from './names.ts'
import { namedOtherwise } from '../chain/misdirected.ts'
import { timedConditions } from '../registry/certificate-signing-requests.ts'
import { strategyOf } from '../registry/registry.ts'
import type { StatusMetadata, Strategy } from '../registry/strategy.ts'
import { STATUS_METADATA } from '../registry/strategy.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { Origin } from '../state.ts'
import type { FieldError } from '../status.ts'
import { badRequest, conflict, forbiddenValue, internal, invalid, invalidValue, MODIFIED } from '../status.ts'
import { registryKey, withoutRevision } from '../storage/keys.ts'
import { ephemeralErrors } from '../validation/ephemeral-containers.ts'
import { validateMetadata } from '../validation/names.ts'

export type Prepared =
  { readonly object: KubernetesObject; readonly warnings?: readonly string[] } | { readonly refused: Status }

const refused = (status: Status): Prepared => ({ refused: status })

/** The body as an object of the right kind, in the version in which it is stored. */
export function decode(info: RequestInfo, body: unknown): Prepared {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused(badRequest(`the body of the request is no object; send ${info.resource.kind} as JSON`))
  }
  const given = body as Partial<KubernetesObject>
  const kind = given.kind || info.resource.kind
  const apiVersion = given.apiVersion || apiVersionOf(info.resource)
  const { metadata } = given
  if (apiVersion !== apiVersionOf(info.resource)) {
    const expected = apiVersionOf(info.resource)
    return refused(
      badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`),
    )
  }
  if (kind !== info.resource.kind) {
    return refused(badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${info.resource.kind}`))
  }
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null)) {
    return refused(badRequest('metadata must be an object'))
  }
  if (info.verb === 'update' || info.verb === 'patch') {
    const otherwise = namedOtherwise(info, body as Partial<KubernetesObject>)
    if (otherwise) return refused(otherwise)
  }
  const namespace = metadata?.namespace
  if (namespace && info.resource.namespaced && namespace !== info.namespace) {
    return refused(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  }
  const complete = (body as KubernetesObject).kind && (body as KubernetesObject).apiVersion && metadata
  const object = complete
    ? (body as KubernetesObject)
    : ({ ...body, apiVersion, kind, metadata: metadata ?? {} } as KubernetesObject)
  return { object: toStored(info.resource, object) }
}

let lastSecond = -1
let lastTime = ''

/** Now in whole seconds; the text of the last second is remembered. */
export function timestamp(ctx: Context): string {
  const second = Math.floor(ctx.now / 1e6)
  if (second !== lastSecond) {
    lastTime = formatTime(second * 1e6)
    lastSecond = second
  }
  return lastTime
}

/**
 * @param admission the plugins that have a say; undefined: none, as for the server's own objects
 * @param tracked the object with who made it: what the plugins add is nobody's
 * @param user who asks; undefined: the server itself
 * @param isTyped the server knows all types: objects are complete to the last default
 */
export function prepareCreate(
  info: RequestInfo,
  body: unknown,
  ctx: Context,
  admission?: Admission,
  tracked: (object: KubernetesObject) => KubernetesObject = (object) => object,
  user?: UserInfo,
  isTyped = false,
): Prepared {
  const decoded = decode(info, body)
  if ('refused' in decoded) return decoded
  const strategy = strategyOf(info.resource)
  const { resourceVersion } = decoded.object.metadata
  const given = ofClient(inScope(info, decoded.object.metadata))
  const name = info.name || given.name || (given.generateName ? generateName(given.generateName, ctx) : '')
  const metadata: ObjectMeta = {
    ...given,
    name,
    ...(info.resource.namespaced && { namespace: kept(info.namespace, given.namespace) }),
    uid: newUid(ctx),
    creationTimestamp: timestamp(ctx),
    ...(strategy.hasGeneration && { generation: 1 }),
  }
  let object: KubernetesObject = { ...decoded.object, metadata }
  object = withDefaults(info, object, strategy, isTyped)
  object = tracked(object)
  const admitted = admission?.mutate(object, undefined, info.name || given.name || given.generateName || '') ?? object
  if (isStatus(admitted)) return refused(admitted)
  object = admitted
  if (strategy.prepareForCreate && !isHollow(info, object))
    object = strategy.prepareForCreate(object, parseTime(object.metadata.creationTimestamp)!, user)
  if (isTyped) object = completeStatus(info.resource, object)
  const errors = validateMetadata(object.metadata, strategy.nameRule ?? 'subdomain', strategy.plainFinalizers)
  errors.push(...(strategy.validate?.(object) ?? []))
  const unsound = invalidIfAny(info, object.metadata.name || given.generateName || '', errors, ctx)
  if (unsound) return refused(unsound)
  const forbidden = admission?.validate(object, undefined)
  if (forbidden) return refused(forbidden)
  // Only the store minds.
  if (resourceVersion && resourceVersion !== '0')
    return refused(internal('resourceVersion should not be set on objects to be created'))
  return { object: deepFreeze(object) }
}

function withDefaults(info: RequestInfo, object: KubernetesObject, strategy: Strategy, isTyped: boolean) {
  const next: KubernetesObject = strategy.defaults ? strategy.defaults(object) : object
  return isTyped ? complete(info.resource, next) : next
}

const OF_SERVER = ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields'] as const

/** What is in no namespace names none, whatever the client says. */
function inScope({ resource }: RequestInfo, metadata: ObjectMeta): ObjectMeta {
  if (resource.namespaced || metadata.namespace === undefined) return metadata
  const { namespace: _, ...rest } = metadata
  return rest
}

/** What is for a client to say when it creates. */
function ofClient(metadata: ObjectMeta): ObjectMeta {
  if (!OF_SERVER.some((key) => Object.hasOwn(metadata, key))) return metadata
  const { resourceVersion: _, deletionTimestamp: __, deletionGracePeriodSeconds: ___, managedFields: ____, ...given } = metadata // prettier-ignore
  return given
}

/** The verdict of validation, which the trace has either way. */
function invalidIfAny(
  info: RequestInfo,
  name: string,
  errors: readonly FieldError[],
  ctx: Context,
): Status | undefined {
  const unsound = errors.length === 0 ? undefined : invalid(info.resource, name, errors)
  if (ctx.tracing)
    ctx.note('validation', { outcome: unsound ? 'refused' : 'passed', ...(unsound && { why: unsound.message }) })
  return unsound
}

/** A Pod of nothing: validation says so, and nobody looks into it before. */
function isHollow(info: RequestInfo, object: KubernetesObject): boolean {
  if (keyOf(info.resource) !== 'pods') return false
  return !Array.isArray((object as { spec?: { containers?: unknown } }).spec?.containers)
}

/** Upstream prints this number in hexadecimal. */
const MISSING_VERSION: FieldError = {
  reason: 'FieldValueInvalid',
  field: 'metadata.resourceVersion',
  message: 'Invalid value: 0x0: must be specified for an update',
}

/** The body means another object of that name. (Of a patch, validation says that it cannot be changed.) */
export function otherUid(
  { resource, namespace, name, verb }: RequestInfo,
  given: Partial<ObjectMeta> | undefined,
  { metadata }: KubernetesObject,
): Status | undefined {
  if (!given?.uid || given.uid === metadata.uid || verb === 'patch') return undefined
  const key = registryKey(resource, namespace, name)
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${metadata.uid}`
  return conflict(resource, name, why)
}

/** The object as an update would leave it; equal to the old one where nothing changes. */
export function prepareUpdate(
  info: RequestInfo,
  body: unknown,
  origin: Origin,
  ctx: Context,
  admission?: Admission,
  isTyped = false,
): Prepared {
  const decoded = decode(info, body)
  if ('refused' in decoded) return decoded
  const { name } = info
  const old = origin.object
  // None, and the one before all others, are no version at all.
  const resourceVersion = decoded.object.metadata.resourceVersion === '0' ? '' : decoded.object.metadata.resourceVersion
  const strategy = strategyOf(info.resource)
  const other = otherUid(info, decoded.object.metadata, old)
  if (other) return refused(other)
  const unreadable = resourceVersion && !/^\d+$/.test(resourceVersion)
  if (unreadable) return refused(internal(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)) // prettier-ignore
  if (resourceVersion && resourceVersion !== String(origin.modRevision))
    return refused(conflict(info.resource, name, MODIFIED))
  if (!resourceVersion && strategy.requiresResourceVersion && info.verb === 'update') {
    return refused(invalid(info.resource, name, [MISSING_VERSION]))
  }
  const combined = combine(info, withoutRevision(decoded.object), old, strategy, ctx, isTyped)
  const next = admission?.mutate(combined, old, name) ?? combined
  if (isStatus(next)) return refused(next)
  const fixed = info.subresource === '' ? fixedMetadata(decoded.object.metadata, old.metadata) : []
  if (isEqual(next, old) && fixed.length === 0) return { object: old }
  const errors = [...fixed, ...updateErrors(info, next, old, strategy)]
  const unsound = invalidIfAny(info, name, errors, ctx)
  if (unsound) return refused(unsound)
  const forbidden = admission?.validate(next, old)
  return forbidden ? refused(forbidden) : { object: deepFreeze(next) }
}

/** Takes from the client what its subresource may change, and the rest from the old object. */
function combine(
  info: RequestInfo,
  given: any,
  old: any,
  strategy: Strategy,
  ctx: Context,
  isTyped: boolean,
): KubernetesObject {
  // prettier-ignore
  if (info.subresource === 'status') {
    const metadata = statusMetadata(given.metadata, old.metadata, strategy.keptByStatus)
    const whole = withStatus(old, metadata, given.status)
    const next = isTyped ? completeStatus(info.resource, whole) : whole
    return strategy.prepareForStatusUpdate ? strategy.prepareForStatusUpdate(next, old, timestamp(ctx)) : next
  }
  if (info.subresource === 'approval') return approved(given, old, timestamp(ctx))
  if (info.subresource !== '') return combineBelow(info.subresource, given, old, isTyped)
  // Of what has a spec, a null leaves an empty one.
  const whole = old.spec !== undefined && given.spec === undefined ? { ...given, spec: {} } : given
  let next: any = withDefaults(info, whole, strategy, isTyped)
  if (strategy.hasStatus) {
    const { status: _, ...rest } = next
    next = old.status === undefined ? rest : { ...rest, status: old.status }
  }
  if (strategy.prepareForUpdate) next = strategy.prepareForUpdate(next, old, ctx.now)
  let metadata: ObjectMeta = ownMetadata(next.metadata, old.metadata, info)
  if (
    strategy.hasGeneration &&
    !strategy.keepsGeneration &&
    (contentChanged(next, old) ||
      (strategy.countsStatus && !isEqual(next.status, old.status)) ||
      (strategy.countsAnnotations && !isEqual(metadata.annotations, old.metadata.annotations)))
  ) {
    metadata = { ...metadata, generation: (old.metadata.generation ?? 0) + 1 }
  }
  return { ...next, metadata }
}

/** Takes the conditions. */
function approved(given: any, old: any, now: string): KubernetesObject {
  const conditions = timedConditions(given.status?.conditions ?? [], old.status?.conditions ?? [], now)
  return { ...old, status: { ...old.status, conditions } }
}

function withStatus(old: any, metadata: ObjectMeta, status: unknown): any {
  // Not `rest`: to leave a key out takes one step for each of the others.
  if (status !== undefined) return { ...old, metadata, status }
  const { status: _, ...rest } = old
  return { ...rest, metadata }
}

/** Takes the one part that a subresource is for. */
function combineBelow(subresource: string, given: any, old: any, isTyped: boolean): KubernetesObject {
  const { generation = 0 } = old.metadata
  const counted = { ...old.metadata, generation: generation + 1 }
  const respecified = (spec: object) => (isEqual(spec, old.spec) ? old : { ...old, metadata: counted, spec })
  switch (subresource) {
    case 'finalize':
      return { ...old, spec: given.spec }
    case 'ephemeralcontainers':
      return respecified({
        ...old.spec,
        ephemeralContainers: (given.spec?.ephemeralContainers ?? []).map(
          isTyped ? completeEphemeral : defaultEphemeral,
        ),
      })
    case 'resize': {
      const resized = (container: Container) => {
        const { resources = {} } = given.spec?.containers?.find((one: Container) => one.name === container.name) ?? container // prettier-ignore
        return { ...container, resources }
      }
      return respecified({ ...old.spec, containers: old.spec.containers.map(resized) })
    }
    default:
      return old
  }
}

/** The text that is kept already, where it says the same: a piece of the request's path would keep the whole path. */
const kept = (asked: string, known: string | undefined): string => (known === asked ? known : asked)

/** What the server owns stays as it is, whatever the client sends. Where all stays as it is, so does the very object. */
function ownMetadata(given: ObjectMeta, old: ObjectMeta, info: RequestInfo): ObjectMeta {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, generateName } = old
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, generation: ___, managedFields: asked, ...rest } = inScope(info, given) // prettier-ignore
  // One entry that says nothing: the client wants them forgotten.
  const forgets = asked?.length === 1 && Object.keys(asked[0]!).length === 0
  const managedFields = forgets ? undefined : old.managedFields
  const next: ObjectMeta = {
    ...rest,
    name: kept(info.name, old.name),
    ...(info.resource.namespaced && { namespace: kept(info.namespace, old.namespace) }),
    ...(generateName !== undefined && { generateName }),
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
    ...(generation !== undefined && { generation }),
    ...(managedFields !== undefined && { managedFields }),
  }
  return isEqual(next, old) ? old : next
}

const IMMUTABLE = 'field is immutable'

/** What a client would like to change and never can. (Most of what is the server's is taken from the old object in silence.) */
function fixedMetadata(given: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = []
  if (given.uid && given.uid !== old.uid) errors.push(invalidValue('metadata.uid', given.uid, IMMUTABLE))
  if (old.deletionTimestamp !== undefined) return errors
  const { deletionTimestamp: end, deletionGracePeriodSeconds: grace } = given
  if (end) errors.push(invalidValue('metadata.deletionTimestamp', end, IMMUTABLE))
  if (grace !== undefined) errors.push(invalidValue('metadata.deletionGracePeriodSeconds', grace, IMMUTABLE))
  return errors
}

/** Through `status`, of the metadata only what clients write may change. @param kept and of that, not this */
function statusMetadata(given: ObjectMeta, old: ObjectMeta, kept: readonly StatusMetadata[] = []): ObjectMeta {
  const changed = STATUS_METADATA.filter((key) => given[key] !== old[key] && !kept.includes(key))
  if (changed.length === 0) return old
  const next: Record<string, unknown> = { ...old }
  for (const key of changed) {
    if (given[key] === undefined) delete next[key]
    else next[key] = given[key]
  }
  return next as unknown as ObjectMeta
}

function contentChanged(next: any, old: any): boolean {
  const { metadata: _, status: __, ...a } = next
  const { metadata: ___, status: ____, ...b } = old
  return !isEqual(a, b)
}

function updateErrors(
  info: RequestInfo,
  next: KubernetesObject,
  old: KubernetesObject,
  strategy: Strategy,
): FieldError[] {
  // What stays the very object that it was has been looked at when it came.
  const errors =
    next.metadata === old.metadata
      ? []
      : validateMetadata(next.metadata, strategy.nameRule ?? 'subdomain', strategy.plainFinalizers)
  if (old.metadata.deletionTimestamp !== undefined) {
    const fresh = (next.metadata.finalizers ?? []).filter((finalizer) => !old.metadata.finalizers?.includes(finalizer))
    if (fresh.length > 0) {
      const list = fresh.map((finalizer) => JSON.stringify(finalizer)).join(', ')
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`
      errors.push(forbiddenValue('metadata.finalizers', why))
    }
  }
  if (info.subresource === '') errors.push(...(strategy.validateUpdate?.(next, old) ?? []))
  if (info.subresource === 'ephemeralcontainers') errors.push(...ephemeralErrors(next as Pod, old as Pod))
  if (info.subresource === 'finalize') errors.push(...(strategy.validateFinalize?.(next) ?? []))
  if (info.subresource === 'approval') errors.push(...(strategy.validateApproval?.(next, old) ?? []))
  if (info.subresource === 'status') errors.push(...(strategy.validateStatusUpdate?.(next, old) ?? []))
  return errors
}
