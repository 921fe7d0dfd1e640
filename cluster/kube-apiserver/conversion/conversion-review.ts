/**
 * ConversionReview: what the webhook of a definition is asked, and what its answer is worth.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/conversion/webhook_converter.go`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Conversion } from './pending.ts'

const API_VERSION = 'apiextensions.k8s.io/v1'

interface Review {
  readonly kind?: string
  readonly apiVersion?: string
  readonly response?: {
    readonly uid?: string
    readonly result?: { readonly status?: string; readonly message?: string }
    readonly convertedObjects?: readonly KubernetesObject[]
  }
}

export const reviewOf = ({ uid, version, objects }: Conversion, path: string, timeout: string): HttpRequest => ({
  type: 'request',
  method: 'POST',
  path,
  query: { timeout },
  headers: { 'content-type': 'application/json' },
  body: {
    kind: 'ConversionReview',
    apiVersion: API_VERSION,
    request: { uid, desiredAPIVersion: version, objects },
  },
})

/** The objects in the version that was wanted, in their order; a text: why they are not. @param error why no answer has come */
export function convertedBy(
  conversion: Conversion,
  response: HttpResponse | undefined,
  error: string,
): readonly KubernetesObject[] | string {
  // prettier-ignore
  const { apiVersion = '', kind = '' } = conversion.objects[0]!
  const by = `conversion webhook for ${apiVersion}, Kind=${kind}`
  if (!response) return `${by} failed: ${error}`
  if (response.status < 200 || response.status > 299) {
    const text = typeof response.body === 'string' ? response.body : 'unknown'
    return `${by} failed: an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`
  }
  const answer = objectsIn(conversion, response.body as Review | undefined)
  if (typeof answer === 'string') return `${by} failed: ${answer}`
  if (answer.length !== conversion.objects.length) {
    return `${by} returned ${answer.length} objects, expected ${conversion.objects.length}`
  }
  const result: KubernetesObject[] = []
  for (const [i, one] of answer.entries()) {
    const problem = problemOf(one, conversion.objects[i]!, conversion.version, i)
    if (problem !== undefined) return `${by} returned invalid ${problem}`
    result.push(withMetadata(one, conversion.objects[i]!))
  }
  return result
}

function objectsIn({ uid }: Conversion, review: Review | undefined): readonly KubernetesObject[] | string {
  if (review?.kind !== 'ConversionReview' || review.apiVersion !== API_VERSION) {
    return `expected webhook response of ${API_VERSION}, Kind=ConversionReview, got ${review?.apiVersion ?? ''}, Kind=${review?.kind ?? ''}` // prettier-ignore
  }
  const { response } = review
  if (!response) return 'no response provided'
  if (response.uid !== uid) return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}` // prettier-ignore
  const { status = '', message = '' } = response.result ?? {}
  if (status !== 'Success') return message || `response.result.status was '${status}', not 'Success'`
  return response.convertedObjects ?? []
}

function problemOf(one: KubernetesObject, before: KubernetesObject, version: string, i: number): string | undefined {
  const converted = `converted object at index ${i}`
  if (one.apiVersion !== version) return `${converted}: invalid groupVersion (expected ${version}, received ${one.apiVersion})` // prettier-ignore
  if (one.kind !== before.kind) return `${converted}: invalid kind (expected ${before.kind}, received ${one.kind})`
  for (const [field, name] of [
    ['uid', 'UID'],
    ['name', 'name'],
    ['namespace', 'namespace'],
  ] as const) {
    // prettier-ignore
    const [now = '', then = ''] = [one.metadata?.[field], before.metadata[field]]
    if (now !== then) return `metadata of object at index ${i}: must have the same ${name}: ${then} != ${now}`
  }
  return undefined
}

/** Of the metadata, a webhook may change labels and annotations. */
function withMetadata(one: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const { labels: _, annotations: __, ...kept } = before.metadata
  const { labels, annotations } = one.metadata
  return { ...one, metadata: { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) } }
}
