/**
 * API groups in the order in which they are told, each with its versions, the preferred one first.
 *
 * Where to read upstream: kube-aggregator `pkg/apiserver/handler_apis.go`; priorities in kubernetes/kubernetes
 * `pkg/controlplane/apiserver/aggregator.go` (apiVersionPriorities).
 */
import type { Resource } from '#cluster/api/resources.ts'

export interface Group {
  /** Empty for the core group. */
  readonly name: string
  readonly versions: readonly string[]
}

/** Higher comes first; groups that are not here come last, in the order of their names. */
const PRIORITY: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

const rankOf = (name: string): number => {
  const rank = PRIORITY.indexOf(name)
  return rank < 0 ? PRIORITY.length : rank
}

export function groupsOf(resources: readonly Resource[]): Group[] {
  const versions = new Map<string, Set<string>>()
  for (const { group, version } of resources) {
    const known = versions.get(group)
    if (known) known.add(version)
    else versions.set(group, new Set([version]))
  }
  return [...versions]
    .map(([name, all]) => ({ name, versions: [...all] }))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1))
}
