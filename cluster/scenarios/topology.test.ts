/** Three members of etcd, stacked on the control planes or outside: the cluster comes up, and outlives any one of them. */
import { describe, expect, it } from 'vitest'
import { bootCluster, etcdMembersOf, KUBECTL } from '#cluster/cluster.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { World } from '#cluster/kernel/world.ts'
import { parseCondition, podsWith, storeRevision } from './look.ts'

const SECOND = 1_000_000

const deployment = (name: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 3
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: web, image: web }] }
`

function deploy(world: World, name: string): void {
  const body = { type: 'kubectl', id: 1, args: ['create', '-f', '-'], stdin: deployment(name) } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 120 * SECOND, until: () => isReady(world, name) })
}

const isReady = (world: World, name: string): boolean =>
  podsWith(world, { app: name }).filter(({ status }) => status?.phase === 'Running').length === 3

describe.each(['stacked', 'external'] as const)('%s', (topology) => {
  const options = { seed: 1, nodes: 2, etcdMembers: 3, topology, dns: false } as const
  const members = etcdMembersOf(options)
  const leaderOf = (world: World): string =>
    members.find((member) => world.process(member)?.up && world.stateOf<EtcdState>(member).isLeader)!

  it('works, and goes on working without the machine of etcd’s leader', () => {
    const world = bootCluster(options)
    world.run({ untilMicros: 60 * SECOND, until: parseCondition(['nodes-ready', '3']) })
    deploy(world, 'before')
    expect(isReady(world, 'before')).toBe(true)
    const leader = leaderOf(world)
    const [machine] = leader.split('/') as [string]
    world.command(world.now, { type: 'powerOff', machine })
    world.run({ untilMicros: world.now + 5 * SECOND })
    expect(leaderOf(world)).not.toBe(leader)
    // Calls to a machine without power are given up after 45 s; until then a client may wait that long.
    world.run({ untilMicros: world.now + 60 * SECOND })
    deploy(world, 'after')
    expect(isReady(world, 'after')).toBe(true)
    world.command(world.now, { type: 'powerOn', machine })
    world.run({ untilMicros: world.now + 30 * SECOND })
    const newest = storeRevision(world)
    for (const member of members) {
      expect(newest - world.stateOf<EtcdState>(member).keyspace.store.revision).toBeLessThan(5)
    }
  })
})
