import { beforeAll, describe, expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { save } from '#cluster/linux/netfilter.ts'
import { HOST_NETNS } from '#cluster/linux/state.ts'

/** Nodes 1, 2 and 3 are at 192.168.0.11, .12 and .13. The server is at node 1, who asks at node 3. */
const WEB = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: node-1, containers: [{ name: web, image: web }] }
`
const SERVICE = (policy: string) => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  externalTrafficPolicy: ${policy}
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
`
const ASKER = (name: string, url: string, hostNetwork: boolean) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: node-3
  hostNetwork: ${hostNetwork}
  restartPolicy: Never
  containers: [{ name: curl, image: curl, args: ['${url}'], env: [{ name: COUNT, value: '1' }, { name: TIMEOUT_SECONDS, value: '1' }] }]
`

function apply(world: World, text: string): void {
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin: text } as Body
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 8_000_000 })
}

/** What one who asks is told: the body, or why there is none. */
function ask(world: World, name: string, url: string, hostNetwork = true): string {
  const answers: string[] = []
  world.trace = {
    event: ({ notes }) => {
      for (const { kind, detail } of notes) if (kind === 'answer') answers.push((detail as { text: string }).text)
    },
    command: () => {},
  }
  apply(world, ASKER(name, url, hostNetwork))
  return answers.join(', ')
}

function boot(policy: string): World {
  const world = bootCluster({ seed: 5, nodes: 3, dns: false, controlPlaneNode: false })
  world.run({ untilMicros: 10_000_000 })
  apply(world, WEB + '---' + SERVICE(policy))
  return world
}

const rules = (world: World, node: string) =>
  save(world.stateOf(`${node}/linux`), HOST_NETNS).filter((line) => line.includes('default/web') && !line.includes('cluster IP')) // prettier-ignore

describe('a node port with externalTrafficPolicy Cluster', () => {
  let world: World
  beforeAll(() => void (world = boot('Cluster')))

  it('is answered by every node, wherever the Pod is', () => {
    expect(ask(world, 'a', 'http://192.168.0.11:30080/')).toBe('hello from web')
    expect(ask(world, 'b', 'http://192.168.0.12:30080/')).toBe('hello from web')
    expect(ask(world, 'c', 'http://192.168.0.13:30080/')).toBe('hello from web')
    expect(ask(world, 'd', 'http://192.168.0.12:30080/', false)).toBe('hello from web')
  })

  it('has rules as upstream writes them', () => {
    expect(rules(world, 'node-2')).toMatchInlineSnapshot(`
      [
        "-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G",
        "-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.0.2:8080" -j KUBE-SEP-2OYZRSTTDHUPO7SU",
        "-A KUBE-SEP-2OYZRSTTDHUPO7SU -s 10.244.0.2/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ",
        "-A KUBE-SEP-2OYZRSTTDHUPO7SU -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.0.2:8080",
        "-A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ",
      ]
    `)
  })

  it('refuses when nobody is there', () => {
    const body = { type: 'kubectl', id: 0, args: ['delete', 'pod', 'web'] } as Body
    world.command(world.now, { type: 'tell', process: KUBECTL, body })
    world.run({ untilMicros: world.now + 40_000_000 })
    expect(ask(world, 'e', 'http://192.168.0.12:30080/')).toContain('connection refused')
  })
})

describe('a node port with externalTrafficPolicy Local', () => {
  let world: World
  beforeAll(() => void (world = boot('Local')))

  it('is answered where a Pod is, and nothing is said elsewhere', () => {
    expect(ask(world, 'a', 'http://192.168.0.11:30080/')).toBe('hello from web')
    expect(ask(world, 'b', 'http://192.168.0.12:30080/')).toContain('timed out')
  })

  it('is answered everywhere to who is at the node itself, or in a Pod of it', () => {
    expect(ask(world, 'c', 'http://192.168.0.13:30080/')).toBe('hello from web')
    expect(ask(world, 'd', 'http://192.168.0.13:30080/', false)).toBe('hello from web')
  })

  it('has rules as upstream writes them, that differ by node', () => {
    expect(rules(world, 'node-1')).toMatchInlineSnapshot(`
      [
        "-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G",
        "-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.0.2:8080" -j KUBE-SEP-2OYZRSTTDHUPO7SU",
        "-A KUBE-SVL-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.0.2:8080" -j KUBE-SEP-2OYZRSTTDHUPO7SU",
        "-A KUBE-SEP-2OYZRSTTDHUPO7SU -s 10.244.0.2/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ",
        "-A KUBE-SEP-2OYZRSTTDHUPO7SU -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.0.2:8080",
        "-A KUBE-EXT-LOLE4ISW44XBNF3G -s 10.244.0.0/16 -m comment --comment "pod traffic for default/web external destinations" -j KUBE-SVC-LOLE4ISW44XBNF3G",
        "-A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment "masquerade LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ",
        "-A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment "route LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G",
      ]
    `)
    expect(rules(world, 'node-2').filter((line) => /EXTERNAL-SERVICES|SVL/.test(line))).toMatchInlineSnapshot(`
      [
        "-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "default/web has no local endpoints" -m tcp --dport 30080 -m addrtype --dst-type LOCAL -j DROP",
      ]
    `)
  })
})
