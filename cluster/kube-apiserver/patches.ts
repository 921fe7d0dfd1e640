/** The body of a PATCH, applied to the object: which of the patch languages, and what it refuses. */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Operation } from '#cluster/api/patch/json-patch.ts'
import { jsonPatch } from '#cluster/api/patch/json-patch.ts'
import { mergePatch } from '#cluster/api/patch/merge-patch.ts'
import { strategicMergePatch } from '#cluster/api/patch/strategic-merge-patch.ts'
import type { RequestInfo } from './route.ts'
import { badRequest, forbiddenValue, invalid, requestEntityTooLarge, unprocessable, unsupportedMediaType } from './status.ts' // prettier-ignore

const ACCEPTED = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]
/** Nobody knows how the lists of a custom object are merged. (An apply, which is among these, has a way of its own.) */
const ACCEPTED_OF_CUSTOM = [...ACCEPTED.slice(0, 2), 'application/apply-patch+yaml']

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

export function patched(info: RequestInfo, request: HttpRequest, object: KubernetesObject): Patched {
  const type = (request.headers?.['content-type'] ?? '').split(';')[0]!.trim()
  const { body } = request
  const accepted = info.resource.custom && info.subresource !== 'scale' ? ACCEPTED_OF_CUSTOM : ACCEPTED
  if (!accepted.includes(type)) return { refused: unsupportedMediaType(accepted) }
  if (request.query?.['force'] !== undefined) return { refused: forcedButNotApplied(info) }
  if (typeof body !== 'object' || body === null) return { refused: badRequest('the patch is no JSON object or list') }
  try {
    if (type === 'application/json-patch+json') {
      if (!Array.isArray(body)) return { refused: badRequest('a JSON patch is a list of operations') }
      const operations = body as Operation[]
      if (operations.length > OPERATIONS_MAX) {
        return { refused: requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${operations.length}`) } // prettier-ignore
      }
      const named = operations.some(({ path }) => path === '/metadata/resourceVersion')
      return { object: jsonPatch(object, operations) as KubernetesObject, named }
    }
    if (Array.isArray(body)) return { refused: badRequest('the patch is a list, and no object') }
    const named = (body as Partial<KubernetesObject>).metadata?.resourceVersion !== undefined
    const merge = type === 'application/merge-patch+json' ? mergePatch : strategicMergePatch
    return { object: merge(object, body) as KubernetesObject, named }
  } catch (error) {
    const { message } = error as Error
    return { refused: type === 'application/json-patch+json' ? unprocessable(INAPPLICABLE) : badRequest(message) }
  }
}
