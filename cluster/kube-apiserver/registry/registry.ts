/** The strategy of each resource: those that have their own in one line each, and what does for the others. */
import type { Resource } from '#cluster/api/resources.ts'
import { RESOURCES, storedAs } from '#cluster/api/resources.ts'
import { configMaps } from './config-maps.ts'
import { deployments } from './deployments.ts'
import { endpointSlices } from './endpoint-slices.ts'
import { events } from './events.ts'
import { leases } from './leases.ts'
import { namespaces } from './namespaces.ts'
import { nodes } from './nodes.ts'
import { plainStrategy } from './plain.ts'
import { pods } from './pods.ts'
import { replicaSets } from './replica-sets.ts'
import { services } from './services.ts'
import { bindings, rolesStrategy } from './rbac.ts'
import type { Strategy } from './strategy.ts'

const OWN: Readonly<Record<string, Strategy>> = {
  namespaces,
  nodes,
  pods,
  services,
  configmaps: configMaps,
  events,
  deployments,
  replicasets: replicaSets,
  endpointslices: endpointSlices,
  leases,
  roles: rolesStrategy,
  clusterroles: rolesStrategy,
  rolebindings: bindings,
  clusterrolebindings: bindings,
}

const strategies = new Map(
  RESOURCES.map((row): [Resource, Strategy] => {
    const stored = storedAs(row)
    return [row, Object.hasOwn(OWN, stored.resource) ? OWN[stored.resource]! : plainStrategy(stored)]
  }),
)

export const strategyOf = (resource: Resource): Strategy => strategies.get(resource) ?? plainStrategy(resource)
