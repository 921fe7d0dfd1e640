/**
 * An audit policy: rules of which the first that matches says how much is written down.
 *
 * Where to read upstream: apiserver `pkg/audit/policy/checker.go`, `pkg/apis/audit/v1/types.go`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { AuditLevel, AuditPolicy, AuditRule } from '../state.ts'

const contains = (list: readonly string[] | undefined, value: string): boolean => list === undefined || list.length === 0 || list.includes(value) // prettier-ignore

const isUrl = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))

function isAbout(
  { resources = [], namespaces, nonResourceURLs = [] }: AuditRule,
  info: RequestInfo | undefined,
  path: string,
): boolean {
  // prettier-ignore
  if (!info) return nonResourceURLs.some((url) => isUrl(url, path)) || (nonResourceURLs.length === 0 && resources.length === 0 && !namespaces?.length) // prettier-ignore
  if (nonResourceURLs.length > 0 && resources.length === 0) return false
  if (!contains(namespaces, info.namespace)) return false
  const { resource, subresource, name } = info
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  return (
    resources.length === 0 ||
    resources.some(({ group = '', resources: names = [], resourceNames }) => {
      if (group !== resource.group || !contains(resourceNames, name)) return false
      const isNamed = names.some((one) => one === target || one === '*' || (one === `*/${subresource}` && subresource !== '') || one === `${resource.resource}/*`) // prettier-ignore
      return names.length === 0 || isNamed
    })
  )
}

export function levelFor(
  { rules }: AuditPolicy,
  user: UserInfo | undefined,
  info: RequestInfo | undefined,
  { path, method }: HttpRequest,
): AuditLevel {
  const verb = info?.verb ?? method.toLowerCase()
  const rule = rules.find(
    (one) =>
      contains(one.users, user?.name ?? '') &&
      (!one.userGroups?.length || one.userGroups.some((group) => user?.groups.includes(group) === true)) &&
      contains(one.verbs, verb) &&
      isAbout(one, info, path),
  )
  return rule?.level ?? 'None'
}
