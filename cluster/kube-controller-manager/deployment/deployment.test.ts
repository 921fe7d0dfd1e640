import { describe, expect, it } from 'vitest'
import type { Deployment, Pod, ReplicaSet } from '#cluster/api/types.ts'
import { deployment, Plane } from '../control-plane.test-world.ts'
import { limitsOf, proportionalStep } from './rolling.ts'
import { templateHash } from './template-hash.ts'

const plane = (options = {}): Plane => new Plane(options).seconds(3)
const live = (it: Plane): Pod[] => it.pods().filter(({ metadata }) => !metadata.deletionTimestamp)
const ready = (it: Plane): number =>
  live(it).filter(({ status }) => status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
    .length
const sets = (it: Plane): ReplicaSet[] => it.cached<ReplicaSet>('replicasets')
const web = (it: Plane): Deployment => it.get<Deployment>('deployments', 'web')!
const done = (it: Plane, image: string): boolean => {
  const { status, spec, metadata } = web(it)
  if (
    status?.observedGeneration !== metadata.generation ||
    status?.updatedReplicas !== spec.replicas ||
    status?.availableReplicas !== spec.replicas
  )
    return false
  return live(it).length === spec.replicas && live(it).every((pod) => pod.spec.containers[0]!.image === image)
}
const progressing = (it: Plane) => web(it).status?.conditions?.find(({ type }) => type === 'Progressing')

describe('the Deployment controller', () => {
  it('says which revision it is without making it another generation', () => {
    const it = plane()
    it.create(deployment('web', 2))
    it.until(() => web(it).status?.availableReplicas === 2)
    const { annotations, generation } = web(it).metadata
    expect([annotations?.['deployment.kubernetes.io/revision'], generation]).toEqual(['1', 1])
  })

  it.each([
    ['by default', 8, {}, 10, 6],
    ['with numbers', 5, { maxSurge: 1, maxUnavailable: 0 }, 6, 5],
    ['without surge', 5, { maxSurge: 0, maxUnavailable: 2 }, 5, 3],
    ['with percentages, surge rounded up and unavailability down', 3, { maxSurge: '34%', maxUnavailable: '34%' }, 5, 2],
  ])('rolls out %s within its limits at every instant', (_rule, replicas, rollingUpdate, most, least) => {
    const it = plane()
    it.create(deployment('web', replicas, { spec: { strategy: { type: 'RollingUpdate', rollingUpdate } } }))
    it.until(() => done(it, 'web:1'))
    it.kubectl('kubectl set image deployment/web web=web:2')
    let max = 0
    let min = Infinity
    it.until(() => {
      const wanted = sets(it).reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0)
      max = Math.max(max, wanted)
      min = Math.min(min, ready(it))
      return done(it, 'web:2')
    }, 120)
    expect(max).toBeLessThanOrEqual(most)
    expect(min).toBeGreaterThanOrEqual(least)
    expect(
      sets(it)
        .map(({ spec }) => spec.replicas)
        .sort(),
    ).toEqual([0, replicas])
  })

  it('stops where new Pods do not get ready, and says so after the deadline', () => {
    const it = plane({ nodes: [{ brokenImage: 'web:bad' }, { brokenImage: 'web:bad' }] })
    it.create(deployment('web', 4, { spec: { progressDeadlineSeconds: 60 } }))
    it.until(() => done(it, 'web:1'))
    it.kubectl('kubectl set image deployment/web web=web:bad')
    it.seconds(50)
    expect(ready(it)).toBe(3)
    expect(progressing(it)).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' })
    it.seconds(30)
    expect(progressing(it)).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' })
    it.kubectl('kubectl set image deployment/web web=web:1')
    it.until(() => done(it, 'web:1'))
    expect(progressing(it)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' })
  })

  it('goes back to an old template by its old ReplicaSet, which gets the highest revision', () => {
    const it = plane()
    it.create(deployment('web', 2))
    it.until(() => done(it, 'web:1'))
    const [first] = sets(it).map(({ metadata }) => metadata.name)
    for (const image of ['web:2', 'web:1']) {
      it.kubectl(`kubectl set image deployment/web web=${image}`)
      it.until(() => done(it, image))
    }
    it.seconds(2)
    const back = sets(it).find(({ metadata }) => metadata.name === first)!
    expect(sets(it)).toHaveLength(2)
    expect(back.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    expect(web(it).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('with Recreate starts no new Pod before the last old one is gone', () => {
    const it = plane()
    it.create(deployment('web', 3, { spec: { strategy: { type: 'Recreate' } } }))
    it.until(() => done(it, 'web:1'))
    it.kubectl('kubectl set image deployment/web web=web:2')
    it.until(() => {
      const images = new Set(it.pods().map(({ spec }) => spec.containers[0]!.image))
      expect(images.size).toBeLessThanOrEqual(1)
      return done(it, 'web:2')
    })
  })

  it('does not roll out while it is paused, but scales', () => {
    const it = plane()
    it.create(deployment('web', 2, { spec: { paused: true } }))
    it.seconds(5)
    expect(sets(it)).toEqual([])
    const patch = (spec: object) =>
      it.request({
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/default/deployments/web',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec },
      })
    patch({ paused: false })
    it.until(() => done(it, 'web:1'))
    patch({ paused: true })
    it.kubectl('kubectl set image deployment/web web=web:2')
    it.kubectl('kubectl scale deployment/web --replicas=4')
    it.seconds(10)
    expect(live(it).map(({ spec }) => spec.containers[0]!.image)).toEqual(['web:1', 'web:1', 'web:1', 'web:1'])
  })

  it('keeps as many old ReplicaSets as the history may have', () => {
    const it = plane()
    it.create(deployment('web', 1, { spec: { revisionHistoryLimit: 2 } }))
    it.until(() => done(it, 'web:1'))
    for (let i = 2; i < 7; i++) {
      it.kubectl(`kubectl set image deployment/web web=web:${i}`)
      it.until(() => done(it, `web:${i}`))
    }
    it.seconds(5)
    expect(sets(it)).toHaveLength(3)
  })

  it('takes another name when its hash is taken', () => {
    const it = plane()
    const template = (deployment('web', 1) as Deployment).spec.template
    it.create(deployment('web', 0))
    it.until(() => sets(it).length === 1)
    const name = sets(it)[0]!.metadata.name
    it.kubectl('kubectl delete deployment web')
    it.until(() => sets(it).length === 0)
    it.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { other: 'x' } },
        template: { metadata: { labels: { other: 'x' } }, spec: template.spec },
      },
    })
    it.create(deployment('web', 1))
    it.until(() => done(it, 'web:1'))
    expect(sets(it).filter(({ metadata }) => metadata.name.startsWith('web-')).length).toBe(2)
  })

  it('comes to the same end with the manager crashing again and again', () => {
    const it = plane()
    it.create(deployment('web', 6))
    it.until(() => done(it, 'web:1'))
    it.kubectl('kubectl set image deployment/web web=web:2')
    for (let i = 0; i < 8; i++) {
      it.world.command(it.world.now + 700_000, { type: 'crash', process: 'cp-1/kube-controller-manager' })
      it.seconds(1.1)
    }
    it.seconds(30)
    expect(done(it, 'web:2')).toBe(true)
    expect(sets(it)).toHaveLength(2)
  })
})

describe('arithmetic of a rollout', () => {
  it.each([
    [10, undefined, { maxSurge: 3, maxUnavailable: 2 }],
    [1, undefined, { maxSurge: 1, maxUnavailable: 0 }],
    [10, { maxSurge: 0, maxUnavailable: '5%' }, { maxSurge: 0, maxUnavailable: 1 }],
    [4, { maxSurge: '100%', maxUnavailable: '100%' }, { maxSurge: 4, maxUnavailable: 4 }],
    [2, { maxSurge: 1, maxUnavailable: 9 }, { maxSurge: 1, maxUnavailable: 2 }],
  ])('of %i replicas with %o', (replicas, rollingUpdate, limits) => {
    const spec = { replicas, ...(rollingUpdate && { strategy: { type: 'RollingUpdate', rollingUpdate } }) }
    expect(limitsOf({ spec } as unknown as Deployment)).toEqual(limits)
  })

  it('shares a change of size among ReplicaSets by their sizes', () => {
    const set = (name: string, replicas: number, max: number): ReplicaSet =>
      ({
        metadata: { name, annotations: { 'deployment.kubernetes.io/max-replicas': String(max) } },
        spec: { replicas },
      }) as unknown as ReplicaSet
    const grown = { spec: { replicas: 20 } } as unknown as Deployment
    const next = proportionalStep(grown, [set('old', 8, 13), set('new', 5, 13)])
    expect(next.map(({ set, replicas }) => [set.metadata.name, replicas])).toEqual([
      ['old', 15],
      ['new', 10],
    ])
  })

  it('hashes by content: the order of fields does not matter, the values do', () => {
    const a = { spec: { containers: [{ name: 'c', image: 'x' }] } }
    const b = { spec: { containers: [{ image: 'x', name: 'c' }] } }
    expect(templateHash(a, 0)).toBe(templateHash(b, 0))
    expect(templateHash(a, 1)).not.toBe(templateHash(a, 0))
    expect(templateHash({ spec: { containers: [{ name: 'c', image: 'y' }] } }, 0)).not.toBe(templateHash(a, 0))
    expect(templateHash(a, 0)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/)
  })
})
