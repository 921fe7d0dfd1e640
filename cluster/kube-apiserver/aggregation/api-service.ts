/**
 * APIServices: which group and version another server answers for, and what is known of it.
 *
 * What we leave out: objects for what this server answers itself (`Local`); certificates.
 * Where to read upstream: kube-aggregator `pkg/apis/apiregistration/v1/types.go`, `pkg/apis/apiregistration/v1/helper`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { ServiceReference } from '../admission/webhooks/types.ts'
import type { State } from '../state.ts'

export const API_SERVICES = 'apiservices'

interface Condition {
  readonly type: 'Available'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime?: string
}

export interface ApiService extends KubernetesObject {
  readonly spec: {
    readonly group?: string
    readonly version?: string
    readonly service?: ServiceReference
    readonly groupPriorityMinimum?: number
    readonly versionPriority?: number
    readonly insecureSkipTLSVerify?: boolean
    readonly caBundle?: string
  }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export const hasApiServices = ({ caches }: Pick<State, 'caches'>): boolean =>
  (caches[API_SERVICES]?.objects.size ?? 0) > 0

/** The one that says who answers for a group and version, if that is another server. */
export function apiServiceFor(
  { caches }: Pick<State, 'caches'>,
  group: string,
  version: string,
): ApiService | undefined {
  const cache = caches[API_SERVICES]
  if (!cache || cache.objects.size === 0) return undefined
  const found = cache.objects.get(`${version}.${group}`) as ApiService | undefined
  return found?.spec.service ? found : undefined
}

const conditionOf = ({ status }: ApiService): Condition | undefined =>
  status?.conditions?.find(({ type }) => type === 'Available')

export const isAvailable = (service: ApiService): boolean => conditionOf(service)?.status === 'True'

/** With that word on whether it is there; undefined where that is said already. */
export function withAvailability(
  service: ApiService,
  isThere: boolean,
  reason: string,
  message: string,
  now: Micros,
): ApiService | undefined {
  const old = conditionOf(service)
  const status = isThere ? 'True' : 'False'
  if (old?.status === status && old.reason === reason && old.message === message) return undefined
  const lastTransitionTime = old?.status === status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(now)
  const conditions: readonly Condition[] = [{ type: 'Available', status, reason, message, lastTransitionTime }]
  return { ...service, status: { ...service.status, conditions } }
}

interface Listed {
  readonly name: string
  readonly singularName?: string
  readonly namespaced: boolean
  readonly kind: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

/** What another server's discovery says, as rows. */
export function rowsFrom({ spec }: ApiService, body: unknown): readonly Resource[] {
  const { group = '', version = '' } = spec
  const { resources = [] } = (body ?? {}) as { readonly resources?: readonly Listed[] }
  const rows = resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, kind, namespaced, verbs, shortNames = [], categories = [] }): Resource => {
      const singular = singularName || kind.toLowerCase()
      return { resource: name, singular, kind, group, version, namespaced, verbs, shortNames, categories, subresources: [], isElsewhere: true } // prettier-ignore
    })
  return Object.freeze(rows.map((row) => Object.freeze(row)))
}
