/**
 * The APIServices of what this server answers itself: one for each group and version, with the priorities of a table; those that
 * definitions add come after all of the table.
 *
 * `autoregister.ts` keeps them registered; what is here says which there should be.
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/apiserver/aggregator.go`, kube-aggregator
 * `pkg/controllers/autoregister`, `pkg/controlplane/controller/crdregistration`.
 */
import { RESOURCES } from '#cluster/api/resources.ts'
import { AGGREGATOR_GROUP, groupsOf, prioritiesOf } from '../discovery/groups.ts'
import { ownResourcesOf } from '../extensions/custom-resources.ts'
import type { Definition } from '../extensions/definition.ts'
import { DEFINITIONS } from '../extensions/definition.ts'
import type { State } from '../state.ts'
import type { ApiService } from './api-service.ts'

/** Who keeps an APIService: this server at its start alone (`onstart`), or always (`true`). */
export const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'

/** As upstream registers the groups of definitions. */
const OF_DEFINITIONS = { groupPriorityMinimum: 1000, versionPriority: 100 }

const localService = (group: string, version: string): ApiService => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `${version}.${group}` },
  spec: { group, version, ...(prioritiesOf(group, version) ?? OF_DEFINITIONS) },
})

/** As it is stored: the name of the core group is none. */
function managed({ metadata, spec: { group, ...spec }, ...rest }: ApiService, how: 'onstart' | 'true'): ApiService {
  return { ...rest, metadata: { ...metadata, labels: { [MANAGED]: how } }, spec: group ? { group, ...spec } : spec }
}

/** Of what is built in. */
export const BUILT_IN_SERVICES: readonly ApiService[] = groupsOf(RESOURCES)
  .filter(({ name }) => name !== AGGREGATOR_GROUP)
  .flatMap(({ name, versions }) => versions.map((version) => managed(localService(name, version), 'onstart')))

/** Of what definitions add, established or not yet, by name. */
export function servicesOfDefinitions({ caches }: Pick<State, 'caches'>): ReadonlyMap<string, ApiService> {
  const definitions = [...(caches[DEFINITIONS]?.objects.values() ?? [])] as Definition[]
  const services = definitions.flatMap(({ spec: { group, versions } }) =>
    versions.filter(({ served }) => served).map(({ name }) => managed(localService(group, name), 'true')),
  )
  return new Map(services.map((service) => [service.metadata.name, service]))
}

/** All of them as though they were stored, for who asks what this server answers. */
export const localApiServices = (state: Pick<State, 'caches'>): readonly ApiService[] =>
  groupsOf(ownResourcesOf(state)).flatMap(({ name, versions }) =>
    versions.map((version): ApiService => ({
      ...localService(name, version),
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' }] }, // prettier-ignore
    })),
  )
