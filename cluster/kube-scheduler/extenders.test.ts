import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Component, Effect } from '#cluster/kernel/component.ts'
import { API, Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import { kubeScheduler } from './kube-scheduler.ts'
import type { ExtenderOptions } from './extender-types.ts'
import type { PreemptionArgs } from './extender-preemption.ts'
import type { ExtenderArgs } from './extenders.ts'

/** Lets the last node pass alone, or gives it the most points; or says nothing at all. */
const extender: Component<{ asked: string[] }, { silent?: boolean }> = {
  name: 'extender',
  init: () => ({ asked: [] }),
  step(state, event) {
    if (event.type !== 'opened') return []
    const { path, body } = event.body as HttpRequest
    if (path.includes('/preempt')) return answerPreemption(state, path, body as PreemptionArgs, event.stream)
    const { pod, nodes, nodenames } = body as ExtenderArgs
    const names = nodenames ?? nodes!.items.map(({ metadata }) => metadata.name)
    state.asked.push(`${path} ${pod.metadata.name}: ${names.join(' ')}`)
    const last = names.toSorted().at(-1)!
    if (path.endsWith('/silence')) return []
    const others = names.filter((name) => name !== last)
    const answer = path.endsWith('/filter')
      ? { nodenames: [last], failedNodes: Object.fromEntries(others.map((name) => [name, 'no license'])) }
      : names.map((host) => ({ host, score: host === last ? 10 : 0 }))
    return [{ type: 'close', stream: event.stream, body: { type: 'response', status: 200, body: answer } as any }]
  },
}

/** Leaves the last node alone, or no node, or names a Pod that is nowhere, or breaks down. */
function answerPreemption(state: { asked: string[] }, path: string, args: PreemptionArgs, stream: number): Effect[] {
  const { pod: { metadata }, nodeNameToVictims, nodeNameToMetaVictims } = args // prettier-ignore
  const victims = (nodeNameToVictims ?? nodeNameToMetaVictims) as Readonly<Record<string, { pods: any[] }>>
  const names = Object.keys(victims).toSorted()
  const shown = names.map(
    (name) => `${name} ${victims[name]!.pods.map((each) => each.metadata?.name ?? typeof each.uid)}`,
  )
  state.asked.push(`${path} ${metadata.name}: ${shown.join(', ')}`)
  const last = names.at(-1)!
  const pods = victims[last]!.pods.map((each) => ({ uid: each.uid ?? each.metadata.uid }))
  const nodeNameToMetaVictims_ = {
    '/v1/preempt': { [last]: { pods } },
    '/v1/preempt-nobody': {},
    '/v1/preempt-strangers': { [last]: { pods: [{ uid: 'x' }] } },
    '/v1/preempt-empty': { [last]: { pods: [] } },
  }[path]
  const status = nodeNameToMetaVictims_ ? 200 : 500
  const body = { type: 'response', status, body: { nodeNameToMetaVictims: nodeNameToMetaVictims_ } } as any
  return [{ type: 'close', stream, body }]
}

const pod = (name: string, resource?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'c', ...(resource && { resources: { requests: { [resource]: '1' } } }) }] },
})

function plane(options: Partial<ExtenderOptions>): Plane {
  const config = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    extenders: [{ urlPrefix: 'http://cp-1/extender/v1', nodeCacheCapable: true, ...options }],
  }
  const components = { extender: extender as Component, 'kube-scheduler': kubeScheduler() as Component }
  const it_ = new Plane({ nodes: 3, components, scheduler: { config, servers: [API] } })
  it_.world.addProcess({ machine: 'cp-1', name: 'extender', component: 'extender', options: {} })
  return it_.seconds(3)
}
const placeOf = (it_: Plane, name: string) => it_.get<Pod>('pods', name)?.spec.nodeName
const asked = (it_: Plane): string[] => it_.world.stateOf('cp-1/extender').asked

describe('an extender', () => {
  it('has a word in which nodes will do, given their names', () => {
    const it_ = plane({ filterVerb: 'filter' })
    for (let i = 0; i < 4; i++) it_.create(pod(`web-${i}`))
    it_.until(() => [0, 1, 2, 3].every((i) => placeOf(it_, `web-${i}`) === 'node-3'))
    expect(asked(it_)[0]).toMatch(/^\/v1\/filter web-0: /)
  })

  it('gives points, and whole nodes where it does not know them', () => {
    const it_ = plane({ prioritizeVerb: 'points', weight: 100, nodeCacheCapable: false })
    for (let i = 0; i < 4; i++) it_.create(pod(`web-${i}`))
    it_.until(() => [0, 1, 2, 3].every((i) => placeOf(it_, `web-${i}`) === 'node-3'))
  })

  it('is not asked for points where one node is left', () => {
    const it_ = plane({ prioritizeVerb: 'points', weight: 1 })
    it_.create({ ...pod('web'), spec: { ...pod('web').spec, nodeSelector: { 'kubernetes.io/hostname': 'node-2' } } })
    it_.until(() => placeOf(it_, 'web') === 'node-2')
    expect(asked(it_)).toEqual([])
  })

  it('is not asked about Pods that do not concern it', () => {
    const it_ = plane({ filterVerb: 'filter', managedResources: [{ name: 'example.com/gpu' }] })
    it_.create(pod('web'))
    it_.until(() => placeOf(it_, 'web') !== undefined)
    expect(asked(it_)).toEqual([])
  })

  it.each([true, false])('may be done without if it is ignorable, and only then: %s', (ignorable) => {
    const it_ = plane({ filterVerb: 'silence', ignorable, httpTimeoutSeconds: 2 })
    it_.create(pod('web'))
    it_.seconds(3)
    expect(placeOf(it_, 'web') !== undefined).toBe(ignorable)
    const condition = it_.get<Pod>('pods', 'web')?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (!ignorable) expect(condition?.message).toBe('Post "http://cp-1/extender/v1/silence": context deadline exceeded')
  })
})

describe('an extender, where Pods are to be preempted', () => {
  const asking = (name: string, cpu: string, more: object = {}) => ({
    ...pod(name),
    spec: { containers: [{ name: 'c', image: 'c', resources: { requests: { cpu } } }], ...more },
  })
  /** Three nodes of 4 CPUs that are full, the first one with the least important Pod. */
  function full(options: Partial<ExtenderOptions>): Plane {
    const it_ = plane(options)
    const priorities = [1, 5, 9]
    priorities.forEach((priority, i) =>
      it_.create(
        asking(`low-${i + 1}`, '3', { priority, nodeSelector: { 'kubernetes.io/hostname': `node-${i + 1}` } }),
      ),
    )
    it_.until(() => [1, 2, 3].every((i) => placeOf(it_, `low-${i}`) !== undefined))
    it_.create(asking('vip', '3', { priority: 100 }))
    return it_
  }
  const messageOf = (it_: Plane) =>
    it_.get<Pod>('pods', 'vip')?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message
  const nominated = (it_: Plane) => it_.get<Pod>('pods', 'vip')?.status?.nominatedNodeName
  const leaving = (it_: Plane) =>
    [1, 2, 3].filter((i) => it_.get<Pod>('pods', `low-${i}`)?.metadata.deletionTimestamp !== undefined)

  it.each<[boolean, string]>([
    [true, '/v1/preempt vip: node-1 string, node-2 string, node-3 string'],
    [false, '/v1/preempt vip: node-1 low-1, node-2 low-2, node-3 low-3'],
  ])('takes candidates away, given UIDs or whole Pods: %s', (nodeCacheCapable, said) => {
    const it_ = full({ preemptVerb: 'preempt', nodeCacheCapable })
    it_.until(() => nominated(it_) !== undefined && leaving(it_).length > 0)
    expect([nominated(it_), leaving(it_), asked(it_)[0]]).toEqual(['node-3', [3], said])
  })

  it('is heard after those that filter, once per cycle', () => {
    const it_ = full({ preemptVerb: 'preempt', filterVerb: 'filter', managedResources: [{ name: 'cpu' }] })
    it_.until(() => nominated(it_) !== undefined && leaving(it_).length > 0)
    expect(asked(it_).filter((line) => line.includes(' vip'))).toHaveLength(1)
  })

  it('is not asked about a Pod that does not concern it', () => {
    const it_ = full({ preemptVerb: 'preempt', managedResources: [{ name: 'example.com/gpu' }] })
    it_.until(() => nominated(it_) !== undefined && leaving(it_).length > 0)
    expect([nominated(it_), leaving(it_), asked(it_)]).toEqual(['node-1', [1], []])
  })

  it.each<[verb: string, words: string]>([
    ['preempt-nobody', 'no candidate node for preemption'],
    ['preempt-empty', 'expected at least one victim pod on node "node-3"'],
    ['preempt-strangers', 'claims to preempt pod (UID: &MetaPod{UID:x,}) on node: node-3, but the pod is not found on'],
    ['preempt-breaks', 'failed preempt-breaks with extender at URL http://cp-1/extender/v1, code 500'],
  ])('%s: nobody is preempted, and the Pod says why', (preemptVerb, words) => {
    const it_ = full({ preemptVerb })
    it_.until(() => messageOf(it_) !== undefined)
    expect(messageOf(it_)).toContain(`0/3 nodes are available: 3 Insufficient cpu. preemption: `)
    expect(messageOf(it_)).toContain(words)
    expect([nominated(it_), leaving(it_)]).toEqual([undefined, []])
  })

  it.each(['preempt-strangers', 'preempt-breaks'])('%s: is passed over if it is ignorable', (preemptVerb) => {
    const it_ = full({ preemptVerb, ignorable: true })
    it_.until(() => nominated(it_) !== undefined && leaving(it_).length > 0)
    expect([nominated(it_), leaving(it_)]).toEqual(['node-1', [1]])
  })
})
