/**
 * Whether they may: the second question of the handler chain.
 *
 * What we model: AlwaysAllow (the default, as without `--authorization-mode`), AlwaysDeny, and RBAC. Before any of them,
 * `system:masters` may do everything, whatever roles say: that is how one mends roles that are wrong.
 * With `Node,RBAC` kubelets are asked about by the Node authorizer first; RBAC has the last word.
 * What we leave out: webhooks; structured configuration.
 * Where to read upstream: apiserver `pkg/endpoints/filters/authorization.go`, `pkg/authorization/authorizerfactory`,
 * `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { allowedBy, missingRoles, pathAllowedBy } from '../rbac/authorizer.ts'
import { nodeOpinion } from '../rbac/node-authorizer.ts'
import type { RequestInfo } from './route.ts'
import type { AuthorizationMode, State } from '../state.ts'
import { forbidden } from '../status.ts'

const PRIVILEGED = 'system:masters'

export const hasRbac = (mode: AuthorizationMode): boolean => mode === 'RBAC' || mode === 'Node,RBAC'

/** Whether somebody may do that: for whoever asks on the way. */
export function mayDo(state: Pick<State, 'options' | 'caches' | 'grants'>, user: UserInfo, info: RequestInfo): boolean {
  return verdictOn(state, user, info).allowed
}

interface Verdict {
  readonly allowed: boolean
  /** Why it may, for the trace; or what is added to the refusal. */
  readonly reason: string
}

/** Whether somebody may do that, and why. */
export function verdictOn(
  state: Pick<State, 'options' | 'caches' | 'grants'>,
  user: UserInfo,
  info: RequestInfo,
): Verdict {
  const { authorizationMode: mode } = state.options
  if (!hasRbac(mode)) return { allowed: mode === 'AlwaysAllow', reason: '' }
  if (user.groups.includes(PRIVILEGED)) return { allowed: true, reason: `${PRIVILEGED} may do everything` }
  const opinion = mode === 'Node,RBAC' ? nodeOpinion(state, user, info) : undefined
  if (opinion?.allowed) return { allowed: true, reason: 'Node: a kubelet and what it needs' }
  const reason = allowedBy(state, user, info)
  if (reason !== undefined) return { allowed: true, reason }
  const missing = missingRoles(state, user, info.namespace)
  const rbac = missing.length === 0 ? '' : `RBAC: ${missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`}`
  return { allowed: false, reason: [opinion?.reason ?? '', rbac].filter(Boolean).join(', ') }
}

/** Whether somebody may ask for a path that is no resource. */
export function mayAsk(
  state: Pick<State, 'options' | 'caches' | 'grants'>,
  user: UserInfo,
  verb: string,
  path: string,
): boolean {
  const { authorizationMode: mode } = state.options
  if (!hasRbac(mode)) return mode === 'AlwaysAllow'
  return user.groups.includes(PRIVILEGED) || pathAllowedBy(state, user, verb, path) !== undefined
}

/**
 * What is asked, as it is judged: who lists or watches the one object of a name by a selector of fields asks for that object, so
 * that a role with names can allow it; and a namespace is in itself, so that a role within it can allow that one sees it.
 */
export function asJudged(info: RequestInfo, { query }: Pick<HttpRequest, 'query'>): RequestInfo {
  if (info.name !== '' && info.resource.resource === 'namespaces') return { ...info, namespace: info.name }
  const selector = query?.['fieldSelector']
  if (!selector || info.name !== '' || (info.verb !== 'list' && info.verb !== 'watch')) return info
  const exact = selector.split(',').flatMap((part) => /^metadata\.name==?([^=].*)$/.exec(part)?.[1] ?? [])[0]
  const isName = exact !== undefined && exact !== '.' && exact !== '..' && !/[/%]/.test(exact)
  return isName ? { ...info, name: exact } : info
}

/** The refusal; undefined where the request may pass. */
export function authorize(
  state: Pick<State, 'options' | 'caches' | 'grants'>,
  user: UserInfo,
  info: RequestInfo,
  ctx: Context,
): Status | undefined {
  const mode = state.options.authorizationMode
  if (mode === 'AlwaysAllow') return undefined
  const { allowed, reason } = verdictOn(state, user, info)
  if (hasRbac(mode) && ctx.tracing) {
    ctx.note('authorization', { user: user.name, allowed, reason: allowed || reason ? reason : undefined })
  }
  if (allowed) return undefined
  const { resource, subresource, namespace, verb, name } = info
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  const place = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const why = `User "${user.name}" cannot ${verb} resource "${target}" in API group "${resource.group}" ${place}${reason && `: ${reason}`}`
  return forbidden(resource, name, why)
}
