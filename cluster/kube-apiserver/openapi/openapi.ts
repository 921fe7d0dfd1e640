/**
 * OpenAPI: what the API looks like, for clients that check, merge and explain: version 2 as one document, version 3 as one for
 * each group and version, with an index that says by a hash whether one has changed.
 *
 * What we leave out: version 2 in protobuf (that is the port's business).
 * Where to read upstream: kube-openapi `pkg/{handler,handler3}`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import type { Schemas } from '#cluster/api/schema/schema.ts'
import { entityTag, tagged } from '../discovery/entity-tag.ts'
import { definitions, groupVersionsOf } from './definitions.ts'
import { paths } from './paths.ts'

const JSON_TYPE = 'application/json'

/** Undefined where the path is none of OpenAPI's. */
export function openApi(
  schemas: Schemas,
  request: HttpRequest,
  resources: readonly Resource[],
): HttpResponse | undefined {
  const { path } = request
  if (path === '/openapi/v2')
    return tagged(
      request,
      documentOf(schemas, resources, path, () => versionTwo(schemas, resources))!,
      JSON_TYPE,
    )
  if (path === '/openapi/v3')
    return tagged(
      request,
      documentOf(schemas, resources, path, () => indexOf(schemas, resources))!,
      JSON_TYPE,
    )
  if (!path.startsWith('/openapi/v3/')) return undefined
  const body = versionThree(schemas, resources, path.slice('/openapi/v3/'.length))
  return body && tagged(request, body, JSON_TYPE)
}

type Documents = WeakMap<readonly Resource[], Map<string, object>>
const documents = new WeakMap<Schemas, Documents>()

/** Made when it is first asked for, and kept as long as there are the same resources. */
function documentOf(
  schemas: Schemas,
  resources: readonly Resource[],
  key: string,
  make: () => object | undefined,
): object | undefined {
  let made = documents.get(schemas)
  if (made === undefined) documents.set(schemas, (made = new WeakMap() as Documents))
  let of = made.get(resources)
  if (of === undefined) made.set(resources, (of = new Map<string, object>()))
  let document = of.get(key)
  if (document === undefined && (document = deepFreeze(make()))) of.set(key, document)
  return document
}

/** What is of one group and version changes with its own resources only. */
const ofOne = new Map<string, readonly Resource[]>()
const PLACES_MAX = 1_000

function resourcesAt(resources: readonly Resource[], place: string): readonly Resource[] {
  const found = resources.filter((resource) => placeOf(apiVersionOf(resource)) === place)
  const before = ofOne.get(place)
  if (before?.length === found.length && before.every((one, i) => one === found[i])) return before
  if (ofOne.size >= PLACES_MAX) ofOne.clear()
  ofOne.set(place, found)
  return found
}

const info = ({ data }: Schemas): object => ({ title: 'Kubernetes', version: `v${data.version}.0` })

const versionTwo = (schemas: Schemas, resources: readonly Resource[]): object => ({
  swagger: '2.0',
  info: info(schemas),
  paths: paths(resources, 'v2'),
  definitions: definitions(schemas, resources, 'v2'),
})

/** `api/v1`, `apis/apps/v1` → the document of that group and version. */
function versionThree(schemas: Schemas, all: readonly Resource[], place: string): object | undefined {
  const resources = resourcesAt(all, place)
  if (resources.length === 0) return undefined
  return documentOf(schemas, resources, 'v3', () => ({
    openapi: '3.0.0',
    info: info(schemas),
    paths: paths(resources, 'v3'),
    components: { schemas: definitions(schemas, resources, 'v3') },
  }))
}

const placeOf = (groupVersion: string): string =>
  groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`

function indexOf(schemas: Schemas, resources: readonly Resource[]): object {
  const places = groupVersionsOf(resources).map(placeOf).sort()
  const rows = places.map((place) => {
    const hash = entityTag(versionThree(schemas, resources, place)!).replaceAll('"', '')
    return [place, { serverRelativeURL: `/openapi/v3/${place}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(rows) }
}
