/** The Service `kubernetes` leads to every API server that lives, and to none that has gone. */
import { expect, it } from 'vitest'
import { bootCluster } from '#cluster/cluster.ts'
import type { EndpointSlice, KubernetesObject } from '#cluster/api/types.ts'
import { objectsOf } from './look.ts'

it('gains a server when it comes, and loses it within 25 seconds when it dies', () => {
  const world = bootCluster({ seed: 1, nodes: 0, chain: 'full', controlPlanes: 3, controlPlaneNode: false, dns: false })
  const named = (resource: string) =>
    objectsOf(world, resource).find(
      ({ metadata }) => metadata.namespace === 'default' && metadata.name === 'kubernetes',
    )
  const addresses = () => {
    const slice = (named('endpointslices') as EndpointSlice).endpoints.map((one) => one.addresses[0])
    const old = named('endpoints') as KubernetesObject & {
      subsets: readonly { addresses: readonly { ip: string }[] }[]
    }
    expect(old.subsets.flatMap((subset) => subset.addresses.map(({ ip }) => ip))).toEqual(slice)
    return slice
  }
  const run = (seconds: number) => world.run({ untilMicros: world.now + seconds * 1e6 })
  run(25)
  const all = addresses()
  expect(all).toEqual(['192.168.0.10', '192.168.0.8', '192.168.0.9'])
  world.command(world.now, { type: 'powerOff', machine: 'cp-2' })
  run(27)
  expect(addresses()).toEqual(['192.168.0.10', '192.168.0.8'])
  const { generation } = named('endpointslices')!.metadata
  run(60)
  expect(named('endpointslices')!.metadata.generation).toBe(generation)
  world.command(world.now, { type: 'powerOn', machine: 'cp-2' })
  run(15)
  expect(addresses()).toEqual(all)
})
