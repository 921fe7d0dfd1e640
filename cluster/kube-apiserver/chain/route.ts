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
  /** Of a proxy: the path that is asked for behind it. Empty, or with its slash. */
  readonly rest?: string
}

const rootOf = ({ group, version }: Resource): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`

/** Root of a group and version → its resources by their plural. */
const byRoot = new Map(
  RESOURCES.map((first) => {
    const same = RESOURCES.filter((resource) => rootOf(resource) === rootOf(first))
    return [rootOf(first), new Map(same.map((resource) => [resource.resource, resource]))]
  }),
)

/** The resources that definitions have added. */
export type CustomLookup = (group: string, version: string, plural: string) => Resource | undefined
const noneCustom: CustomLookup = () => undefined

const VERBS = { POST: 'create', PUT: 'update', PATCH: 'patch' } as const

/** Undefined where no resource of the API lives at that path. */
export function requestInfo(request: HttpRequest, custom: CustomLookup = noneCustom): RequestInfo | undefined {
  const { path } = request
  // `/api/v1/…` or `/apis/<group>/<version>/…`
  const depth = path.startsWith('/api/') ? 2 : path.startsWith('/apis/') ? 3 : 0
  let rootEnd = 0
  for (let i = 0; i < depth; i++) rootEnd = path.indexOf('/', rootEnd + 1)
  if (depth === 0 || rootEnd < 0) return undefined
  const root = path.slice(0, rootEnd)
  const builtIn = byRoot.get(root)
  const find = (plural: string | undefined): Resource | undefined => {
    const found = plural === undefined ? undefined : builtIn?.get(plural)
    if (found || depth === 2 || !plural) return found
    const [, , group = '', version = ''] = root.split('/')
    return custom(group, version, plural)
  }
  // The old way to say what the parameter `watch` says today, and the only one by which an object is watched by its own path.
  const watches = request.method === 'GET' && path.startsWith('/watch/', rootEnd)
  const parts = segmentsAfter(path, watches ? rootEnd + '/watch'.length : rootEnd)
  let at = 0
  let namespace = ''
  if (parts[0] === 'namespaces' && parts.length > 2 && find(parts[2])?.namespaced) {
    namespace = parts[1]!
    at = 2
  }
  const resource = find(parts[at])
  const isThrough = parts[at + 2] === 'proxy' && !watches
  if (!resource || (parts.length > at + 3 && !isThrough)) return undefined
  const name = parts[at + 1] ?? ''
  const subresource = parts[at + 2] ?? ''
  if (resource.namespaced && name !== '' && namespace === '') return undefined
  if (subresource !== '' && (watches || !served(resource, subresource))) return undefined
  const info = { verb: watches ? 'watch' : verbOf(request, name), resource, namespace, name, subresource } as const
  if (!isThrough) return info
  const taken = parts.slice(0, at + 3).reduce((length, part) => length + 1 + part.length, 0)
  return { ...info, rest: path.slice(rootEnd + taken) }
}

/** At most six: one more than the longest path that leads anywhere. (`split` leaves its work to a cache that no new name is in.) */
function segmentsAfter(path: string, slash: number): string[] {
  const segments: string[] = []
  let start = slash + 1
  while (segments.length < 5) {
    const end = path.indexOf('/', start)
    if (end < 0) break
    segments.push(path.slice(start, end))
    start = end + 1
  }
  segments.push(path.slice(start))
  return segments
}

const served = (resource: Resource, subresource: string): boolean => resource.subresources.includes(subresource)

function verbOf(request: HttpRequest, name: string): Verb {
  if (request.method === 'GET' || request.method === 'HEAD') {
    // One object is not watched by its own path, whatever the query says: that takes a list and a selector.
    if (name !== '') return 'get'
    return isTrue(request.query?.['watch']) ? 'watch' : 'list'
  }
  if (request.method === 'DELETE') return name === '' ? 'deletecollection' : 'delete'
  return VERBS[request.method]
}

/** Of a parameter that is a yes or a no, everything is a yes but these. */
export const isTrue = (value: string | undefined): boolean =>
  value !== undefined && value !== '0' && value.toLowerCase() !== 'false'
