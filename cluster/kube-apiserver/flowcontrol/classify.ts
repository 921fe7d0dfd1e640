/**
 * Which flow a request belongs to, and to which priority level that flow goes.
 *
 * Of the FlowSchemas that match, the one of the lowest precedence counts, then the first by name.
 * What we leave out: requests for paths that are no resources; they are answered at once here.
 * Where to read upstream: apiserver `pkg/util/flowcontrol/{apf_controller,rule}.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import type { FlowSchema, FlowSubject, PriorityLevelConfiguration, ResourceRule } from './types.ts'

const ACCOUNT = 'system:serviceaccount:'

function isMeant({ kind, user, group, serviceAccount }: FlowSubject, who: UserInfo): boolean {
  if (kind === 'User') return user?.name === '*' || user?.name === who.name
  if (kind === 'Group') return group?.name === '*' || (group !== undefined && who.groups.includes(group.name))
  if (!serviceAccount || !who.name.startsWith(ACCOUNT)) return false
  const [namespace, name] = who.name.slice(ACCOUNT.length).split(':')
  return serviceAccount.namespace === namespace && (serviceAccount.name === '*' || serviceAccount.name === name)
}

const has = (list: readonly string[] = [], value: string): boolean => list.includes('*') || list.includes(value)

function isAbout(rule: ResourceRule, { verb, resource, subresource, namespace }: RequestInfo): boolean {
  const target = subresource ? `${resource.resource}/${subresource}` : resource.resource
  if (!has(rule.verbs, verb) || !has(rule.apiGroups, resource.group) || !has(rule.resources, target)) return false
  return namespace === '' ? rule.clusterScope === true || has(rule.namespaces, '') : has(rule.namespaces, namespace)
}

const matches = ({ spec: { rules = [] } }: FlowSchema, user: UserInfo, info: RequestInfo): boolean =>
  rules.some(
    ({ subjects, resourceRules = [] }) =>
      resourceRules.some((rule) => isAbout(rule, info)) && subjects.some((subject) => isMeant(subject, user)),
  )

const PRECEDENCE_DEFAULT = 1_000

export interface Flow {
  readonly schema: FlowSchema
  readonly level: PriorityLevelConfiguration
  /** Whose requests of the level wait in the same queues: the schema and whom it tells apart. */
  readonly distinguisher: string
}

/** Undefined where there is no such schema or level yet: nobody is held up then. */
export function classify({ caches }: Pick<State, 'caches'>, user: UserInfo, info: RequestInfo): Flow | undefined {
  let best: FlowSchema | undefined
  for (const object of caches['flowschemas']!.objects.values()) {
    const schema = object as FlowSchema
    if (best && !comesBefore(schema, best)) continue
    if (matches(schema, user, info)) best = schema
  }
  const level = best && caches['prioritylevelconfigurations']!.objects.get(best.spec.priorityLevelConfiguration.name)
  if (!best || !level) return undefined
  const by = best.spec.distinguisherMethod?.type
  const distinguisher = by === 'ByUser' ? user.name : by === 'ByNamespace' ? info.namespace : ''
  return { schema: best, level: level as PriorityLevelConfiguration, distinguisher }
}

function comesBefore(a: FlowSchema, b: FlowSchema): boolean {
  const x = a.spec.matchingPrecedence ?? PRECEDENCE_DEFAULT
  const y = b.spec.matchingPrecedence ?? PRECEDENCE_DEFAULT
  return x === y ? a.metadata.name < b.metadata.name : x < y
}
