/**
 * metrics-server: how much nodes and Pods use, as the API `metrics.k8s.io`, behind an APIService.
 *
 * What the real one does: asks every kubelet at each resolution (15 s), keeps the last two readings of each container, and answers
 * with the CPU used between them and the memory of the last.
 * What we model: the same, as a program in a Pod with a socket, reached through its Service; ready once it has two readings.
 * What we leave out: `/metrics/resource` (it reads `/stats/summary`), watches, tables, TLS. It speaks to the API server and to kubelets over the
 * machines' network and not through its Pod's own.
 * Where to read upstream: kubernetes-sigs/metrics-server `pkg/{scraper,storage,api}`; k8s.io/metrics `pkg/apis/metrics/v1beta1/types.go`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { matchesRequirement } from '#cluster/api/labels.ts'
import { parseSelector } from '#cluster/api/selector-syntax.ts'
import { formatTime } from '#cluster/api/meta.ts'
import type { KubernetesObject, Node, Pod } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Event, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { type Measured, tableOf, wantsTable } from './metrics-table.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { program } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'

interface Reading {
  readonly at: Micros
  readonly cpuNanos: number
  readonly memoryBytes: number
}

/** What one kubelet has told: the last two readings of its node and of each container, by `namespace/pod/container`. */
interface NodeReadings {
  readonly node: readonly Reading[]
  readonly containers: ReadonlyMap<string, readonly Reading[]>
}

interface Own {
  client: ApiClient | undefined
  nodes: Informer<Node>
  pods: Informer<Pod>
  /** Kubelets that have been asked, by stream. */
  asked: Table<number, string>
  /** By node. A round costs no more than what there is to read. */
  readings: Table<string, NodeReadings>
}

const RESOLUTION_SECONDS = 15
const PORT = 10250
const GROUP_VERSION = 'metrics.k8s.io/v1beta1'

interface Usage {
  readonly cpu?: { readonly usageCoreNanoSeconds: number }
  readonly memory?: { readonly workingSetBytes: number }
}

interface Summary {
  readonly node: Usage
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string }
    readonly containers: readonly (Usage & { readonly name: string })[]
  }[]
}

function scrape(own: Own, io: ProgramIo): void {
  for (const name of own.readings.keys()) if (!own.nodes.items.has(name)) own.readings.delete(name)
  for (const { metadata } of own.nodes.items.values()) {
    const stream = io.ctx.id()
    own.asked.set(stream, metadata.name)
    const body: HttpRequest = { type: 'request', method: 'GET', path: '/stats/summary' }
    io.effect({ type: 'open', stream, to: `${metadata.name}/kubelet`, body })
  }
  io.wake('scrape', RESOLUTION_SECONDS * 1_000_000)
}

const added = (before: readonly Reading[] | undefined, usage: Usage, at: Micros): readonly Reading[] => {
  const reading = {
    at,
    cpuNanos: usage.cpu?.usageCoreNanoSeconds ?? 0,
    memoryBytes: usage.memory?.workingSetBytes ?? 0,
  }
  return [...(before ?? []).slice(-1), reading]
}

/** Containers that are no longer told of are forgotten with this. */
function scraped(own: Own, node: string, summary: Summary | undefined, at: Micros): void {
  if (!summary) return
  const before = own.readings.get(node)
  const containers = new Map<string, readonly Reading[]>()
  for (const { podRef, containers: all } of summary.pods)
    for (const container of all) {
      const key = `${podRef.namespace}/${podRef.name}/${container.name}`
      containers.set(key, added(before?.containers.get(key), container, at))
    }
  own.readings.set(node, { node: added(before?.node, summary.node, at), containers })
}

/** What was used between the two readings; undefined where there are not two yet. */
function usageOf(
  readings: readonly Reading[] | undefined,
): { readonly cpu: string; readonly memory: string } | undefined {
  const [before, after] = readings ?? []
  if (!before || !after || after.cpuNanos < before.cpuNanos) return undefined
  const cores = (after.cpuNanos - before.cpuNanos) / ((after.at - before.at) * 1_000)
  return { cpu: `${Math.round(cores * 1e9)}n`, memory: `${Math.round(after.memoryBytes / 1_024)}Ki` }
}

const head = (kind: string, { metadata }: KubernetesObject, now: Micros) => ({
  kind,
  apiVersion: GROUP_VERSION,
  metadata: {
    name: metadata.name,
    ...(metadata.namespace && { namespace: metadata.namespace }),
    creationTimestamp: formatTime(now),
    ...(metadata.labels && { labels: metadata.labels }),
  },
  timestamp: formatTime(now),
  window: `${RESOLUTION_SECONDS}s`,
})

function nodeMetrics(own: Own, node: Node, now: Micros): Measured[] {
  const usage = usageOf(own.readings.get(node.metadata.name)?.node)
  return usage ? [{ ...head('NodeMetrics', node, now), usage }] : []
}

/** Only whole: a Pod of which a container has not been read twice has no metrics yet. */
function podMetrics(own: Own, pod: Pod, now: Micros): Measured[] {
  const { namespace, name } = pod.metadata
  const readings = own.readings.get(pod.spec.nodeName ?? '')?.containers
  const containers = pod.spec.containers.map((container) => ({
    name: container.name,
    usage: usageOf(readings?.get(`${namespace}/${name}/${container.name}`)),
  }))
  const isWhole = containers.every(({ usage }) => usage)
  return isWhole
    ? [{ ...head('PodMetrics', pod, now), containers: containers as Required<Measured>['containers'] }]
    : []
}

const KINDS = [
  { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
  { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
]

const ok = (body: unknown): HttpResponse => ({ type: 'response', status: 200, body })

const PATH = /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/(nodes|pods)(?:\/([^/]+))?$/

function answer(own: Own, { path, query, headers }: HttpRequest, now: Micros): HttpResponse {
  if (path === '/readyz') {
    const isReady = [...own.readings.values()].some(({ node }) => node.length > 1)
    return isReady
      ? ok('ok')
      : { type: 'response', status: 500, body: '[-]metric-storage-ready failed: no metrics to serve' }
  }
  if (path === '/livez' || path === '/healthz') return ok('ok')
  if (path === `/apis/${GROUP_VERSION}`) {
    return ok({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: GROUP_VERSION, resources: KINDS })
  }
  const match = PATH.exec(path)
  if (!match) return failed(404, 'NotFound', 'the server could not find the requested resource')
  const [, namespace = '', resource = '', name = ''] = match
  const isNodes = resource === 'nodes'
  const labels = query?.['labelSelector'] ? parseSelector(query['labelSelector']) : []
  const wanted = ({ metadata }: KubernetesObject): boolean =>
    (name === '' || metadata.name === name) &&
    (namespace === '' || metadata.namespace === namespace) &&
    labels.every((requirement) => matchesRequirement(requirement, metadata.labels))
  const items: readonly Measured[] = isNodes
    ? [...own.nodes.items.values()].filter(wanted).flatMap((node) => nodeMetrics(own, node, now))
    : [...own.pods.items.values()].filter(wanted).flatMap((pod) => podMetrics(own, pod, now))
  const kind = isNodes ? 'NodeMetrics' : 'PodMetrics'
  if (items.length > 0 && wantsTable(headers?.['accept'])) return ok(tableOf(items))
  if (name === '') return ok({ kind: `${kind}List`, apiVersion: GROUP_VERSION, metadata: {}, items })
  const what = `${resource}.metrics.k8s.io`
  const full = namespace === '' ? name : `${namespace}/${name}`
  return items[0] ? ok(items[0]) : failed(404, 'NotFound', `${what} ${JSON.stringify(full)} not found`)
}

const failed = (code: number, reason: string, message: string): HttpResponse => ({
  type: 'response',
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
})

function observe(own: Own, io: ProgramIo, event: Event): void {
  if (event.type === 'timer' && event.key === 'scrape') return scrape(own, io)
  const node = event.type === 'closed' ? own.asked.get(event.stream) : undefined
  if (event.type === 'closed' && node !== undefined) {
    own.asked.delete(event.stream)
    return scraped(own, node, (event.body as HttpResponse | undefined)?.body as Summary | undefined, io.ctx.now)
  }
  if (!own.client) return
  for (const informer of [own.nodes, own.pods]) {
    const step = stepInformer(informer, {}, own.client, event, io.ctx)
    if (!step) continue
    for (const effect of step.effects) io.effect(effect)
    return
  }
}

export const metricsServer = program<Own>({
  name: 'metrics-server',
  init: ({ apiServers }) => ({
    client:
      apiServers.length > 0
        ? createApiClient(apiServers, 'system:serviceaccount:kube-system:metrics-server', ['system:serviceaccounts'])
        : undefined,
    nodes: createInformer<Node>({ resource: 'nodes' }),
    pods: createInformer<Pod>({ resource: 'pods' }),
    asked: new Table(),
    readings: new Table(),
  }),
  started(own, io) {
    io.syscall('listen', [{ call: 'listen', port: PORT }])
    if (!own.client) return io.exit(1)
    for (const informer of [own.nodes, own.pods]) io.effect(startInformer(informer, own.client, io.ctx))
    io.wake('scrape', 1_000_000)
  },
  replied(_, io, __, [result]) {
    if (isFailure(result)) io.exit(1)
  },
  news(own, io, news) {
    if (news.type === 'socketClosed') return io.quiet([{ call: 'close', socket: news.socket }])
    if (news.type !== 'received') return
    const data = answer(own, news.data as HttpRequest, io.ctx.now)
    io.quiet([{ call: 'send', socket: news.socket, data, close: true }])
  },
  timer: observe,
  event: observe,
  onTerminate: 0,
})
