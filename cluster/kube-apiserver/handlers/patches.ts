/** The body of a PATCH, applied to the object: which of the patch languages, and what it refuses. */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Operation } from '#cluster/api/patch/json-patch.ts'
import { jsonPatch } from '#cluster/api/patch/json-patch.ts'
import { mergePatch } from '#cluster/api/patch/merge-patch.ts'
import { goText, PatchFormatError, strategicMergePatch } from '#cluster/api/patch/strategic-merge-patch.ts'
import type { RequestInfo } from '../chain/route.ts'
import { badRequest, forbiddenValue, internal, invalid, invalidPatch, requestEntityTooLarge, unprocessable, noSuchPatch, unsupportedMediaType } from '../status.ts' // prettier-ignore

const ACCEPTED = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]
/** Nobody knows how the lists of a custom object are merged. (An apply, which is among these, has a way of its own.) */
const ACCEPTED_OF_CUSTOM = [...ACCEPTED.slice(0, 2), 'application/apply-patch+yaml']

/** Complaints of a strategic merge that are the client's fault in upstream's eyes; the others are errors without a name. */
const notMerged = (error: Error): Status =>
  error instanceof PatchFormatError ? badRequest(error.message) : internal(error.message)

export type Patched =
  | { readonly object: KubernetesObject; /** The patch names a resourceVersion. */ readonly named: boolean }
  | { readonly refused: Status }

/** All that upstream says of a JSON patch that does not apply. */
const INAPPLICABLE = 'the server rejected our request due to an error in our request'

/** Of one JSON patch. */
const OPERATIONS_MAX = 10_000

const forcedButNotApplied = ({ resource }: RequestInfo): Status =>
  invalid({ ...resource, group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    forbiddenValue('force', 'may not be specified for non-apply patch'),
  ])

function undecodable(body: unknown, type: string): Status {
  if (body === undefined) return badRequest('error decoding patch: unexpected end of JSON input')
  const found = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : body === null ? 'null' : typeof body // prettier-ignore
  return badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type ${type}`)
}

const typeOf = ({ headers }: HttpRequest): string => (headers?.['content-type'] ?? '').split(';')[0]!.trim()

/** A patch in a language that is not understood there: that is told before anybody looks whether the object exists. */
export function languageProblem({ resource, subresource }: RequestInfo, request: HttpRequest): Status | undefined {
  const accepted = resource.custom && subresource !== 'scale' ? ACCEPTED_OF_CUSTOM : ACCEPTED
  if (accepted.includes(typeOf(request))) return undefined
  return resource.custom ? unsupportedMediaType(accepted) : noSuchPatch()
}

export function patched(info: RequestInfo, request: HttpRequest, object: KubernetesObject): Patched {
  const type = typeOf(request)
  const { body } = request
  const unknown = languageProblem(info, request)
  if (unknown) return { refused: unknown }
  if (request.query?.['force'] !== undefined) return { refused: forcedButNotApplied(info) }
  try {
    if (type === 'application/json-patch+json') {
      if (body !== null && !Array.isArray(body)) return { refused: undecodable(body, 'jsonpatch.Patch') }
      const operations = (body ?? []) as Operation[]
      const odd = operations.find((operation) => typeof operation !== 'object' || Array.isArray(operation))
      if (odd !== undefined) return { refused: undecodable(odd, 'jsonpatch.Operation') }
      if (operations.length > OPERATIONS_MAX) {
        return { refused: requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${operations.length}`) } // prettier-ignore
      }
      const named = operations.some((operation) => operation?.path === '/metadata/resourceVersion')
      return { object: jsonPatch(object, operations) as KubernetesObject, named }
    }
    if (typeof body !== 'object' || Array.isArray(body)) return { refused: undecodable(body, 'map[string]interface {}') } // prettier-ignore
    const named = (body as Partial<KubernetesObject> | null)?.metadata?.resourceVersion !== undefined
    if (type === 'application/merge-patch+json') {
      if (body === null) return { refused: badRequest('Invalid JSON Patch') }
      return { object: mergePatch(object, body) as KubernetesObject, named }
    }
    // What is merged by its type is of that type, whatever the patch says.
    const { apiVersion, kind } = object
    return { object: { ...(strategicMergePatch(object, body ?? {}) as KubernetesObject), apiVersion, kind }, named }
  } catch (error) {
    if (type === 'application/json-patch+json') return { refused: unprocessable(INAPPLICABLE) }
    return { refused: notMerged(error as Error) }
  }
}

/** The patch applies, but what comes of it is no object of its kind. Strict decoding is refused as it is for any other body. */
export function asInvalidPatch(
  { body, headers }: HttpRequest,
  outcome: KubernetesObject,
  { refused, why }: { readonly refused: Status; readonly why?: string },
): Status {
  if (why === undefined || why.startsWith('strict decoding error')) return refused
  const isStrategic = headers?.['content-type']?.startsWith(ACCEPTED[2]!) === true
  return invalidPatch(isStrategic ? goText(body) : JSON.stringify(outcome), why)
}
