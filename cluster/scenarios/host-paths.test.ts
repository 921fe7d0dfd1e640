/** Files of the machine, in the containers of its Pods. */
import { expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { containerProcess, podsWith } from './look.ts'

const mounts = { net: '/etc/cni/net.d', one: '/run/flannel/subnet.env', none: '/nowhere', all: '/' }
const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers: [{ name: web, image: web, volumeMounts: [${Object.keys(mounts).map((name) => `{ name: ${name}, mountPath: /at/${name} }`).join(', ')}, { name: empty, mountPath: /at/empty }] }]
  volumes: [${Object.entries(mounts).map(([name, path]) => `{ name: ${name}, hostPath: { path: ${path} } }`).join(', ')}, { name: empty, emptyDir: {} }]
` // prettier-ignore

function booted(options: object): World {
  const world = bootCluster({ seed: 1, nodes: 1, dns: false, controlPlaneNode: false, ...options })
  world.run({ untilMicros: 10e6 })
  const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin: MANIFEST } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 10e6 })
  expect(podsWith(world, { app: 'web' })[0]?.status?.phase).toBe('Running')
  return world
}

it('a folder of the machine has in a container what its programs have written there', () => {
  const world = booted({})
  const { files } = world.stateOf<{ files: Record<string, string> }>(containerProcess(world, 'web'))
  const net = JSON.parse(files['/at/net/10-flannel.conflist']!)
  expect(net.plugins.map(({ type }: { type: string }) => type)).toEqual(['bridge'])
  expect(files['/at/all/etc/cni/net.d/10-flannel.conflist']).toBe(files['/at/net/10-flannel.conflist'])
  // A file is one, and where there is nothing, there is a folder.
  expect(files['/at/one']).toContain('FLANNEL_NETWORK=10.244.0.0/16')
  expect(files).not.toHaveProperty('/at/one/')
  expect(Object.keys(files).filter((path) => /^\/at\/(none|empty)/.test(path))).toEqual(['/at/none/', '/at/empty/'])
})

it('a node without a machine beneath it has none, and starts the Pod all the same', () => {
  booted({ nodes: [{ hollow: true }] })
})
