/**
 * The paths that lead to no resource: discovery, and OpenAPI where the server has schemas.
 *
 * What we leave out: `nonResourceURLs` of roles: who was recognised may see these paths, as by the role `system:discovery`,
 * which everybody else has too.
 * Where to read upstream: apiserver `pkg/server/{handler,mux/pathrecorder}.go`, `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import { discover } from './discovery/discovery.ts'
import { resourcesOf } from './extensions/custom-resources.ts'
import { openApi } from './openapi/openapi.ts'
import type { State } from './state.ts'
import { forbiddenPath, noSuchPath, notYet } from './status.ts'

const AUTHENTICATED = 'system:authenticated'

export function answerAtPath(state: State, user: UserInfo, request: HttpRequest): HttpResponse {
  const { options, schemas, phase } = state
  const { authorizationMode, advertiseAddress, securePort } = options
  const isAllowed =
    authorizationMode === 'AlwaysAllow' || (authorizationMode === 'RBAC' && user.groups.includes(AUTHENTICATED))
  if (!isAllowed) return failed(forbiddenPath(user.name, request.method.toLowerCase(), request.path))
  const resources = resourcesOf(state)
  const found =
    discover(request, `${advertiseAddress || '127.0.0.1'}:${securePort}`, resources) ??
    (schemas && openApi(schemas, request, resources))
  // Until all definitions are known, nobody can say that there is no such thing.
  if (!found) return failed(phase === 'ready' || !request.path.startsWith('/apis/') ? noSuchPath() : notYet())
  if (request.method !== 'GET') return { type: 'response', status: 405, body: '405: Method Not Allowed' }
  return found
}

const failed = (status: Status): HttpResponse => ({ type: 'response', status: status.code, body: status })
