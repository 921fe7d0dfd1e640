/**
 * The authorizer, as expressions ask it.
 *
 * Where to read upstream: apiserver `pkg/cel/library/authz.go`, `pkg/admission/plugin/policy/validating/caching_authorizer.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { RESOURCES } from '#cluster/api/resources.ts'
import { mayAsk, verdictOn } from '../../chain/authorization.ts'
import type { Ask } from '../../cel/authorizers.ts'
import { ownResourcesOf } from '../../extensions/custom-resources.ts'
import type { Verb } from '../../chain/route.ts'
import type { State } from '../../state.ts'

/** @param user who makes the request */
export const authorityOf =
  (state: Pick<State, 'options' | 'caches' | 'grants'>, user: UserInfo): Ask =>
  ({ serviceAccount, path, group = '', resource = '', subresource = '', namespace = '', name = '' }, verb) => {
    const who = serviceAccount === undefined ? user : accountOf(serviceAccount)
    if (path !== undefined) return { allowed: mayAsk(state, who, verb, path), reason: '' }
    const row = ownResourcesOf(state).find((one) => one.group === group && one.resource === resource)
    const asked = row ?? unknownResource(group, resource)
    return verdictOn(state, who, { verb: verb as Verb, resource: asked, namespace, name, subresource })
  }

function accountOf(account: string): UserInfo {
  const [namespace = '', name = ''] = account.split('/')
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { name: `system:serviceaccount:${namespace}:${name}`, groups }
}

/** Of what is nowhere served, rules may speak all the same. */
const unknownResource = (group: string, resource: string): Resource => ({ ...RESOURCES[0]!, group, resource, namespaced: true }) // prettier-ignore
