/** Custom objects in two versions, with a webhook between them. */
import { describe, expect, it } from 'vitest'
import type { ConversionRules } from '#cluster/admission-webhook/conversion-webhook.ts'
import { conversionServer } from '#cluster/admission-webhook/conversion-webhook.ts'
import type { HttpResponse } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { Lab, requestOf } from '../lab.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const GROUP = 'stable.example.com'
const path = (version: string) => `/apis/${GROUP}/${version}/namespaces/default/crontabs`
const text = { type: 'string' }

const version = (name: string, properties: object, columns: readonly string[]) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', properties } },
  additionalPrinterColumns: columns.map((column) => ({ name: column, type: 'string', jsonPath: `.${column}` })),
})

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
const definition = (conversion: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `crontabs.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab' },
    versions: [
      version('v1', { host: text, port: text }, ['host', 'port']),
      version('v1beta1', { hostPort: text }, ['hostPort']),
    ],
    conversion,
  },
})

const webhook = (clientConfig: object = { url: 'https://converter.outside/crdconvert' }) => ({ strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } }) // prettier-ignore
const RULES: ConversionRules = { joinedIn: `${GROUP}/v1beta1`, fields: ['hostPort', 'host', 'port'] }

function newLab(rules: Partial<ConversionRules> = {}, conversion: object = webhook()): Lab {
  const lab = new Lab(1, {}, builtInSchemas, { 'conversion-server': conversionServer as unknown as Component })
  lab.world.addMachine('outside')
  lab.world.addProcess({ machine: 'outside', name: 'converter', component: 'conversion-server', options: { ...RULES, ...rules } }) // prettier-ignore
  lab.run(500_000)
  const { status, body } = lab.send('POST', CRDS, definition(conversion))
  expect([status, body.message]).toEqual([201, undefined])
  lab.run(500_000)
  return lab
}

const tab = (name: string, apiVersion: string, fields: object) => ({ apiVersion: `${GROUP}/${apiVersion}`, kind: 'CronTab', metadata: { name }, ...fields }) // prettier-ignore
const make = (lab: Lab, name = 'a') => lab.send('POST', path('v1beta1'), tab(name, 'v1beta1', { hostPort: 'localhost:1234' })) // prettier-ignore

describe('a custom object', () => {
  it('is written in one version, stored in another, and read in both', () => {
    const lab = newLab()
    const { status, body } = make(lab)
    expect([status, body]).toMatchObject([201, { apiVersion: `${GROUP}/v1beta1`, hostPort: 'localhost:1234', metadata: { name: 'a' } }]) // prettier-ignore
    expect(lab.send('GET', `${path('v1')}/a`).body).toMatchObject({ apiVersion: `${GROUP}/v1`, host: 'localhost', port: '1234' }) // prettier-ignore
    expect(lab.send('GET', `${path('v1')}/a`).body).not.toHaveProperty('hostPort')
    expect(lab.send('GET', `${path('v1beta1')}/a`).body).toMatchObject({ hostPort: 'localhost:1234' })
    lab.send('POST', path('v1'), tab('b', 'v1', { host: 'other', port: '80' }))
    const list = lab.send('GET', path('v1beta1')).body
    expect([list.apiVersion, list.kind]).toEqual([`${GROUP}/v1beta1`, 'CronTabList'])
    expect(list.items.map(({ hostPort }: { hostPort: string }) => hostPort)).toEqual(['localhost:1234', 'other:80'])
  })

  it('is changed in the other version: replaced, patched, deleted', () => {
    const lab = newLab()
    make(lab)
    expect(lab.patch(`${path('v1beta1')}/a`, { hostPort: 'example.com:99' }).body.hostPort).toBe('example.com:99')
    expect(lab.send('GET', `${path('v1')}/a`).body).toMatchObject({ host: 'example.com', port: '99' })
    const { body: current } = lab.send('GET', `${path('v1beta1')}/a`)
    expect(lab.send('PUT', `${path('v1beta1')}/a`, { ...current, hostPort: 'x:1' }).body.hostPort).toBe('x:1')
    expect(lab.send('PUT', `${path('v1beta1')}/a`, { ...current, hostPort: 'y:2' }).body.reason).toBe('Conflict')
    expect(lab.patch(`${path('v1beta1')}/b`, {}).status).toBe(404)
    expect(lab.send('DELETE', `${path('v1beta1')}/a`).status).toBe(200)
    expect(lab.send('GET', `${path('v1beta1')}/a`).status).toBe(404)
  })

  it('is applied in the other version, by the fields that are stored', () => {
    const lab = newLab()
    const apply = (hostPort: string) => lab.send('PATCH', `${path('v1beta1')}/a`, tab('a', 'v1beta1', { hostPort }), { fieldManager: 'me' }, 'application/apply-patch+yaml') // prettier-ignore
    expect(apply('x:1')).toMatchObject({ status: 201, body: { hostPort: 'x:1' } })
    expect(apply('x:2')).toMatchObject({ status: 200, body: { hostPort: 'x:2' } })
    const [entry] = lab.send('GET', `${path('v1')}/a`).body.metadata.managedFields
    expect(entry).toMatchObject({ manager: 'me', operation: 'Apply', fieldsV1: { 'f:host': {}, 'f:port': {} } })
  })

  it('is watched in the version of who watches, in order', () => {
    const lab = newLab()
    make(lab)
    const name = lab.watch(path('v1beta1'))
    lab.send('POST', path('v1'), tab('b', 'v1', { host: 'h', port: '1' }))
    for (const port of ['2', '3', '4']) lab.patch(`${path('v1')}/b`, { port })
    lab.send('DELETE', `${path('v1')}/a`)
    lab.run(500_000)
    const told = lab.events(name).map(({ type, object }) => `${type} ${object.apiVersion} ${object.hostPort}`)
    const at = `${GROUP}/v1beta1`
    expect(told).toEqual([`ADDED ${at} localhost:1234`, `ADDED ${at} h:1`, `MODIFIED ${at} h:2`, `MODIFIED ${at} h:3`, `MODIFIED ${at} h:4`, `DELETED ${at} localhost:1234`]) // prettier-ignore
  })

  it('is a row with the columns of the version that is asked for', () => {
    const lab = newLab()
    make(lab)
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const cellsOf = (asked: string) => {
      const name = lab.start({ ...requestOf('GET', path(asked)), headers: { accept } })
      lab.run(1_000_000)
      const { body } = lab.heard(name).at(-1)!.body as HttpResponse & { body: { rows: { cells: unknown[] }[] } }
      return body.rows.map(({ cells }) => cells)
    }
    expect(cellsOf('v1beta1')).toEqual([['a', 'localhost:1234']])
    expect(cellsOf('v1')).toEqual([['a', 'localhost', '1234']])
  })

  const BY = `conversion webhook for ${GROUP}/v1beta1, Kind=CronTab`
  it.each<[string, Partial<ConversionRules>, object, string]>([
    ['is away', {}, webhook({ url: 'https://nobody.outside/crdconvert' }), `${BY} failed: Post "https://nobody.outside/crdconvert?timeout=30s": dial tcp nobody.outside:443: connect: connection refused`],
    ['is behind a Service that is not there', {}, webhook({ service: { namespace: 'default', name: 'convert', path: '/c' } }), `${BY} failed: Post "https://convert.default.svc:443/c?timeout=30s": service "convert" not found`],
    ['fails', { fails: 'error' }, webhook(), `${BY} failed: an error on the server ("Internal Server Error") has prevented the request from succeeding`],
    ['refuses', { fails: 'refuses' }, webhook(), `${BY} failed: this version is not known`],
    ['changes what it may not', { fails: 'renames' }, webhook(), `${BY} returned invalid metadata of object at index 0: must have the same name: a != other`],
  ])('is not written where the webhook %s', (_, rules, conversion, why) => {
    const lab = newLab(rules, conversion)
    const { status, body } = make(lab)
    expect([status, body.message]).toEqual([500, why])
    expect(lab.send('GET', path('v1')).body.items).toEqual([])
  }) // prettier-ignore

  it('can still be read as it is stored where the webhook has gone; a list and a watch in the other version end in its error', () => {
    const lab = newLab()
    make(lab)
    lab.world.command(lab.world.now, { type: 'crash', process: 'outside/converter' } as never)
    lab.run(100_000)
    expect(lab.send('GET', path('v1')).body.items).toHaveLength(1)
    const list = lab.send('GET', path('v1beta1'))
    expect([list.status, list.body.message]).toEqual([500, expect.stringContaining(`conversion webhook for ${GROUP}/v1, Kind=CronTab failed: Post`)]) // prettier-ignore
    const name = lab.watch(path('v1beta1'))
    lab.run(500_000)
    expect(lab.told(name)).toContain('ERROR conversion webhook for')
    expect(lab.state.translations.size).toBe(0)
    expect(lab.state.watchers.size).toBe(0)
  })
})

describe('a definition', () => {
  it.each<[string, object, string]>([
    ['another strategy', { strategy: 'Magic' }, 'spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ['no word of where the webhook is', { strategy: 'Webhook' }, 'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook'],
    ['a webhook that is not used', { ...webhook(), strategy: 'None' }, 'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook'],
    ['reviews that nobody knows', { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x/' }, conversionReviewVersions: ['v9'] } }, 'must include at least one of v1, v1beta1'],
  ])('is refused for %s', (_, conversion, why) => {
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(200_000)
    const { status, body } = lab.send('POST', CRDS, definition(conversion))
    expect([status, body.message]).toEqual([422, expect.stringContaining(why)])
  }) // prettier-ignore
})
