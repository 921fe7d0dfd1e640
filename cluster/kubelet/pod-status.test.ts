/** Statuses as `kubectl get -o yaml` shows them for the same Pods on a kubelet 1.36 with containerd 2. */
import { describe, expect, it } from 'vitest'
import type { Container, Pod, ResourceRequirements } from '#cluster/api/types.ts'
import type { ContainerStatus, PodSandboxStatus } from '#cluster/container-runtime/cri.ts'
import { podStatus } from './pod-status.ts'
import type { PodWorker, RuntimePod } from './state.ts'

const TOKEN = { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }
const web: Container = { name: 'web', image: 'nginx', resources: {}, volumeMounts: [TOKEN] }

const pod = (spec: Partial<Pod['spec']> = {}, status: Pod['status'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u', generation: 1 },
  spec: { containers: [web], restartPolicy: 'Always', ...spec },
  status: { qosClass: 'BestEffort', ...status },
})

const SANDBOX: PodSandboxStatus = {
  id: 's',
  metadata: { name: 'web', uid: 'u', namespace: 'default', attempt: 0 },
  state: 'SANDBOX_READY',
  createdAt: 0,
  network: { ip: '10.244.1.2', additionalIps: [] },
  linux: { network: 'POD' },
  labels: {},
  annotations: {},
}

const container = (name: string, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  id: `${name}-0`,
  podSandboxId: 's',
  metadata: { name, attempt: 0 },
  state: 'CONTAINER_RUNNING',
  createdAt: 0,
  startedAt: 1e6,
  finishedAt: 0,
  exitCode: 0,
  image: { image: 'docker.io/library/nginx:latest' },
  imageRef: 'docker.io/library/nginx@sha256:1',
  reason: '',
  message: '',
  labels: {},
  annotations: {},
  ...more,
})

const WORKER: PodWorker = { uid: 'u', key: 'default/web', phase: 'syncing', busy: 0, startedAt: 0 }

function statusOf(of: Pod, containers: readonly ContainerStatus[] | undefined, worker: Partial<PodWorker> = {}) {
  const runtime: RuntimePod | undefined = containers && { uid: 'u', namespace: 'default', name: 'web', sandboxes: [SANDBOX], containers } // prettier-ignore
  const view = { now: 2e6, hostIP: '192.168.0.11', waiting: () => undefined, probe: () => undefined }
  return podStatus(of, { ...WORKER, ...worker }, runtime, view)
}

const AT = { lastTransitionTime: '1970-01-01T00:00:02Z', observedGeneration: 1 }
const MOUNTS = { volumeMounts: [{ ...TOKEN, recursiveReadOnly: 'Disabled' }] }

describe("a Pod's status", () => {
  it('of one that runs', () => {
    expect(statusOf(pod(), [container('web')])).toEqual({
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        (type) => ({ type, status: 'True', ...AT }),
      ),
      containerStatuses: [
        {
          containerID: 'containerd://web-0',
          image: 'docker.io/library/nginx:latest',
          imageID: 'docker.io/library/nginx@sha256:1',
          lastState: {},
          name: 'web',
          ready: true,
          resources: {},
          restartCount: 0,
          started: true,
          state: { running: { startedAt: '1970-01-01T00:00:01Z' } },
          user: { linux: { gid: 0, supplementalGroups: [0], uid: 0 } },
          ...MOUNTS,
        },
      ],
      hostIP: '192.168.0.11',
      hostIPs: [{ ip: '192.168.0.11' }],
      observedGeneration: 1,
      phase: 'Running',
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      qosClass: 'BestEffort',
      resources: {},
      startTime: '1970-01-01T00:00:00Z',
    })
  })

  describe('of one that waits for what others say of it', () => {
    const gates = { readinessGates: [{ conditionType: 'a.b/balanced' }, { conditionType: 'a.b/warm' }] }
    const said = (type: string, status: 'True' | 'False') => ({
      type,
      status,
      lastTransitionTime: AT.lastTransitionTime,
    })
    const none = 'corresponding condition of pod readiness gate "a.b/warm" does not exist.'
    it.each([
      ['nothing yet', [], 'False', `corresponding condition of pod readiness gate "a.b/balanced" does not exist., ${none}`],
      ['no', [said('a.b/balanced', 'False')], 'False', `the status of pod readiness gate "a.b/balanced" is not "True", but False, ${none}`],
      ['yes', [said('a.b/balanced', 'True'), said('a.b/warm', 'True')], 'True', undefined],
    ] as const)('and they say %s', (_, conditions, status, message) => {
      const all = statusOf(pod(gates, { conditions }), [container('web')]).conditions!
      expect(all.find(({ type }) => type === 'Ready')).toEqual({
        ...{ type: 'Ready', status, ...AT },
        ...(message && { reason: 'ReadinessGatesNotReady', message }),
      })
      expect(all.find(({ type }) => type === 'ContainersReady')!.status).toBe('True')
      expect(all.slice(0, conditions.length)).toEqual(conditions)
    }) // prettier-ignore

    it('and has not come that far: its containers are what it waits for', () => {
      const exited = container('web', { state: 'CONTAINER_EXITED', exitCode: 1 })
      const ready = statusOf(pod(gates), [exited]).conditions!.find(({ type }) => type === 'Ready')
      expect(ready).toMatchObject({ status: 'False', reason: 'ContainersNotReady' })
    })
  })

  it('of one whose first init container runs: who is waited for is named', () => {
    const setUp: Container = { name: 'set-up', image: 'busybox' }
    const { conditions, containerStatuses, podIP } = statusOf(pod({ initContainers: [setUp] }), [container('set-up')])
    const waiting = { state: { waiting: { reason: 'PodInitializing' } }, lastState: {} }
    expect(containerStatuses).toEqual([
      {
        name: 'web',
        image: 'nginx',
        imageID: '',
        ready: false,
        restartCount: 0,
        started: false,
        ...waiting,
        ...MOUNTS,
      },
    ])
    expect(conditions!.map(({ type, status, message = '' }) => `${type} ${status} ${message}`)).toEqual([
      'PodReadyToStartContainers True ',
      'Initialized False containers with incomplete status: [set-up]',
      'Ready False containers with unready status: [web]',
      'ContainersReady False containers with unready status: [web]',
      'PodScheduled True ',
    ])
    expect(podIP).toBe('10.244.1.2')
  })

  const ended = { state: 'CONTAINER_EXITED', finishedAt: 2e6 } as const
  it.each([
    [0, 'Succeeded', ['', 'PodCompleted', 'PodCompleted', 'PodCompleted', '']],
    [1, 'Failed', ['', '', 'PodFailed', 'PodFailed', '']],
  ])('of one that has ended with %i', (exitCode, phase, reasons) => {
    const of = statusOf(pod({ restartPolicy: 'Never' }), [container('web', { ...ended, exitCode })])
    expect([of.phase, of.conditions!.map(({ reason = '' }) => reason)]).toEqual([phase, reasons])
    const { startedAt, finishedAt } = { startedAt: '1970-01-01T00:00:01Z', finishedAt: '1970-01-01T00:00:02Z' }
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    expect(of.containerStatuses![0]).toMatchObject({
      state: { terminated: { containerID: 'containerd://web-0', exitCode, reason, startedAt, finishedAt } },
      lastState: {},
    })
  })

  it('keeps what others say of it, before its own, and since when its own holds', () => {
    const gate = { type: 'example.com/ready', status: 'True' } as const
    const before = { type: 'Ready', status: 'True', lastTransitionTime: '1970-01-01T00:00:01Z' } as const
    const { conditions } = statusOf(pod({}, { conditions: [before, gate] }), [container('web')])
    expect(conditions!.map(({ type }) => type).slice(0, 2)).toEqual(['example.com/ready', 'PodReadyToStartContainers'])
    expect(conditions!.find(({ type }) => type === 'Ready')).toEqual({ ...before, observedGeneration: 1 })
  })

  it('names its user as the Pod has it, unless the container has another', () => {
    const securityContext = { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 }
    const own: Container = { ...web, securityContext: { runAsUser: 1001 } }
    const [status] = statusOf(pod({ securityContext, containers: [own] }), [container('web')]).containerStatuses!
    expect(status!.user).toEqual({ linux: { uid: 1001, gid: 3000, supplementalGroups: [2000, 3000] } })
  })

  it.each<[string, ResourceRequirements[], object]>([
    ['no container asks for anything', [{}], { resources: {} }],
    [
      'one that asks for both',
      [{ requests: { cpu: '100m', memory: '64M' }, limits: { memory: '64M' } }],
      { allocatedResources: { cpu: '100m', memory: '64M' }, resources: { limits: { memory: '64M' }, requests: { cpu: '100m', memory: '64M' } } }, // prettier-ignore
    ],
    [
      'two of which one has no limit',
      [{ requests: { cpu: '100m' }, limits: { cpu: '1' } }, { requests: { cpu: '50m', memory: '1Mi' } }],
      { allocatedResources: { cpu: '150m', memory: '1Mi' }, resources: { requests: { cpu: '150m', memory: '1Mi' } } },
    ],
    [
      'what no kernel counts is set aside alone',
      [{ requests: { cpu: '1', 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }],
      { allocatedResources: { cpu: '1', 'example.com/gpu': '1' }, resources: { requests: { cpu: '1' } } },
    ],
  ])('counts what the whole runs with: %s', (_, all, expected) => {
    const containers = all.map((resources, i) => ({ ...web, name: `c${i}`, resources }))
    const status = statusOf(pod({ containers }), containers.map(({ name }) => container(name))) // prettier-ignore
    const { allocatedResources, resources } = status
    expect({ ...(allocatedResources && { allocatedResources }), resources }).toEqual(expected)
    for (const [i, { resources: own }] of status.containerStatuses!.entries()) expect(own).toEqual(all[i])
  })
})
