import { describe, expect, it } from 'vitest'
import type { DaemonSet } from '#cluster/api/apps-types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import { Plane, type PlaneOptions } from '../control-plane.test-world.ts'

const set = (spec: object = {}, pod: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'agent:1' }], ...pod } },
    ...spec,
  },
}) // prettier-ignore
const plane = (options: PlaneOptions = {}): Plane => new Plane({ enabled: ['daemonset'], ...options }).seconds(3)
const statusOf = (it: Plane) => it.get<DaemonSet>('daemonsets', 'agent')?.status
const live = (it: Plane): Pod[] => it.pods().filter(({ metadata }) => !metadata.deletionTimestamp)
const where = (it: Plane): string[] => live(it).map(({ spec }) => spec.nodeName ?? '-').sort() // prettier-ignore
const ready = (it: Plane): number => live(it).filter(isPodReady).length
const patch = (it: Plane, path: string, body: object) =>
  it.request({ method: 'PATCH', path, headers: { 'content-type': 'application/strategic-merge-patch+json' }, body })
const newImage = (it: Plane) =>
  patch(it, '/apis/apps/v1/namespaces/default/daemonsets/agent', { spec: { template: { spec: { containers: [{ name: 'c', image: 'agent:2' }] } } } }) // prettier-ignore

describe('the DaemonSet controller', () => {
  it('puts one Pod on each node, and on each that comes', () => {
    const it = plane()
    it.create(set())
    it.until(() => ready(it) === 3)
    expect(where(it)).toEqual(['node-1', 'node-2', 'node-3'])
    it.addNode('node-4')
    it.until(() => ready(it) === 4)
    it.seconds(1)
    expect(statusOf(it)).toMatchObject({ desiredNumberScheduled: 4, currentNumberScheduled: 4, numberReady: 4, numberAvailable: 4, updatedNumberScheduled: 4, numberMisscheduled: 0 }) // prettier-ignore
  })

  it.each<[what: string, nodes: PlaneOptions['nodes'], pod: object, at: readonly string[]]>([
    ['a selector', [{ labels: { disk: 'ssd' } }, {}], { nodeSelector: { disk: 'ssd' } }, ['node-1']],
    ['a taint', [{ taints: [{ key: 'gpu', effect: 'NoSchedule' }] }, {}], {}, ['node-2']],
    ['a toleration', [{ taints: [{ key: 'gpu', effect: 'NoSchedule' }] }, {}], { tolerations: [{ operator: 'Exists' }] }, ['node-1', 'node-2']],
  ])('goes by %s', (_what, nodes, pod, at) => {
    const it = plane({ nodes })
    it.create(set({}, pod))
    it.seconds(5)
    expect(where(it)).toEqual(at)
    expect(statusOf(it)?.desiredNumberScheduled).toBe(at.length)
  }) // prettier-ignore

  it('goes where nobody else may, onto a cordoned node, and leaves one that is no longer meant', () => {
    const it = plane({ nodes: 2 })
    patch(it, '/api/v1/nodes/node-1', { spec: { unschedulable: true } })
    it.seconds(1)
    it.create(set({}, {}))
    it.until(() => ready(it) === 2)
    patch(it, '/api/v1/nodes/node-2', { spec: { taints: [{ key: 'away', effect: 'NoExecute' }] } })
    it.until(() => it.pods().length === 1)
    expect(where(it)).toEqual(['node-1'])
  })

  it('replaces a Pod that is deleted, or that has ended', () => {
    const it = plane({ nodes: 2 })
    it.create(set())
    it.until(() => ready(it) === 2)
    const [first, second] = live(it)
    it.request({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${first!.metadata.name}` })
    patch(it, `/api/v1/namespaces/default/pods/${second!.metadata.name}/status`, { status: { phase: 'Failed' } })
    it.until(() => live(it).every(({ metadata }) => metadata.uid !== first!.metadata.uid && metadata.uid !== second!.metadata.uid) && ready(it) === 2) // prettier-ignore
    expect(where(it)).toEqual(['node-1', 'node-2'])
  })

  it('updates no more at once than may be missing', () => {
    const it = plane()
    it.create(set())
    it.until(() => ready(it) === 3)
    newImage(it)
    expect(it.kubectl('kubectl rollout status ds/agent --watch=false')).toMatch(/^Waiting for daemon set/)
    let least = 3
    it.until(() => {
      least = Math.min(least, ready(it))
      return live(it).length === 3 && live(it).every((pod) => pod.spec.containers[0]!.image === 'agent:2' && isPodReady(pod)) // prettier-ignore
    }, 120)
    expect(least).toBe(2)
    expect(it.kubectl('kubectl rollout status ds/agent')).toMatch(/daemon set "agent" successfully rolled out\n$/)
  })

  it('OnDelete: an old Pod stays until somebody deletes it', () => {
    const it = plane({ nodes: 2 })
    it.create(set({ updateStrategy: { type: 'OnDelete' } }))
    it.until(() => ready(it) === 2)
    newImage(it)
    it.seconds(20)
    expect(statusOf(it)).toMatchObject({ desiredNumberScheduled: 2 })
    expect(statusOf(it)?.updatedNumberScheduled).toBeUndefined()
    it.request({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${live(it)[0]!.metadata.name}` })
    it.until(() => statusOf(it)?.updatedNumberScheduled === 1)
  })

  it('makes no Pod twice, wherever it crashes, and writes nothing while nothing changes', () => {
    for (let micros = 1_000; micros < 20_000; micros += 6_000) {
      const it = plane()
      it.create(set())
      it.world.command(it.world.now + micros, { type: 'crash', process: 'cp-1/kube-controller-manager' })
      it.seconds(20)
      expect([micros, where(it)]).toEqual([micros, ['node-1', 'node-2', 'node-3']])
      const version = it.get<DaemonSet>('daemonsets', 'agent')?.metadata.resourceVersion
      it.seconds(120)
      expect(it.get<DaemonSet>('daemonsets', 'agent')?.metadata.resourceVersion).toBe(version)
    }
  })
})
