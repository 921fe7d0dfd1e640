import { describe, expect, it } from 'vitest'
import type { QueuedPod } from '../queued-pod.ts'
import { defaultBinder } from './default-binder.ts'
import { nodeName } from './node-name.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { prioritySort } from './priority-sort.ts'
import { node, pod, words } from './scene.test-world.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'

const queued = (priority: number | undefined, timestamp: number): QueuedPod => ({
  key: 'default/web',
  pod: pod(priority === undefined ? {} : { priority }),
  timestamp,
  sequence: 0,
  attempts: 0,
  unschedulableCount: 0,
  errorCount: 0,
  unschedulablePlugins: [],
})

describe('PrioritySort', () => {
  it.each<[rule: string, a: QueuedPod, b: QueuedPod, isFirst: boolean]>([
    ['the more important comes first', queued(2, 9), queued(1, 1), true],
    ['and not the less important', queued(1, 1), queued(2, 9), false],
    ['of equals, the one that came first', queued(1, 1), queued(1, 2), true],
    ['of equals, not the one that came later', queued(1, 2), queued(1, 1), false],
    ['no priority is zero', queued(undefined, 9), queued(-1, 1), true],
    ['less than zero is less than none', queued(-1, 1), queued(undefined, 9), false],
  ])('%s', (_rule, a, b, isFirst) => {
    expect(prioritySort.less!(a, b)).toBe(isFirst)
  })
})

describe('SchedulingGates', () => {
  it.each<[rule: string, gates: string[] | undefined, said: string]>([
    ['no gates', undefined, ''],
    ['none left', [], ''],
    ['one', ['a.io/wait'], '!waiting for scheduling gates: [a.io/wait]'],
    ['two', ['a.io/wait', 'b.io/too'], '!waiting for scheduling gates: [a.io/wait b.io/too]'],
  ])('%s', (_rule, gates, said) => {
    const aPod = pod(gates ? { schedulingGates: gates.map((name) => ({ name })) } : {})
    expect(words(schedulingGates.preEnqueue!(aPod))).toBe(said)
  })
})

describe('DefaultBinder', () => {
  it('writes the binding, for this very Pod', () => {
    const bound = defaultBinder.bind!({}, pod(), 'node-1')
    expect(bound).toMatchObject({
      request: {
        method: 'POST',
        path: '/api/v1/namespaces/default/pods/web/binding',
        body: { metadata: { uid: 'u-web' }, target: { kind: 'Node', name: 'node-1' } },
      },
    })
  })
})

describe('what wakes a Pod', () => {
  const hint = (plugin: typeof nodeName, event: string, ...given: [any, any]) =>
    plugin.eventsToRegister!.find((rule) => rule.event === event)!.hint!(...given)
  const tainted = node('n', { taints: [{ key: 'k', effect: 'NoSchedule' }] })
  const tolerant = pod({ tolerations: [{ key: 'k', operator: 'Exists' }] })
  it.each<[rule: string, typeof nodeName, event: string, aPod: object, aNode: object, wakes: boolean]>([
    ['the node that it names', nodeName, 'Node/Add', pod({ nodeName: 'n' }), node('n'), true],
    ['another node', nodeName, 'Node/Add', pod({ nodeName: 'n' }), node('m'), false],
    ['a node that is not cordoned', nodeUnschedulable, 'Node/Add', pod(), node('n'), true],
    ['a cordoned one', nodeUnschedulable, 'Node/Add', pod(), node('n', { unschedulable: true }), false],
    ['one that is cordoned no longer', nodeUnschedulable, 'Node/UpdateTaint', pod(), node('n'), true],
    ['a node without taints', taintToleration, 'Node/Add', pod(), node('n'), true],
    ['a tainted one', taintToleration, 'Node/Add', pod(), tainted, false],
    ['a tainted one that it tolerates', taintToleration, 'Node/UpdateTaint', tolerant, tainted, true],
  ])('%s', (_rule, plugin, event, aPod, aNode, wakes) => {
    expect(hint(plugin, event, aPod, { name: event, node: aNode })).toBe(wakes)
  })
})
