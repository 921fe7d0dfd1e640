/** Which other servers answer for which groups, as the store has it: not those of what the API server answers itself. */
import type { ApiService } from '#cluster/kube-apiserver/aggregation/api-service.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'
import type { ApiServiceView } from './api-views.ts'

export const apiServicesIn = (world: World): readonly ApiServiceView[] =>
  objectsOf<ApiService>(world, 'apiservices').flatMap(({ metadata: { name }, spec, status }) => {
    const { group = '', version = '', service } = spec
    if (!service) return []
    const condition = status?.conditions?.find(({ type }) => type === 'Available')
    const { status: available = 'Unknown', reason = '', message = '' } = condition ?? {}
    return [{ name, group, version, service: `${service.namespace}/${service.name}`, available, reason, message }]
  })
