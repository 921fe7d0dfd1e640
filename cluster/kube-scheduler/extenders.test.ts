import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { API, Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import { kubeScheduler } from './kube-scheduler.ts'
import type { ExtenderOptions } from './extender-types.ts'
import type { ExtenderArgs } from './extenders.ts'

/** Lets the last node pass alone, or gives it the most points; or says nothing at all. */
const extender: Component<{ asked: string[] }, { silent?: boolean }> = {
  name: 'extender',
  init: () => ({ asked: [] }),
  step(state, event) {
    if (event.type !== 'opened') return []
    const { path, body } = event.body as HttpRequest
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
