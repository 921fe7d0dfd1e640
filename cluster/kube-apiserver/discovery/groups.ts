/**
 * API groups in the order in which they are told, each with its versions, the preferred one first; and the priorities that give
 * the built-in ones their places, as they also stand in their APIServices.
 *
 * Where to read upstream: kube-aggregator `pkg/apiserver/handler_apis.go`; priorities in kubernetes/kubernetes
 * `pkg/controlplane/apiserver/aggregator.go`, `cmd/kube-apiserver/app/aggregator.go` (apiVersionPriorities).
 */
import type { Resource } from '#cluster/api/resources.ts'

export interface Group {
  /** Empty for the core group. */
  readonly name: string
  readonly versions: readonly string[]
}

/** The group of APIServices themselves. The aggregator answers for it before it looks at any, and so it needs none. */
export const AGGREGATOR_GROUP = 'apiregistration.k8s.io'

/** The higher comes first, and of equal ones the name decides; groups that are not here come last. */
const PRIORITY: Readonly<Record<string, number>> = {
  '': 18_000,
  [AGGREGATOR_GROUP]: 17_900,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
}

/** Where it is not that of most: upstream leaves room for versions that came and went. */
const VERSION_PRIORITY: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'resource.k8s.io/v1': 20,
  'flowcontrol.apiserver.k8s.io/v1': 21,
}
const OF_MOST = 15

export interface Priorities {
  readonly groupPriorityMinimum: number
  readonly versionPriority: number
}

/** Undefined where the group is none that is built in. */
export function prioritiesOf(group: string, version: string): Priorities | undefined {
  const groupPriorityMinimum = Object.hasOwn(PRIORITY, group) ? PRIORITY[group] : undefined
  if (groupPriorityMinimum === undefined) return undefined
  return { groupPriorityMinimum, versionPriority: VERSION_PRIORITY[`${group}/${version}`] ?? OF_MOST }
}

const rankOf = (name: string): number => (Object.hasOwn(PRIORITY, name) ? PRIORITY[name]! : 0)

export function groupsOf(resources: readonly Resource[]): Group[] {
  const versions = new Map<string, Set<string>>()
  for (const { group, version } of resources) {
    const known = versions.get(group)
    if (known) known.add(version)
    else versions.set(group, new Set([version]))
  }
  return [...versions]
    .map(([name, all]) => ({ name, versions: [...all] }))
    .sort((a, b) => rankOf(b.name) - rankOf(a.name) || (a.name < b.name ? -1 : 1))
}
