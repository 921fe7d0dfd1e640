/**
 * Who answers a request, by its path: this server, or the one that an APIService names for the path's group and version.
 *
 * Where to read upstream: kube-aggregator `pkg/apiserver/{apiserver,handler_proxy}.go`.
 */
import type { ServiceReference } from '../admission/webhooks/types.ts'
import type { State } from '../state.ts'
import { apiServiceFor, hasApiServices, isAvailable } from './api-service.ts'

export type Route =
  | { readonly to: 'local' }
  /** The APIService's name is for the trace. */
  | { readonly to: 'service'; readonly service: ServiceReference; readonly apiService: string }
  | { readonly status: 404 | 503 }

export const LOCAL: Route = Object.freeze({ to: 'local' })
const UNAVAILABLE: Route = Object.freeze({ status: 503 })

export function routeOf(state: State, path: string): Route {
  if (!path.startsWith('/apis/') || !hasApiServices(state)) return LOCAL
  const [, , group, version] = path.split('/', 4)
  const found = group && version ? apiServiceFor(state, group, version) : undefined
  if (!found) return LOCAL
  return isAvailable(found)
    ? { to: 'service', service: found.spec.service!, apiService: found.metadata.name }
    : UNAVAILABLE
}
