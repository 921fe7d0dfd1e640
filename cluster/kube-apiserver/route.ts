/**
 * From method and path to what is asked: verb, resource, namespace, name, subresource.
 *
 * Where to read upstream: apiserver `pkg/endpoints/request/requestinfo.go`.
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { RESOURCES } from '#cluster/api/resources.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface RequestInfo {
  readonly verb: Verb
  readonly resource: Resource
  /** Empty for cluster-scoped resources, and for all namespaces. */
  readonly namespace: string
  /** Empty for collections. */
  readonly name: string
  readonly subresource: string
}

const byPath = new Map(
  RESOURCES.map((resource) => {
    const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
    return [`${root}/${resource.resource}`, resource]
  }),
)

const VERBS = { POST: 'create', PUT: 'update', PATCH: 'patch' } as const

/** Undefined where no resource of the API lives at that path. */
export function requestInfo(request: HttpRequest): RequestInfo | undefined {
  const parts = request.path.split('/')
  // ['', 'api', 'v1', …] or ['', 'apis', group, version, …]
  const rest = parts[1] === 'api' ? 3 : parts[1] === 'apis' ? 4 : 0
  if (rest === 0 || parts.length <= rest) return undefined
  const root = parts.slice(0, rest).join('/')
  let at = rest
  let namespace = ''
  if (parts[at] === 'namespaces' && parts.length > at + 2 && byPath.get(`${root}/${parts[at + 2]}`)?.namespaced) {
    namespace = parts[at + 1]!
    at += 2
  }
  const resource = byPath.get(`${root}/${parts[at]}`)
  if (!resource || parts.length > at + 3) return undefined
  const name = parts[at + 1] ?? ''
  const subresource = parts[at + 2] ?? ''
  if (resource.namespaced && name !== '' && namespace === '') return undefined
  if (subresource !== '' && !served(resource, subresource)) return undefined
  return { verb: verbOf(request, name), resource, namespace, name, subresource }
}

const served = (resource: Resource, subresource: string): boolean =>
  resource.subresources.includes(subresource) || (resource.resource === 'namespaces' && subresource === 'finalize')

function verbOf(request: HttpRequest, name: string): Verb {
  if (request.method === 'GET') {
    const { watch } = request.query ?? {}
    if (watch === 'true' || watch === '1') return 'watch'
    return name === '' ? 'list' : 'get'
  }
  if (request.method === 'DELETE') return name === '' ? 'deletecollection' : 'delete'
  return VERBS[request.method]
}
