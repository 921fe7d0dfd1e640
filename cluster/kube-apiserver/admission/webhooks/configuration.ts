/**
 * Which webhooks there are, and which of them want to hear of a write.
 *
 * What we leave out: connections (exec, port-forward).
 * Where to read upstream: apiserver `pkg/admission/plugin/webhook/{generic/webhook,predicates}`, `pkg/admission/configuration`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf, RESOURCES, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject, LabelSelector } from '#cluster/api/types.ts'
import { definitionNamed } from '../../extensions/custom-resources.ts'
import { rowsOf, servesVersion } from '../../extensions/definition.ts'
import type { RequestInfo } from '../../chain/route.ts'
import type { State } from '../../state.ts'
import type { Hook, Kind, Rule, Webhook } from './types.ts'

export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks?: readonly Webhook[]
}

export const PLUGIN_NAMES: Readonly<Record<Kind, string>> = {
  mutating: 'MutatingAdmissionWebhook',
  validating: 'ValidatingAdmissionWebhook',
}

export const CONFIGURATIONS: Readonly<Record<Kind, string>> = {
  mutating: 'mutatingwebhookconfigurations',
  validating: 'validatingwebhookconfigurations',
}

const known = new WeakMap<WebhookConfiguration, readonly Hook[]>()

function hooksIn(configuration: WebhookConfiguration): readonly Hook[] {
  let hooks = known.get(configuration)
  if (hooks === undefined) {
    const { metadata, webhooks = [] } = configuration
    hooks = webhooks.map((webhook, i) => Object.freeze({ id: `${metadata.name}/${i}/${webhook.name}`, webhook }))
    known.set(configuration, hooks)
  }
  return hooks
}

/** All of a kind: configurations by their names, and each one's webhooks in their order. */
export function hooksOf({ caches }: Pick<State, 'caches'>, kind: Kind): readonly Hook[] {
  const cache = caches[CONFIGURATIONS[kind]]
  if (!cache || cache.objects.size === 0) return []
  const all = [...cache.objects.values()] as WebhookConfiguration[]
  all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  return all.flatMap(hooksIn)
}

/** Nobody is asked about those who are asked. */
const EXEMPT: readonly string[] = Object.values(CONFIGURATIONS)

export const OPERATIONS: Readonly<Partial<Record<RequestInfo['verb'], string>>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
  delete: 'DELETE',
}

export const isExempt = ({ resource, verb }: Pick<RequestInfo, 'resource' | 'verb'>): boolean =>
  EXEMPT.includes(keyOf(resource)) || OPERATIONS[verb] === undefined

/** The version of the resource in which a webhook wants to hear of a write; undefined: it does not. */
export function versionFor(
  state: Pick<State, 'caches'>,
  webhook: Pick<Webhook, 'rules' | 'matchPolicy' | 'objectSelector' | 'namespaceSelector'>,
  info: RequestInfo,
  object: KubernetesObject | undefined,
  old: KubernetesObject | undefined,
): Resource | undefined {
  const { rules = [], matchPolicy = 'Equivalent', objectSelector = {}, namespaceSelector = {} } = webhook
  const candidates = matchPolicy === 'Exact' ? [info.resource] : [info.resource, ...equivalents(state, info.resource)]
  const version = candidates.find((resource) => rules.some((rule) => matchesRule(rule, { ...info, resource })))
  if (!version) return undefined
  if (!isInNamespace(state, namespaceSelector, info, object ?? old)) return undefined
  const isWanted = [object, old].some((one) => one && matchesSelector(objectSelector, one.metadata.labels))
  return isWanted ? version : undefined
}

/** Other versions of the same objects. */
function equivalents(state: Pick<State, 'caches'>, resource: Resource): readonly Resource[] {
  const definition = resource.custom && definitionNamed(state, resource.custom.definition)
  const all = definition ? rowsOf(definition).filter((row) => servesVersion(definition, row)) : RESOURCES
  return all.filter((row) => row !== resource && keyOf(storedAs(row)) === keyOf(storedAs(resource)))
}

const includes = (list: readonly string[] = [], value: string): boolean => list.includes('*') || list.includes(value)

export function matchesRule(rule: Rule, { resource, verb, subresource }: RequestInfo): boolean {
  const { scope = '*' } = rule
  if (scope !== '*' && (scope === 'Namespaced') !== resource.namespaced) return false
  if (!includes(rule.operations, OPERATIONS[verb]!)) return false
  if (!includes(rule.apiGroups, resource.group) || !includes(rule.apiVersions, resource.version)) return false
  return (rule.resources ?? []).some((text) => {
    const [name, below = ''] = text.split('/')
    return (name === '*' || name === resource.resource) && (below === '*' || below === subresource)
  })
}

function isInNamespace(
  { caches }: Pick<State, 'caches'>,
  selector: LabelSelector,
  { resource, namespace }: RequestInfo,
  object: KubernetesObject | undefined,
): boolean {
  if (keyOf(resource) === 'namespaces') return matchesSelector(selector, object?.metadata.labels)
  if (!resource.namespaced) return true
  return matchesSelector(selector, caches['namespaces']?.objects.get(namespace)?.metadata.labels)
}
