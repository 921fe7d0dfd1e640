import { describe, expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import type { PlaneOptions } from '../kube-controller-manager/control-plane.test-world.ts'
import { API, Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import { explainRecord } from './history.ts'
import type { SchedulerState } from './state.ts'

const pod = (name: string, priority: number, cpu: string, spec: Partial<Pod['spec']> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { priority, containers: [{ name: 'c', image: 'c', resources: { requests: { cpu } } }], ...spec },
})

const plane = (options: PlaneOptions = {}): Plane => new Plane(options).seconds(3)
const placeOf = (it: Plane, name: string): string | undefined => it.get<Pod>('pods', name)?.spec.nodeName
const stateOf = (it: Plane): SchedulerState => it.world.stateOf('cp-1/kube-scheduler')

describe('preemption in a cluster', () => {
  it('deletes the victim, says so to both, and binds once it is gone', () => {
    const it = plane({ nodes: [{ cpu: '2' }, { cpu: '1' }] })
    it.create(pod('low', 0, '2'))
    it.seconds(2)
    it.create(pod('vip', 100, '2'))
    it.until(() => it.get<Pod>('pods', 'vip')?.status?.nominatedNodeName !== undefined)
    expect(it.get<Pod>('pods', 'vip')?.status?.nominatedNodeName).toBe('node-1')
    it.until(() => it.get<Pod>('pods', 'low')?.metadata.deletionTimestamp !== undefined, 5)
    const condition = it.get<Pod>('pods', 'low')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(condition).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    })
    it.until(() => placeOf(it, 'vip') === 'node-1', 10)
    expect(it.get('pods', 'low')).toBeUndefined()
    const [event] = it.list('events').filter(({ reason }) => reason === 'Preempted')
    expect(event.message).toBe(`Preempted by pod ${it.get<Pod>('pods', 'vip')!.metadata.uid} on node node-1`)
    expect(stateOf(it).cache.nominator.nodes.size).toBe(0)
  })

  it('keeps the freed room for the one that it was freed for', () => {
    const it = plane({ nodes: [{ cpu: '2' }] })
    it.create(pod('low', 0, '2'))
    it.seconds(2)
    it.create(pod('vip', 100, '2'))
    it.until(() => it.get<Pod>('pods', 'vip')?.status?.nominatedNodeName !== undefined)
    for (let i = 0; i < 5; i++) it.create(pod(`late-${i}`, 50, '1'))
    it.until(() => placeOf(it, 'vip') !== undefined, 20)
    it.seconds(10)
    expect([0, 1, 2, 3, 4].map((i) => placeOf(it, `late-${i}`))).toEqual(new Array(5).fill(undefined))
  })

  it('leaves everybody in peace for a Pod that does not want to preempt', () => {
    const it = plane({ nodes: [{ cpu: '2' }] })
    it.create(pod('low', 0, '2'))
    it.seconds(2)
    it.create(pod('polite', 100, '2', { preemptionPolicy: 'Never' }))
    it.seconds(5)
    expect([placeOf(it, 'low'), placeOf(it, 'polite')]).toEqual(['node-1', undefined])
  })

  it('wakes a Pod that wants company when the company has come', () => {
    const it = plane({ nodes: 3 })
    const selector = { matchLabels: { app: 'db' } }
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: selector }
    const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    it.create(pod('web', 0, '1', { affinity: { podAffinity } }))
    it.seconds(3)
    expect(placeOf(it, 'web')).toBeUndefined()
    it.create(pod('db', 0, '1'))
    it.until(() => placeOf(it, 'web') !== undefined, 10)
    expect(placeOf(it, 'web')).toBe(placeOf(it, 'db'))
  })

  it('lets two schedulers share a cluster, each for its own Pods', () => {
    const it = plane({ nodes: [{ cpu: '4' }, { cpu: '4' }] })
    const scoringStrategy = { type: 'MostAllocated' }
    const config = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [{ schedulerName: 'packer', pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy } }] }],
    }
    const options = { servers: [API], config }
    it.world.addProcess({ machine: 'cp-1', name: 'packer', component: 'kube-scheduler', options })
    it.seconds(2)
    it.create(pod('first', 0, '1'))
    it.seconds(2)
    for (const name of ['second', 'third']) {
      it.create(pod(name, 0, '1', { schedulerName: 'packer' }))
      it.seconds(2)
    }
    const first = placeOf(it, 'first')
    expect(first).toBeDefined()
    expect([placeOf(it, 'second'), placeOf(it, 'third')]).toEqual([first, first])
  })

  it('keeps nothing of the scheduling cycle while a binding is under way', () => {
    const it = plane({ nodes: 2 })
    const topologySpreadConstraints = (['DoNotSchedule', 'ScheduleAnyway'] as const).map((whenUnsatisfiable) => ({
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app: 'web' } },
    }))
    it.create(pod('web', 0, '1', { topologySpreadConstraints }))
    it.until(() => stateOf(it).bindings.size === 1)
    expect(stateOf(it).bindings.get('default/web')!.cycleState).toEqual({})
  })

  it('keeps its decisions where it is told to, and can be asked why', () => {
    const it = plane({ nodes: [{ cpu: '1' }, { cpu: '4' }, { cpu: '8' }], scheduler: { decisionsKept: 2 } })
    it.create(pod('web', 0, '2'))
    it.create(pod('huge', 0, '16'))
    it.seconds(2)
    const { decisions } = stateOf(it)
    const web = explainRecord(decisions.get('default/web')![0]!)
    expect(web[0]).toMatch(/^node-3 \(chosen\): \d+ = .*NodeResourcesFit \d+/)
    expect(web[1]).toMatch(/^node-2: \d+ = /)
    expect(web[2]).toBe('node-1: NodeResourcesFit: Insufficient cpu')
    const [huge] = decisions.get('default/huge')!
    expect(huge).toMatchObject({ attempt: 1, message: expect.stringContaining('3 Insufficient cpu') })
    const totals = decisions.get('default/web')![0]!.scored
    for (const { scores, total } of totals)
      expect(Object.values(scores).reduce((sum, { weighted }) => sum + weighted, 0)).toBe(total)
    it.create(pod('next', 0, '1'))
    it.seconds(2)
    expect([...decisions.keys()]).toEqual(['default/huge', 'default/next'])
  })
})
