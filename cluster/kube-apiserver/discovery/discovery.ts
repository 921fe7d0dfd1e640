/**
 * Discovery: what there is to ask for, as documents at the paths above the resources.
 *
 * What we model: the lists of old and the aggregated documents (v2, v2beta1), each with an entity tag, so that who has one
 * need not fetch it again.
 * Where to read upstream: apiserver `pkg/endpoints/discovery`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { mediaTypes } from '../negotiation.ts'
import type { AggregatedVersion } from './aggregated.ts'
import { groupDiscoveryList } from './aggregated.ts'
import { tagged } from './entity-tag.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts'

/** Undefined where the path is none of discovery's. */
export function discover(
  request: HttpRequest,
  address: string,
  resources: readonly Resource[],
): HttpResponse | undefined {
  const path = request.path.endsWith('/') ? request.path.slice(0, -1) : request.path
  const [root, group, version, ...more] = path.slice(1).split('/')
  if (more.length > 0) return undefined
  const plain = (key: string, make: () => object | undefined): HttpResponse | undefined => {
    const body = documentAt(resources, key, make)
    return body && { type: 'response', status: 200, body }
  }
  if (root === 'api' && version === undefined) {
    if (group !== undefined) return plain(path, () => apiResourceList(resources, group))
    return aggregated(request, '/api', resources) ?? plain(`${path} ${address}`, () => apiVersions(address))
  }
  if (root !== 'apis') return undefined
  if (group === undefined) return aggregated(request, '/apis', resources) ?? plain(path, () => apiGroupList(resources))
  if (version === undefined) return plain(path, () => apiGroup(resources, group))
  return plain(path, () => apiResourceList(resources, `${group}/${version}`))
}

// As long as there are the same resources, there are the same documents.
const documents = new WeakMap<readonly Resource[], Map<string, object>>()

function documentAt(resources: readonly Resource[], key: string, make: () => object | undefined): object | undefined {
  let made = documents.get(resources)
  if (made === undefined) documents.set(resources, (made = new Map<string, object>()))
  let document = made.get(key)
  if (document === undefined && (document = deepFreeze(make()))) made.set(key, document)
  return document
}

function aggregated(
  request: HttpRequest,
  root: '/api' | '/apis',
  resources: readonly Resource[],
): HttpResponse | undefined {
  const version = aggregatedVersion(request.headers?.['accept'])
  if (version === undefined) return undefined
  const body = documentAt(resources, `${root} ${version}`, () => groupDiscoveryList(resources, version, root))!
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
