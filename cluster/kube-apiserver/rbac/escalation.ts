/**
 * Nobody gives away more than they have: who writes a role or binds one must hold all that it allows, or be allowed to
 * `escalate` or `bind`.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/rbac/{clusterrole,rolebinding}/policybased/storage.go`,
 * `pkg/registry/rbac/validation/{rule,policy_comparator,policy_compact}.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { keyOf, resourceNamed } from '#cluster/api/resources.ts'
import type { PolicyRule, Role, RoleBinding, Status } from '#cluster/api/types.ts'
import { type AdmissionPlugin, type Attributes, forbid } from '../admission/plugin.ts'
import type { RequestInfo, Verb } from '../chain/route.ts'
import { notFound } from '../status.ts'
import { rulesFor } from './authorizer.ts'

/** Rules about one verb of one resource each. */
function broken(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }) =>
    verbs.flatMap((verb) => [
      ...apiGroups.flatMap((group) =>
        resources.flatMap((resource) => {
          const one: PolicyRule = { verbs: [verb], apiGroups: [group], resources: [resource] }
          return resourceNames.length === 0 ? [one] : resourceNames.map((name) => ({ ...one, resourceNames: [name] }))
        }),
      ),
      ...nonResourceURLs.map((url): PolicyRule => ({ verbs: [verb], nonResourceURLs: [url] })),
    ]),
  )
}

const has = (list: readonly string[] = [], value: string): boolean => list.includes('*') || list.includes(value)

function hasResource(owned: readonly string[] = [], wanted: string): boolean {
  const slash = wanted.indexOf('/')
  return has(owned, wanted) || (slash >= 0 && owned.includes(`*${wanted.slice(slash)}`))
}

const hasUrl = (owned: readonly string[] = [], wanted: string): boolean =>
  owned.some((url) => url === wanted || (url.endsWith('*') && wanted.startsWith(url.slice(0, -1))))

/** @param wanted about one verb of one resource */
function covers(owned: PolicyRule, wanted: PolicyRule): boolean {
  if (!has(owned.verbs, wanted.verbs[0]!)) return false
  if (wanted.nonResourceURLs) return hasUrl(owned.nonResourceURLs, wanted.nonResourceURLs[0]!)
  const { resourceNames: names = [] } = owned
  const isNamed = names.length === 0 || (wanted.resourceNames ?? []).some((name) => names.includes(name))
  return has(owned.apiGroups, wanted.apiGroups![0]!) && hasResource(owned.resources, wanted.resources![0]!) && isNamed
}

/** Those that differ in nothing but the verb become one. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const found: PolicyRule[] = []
  for (const { verbs, ...rest } of rules) {
    const at = found.findIndex(({ verbs: _, ...other }) => isEqual(other, rest))
    if (at < 0) found.push({ ...rest, verbs })
    else if (!found[at]!.verbs.includes(verbs[0]!)) found[at] = { ...rest, verbs: [...found[at]!.verbs, ...verbs] }
  }
  return found
}

const listed = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(' ')}]`

function inWords({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [['APIGroups', apiGroups], ['Resources', resources], ['NonResourceURLs', nonResourceURLs], ['ResourceNames', resourceNames], ['Verbs', verbs]] // prettier-ignore
  return `{${parts.flatMap(([what, words]) => (words?.length ? [`${what}:${listed(words)}`] : [])).join(', ')}}`
}

function refusal(attributes: Attributes, rules: readonly PolicyRule[]): Status | undefined {
  const { user, info, caches } = attributes
  const owned = rulesFor(caches, user, info.namespace)
  const missing = broken(rules).filter((wanted) => !owned.some((one) => covers(one, wanted)))
  if (missing.length === 0) return undefined
  const texts = [...new Set(compact(missing).map(inWords))].toSorted().join('\n')
  return forbid(attributes, `user ${JSON.stringify(user.name)} (groups=${listed(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${texts}`) // prettier-ignore
}

function may({ mayUser }: Attributes, verb: string, resource: string, namespace: string, name: string): boolean {
  const info: RequestInfo = { verb: verb as Verb, resource: resourceNamed(resource), namespace, name, subresource: '' }
  return mayUser(info)
}

function validateRole(role: Role, attributes: Attributes): Status | undefined {
  const old = attributes.old as Role | undefined
  const { info } = attributes
  if (old && isEqual(old.rules, role.rules)) return undefined
  if (may(attributes, 'escalate', keyOf(info.resource), info.namespace, role.metadata.name)) return undefined
  return refusal(attributes, role.rules ?? [])
}

function validateBinding(binding: RoleBinding, attributes: Attributes): Status | undefined {
  const old = attributes.old as RoleBinding | undefined
  const { info, caches } = attributes
  if (old && isEqual(old.roleRef, binding.roleRef) && isEqual(old.subjects, binding.subjects)) return undefined
  const { kind, name } = binding.roleRef
  const plural = kind === 'Role' ? 'roles' : 'clusterroles'
  if (may(attributes, 'bind', plural, info.namespace, name)) return undefined
  const role = caches[plural]!.objects.get(kind === 'Role' ? `${info.namespace}/${name}` : name) as Role | undefined
  return role ? refusal(attributes, role.rules ?? []) : notFound(resourceNamed(plural), name)
}

const KINDS = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings']

/** A plugin that cannot be turned off: upstream it is a part of the store of these kinds. */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  handles: ({ resource, verb }) =>
    KINDS.includes(keyOf(resource)) && (verb === 'create' || verb === 'update' || verb === 'patch'),
  validate: (object, attributes) =>
    object.kind === 'Role' || object.kind === 'ClusterRole' ? validateRole(object, attributes) : validateBinding(object, attributes), // prettier-ignore
}
