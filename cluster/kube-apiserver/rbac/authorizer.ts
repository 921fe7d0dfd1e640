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
import type { RequestInfo } from '../chain/route.ts'
import type { Grant, Grants, State } from '../state.ts'

/** What the authorizer looks into, and where it remembers whom bindings mean. */
export type Policy = Pick<State, 'caches' | 'grants'>

/** Users of whom is remembered which bindings mean them; past that, all are forgotten. */
const USERS_MAX = 10_000

/** Every request asks, and bindings hardly change: they are looked through once for each user. */
function grantsOf({ caches, grants }: Policy, user: UserInfo): Grants {
  const [cluster, local] = [caches['clusterrolebindings']!, caches['rolebindings']!]
  const known = grants.get(user.name)
  if (known && known.revisions[0] === cluster.revision && known.revisions[1] === local.revision) {
    if (known.groups.length === user.groups.length && known.groups.every((group, i) => group === user.groups[i]))
      return known
  }
  const everywhere: Grant[] = []
  for (const object of cluster.objects.values()) {
    const subject = subjectMeant(object as RoleBinding, user, '')
    if (subject) everywhere.push({ binding: object as RoleBinding, subject })
  }
  const byNamespace: Record<string, Grant[]> = Object.create(null)
  for (const object of local.objects.values()) {
    const namespace = object.metadata.namespace!
    const subject = subjectMeant(object as RoleBinding, user, namespace)
    if (subject) (byNamespace[namespace] ??= []).push({ binding: object as RoleBinding, subject })
  }
  const found: Grants = { groups: user.groups, revisions: [cluster.revision, local.revision], everywhere, byNamespace }
  if (grants.size >= USERS_MAX) grants.clear()
  grants.set(user.name, found)
  return found
}

/** Why it may pass, in upstream's words for the audit log; undefined: nothing allows it. */
export function allowedBy(policy: Policy, user: UserInfo, info: RequestInfo): string | undefined {
  const { everywhere, byNamespace } = grantsOf(policy, user)
  for (const grant of everywhere) {
    const reason = reasonOf(grant, info, '', policy.caches)
    if (reason !== undefined) return reason
  }
  for (const grant of (info.namespace !== '' && byNamespace[info.namespace]) || []) {
    const reason = reasonOf(grant, info, info.namespace, policy.caches)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** Why somebody may ask for a path that is no resource; undefined: nothing allows it. */
export function pathAllowedBy({ caches }: Pick<State, 'caches'>, user: UserInfo, verb: string, path: string) {
  for (const object of caches['clusterrolebindings']!.objects.values()) {
    const binding = object as RoleBinding
    if (!binding.subjects?.some((one) => isMeant(one, user, ''))) continue
    const rules = roleOf(binding, '', caches)?.rules ?? []
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
  { binding, subject }: Grant,
  info: RequestInfo,
  namespace: string,
  caches: State['caches'],
): string | undefined {
  const { kind, name } = binding.roleRef
  const rules = roleOf(binding, namespace, caches)?.rules
  if (!rules?.some((rule) => allows(rule, info))) return undefined
  return `RBAC: allowed by ${binding.kind} "${binding.metadata.name}" of ${kind} "${name}" to ${subject.kind} "${subject.name}"`
}

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
