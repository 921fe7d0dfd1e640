/**
 * Who asks, and whether they may: the two first questions of the handler chain.
 *
 * What we model: the name on the request is taken as proven; a request without one comes from `system:anonymous`; the
 * authorizers that need no objects, AlwaysAllow (the default, as without `--authorization-mode`) and AlwaysDeny.
 * What we leave out: certificates and tokens, RBAC, the Node authorizer.
 * Where to read upstream: apiserver `pkg/endpoints/filters/{authentication,authorization}.go`,
 * `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import type { RequestInfo } from './route.ts'
import { forbidden } from './status.ts'

export type AuthorizationMode = 'AlwaysAllow' | 'AlwaysDeny'

const ANONYMOUS: UserInfo = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] })

export const authenticate = (request: HttpRequest): UserInfo => request.user ?? ANONYMOUS

/** The refusal; undefined where the request may pass. */
export function authorize(mode: AuthorizationMode, user: UserInfo, info: RequestInfo): Status | undefined {
  if (mode === 'AlwaysAllow') return undefined
  const { resource, subresource, namespace, verb, name } = info
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  const place = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const why = `User "${user.name}" cannot ${verb} resource "${target}" in API group "${resource.group}" ${place}`
  return forbidden(resource, name, why)
}
