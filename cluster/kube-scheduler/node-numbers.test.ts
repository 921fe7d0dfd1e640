import { expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import type { Random } from '#cluster/kernel/component.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { Cache } from './cache.ts'
import { createCache, removeNode, removePod, setNode, setPod } from './cache.ts'
import type { Objects } from './framework.ts'
import { defaultRegistry } from './plugins/default-registry.ts'
import { listed, node, pod } from './plugins/scene.test-world.ts'
import { createProfile } from './profile.ts'
import type { Decision } from './scheduling-cycle.ts'
import { schedulePod } from './scheduling-cycle.ts'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

interface Scene {
  readonly cache: Cache
  readonly objects: Objects
  readonly apps: number
  /** Some nodes share a hostname, or have none; some are in a zone. */
  readonly isOdd: boolean
}

function replicaSet(i: number) {
  const selector = { matchLabels: { app: `a${i}` } }
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: `a${i}`, namespace: 'default' }, spec: { selector } } // prettier-ignore
}

function sceneOf(apps: number, isOdd: boolean): Scene {
  const services = [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'a0' } } }] // prettier-ignore
  const objects = listed({ services, replicasets: Array.from({ length: apps }, (_, i) => replicaSet(i)) })
  return { cache: createCache(), objects, apps, isOdd }
}

function podOf({ apps }: Scene, i: number, random: Random): Pod {
  const app = `a${random.int(apps)}`
  const spec = random.int(12) === 0 ? { nodeSelector: { [ZONE]: '1' } } : {}
  const plain = pod(spec, { cpu: ['0.1', '0.4'][random.int(2)]! })
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app, controller: true }
  return {
    ...plain,
    metadata: {
      ...plain.metadata,
      name: `p${i}`,
      uid: `u${i}-${random.int(1_000_000)}`,
      labels: { app },
      ...(random.int(8) > 0 && { ownerReferences: [owner] }),
    },
  }
}

function nodeOf({ isOdd }: Scene, i: number, random: Random) {
  const host = isOdd && random.int(12) === 0 ? 0 : i
  const labels = {
    ...(!(isOdd && random.int(12) === 0) && { [HOST]: `n${host}` }),
    ...(isOdd && random.int(3) > 0 && { [ZONE]: String(i % 3) }),
  }
  const taints = random.int(9) === 0 ? [{ key: 'x', effect: 'PreferNoSchedule' as const }] : []
  return node(`n${i}`, { labels, taints, allocatable: { cpu: '16', memory: '64Gi', pods: '30' } })
}

const profile = createProfile({ schedulerName: 's' }, defaultRegistry)

/** Explained, every plugin is asked for every node; else what is remembered counts, and many nodes are scored at once. */
const decide = ({ cache, objects }: Scene, incoming: Pod, step: number, explain: boolean): Decision =>
  schedulePod(profile, {}, incoming, cache, {
    percentageOfNodesToScore: 0,
    start: cache.infos.size === 0 ? 0 : step % cache.infos.size,
    explain,
    random: () => randomFrom(step, 'tie'),
    objects,
  })

function run(scene: Scene, nodes: number, steps: number, random: Random): number {
  const { cache } = scene
  for (let i = 0; i < nodes; i++) setNode(cache, nodeOf(scene, i, random))
  let placed = 0
  for (let step = 0; step < steps; step++) {
    const doing = random.int(12)
    if (doing === 0) setNode(cache, nodeOf(scene, random.int(nodes), random))
    else if (doing === 1) removeNode(cache, `n${random.int(nodes)}`)
    else if (doing < 4) removePod(cache, `default/p${random.int(nodes * 6)}`)
    const incoming = podOf(scene, random.int(nodes * 6), random)
    const quick = decide(scene, incoming, step, false)
    const explained = decide(scene, incoming, step, true)
    const { chosen, feasible, evaluated, nextStart, error } = explained
    expect(quick).toMatchObject({ feasible, evaluated, nextStart })
    expect([quick.chosen, quick.error]).toEqual([chosen, error])
    if (chosen === undefined) continue
    placed++
    setPod(cache, { ...incoming, spec: { ...incoming.spec, nodeName: chosen } })
  }
  return placed
}

it('binds as one that asks every plugin for every node', () => {
  let placed = 0
  for (let seed = 1; seed <= 40; seed++) {
    const random = randomFrom(seed, 'node-numbers')
    placed += run(sceneOf(1 + random.int(4), seed % 2 === 0), 2 + random.int(12), 60, random)
  }
  expect(placed).toBeGreaterThan(2_000)
})

it('binds so where not all nodes are looked at, and with more workloads than are remembered', () => {
  const random = randomFrom(1, 'node-numbers')
  expect(run(sceneOf(300, false), 230, 700, random)).toBeGreaterThan(600)
})
