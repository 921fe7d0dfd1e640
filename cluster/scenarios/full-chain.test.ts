/** With every stage of the chain that kubeadm sets up, a whole cluster works, and its Pods find their tokens. */
import { expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Pod } from '#cluster/api/types.ts'
import { containerProcess, objectOf, objectsOf, parseCondition, podsWith } from './look.ts'

const MANIFEST = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: web, image: web }] }
`

it('a whole cluster works, nobody in it is refused anything, and Pods find their tokens', () => {
  const world = bootCluster({ seed: 1, nodes: 1, chain: 'full' })
  const refused = new Set<string>()
  world.trace = {
    event({ notes, at }) {
      if (at < 1_000_000) return
      for (const { kind, detail } of notes) {
        if (kind === 'authorization' && !(detail as any).allowed) refused.add(JSON.stringify(detail))
        if (kind === 'admission' && (detail as any).outcome === 'refused') refused.add(JSON.stringify(detail))
      }
    },
    command: () => {},
  }
  const run = (...condition: string[]) => {
    const holds = parseCondition(condition)
    const until = world.now + 60_000_000
    expect(world.run({ untilMicros: until, until: (now) => now.tick % 50 === 0 && holds(now) })).toBe('condition')
  }
  run('pods-ready', 'k8s-app=kube-dns', '2')
  const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin: MANIFEST } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  run('pods-ready', 'app=web', '1')
  expect([...refused]).toEqual([])
  world.run({ untilMicros: 10_000_000 })
  const label = 'node-role.kubernetes.io/control-plane'
  expect(objectOf(world, 'nodes', 'cp-1')?.metadata.labels).toMatchObject({ [label]: '' })
  const node = objectOf(world, 'nodes', 'node-1')!
  expect(objectOf(world, 'csinodes', 'node-1')).toMatchObject({
    metadata: {
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: node.metadata.uid }],
      annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': expect.stringContaining('kubernetes.io/gce-pd') },
    },
    spec: { drivers: [] },
  })
  const [pod] = podsWith(world, { app: 'web' }) as [Pod]
  expect(pod.spec).toMatchObject({ serviceAccountName: 'default', priority: 0 })
  const { files } = world.stateOf<{ files: Record<string, string> }>(containerProcess(world, 'web'))
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount'
  expect(files[`${folder}/namespace`]).toBe('shop')
  expect(files[`${folder}/ca.crt`]).toContain('BEGIN CERTIFICATE')
  const claims = JSON.parse(atob(files[`${folder}/token`]!.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')))
  expect(claims['kubernetes.io'].pod).toEqual({ name: 'web', uid: pod.metadata.uid })
  expect(objectsOf(world, 'serviceaccounts').filter(({ metadata }) => metadata.name === 'default')).toHaveLength(5)
})
