/**
 * CertificateSigningRequests: the server writes down who asks.
 *
 * What we leave out: what is in the request's bytes; nobody signs, so that an approved request stays without a certificate.
 * Upstream: `pkg/registry/certificates/certificates/strategy.go`, `pkg/apis/certificates/validation/validation.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { required } from '../status.ts'
import { unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Request = KubernetesObject & { readonly spec?: Readonly<Record<string, any>>; readonly status?: object }

/** Whatever the client says of itself. */
function withRequester(request: Request, user: UserInfo | undefined): Request {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = request.spec ?? {}
  const { name = '', groups, uid, extra } = user ?? ({} as Partial<UserInfo>)
  const requester = {
    username: name,
    ...(uid !== undefined && { uid }),
    ...(groups && { groups }),
    ...(extra && { extra }),
  }
  return { ...request, spec: { ...spec, ...requester }, status: {} }
}

function validate({ spec = {} }: Request): FieldError[] {
  const errors: FieldError[] = []
  if (!spec['request']) errors.push(required('spec.request'))
  if (!spec['signerName']) errors.push(required('spec.signerName'))
  if (!spec['usages']?.length) errors.push(required('spec.usages'))
  return errors
}

export const certificateSigningRequests: Strategy<Request> = {
  hasGeneration: false,
  hasStatus: true,
  prepareForCreate: (request, _now, user) => withRequester(request, user),
  validate,
  validateUpdate: (request, old) => unchanged(request.spec, old.spec, 'spec'),
}
