/** Cases of `aggregation-router`: who claims what, and the paths that are asked for. Plain data. */
import type { Chance } from 'clusterwright/kit'
import type { APIService, APIServiceCondition } from 'clusterwright/aggregation'

/** One APIService, in short; `available` is told by its condition, and what is absent is usual. */
export interface Claim {
  readonly group: string
  readonly version: string
  /** `namespace/name`, perhaps `:port`; absent: this server itself. */
  readonly service?: string
  /** Absent: `True`. `none`: nothing is said of it, `others`: only other conditions are there. */
  readonly available?: 'False' | 'Unknown' | 'none' | 'others'
  readonly groupPriority?: number
  readonly versionPriority?: number
}

export interface RoutesCase {
  /** What is there first, and what later: asked of one and the same server. */
  readonly times: readonly { readonly claims: readonly Claim[]; readonly paths: readonly string[] }[]
}

export interface DiscoveryCase {
  readonly claims: readonly Claim[]
}

export function apiService(claim: Claim): APIService {
  const { group, version, service, groupPriority = 1000, versionPriority = 15 } = claim
  const [, namespace, name, port] = /^(.+)\/(.+?)(?::(\d+))?$/.exec(service ?? '') ?? []
  const conditions = conditionsOf(claim)
  return {
    metadata: { name: `${version}.${group}` },
    spec: {
      ...{ group, version },
      ...(service !== undefined && {
        service: { namespace: namespace!, name: name!, ...(port !== undefined && { port: Number(port) }) },
      }),
      ...{ groupPriorityMinimum: groupPriority, versionPriority },
    },
    ...(conditions && { status: { conditions } }),
  }
}

function conditionsOf({ available, service }: Claim): APIServiceCondition[] | undefined {
  const other: APIServiceCondition = { type: 'Degraded', status: available === undefined ? 'False' : 'True' }
  const last: APIServiceCondition = { ...other, type: 'Migrating' }
  if (available === 'none') return undefined
  if (available === 'others') return [other]
  if (available === undefined)
    return [other, { type: 'Available', status: 'True', reason: service ? 'Passed' : 'Local' }, last]
  return [other, { type: 'Available', status: available, reason: 'FailedDiscoveryCheck' }, last]
}

const GROUPS = [
  ...['', 'apps', 'apps.example.com', 'example.com', 'batch', 'metrics.k8s.io', 'custom.metrics.k8s.io'],
  ...['external.metrics.k8s.io', 'k8s.io', 'apis', 'api', 'v1', 'v1beta1'],
  // Names that a plain object has by itself, or puts first.
  ...['constructor', '1024'],
]
const VERSIONS = ['v1', 'v1beta1', 'v1beta10', 'v1beta2', 'v1alpha1', 'v2', 'v10', 'stable']
const SERVICES = ['kube-system/metrics-server', 'monitoring/adapter:6443', 'default/apps', 'shop/api:8443']

function claimFrom(chance: Chance, group: string, version: string): Claim {
  const service = chance.chance(0.65) ? chance.pick(SERVICES) : undefined
  const available = chance.chance(0.35) ? chance.pick(['False', 'Unknown', 'none', 'others'] as const) : undefined
  return {
    ...{ group, version },
    ...(service !== undefined && { service }),
    ...(available !== undefined && { available }),
    ...(chance.chance(0.7) && { groupPriority: chance.pick([100, 1000, 2000, 17_800, 18_000]) }),
    ...(chance.chance(0.6) && { versionPriority: chance.pick([1, 9, 15, 100]) }),
  }
}

/** No group and version twice, in any order. */
function claimsFrom(chance: Chance): Claim[] {
  const pairs = chance.times(chance.between(1, 9), () => [chance.pick(GROUPS), chance.pick(VERSIONS)] as const)
  const unique = new Map(pairs.map(([group, version]) => [`${group}/${version}`, [group, version] as const]))
  return [...unique.values()].map(([group, version]) => claimFrom(chance, group, version))
}

/** Paths that name the group and version somewhere, rightly or nearly. */
const FORMS: readonly ((group: string, version: string) => string)[] = [
  (group, version) => `/apis/${group}/${version}`,
  (group, version) => `/apis/${group}/${version}/`,
  (group, version) => `/apis/${group}/${version}/nodes`,
  (group, version) => `/apis/${group}/${version}/namespaces/default/pods/web/log`,
  (group) => `/apis/${group}`,
  (group) => `/apis/${group}/`,
  (group, version) => `/apis/${version}/${group}`,
  (group, version) => `/apis/${group}.${version}/things`,
  (group, version) => `/apis/${group}/${version}beta1`,
  (group, version) => `/apis/${group}/${version.slice(0, -1)}`,
  (group, version) => `/apis/x${group}/${version}/things`,
  (group, version) => `/apis/${group}x/${version}/things`,
  (group, version) => `/apis/apps/v1/namespaces/${group}/${version}`,
  (group, version) => `/api/v1/namespaces/${group}/services/web/proxy/apis/${group}/${version}`,
  (group, version) => `/api/${version}/namespaces/${group}/pods`,
  (group, version) => `/openapi/v3/apis/${group}/${version}`,
  (group, version) => `/apisx/${group}/${version}`,
  (group, version) => `/${group}/${version}/things`,
  // The name of the APIService, divided at another dot.
  (group, version) => `/apis/${group.split('.').slice(1).join('.') || group}/${version}.${group.split('.')[0]}`,
  // Letters count as they are written.
  (group, version) => `/apis/${group.toUpperCase()}/${version}/things`,
  (group, version) => `/apis/${group}/${version.toUpperCase()}`,
  (group, version) => `/APIS/${group}/${version}`,
]
const OTHERS = ['/', '/api', '/api/', '/api/v1', '/api/v1/nodes', '/apis', '/apis/', '/healthz', '/livez', '/version', '/apis/constructor', '/apis/constructor/name'] // prettier-ignore

function pathFrom(chance: Chance, claims: readonly Claim[]): string {
  if (chance.chance(0.15)) return chance.pick(OTHERS)
  const claimed = chance.pick(claims)
  const group = (chance.chance(0.8) ? claimed.group : chance.pick(GROUPS)) || 'core'
  const version = chance.chance(0.8) ? claimed.version : chance.pick(VERSIONS)
  const form = chance.chance(0.5) ? FORMS[chance.int(6)]! : chance.pick(FORMS)
  return form(group, version)
}

export const routesCase = (chance: Chance): RoutesCase => ({
  times: chance.times(2, () => {
    const claims = claimsFrom(chance)
    return { claims, paths: chance.times(6, () => pathFrom(chance, claims)) }
  }),
})

export const discoveryCase = (chance: Chance): DiscoveryCase => ({ claims: claimsFrom(chance) })
