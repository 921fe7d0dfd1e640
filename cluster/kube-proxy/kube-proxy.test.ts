import { describe, expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { formatIp } from '#cluster/linux/ip.ts'
import { save } from '#cluster/linux/netfilter.ts'
import { HOST_NETNS } from '#cluster/linux/state.ts'
import { endpointChain, serviceChain } from './service-rules.ts'

const SERVICE = (port = 53, protocol = 'TCP') => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec:
  clusterIP: 10.96.0.7
  ports: [{ port: ${port}, protocol: ${protocol} }]
`
/** A Service without a selector: its endpoints are written by hand, so that only kube-proxy is at work. */
const SLICE = (...addresses: string[]) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: default, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: [${addresses.map((address) => `{ addresses: [${address}] }`).join(', ')}]
`

function boot(): World {
  const world = bootCluster({ seed: 3, nodes: 1, dns: false, disabledControllers: ['endpointslice'] })
  world.run({ untilMicros: 10_000_000 })
  return world
}

function kubectl(world: World, args: string[], stdin?: string): void {
  const body = { type: 'kubectl', id: 0, args, ...(stdin !== undefined && { stdin }) } as Body
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 1_500_000 })
}

const apply = (world: World, text: string) => kubectl(world, ['apply', '-f', '-'], text)
const rules = (world: World) => save(world.stateOf('node-1/linux'), HOST_NETNS)
const about = (world: World, word: string) => rules(world).filter((line) => line.includes(word))

describe('kube-proxy', () => {
  it('writes its base chains once, and the jumps that lead into them', () => {
    const world = boot()
    expect(rules(world).filter((line) => /^-A (PREROUTING|INPUT|OUTPUT|FORWARD|POSTROUTING) /.test(line)))
      .toMatchInlineSnapshot(`
        [
          "-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES",
          "-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES",
          "-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING",
          "-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG",
          "-A INPUT -m comment --comment "kubernetes externally-visible service portals" -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES",
          "-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD",
          "-A FORWARD -m comment --comment "kubernetes service portals" -m conntrack --ctstate NEW -j KUBE-SERVICES",
          "-A FORWARD -m comment --comment "kubernetes externally-visible service portals" -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES",
          "-A OUTPUT -m comment --comment "kubernetes service portals" -m conntrack --ctstate NEW -j KUBE-SERVICES",
        ]
      `)
  })

  it('rejects a Service without endpoints, and spreads over those that appear', () => {
    const world = boot()
    apply(world, SERVICE())
    expect(about(world, 'default/web')).toMatchInlineSnapshot(`
      [
        "-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/web has no endpoints" -m tcp --dport 53 -j REJECT --reject-with icmp-port-unreachable",
      ]
    `)
    apply(world, SLICE('10.244.1.2', '10.244.2.2'))
    expect(about(world, 'default/web')).toMatchInlineSnapshot(`
      [
        "-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 53 -j KUBE-SVC-LOLE4ISW44XBNF3G",
        "-A KUBE-SVC-LOLE4ISW44XBNF3G ! -s 10.244.0.0/16 -d 10.96.0.7/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 53 -j KUBE-MARK-MASQ",
        "-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.1.2:8080" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-PXJ2U7QYT2QW5545",
        "-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.2.2:8080" -j KUBE-SEP-5Q3P56IRA2PP7VYF",
        "-A KUBE-SEP-PXJ2U7QYT2QW5545 -s 10.244.1.2/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ",
        "-A KUBE-SEP-PXJ2U7QYT2QW5545 -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.1.2:8080",
        "-A KUBE-SEP-5Q3P56IRA2PP7VYF -s 10.244.2.2/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ",
        "-A KUBE-SEP-5Q3P56IRA2PP7VYF -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.2.2:8080",
      ]
    `)
  })

  it('takes away what belongs to an endpoint or a Service that is gone', () => {
    const world = boot()
    apply(world, SERVICE() + '---' + SLICE('10.244.1.2', '10.244.2.2'))
    apply(world, SLICE('10.244.2.2'))
    expect(about(world, endpointChain('default/web', 'tcp', '10.244.1.2:8080'))).toEqual([])
    kubectl(world, ['delete', 'service', 'web'])
    expect(about(world, serviceChain('default/web', 'tcp'))).toEqual([])
    expect(about(world, '10.96.0.7')).toEqual([])
  })

  it('syncs at most once a second, whatever happens', () => {
    const world = boot()
    apply(world, SERVICE())
    const syncs: number[] = []
    world.trace = {
      event: ({ to, at, notes }) => {
        if (to === 'node-1/kube-proxy' && notes.some(({ kind }) => kind === 'sync')) syncs.push(at)
      },
      command: () => {},
    }
    for (let i = 2; i < 12; i++) {
      const body = { type: 'kubectl', id: i, args: ['apply', '-f', '-'], stdin: SLICE(`10.244.1.${i}`) } as Body
      world.command(world.now, { type: 'tell', process: KUBECTL, body })
      world.run({ untilMicros: world.now + 200_000 })
    }
    world.run({ untilMicros: world.now + 2_000_000 })
    expect(syncs.length).toBeGreaterThan(1)
    expect(syncs.length).toBeLessThanOrEqual(4)
    syncs.slice(1).forEach((at, i) => expect(at - syncs[i]!).toBeGreaterThanOrEqual(1_000_000))
    expect(about(world, '-> 10.244.1.11:8080')).toHaveLength(1)
  })

  it('leaves the rules in force while it is away, and deletes what became stale meanwhile', () => {
    const world = boot()
    apply(world, SERVICE() + '---' + SLICE('10.244.1.2'))
    const before = rules(world)
    world.command(world.now, { type: 'stop', process: 'node-1/kube-proxy' })
    apply(world, SLICE('10.244.2.2'))
    expect(rules(world)).toEqual(before)
    world.command(world.now, { type: 'start', process: 'node-1/kube-proxy' })
    world.run({ untilMicros: world.now + 5_000_000 })
    expect(about(world, '10.244.1.2')).toEqual([])
    expect(about(world, 'DNAT --to-destination 10.244.2.2:8080')).toHaveLength(1)
  })

  it('writes everything again after a reboot of its machine', () => {
    const world = boot()
    apply(world, SERVICE() + '---' + SLICE('10.244.1.2'))
    const before = about(world, 'KUBE-')
    world.command(world.now, { type: 'powerOff', machine: 'node-1' })
    world.command(world.now + 1_000_000, { type: 'powerOn', machine: 'node-1' })
    world.run({ untilMicros: world.now + 20_000_000 })
    expect(about(world, 'KUBE-').sort()).toEqual(before.sort())
  })

  it('forgets UDP conversations with an endpoint that is gone, and those alone', () => {
    const world = boot()
    const udp = (...addresses: string[]) =>
      SLICE(...addresses).replace('{ port: 8080 }', '{ port: 5353, protocol: UDP }')
    apply(world, SERVICE(53, 'UDP') + '---' + udp('10.244.1.2', '10.244.1.3'))
    // From many source ports, so that both endpoints are in use.
    for (let i = 0; i < 20; i++) {
      const call = { call: 'exchange', protocol: 'udp', address: '10.96.0.7', port: 53, data: i, timeoutMicros: 1_000 }
      const body = { type: 'syscall', id: 1_000 + i, calls: [call], quiet: true } as Body
      world.command(world.now, { type: 'tell', process: 'node-1/linux', body })
    }
    world.run({ untilMicros: world.now + 10_000 })
    const translatedTo = () => {
      const connections = [...world.stateOf('node-1/linux').connections.values()]
      const ours = connections.filter(({ original }: any) => original.destinationPort === 53)
      return new Set(ours.map(({ reply }: any) => formatIp(reply.source)))
    }
    expect(translatedTo()).toEqual(new Set(['10.244.1.2', '10.244.1.3']))
    apply(world, udp('10.244.1.3'))
    expect(translatedTo()).toEqual(new Set(['10.244.1.3']))
  })
})
