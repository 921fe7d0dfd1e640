/**
 * What may be asked of a write beside its body: a dry run, who makes it, what becomes of dependents.
 *
 * Where to read upstream: apimachinery `pkg/apis/meta/v1/validation/validation.go`.
 */
import type { Status } from '#cluster/api/types.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { headProblem } from '../decoding/head.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { FieldError } from '../status.ts'
import { badRequest, internal, invalid, invalidValue, notSupported } from '../status.ts'
import { int64Problem } from './whole-numbers.ts'

/** Whether nothing is to be written. A deletion with a body says it there, as client-go does: its query is not read then. */
export const isDryRun = ({ method, path, query, body }: HttpRequest): boolean =>
  method === 'DELETE' && body !== undefined
    ? saysAll((body as { dryRun?: unknown } | null)?.dryRun)
    : query?.['dryRun']?.split(SEPARATOR).includes('All') ||
      (path.endsWith('/eviction') && saysAll(deleteOptionsIn(body)?.['dryRun']))

/** An eviction bears the options of the deletion that comes of it. */
function deleteOptionsIn(body: unknown): Given | undefined {
  const { deleteOptions } = ((typeof body === 'object' ? body : undefined) ?? {}) as {
    readonly deleteOptions?: unknown
  }
  return typeof deleteOptions === 'object' && deleteOptions !== null ? (deleteOptions as Given) : undefined
}

/** Between the values of a parameter that was given several times. */
const SEPARATOR = '\n'

const saysAll = (dryRun: unknown): boolean => Array.isArray(dryRun) && dryRun.includes('All')

const OPTIONS: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions', delete: 'DeleteOptions', deletecollection: 'DeleteOptions' } // prettier-ignore
/** Bytes. */
const MANAGER_MAX = 128
const POLICIES = ['Foreground', 'Background', 'Orphan']

/** Undefined: nothing is wrong. */
export function writeOptionsProblem(
  { resource, verb, subresource }: RequestInfo,
  request: HttpRequest,
): Status | undefined {
  if (subresource === 'eviction') return evictionOptionsProblem(resource, request)
  const kind = OPTIONS[verb]
  if (kind === undefined) return undefined
  const { query, body } = request
  const unread = kind === 'DeleteOptions' ? unreadable(body) : undefined
  if (unread !== undefined) return internal(unread)
  // Nothing is asked for, as nearly always.
  if (query === undefined && kind !== 'DeleteOptions') return undefined
  return optionsProblem(resource, kind, query ?? {}, body)
}

/** The options of an eviction’s deletion, with the dry run that its query asks for. */
function evictionOptionsProblem(resource: Resource, { query = {}, body }: HttpRequest): Status | undefined {
  const wrong = optionsProblem(resource, 'CreateOptions', query, undefined)
  const options = deleteOptionsIn(body)
  if (wrong || !options || unreadable(options) !== undefined) return wrong
  const { dryRun } = options as { readonly dryRun?: readonly string[] }
  if (query['dryRun'] !== undefined && dryRun?.length && dryRun.join() !== query['dryRun']) {
    return internal(`Non-matching dry-run options in request and content: [${query['dryRun']}] and [${dryRun.join(' ')}]`) // prettier-ignore
  }
  return optionsProblem(resource, 'DeleteOptions', {}, options)
}

const TYPES = { gracePeriodSeconds: 'int64', preconditions: 'v1.Preconditions', orphanDependents: 'bool', propagationPolicy: 'v1.DeletionPropagation', dryRun: '[]string' } as const // prettier-ignore
const GO = { 'v1.Preconditions': 'object', bool: 'bool', 'v1.DeletionPropagation': 'string', '[]string': 'array' } as const // prettier-ignore

/** What a deletion says of itself is read without asking whose fault it is if it cannot be. */
function unreadable(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined
  const headless = headProblem(body)
  if (headless !== undefined) return headless
  const { kind = '', apiVersion = '' } = body as { readonly kind?: unknown; readonly apiVersion?: unknown }
  if (kind && kind !== 'DeleteOptions') {
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion || 'meta.k8s.io/v1')} in scheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"`
  }
  for (const [field, type] of Object.entries(TYPES)) {
    const value = (body as Readonly<Record<string, unknown>>)[field] ?? undefined
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    const isRight = value === undefined || (type === 'int64' ? Number.isSafeInteger(value) : found === GO[type])
    if (!isRight) return `json: cannot unmarshal ${found} into Go struct field DeleteOptions.${field} of type ${type}`
  }
  return undefined
}

function optionsProblem(
  resource: Resource,
  kind: string,
  query: Readonly<Record<string, string>>,
  body: unknown,
): Status | undefined {
  const isDeletion = kind === 'DeleteOptions'
  const given: Given = isDeletion && body !== undefined ? ((body ?? {}) as Given) : query
  const problem = isDeletion && body === undefined ? int64Problem(query['gracePeriodSeconds']) : undefined
  if (problem !== undefined) return badRequest(problem)
  const errors = isDeletion
    ? [...propagationErrors(given), ...dryRunErrors(given)]
    : [...dryRunErrors(query), ...managerErrors(query)]
  return errors.length === 0 ? undefined : invalid({ ...resource, group: 'meta.k8s.io', kind }, '', errors)
}

type Given = Readonly<Record<string, unknown>>

function dryRunErrors({ dryRun }: Given): FieldError[] {
  const given = typeof dryRun === 'string' ? dryRun.split(SEPARATOR) : dryRun
  const stages = given === undefined || given === null ? [] : [given].flat()
  return stages.every((stage) => stage === 'All') ? [] : [notSupported('dryRun', stages, ['All'])]
}

function managerErrors({ fieldManager = '' }: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = []
  if (new TextEncoder().encode(fieldManager).length > MANAGER_MAX) {
    errors.push({ reason: 'FieldValueTooLong', field: 'fieldManager', message: `Too long: may not be more than ${MANAGER_MAX} bytes` }) // prettier-ignore
  }
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(fieldManager)) {
    errors.push(invalidValue('fieldManager', fieldManager, 'should only contain printable characters'))
  }
  return errors
}

function propagationErrors({ propagationPolicy: policy, orphanDependents }: Given): FieldError[] {
  if (policy === undefined || policy === null) return []
  const errors: FieldError[] = []
  if (orphanDependents !== undefined && orphanDependents !== null) {
    errors.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')) // prettier-ignore
  }
  if (!POLICIES.includes(policy as string)) errors.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']))
  return errors
}
