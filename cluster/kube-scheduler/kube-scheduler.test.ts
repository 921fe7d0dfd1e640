import { describe, expect, it } from 'vitest'
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import { bindRequest } from '#cluster/client/api-client.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import type { PlaneOptions } from '../kube-controller-manager/control-plane.test-world.ts'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import type { Plugin } from './framework.ts'
import { unschedulable } from './framework.ts'
import { kubeScheduler } from './kube-scheduler.ts'
import { defaultRegistry } from './plugins/default-registry.ts'
import { createProfile } from './profile.ts'
import { numFeasibleNodesToFind } from './filtering.ts'
import type { SchedulerState } from './state.ts'

const SCHEDULER = 'cp-1/kube-scheduler'

const pod = (name: string, spec: Partial<Pod['spec']> = {}, requests: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'c', resources: { requests } }], ...spec },
})

const podGroups = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'podgroups.scheduling.x-k8s.io' },
  spec: {
    group: 'scheduling.x-k8s.io',
    names: { kind: 'PodGroup', plural: 'podgroups', singular: 'podgroup', listKind: 'PodGroupList' },
    scope: 'Namespaced',
    versions: [
      {
        ...{ name: 'v1alpha1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

const plane = (options: PlaneOptions = {}): Plane => new Plane(options).seconds(3)
const stateOf = (it: Plane): SchedulerState => it.world.stateOf(SCHEDULER)
const placeOf = (it: Plane, name: string): string | undefined => it.get<Pod>('pods', name)?.spec.nodeName
const podScheduled = (it: Plane, name: string) =>
  it.get<Pod>('pods', name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled')

/** The scheduler's sums against what the API says: they must agree whenever nothing is under way. */
function expectSumsToBeTrue(it: Plane): void {
  for (const info of stateOf(it).cache.infos.values()) {
    const bound = it.pods().filter(({ spec }) => spec.nodeName === info.name)
    const cpu = bound.reduce((sum, each) => sum + (podRequests(each)['cpu'] ?? 0), 0)
    expect([info.name, info.pods.length, info.requested['cpu'] ?? 0]).toEqual([info.name, bound.length, cpu])
    expect(cpu).toBeLessThanOrEqual(info.allocatable['cpu']!)
  }
}

describe('kube-scheduler', () => {
  it('binds a Pod, marks it scheduled and says so in an Event', () => {
    const it = plane({ nodes: 1 })
    it.create(pod('web'))
    it.seconds(1)
    expect(placeOf(it, 'web')).toBe('node-1')
    expect(podScheduled(it, 'web')?.status).toBe('True')
    const [event] = it.list('events').filter(({ reason }) => reason === 'Scheduled')
    expect(event).toMatchObject({
      type: 'Normal',
      message: 'Successfully assigned default/web to node-1',
      source: { component: 'default-scheduler' },
    })
  })

  it('says why no node would do, counts the reasons in alphabetical order, and tries again when one could', () => {
    const it = plane({ nodes: [{ cpu: '1' }, { cpu: '1' }, { taints: [{ key: 'a', effect: 'NoSchedule' }] }] })
    it.create(pod('big', {}, { cpu: '2' }))
    it.seconds(1)
    const message =
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ' +
      'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'
    expect(podScheduled(it, 'big')).toMatchObject({ status: 'False', reason: 'Unschedulable', message })
    expect(it.list('events').find(({ reason }) => reason === 'FailedScheduling')).toMatchObject({
      type: 'Warning',
      message,
    })
    it.addNode('node-4', { cpu: '4' })
    expect(it.until(() => placeOf(it, 'big') === 'node-4')).toBeLessThan(5)
  })

  it('says that there are no nodes when there are none', () => {
    const it = plane({ nodes: 0 })
    it.create(pod('web'))
    it.seconds(1)
    expect(podScheduled(it, 'web')?.message).toBe('no nodes available to schedule pods')
  })

  it('never gives the same room twice, although the watch is always behind', () => {
    const it = plane({ nodes: [{ cpu: '2' }, { cpu: '2' }, { cpu: '2' }] })
    for (let i = 0; i < 9; i++) it.create(pod(`p${i}`, {}, { cpu: '900m' }))
    it.seconds(3)
    expectSumsToBeTrue(it)
    expect(it.pods().filter(({ spec }) => spec.nodeName)).toHaveLength(6)
    expect(stateOf(it).queue.unschedulable.size).toBe(3)
  })

  it('gives the room of a deleted Pod to one that waits for it', () => {
    const it = plane({ nodes: [{ cpu: '1' }] })
    it.create(pod('first', {}, { cpu: '1' }))
    it.seconds(2)
    it.create(pod('second', {}, { cpu: '1' }))
    it.seconds(2)
    expect(placeOf(it, 'second')).toBeUndefined()
    it.kubectl('kubectl delete pod first')
    it.until(() => placeOf(it, 'second') === 'node-1')
    expectSumsToBeTrue(it)
  })

  it('lets finished Pods hold nothing', () => {
    const it = plane({ nodes: [{ cpu: '1' }] })
    it.create(pod('job', {}, { cpu: '1' }))
    it.seconds(2)
    it.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/pods/job/status',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { status: { phase: 'Succeeded' } },
    })
    it.create(pod('next', {}, { cpu: '1' }))
    it.until(() => placeOf(it, 'next') === 'node-1', 10)
  })

  it('takes an assumed Pod back when its binding gets no answer, and binds it after the back-off', () => {
    const it = plane({ nodes: [{ cpu: '1' }] })
    it.create(pod('web', {}, { cpu: '1' }))
    it.until(() => stateOf(it).bindings.size === 1)
    expect(stateOf(it).cache.pods.get('default/web')?.assumed).toBe(true)
    it.world.command(it.world.now, { type: 'crash', process: 'cp-1/kube-apiserver' })
    it.until(() => stateOf(it).bindings.size === 0)
    expect([...stateOf(it).cache.infos.values()][0]!.pods).toHaveLength(0)
    it.until(() => placeOf(it, 'web') === 'node-1')
    it.seconds(5)
    expectSumsToBeTrue(it)
  })

  it('lets go of a Pod that is deleted while it is being bound', () => {
    const it = plane({ nodes: [{ cpu: '1' }] })
    it.create(pod('web', {}, { cpu: '1' }))
    const request = { method: 'DELETE', path: '/api/v1/namespaces/default/pods/web' }
    it.world.command(it.world.now, {
      type: 'tell',
      process: 'laptop/curl',
      body: { type: 'do', id: 777, request } as never,
    })
    it.seconds(40)
    expect(it.pods()).toEqual([])
    expect([...stateOf(it).cache.infos.values()][0]!.requested['cpu'] ?? 0).toBe(0)
    expect([stateOf(it).bindings.size, stateOf(it).cache.pods.size]).toEqual([0, 0])
  })

  it('keeps its hands off Pods of another scheduler', () => {
    const it = plane()
    it.create(pod('other', { schedulerName: 'mine' }))
    it.seconds(2)
    expect([placeOf(it, 'other'), podScheduled(it, 'other')]).toEqual([undefined, undefined])
  })

  it('serves several profiles, each with its own plugins', () => {
    const profiles = [
      { schedulerName: 'default-scheduler' },
      { schedulerName: 'bold', plugins: { disabled: ['TaintToleration'] } },
    ]
    const it = plane({ nodes: [{ taints: [{ key: 'a', effect: 'NoSchedule' }] }], scheduler: { profiles } })
    it.create(pod('shy'))
    it.create(pod('brave', { schedulerName: 'bold' }))
    it.seconds(2)
    expect([placeOf(it, 'shy'), placeOf(it, 'brave')]).toEqual([undefined, 'node-1'])
  })

  it('refuses to start with a plugin that it does not know, or with two that sort', () => {
    const twice: Plugin = { name: 'Mine', less: () => true }
    const registry = { ...defaultRegistry, Mine: twice }
    expect(() => createProfile({ schedulerName: 's', plugins: { enabled: ['Nope'] } }, registry)).toThrow(
      /"Nope", which is not in the registry/,
    )
    expect(() => createProfile({ schedulerName: 's', plugins: { enabled: ['Mine'] } }, registry)).toThrow(
      /exactly one queue sort plugin/,
    )
    expect(() => createProfile({ schedulerName: 's', plugins: { disabled: ['DefaultBinder'] } }, registry)).toThrow(
      /needs a bind plugin/,
    )
  })

  it('does not schedule a Pod before its gates are gone', () => {
    const it = plane()
    it.create(pod('gated', { schedulingGates: [{ name: 'quota' }] }))
    it.seconds(2)
    expect(placeOf(it, 'gated')).toBeUndefined()
    it.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/pods/gated',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec: { schedulingGates: [] } },
    })
    it.until(() => placeOf(it, 'gated') !== undefined, 5)
  })

  it("lets a plugin of one's own take the place of a default one", () => {
    const onlyTwo: Plugin = {
      name: 'NodeResourcesFit',
      filter: (_state, _pod, { name }) => (name === 'node-2' ? undefined : unschedulable('not two')),
    }
    const it = plane({
      components: { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, NodeResourcesFit: onlyTwo }) },
    })
    it.create(pod('web'))
    it.seconds(1)
    expect(placeOf(it, 'web')).toBe('node-2')
  })

  describe('with a Permit plugin that wants Pods in pairs', () => {
    const pairUp: Plugin = {
      name: 'PairUp',
      permit(_state, _pod, _node, handle) {
        const [partner] = [...handle.waitingPods()]
        if (!partner) return { status: { code: 'Wait', reasons: ['waits for its partner'] }, timeoutMicros: 5_000_000 }
        handle.allow(`default/${partner.pod.metadata.name}`, 'PairUp')
        return undefined
      },
    }
    const pairs = (): Plane => {
      const components = { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, PairUp: pairUp }) }
      const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['PairUp'] } }]
      return plane({ nodes: 1, components, scheduler: { profiles } })
    }

    it('keeps its place while it waits, and is refused when its time is over', () => {
      const it = pairs()
      it.create(pod('one'))
      it.seconds(2)
      expect([placeOf(it, 'one'), stateOf(it).cache.pods.get('default/one')?.assumed]).toEqual([undefined, true])
      it.seconds(4)
      const message = 'rejected due to timeout after waiting 5s at plugin PairUp'
      expect(podScheduled(it, 'one')).toMatchObject({ reason: 'Unschedulable', message })
    })

    it('does not wait on for one that is deleted, and its room is free at once', () => {
      const it = pairs()
      it.create(pod('one'))
      it.seconds(2)
      it.kubectl('kubectl delete pod one')
      it.seconds(0.5)
      expect([stateOf(it).waitingPods.size, stateOf(it).bindings.size, stateOf(it).cache.pods.size]).toEqual([0, 0, 0])
    })

    it('does not wait on for one that somebody else has bound', () => {
      const it = pairs()
      it.addNode('node-2')
      it.create(pod('one'))
      it.seconds(2)
      const elsewhere = [...stateOf(it).bindings.values()][0]!.nodeName === 'node-1' ? 'node-2' : 'node-1'
      const { method, path, body } = bindRequest({ metadata: { name: 'one', namespace: 'default' } }, elsewhere)
      it.request({ method, path, body })
      it.seconds(0.5)
      expect([stateOf(it).waitingPods.size, placeOf(it, 'one')]).toEqual([0, elsewhere])
      expectSumsToBeTrue(it)
    })

    it('tries one again that was refused, if something has happened while it waited', () => {
      const it = pairs()
      it.create(pod('one'))
      it.seconds(2)
      it.addNode('node-2')
      it.seconds(3.5)
      // Its back-off is over, as nobody else is in the queue: it waits for a partner once more.
      expect(stateOf(it).waitingPods.get('default/one')).toBeDefined()
    })

    it('binds both when the second allows the first', () => {
      const it = pairs()
      it.create(pod('one'))
      it.seconds(2)
      it.create(pod('two'))
      it.seconds(1)
      expect([placeOf(it, 'one'), placeOf(it, 'two')]).toEqual(['node-1', 'node-1'])
    })
  })

  it('tells a Permit plugin of a roll-back when the Pod waits no more, and before its room is free', () => {
    const seen: unknown[] = []
    const pair: Plugin = {
      name: 'Pair',
      permit: () => ({ status: { code: 'Wait', reasons: [] }, timeoutMicros: 3_000_000 }),
      unreserve(_state, { metadata }, nodeName, nodes, handle) {
        const waiting = [...handle.waitingPods()].map((each) => each.pod.metadata.name)
        seen.push({ pod: metadata.name, waiting, assumed: nodes.get(nodeName)!.pods.length })
        for (const name of waiting) handle.reject(`default/${name}`, 'Pair', `${metadata.name} has lost its room`)
      },
    }
    const it = plane({
      nodes: 1,
      components: { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, Pair: pair }) },
      scheduler: { profiles: [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Pair'] } }] },
    })
    for (const name of ['one', 'two', 'three']) it.create(pod(name))
    it.until(() => seen.length === 3)
    // The second and the third are refused after the first has been forgotten, and not from within its own roll-back.
    expect(seen).toEqual([
      { pod: 'one', waiting: ['two', 'three'], assumed: 3 },
      { pod: 'two', waiting: ['three'], assumed: 2 },
      { pod: 'three', waiting: [], assumed: 1 },
    ])
  })

  it.each(['reserve', 'permit'] as const)('wakes nobody for a Pod that %s refuses in its own cycle', (point) => {
    let asked = 0
    const refuse = () => {
      asked += 1
      return unschedulable('not yet')
    }
    const strict: Plugin = {
      name: 'Strict',
      eventsToRegister: [{ event: 'AssignedPod/Delete' }],
      ...(point === 'reserve' ? { reserve: refuse } : { permit: () => ({ status: refuse() }) }),
    }
    const components = { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, Strict: strict }) }
    const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Strict'] } }]
    const it = plane({ nodes: 1, components, scheduler: { profiles } })
    for (const name of ['one', 'two']) it.create(pod(name))
    it.seconds(20)
    expect(asked).toBe(2)
  })

  it('waits at Permit for all who said so, and no longer than the first of them', () => {
    const waiter = (name: string, seconds: number): Plugin => ({
      name,
      permit: () => ({ status: { code: 'Wait', reasons: [] }, timeoutMicros: seconds * 1_000_000 }),
    })
    const registry = { ...defaultRegistry, Long: waiter('Long', 90), Short: waiter('Short', 2) }
    const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Long', 'Short'] } }]
    const it = plane({ nodes: 1, components: { 'kube-scheduler': kubeScheduler(registry) }, scheduler: { profiles } })
    it.create(pod('web'))
    it.seconds(3)
    expect(podScheduled(it, 'web')?.message).toBe('rejected due to timeout after waiting 2s at plugin Short')
  })

  it('tells which Pods are bound as soon as it knows', () => {
    const seen: unknown[] = []
    const asks: Plugin = {
      name: 'Asks',
      permit: (_state, _pod, _node, handle) => void seen.push([...handle.boundPods()]),
      postBind: (_state, _pod, _node, handle) =>
        void seen.push([...handle.boundPods()].map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`)),
    }
    const components = { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, Asks: asks }) }
    const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Asks'] } }]
    const it = plane({ nodes: 1, components, scheduler: { profiles } })
    it.create(pod('web'))
    it.until(() => seen.length === 2)
    // While it is being bound its room is assumed, and it is not on the node.
    expect(seen).toEqual([[], ['web on node-1']])
  })

  it('watches the custom resources whose events a plugin has registered for', () => {
    const resource = 'podgroups.v1alpha1.scheduling.x-k8s.io'
    const seen: unknown[] = []
    const gangs: Plugin = {
      name: 'Gangs',
      eventsToRegister: [{ event: `${resource}/Add` }],
      permit(_state, _pod, _node, { objects }) {
        const known = [...objects.all<{ metadata: { name: string } }>(resource)].map(({ metadata }) => metadata.name)
        seen.push(known)
        return known.length > 0 ? undefined : { status: unschedulable('no group yet') }
      },
    }
    const components = { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, Gangs: gangs }) }
    const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Gangs'] } }]
    const it = plane({ nodes: 1, components, scheduler: { profiles } })
    it.create(podGroups)
    it.seconds(10)
    it.create(pod('web'))
    it.seconds(3)
    expect([seen, placeOf(it, 'web')]).toEqual([[[]], undefined])
    const group = { apiVersion: 'scheduling.x-k8s.io/v1alpha1', kind: 'PodGroup', metadata: { name: 'red' } }
    it.request({
      method: 'POST',
      path: '/apis/scheduling.x-k8s.io/v1alpha1/namespaces/default/podgroups',
      body: { ...group, spec: { minMember: 1 } },
    })
    it.until(() => placeOf(it, 'web') === 'node-1', 5)
    expect(seen).toEqual([[], ['red']])
  })

  it('gives back what was reserved, in reverse order, when a later plugin refuses', () => {
    const calls: string[] = []
    const holder = (name: string): Plugin => ({
      name,
      reserve: () => void calls.push(`reserve ${name}`),
      unreserve: () => void calls.push(`unreserve ${name}`),
    })
    const refuser: Plugin = { name: 'Refuser', preBind: () => ({ code: 'Error', reasons: ['no disk'] }) }
    const registry = { ...defaultRegistry, A: holder('A'), B: holder('B'), Refuser: refuser }
    const profiles = [{ schedulerName: 'default-scheduler', plugins: { enabled: ['A', 'B', 'Refuser'] } }]
    const it = plane({ nodes: 1, components: { 'kube-scheduler': kubeScheduler(registry) }, scheduler: { profiles } })
    it.create(pod('web'))
    it.until(() => calls.length >= 4)
    expect(calls.slice(0, 4)).toEqual(['reserve A', 'reserve B', 'unreserve B', 'unreserve A'])
    it.seconds(0.5)
    expect(podScheduled(it, 'web')).toMatchObject({ reason: 'SchedulerError', message: 'no disk' })
  })

  it('reports a score out of bounds instead of using it', () => {
    const wild: Plugin = { name: 'Wild', score: () => 101 }
    const components = { 'kube-scheduler': kubeScheduler({ ...defaultRegistry, Wild: wild }) }
    const it = plane({
      components,
      scheduler: { profiles: [{ schedulerName: 'default-scheduler', plugins: { enabled: ['Wild'] } }] },
    })
    it.create(pod('web'))
    it.seconds(0.5)
    expect(podScheduled(it, 'web')?.message).toContain('plugin "Wild" returns an invalid score 101')
  })

  it('explains each decision in a note, node by node', () => {
    const it = plane({ nodes: [{ cpu: '1' }, { cpu: '4' }, { cpu: '4' }] })
    const ring = new TraceRing(10_000)
    it.world.trace = ring
    it.create(pod('web', {}, { cpu: '2' }))
    it.seconds(1)
    const [note] = ring
      .events()
      .flatMap(({ notes }) => notes)
      .filter(({ kind }) => kind === 'scheduling')
    const detail = note!.detail as any
    expect(detail).toMatchObject({ pod: 'default/web', feasible: 2, evaluated: 3, chosen: placeOf(it, 'web') })
    expect(detail.nodes[0]).toEqual({
      node: 'node-1',
      plugin: 'NodeResourcesFit',
      code: 'UnschedulableAndUnresolvable',
      reasons: ['Insufficient cpu'],
    })
    expect(detail.nodes[1].scores.TaintToleration).toEqual({ raw: 0, normalized: 100, weighted: 300 })
    expect(detail.tiedWith).toHaveLength(1)
  })

  it('decides the same whether or not somebody listens to its notes', () => {
    const hashes = [false, true].map((traced) => {
      const it = plane({ seed: 5 })
      if (traced) it.world.trace = new TraceRing(100)
      for (let i = 0; i < 10; i++) it.create(pod(`p${i}`))
      return it.seconds(2).world.hash()
    })
    expect(hashes[0]).toBe(hashes[1])
  })

  it('spreads ties by seed, and only ties', () => {
    const places = [1, 2, 3, 4, 5, 6].map((seed) => {
      const it = plane({ seed, nodes: 4 })
      it.create(pod('web'))
      return placeOf(it.seconds(1), 'web')
    })
    expect(new Set(places).size).toBeGreaterThan(1)
  })

  it('starts anew from the API after a crash, with the same picture', () => {
    const it = plane({ nodes: [{ cpu: '2' }, { cpu: '2' }] })
    for (let i = 0; i < 3; i++) it.create(pod(`p${i}`, {}, { cpu: '1' }))
    it.seconds(2)
    it.world.command(it.world.now, { type: 'crash', process: SCHEDULER })
    for (let i = 3; i < 6; i++) it.create(pod(`p${i}`, {}, { cpu: '1' }))
    it.seconds(10)
    expectSumsToBeTrue(it)
    expect(it.pods().filter(({ spec }) => spec.nodeName)).toHaveLength(4)
  })
})

describe('sampling', () => {
  it.each([
    [0, 99, 99],
    [0, 100, 100],
    [0, 1000, 420],
    [0, 5000, 500],
    [0, 10_000, 500],
    [30, 1000, 300],
    [5, 1000, 100],
    [100, 5000, 5000],
  ])('with a setting of %i and %i nodes, %i feasible ones are enough', (percentage, nodes, enough) => {
    expect(numFeasibleNodesToFind(percentage, nodes)).toBe(enough)
  })
})
