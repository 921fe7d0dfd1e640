import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Service } from '#cluster/api/types.ts'
import { candidateNames } from '#cluster/linux/dns.ts'
import type { ClusterNames } from './answer.ts'
import { addressesOf } from './answer.ts'

const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
})
const slice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'db-1', namespace: 'default' },
  addressType: 'IPv4',
  endpoints: [
    { addresses: ['10.244.1.2'], conditions: { ready: true } },
    { addresses: ['10.244.2.2'], conditions: { ready: false } },
    { addresses: ['10.244.3.2'] },
  ],
}
const none = { ...slice, endpoints: null as never }
const services: Record<string, Service> = {
  web: service('web', { clusterIP: '10.96.0.7' }),
  db: service('db', { clusterIP: 'None' }),
  pending: service('pending', {}),
  elsewhere: service('elsewhere', { type: 'ExternalName' }),
}
const names: ClusterNames = {
  service: (namespace, name) => (namespace === 'default' && Object.hasOwn(services, name) ? services[name] : undefined),
  // A server that knows all types tells of no endpoints as null.
  slicesOf: (_, name) => (name === 'db' ? [none, slice] : []),
  hasNamespace: (namespace) => namespace === 'default',
}

describe('a name', () => {
  it.each([
    ['web.default.svc.cluster.local', ['10.96.0.7']],
    ['db.default.svc.cluster.local', ['10.244.1.2', '10.244.3.2']],
    ['10-244-1-2.db.default.svc.cluster.local', ['10.244.1.2']],
    ['10-244-2-2.db.default.svc.cluster.local', 'NXDOMAIN'],
    ['x.web.default.svc.cluster.local', 'NXDOMAIN'],
    ['pending.default.svc.cluster.local', []],
    ['elsewhere.default.svc.cluster.local', 'NXDOMAIN'],
    ['nope.default.svc.cluster.local', 'NXDOMAIN'],
    ['constructor.default.svc.cluster.local', 'NXDOMAIN'],
    ['web.other.svc.cluster.local', 'NXDOMAIN'],
    ['default.svc.cluster.local', []],
    ['other.svc.cluster.local', 'NXDOMAIN'],
    ['svc.cluster.local', []],
    ['cluster.local', []],
    ['web.default.cluster.local', 'NXDOMAIN'],
    ['10-244-9-9.default.pod.cluster.local', ['10.244.9.9']],
    ['10-244-9.default.pod.cluster.local', 'NXDOMAIN'],
    ['web.default.svc.cluster.local.default.svc.cluster.local', 'NXDOMAIN'],
    ['example.com', 'elsewhere'],
    ['notcluster.local', 'elsewhere'],
  ])('%s is %j', (name, expected) => {
    expect(addressesOf(names, 'cluster.local', name)).toEqual(expected)
  })
})

describe('a resolver', () => {
  const conf = {
    nameservers: ['10.96.0.10'],
    search: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    ndots: 5,
  }
  it.each([
    ['web', ['web.default.svc.cluster.local', 'web.svc.cluster.local', 'web.cluster.local', 'web']],
    [
      'web.default',
      [
        'web.default.default.svc.cluster.local',
        'web.default.svc.cluster.local',
        'web.default.cluster.local',
        'web.default',
      ],
    ],
    ['web.default.svc.cluster.local.', ['web.default.svc.cluster.local']],
  ])('tries for %s, in this order', (name, expected) => {
    expect(candidateNames(name, conf)).toEqual(expected)
  })

  it('tries a name with enough dots as it is first', () => {
    expect(candidateNames('a.b', { ...conf, ndots: 1 })[0]).toBe('a.b')
  })
})
