/** The strategy of each resource: one line each. */
import { configMaps } from './config-maps.ts'
import { deployments } from './deployments.ts'
import { endpointSlices } from './endpoint-slices.ts'
import { events } from './events.ts'
import { leases } from './leases.ts'
import { namespaces } from './namespaces.ts'
import { nodes } from './nodes.ts'
import { pods } from './pods.ts'
import { replicaSets } from './replica-sets.ts'
import { services } from './services.ts'
import { bindings, rolesStrategy } from './rbac.ts'
import type { Strategy } from './strategy.ts'

export const STRATEGIES: Readonly<Record<string, Strategy>> = {
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
