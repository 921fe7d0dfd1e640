/**
 * What a path asks for, read from its shape alone: whether such a group, such a resource or such a verb is there plays no part. That
 * is what authorization judges, before anybody says that there is no such thing; who may not ask does not learn what there is.
 *
 * Where to read upstream: apiserver `pkg/endpoints/request/requestinfo.go`, `pkg/server/config.go` (NewRequestInfoResolver).
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { RequestInfo, Verb } from './route.ts'
import { isTrue } from './route.ts'

/** Of a namespace itself; whatever else comes after its name is in it. */
const OF_NAMESPACES: readonly string[] = ['status', 'finalize']
const VERBS: Readonly<Record<string, Verb>> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } // prettier-ignore

/** Undefined: a path that is no resource, whatever there is. */
export function attributesOf({ method, path, query }: HttpRequest): RequestInfo | undefined {
  const parts = path.replace(/^\/+|\/+$/g, '').split('/')
  const depth = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : parts.length
  if (parts.length <= depth) return undefined
  const [group, version] = depth === 2 ? ['', parts[1]!] : [parts[1]!, parts[2]!]
  const watches = parts[depth] === 'watch'
  let rest = parts.slice(watches ? depth + 1 : depth)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1]!
    if (rest.length > 2 && !OF_NAMESPACES.includes(rest[2]!)) rest = rest.slice(2)
  }
  const [plural = '', name = '', subresource = ''] = rest
  return { verb: watches ? 'watch' : verbOf(method, name, query), resource: some(group, version, plural), namespace, name, subresource } // prettier-ignore
}

function verbOf(method: string, name: string, query: HttpRequest['query']): Verb {
  if (name !== '' || (method !== 'GET' && method !== 'DELETE')) return VERBS[method]!
  return method === 'DELETE' ? 'deletecollection' : isTrue(query?.['watch']) ? 'watch' : 'list'
}

/** As much of a resource as a refusal and a rule look at. */
const some = (group: string, version: string, resource: string): Resource => ({ group, version, resource, singular: resource, kind: resource, namespaced: true, verbs: [], shortNames: [], categories: [], subresources: [] }) // prettier-ignore
