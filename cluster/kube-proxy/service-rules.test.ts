import { describe, expect, it } from 'vitest'
import type { Endpoint, EndpointSlice, Service } from '#cluster/api/types.ts'
import { formatRule } from '#cluster/linux/netfilter-rule.ts'
import { changeBetween, endpointChain, rulesOf, serviceChain } from './service-rules.ts'
import { base32 } from './base32.ts'
import { sha256 } from '#cluster/kernel/sha256.ts'

const service = (spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { clusterIP: '10.96.0.7', ports: [{ port: 80, targetPort: 8080 }], ...spec },
})

const slice = (endpoints: readonly Endpoint[], port = 8080, name?: string): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'default' },
  addressType: 'IPv4',
  endpoints,
  ports: [{ port, ...(name !== undefined && { name }) }],
})

const at = (address: string, conditions?: Endpoint['conditions']): Endpoint => ({
  addresses: [address],
  ...(conditions && { conditions }),
})
const CIDR = '10.244.0.0/16'
const endpointsOf = (...endpoints: Endpoint[]) => rulesOf(service(), [slice(endpoints)], CIDR).ports[0]!.endpoints

it('a slice of none, which a server that knows all types tells as null, has no endpoints', () => {
  const none = { ...slice([]), endpoints: null as never }
  expect(rulesOf(service(), [none, slice([at('10.244.1.2')])], CIDR).ports[0]!.endpoints).toEqual(
    endpointsOf(at('10.244.1.2')),
  )
})

describe('a hash', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['a'.repeat(119), '31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb'],
  ])('of %j is the one that everybody gets', (text, expected) => {
    expect([...sha256(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(expected)
  })

  it('is written in base 32', () => {
    expect(base32(new TextEncoder().encode('foobar'))).toBe('MZXW6YTBOI')
  })
})

describe('a chain', () => {
  it.each([
    ['kube-system/kube-dns:dns', 'udp', 'KUBE-SVC-TCOU7JCQXEZGVUNU'],
    ['kube-system/kube-dns:dns-tcp', 'tcp', 'KUBE-SVC-ERIFXISQEP7F7OF4'],
    ['default/kubernetes:https', 'tcp', 'KUBE-SVC-NPX46M4PTMTKRN6Y'],
  ] as const)('of %s has the name that it has in every cluster', (name, protocol, expected) => {
    expect(serviceChain(name, protocol)).toBe(expected)
  })

  it('sends a client where it was before, if its Service wants that; the endpoint takes note of it', () => {
    const slices = [slice([at('10.244.1.2'), at('10.244.1.3')])]
    const config = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }
    const sticky = rulesOf(service({ sessionAffinity: 'ClientIP', ...config }), slices, CIDR)
    const name = serviceChain('default/web', 'tcp')
    const lines = (chain: string) => sticky.chains.get(chain)!.map((rule) => formatRule(chain, rule))
    const [a, b] = ['10.244.1.2', '10.244.1.3'].map((ip) => endpointChain('default/web', 'tcp', `${ip}:8080`)) as [string, string] // prettier-ignore
    const recent = (what: string, chain: string) => `-m recent ${what} --name ${chain} --mask 255.255.255.255 --rsource`
    expect(lines(name).slice(1)).toEqual([
      `-A ${name} -m comment --comment "default/web -> 10.244.1.2:8080" ${recent('--rcheck --seconds 60 --reap', a)} -j ${a}`,
      `-A ${name} -m comment --comment "default/web -> 10.244.1.3:8080" ${recent('--rcheck --seconds 60 --reap', b)} -j ${b}`,
      `-A ${name} -m comment --comment "default/web -> 10.244.1.2:8080" -m statistic --mode random --probability 0.5000000000 -j ${a}`,
      `-A ${name} -m comment --comment "default/web -> 10.244.1.3:8080" -j ${b}`,
    ])
    expect(lines(a)[1]).toBe(
      `-A ${a} -p tcp -m comment --comment "default/web" ${recent('--set', a)} -m tcp -j DNAT --to-destination 10.244.1.2:8080`,
    )
    // Whoever turns it off gets chains without it, the endpoints' too.
    const { chains } = changeBetween(sticky, rulesOf(service(), slices, CIDR))
    expect(Object.keys(chains).sort()).toEqual([name, a, b].sort())
    expect(JSON.stringify(chains)).not.toContain('recent')
  })

  it('gives every endpoint the same share', () => {
    const { chains } = rulesOf(service(), [slice([at('10.244.1.2'), at('10.244.1.3'), at('10.244.2.2')])], CIDR)
    const name = serviceChain('default/web', 'tcp')
    const sep = (ip: string) => endpointChain('default/web', 'tcp', `${ip}:8080`)
    expect(chains.get(name)!.map((rule) => formatRule(name, rule))).toEqual([
      `-A ${name} ! -s 10.244.0.0/16 -d 10.96.0.7/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
      `-A ${name} -m comment --comment "default/web -> 10.244.1.2:8080" -m statistic --mode random --probability 0.3333333333 -j ${sep('10.244.1.2')}`,
      `-A ${name} -m comment --comment "default/web -> 10.244.1.3:8080" -m statistic --mode random --probability 0.5000000000 -j ${sep('10.244.1.3')}`,
      `-A ${name} -m comment --comment "default/web -> 10.244.2.2:8080" -j ${sep('10.244.2.2')}`,
    ])
    const last = sep('10.244.2.2')
    expect(chains.get(last)!.map((rule) => formatRule(last, rule))).toEqual([
      `-A ${last} -s 10.244.2.2/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ`,
      `-A ${last} -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.2.2:8080`,
    ])
  })
})

describe('an endpoint', () => {
  it.each([
    ['that is ready gets traffic', [at('10.0.0.1', { ready: true })], ['10.0.0.1:8080']],
    ['without conditions counts as ready', [at('10.0.0.1')], ['10.0.0.1:8080']],
    ['that is not ready gets none', [at('10.0.0.1', { ready: false })], []],
    [
      'that ends gets none while another is ready',
      [at('10.0.0.1', { ready: false, serving: true, terminating: true }), at('10.0.0.2')],
      ['10.0.0.2:8080'],
    ],
    [
      'that ends but still serves gets traffic when no other is left',
      [at('10.0.0.1', { ready: false, serving: true, terminating: true }), at('10.0.0.2', { ready: false })],
      ['10.0.0.1:8080'],
    ],
    ['that is in two slices is taken once', [at('10.0.0.1'), at('10.0.0.1')], ['10.0.0.1:8080']],
  ])('%s', (_, endpoints, expected) => {
    expect(endpointsOf(...endpoints)).toEqual(expected)
  })

  it('belongs to the port of the same name', () => {
    const two = service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81, protocol: 'UDP' },
      ],
    })
    const { ports } = rulesOf(two, [slice([at('10.0.0.1')], 8080, 'a'), slice([at('10.0.0.1')], 53, 'b')], CIDR)
    expect(ports.map(({ protocol, endpoints }) => [protocol, endpoints])).toEqual([
      ['tcp', ['10.0.0.1:8080']],
      ['udp', ['10.0.0.1:53']],
    ])
  })
})

describe('a Service', () => {
  it('without endpoints is rejected', () => {
    const { ports, chains } = rulesOf(service(), [], CIDR)
    expect(chains.size).toBe(0)
    expect(ports[0]!.entries).toEqual([])
    expect(formatRule('KUBE-SERVICES', ports[0]!.refusal!)).toBe(
      '-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/web has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
    )
  })

  it.each([
    ['headless', { clusterIP: 'None' }],
    ['without an address yet', { clusterIP: '' }],
    ['that is a name for another', { type: 'ExternalName' }],
  ] as const)('that is %s has no rules', (_, spec) =>
    expect(rulesOf(service(spec), [slice([at('10.0.0.1')])], CIDR).ports).toEqual([]),
  )

  it('that changes costs what changed: chains of endpoints that stay are not written again', () => {
    const before = rulesOf(service(), [slice([at('10.0.0.1'), at('10.0.0.2')])], CIDR)
    const after = rulesOf(service(), [slice([at('10.0.0.2'), at('10.0.0.3')])], CIDR)
    const sep = (ip: string) => endpointChain('default/web', 'tcp', `${ip}:8080`)
    const { chains, deleted } = changeBetween(before, after)
    expect(Object.keys(chains)).toEqual([serviceChain('default/web', 'tcp'), sep('10.0.0.3')])
    expect(deleted).toEqual([sep('10.0.0.1')])
    expect(changeBetween(after, undefined)).toEqual({ chains: {}, deleted: [...after.chains.keys()] })
  })
})
