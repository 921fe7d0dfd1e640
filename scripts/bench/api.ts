/**
 * The API server: writes through the whole chain (and beside it the short one), a LIST of 10,000 Pods, 1,000 watchers of one
 * kind, what a stored Pod takes in memory. By the time of the processor, so that other programs on the machine do not count.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { HttpRequest } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Component, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { FULL_CHAIN } from '#cluster/kube-apiserver/chain/full-chain.ts'
import { kubeApiserver, kubeApiserverWith } from '#cluster/kube-apiserver/kube-apiserver.ts'
import type { ApiserverOptions } from '#cluster/kube-apiserver/state.ts'
import { type Benchmark, median } from '../bench.ts'

const SERVER: ProcessId = 'cp-1/kube-apiserver'
const PODS = '/api/v1/namespaces/default/pods'
const WRITES = 10_000
const WARM_UP = 4_000
/** Requests that are under way at once. */
const AT_ONCE = 50
const WATCHERS = 1_000
const CHANGES = 100

const ADMIN = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
/** Somebody whom roles let, and flows seat. */
const MANAGER = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] }

interface Load {
  /** What is asked, one after the other, so many at once. */
  readonly requests: readonly HttpRequest[]
  readonly atOnce: number
}

interface ClientState {
  next: number
  answered: number
  heard: number
  failed: unknown
}

/** Asks, and asks again when it has been answered. */
const client: Component<ClientState & { load: Load }> = {
  name: 'client',
  init: (load: Load) => ({ load, next: 0, answered: 0, heard: 0, failed: undefined }),
  step(state, event, ctx): Effect[] {
    const { requests, atOnce } = state.load
    if (event.type === 'data') state.heard++
    if (event.type === 'closed') {
      state.answered++
      const { status } = event.body as unknown as { status: number }
      if (status >= 400) state.failed ??= event.body
    }
    const count = event.type === 'booted' ? atOnce : event.type === 'closed' ? 1 : 0
    const effects: Effect[] = []
    for (let i = 0; i < count && state.next < requests.length; i++)
      effects.push({ type: 'open', stream: ctx.id(), to: SERVER, body: requests[state.next++]! })
    return effects
  },
}

function newWorld(server: Component, options: Partial<ApiserverOptions>): World {
  const components = { etcd: etcd as Component, 'kube-apiserver': server, client: client as Component }
  const world = new World({ seed: 1, components, epochMicros: 1_767_258_000_000_000 })
  world.addMachine('cp-1')
  world.addMachine('laptop')
  world.addProcess({ machine: 'cp-1', name: 'etcd', component: 'etcd', options: {} })
  const all = { etcd: ['cp-1/etcd'], ...options }
  world.addProcess({ machine: 'cp-1', name: 'kube-apiserver', component: 'kube-apiserver', options: all })
  world.run({ untilMicros: 2_000_000 })
  return world
}

let clients = 0

/** Starts a client; the answer is its name. */
function start(world: World, requests: readonly HttpRequest[], atOnce: number): ProcessId {
  const name = `client-${++clients}`
  world.addProcess({ machine: 'laptop', name, component: 'client', options: { requests, atOnce } })
  return `laptop/${name}`
}

/** Milliseconds of the processor, this thread and the collector of garbage together. */
function cpuMs(work: () => void): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}

/** Until all has been answered. @throws Error with the first refusal */
function askAll(world: World, requests: readonly HttpRequest[], atOnce = AT_ONCE): number {
  const asking = start(world, requests, atOnce)
  const ms = cpuMs(() => {
    const isDone = (): boolean => (world.stateOf<ClientState>(asking)?.answered ?? 0) >= requests.length
    while (!isDone()) world.run({ untilMicros: world.now + 20_000 })
  })
  const { failed } = world.stateOf<ClientState>(asking)
  if (failed) throw new Error(JSON.stringify(failed))
  return ms
}

const post = (path: string, body: object, user = ADMIN): HttpRequest => ({ type: 'request', method: 'POST', path, user, body }) // prettier-ignore

const podBody = (name: string): KubernetesObject & { spec: object } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web', tier: 'front' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'registry.example/web:1.27',
        ports: [{ containerPort: 8080 }],
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
      },
    ],
  },
})

const pods = (from: number, count: number, user = ADMIN): HttpRequest[] =>
  Array.from({ length: count }, (_, i) => post(PODS, podBody(`web-${from + i}`), user))

const SERVICE_ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
const LIMITS = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: { limits: [{ type: 'Container', default: { cpu: '500m' } }] } } // prettier-ignore
const BASELINE = { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/warn': 'baseline' }
const ROLE_BINDING = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'm' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' }, subjects: [{ kind: 'User', name: MANAGER.name }] } // prettier-ignore

/** With everything that kubeadm sets up, and rules of the namespace that have to be looked at. */
function fullWorld(): World {
  const world = newWorld(kubeApiserverWith(builtInSchemas) as Component, FULL_CHAIN)
  askAll(world, [
    post('/api/v1/namespaces/default/serviceaccounts', SERVICE_ACCOUNT),
    post('/api/v1/namespaces/default/limitranges', LIMITS),
    post('/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', ROLE_BINDING),
    { type: 'request', method: 'PATCH', path: '/api/v1/namespaces/default', user: ADMIN, headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: { labels: BASELINE } } }, // prettier-ignore
  ])
  world.run({ untilMicros: world.now + 100_000 })
  return world
}

function writesPerSecond(world: World, user: typeof ADMIN): number {
  askAll(world, pods(0, WARM_UP, user))
  let next = WARM_UP
  const ms = median(3, () => {
    const requests = pods(next, WRITES / 2, user)
    next += WRITES / 2
    return askAll(world, requests)
  })
  return (WRITES / 2 / ms) * 1000
}

// ── reads, watches, memory ──────────────────────────────────────────────────────────────────────────────────────────

function listMs(world: World): number {
  const request: HttpRequest = { type: 'request', method: 'GET', path: PODS, user: ADMIN }
  return median(9, () => askAll(world, [request]))
}

function eventsPerSecond(world: World): number {
  const request: HttpRequest = { type: 'request', method: 'GET', path: '/api/v1/namespaces/default/configmaps', query: { watch: 'true' }, user: ADMIN } // prettier-ignore
  const watching = start(world, Array.from({ length: WATCHERS }, () => request), WATCHERS) // prettier-ignore
  world.run({ untilMicros: world.now + 1_000_000 })
  const heard = (): number => world.stateOf<ClientState>(watching).heard
  const before = heard()
  const changes = Array.from({ length: CHANGES }, (_, i) => post('/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${i}` } })) // prettier-ignore
  const ms = cpuMs(() => {
    askAll(world, changes)
    while (heard() - before < WATCHERS * CHANGES) world.run({ untilMicros: world.now + 10_000 })
  })
  return ((WATCHERS * CHANGES) / ms) * 1000
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

function bytesPerPod(world: World): number {
  const before = heapUsed()
  askAll(world, pods(1_000_000, 10_000))
  // What the etcd and the cache keep of the past for a while is part of it.
  return (heapUsed() - before) / 10_000
}

export default {
  name: 'api',
  run(report) {
    const aim = { what: 'the aim', value: 10_000 }
    const short = writesPerSecond(newWorld(kubeApiserver as Component, {}), ADMIN)
    report({ what: 'Pods written, few plugins, no schemas', value: short, unit: 'writes/s', against: aim })
    const world = fullWorld()
    const note = 'decoding, managedFields, RBAC, flows, all plugins, a LimitRange, PodSecurity'
    report({ what: 'Pods written, the full chain', value: writesPerSecond(world, MANAGER), unit: 'writes/s', against: aim, note }) // prettier-ignore
    const small = newWorld(kubeApiserver as Component, {})
    askAll(small, pods(0, 10_000))
    report({ what: 'LIST of 10,000 Pods', value: listMs(small), unit: 'ms', against: { what: 'the aim', value: 50 } })
    report({ what: `events to ${WATCHERS} watchers of one kind`, value: eventsPerSecond(small), unit: 'events/s' })
    report({ what: 'a stored Pod, in etcd and the cache', value: bytesPerPod(small) / 1024, unit: 'KiB' })
    report({ what: 'the same with managedFields and a token’s volume', value: bytesPerPod(world) / 1024, unit: 'KiB' })
  },
} satisfies Benchmark
