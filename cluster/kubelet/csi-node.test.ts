/** The CSINode goes with its Node, and comes again with the next of that name. */
import { expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'

const owners = (world: World): (string | undefined)[] =>
  objectsOf<any>(world, 'csinodes').map(({ metadata }) => metadata.ownerReferences[0].uid)
const uids = (world: World): string[] => objectsOf<any>(world, 'nodes').map(({ metadata }) => metadata.uid)

it('a Node that was deleted and registers again has a CSINode of its own', () => {
  const world = bootCluster({ seed: 1, nodes: 1, chain: 'full', dns: false, controlPlaneNode: false })
  world.run({ untilMicros: world.now + 20_000_000 })
  const [before] = uids(world)
  expect(owners(world)).toEqual([before])
  const body = { type: 'kubectl', id: 0, args: ['delete', 'node', 'node-1'] } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  // It hears of it when it next reports what has not changed.
  world.run({ untilMicros: world.now + 310_000_000 })
  const [after] = uids(world)
  expect(after).not.toBe(before)
  expect(owners(world)).toEqual([after])
})

it('a node tells of its machine, and another one of another', () => {
  const world = bootCluster({ seed: 1, nodes: 2, dns: false, controlPlaneNode: false })
  world.run({ untilMicros: world.now + 5_000_000 })
  const [one, two] = objectsOf<any>(world, 'nodes').map(({ status }) => status.nodeInfo)
  expect(one.kernelVersion).toBe('6.12.0-clusterwright')
  for (const key of ['machineID', 'systemUUID', 'bootID']) expect(one[key]).not.toBe(two[key])
  expect(one.bootID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
})
