/**
 * A small world for schedulers alone: etcd and an API server on one machine, schedulers on others, somebody who makes and
 * unmakes nodes and Pods, and no kubelets. What happens in it is drawn from the seed.
 */
import type { KubernetesObject, Node, Pod, PodSpec } from '#cluster/api/types.ts'
import type { ApiClient, ApiRequest } from '#cluster/client/api-client.ts'
import {
  answerOf,
  createApiClient,
  createRequest,
  deleteRequest,
  patchRequest,
  send,
} from '#cluster/client/api-client.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Body, Component } from '#cluster/kernel/component.ts'
import type { Random } from '#cluster/kernel/component.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import { World } from '#cluster/kernel/world.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'

const API = 'cp-1/kube-apiserver'
const EPOCH = 1_767_258_000_000_000
const SECOND = 1_000_000
export const ZONE = 'topology.kubernetes.io/zone'

/** Sends what it is told to. */
const user: Component<{ client: ApiClient }> = {
  name: 'user',
  init: () => ({ client: createApiClient([API], 'kubernetes-admin', ['system:masters']) }),
  step(state, event, ctx) {
    if (event.type === 'message')
      return [send(state.client, ctx, (event.body as Body & { request: ApiRequest }).request, 0)]
    answerOf(state.client, event)
    return []
  },
}

export interface SchedulerWorld {
  readonly world: World
  readonly draw: Random
  /** Processes of the schedulers. */
  readonly schedulers: readonly string[]
  ask(atMicros: number, request: ApiRequest): void
}

/** @param twins how many schedulers serve the same Pods */
export function schedulerWorld(seed: number, scheduler: Component, twins: number): SchedulerWorld {
  const components = { etcd, 'kube-apiserver': kubeApiserver, 'kube-scheduler': scheduler, user: user as Component }
  const world = new World({ seed, epochMicros: EPOCH, components })
  const add = (machine: string, component: string, options: object) => {
    world.addMachine(machine)
    world.addProcess({ machine, name: component, component, options, restartAfterMicros: SECOND })
  }
  world.addMachine('cp-1')
  for (const [component, options] of [
    ['etcd', {}],
    ['kube-apiserver', { etcd: ['cp-1/etcd'], serviceCIDR: '10.96.0.0/12' }],
  ] as const)
    world.addProcess({ machine: 'cp-1', name: component, component, options, restartAfterMicros: SECOND })
  const schedulers = Array.from({ length: twins }, (_, i) => `s-${i + 1}`)
  for (const machine of schedulers) add(machine, 'kube-scheduler', { servers: [API] })
  add('laptop', 'user', {})
  const ask = (atMicros: number, request: ApiRequest): void =>
    world.command(atMicros, { type: 'tell', process: 'laptop/user', body: { type: 'do', request } as Body })
  return {
    world,
    draw: randomFrom(seed * 7919 + 13),
    schedulers: schedulers.map((machine) => `${machine}/kube-scheduler`),
    ask,
  }
}

// ── what there is ───────────────────────────────────────────────────────────────────────────────────────────────────

export function drawNode(draw: Random, name: string): Node {
  const cpu = String(1 + draw.int(4))
  const allocatable = { cpu, memory: '8Gi', pods: String(3 + draw.int(8)) }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, [ZONE]: `z${draw.int(3)}`, ...(draw.int(3) === 0 && { disk: 'ssd' }) },
    },
    spec: draw.int(6) === 0 ? { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] } : {},
    status: { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

export function drawPod(draw: Random, name: string): Pod {
  const app = `a${draw.int(3)}`
  const labelSelector = { matchLabels: { app } }
  const term = (topologyKey: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector }],
  })
  const kinds: readonly Partial<PodSpec>[] = [
    {},
    {},
    {},
    { nodeSelector: { disk: 'ssd' } },
    { tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
    { affinity: { podAntiAffinity: term('kubernetes.io/hostname') } },
    { affinity: { podAffinity: term(ZONE) } },
    {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector }],
    },
  ]
  const hostPort = draw.int(8) === 0 ? { ports: [{ containerPort: 80, hostPort: 8000 + draw.int(2) }] } : {}
  const requests = { cpu: `${(1 + draw.int(8)) * 200}m`, memory: '64Mi' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app } },
    spec: {
      containers: [{ name: 'c', image: 'c', resources: { requests }, ...hostPort }],
      terminationGracePeriodSeconds: 0,
      ...(draw.int(5) === 0 && { priority: 100 * (1 + draw.int(3)) }),
      ...kinds[draw.int(kinds.length)],
    },
  }
}

// ── what happens ────────────────────────────────────────────────────────────────────────────────────────────────────

const PODS_MAX = 36
export const BUSY_MICROS = 40 * SECOND

const named = (object: KubernetesObject) => ({
  metadata: { name: object.metadata.name, namespace: object.metadata.namespace },
})

/** Nodes at once; Pods over a while, of which some are deleted again, and nodes that change or vanish. */
export function planLife({ draw, ask }: SchedulerWorld, startMicros: number): void {
  const nodes = Array.from({ length: 3 + draw.int(4) }, (_, i) => drawNode(draw, `n${i}`))
  for (const node of nodes) ask(startMicros, createRequest(node))
  const count = 12 + draw.int(PODS_MAX - 12)
  for (let i = 0; i < count; i++) {
    const pod = drawPod(draw, `p${i}`)
    // In bursts, so that many are on their way at once.
    const at = startMicros + SECOND + (draw.int(2) === 0 ? draw.int(5) * 4 * SECOND : draw.int(BUSY_MICROS))
    ask(at, createRequest(pod))
    if (draw.int(3) === 0)
      ask(at + (draw.int(2) === 0 ? draw.int(40_000) : draw.int(20 * SECOND)), deleteRequest('pods', named(pod)))
  }
  for (let i = draw.int(6); i > 0; i--) {
    const node = nodes[draw.int(nodes.length)]!
    const at = startMicros + 2 * SECOND + draw.int(BUSY_MICROS)
    const changes: ApiRequest[] = [
      patchRequest('nodes', node, 'merge', { spec: { taints: [{ key: 'late', effect: 'NoSchedule' }] } }),
      patchRequest('nodes', node, 'merge', { spec: { taints: null } }),
      patchRequest('nodes', node, 'merge', { spec: { unschedulable: draw.int(2) === 0 } }),
      patchRequest('nodes', node, 'merge', { metadata: { labels: { disk: draw.int(2) === 0 ? 'ssd' : null } } }),
      deleteRequest('nodes', node),
    ]
    const change = changes[draw.int(changes.length)]!
    ask(at, change)
    // One that was taken away comes back.
    if (change.method === 'DELETE') ask(at + draw.int(10 * SECOND), createRequest(node))
  }
}
