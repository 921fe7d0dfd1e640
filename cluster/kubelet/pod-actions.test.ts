import { describe, expect, it } from 'vitest'
import { addAmounts, toAmounts } from '#cluster/api/pod-resources.ts'
import type { Container, EphemeralContainer, Pod } from '#cluster/api/types.ts'
import type { ContainerStatus, PodSandboxStatus } from '#cluster/container-runtime/cri.ts'
import { holdingsOf, refusal } from './admission.ts'
import { nextPodAction, type SyncView } from './pod-actions.ts'
import type { RuntimePod } from './state.ts'

const app: Container = { name: 'app', image: 'web' }
const init: Container = { name: 'init', image: 'setup' }
const helper: EphemeralContainer = { name: 'helper', image: 'look', targetContainerName: 'app' }
const sidecar: Container = { name: 'log', image: 'log', restartPolicy: 'Always' }

const pod = (spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'default', uid: 'u1' },
  spec: { containers: [app], restartPolicy: 'Always', ...spec },
})

const sandbox = (attempt = 0, state: PodSandboxStatus['state'] = 'SANDBOX_READY'): PodSandboxStatus => ({
  id: `s${attempt}`,
  metadata: { name: 'web-1', uid: 'u1', namespace: 'default', attempt },
  state,
  createdAt: 0,
  network: { ip: '10.244.1.2', additionalIps: [] },
  linux: { network: 'POD' },
  labels: {},
  annotations: {},
})

/** `running app`, `exited(1) app#2`, `created app` */
function container(text: string, sandboxId = 's0'): ContainerStatus {
  const [, state, code, name, attempt] = /^(\w+?)(?:\((\d+)\))? (\w+)(?:#(\d+))?$/.exec(text)!
  return {
    id: `${name}-${attempt ?? 0}`,
    podSandboxId: sandboxId,
    metadata: { name: name!, attempt: Number(attempt ?? 0) },
    state: `CONTAINER_${state!.toUpperCase()}` as ContainerStatus['state'],
    createdAt: 0,
    startedAt: 0,
    finishedAt: 0,
    exitCode: Number(code ?? 0),
    image: { image: 'x' },
    imageRef: 'x',
    reason: '',
    message: '',
    labels: {},
    annotations: {},
  }
}

const runtime = (sandboxes: PodSandboxStatus[], ...containers: string[]): RuntimePod => ({
  uid: 'u1',
  namespace: 'default',
  name: 'web-1',
  sandboxes,
  containers: containers.map((text) => container(text)),
})

const view: SyncView = { now: 1_000, images: () => true, backoffUntil: () => undefined, probe: () => undefined }

const rows: [string, Pod, RuntimePod | undefined, Partial<SyncView>, unknown][] = [
  ['a new Pod gets a sandbox first', pod(), undefined, {}, { action: { type: 'createSandbox', attempt: 0 } }],
  [
    'then its container is created',
    pod(),
    runtime([sandbox()]),
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 0 } },
  ],
  [
    'a missing image is pulled before that',
    pod(),
    runtime([sandbox()]),
    { images: () => false },
    { action: { type: 'pullImage', container: 'app', image: 'web' } },
  ],
  [
    'a created container is started',
    pod(),
    runtime([sandbox()], 'created app'),
    {},
    { action: { type: 'startContainer', container: 'app', id: 'app-0' } },
  ],
  [
    'an ephemeral container is created, whatever the others do',
    pod({ initContainers: [init], ephemeralContainers: [helper] }),
    runtime([sandbox()], 'running init'),
    {},
    { action: { type: 'createContainer', container: 'helper', attempt: 0 } },
  ],
  [
    '… and started',
    pod({ ephemeralContainers: [helper] }),
    runtime([sandbox()], 'running app', 'created helper'),
    {},
    { action: { type: 'startContainer', container: 'helper', id: 'helper-0' } },
  ],
  [
    '… but never again',
    pod({ ephemeralContainers: [helper] }),
    runtime([sandbox()], 'running app', 'exited(1) helper'),
    {},
    'settled',
  ],
  ['a running Pod is left alone', pod(), runtime([sandbox()], 'running app'), {}, 'settled'],
  [
    'an ended container is run again',
    pod(),
    runtime([sandbox()], 'exited(1) app'),
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 1 } },
  ],
  [
    '… but not before its back-off is over',
    pod(),
    runtime([sandbox()], 'exited(1) app'),
    { backoffUntil: () => 5_000 },
    { waitUntil: 5_000 },
  ],
  [
    'OnFailure does not repeat a success',
    pod({ restartPolicy: 'OnFailure' }),
    runtime([sandbox()], 'exited(0) app'),
    {},
    'settled',
  ],
  [
    'OnFailure repeats a failure',
    pod({ restartPolicy: 'OnFailure' }),
    runtime([sandbox()], 'exited(3) app'),
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 1 } },
  ],
  ['Never repeats nothing', pod({ restartPolicy: 'Never' }), runtime([sandbox()], 'exited(3) app'), {}, 'settled'],
  [
    'a container that ended two restarts ago is removed',
    pod(),
    runtime([sandbox()], 'exited(1) app#0', 'exited(1) app#1', 'running app#2'),
    {},
    { action: { type: 'removeContainer', id: 'app-0' } },
  ],
  [
    'a dead sandbox is replaced',
    pod(),
    runtime([sandbox(0, 'SANDBOX_NOTREADY')], 'exited(137) app'),
    {},
    { action: { type: 'createSandbox', attempt: 1 } },
  ],
  [
    '… after what still runs in it is stopped',
    pod(),
    runtime([sandbox(0, 'SANDBOX_NOTREADY')], 'running app'),
    {},
    { action: { type: 'stopSandbox', id: 's0' } },
  ],
  [
    'a replaced sandbox, which still holds its address, is removed once all is well again',
    pod(),
    {
      ...runtime([sandbox(0, 'SANDBOX_NOTREADY'), sandbox(1)]),
      containers: [container('exited(137) app#0', 's0'), container('running app#1', 's1')],
    },
    {},
    { action: { type: 'removeSandbox', id: 's0' } },
  ],
  [
    'restarts count on in the new sandbox',
    pod(),
    {
      ...runtime([sandbox(0, 'SANDBOX_NOTREADY'), sandbox(1)]),
      containers: [container('exited(137) app#2', 's0')],
    },
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 3 } },
  ],
  [
    'a finished Pod gets no new sandbox',
    pod({ restartPolicy: 'Never' }),
    runtime([sandbox(0, 'SANDBOX_NOTREADY')], 'exited(0) app'),
    {},
    'settled',
  ],
  [
    'init containers come before the others',
    pod({ initContainers: [init] }),
    runtime([sandbox()]),
    {},
    { action: { type: 'createContainer', container: 'init', attempt: 0 } },
  ],
  [
    'nothing else starts while one runs',
    pod({ initContainers: [init] }),
    runtime([sandbox()], 'running init'),
    {},
    'settled',
  ],
  [
    'after its success the others start',
    pod({ initContainers: [init] }),
    runtime([sandbox()], 'exited(0) init'),
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 0 } },
  ],
  [
    'a failed init container is repeated',
    pod({ initContainers: [init] }),
    runtime([sandbox()], 'exited(1) init'),
    {},
    { action: { type: 'createContainer', container: 'init', attempt: 1 } },
  ],
  [
    '… but not with restartPolicy Never',
    pod({ initContainers: [init], restartPolicy: 'Never' }),
    runtime([sandbox()], 'exited(1) init'),
    {},
    'settled',
  ],
  [
    'a sidecar only has to run',
    pod({ initContainers: [sidecar] }),
    runtime([sandbox()], 'running log'),
    {},
    { action: { type: 'createContainer', container: 'app', attempt: 0 } },
  ],
  [
    'a sidecar is run again even with restartPolicy Never',
    pod({ initContainers: [sidecar], restartPolicy: 'Never' }),
    runtime([sandbox()], 'exited(1) log', 'running app'),
    {},
    { action: { type: 'createContainer', container: 'log', attempt: 1 } },
  ],
  [
    'a container whose liveness probe has failed is stopped within the grace period',
    pod({ terminationGracePeriodSeconds: 5 }),
    runtime([sandbox()], 'running app'),
    {
      probe: (_, kind) =>
        kind === 'liveness'
          ? { uid: 'u1', container: 'app', kind, containerId: 'app-0', successes: 0, failures: 3, result: false }
          : undefined,
    },
    { action: { type: 'stopContainer', container: 'app', id: 'app-0', grace: 5 } },
  ],
  [
    'a verdict on an earlier container does not count',
    pod(),
    runtime([sandbox()], 'exited(137) app#0', 'running app#1'),
    {
      probe: (_, kind) => ({
        uid: 'u1',
        container: 'app',
        kind,
        containerId: 'app-0',
        successes: 0,
        failures: 3,
        result: false,
      }),
    },
    'settled',
  ],
]

describe('the next action for a Pod', () => {
  it.each(rows)('%s', (_, given, actual, more, expected) => {
    expect(nextPodAction(given, actual, { ...view, ...more })).toEqual(expected)
  })
})

const asking = (name: string, requests: Record<string, string>): Pod => ({
  ...pod({ containers: [{ ...app, resources: { requests } }] }),
  metadata: { name, namespace: 'default', uid: name },
})

describe('the door of the node', () => {
  const allocatable = toAmounts({ cpu: '1', memory: '1Gi', pods: '3' })
  it.each([
    ['what fits exactly comes in', { cpu: '500m' }, [{ cpu: '500m' }], undefined],
    ['a thousandth too much does not', { cpu: '501m' }, [{ cpu: '500m' }], 'OutOfcpu'],
    ['memory counts in bytes', { memory: '600Mi' }, [{ memory: '500Mi' }], 'OutOfmemory'],
    ['an unknown resource is one of which there is none', { 'example.com/gpu': '1' }, [], 'OutOfexample.com/gpu'],
    ['a request of nothing always fits', { 'example.com/gpu': '0' }, [], undefined],
    ['the number of Pods is a resource too', {}, [{}, {}, {}], 'OutOfpods'],
  ] as [string, Record<string, string>, Record<string, string>[], string | undefined][])(
    '%s',
    (_, wanted, there, reason) => {
      const used: Record<string, number> = {}
      there.forEach((requests, i) => addAmounts(used, holdingsOf(asking(`other-${i}`, requests))))
      expect(refusal(asking('new', wanted), used, allocatable)?.reason).toBe(reason)
    },
  )
})
