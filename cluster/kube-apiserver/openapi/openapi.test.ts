import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { RESOURCES } from '#cluster/api/resources.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import { openApi } from './openapi.ts'

const ask = (path: string, headers: Record<string, string> = {}) => {
  const request: HttpRequest = { type: 'request', method: 'GET', path, headers }
  return openApi(builtInSchemas, request, RESOURCES)
}
const bodyAt = (path: string): any => ask(path)!.body

/** Every reference in a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

describe('version 2', () => {
  it('refers to nothing that is not there', () => {
    const { definitions, paths } = bodyAt('/openapi/v2')
    const missing = references({ definitions, paths }).filter(
      (reference) => !Object.hasOwn(definitions, reference.replace('#/definitions/', '')),
    )
    expect(missing).toEqual([])
  })

  it('says how lists are merged', () => {
    const { properties, required } = bodyAt('/openapi/v2').definitions['io.k8s.api.core.v1.PodSpec']
    expect(required).toEqual(['containers'])
    expect(properties.containers).toEqual({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    expect(properties.volumes['x-kubernetes-patch-strategy']).toBe('merge,retainKeys')
  })
})

describe('version 3', () => {
  const { paths } = bodyAt('/openapi/v3')

  it.each(Object.keys(paths))('%s is complete in itself', (place) => {
    const document = bodyAt(`/openapi/v3/${place}`)
    const known = document.components.schemas
    const missing = references(document).filter(
      (reference) => !Object.hasOwn(known, reference.replace('#/components/schemas/', '')),
    )
    expect(missing).toEqual([])
  })

  it('says that a patch can be tried, and checked', () => {
    const { patch } =
      bodyAt('/openapi/v3/apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ])
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' })
  })

  it('names each document by its hash, and answers 304 to who has it', () => {
    const { serverRelativeURL } = paths['apis/apps/v1']
    const [path, hash] = serverRelativeURL.split('?hash=')
    const { headers } = ask(path)!
    expect(headers!['etag']).toBe(`"${hash}"`)
    expect(ask(path, { 'if-none-match': headers!['etag']! })!.status).toBe(304)
  })

  it('has nothing of groups that there are not', () => {
    expect(ask('/openapi/v3/apis/nowhere/v1')).toBeUndefined()
  })
})
