import { describe, expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import type { Plugin, Registry } from './framework.ts'
import { prioritySort } from './plugins/priority-sort.ts'
import { nodeResourcesFit } from './plugins/node-resources-fit.ts'
import { schedulingGates } from './plugins/scheduling-gates.ts'
import { taintToleration } from './plugins/taint-toleration.ts'
import type { QueuePlugins, SchedulingQueue } from './scheduling-queue.ts'
import * as queues from './scheduling-queue.ts'

const SECOND = 1_000_000
const registry: Registry = {
  NodeResourcesFit: nodeResourcesFit(),
  SchedulingGates: schedulingGates,
  TaintToleration: taintToleration,
}
const plugins: QueuePlugins = {
  less: prioritySort.less!,
  preEnqueueOf: () => [schedulingGates],
  pluginOf: (name) => registry[name],
  listens: (name, event) => (registry[name] as Plugin).eventsToRegister!.some((rule) => rule.event === event),
}

const pod = (name: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'c' }], ...spec },
})

const add = (queue: SchedulingQueue, now: number, ...pods: Pod[]) =>
  pods.forEach((each) => queues.addPod(queue, each, plugins, now))
const popName = (queue: SchedulingQueue): string | undefined => queues.popPod(queue, plugins)?.pod.metadata.name

describe('the scheduling queue', () => {
  it('gives the higher priority first, and among equals the one that came first', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('a'), pod('b'), pod('vip', { priority: 1000 }))
    add(queue, 5, pod('c'))
    expect([1, 2, 3, 4, 5].map(() => popName(queue))).toEqual(['vip', 'a', 'b', 'c', undefined])
  })

  it('keeps its order through hundreds of additions and removals', () => {
    const queue = queues.createQueue()
    const names: string[] = []
    let seed = 7
    for (let i = 0; i < 500; i++) {
      seed = (seed * 1103515245 + 12345) % 2147483648
      add(queue, i, pod(`p${i}`, { priority: seed % 5 }))
      if (seed % 3 === 0) queues.deletePod(queue, `default/p${seed % (i + 1)}`, plugins)
    }
    let last = { priority: Infinity, timestamp: -1 }
    for (let next = queues.popPod(queue, plugins); next; next = queues.popPod(queue, plugins)) {
      names.push(next.key)
      const priority = next.pod.spec.priority!
      expect(priority < last.priority || (priority === last.priority && next.timestamp > last.timestamp)).toBe(true)
      last = { priority, timestamp: next.timestamp }
    }
    expect(names.length).toBeGreaterThan(300)
  })

  it('holds a gated Pod until its gates are gone, whatever else happens', () => {
    const queue = queues.createQueue()
    const gated = pod('a', { schedulingGates: [{ name: 'x' }] })
    add(queue, 0, gated)
    queues.moveAllOn(queue, { name: 'Node/Add' }, plugins, SECOND)
    queues.flushUnschedulable(queue, plugins, 1000 * SECOND)
    expect(popName(queue)).toBeUndefined()
    const free = pod('a')
    queues.updatePod(queue, free, [{ name: 'Pod/UpdateGatesEliminated', pod: free }], plugins, 2000 * SECOND)
    expect(popName(queue)).toBe('a')
  })

  it('doubles the back-off with each failure in a row, from one second to ten', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('a'))
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      const queued = queues.popPod(queue, plugins)!
      queues.addAfterError(queue, queued, 0)
      waits.push(queues.flushBackoff(queue, plugins, 0)! / SECOND)
      expect(popName(queue)).toBeUndefined()
      queues.flushBackoff(queue, plugins, 10 * SECOND)
    }
    expect(waits).toEqual([1, 2, 4, 8, 10, 10])
  })

  it('does not let an idle scheduler wait for a Pod that merely found no node', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('a'))
    queues.addUnschedulable(queue, queues.popPod(queue, plugins)!, ['NodeResourcesFit'], 0)
    expect(queues.hasNext(queue)).toBe(false)
    queues.moveAllOn(queue, { name: 'AssignedPod/Delete' }, plugins, 1)
    expect(queue.backoff.items.size).toBe(1)
    expect(popName(queue)).toBe('a')
  })

  it('wakes a Pod only for what the refusing plugins registered', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('a'))
    queues.addUnschedulable(queue, queues.popPod(queue, plugins)!, ['TaintToleration'], 0)
    queues.moveAllOn(queue, { name: 'AssignedPod/Delete' }, plugins, 20 * SECOND)
    expect(queue.unschedulable.size).toBe(1)
    const still = { metadata: { name: 'n' }, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } } as never
    queues.moveAllOn(queue, { name: 'Node/UpdateTaint', node: still }, plugins, 20 * SECOND)
    expect(queue.unschedulable.size).toBe(1)
    queues.moveAllOn(
      queue,
      { name: 'Node/UpdateTaint', node: { metadata: { name: 'n' }, spec: {} } as never },
      plugins,
      20 * SECOND,
    )
    expect(popName(queue)).toBe('a')
  })

  it('looks only at those that an event may wake: of whoever was refused last', () => {
    const queue = queues.createQueue()
    const asked: string[] = []
    const watched: QueuePlugins = { ...plugins, pluginOf: (name, { metadata }) => (asked.push(metadata.name), plugins.pluginOf(name, {} as Pod)) } // prettier-ignore
    add(queue, 0, pod('gated', { schedulingGates: [{ name: 'later' }] }), pod('tainted'), pod('full'))
    const [tainted, full] = [queues.popPod(queue, plugins)!, queues.popPod(queue, plugins)!]
    queues.addUnschedulable(queue, tainted, ['NodeResourcesFit'], 0)
    // Refused anew, for another reason.
    queues.addUnschedulable(queue, tainted, ['TaintToleration'], 0)
    queues.addUnschedulable(queue, full, ['NodeResourcesFit', 'TaintToleration'], 0)
    queues.moveAllOn(queue, { name: 'AssignedPod/Delete' }, watched, 20 * SECOND)
    expect(new Set(asked)).toEqual(new Set(['full']))
    expect([popName(queue), popName(queue), queue.unschedulable.size]).toEqual(['full', undefined, 2])
    queues.deletePod(queue, 'default/tainted', plugins)
    queues.deletePod(queue, 'default/gated', plugins)
    expect([queue.unschedulable.size, [...queue.refused.groups()]]).toEqual([0, []])
  })

  it('gives Pods that nothing has woken another try after five minutes', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('a'))
    queues.addUnschedulable(queue, queues.popPod(queue, plugins)!, ['TaintToleration'], 0)
    queues.flushUnschedulable(queue, plugins, 300 * SECOND)
    expect(popName(queue)).toBeUndefined()
    queues.flushUnschedulable(queue, plugins, 301 * SECOND)
    expect(popName(queue)).toBe('a')
  })

  it('forgets a deleted Pod wherever it waits', () => {
    const queue = queues.createQueue()
    add(queue, 0, pod('active'), pod('delayed'), pod('stuck'))
    const [, delayed, stuck] = [1, 2, 3].map(() => queues.popPod(queue, plugins)!)
    add(queue, 0, pod('active'))
    queues.addAfterError(queue, delayed!, 0)
    queues.addUnschedulable(queue, stuck!, ['NodeResourcesFit'], 0)
    for (const name of ['active', 'delayed', 'stuck']) queues.deletePod(queue, `default/${name}`, plugins)
    expect([queue.active.items.size, queue.backoff.items.size, queue.unschedulable.size]).toEqual([0, 0, 0])
  })
})
