/**
 * RBAC: a request passes if some binding gives the asker a role, and some rule of that role allows it.
 *
 * What we model: ClusterRoleBindings everywhere, RoleBindings within their namespace (to a Role of it, or to a ClusterRole);
 * users, groups and service accounts; wildcards, subresources, resourceNames. Rules only add: nothing refuses, so their
 * order does not matter. Roles come from the watch caches, so a binding counts a moment after it was written.
 * That nobody gives away more than they have is in `escalation.ts`; roles that are gathered from others are filled by a
 * controller.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/rbac.go`, `pkg/registry/rbac/validation/rule.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { PolicyRule, Role, RoleBinding, Subject } from '#cluster/api/types.ts'
import type { RequestInfo } from '../route.ts'
import type { State } from '../state.ts'

/** Why it may pass, in upstream's words for the audit log; undefined: nothing allows it. */
export function allowedBy({ caches }: Pick<State, 'caches'>, user: UserInfo, info: RequestInfo): string | undefined {
  for (const object of caches['clusterrolebindings']!.objects.values()) {
    const reason = reasonOf(object as RoleBinding, user, info, '', caches)
    if (reason !== undefined) return reason
  }
  if (info.namespace === '') return undefined
  for (const object of caches['rolebindings']!.objects.values()) {
    if (object.metadata.namespace !== info.namespace) continue
    const reason = reasonOf(object as RoleBinding, user, info, info.namespace, caches)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** Why somebody may ask for a path that is no resource; undefined: nothing allows it. */
export function pathAllowedBy({ caches }: Pick<State, 'caches'>, user: UserInfo, verb: string, path: string) {
  for (const object of caches['clusterrolebindings']!.objects.values()) {
    const binding = object as RoleBinding
    if (!binding.subjects?.some((one) => isMeant(one, user, ''))) continue
    const { rules = [] } = roleOf(binding, '', caches) ?? {}
    if (rules.some((rule) => allowsPath(rule, verb, path))) return `RBAC: allowed by ${binding.metadata.name}`
  }
  return undefined
}

const allowsPath = ({ verbs, nonResourceURLs = [] }: PolicyRule, verb: string, path: string): boolean =>
  has(verbs, verb) &&
  nonResourceURLs.some((url) => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))))

/** Roles that bindings of this user name, and that are not there: upstream says so with a refusal. */
export function missingRoles({ caches }: Pick<State, 'caches'>, user: UserInfo, namespace: string): string[] {
  const missing = new Set<string>()
  for (const kind of ['clusterrolebindings', 'rolebindings']) {
    const place = kind === 'rolebindings' ? namespace : ''
    for (const object of caches[kind]!.objects.values()) {
      const binding = object as RoleBinding
      if (kind === 'rolebindings' && (namespace === '' || binding.metadata.namespace !== namespace)) continue
      if (!binding.subjects?.some((one) => isMeant(one, user, place)) || roleOf(binding, place, caches)) continue
      missing.add(`${binding.roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io "${binding.roleRef.name}" not found`)
    }
  }
  return [...missing]
}

/** All that somebody may do in a namespace, rule by rule. */
export function rulesFor(caches: State['caches'], user: UserInfo, namespace: string): PolicyRule[] {
  const rules: PolicyRule[] = []
  for (const kind of ['clusterrolebindings', 'rolebindings']) {
    const place = kind === 'rolebindings' ? namespace : ''
    for (const object of caches[kind]!.objects.values()) {
      const binding = object as RoleBinding
      if (kind === 'rolebindings' && binding.metadata.namespace !== namespace) continue
      if (!binding.subjects?.some((one) => isMeant(one, user, place))) continue
      rules.push(...(roleOf(binding, place, caches)?.rules ?? []))
    }
  }
  return rules
}

function roleOf({ roleRef: { kind, name } }: RoleBinding, namespace: string, caches: State['caches']) {
  const found = kind === 'Role' ? caches['roles']!.objects.get(`${namespace}/${name}`) : caches['clusterroles']!.objects.get(name) // prettier-ignore
  return found as Role | undefined
}

function reasonOf(
  binding: RoleBinding,
  user: UserInfo,
  info: RequestInfo,
  namespace: string,
  caches: State['caches'],
): string | undefined {
  const subject = subjectMeant(binding, user, namespace)
  if (!subject) return undefined
  const { kind, name } = binding.roleRef
  const role = roleOf(binding, namespace, caches)
  if (!role?.rules?.some((rule) => allows(rule, info))) return undefined
  return `RBAC: allowed by ${binding.kind} "${binding.metadata.name}" of ${kind} "${name}" to ${subject.kind} "${subject.name}"`
}

/** A loop, since every request asks this of every binding. */
function subjectMeant({ subjects }: RoleBinding, user: UserInfo, namespace: string): Subject | undefined {
  if (subjects === undefined) return undefined
  for (const subject of subjects) if (isMeant(subject, user, namespace)) return subject
  return undefined
}

function isMeant({ kind, name, namespace }: Subject, user: UserInfo, bindingNamespace: string): boolean {
  if (kind === 'User') return name === user.name
  if (kind === 'Group') return user.groups.includes(name)
  return user.name === `system:serviceaccount:${namespace ?? bindingNamespace}:${name}`
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value))

export function allows({ verbs, apiGroups, resources, resourceNames = [] }: PolicyRule, info: RequestInfo): boolean {
  const { resource, subresource, verb, name } = info
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  const isTarget = has(resources, target) || (subresource !== '' && resources?.includes(`*/${subresource}`) === true)
  const isNamed = resourceNames.length === 0 || (name !== '' && resourceNames.includes(name))
  return has(verbs, verb) && has(apiGroups, resource.group) && isTarget && isNamed
}
