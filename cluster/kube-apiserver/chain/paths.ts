/**
 * The paths that lead to no resource: discovery, metrics, and OpenAPI where the server has schemas.
 *
 * Roles name them by `nonResourceURLs`; everybody who was recognised has the role `system:discovery`.
 * Where to read upstream: apiserver `pkg/server/{handler,mux/pathrecorder}.go`, `pkg/endpoints/handlers/responsewriters/errors.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import { mayAsk } from './authorization.ts'
import { discover } from '../discovery/discovery.ts'
import { ownResourcesOf, resourcesOf } from '../extensions/custom-resources.ts'
import { health } from './health.ts'
import { openApi } from '../openapi/openapi.ts'
import { metricsAnswer } from '../metrics/metrics.ts'
import type { State } from '../state.ts'
import { forbiddenPath, methodNotAllowed, noSuchPath, notYet } from '../status.ts'
import { issuerDiscovery, issuerPaths } from '../tokens/issuer-discovery.ts'

/** @param isJudged it has the shape of a resource, and whoever asks may ask for that */
export function answerAtPath(state: State, user: UserInfo, request: HttpRequest, isJudged: boolean): HttpResponse {
  const { options, schemas, phase } = state
  const { advertiseAddress, securePort } = options
  const address = `${advertiseAddress || '127.0.0.1'}:${securePort}`
  const verb = request.method.toLowerCase()
  if (!isJudged && !mayAsk(state, user, verb, request.path)) {
    return failed(forbiddenPath(user.name, verb, request.path))
  }
  const said = health(state, request)
  if (said) return said
  const resources = resourcesOf(state)
  const found =
    (request.path === '/metrics' ? metricsAnswer(state) : undefined) ??
    (request.path === '/' ? index(state, resources) : undefined) ??
    issuerDiscovery(state, request.path, address) ??
    discover(request, address, resources, options.runtimeConfig) ??
    (schemas && openApi(schemas, request, ownResourcesOf(state)))
  // Until all definitions are known, nobody can say that there is no such thing.
  if (!found) {
    if (isWithinGroup(request.path)) return failed(noSuchPath())
    return phase === 'ready' || !request.path.startsWith('/apis/') ? PAGE_NOT_FOUND : failed(notYet())
  }
  if (request.method !== 'GET') return failed(methodNotAllowed())
  return found
}

/** What a web server says of itself, where no group of the API has anything to say. */
const PAGE_NOT_FOUND: HttpResponse = Object.freeze({ type: 'response', status: 404, body: '404 page not found\n' })

const GROUPS: ReadonlySet<string> = new Set(RESOURCES.map(({ group }) => group))

/** Whether a group of the server's own answers for that path. */
function isWithinGroup(path: string): boolean {
  const [root, first = ''] = path.slice(1).split('/')
  return root === 'api' || (root === 'apis' && first !== '' && GROUPS.has(first))
}

const OF_THE_SERVER = ['/api', '/api/v1', '/apis', '/apis/', '/healthz', '/livez', '/readyz', '/version']

/** All paths that lead somewhere. */
function index(state: State, resources: readonly Resource[]): HttpResponse {
  const { schemas, metrics } = state
  const groups = resources.filter(({ group }) => group !== '').flatMap((row) => [`/apis/${row.group}`, `/apis/${apiVersionOf(row)}`]) // prettier-ignore
  const more = [
    ...(schemas ? ['/openapi/v2', '/openapi/v3'] : []),
    ...(metrics ? ['/metrics'] : []),
    ...issuerPaths(state),
  ]
  const paths = [...new Set([...OF_THE_SERVER, ...groups, ...more])].toSorted()
  return { type: 'response', status: 200, body: { paths } }
}

const failed = (status: Status): HttpResponse => ({ type: 'response', status: status.code, body: status })
