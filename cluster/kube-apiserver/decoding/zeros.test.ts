/** What a genuine server's objects tell though nobody has said it. */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { conform } from './conform.ts'
import { toldLists, toldStructs } from './told-fields.ts'

const told = (apiVersion: string, kind: string, object: object): any =>
  conform(builtInSchemas, builtInSchemas.typeOfKind(apiVersion, kind)!, object).value

const RBAC = 'rbac.authorization.k8s.io/v1'

describe('what nobody has said', () => {
  it.each<[string, string, string, object, object]>([
    ['no list', RBAC, 'Role', { metadata: {} }, { metadata: {}, rules: null }],
    ['no list', 'storage.k8s.io/v1', 'CSINode', {}, { metadata: {}, spec: { drivers: null } }],
    ['no list', 'v1', 'LimitRange', {}, { metadata: {}, spec: { limits: null } }],
    ['a list with nothing in it', 'discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['a'] }], ports: [] }, { metadata: {}, addressType: 'IPv4', endpoints: [{ addresses: ['a'], conditions: {} }], ports: null }], // prettier-ignore
    ['no struct', 'networking.k8s.io/v1', 'NetworkPolicy', {}, { metadata: {}, spec: { podSelector: {} } }],
    ['no struct', RBAC, 'RoleBinding', {}, { metadata: {}, roleRef: { kind: '', name: '' } }],
    ['no pointer that is told', 'v1', 'PersistentVolumeClaim', { spec: { dataSource: { kind: 'K', name: 'n' } } }, { metadata: {}, spec: { dataSource: { apiGroup: null, kind: 'K', name: 'n' }, resources: {} }, status: {} }], // prettier-ignore
  ])('%s: %s %s', (_, apiVersion, kind, given, expected) => {
    expect(told(apiVersion, kind, given)).toEqual(expected)
  })

  it('is told of what is within it too: a Node tells of ten things it does not know', () => {
    const { status } = told('v1', 'Node', {})
    expect(status.daemonEndpoints).toEqual({ kubeletEndpoint: { Port: 0 } })
    expect(Object.values(status.nodeInfo)).toEqual(Array.from({ length: 10 }, () => ''))
  })

  it('is an amount of 0 where a field has none to leave out', () => {
    const env = [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }]
    const { spec } = told('v1', 'Pod', { spec: { containers: [{ name: 'a', env }] } })
    expect(spec.containers[0].env[0].valueFrom.resourceFieldRef).toEqual({ resource: 'limits.cpu', divisor: '0' })
  })

  it('does not say when a template was made, for newer servers leave that out', () => {
    const { spec } = told('apps/v1', 'Deployment', { spec: { template: {} } })
    expect(spec.template).toEqual({ metadata: {}, spec: {} })
    expect(told('batch/v1', 'CronJob', {}).spec.jobTemplate.metadata).toEqual({})
  })

  it('stays out where it is no more than left out, and an object that lacks nothing stays the same', () => {
    expect(told('v1', 'ConfigMap', {})).toEqual({ metadata: {} })
    const whole = { metadata: {}, rules: [] as unknown[] }
    expect(told(RBAC, 'Role', { ...whole, rules: [{ verbs: ['get'] }] }).rules).toEqual([{ verbs: ['get'] }])
    const config = { metadata: {}, data: { a: 'b' } }
    expect(told('v1', 'ConfigMap', config)).toBe(config)
  })
})

it('every field that is told is one of its type', () => {
  for (const name of Object.keys(builtInSchemas.data.types)) {
    const type = builtInSchemas.typeNamed(name)
    const isKind = type.fields.has('kind')
    for (const field of [...toldStructs(type), ...toldLists(name)]) {
      if (isKind && ['metadata', 'spec', 'status'].includes(field)) continue
      expect([name, field, type.fields.has(field)]).toEqual([name, field, true])
    }
  }
})
