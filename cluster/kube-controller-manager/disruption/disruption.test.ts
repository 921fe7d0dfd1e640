import { describe, expect, it } from 'vitest'
import type { PodDisruptionBudget } from '#cluster/api/policy-types.ts'
import { deployment, Plane } from '../control-plane.test-world.ts'

const plane = (): Plane => new Plane({ enabled: ['disruption', 'job'] }).seconds(3)
const budget = (spec: object): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
})
const statusOf = (it: Plane) => it.get<PodDisruptionBudget>('poddisruptionbudgets', 'web')?.status
const conditionOf = (it: Plane) => statusOf(it)?.conditions?.[0]
const evict = (it: Plane, name: string) =>
  it.request({
    method: 'POST',
    path: `/api/v1/namespaces/default/pods/${name}/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } },
  })

describe('the disruption controller', () => {
  it.each([
    ['minAvailable: 2', { minAvailable: 2 }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    ['minAvailable: 30%, rounded up', { minAvailable: '30%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    ['maxUnavailable: 1', { maxUnavailable: 1 }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 }],
    ['maxUnavailable: 30%, rounded up', { maxUnavailable: '30%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    ['more than there are', { minAvailable: 9 }, { expectedPods: 4, desiredHealthy: 9, disruptionsAllowed: 0 }],
  ])('%s', (_what, spec, status) => {
    const it = plane()
    it.create(deployment('web', 4))
    it.create(budget(spec))
    it.until(() => statusOf(it)?.currentHealthy === 4)
    expect(statusOf(it)).toMatchObject({ ...status, observedGeneration: 1 })
    const isAllowed = status.disruptionsAllowed > 0
    expect(conditionOf(it)).toMatchObject({ type: 'DisruptionAllowed', status: isAllowed ? 'True' : 'False', reason: isAllowed ? 'SufficientPods' : 'InsufficientPods' }) // prettier-ignore
  }) // prettier-ignore

  it('lets no more be evicted than it allows, however fast they are asked for, and more once others are ready', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.create(budget({ maxUnavailable: 1 }))
    it.until(() => statusOf(it)?.disruptionsAllowed === 1)
    const names = it.pods().map(({ metadata }) => metadata.name)
    expect(names.map((name) => evict(it, name).status)).toEqual([201, 429, 429])
    expect(evict(it, names[1]!).body).toMatchObject({ reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget' }] } }) // prettier-ignore
    it.until(() => statusOf(it)?.currentHealthy === 2 && statusOf(it)?.disruptionsAllowed === 0)
    it.until(() => statusOf(it)?.currentHealthy === 3 && statusOf(it)?.disruptionsAllowed === 1)
    expect(evict(it, names[1]!).status).toBe(201)
  })

  it('allows nothing where nobody can say how many there ought to be', () => {
    const it = plane()
    const template = { metadata: { labels: { app: 'web' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c' }] } } // prettier-ignore
    it.create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace: 'default' },
      spec: { template },
    })
    it.seconds(3)
    it.create(budget({ maxUnavailable: 1 }))
    it.until(() => conditionOf(it)?.reason === 'SyncFailed')
    expect(conditionOf(it)?.message).toBe('jobs.batch does not implement the scale subresource')
    expect(statusOf(it)?.disruptionsAllowed).toBe(0)
  })

  it('writes nothing while nothing changes', () => {
    const it = plane()
    it.create(deployment('web', 2))
    it.create(budget({ minAvailable: 1 }))
    it.seconds(10)
    const version = it.get<PodDisruptionBudget>('poddisruptionbudgets', 'web')?.metadata.resourceVersion
    it.seconds(300)
    expect(it.get<PodDisruptionBudget>('poddisruptionbudgets', 'web')?.metadata.resourceVersion).toBe(version)
  })
})
