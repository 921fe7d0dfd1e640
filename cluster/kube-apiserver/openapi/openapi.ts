/**
 * OpenAPI: what the API looks like, for clients that check, merge and explain: version 2 as one document, version 3 as one for
 * each group and version, with an index that says by a hash whether one has changed.
 *
 * What we leave out: version 2 in protobuf (that is the port's business).
 * Where to read upstream: kube-openapi `pkg/{handler,handler3}`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import type { Schemas } from '#cluster/api/schema/schema.ts'
import { entityTag, tagged } from '../discovery/entity-tag.ts'
import { definitions, groupVersionsOf } from './definitions.ts'
import { paths } from './paths.ts'

const JSON_TYPE = 'application/json'

/** Undefined where the path is none of OpenAPI's. */
export function openApi(schemas: Schemas, request: HttpRequest): HttpResponse | undefined {
  const { path } = request
  if (path === '/openapi/v2')
    return tagged(
      request,
      documentOf(schemas, path, () => versionTwo(schemas))!,
      JSON_TYPE,
    )
  if (path === '/openapi/v3')
    return tagged(
      request,
      documentOf(schemas, path, () => indexOf(schemas))!,
      JSON_TYPE,
    )
  if (!path.startsWith('/openapi/v3/')) return undefined
  const body = versionThree(schemas, path.slice('/openapi/v3/'.length))
  return body && tagged(request, body, JSON_TYPE)
}

const documents = new WeakMap<Schemas, Map<string, object>>()

/** Made when it is first asked for. */
function documentOf(schemas: Schemas, key: string, make: () => object | undefined): object | undefined {
  let made = documents.get(schemas)
  if (made === undefined) documents.set(schemas, (made = new Map<string, object>()))
  let document = made.get(key)
  if (document === undefined && (document = deepFreeze(make()))) made.set(key, document)
  return document
}

const info = ({ data }: Schemas): object => ({ title: 'Kubernetes', version: `v${data.version}.0` })

const versionTwo = (schemas: Schemas): object => ({
  swagger: '2.0',
  info: info(schemas),
  paths: paths(RESOURCES, 'v2'),
  definitions: definitions(schemas, RESOURCES, 'v2'),
})

/** `api/v1`, `apis/apps/v1` → the document of that group and version. */
const versionThree = (schemas: Schemas, place: string): object | undefined =>
  documentOf(schemas, `v3 ${place}`, () => {
    const resources = RESOURCES.filter((resource) => placeOf(apiVersionOf(resource)) === place)
    if (resources.length === 0) return undefined
    return {
      openapi: '3.0.0',
      info: info(schemas),
      paths: paths(resources, 'v3'),
      components: { schemas: definitions(schemas, resources, 'v3') },
    }
  })

const placeOf = (groupVersion: string): string =>
  groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`

function indexOf(schemas: Schemas): object {
  const places = groupVersionsOf(RESOURCES).map(placeOf).sort()
  const rows = places.map((place) => {
    const hash = entityTag(versionThree(schemas, place)!).replaceAll('"', '')
    return [place, { serverRelativeURL: `/openapi/v3/${place}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(rows) }
}
