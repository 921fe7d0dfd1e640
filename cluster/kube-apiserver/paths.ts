/**
 * The paths that lead to no resource: discovery, metrics, and OpenAPI where the server has schemas.
 *
 * Roles name them by `nonResourceURLs`; everybody who was recognised has the role `system:discovery`.
 * Where to read upstream: apiserver `pkg/server/{handler,mux/pathrecorder}.go`, `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import { mayAsk } from './authorization.ts'
import { discover } from './discovery/discovery.ts'
import { ownResourcesOf, resourcesOf } from './extensions/custom-resources.ts'
import { openApi } from './openapi/openapi.ts'
import { metricsAnswer } from './metrics/metrics.ts'
import type { State } from './state.ts'
import { forbiddenPath, noSuchPath, notYet } from './status.ts'

export function answerAtPath(state: State, user: UserInfo, request: HttpRequest): HttpResponse {
  const { options, schemas, phase } = state
  const { advertiseAddress, securePort } = options
  const verb = request.method.toLowerCase()
  if (!mayAsk(state, user, verb, request.path)) return failed(forbiddenPath(user.name, verb, request.path))
  const resources = resourcesOf(state)
  const found =
    (request.path === '/metrics' ? metricsAnswer(state) : undefined) ??
    discover(request, `${advertiseAddress || '127.0.0.1'}:${securePort}`, resources, options.runtimeConfig) ??
    (schemas && openApi(schemas, request, ownResourcesOf(state)))
  // Until all definitions are known, nobody can say that there is no such thing.
  if (!found) return failed(phase === 'ready' || !request.path.startsWith('/apis/') ? noSuchPath() : notYet())
  if (request.method !== 'GET') return { type: 'response', status: 405, body: '405: Method Not Allowed' }
  return found
}

const failed = (status: Status): HttpResponse => ({ type: 'response', status: status.code, body: status })
