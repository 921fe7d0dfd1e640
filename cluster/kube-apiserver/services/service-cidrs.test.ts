/** Addresses as objects, and the ranges that they come from. */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab } from '../lab.ts'

const API = '/apis/networking.k8s.io/v1'
const CIDRS = `${API}/servicecidrs`
const ADDRESSES = `${API}/ipaddresses`
const SERVICES = '/api/v1/namespaces/default/services'
const MERGE = 'application/merge-patch+json'

function newLab(options: object = {}): Lab {
  const lab = new Lab(1, { multiCIDRServiceAllocator: true, ...options }, builtInSchemas)
  lab.run(500_000)
  return lab
}

const service = (lab: Lab, name: string, spec: object = {}) =>
  lab.send('POST', SERVICES, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } }) // prettier-ignore
const range = (lab: Lab, name: string, ...cidrs: string[]) =>
  lab.send('POST', CIDRS, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs } }) // prettier-ignore
const address = (lab: Lab, name: string, parentRef?: object) =>
  lab.send('POST', ADDRESSES, { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name }, spec: { parentRef } }) // prettier-ignore
const names = (lab: Lab): string[] => lab.send('GET', ADDRESSES).body.items.map((one: any) => one.metadata.name)
const ELSEWHERE = { group: 'gateway.example', resource: 'gateways', namespace: 'default', name: 'edge' }

describe('an address of a Service', () => {
  it('is an IPAddress that names it, and goes with it', () => {
    const lab = newLab()
    const { clusterIP } = service(lab, 'web').body.spec
    const { metadata, spec } = lab.send('GET', `${ADDRESSES}/${clusterIP}`).body
    expect(spec).toEqual({ parentRef: { group: '', resource: 'services', namespace: 'default', name: 'web' } })
    expect(metadata.labels).toEqual({ 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' }) // prettier-ignore
    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(names(lab)).toEqual(['10.96.0.1', clusterIP].sort())
    lab.send('DELETE', `${SERVICES}/web`)
    expect(names(lab)).toEqual(['10.96.0.1'])
  })

  it('is nobody’s who asks for one that somebody took by hand', () => {
    const lab = newLab()
    expect(address(lab, '10.96.0.77', ELSEWHERE).status).toBe(201)
    expect(service(lab, 'web', { clusterIP: '10.96.0.77' }).body.message).toContain('provided IP is already allocated')
  })

  it('comes back as an object when that was deleted, and a leaked one goes after a minute', () => {
    const lab = newLab()
    const { clusterIP } = service(lab, 'web').body.spec
    lab.send('DELETE', `${ADDRESSES}/${clusterIP}`)
    address(lab, '10.96.0.88', ELSEWHERE)
    lab.send('PATCH', `${ADDRESSES}/10.96.0.88`, { metadata: { labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } } }, undefined, MERGE) // prettier-ignore
    address(lab, '10.96.0.99', ELSEWHERE)
    lab.run(2_000_000)
    // Whose it is may not have been heard of yet.
    expect(names(lab)).toEqual(['10.96.0.1', clusterIP, '10.96.0.88', '10.96.0.99'].sort())
    lab.run(60_000_000)
    expect(names(lab)).toEqual(['10.96.0.1', clusterIP, '10.96.0.99'].sort())
  })
})

describe('ranges of addresses', () => {
  it('begin with the one of the server’s options, which comes back', () => {
    const lab = newLab()
    expect(lab.send('GET', `${CIDRS}/kubernetes`).body.spec).toEqual({ cidrs: ['10.96.0.0/12'] })
    lab.send('DELETE', `${CIDRS}/kubernetes`)
    lab.run(500_000)
    expect(lab.send('GET', `${CIDRS}/kubernetes`).status).toBe(200)
  })

  it('may be more, for people who choose and when one is full', () => {
    const lab = newLab({ serviceCIDR: '10.96.0.0/30' })
    expect(service(lab, 'a').status).toBe(201)
    expect(service(lab, 'b').body.message).toContain('range is full')
    expect(service(lab, 'c', { clusterIP: '192.168.7.9' }).body.message).toContain('failed to allocate IP 192.168.7.9: the provided network does not match the current range') // prettier-ignore
    expect(range(lab, 'more', '192.168.7.0/24').status).toBe(201)
    lab.run(100_000)
    expect(service(lab, 'b').body.spec.clusterIP).toMatch(/^192\.168\.7\./)
    expect(service(lab, 'c', { clusterIP: '192.168.7.9' }).status).toBe(201)
  })

  it('that are not ready give none', () => {
    const lab = newLab({ serviceCIDR: '10.96.0.0/30' })
    service(lab, 'a')
    range(lab, 'more', '192.168.7.0/24')
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Terminating', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] // prettier-ignore
    lab.send('PATCH', `${CIDRS}/more/status`, { status: { conditions } }, undefined, MERGE)
    lab.run(100_000)
    expect(service(lab, 'b').body.message).toContain('range is full')
  })
})

describe('is refused', () => {
  it.each([
    [[], 'spec.cidrs: Required value: at least one CIDR required'],
    [['10.0.0.0/8', 'fd00::/64', '10.1.0.0/16'], 'may only hold up to 2 values'],
    [['10.0.0.0/8', '10.1.0.0/16'], 'may specify no more than one IP for each IP family'],
    [['10.0.0.0'], 'spec.cidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value'],
    [['10.0.0.1/8'], 'spec.cidrs[0]: Invalid value: "10.0.0.1/8": must be in canonical form ("10.0.0.0/8")'],
    [['2001:DB8:0:0::1/64'], 'must be in canonical form ("2001:db8::/64")'],
  ])('a ServiceCIDR of %s', (cidrs, why) => {
    expect(range(newLab(), 'more', ...cidrs).body.message).toContain(why)
  })

  it.each([
    ['10.96.0', ELSEWHERE, 'metadata.name: Invalid value: "10.96.0": ParseAddr("10.96.0"): unable to parse IP'],
    ['10.96.0.7', undefined, 'spec.parentRef: Required value'],
    ['10.96.0.7', { name: 'a' }, 'spec.parentRef.resource: Required value'],
    [
      '10.96.0.7',
      { resource: 'services', name: 'a/b' },
      `spec.parentRef.name: Invalid value: "a/b": may not contain '/'`,
    ],
  ])('an IPAddress %s of %s', (name, parent, why) => {
    expect(address(newLab(), name, parent).body.message).toContain(why)
  })

  it('a ServiceCIDR that is given other ranges', () => {
    const refused = newLab().send('PATCH', `${CIDRS}/kubernetes`, { spec: { cidrs: ['10.0.0.0/8'] } }, undefined, MERGE)
    expect(refused.body.message).toContain('spec.cidrs: Invalid value')
    expect(refused.body.message).toContain('field is immutable')
  })
})
