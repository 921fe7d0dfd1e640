/**
 * Questions that cannot be answered: about nothing, about two things at once, about nobody.
 *
 * What we leave out: selectors of fields and labels in them.
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/authorization/validation/validation.go`,
 * `pkg/registry/{authorization,authentication}/…/{rest,storage}.go`.
 */
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { FieldError } from '../status.ts'
import { badRequest, invalid, invalidValue } from '../status.ts'

export interface Attributes {
  readonly resourceAttributes?: {
    readonly namespace?: string
    readonly verb?: string
    readonly group?: string
    readonly resource?: string
    readonly subresource?: string
    readonly name?: string
  }
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
}

/** A review, as it is sent. What its spec may be is known by its type. */
export type Question = Partial<KubernetesObject> & { readonly spec?: any }

/** Why there is no answer; undefined where there is one. */
export function questionProblem(info: RequestInfo, question: Question): Status | undefined {
  const { resource, namespace } = info
  const { spec = {}, metadata } = question
  switch (resource.resource) {
    case 'tokenreviews':
      return spec.token ? undefined : badRequest('token is required for TokenReview in authentication')
    case 'selfsubjectrulesreviews':
      return spec.namespace ? undefined : badRequest('no namespace on request')
    case 'selfsubjectreviews':
      return undefined
  }
  const errors = accessErrors(resource.resource, question)
  // Upstream has lost by then of which kind it was.
  if (errors.length > 0) return invalid({ ...resource, kind: '' }, '', errors)
  const isElsewhere = resource.namespaced && (metadata?.namespace ?? '') !== namespace
  return isElsewhere ? badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`) : undefined
}

function accessErrors(resource: string, { metadata = {} as KubernetesObject['metadata'], spec = {} }: Question) {
  const { resourceAttributes: what, nonResourceAttributes: path } = spec as Attributes
  const errors: FieldError[] = []
  const isLocal = resource === 'localsubjectaccessreviews'
  if (what && path) errors.push(invalidValue('spec.nonResourceAttributes', path, 'cannot be specified in combination with resourceAttributes')) // prettier-ignore
  if (!what && !path) errors.push(invalidValue('spec.resourceAttributes', 'null', 'exactly one of nonResourceAttributes or resourceAttributes must be specified')) // prettier-ignore
  if (resource !== 'selfsubjectaccessreviews' && !spec.user && !spec.groups?.length) {
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'))
  }
  const { namespace, managedFields: _, ...others } = metadata
  const said = Object.values(isLocal || !namespace ? others : { ...others, namespace })
  if (said.some((value) => value !== null && value !== '')) {
    errors.push(invalidValue('metadata', metadata, isLocal ? 'must be empty except for namespace' : 'must be empty'))
  }
  if (!isLocal) return errors
  const asked = what?.namespace ?? ''
  if (what && asked !== (namespace ?? '')) errors.push(invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace')) // prettier-ignore
  if (path) errors.push(invalidValue('spec.nonResourceAttributes', path, 'disallowed on this kind of request'))
  return errors
}
