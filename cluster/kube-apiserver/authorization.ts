/**
 * Whether they may: the second question of the handler chain.
 *
 * What we model: AlwaysAllow (the default, as without `--authorization-mode`), AlwaysDeny, and RBAC. Before any of them,
 * `system:masters` may do everything, whatever roles say: that is how one mends roles that are wrong.
 * What we leave out: the Node authorizer, webhooks, requests for paths that are no resources.
 * Where to read upstream: apiserver `pkg/endpoints/filters/authorization.go`, `pkg/authorization/authorizerfactory`,
 * `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { allowedBy } from './rbac/authorizer.ts'
import type { RequestInfo } from './route.ts'
import type { State } from './state.ts'
import { forbidden } from './status.ts'

const PRIVILEGED = 'system:masters'

/** Whether somebody may do that: for whoever asks on the way. */
export function mayDo(state: Pick<State, 'options' | 'caches'>, user: UserInfo, info: RequestInfo): boolean {
  const { authorizationMode } = state.options
  if (authorizationMode === 'AlwaysAllow') return true
  if (authorizationMode !== 'RBAC') return false
  return user.groups.includes(PRIVILEGED) || allowedBy(state, user, info) !== undefined
}

/** The refusal; undefined where the request may pass. */
export function authorize(
  state: Pick<State, 'options' | 'caches'>,
  user: UserInfo,
  info: RequestInfo,
  ctx: Context,
): Status | undefined {
  const mode = state.options.authorizationMode
  if (mode === 'AlwaysAllow') return undefined
  if (mode === 'RBAC') {
    const reason = user.groups.includes(PRIVILEGED) ? `${PRIVILEGED} may do everything` : allowedBy(state, user, info)
    if (ctx.tracing) ctx.note('authorization', { user: user.name, allowed: reason !== undefined, reason })
    if (reason !== undefined) return undefined
  }
  const { resource, subresource, namespace, verb, name } = info
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  const place = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const why = `User "${user.name}" cannot ${verb} resource "${target}" in API group "${resource.group}" ${place}`
  return forbidden(resource, name, why)
}
