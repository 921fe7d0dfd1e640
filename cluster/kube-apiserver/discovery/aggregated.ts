/**
 * Aggregated discovery: everything about all groups in one answer, for whoever asks for it by its media type.
 *
 * Where to read upstream: apiserver `pkg/endpoints/discovery/aggregated`; `staging/src/k8s.io/api/apidiscovery/v2/types.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import { groupsOf } from './groups.ts'

export type AggregatedVersion = 'v2' | 'v2beta1'

/** `/api` tells of the core group, `/apis` of all others. */
export const groupDiscoveryList = (
  resources: readonly Resource[],
  version: AggregatedVersion,
  root: '/api' | '/apis',
): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: groupsOf(resources)
    .filter(({ name }) => (name === '') === (root === '/api'))
    .map(({ name, versions }) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: resources
          .filter((resource) => resource.group === name && resource.version === version)
          .sort((a, b) => (a.resource < b.resource ? -1 : 1))
          .map(describe),
        freshness: 'Current',
      })),
    })),
})

function describe(resource: Resource): object {
  const { group, version, kind, namespaced, singular, verbs, shortNames, categories, subresources } = resource
  return {
    resource: resource.resource,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && { subresources: subresources.map((name) => describeSubresource(resource, name)) }),
  }
}

function describeSubresource(resource: Resource, subresource: string): object {
  const { verbs, kind, group, version } = subresourceOf(resource, subresource)
  return {
    subresource,
    responseKind: {
      group: group ?? resource.group,
      version: version ?? resource.version,
      kind: kind ?? resource.kind,
    },
    verbs,
  }
}
