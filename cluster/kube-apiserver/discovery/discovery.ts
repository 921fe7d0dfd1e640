/**
 * Discovery: what there is to ask for, as documents at the paths above the resources.
 *
 * What we model: the lists of old and the aggregated documents (v2, v2beta1), each with an entity tag, so that who has one
 * need not fetch it again.
 * Where to read upstream: apiserver `pkg/endpoints/discovery`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { RESOURCES } from '#cluster/api/resources.ts'
import { mediaTypes } from '../negotiation.ts'
import type { AggregatedVersion } from './aggregated.ts'
import { groupDiscoveryList } from './aggregated.ts'
import { tagged } from './entity-tag.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts'

/** Undefined where the path is none of discovery's. */
export function discover(request: HttpRequest, address: string): HttpResponse | undefined {
  const path = request.path.endsWith('/') ? request.path.slice(0, -1) : request.path
  const [root, group, version, ...more] = path.slice(1).split('/')
  if (more.length > 0) return undefined
  if (root === 'api' && version === undefined) {
    if (group !== undefined) return plain(path, () => apiResourceList(RESOURCES, group))
    return aggregated(request, '/api') ?? plain(`${path} ${address}`, () => apiVersions(address))
  }
  if (root !== 'apis') return undefined
  if (group === undefined) return aggregated(request, '/apis') ?? plain(path, () => apiGroupList(RESOURCES))
  if (version === undefined) return plain(path, () => apiGroup(RESOURCES, group))
  return plain(path, () => apiResourceList(RESOURCES, `${group}/${version}`))
}

// The table of resources does not change, so neither do the documents.
const documents = new Map<string, object>()

function documentAt(key: string, make: () => object | undefined): object | undefined {
  let document = documents.get(key)
  if (document === undefined && (document = deepFreeze(make()))) documents.set(key, document)
  return document
}

function plain(path: string, make: () => object | undefined): HttpResponse | undefined {
  const body = documentAt(path, make)
  return body && { type: 'response', status: 200, body }
}

function aggregated(request: HttpRequest, root: '/api' | '/apis'): HttpResponse | undefined {
  const version = aggregatedVersion(request.headers?.['accept'])
  if (version === undefined) return undefined
  const body = documentAt(`${root} ${version}`, () => groupDiscoveryList(RESOURCES, version, root))!
  return tagged(request, body, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
}

function aggregatedVersion(accept: string | undefined): AggregatedVersion | undefined {
  if (accept === undefined || !accept.includes('APIGroupDiscoveryList')) return undefined
  for (const { type, parameters } of mediaTypes(accept)) {
    const { g, v, as } = parameters
    if (type !== 'application/json') continue
    if (as === undefined) return undefined
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && (v === 'v2' || v === 'v2beta1')) return v
  }
  return undefined
}
