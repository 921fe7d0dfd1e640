import { describe, expect, it } from 'vitest'
import type { ControllerRevision, StatefulSet } from '#cluster/api/apps-types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import { Plane } from '../control-plane.test-world.ts'

const set = (spec: object = {}, image = 'web:1'): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] } },
    ...spec,
  },
})
const plane = (): Plane => new Plane({ enabled: ['statefulset'] }).seconds(3)
const statusOf = (it: Plane) => it.get<StatefulSet>('statefulsets', 'db')?.status
const names = (it: Plane): string[] => it.pods().map(({ metadata }) => metadata.name).sort() // prettier-ignore
const ready = (it: Plane): string[] => it.pods().filter((pod) => isPodReady(pod) && !pod.metadata.deletionTimestamp).map(({ metadata }) => metadata.name).sort() // prettier-ignore
const images = (it: Plane): string[] => it.pods().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map(({ spec }) => spec.containers[0]!.image) // prettier-ignore
const patch = (it: Plane, spec: object) =>
  it.request({ method: 'PATCH', path: '/apis/apps/v1/namespaces/default/statefulsets/db', headers: { 'content-type': 'application/strategic-merge-patch+json' }, body: { spec } }) // prettier-ignore
const newImage = (image: string) => ({ template: { spec: { containers: [{ name: 'c', image }] } } })

/** Each moment's names, without repetition. */
function story(it: Plane, what: (it: Plane) => readonly string[], until: () => boolean): string[] {
  const seen: string[] = []
  it.until(() => {
    const now = what(it).join(' ')
    if (seen.at(-1) !== now) seen.push(now)
    return until()
  }, 120)
  return seen
}

describe('the StatefulSet controller', () => {
  it('makes Pods in order, each when the one before serves, and takes them away from the last', () => {
    const it = plane()
    it.create(set())
    expect(story(it, ready, () => ready(it).length === 3)).toEqual(['', 'db-0', 'db-0 db-1', 'db-0 db-1 db-2'])
    expect(it.get<Pod>('pods', 'db-1')).toMatchObject({
      metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'db-1', 'apps.kubernetes.io/pod-index': '1' } },
      spec: { hostname: 'db-1', subdomain: 'db' },
    })
    patch(it, { replicas: 1 })
    expect(story(it, names, () => names(it).length === 1)).toEqual(['db-0 db-1 db-2', 'db-0 db-1', 'db-0'])
    it.seconds(2)
    expect(statusOf(it)).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 })
  })

  it('in parallel makes all at once', () => {
    const it = plane()
    it.create(set({ podManagementPolicy: 'Parallel' }))
    expect(story(it, ready, () => ready(it).length === 3).length).toBeLessThan(5)
    expect(story(it, names, () => true)).toEqual(['db-0 db-1 db-2'])
  })

  it('gives a Pod that is gone its name back', () => {
    const it = plane()
    it.create(set())
    it.until(() => ready(it).length === 3)
    const uid = it.get<Pod>('pods', 'db-0')?.metadata.uid
    it.request({ method: 'DELETE', path: '/api/v1/namespaces/default/pods/db-0' })
    it.until(() => it.get<Pod>('pods', 'db-0')?.metadata.uid !== uid && ready(it).length === 3)
    expect(names(it)).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('makes claims from templates, once, and they outlive their Pods', () => {
    const it = plane()
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } // prettier-ignore
    it.create(set({ replicas: 2, podManagementPolicy: 'Parallel', volumeClaimTemplates: [claim] }))
    it.until(() => names(it).length === 2)
    it.seconds(1)
    const claims = () => it.cached('persistentvolumeclaims').map(({ metadata }) => metadata.name).sort() // prettier-ignore
    expect(claims()).toEqual(['data-db-0', 'data-db-1'])
    expect(it.get<Pod>('pods', 'db-1')?.spec.volumes).toMatchObject([{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }]) // prettier-ignore
    patch(it, { replicas: 0 })
    it.until(() => names(it).length === 0)
    expect(claims()).toEqual(['data-db-0', 'data-db-1'])
  })

  it('updates from the last to the first, down to the partition', () => {
    const it = plane()
    it.create(set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }))
    it.until(() => ready(it).length === 3)
    const before = statusOf(it)?.currentRevision
    patch(it, newImage('web:2'))
    it.until(() => statusOf(it)?.updatedReplicas === 2 && ready(it).length === 3)
    it.seconds(10)
    expect(images(it)).toEqual(['web:1', 'web:2', 'web:2'])
    expect(statusOf(it)).toMatchObject({ currentRevision: before, currentReplicas: 1, updatedReplicas: 2 })
    // Below the partition even a new Pod is an old one.
    it.request({ method: 'DELETE', path: '/api/v1/namespaces/default/pods/db-0' })
    it.seconds(10)
    expect(images(it)).toEqual(['web:1', 'web:2', 'web:2'])
    patch(it, { updateStrategy: { rollingUpdate: { partition: 0 } } })
    it.until(() => statusOf(it)?.currentRevision !== before)
    expect(images(it)).toEqual(['web:2', 'web:2', 'web:2'])
    expect(it.cached<ControllerRevision>('controllerrevisions').map(({ revision }) => revision)).toEqual([1, 2])
  })

  it('is rolled anew by kubectl, which tells how far it has come', () => {
    const it = plane()
    it.create(set({ replicas: 2 }))
    it.until(() => ready(it).length === 2)
    const old = it.get<Pod>('pods', 'db-0')?.metadata.uid
    expect(it.kubectl('kubectl rollout restart sts/db')).toBe('statefulset.apps/db restarted\n')
    const told = it.kubectl('kubectl rollout status sts/db').trimEnd().split('\n')
    expect(told).toContain('Waiting for 1 pods to be ready...')
    expect(told.at(-1)).toBe('partitioned roll out complete: 2 new pods have been updated...')
    expect(it.get<Pod>('pods', 'db-0')?.metadata.uid).not.toBe(old)
  })

  it('makes no Pod twice and loses none, wherever it crashes', () => {
    for (let micros = 1_000; micros < 30_000; micros += 7_000) {
      const it = plane()
      it.create(set({ podManagementPolicy: 'Parallel' }))
      it.world.command(it.world.now + micros, { type: 'crash', process: 'cp-1/kube-controller-manager' })
      it.seconds(2)
      it.until(() => ready(it).length === 3)
      expect([micros, names(it)]).toEqual([micros, ['db-0', 'db-1', 'db-2']])
    }
  })

  it('writes nothing while nothing changes', () => {
    const it = plane()
    it.create(set({ replicas: 1 }))
    it.seconds(10)
    const version = it.get<StatefulSet>('statefulsets', 'db')?.metadata.resourceVersion
    it.seconds(300)
    expect(it.get<StatefulSet>('statefulsets', 'db')?.metadata.resourceVersion).toBe(version)
  })
})
