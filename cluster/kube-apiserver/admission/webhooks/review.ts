/**
 * AdmissionReview: what a webhook is asked, and what its answer means.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/webhook/{request/admissionreview,errors/statuserror}.go`,
 * `pkg/admission/plugin/webhook/mutating/dispatcher.go`; `staging/src/k8s.io/api/admission/v1/types.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import { fromStored, toStored } from '../../conversion/conversion.ts'
import type { Operation } from '#cluster/api/patch/json-patch.ts'
import { jsonPatch } from '#cluster/api/patch/json-patch.ts'
import type { RequestInfo } from '../../chain/route.ts'
import { badRequest, internalError } from '../../status.ts'
import { isDryRun } from '../../validation/write-options.ts'
import { OPERATIONS } from './configuration.ts'
import type { HookAnswer, HookCall } from './types.ts'

const API_VERSION = 'admission.k8s.io/v1'

export function reviewOf(call: HookCall, info: RequestInfo, user: UserInfo, request: HttpRequest): object {
  const { version, object, old, uid } = call
  const { resource, subresource, namespace } = info
  const shown = (one: KubernetesObject | undefined) => (one ? fromStored(version, one) : null)
  const kindOf = ({ group, version: name, kind }: Resource) => ({ group, version: name, kind })
  const placeOf = ({ group, version: name, resource: plural }: Resource) => ({ group, version: name, resource: plural })
  return {
    kind: 'AdmissionReview',
    apiVersion: API_VERSION,
    request: {
      uid,
      kind: kindOf(version),
      resource: placeOf(version),
      ...(subresource && { subResource: subresource }),
      requestKind: kindOf(resource),
      requestResource: placeOf(resource),
      ...(subresource && { requestSubResource: subresource }),
      name: info.name || object?.metadata.name || '',
      ...(namespace && { namespace }),
      operation: OPERATIONS[info.verb],
      userInfo: { username: user.name, groups: user.groups },
      object: shown(object),
      oldObject: shown(old),
      dryRun: isDryRun(request),
      options: null,
    },
  }
}

interface ReviewResponse {
  readonly uid?: string
  readonly allowed?: boolean
  readonly status?: Partial<Status>
  readonly patch?: string
  readonly patchType?: string
  readonly warnings?: readonly string[]
  readonly auditAnnotations?: Readonly<Record<string, string>>
}

/** @param error why no answer has come */
export function answerOf(call: HookCall, response: HttpResponse | undefined, error: string): HookAnswer {
  const { hook, object } = call
  if (!response) return failed(call, `failed to call webhook: ${error}`)
  if (response.status < 200 || response.status > 299) {
    const text = typeof response.body === 'string' ? response.body : (response.body as Status | undefined)?.message ?? 'unknown' // prettier-ignore
    return failed(call, `failed to call webhook: an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`) // prettier-ignore
  }
  const review = response.body as { kind?: string; apiVersion?: string; response?: ReviewResponse } | undefined
  const problem = problemOf(call, review)
  if (problem !== undefined) return failed(call, `received invalid webhook response: ${problem}`)
  const { allowed, status, patch, warnings = [], auditAnnotations = {} } = review!.response!
  const annotations = Object.fromEntries(
    Object.entries(auditAnnotations).map(([key, value]) => [`${hook.webhook.name}/${key}`, value]),
  )
  const base = { call, object, warnings, annotations }
  if (!allowed) return { ...base, refused: denied(hook.webhook.name, status ?? {}) }
  if (patch === undefined || patch === '') return base
  let operations: readonly Operation[]
  try {
    operations = JSON.parse(decodeBase64(patch)) as Operation[]
  } catch (error) {
    return failed(call, `received undecodable patch in webhook response: ${(error as Error).message}`)
  }
  if (operations.length === 0) return base
  if (object === undefined) {
    const why = `admission webhook ${JSON.stringify(hook.webhook.name)} attempted to modify the object, which is not supported for this operation`
    return { ...base, refused: internalError(why) }
  }
  try {
    const patched = jsonPatch(fromStored(call.version, object), operations) as KubernetesObject
    return { ...base, object: toStored(call.version, patched) }
  } catch (error) {
    return { ...base, refused: internalError((error as Error).message) }
  }
}

function problemOf(
  { uid, kind }: HookCall,
  review: { kind?: string; apiVersion?: string; response?: ReviewResponse } | undefined,
) {
  if (review?.kind !== 'AdmissionReview' || review.apiVersion !== API_VERSION) {
    return `expected webhook response of ${API_VERSION}, Kind=AdmissionReview, got ${review?.apiVersion ?? ''}, Kind=${review?.kind ?? ''}`
  }
  const { response } = review
  if (!response) return 'webhook response was absent'
  if (response.uid !== uid)
    return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`
  const { patch, patchType = '' } = response
  if (kind === 'validating') {
    return patch !== undefined || patchType !== '' ? 'validating webhook may not return response.patch' : undefined
  }
  if (patch !== undefined && patchType === '') return 'response.patchType must be specified when response.patch is set'
  return patchType !== '' && patchType !== 'JSONPatch'
    ? `unrecognized patchType ${JSON.stringify(patchType)}`
    : undefined
}

/** No answer that could be understood: what that means is for the webhook's configuration to say. */
export function failed(call: HookCall, why: string): HookAnswer {
  const { name, failurePolicy = 'Fail' } = call.hook.webhook
  const base = { call, object: call.object, warnings: [], annotations: {} }
  if (failurePolicy === 'Ignore') {
    return { ...base, annotations: { [`failed-open.${call.kind === 'mutating' ? 'mutation' : 'validating'}.webhook.admission.k8s.io/round_${call.round}`]: name } } // prettier-ignore
  }
  return { ...base, refused: internalError(`failed calling webhook ${JSON.stringify(name)}: ${why}`) }
}

/** A dry run may only be told to those who do nothing else on being asked. */
export function dryRunProblem({ hook }: HookCall): Status | undefined {
  const { name, sideEffects = '' } = hook.webhook
  if (sideEffects === 'None' || sideEffects === 'NoneOnDryRun') return undefined
  return badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`)
}

/** The webhook's own words, and no code that would say that all is well. */
function denied(webhook: string, given: Partial<Status>): Status {
  const { code = 0, message, reason, details } = given
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`
  return Object.freeze({
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    message: message ? `${by}: ${message}` : reason ? `${by}: ${reason}` : `${by} without explanation`,
    ...(reason && { reason }),
    ...(details && { details }),
    code: code < 400 ? 400 : code,
  })
}

/** Text in UTF-8 from base64. */
function decodeBase64(text: string): string {
  const bytes = atob(text)
  let escaped = ''
  for (let i = 0; i < bytes.length; i++) escaped += `%${bytes.charCodeAt(i).toString(16).padStart(2, '0')}`
  return decodeURIComponent(escaped)
}
