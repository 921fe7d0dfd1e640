/**
 * A packet's walk as a golden story: a Pod asks another by the name of its Service. The hops of the question, of the DNS
 * answer and of the handshake are in `testdata/`, to be read in review, with names in place of addresses;
 * `npx vitest run cluster/linux/packet-walk.test.ts -u` writes them anew.
 */
import { describe, expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import type { World } from '#cluster/kernel/world.ts'
import { hopLines } from './lab.test-world.ts'

const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: node-2, containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`
const CLIENT = (name: string, url: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: node-1${more}
  restartPolicy: Never
  containers: [{ name: client, image: client, env: [{ name: URL, value: ${url} }, { name: COUNT, value: "1" }] }]
`

function boot(): World {
  const world = bootCluster({ seed: 11, nodes: 2 })
  world.run({ untilMicros: 20_000_000 })
  apply(world, MANIFEST)
  world.run({ untilMicros: 30_000_000 })
  return world
}

/** Hops with names for what differs from run to run: addresses, random names and ports. */
function named(world: World, hops: readonly string[]): string {
  // The client is gone by now, and its sandbox with it.
  const client = /^default\/client OUTPUT: \w+ ([\d.]+):/.exec(hops[0]!)![1]!
  const names: [string, string][] = [[client, 'client']]
  for (const machine of ['cp-1', 'node-1', 'node-2']) {
    names.push([world.stateOf(`${machine}/linux`).options.address.split('/')[0], machine])
    for (const { ip, config } of world.stateOf(`${machine}/containerd`).sandboxes.values()) {
      names.push([ip, config.metadata.name.replace(/^coredns-.*/, 'coredns')])
    }
  }
  for (const { metadata, spec } of world.stateOf('node-1/kube-proxy').services.items.values()) {
    names.push([spec.clusterIP, `svc/${metadata.name}`])
  }
  const ports: string[] = []
  return hops
    .filter((line) => / (datagram|SYN|SYN-ACK) /.test(line))
    .map((line) => {
      const renamed = names.reduce((text, [address, name]) => text.replaceAll(`${address}:`, `${name}:`), line)
      const short = renamed.replace(/coredns-[\w-]+/, 'coredns').replace(/veth[0-9a-f]{8}/, 'veth')
      return short.replace(/:(3[2-9]\d{3}|[45]\d{4}|60\d{3})\b/, (_, port: string) => {
        if (!ports.includes(port)) ports.push(port)
        return `:port-${ports.indexOf(port) + 1}`
      })
    })
    .concat('')
    .join('\n')
}

function apply(world: World, stdin: string): void {
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin } as Body
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
}

/** Everything that crosses the machines' kernels while the client does its one request, and what it got. */
function watch(world: World, manifest: string): { hops: string[]; answer: string } {
  const ring = new TraceRing(100_000)
  world.trace = ring
  apply(world, manifest)
  world.run({ untilMicros: world.now + 5_000_000 })
  const answers = ring.events().flatMap((entry) => entry.notes.filter(({ kind }) => kind === 'answer'))
  return { hops: hopLines(ring), answer: answers.map(({ detail }) => (detail as { text: string }).text).join() }
}

describe('a walk', () => {
  it('from Pod to Pod by the Service’s name: DNS, then HTTP, each translated at the client’s node and back', async () => {
    const world = boot()
    const { hops, answer } = watch(world, CLIENT('client', 'http://web/'))
    expect(answer).toBe('hello from web')
    await expect(named(world, hops)).toMatchFileSnapshot('testdata/pod-to-service.txt')
  })

  it('from Pod to Pod by address: the server sees the client’s own', async () => {
    const world = boot()
    const ip = [...world.stateOf('node-2/containerd').sandboxes.values()].find(
      (s: any) => s.config.metadata.name === 'web',
    ).ip
    const { hops, answer } = watch(world, CLIENT('client', `http://${ip}:8080/`))
    expect(answer).toBe('hello from web')
    expect(hops.some((line) => /NAT/.test(line))).toBe(false)
    await expect(named(world, hops)).toMatchFileSnapshot('testdata/pod-to-pod.txt')
  })

  it('from a Pod on the host’s network to a Service: the node’s own address, masqueraded', () => {
    const world = boot()
    const host = '\n  hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet'
    const { hops, answer } = watch(world, CLIENT('host', 'http://web.default.svc.cluster.local./', host))
    expect(answer).toBe('hello from web')
    const address = world.stateOf('node-1/linux').options.address.split('/')[0]
    const arrivals = hops.filter((line) => line.startsWith('default/web INPUT: SYN '))
    expect(arrivals).toEqual([expect.stringContaining(` ${address}:`)])
  })
})
