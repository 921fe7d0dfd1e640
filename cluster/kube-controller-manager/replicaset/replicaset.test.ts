import { describe, expect, it } from 'vitest'
import type { Pod, ReplicaSet } from '#cluster/api/types.ts'
import { deployment, Plane } from '../control-plane.test-world.ts'
import { byDeletionRank } from './deletion-rank.ts'

const MANAGER = 'cp-1/kube-controller-manager'
const labels = { app: 'web' }

const set = (replicas: number, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }] } },
    ...more,
  },
})

const plane = (options = {}): Plane => new Plane({ disabled: ['deployment'], ...options }).seconds(3)
const live = (it: Plane): Pod[] => it.pods().filter(({ metadata }) => !metadata.deletionTimestamp)
const statusOf = (it: Plane) => it.get<ReplicaSet>('replicasets', 'web')?.status

/** How many different Pods there ever were in the next seconds. */
function countPods(it: Plane, seconds: number): number {
  const seen = new Set<string>()
  const untilMicros = it.world.now + seconds * 1e6
  it.world.run({ untilMicros, until: () => (it.pods().forEach(({ metadata }) => seen.add(metadata.uid!)), false) })
  return seen.size
}

describe('the ReplicaSet controller', () => {
  it.each([0, 1, 3, 20])('makes %i Pods, no more and no fewer', (replicas) => {
    const it = plane()
    it.create(set(replicas))
    it.seconds(10)
    expect(live(it)).toHaveLength(replicas)
    const { observedGeneration: _, ...counts } = statusOf(it)!
    const served = { fullyLabeledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
    expect(counts).toEqual({ replicas, terminatingReplicas: 0, ...(replicas > 0 && served) })
  })

  it('replaces a Pod that is deleted, and no others', () => {
    const it = plane()
    it.create(set(3))
    it.seconds(5)
    const [victim, ...others] = live(it)
    it.request({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${victim!.metadata.name}` })
    it.seconds(5)
    const names = live(it).map(({ metadata }) => metadata.name)
    expect(names).toHaveLength(3)
    expect(names).toEqual(expect.arrayContaining(others.map(({ metadata }) => metadata.name)))
  })

  it('scales down to the Pods that are worth most', () => {
    const it = plane({ nodes: [{ brokenImage: 'broken' }] })
    it.create(set(4))
    it.seconds(5)
    const [sick] = live(it)
    it.request({
      method: 'PATCH',
      path: `/api/v1/namespaces/default/pods/${sick!.metadata.name}/status`,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    })
    it.kubectl('kubectl scale rs/web --replicas=3')
    it.seconds(5)
    expect(live(it).map(({ metadata }) => metadata.name)).not.toContain(sick!.metadata.name)
    expect(live(it)).toHaveLength(3)
  })

  it('adopts an orphan that its selector matches, and releases a Pod whose labels no longer do', () => {
    const it = plane()
    it.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stray', namespace: 'default', labels },
      spec: { containers: [{ name: 'c', image: 'c' }] },
    })
    it.seconds(2)
    it.create(set(2))
    it.seconds(5)
    expect(live(it)).toHaveLength(2)
    expect(it.get<Pod>('pods', 'stray')?.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'ReplicaSet',
      name: 'web',
      controller: true,
    })
    it.kubectl('kubectl label pod stray app=other --overwrite')
    it.seconds(5)
    expect(it.get<Pod>('pods', 'stray')?.metadata.ownerReferences ?? []).toEqual([])
    expect(live(it)).toHaveLength(3)
  })

  it('does not create twice although its watch stalls right after it has created', () => {
    const it = plane()
    it.create(set(5))
    it.until(() => it.world.stateOf(MANAGER).running.replicaset.memory.expected.byKey.size > 0)
    // The informers hear nothing for a while: their streams end with the server, which is away for a second.
    it.world.command(it.world.now + 3_000, { type: 'crash', process: 'cp-1/kube-apiserver' })
    const created = countPods(it, 60)
    expect(live(it)).toHaveLength(5)
    // A call whose answer was lost may have been carried out: then one Pod too many is made, seen, and deleted again.
    expect(created).toBeGreaterThanOrEqual(5)
    expect(created).toBeLessThanOrEqual(10)
  })

  it('never builds a status on one that is older than what it has written', () => {
    const it = plane()
    const refused: unknown[] = []
    it.world.trace = {
      event: ({ to, event }) => {
        const body = 'body' in event ? (event.body as { status?: number } | undefined) : undefined
        if (to === MANAGER && event.type === 'closed' && body?.status === 409) refused.push(body)
      },
      command: () => undefined,
    }
    it.create(set(50))
    it.seconds(10)
    expect(statusOf(it)).toMatchObject({ replicas: 50, readyReplicas: 50 })
    expect(refused).toEqual([])
  })

  it('sends 1, 2, 4 … creations, and after a refusal no more of that row', () => {
    const it = plane()
    it.create(
      set(50, {
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }], nodeName: 'node-1' } },
      }),
    )
    const { memory } = it.world.stateOf(MANAGER).running.replicaset
    const batches: number[] = []
    it.until(() => {
      const batch = memory.slowStarts.get('default/web')?.batch
      if (batch !== undefined && batches.at(-1) !== batch) batches.push(batch)
      return live(it).length === 50
    })
    expect(batches).toEqual([2, 4, 8, 16, 32])
  })

  it('says in a condition and an Event why it cannot create, and tries ever more rarely', () => {
    // Whose namespace goes on going.
    const it = plane({ disabled: ['namespace'] })
    it.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shaky' } })
    it.create({ ...set(0), metadata: { name: 'web', namespace: 'shaky' } })
    it.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/shaky',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { finalizers: ['example.com/hold'] } },
    })
    it.request({ method: 'DELETE', path: '/api/v1/namespaces/shaky' })
    it.kubectl('kubectl -n shaky scale rs/web --replicas=2')
    it.seconds(30)
    const { status } = it.cached('replicasets').find(({ metadata }) => metadata.namespace === 'shaky')
    expect(status.conditions).toMatchObject([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: expect.stringContaining('because it is being terminated'),
      },
    ])
    const failures = it.world.stateOf(MANAGER).running.replicaset.queue.failures.get('shaky/web')
    expect(failures).toBeGreaterThan(5)
    expect(failures).toBeLessThan(20)
  })

  it('counts a Pod as available only after minReadySeconds', () => {
    const it = plane()
    it.create(set(2, { minReadySeconds: 10 }))
    it.until(() => statusOf(it)?.readyReplicas === 2)
    expect(statusOf(it)?.availableReplicas ?? 0).toBe(0)
    expect(it.until(() => statusOf(it)?.availableReplicas === 2)).toBeGreaterThan(8)
  })

  it('counts on after a crash between any two of its writes', () => {
    for (let micros = 500; micros < 12_000; micros += 500) {
      const it = plane()
      it.create(set(4))
      it.world.command(it.world.now + micros, { type: 'crash', process: MANAGER })
      it.seconds(30)
      expect([micros, live(it).length, statusOf(it)?.readyReplicas]).toEqual([micros, 4, 4])
    }
  })

  it('writes nothing while nothing changes', () => {
    const it = plane()
    it.create(deployment('other', 0))
    it.create(set(3))
    it.seconds(10)
    const version = it.get<ReplicaSet>('replicasets', 'web')?.metadata.resourceVersion
    it.seconds(600)
    expect(it.get<ReplicaSet>('replicasets', 'web')?.metadata.resourceVersion).toBe(version)
  })
})

describe('whom to delete first', () => {
  const NOW = 1_767_258_000_000_000
  const at = (secondsAgo: number): string =>
    new Date((NOW - secondsAgo * 1e6) / 1000).toISOString().replace('.000Z', 'Z')
  const pod = (
    name: string,
    more: { node?: string; phase?: string; ready?: number; restarts?: number; age?: number; cost?: string } = {},
  ): Pod => {
    const { node = 'n', phase = 'Running', ready = 100, restarts = 0, age = 100, cost } = more
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        uid: name,
        creationTimestamp: at(age),
        ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      },
      spec: { containers: [], ...(node && { nodeName: node }) },
      status: {
        phase: phase as 'Running',
        conditions: [
          { type: 'Ready', status: ready < 0 ? 'False' : 'True', lastTransitionTime: at(Math.max(ready, 0)) },
        ],
        containerStatuses: [{ name: 'c', image: 'c', ready: true, restartCount: restarts }],
      },
    }
  }

  it.each<[rule: string, first: Pod, second: Pod, ranks?: Record<string, number>]>([
    ['without a node', pod('a', { node: '' }), pod('b', { phase: 'Pending' })],
    ['pending before running', pod('a', { phase: 'Pending' }), pod('b', { ready: -1 })],
    ['unknown before running', pod('a', { phase: 'Unknown' }), pod('b')],
    ['not ready before ready', pod('a', { ready: -1 }), pod('b', { cost: '-5' })],
    ['the cheaper', pod('a', { cost: '-1' }), pod('b')],
    ['a cost that is no number counts as none', pod('a', { cost: 'x', ready: 1 }), pod('b', { ready: 1000 })],
    ['the more crowded node', pod('a'), pod('b', { ready: 1 }), { a: 2, b: 1 }],
    ['ready for a shorter time', pod('a', { ready: 1 }), pod('b', { ready: 1000, restarts: 9 })],
    ['more restarts', pod('a', { restarts: 2 }), pod('b', { restarts: 1, age: 1 })],
    ['the younger', pod('a', { age: 1 }), pod('b', { age: 1000 })],
    ['of about the same age, the smaller UID', pod('a', { age: 100 }), pod('b', { age: 101 })],
  ])('%s', (_rule, first, second, ranks = {}) => {
    const order = byDeletionRank(new Map(Object.entries(ranks)), NOW)
    expect([second, first].sort(order).map(({ metadata }) => metadata.name)).toEqual([
      first.metadata.name,
      second.metadata.name,
    ])
  })
})
