/**
 * Quotas: what an object counts for, and for which quotas of its namespace.
 *
 * The API server charges by this what is created, and a controller counts by it what is there.
 * What we leave out: the scope VolumeAttributesClass; devices of resource claims.
 * Where to read upstream: kubernetes/kubernetes `pkg/quota/v1/evaluator/core`, apiserver `pkg/quota/v1/generic`.
 */
import { isPodFinished } from './meta.ts'
import { type Amounts, podLimits, podRequests } from './pod-resources.ts'
import { formatQuantity, milli } from './quantity.ts'
import { keyOf, type Resource } from './resources.ts'
import type { KubernetesObject, Pod, ResourceList, Service } from './types.ts'

interface ScopeRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface ResourceQuota extends KubernetesObject {
  readonly spec?: {
    readonly hard?: ResourceList
    readonly scopes?: readonly string[]
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] }
  }
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList }
}

/** One of anything, in thousandths. */
const ONE = 1_000

// ── what an object counts for ───────────────────────────────────────────────────────────────────────────────────────

/** Resources that a quota may name without `requests.`, which then means the requests. */
const PLAIN = ['cpu', 'memory', 'ephemeral-storage']
/** Kinds that a quota may count by their plural alone. */
const COUNTED_PLAINLY = ['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas']

function podUsage(pod: Pod): Record<string, number> {
  const usage: Record<string, number> = { 'count/pods': ONE }
  if (isPodFinished(pod)) return usage
  usage['pods'] = ONE
  for (const [name, amount] of Object.entries(podRequests(pod))) {
    if (PLAIN.includes(name) || name.startsWith('hugepages-')) usage[name] = amount
    usage[`requests.${name}`] = amount
  }
  for (const [name, amount] of Object.entries(podLimits(pod)))
    if (PLAIN.includes(name)) usage[`limits.${name}`] = amount
  return usage
}

function serviceUsage({ spec }: Service): Record<string, number> {
  const { type = 'ClusterIP', ports = [], allocateLoadBalancerNodePorts = true } = spec
  const isBalanced = type === 'LoadBalancer'
  const takesPorts = type === 'NodePort' || (isBalanced && allocateLoadBalancerNodePorts)
  return {
    services: ONE,
    'count/services': ONE,
    'services.loadbalancers': isBalanced ? ONE : 0,
    'services.nodeports': takesPorts ? ports.length * ONE : 0,
  }
}

function claimUsage(claim: any): Record<string, number> {
  const storage = milli(claim.spec?.resources?.requests?.storage)
  const { storageClassName } = claim.spec ?? {}
  const ofClass = `${storageClassName}.storageclass.storage.k8s.io`
  return {
    persistentvolumeclaims: ONE,
    'count/persistentvolumeclaims': ONE,
    'requests.storage': storage,
    ...(storageClassName && { [`${ofClass}/requests.storage`]: storage, [`${ofClass}/persistentvolumeclaims`]: ONE }),
  }
}

/** In thousandths, by the names that quotas use. */
export function usageOf(resource: Resource, object: KubernetesObject): Amounts {
  switch (keyOf(resource)) {
    case 'pods':
      return podUsage(object as Pod)
    case 'services':
      return serviceUsage(object as Service)
    case 'persistentvolumeclaims':
      return claimUsage(object)
    default: {
      const name = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
      const plainly = resource.group === '' && COUNTED_PLAINLY.includes(resource.resource)
      return { [`count/${name}`]: ONE, ...(plainly && { [resource.resource]: ONE }) }
    }
  }
}

// ── scopes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function hasForeignAffinity({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = (spec.affinity ?? {}) as Record<string, any>
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one: any) => one.podAffinityTerm),
  ])
  return terms.some((term) => term.namespaces?.length > 0 || term.namespaceSelector !== undefined)
}

const isBestEffort = (pod: Pod): boolean =>
  pod.status?.qosClass === 'BestEffort' ||
  (pod.status?.qosClass === undefined && [podRequests(pod), podLimits(pod)].every(({ cpu = 0, memory = 0 }) => cpu + memory === 0)) // prettier-ignore

function isInScope(pod: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  const { activeDeadlineSeconds, priorityClassName = '' } = pod.spec
  switch (scopeName) {
    case 'Terminating':
      return activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return activeDeadlineSeconds === undefined
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'CrossNamespacePodAffinity':
      return hasForeignAffinity(pod)
    case 'PriorityClass':
      if (operator === 'Exists') return priorityClassName !== ''
      if (operator === 'DoesNotExist') return priorityClassName === ''
      return values.includes(priorityClassName) === (operator === 'In')
    default:
      return false
  }
}

/** Whether the quota is about such an object at all. Only Pods have scopes. */
export function isAbout({ spec = {} }: ResourceQuota, resource: Resource, object: KubernetesObject): boolean {
  const wanted: ScopeRequirement[] = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ]
  if (wanted.length === 0) return true
  return keyOf(resource) === 'pods' && wanted.every((requirement) => isInScope(object as Pod, requirement))
}

/** What a Pod's containers must say, since the quota cannot count it otherwise: `limits.cpu for: app`. */
export function unsaid({ status }: ResourceQuota, pod: Pod): string[] {
  const wanted = Object.keys(status?.hard ?? {}).filter((name) => PLAIN.includes(name.replace(/^(?:requests|limits)\./, ''))) // prettier-ignore
  return wanted.toSorted().flatMap((name) => {
    const resource = name.replace(/^(?:requests|limits)\./, '')
    const list = name.startsWith('limits.') ? 'limits' : 'requests'
    const silent = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
      .filter(({ resources }) => resources?.[list]?.[resource] === undefined)
      .map((container) => container.name)
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].toSorted().join(',')}`]
  })
}

/** As the API prints it: bytes in powers of two, where that comes out even. */
export const quotaText = (name: string, thousandths: number): string =>
  formatQuantity(thousandths, /memory|storage|hugepages/.test(name))
