import { describe, expect, it } from 'vitest'
import type { Body, Event } from '#cluster/kernel/component.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import { createNarrator } from './describe.ts'
import { parseKey } from './describe-etcd.ts'
import { nodeSignature, parsePath } from './describe-http.ts'
import type { Described } from './described.ts'
import { playStory } from './story.ts'

const user = { name: 'someone', groups: [] }
const request = (method: string, path: string, more: object = {}): Body =>
  ({ type: 'request', method, path, user, ...more }) as Body
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'default' },
  spec: { containers: [] },
}

/** One event, told by a fresh narrator. */
function tell(
  event: Event,
  from = 'a/x',
  to = 'b/y',
  notes: readonly { kind: string; detail: unknown }[] = [],
): Described {
  return createNarrator().describe({ tick: 1, at: 0, cause: 0, from, to, event, notes }, undefined)
}
const opened = (body: Body): Event => ({ type: 'opened', stream: 1, from: 'a/x', body })
const data = (body: Body): Event => ({ type: 'data', stream: 1, body })

describe('a path leads to', () => {
  it.each([
    ['/api/v1/namespaces/default/pods/web-1/status', 'pods', 'web-1', 'status'],
    ['/api/v1/namespaces/default/pods', 'pods', '', ''],
    ['/api/v1/nodes/node-1', 'nodes', 'node-1', ''],
    ['/api/v1/namespaces/default', 'namespaces', 'default', ''],
    ['/apis/apps/v1/namespaces/default/deployments/web', 'deployments', 'web', ''],
    ['/apis/apps/v1/deployments', 'deployments', '', ''],
    ['/readyz', '/readyz', '', ''],
  ])('%s: %s %s %s', (path, resource, name, subresource) => {
    expect(parsePath(path)).toEqual({ resource, name, subresource })
  })
})

describe('a key of the store is of', () => {
  it.each([
    ['/registry/pods/default/web-1', 'pods', 'web-1'],
    ['/registry/minions/node-1', 'nodes', 'node-1'],
    ['/registry/services/specs/default/web', 'services', 'web'],
    ['/registry/leases/kube-node-lease/node-1', 'leases', 'node-1'],
    ['/registry/pods/', 'pods', ''],
    ['compact_rev_key', 'compact_rev_key', ''],
  ])('%s: %s %s', (key, resource, name) => {
    expect(parseKey(key)).toEqual({ resource, name })
  })
})

describe('an event is told as', () => {
  const put = {
    type: 'Txn',
    compare: [],
    success: [{ type: 'Put', key: '/registry/pods/default/web-1', value: pod }],
    failure: [],
  }
  const watch = (type: string, object: object): Body => ({ type: 'watchEvent', event: { type, object } }) as Body
  const cases: [string, Event, Partial<Described>][] = [
    [
      'POST pods',
      opened(request('POST', '/api/v1/namespaces/default/pods', { body: pod })),
      { kind: 'request', name: 'web-1' },
    ],
    [
      'POST pods',
      opened(request('POST', '/api/v1/namespaces/default/pods', { body: { metadata: { generateName: 'web-' } } })),
      { name: 'web-…' },
    ],
    [
      'POST pods/binding',
      opened(request('POST', '/api/v1/namespaces/default/pods/web-1/binding')),
      { name: 'web-1', background: false },
    ],
    ['WATCH pods', opened(request('GET', '/api/v1/pods', { query: { watch: '1' } })), { background: true }],
    ['LIST pods', opened(request('GET', '/api/v1/pods')), { verb: 'LIST' }],
    ['GET /readyz', opened(request('GET', '/readyz')), { background: true }],
    [
      'PUT leases',
      opened(request('PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1')),
      { background: true },
    ],
    ['ADDED Pod', data(watch('ADDED', pod)), { kind: 'watch', resource: 'pods', name: 'web-1', background: false }],
    ['BOOKMARK Pod', data(watch('BOOKMARK', pod)), { background: true }],
    ['MODIFIED Lease', data(watch('MODIFIED', { ...pod, kind: 'Lease' })), { background: true }],
    ['txn put pods', opened(put as unknown as Body), { kind: 'request', name: 'web-1' }],
    ['range pods', opened({ type: 'Range', key: '/registry/pods/', rangeEnd: 'x' } as Body), { background: false }],
    [
      'RunPodSandbox',
      opened({ type: 'cri', call: 'RunPodSandbox', config: { metadata: { name: 'web-1' } } } as Body),
      { kind: 'cri', name: 'web-1' },
    ],
    ['ListContainers', opened({ type: 'cri', call: 'ListContainers' } as Body), { background: true }],
    [
      'addBridge, addVeth',
      {
        type: 'message',
        from: 'a/x',
        body: {
          type: 'syscall',
          id: 1,
          calls: [{ call: 'netlink', operations: [{ op: 'addBridge' }, { op: 'addVeth' }] }],
        } as Body,
      },
      { kind: 'syscall' },
    ],
    [
      'kubectl get pods',
      { type: 'message', from: 'outside', body: { type: 'kubectl', id: 1, args: ['get', 'pods'] } as Body },
      { kind: 'command' },
    ],
    ['timeout', { type: 'closed', stream: 1, reason: 'timeout' }, { kind: 'lost', failed: true }],
    ['synced to disk', { type: 'persisted', id: 1 }, { kind: 'disk', background: true }],
    ['resync', { type: 'timer', key: 'resync' }, { kind: 'timer', background: true }],
  ]
  it.each(cases)('%s', (label, event, more) => {
    expect(tell(event)).toMatchObject({ label, ...more })
  })

  it('a plugin by its verb and its Pod, whatever its process is called', () => {
    const env = { CNI_COMMAND: 'ADD', CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web-1' }
    const started = { component: 'bridge', options: { env, stdin: {} }, parent: 'n/containerd' }
    const event: Event = { type: 'booted', disk: {}, incarnation: 1 }
    const told = createNarrator().describe(
      { tick: 1, at: 0, cause: 0, from: undefined, to: 'n/bridge-7', event, notes: [] },
      started,
    )
    expect(told).toMatchObject({ kind: 'cni', label: 'ADD bridge', name: 'web-1', from: 'n/containerd' })
  })

  it('an answer by what was asked on its stream', () => {
    const narrator = createNarrator()
    const entry = { tick: 1, at: 0, cause: 0, from: 'a/x', to: 'b/y', notes: [] }
    narrator.describe(
      { ...entry, event: opened(request('DELETE', '/api/v1/namespaces/default/pods/web-1')) },
      undefined,
    )
    const body = {
      type: 'response',
      status: 409,
      body: { kind: 'Status', status: 'Failure', reason: 'Conflict' },
    } as Body
    const told = narrator.describe({ ...entry, event: { type: 'closed', stream: 1, reason: 'done', body } }, undefined)
    expect(told).toMatchObject({
      kind: 'response',
      label: '409 Conflict',
      resource: 'pods',
      name: 'web-1',
      failed: true,
    })
  })

  it('a decision where a timer leads to one, with what was decided', () => {
    const note = { kind: 'nodeSilent', detail: { node: 'node-3', silentFor: 50_000_000 } }
    expect(tell({ type: 'timer', key: 'monitor' }, 'a/x', 'a/x', [note])).toMatchObject({
      kind: 'decision',
      label: 'node-3 has been silent for 50 s',
      background: false,
    })
  })

  it('news of a Node only when something but its heartbeat has changed', () => {
    const narrator = createNarrator()
    const node = (status: string, beat: string) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1' },
      spec: {},
      status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: beat }] },
    })
    const hear = (object: object) =>
      narrator.describe(
        {
          tick: 1,
          at: 0,
          cause: 0,
          from: 'a/x',
          to: 'b/y',
          event: data({ type: 'watchEvent', event: { type: 'MODIFIED', object } } as Body),
          notes: [],
        },
        undefined,
      ).background
    expect([hear(node('True', '1')), hear(node('True', '2')), hear(node('Unknown', '2'))]).toEqual([false, true, false])
    expect(nodeSignature(node('True', '1') as never)).toBe(nodeSignature(node('True', '9') as never))
  })
})

describe('a whole run', () => {
  it('leaves no message without a label, and no label without words', () => {
    const ring = new TraceRing(50_000)
    playStory('boot nodes=2 seed=1 dns=false\n----\n\nrun 12s\n----\n', 'idle', {
      prepare: (world) => (world.trace = ring),
    })
    const narrator = createNarrator()
    const told = ring.events().map((entry) => narrator.describe(entry, undefined))
    expect(told.length).toBeGreaterThan(300)
    expect(told.filter(({ label }) => label.trim() === '' || label.includes('undefined'))).toEqual([])
  })

  it('is quiet when nothing happens', () => {
    const ring = new TraceRing(50_000)
    const { history } = playStory('boot nodes=2 seed=1 dns=false\n----\n\nrun 30s\n----\n', 'idle', {})
    history.head.trace = ring
    history.head.run({ untilMicros: history.head.now + 60_000_000 })
    const narrator = createNarrator()
    const loud = ring
      .events()
      .map((entry) => narrator.describe(entry, undefined))
      .filter(({ background, kind }) => !background && kind !== 'syscall' && kind !== 'syscallReply')
    expect(ring.events().length).toBeGreaterThan(100)
    expect(loud.map(({ label, from, to }) => `${from} → ${to}: ${label}`)).toEqual([])
  })
})
