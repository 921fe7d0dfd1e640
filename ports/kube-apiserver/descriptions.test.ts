import { expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { describedBy, readSchemas } from '#cluster/api/schema/schema.ts'
import { openApi } from '#cluster/kube-apiserver/openapi/openapi.ts'
import { RESOURCES } from '#cluster/api/resources.ts'
import { allDescriptions, descriptions } from './descriptions.ts'

const schemas = readSchemas(builtInSchemas.data, descriptions())
const all = allDescriptions(schemas)

it('every type is told as a whole, and three fields of four by themselves', () => {
  const types = Object.keys(builtInSchemas.data.types)
  expect(types.filter((type) => all[type]?.[''] === undefined)).toEqual([])
  const fields = types.flatMap((type) => [...schemas.typeNamed(type).fields.keys()].map((name) => all[type]?.[name]))
  expect(fields.filter((told) => told !== undefined).length / fields.length).toBeGreaterThan(0.7)
})

it('types of one name in several groups are told apart, and what was escaped is as it was', () => {
  expect(all['core/v1.Event']?.['reason']).not.toBe(all['events.k8s.io/v1.Event']?.['reason'])
  expect(JSON.stringify(all)).not.toMatch(/\*_\/|\/_\*|\\\\'/)
  expect(schemas.descriptions.describe('core/v1.Container', '__proto__')).toBeUndefined()
  expect(schemas.descriptions.describe('nowhere/v1.Nothing')).toBeUndefined()
})

it.each(['/openapi/v2', '/openapi/v3/api/v1'])(
  '%s tells them, and says the same from the file that is made of them',
  (path) => {
    const request = { type: 'request', method: 'GET', path } as const
    const body = openApi(schemas, request, RESOURCES)!.body as any
    const { 'io.k8s.api.core.v1.Container': container } = body.definitions ?? body.components.schemas
    expect(container.description).toBe(all['core/v1.Container']![''])
    expect(container.properties.args.description).toBe(all['core/v1.Container']!['args'])
    const { metadata } = (body.definitions ?? body.components.schemas)['io.k8s.api.core.v1.Pod'].properties
    expect(metadata.description).toMatch(/^Standard object's metadata\. More info: https/)
    expect(openApi(readSchemas(builtInSchemas.data, describedBy(all)), request, RESOURCES)!.body).toEqual(body)
  },
)

it('a field that refers to another type is told by itself, and not only as that type', () => {
  expect(all['core/v1.Pod']!['spec']).toMatch(/^Specification of the desired behavior of the pod\. More info: https/)
  expect(all['core/v1.Probe']!['httpGet']).toBe('HTTPGet specifies an HTTP GET request to perform.')
  const referring = Object.keys(builtInSchemas.data.types).flatMap((type) =>
    [...schemas.typeNamed(type).fields.values()]
      .filter((field) => field.type.is === 'object')
      .map(({ name }) => all[type]?.[name]),
  )
  expect(referring.filter((told) => told !== undefined).length / referring.length).toBeGreaterThan(0.75)
})
