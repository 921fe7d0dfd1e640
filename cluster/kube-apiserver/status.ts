/**
 * The errors of the API as Status objects, with the texts that people know.
 *
 * Where to read upstream: apimachinery `pkg/api/errors/errors.go`, `pkg/util/validation/field/errors.go`.
 */
import { type Resource, RESOURCES } from '#cluster/api/resources.ts'
import type { ManagedFieldsEntry, Status } from '#cluster/api/types.ts'

export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
  readonly message: string
  readonly field: string
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'null'

export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  message: detail ? `Required value: ${detail}` : 'Required value',
  field,
})
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${show(value)}${detail && `: ${detail}`}`,
  field,
})
export const forbiddenValue = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
})
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${show(value)}: supported values: ${supported.map(show).join(', ')}`,
  field,
})
export const tooLongValue = (field: string, bytes: number): FieldError => ({
  field,
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${bytes} bytes`,
})
export const notFoundValue = (field: string, value: unknown): FieldError => ({
  field,
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(value)}`,
})

export const duplicateValue = (field: string, value: unknown, detail = ''): FieldError => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${show(value)}${detail && `: ${detail}`}`,
  field,
})

/** `pods`, `deployments.apps`, `pods/binding`: how messages name a resource. */
export const qualified = (resource: Resource, subresource?: string): string => {
  const name = subresource ? `${resource.resource}/${subresource}` : resource.resource
  return resource.group ? `${name}.${resource.group}` : name
}

/** A Status is no object and no list, and yet its metadata is always written. */
const NOTHING = Object.freeze({})

function failure(code: number, reason: string | undefined, message: string, details?: Status['details']): Status {
  return Object.freeze({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: NOTHING,
    status: 'Failure',
    message,
    ...(reason && { reason }),
    ...(details && { details: Object.freeze(details) }),
    code,
  })
}

const about = (resource: Resource, name: string): NonNullable<Status['details']> => ({
  ...(name && { name }),
  ...(resource.group && { group: resource.group }),
  kind: resource.resource,
})

/** @param subresource where the message names it */
export const notFound = (resource: Resource, name: string, subresource?: string): Status =>
  failure(404, 'NotFound', `${qualified(resource, subresource)} "${name}" not found`, {
    ...about(resource, name),
    kind: subresource ? `${resource.resource}/${subresource}` : resource.resource,
  })

export const alreadyExists = (resource: Resource, name: string): Status =>
  failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, about(resource, name))

export const conflict = (resource: Resource, name: string, why: string, subresource?: string): Status =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource, subresource)} "${name}": ${why}`, {
    ...about(resource, name),
    kind: subresource ? `${resource.resource}/${subresource}` : resource.resource,
  })

export interface Contested {
  readonly entry: ManagedFieldsEntry
  /** What its manager has set, and the apply would change. */
  readonly paths: readonly string[]
}

function managerText({ manager, subresource, operation, apiVersion }: ManagedFieldsEntry): string {
  const name = `${JSON.stringify(manager ?? '')}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

/** An apply would change what others have set. */
export function applyConflict(contested: readonly Contested[]): Status {
  const causes = contested.flatMap(({ entry, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${managerText(entry)}`, field })),
  )
  const [only] = causes
  const sorted = contested.toSorted((a, b) => (managerText(a.entry) < managerText(b.entry) ? -1 : 1))
  const groups = sorted.map(
    ({ entry, paths }) => `conflicts with ${managerText(entry)}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
  )
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${only!.message}: ${only!.field}`
      : `Apply failed with ${causes.length} conflicts: ${groups.join('\n')}`
  return failure(409, 'Conflict', message, { causes })
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

export function invalid(resource: Resource, name: string, errors: readonly FieldError[]): Status {
  const kind = resource.group ? `${resource.kind}.${resource.group}` : resource.kind
  // What is said twice is shown once; the causes bear it twice.
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))]
  const text = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(resource.group && { group: resource.group }),
    ...(resource.kind && { kind: resource.kind }),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

export const invalidListOptions = (errors: readonly FieldError[]): Status =>
  invalid({ ...RESOURCES[0]!, group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)

export const serviceUnavailable = (message: string): Status => failure(503, 'ServiceUnavailable', message)

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)

export const forbidden = (
  resource: Resource,
  name: string,
  why: string,
  causes?: NonNullable<Status['details']>['causes'],
): Status =>
  failure(403, 'Forbidden', `${qualified(resource)} ${name ? `"${name}" ` : ''}is forbidden: ${why}`, {
    ...about(resource, name),
    ...(causes && { causes }),
  })

/** Of a path that is no resource. */
export const forbiddenPath = (user: string, verb: string, path: string): Status =>
  failure(403, 'Forbidden', `forbidden: User "${user}" cannot ${verb} path "${path}"`, {})

export const unauthorized = (): Status => failure(401, 'Unauthorized', 'Unauthorized')

export const expired = (message: string): Status => failure(410, 'Expired', message)

export const tooManyRequests = (message: string, retryAfterSeconds: number): Status =>
  failure(429, 'TooManyRequests', message, { retryAfterSeconds })

/** An eviction that would leave too few of what a budget protects. */
export const disruptionBudgetViolated = (why: string, retryAfterSeconds?: number): Status =>
  failure(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })

export const timeout = (message: string): Status => failure(504, 'Timeout', `Timeout: ${message}`, {})

export const tooLargeResourceVersion = (wanted: number, current: number): Status =>
  failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

/** An error of the store that has no better name. */
export const internal = (message: string): Status => failure(500, undefined, message)

export const internalError = (message: string): Status =>
  failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

export const methodNotAllowed = (why = 'the server does not allow this method on the requested resource'): Status =>
  failure(405, 'MethodNotAllowed', why, {})

export const noSuchPath = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const notYet = (): Status => {
  const why = 'the request has been made before all known HTTP paths have been installed, please try again'
  return failure(503, 'ServiceUnavailable', why, { retryAfterSeconds: 5 })
}

export const requestEntityTooLarge = (why: string): Status =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`)

/** A PATCH in a language that no path of the server's own takes: it does not come as far as the kind. */
export const noSuchPatch = (): Status => failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

/** None of the shapes that the client asks for. */
export const notAcceptable = (accepted: readonly string[]): Status =>
  notShown(`only the following media types are accepted: ${accepted.join(', ')}`)

export const notShown = (why: string): Status => failure(406, 'NotAcceptable', why)

export const unsupportedMediaType = (accepted: readonly string[]): Status =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

/** A patch whose outcome is no object of its kind. @param patch as the message shows it: what came out, or the patch */
export function invalidPatch(patch: string, why: string): Status {
  const { message, ...cause } = invalidValue('patch', patch, why)
  return failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: cause.reason, message, field: 'patch' }] }) // prettier-ignore
}

export const unprocessable = (message: string): Status => failure(422, 'Invalid', message, {})

/** The answer to a deletion that has nothing left to show. It bears no code, unlike those of refusals and of what was made. */
export const deleted = (resource: Resource, name: string, uid: string | undefined): Omit<Status, 'code'> =>
  Object.freeze({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: NOTHING,
    status: 'Success',
    details: { ...about(resource, name), ...(uid && { uid }) },
  })

export const success = (code: number): Status =>
  Object.freeze({ apiVersion: 'v1', kind: 'Status', metadata: NOTHING, status: 'Success', code })
