/**
 * The APIServices of what this server answers itself: one for each group and version.
 *
 * What the real one does: a controller registers them, each with the priorities of a table, and keeps them registered.
 * What we model: what it would register, by priorities in the order in which the groups are told; those that definitions add
 * come after all of the table. Nobody stores them.
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/apiserver/aggregator.go`, kube-aggregator
 * `pkg/controllers/autoregister`, `pkg/controllers/crdregistration`.
 */
import { groupsOf } from '../discovery/groups.ts'
import { ownResourcesOf } from '../extensions/custom-resources.ts'
import type { State } from '../state.ts'
import type { ApiService } from './api-service.ts'

const HIGHEST = 18_000
const STEP = 100
const VERSION_STEP = 15
/** As upstream registers the groups of definitions. */
const OF_DEFINITIONS = { groupPriorityMinimum: 1000, versionPriority: 100 }

export function localApiServices(state: Pick<State, 'caches'>): readonly ApiService[] {
  const resources = ownResourcesOf(state)
  const custom = new Set(resources.filter((row) => row.custom).map(({ group }) => group))
  return groupsOf(resources).flatMap(({ name: group, versions }, at) =>
    versions.map((version, index): ApiService => {
      const builtIn = {
        groupPriorityMinimum: HIGHEST - STEP * at,
        versionPriority: VERSION_STEP * (versions.length - index),
      }
      return {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `${version}.${group}` },
        spec: { group, version, ...(custom.has(group) ? OF_DEFINITIONS : builtIn) },
        status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' }] }, // prettier-ignore
      }
    }),
  )
}
