/** Hollow nodes: Pods come and go on them as they should, although nothing runs. */
import { describe, expect, it } from 'vitest'
import { conditionOf } from '#cluster/api/meta.ts'
import type { Deployment, Node, Pod } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import { examine } from '#cluster/kernel/exam.ts'
import type { OneProcess } from '#cluster/kernel/one-process.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf, parseCondition } from '#cluster/scenarios/look.ts'
import type { HollowRuntimeState } from './hollow-runtime.ts'

const SECOND = 1_000_000
const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: no-such-image }] }
`

function type(world: World, at: number, args: readonly string[], stdin = ''): void {
  world.command(at, { type: 'tell', process: KUBECTL, body: { type: 'kubectl', id: 1, args, stdin } as never })
}

const NODES = [{ hollow: true }, { hollow: true }]
const boot = (seed = 1): World =>
  bootCluster({ seed, dns: false, controlPlaneNode: false, nodes: NODES, clusterCIDR: '10.128.0.0/9' })

const pods = (world: World): Pod[] => objectsOf<Pod>(world, 'pods')
const runtimeOf = (world: World, node: string): HollowRuntimeState =>
  world.stateOf<OneProcess<unknown, HollowRuntimeState>>(`${node}/kubelet`).server
const ready = (world: World): number => objectsOf<Deployment>(world, 'deployments')[0]?.status?.readyReplicas ?? 0

function deployed(): World {
  const world = boot()
  world.run({ untilMicros: 60 * SECOND, until: parseCondition(['nodes-ready', '2']) })
  type(world, world.now, ['create', '-f', '-'], MANIFEST)
  world.run({ untilMicros: world.now + 20 * SECOND, until: () => ready(world) === 4 })
  return world
}

describe('hollow nodes', () => {
  it('have Pods that run by word alone, with the one address of the fake', () => {
    const world = deployed()
    expect(pods(world).map(({ status }) => [status?.phase, status?.podIP])).toEqual(Array.from({ length: 4 }, () => ['Running', '192.168.192.168'])) // prettier-ignore
    const running = world.processes
      .filter((process) => process?.spec.machine === 'node-1')
      .map((process) => process?.id)
    expect(running).toEqual(['node-1/kubelet'])
    expect(objectsOf<Node>(world, 'nodes').map(({ spec }) => spec.podCIDR?.split('.', 2).join('.'))).toEqual(['10.128', '10.128']) // prettier-ignore
  })

  it('stop what is deleted, and keep no record of it', () => {
    const world = deployed()
    type(world, world.now, ['delete', 'deployment', 'web'])
    world.run({ untilMicros: world.now + 20 * SECOND })
    expect(pods(world)).toEqual([])
    for (const node of ['node-1', 'node-2']) {
      const { sandboxes, containers } = runtimeOf(world, node)
      expect([sandboxes.size, containers.size]).toEqual([0, 0])
    }
  })

  it('begin anew after a crash, which the records of the fake do not survive', () => {
    const world = deployed()
    world.command(world.now, { type: 'crash', process: 'node-1/kubelet' })
    world.run({ untilMicros: world.now + 60 * SECOND })
    expect(ready(world)).toBe(4)
    expect(runtimeOf(world, 'node-1').sandboxes.size).toBe(2)
  })

  it('do no more than renew their lease while nothing happens, and report how they are every five minutes', () => {
    const world = deployed()
    world.run({ untilMicros: world.now + 20 * SECOND })
    const heard: string[] = []
    const reported = (): string[] => objectsOf<Node>(world, 'nodes').map(({ status }) => conditionOf({ status } as Node, 'Ready')!.lastHeartbeatTime!) // prettier-ignore
    const before = reported()
    world.trace = {
      event: ({ to, event }) => {
        if (to === 'node-1/kubelet') heard.push(event.type === 'timer' ? event.key : event.type)
      },
      command: () => {},
    }
    world.run({ untilMicros: world.now + 20 * SECOND })
    expect(heard.filter((what) => what !== 'data')).toEqual(['lease', 'closed', 'lease', 'closed'])
    world.run({ untilMicros: world.now + 300 * SECOND })
    expect(reported().filter((time, i) => time > before[i]!)).toHaveLength(2)
  })

  it('stand the exam', () => {
    const build = (seed: number): World => {
      const world = boot(seed)
      type(world, 7 * SECOND, ['create', '-f', '-'], MANIFEST)
      return world
    }
    expect(() => examine({ build, untilMicros: 9 * SECOND, forks: 4 })).not.toThrow()
  })
})
