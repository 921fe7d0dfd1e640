/**
 * Discovery: what there is to ask for, as documents at the paths above the resources.
 *
 * What we model: the lists of old and the aggregated documents (v2, v2beta1), each with an entity tag, so that who has one
 * need not fetch it again. Former versions that a server was told to serve are in the old lists alone: who asks by those is
 * perhaps of their time, and a kube-controller-manager of 1.20 starts no controller whose version it does not find there.
 * Where to read upstream: apiserver `pkg/endpoints/discovery`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { FORMER_RESOURCES } from '#cluster/api/former-resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { mediaTypes } from '../chain/negotiation.ts'
import type { AggregatedVersion } from './aggregated.ts'
import { groupDiscoveryList } from './aggregated.ts'
import { tagged } from './entity-tag.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts'

/**
 * Undefined where the path is none of discovery's.
 * @param formerVersions which of the former versions are served
 */
export function discover(
  request: HttpRequest,
  address: string,
  resources: readonly Resource[],
  formerVersions: readonly string[],
): HttpResponse | undefined {
  const listed = withFormer(resources, formerVersions)
  const path = request.path.endsWith('/') ? request.path.slice(0, -1) : request.path
  const [root, group, version, ...more] = path.slice(1).split('/')
  if (more.length > 0) return undefined
  const plain = (key: string, make: () => object | undefined): HttpResponse | undefined => {
    const body = documentAt(listed, key, make)
    return body && { type: 'response', status: 200, body }
  }
  if (root === 'api' && version === undefined) {
    if (group !== undefined) return plain(path, () => apiResourceList(listed, group))
    return aggregated(request, '/api', resources) ?? plain(`${path} ${address}`, () => apiVersions(address))
  }
  if (root !== 'apis') return undefined
  if (group === undefined) return aggregated(request, '/apis', resources) ?? plain(path, () => apiGroupList(listed))
  if (version === undefined) return plain(path, () => apiGroup(listed, group))
  return plain(path, () => apiResourceList(listed, `${group}/${version}`))
}

const longer = new WeakMap<readonly Resource[], Map<string, readonly Resource[]>>()

function withFormer(resources: readonly Resource[], versions: readonly string[]): readonly Resource[] {
  if (versions.length === 0) return resources
  let made = longer.get(resources)
  if (made === undefined) longer.set(resources, (made = new Map()))
  const key = versions.join()
  let list = made.get(key)
  if (list === undefined) {
    list = [...resources, ...FORMER_RESOURCES.filter((row) => versions.includes(apiVersionOf(row)))]
    made.set(key, list)
  }
  return list
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
