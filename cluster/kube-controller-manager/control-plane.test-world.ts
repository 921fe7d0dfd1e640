/**
 * A control plane for tests: the real etcd, API server, scheduler and controllers, with hollow kubelets in place of nodes.
 *
 * A hollow kubelet registers its Node, renews its Lease, says of every Pod bound to it that it runs, and lets go of those
 * that are deleted; a container whose image is `exit-N` ends with that code a second after it was ready. It has no runtime and no network beneath it.
 */
import { formatMicroTime, formatTime, keyOf } from '#cluster/api/meta.ts'
import type { Lease, Node, Pod, Taint } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import {
  answerOf,
  createApiClient,
  createRequest,
  deleteRequest,
  isOk,
  patchRequest,
  send,
} from '#cluster/client/api-client.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Body, Component, Context, Effect } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { World } from '#cluster/kernel/world.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { kubectl } from '#cluster/kubectl/kubectl.ts'
import { kubeControllerManager } from './kube-controller-manager.ts'

export const API = 'cp-1/kube-apiserver'
export const EPOCH = 1_767_258_000_000_000

interface HollowOptions {
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: string
  readonly labels?: Record<string, string>
  readonly taints?: readonly Taint[]
  /** How long a Pod takes to get ready. */
  readonly startMicros?: number
  /** Pods whose image is this never get ready. */
  readonly brokenImage?: string
}

interface HollowState {
  client: ApiClient
  pods: Informer<Pod>
  options: HollowOptions
  registered: boolean
  renewals: number
}

/** Answers to these need no follow-up. */
const DONE = { type: 'done' }

export const hollowKubelet: Component<HollowState, HollowOptions & { machine: string }> = {
  name: 'hollow-kubelet',
  init: (options) => ({
    client: createApiClient([API], `system:node:${options.machine}`),
    pods: createInformer<Pod>({ resource: 'pods', fieldSelector: `spec.nodeName=${options.machine}` }),
    options,
    registered: false,
    renewals: 0,
  }),
  step(state, event, ctx) {
    const effects: Effect[] = []
    const call = (request: ApiRequest, tag: unknown = DONE) => effects.push(send(state.client, ctx, request, tag))
    if (event.type === 'booted') {
      effects.push({ type: 'wake', key: 'register', after: 500_000 })
      return effects
    }
    const answer = answerOf(state.client, event)
    if (answer) {
      if ((answer.tag as Body).type === 'register') {
        if (isOk(answer) || answer.status === 409) {
          call(
            patchRequest(
              'nodes',
              { metadata: { name: ctx.machine } },
              'strategic',
              { status: nodeStatus(state, ctx) },
              'status',
            ),
          )
          effects.push(startInformer(state.pods, state.client, ctx), { type: 'wake', key: 'lease', after: 0 })
        } else effects.push({ type: 'wake', key: 'register', after: 500_000 })
      }
      return effects
    }
    if (event.type === 'timer' && event.key === 'register') {
      call(createRequest(nodeOf(state, ctx)), { type: 'register' })
      return effects
    }
    if (event.type === 'timer' && event.key === 'lease') {
      effects.push({ type: 'wake', key: 'lease', after: 10_000_000 })
      const spec = { holderIdentity: ctx.machine, leaseDurationSeconds: 40, renewTime: formatMicroTime(ctx.now) }
      const metadata = { name: ctx.machine, namespace: 'kube-node-lease' }
      const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
      if (state.renewals++ === 0) call(createRequest(lease))
      call(patchRequest('leases', lease, 'merge', { spec }))
      // After silence: say so again, as a kubelet does every 10 s when something has changed.
      call(
        patchRequest(
          'nodes',
          { metadata: { name: ctx.machine } },
          'strategic',
          { status: nodeStatus(state, ctx) },
          'status',
        ),
      )
      return effects
    }
    if (event.type === 'timer' && event.key.startsWith('ready/')) {
      const pod = state.pods.items.get(event.key.slice('ready/'.length))
      if (pod && pod.metadata.deletionTimestamp === undefined)
        call(patchRequest('pods', pod, 'strategic', { status: podStatus(pod, true, ctx) }, 'status'))
      if (pod && exitCodeOf(pod) !== undefined)
        effects.push({ type: 'wake', key: `end/${keyOf(pod)}`, after: 1_000_000 })
      return effects
    }
    if (event.type === 'timer' && event.key.startsWith('end/')) {
      const pod = state.pods.items.get(event.key.slice('end/'.length))
      if (pod) call(patchRequest('pods', pod, 'strategic', { status: endedStatus(pod, ctx) }, 'status'))
      return effects
    }
    if (event.type === 'timer' && event.key.startsWith('gone/')) {
      const pod = state.pods.items.get(event.key.slice('gone/'.length))
      if (pod) call(deleteRequest('pods', pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid! } }))
      return effects
    }
    const step = stepInformer(state.pods, {}, state.client, event, ctx)
    if (!step) return effects
    effects.push(...step.effects)
    for (const { type, object: pod, old } of step.deltas) {
      if (type === 'added') {
        call(patchRequest('pods', pod, 'strategic', { status: podStatus(pod, false, ctx) }, 'status'))
        const broken = pod.spec.containers[0]!.image === state.options.brokenImage
        if (!broken)
          effects.push({ type: 'wake', key: `ready/${keyOf(pod)}`, after: state.options.startMicros ?? 1_000_000 })
      }
      if (type !== 'deleted' && pod.metadata.deletionTimestamp && !old?.metadata.deletionTimestamp) {
        effects.push({ type: 'wake', key: `gone/${keyOf(pod)}`, after: 1_000_000 })
      }
    }
    return effects
  },
}

function nodeOf({ options }: HollowState, ctx: Context): Node {
  const labels = { 'kubernetes.io/hostname': ctx.machine, ...options.labels }
  const spec = options.taints ? { taints: options.taints } : {}
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: ctx.machine, labels }, spec }
}

function nodeStatus({ options }: HollowState, ctx: Context): Node['status'] {
  const { cpu = '4', memory = '16Gi', pods = '110' } = options
  const time = formatTime(ctx.now)
  const condition = (type: string, status: 'True' | 'False', reason: string) => ({
    type,
    status,
    reason,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  })
  return {
    capacity: { cpu, memory, pods },
    allocatable: { cpu, memory, pods },
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
      condition('Ready', 'True', 'KubeletReady'),
    ],
  }
}

function podStatus(pod: Pod, ready: boolean, ctx: Context): Pod['status'] {
  const status = ready ? 'True' : 'False'
  const lastTransitionTime = formatTime(ctx.now)
  const number = Number(ctx.machine.replace(/\D/g, '')) || 0
  const last =
    ([...(pod.metadata.uid ?? '')].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_000, 7) % 250) + 2
  return {
    phase: ready ? 'Running' : 'Pending',
    podIP: `10.244.${number}.${last}`,
    conditions: [
      { type: 'Ready', status, lastTransitionTime },
      { type: 'ContainersReady', status, lastTransitionTime },
    ],
  }
}

function exitCodeOf({ spec }: Pod): number | undefined {
  const code = /^exit-(\d+)$/.exec(spec.containers[0]!.image)?.[1]
  return code === undefined ? undefined : Number(code)
}

function endedStatus(pod: Pod, ctx: Context): object {
  const exitCode = exitCodeOf(pod)!
  const { name, image } = pod.spec.containers[0]!
  const state = {
    terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: formatTime(ctx.now) },
  }
  const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: formatTime(ctx.now) }]
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
  return { phase, conditions, containerStatuses: [{ name, image, imageID: '', ready: false, restartCount: 0, state }] }
}

/** Sends what it is told and keeps the answers. */
export const curl: Component<{ client: ApiClient; answers: Table<number, { status: number; body: any }> }> = {
  name: 'curl',
  init: () => ({ client: createApiClient([API], 'kubernetes-admin', ['system:masters']), answers: new Table() }),
  step(state, event, ctx) {
    const answer = answerOf(state.client, event)
    if (answer) state.answers.set(answer.tag as number, { status: answer.status, body: answer.body })
    if (event.type !== 'message') return []
    const { id, request } = event.body as Body & { id: number; request: ApiRequest }
    return [send(state.client, ctx, request, id)]
  },
}

export interface PlaneOptions {
  readonly seed?: number
  readonly nodes?: number | readonly HollowOptions[]
  readonly components?: Readonly<Record<string, Component>>
  readonly disabled?: readonly string[]
  /** Controllers that are off by default. */
  readonly enabled?: readonly string[]
  readonly scheduler?: object
  /** Goes around every component; for the exam. */
  readonly wrap?: (component: Component) => Component
}

export class Plane {
  readonly world: World
  #calls = 0

  constructor(
    {
      seed = 1,
      nodes = 3,
      components = {},
      disabled = [],
      enabled = [],
      scheduler = {},
      wrap = (each) => each,
    }: PlaneOptions = {},
    world?: World,
  ) {
    if (world) {
      this.world = world
      this.#calls = 1_000_000
      return
    }
    const all = {
      etcd,
      'kube-apiserver': kubeApiserver,
      'kube-scheduler': kubeScheduler(),
      'kube-controller-manager': kubeControllerManager,
      'hollow-kubelet': hollowKubelet,
      curl,
      kubectl,
      ...components,
    }
    const wrapped = Object.fromEntries(Object.entries(all).map(([name, component]) => [name, wrap(component)]))
    this.world = new World({ seed, epochMicros: EPOCH, components: wrapped })
    this.world.addMachine('cp-1')
    this.world.addMachine('laptop')
    const add = (component: string, options: object) =>
      this.world.addProcess({ machine: 'cp-1', name: component, component, options, restartAfterMicros: 1_000_000 })
    add('etcd', {})
    add('kube-apiserver', { etcd: ['cp-1/etcd'], serviceCIDR: '10.96.0.0/12' })
    add('kube-controller-manager', { servers: [API], disabled, enabled })
    add('kube-scheduler', { servers: [API], ...scheduler })
    this.world.addProcess({ machine: 'laptop', name: 'curl', component: 'curl', options: {} })
    this.world.addProcess({ machine: 'laptop', name: 'kubectl', component: 'kubectl', options: { servers: [API] } })
    const list = typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes
    list.forEach((options, i) => this.addNode(`node-${i + 1}`, options))
  }

  addNode(machine: string, options: HollowOptions = {}): void {
    this.world.addMachine(machine)
    this.world.addProcess({ machine, name: 'kubelet', component: 'hollow-kubelet', options: { ...options, machine } })
  }

  seconds(seconds: number): this {
    this.world.run({ untilMicros: this.world.now + seconds * 1e6 })
    return this
  }

  /** Runs until it holds; returns the seconds it took. Throws when it takes longer than `withinSeconds`. */
  until(what: () => boolean, withinSeconds = 60): number {
    const start = this.world.now
    let tick = -1
    const end = this.world.run({
      untilMicros: start + withinSeconds * 1e6,
      until: () => this.world.tick !== tick && ((tick = this.world.tick), what()),
    })
    if (end !== 'condition' && !what()) throw new Error(`it did not come to pass within ${withinSeconds} s: ${what}`)
    return (this.world.now - start) / 1e6
  }

  request(request: ApiRequest): { status: number; body: any } {
    const id = ++this.#calls
    this.world.command(this.world.now, {
      type: 'tell',
      process: 'laptop/curl',
      body: { type: 'do', id, request } as Body,
    })
    this.until(() => this.world.stateOf('laptop/curl').answers.has(id))
    return this.world.stateOf('laptop/curl').answers.get(id)
  }

  /** What it prints, errors after output, and `[exit n]` where it failed. */
  kubectl(line: string, stdin?: string, withinSeconds = 60): string {
    const id = ++this.#calls
    const body = { type: 'kubectl', id, line, ...(stdin !== undefined && { stdin }) } as Body
    this.world.command(this.world.now, { type: 'tell', process: 'laptop/kubectl', body })
    const entry = () => this.world.stateOf('laptop/kubectl').transcript.get(id)
    this.until(() => entry()?.exitCode !== undefined, withinSeconds)
    const { output, errors, exitCode } = entry()
    return `${output}${errors}${exitCode === 0 ? '' : `[exit ${exitCode}]\n`}`
  }

  /** A kind of one's own in every namespace, `Website` of example.com/v1, which may hold anything. */
  defineWebsites(): this {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    this.create({
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: 'websites.example.com' },
      spec: {
        ...{ group: 'example.com', scope: 'Namespaced' },
        names: { plural: 'websites', singular: 'website', kind: 'Website', listKind: 'WebsiteList' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    })
    return this.seconds(5)
  }

  create(object: object): any {
    const { status, body } = this.request(createRequest(object as any))
    if (status !== 201) throw new Error(`create: ${status} ${body?.message}`)
    return body
  }

  get<T>(resource: string, name: string, namespace: string | undefined = 'default'): T | undefined {
    return this.cached<T>(resource).find(
      (object: any) => object.metadata.name === name && (object.metadata.namespace ?? namespace) === namespace,
    )
  }

  /** What the controllers' caches show now: cheap enough to ask after every event. */
  cached<T = any>(resource: string): T[] {
    const { informers } = this.world.stateOf('cp-1/kube-controller-manager')
    return [...informers[resource].items.values()]
  }

  list<T = any>(resource: string, namespace = 'default'): T[] {
    const namespaced = resource === 'nodes' ? '' : `/namespaces/${namespace}`
    const root: Record<string, string> = {
      deployments: '/apis/apps/v1',
      replicasets: '/apis/apps/v1',
      endpointslices: '/apis/discovery.k8s.io/v1',
    }
    return this.request({ method: 'GET', path: `${root[resource] ?? '/api/v1'}${namespaced}/${resource}` }).body.items
  }

  pods(): Pod[] {
    return this.cached<Pod>('pods').filter((pod) => pod.metadata.namespace === 'default')
  }
}

export function deployment(
  name: string,
  replicas: number,
  more: { image?: string; cpu?: string; spec?: object } = {},
): object {
  const { image = 'web:1', cpu, spec } = more
  const labels = { app: name }
  const resources = cpu ? { resources: { requests: { cpu } } } : {}
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image, ...resources }] } },
      ...spec,
    },
  }
}
