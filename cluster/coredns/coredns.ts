/**
 * CoreDNS: names of the cluster to addresses.
 *
 * What the real one does: a DNS server as a chain of plugins; `kubernetes` answers for the cluster's zone from what it
 * watches, `forward` hands the rest to the machine's resolvers, `cache` remembers.
 * What we model: a program in a Pod with a UDP socket, reached through the `kube-dns` Service; A records of Services with an
 * address and of headless ones, of Pods by their dashed address; NXDOMAIN and NODATA; SERVFAIL until the first lists have
 * arrived; `/ready` on 8181 and `/health` on 8080; `/metrics` on 9153, which counts what was answered; load balancing by turning the
 * answers.
 * What we leave out: SRV, PTR, AAAA and CNAME (a question for another type gets NODATA), caching, ExternalName. Nothing
 * outside the cluster has a name, so `forward` always finds NXDOMAIN. It speaks to the API server over the machines' network
 * and not through its Pod's own, and without the `kubernetes` Service.
 * Where to read upstream: coredns/coredns `plugin/kubernetes`, `plugin/ready`, `plugin/loadbalance`; kubernetes/dns `docs/specification.md`.
 */
import type { EndpointSlice, Namespace, Service } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Indexer, Informer } from '#cluster/client/informer.ts'
import { createInformer, objectsBy, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Event } from '#cluster/kernel/component.ts'
import type { DnsAnswer, DnsQuery } from '#cluster/linux/dns.ts'
import { DNS_PORT } from '#cluster/linux/dns.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { program } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import type { ClusterNames } from './answer.ts'
import { addressesOf } from './answer.ts'

interface Own {
  client: ApiClient | undefined
  services: Informer<Service>
  slices: Informer<EndpointSlice>
  namespaces: Informer<Namespace>
  /** What each listening socket is for. */
  listeners: Readonly<Record<string, Listener>>
  /** What an accepted connection is for. */
  accepted: Readonly<Record<string, Listener>>
  /** Questions answered: turns the answers. */
  answered: number
  /** Answers by their code. */
  codes: Readonly<Record<string, number>>
}

/** `ttl 30` of kubeadm's Corefile. */
const TTL_SECONDS = 30
const ZONE = 'cluster.local'
/** By TCP. The kernel answers in this order. */
const LISTENERS = [
  ['health', 8080],
  ['ready', 8181],
  ['dns', DNS_PORT],
  ['metrics', 9153],
] as const
type Listener = (typeof LISTENERS)[number][0]

const SERVICE_INDEX: Readonly<Record<string, Indexer>> = {
  service: ({ metadata }: EndpointSlice) => {
    const name = metadata.labels?.['kubernetes.io/service-name']
    return name === undefined ? [] : [`${metadata.namespace}/${name}`]
  },
}

const isSynced = (own: Own): boolean => own.services.synced && own.slices.synced && own.namespaces.synced

function answer(own: Own, query: DnsQuery): DnsAnswer {
  const { id, type } = query
  if (!isSynced(own)) return { id, code: 'SERVFAIL', answers: [] }
  const name = query.name.toLowerCase()
  const found = addressesOf(namesOf(own), ZONE, name)
  if (found === 'NXDOMAIN' || found === 'elsewhere') return { id, code: 'NXDOMAIN', answers: [] }
  if (type !== 'A') return { id, code: 'NOERROR', answers: [] }
  const turned = found.map((_, i) => found[(i + own.answered) % found.length]!)
  own.answered++
  const answers = turned.map((address) => ({ name, type: 'A', ttl: TTL_SECONDS, address }) as const)
  return { id, code: 'NOERROR', answers }
}

function namesOf(own: Own): ClusterNames {
  return {
    service: (namespace, name) => own.services.items.get(`${namespace}/${name}`),
    slicesOf: (namespace, name) => objectsBy(own.slices, 'service', `${namespace}/${name}`),
    hasNamespace: (namespace) => own.namespaces.items.has(namespace),
  }
}

function observe(own: Own, io: ProgramIo, event: Event): void {
  if (!own.client) return
  for (const informer of [own.services, own.slices, own.namespaces]) {
    const step = stepInformer(informer, SERVICE_INDEX, own.client, event, io.ctx)
    if (!step) continue
    for (const effect of step.effects) io.effect(effect)
    return
  }
}

export const coredns = program<Own>({
  name: 'coredns',
  init: ({ apiServers }) => ({
    client:
      apiServers.length > 0
        ? createApiClient(apiServers, 'system:serviceaccount:kube-system:coredns', ['system:serviceaccounts'])
        : undefined,
    services: createInformer<Service>({ resource: 'services' }),
    slices: createInformer<EndpointSlice>({ resource: 'endpointslices' }, ['service']),
    namespaces: createInformer<Namespace>({ resource: 'namespaces' }),
    listeners: {},
    accepted: {},
    answered: 0,
    codes: {},
  }),
  started(own, io) {
    io.syscall('sockets', [
      { call: 'bind', port: DNS_PORT },
      ...LISTENERS.map(([, port]) => ({ call: 'listen', port }) as const),
    ])
    if (!own.client) return io.exit(1)
    for (const informer of [own.services, own.slices, own.namespaces])
      io.effect(startInformer(informer, own.client, io.ctx))
  },
  replied(own, io, _, results) {
    if (results.some(isFailure)) return io.exit(1)
    own.listeners = Object.fromEntries(LISTENERS.map(([purpose], i) => [results[i + 1].socket, purpose]))
  },
  news(own, io, news) {
    if (news.type === 'accepted') own.accepted = { ...own.accepted, [news.socket]: own.listeners[news.listener]! }
    else if (news.type === 'received') received(own, io, news)
    else if (news.type === 'socketClosed') {
      forgetConnection(own, news.socket)
      if (news.reason === 'fin') io.quiet([{ call: 'close', socket: news.socket }])
    }
  },
  timer: observe,
  event: observe,
  onTerminate: 0,
})

function received(
  own: Own,
  io: ProgramIo,
  news: { socket: number; data: unknown; address: string; port: number },
): void {
  const { socket, address, port } = news
  const purpose = own.accepted[socket]
  if (purpose === undefined)
    return io.quiet([{ call: 'sendTo', socket, address, port, data: resolve(own, io, news.data as DnsQuery) }])
  forgetConnection(own, socket)
  const data = purpose === 'dns' ? resolve(own, io, news.data as DnsQuery) : page(own, purpose, news.data)
  io.quiet([{ call: 'send', socket, data, close: true }])
}

function resolve(own: Own, io: ProgramIo, query: DnsQuery): DnsAnswer {
  const said = answer(own, query)
  own.codes = { ...own.codes, [said.code]: (own.codes[said.code] ?? 0) + 1 }
  io.ctx.note('dns', { name: query.name, code: said.code, answers: said.answers.map((record) => record.address) })
  return said
}

const PATHS = { health: '/health', ready: '/ready', metrics: '/metrics' } as const

/** What is at a path of one of its web servers. */
function page(own: Own, purpose: Exclude<Listener, 'dns'>, request: unknown): { status: number; body: string } {
  const { path = PATHS[purpose] } = (request ?? {}) as { readonly path?: string }
  if (path !== PATHS[purpose]) return { status: 404, body: '404 page not found\n' }
  if (purpose === 'metrics') return { status: 200, body: metricsOf(own.codes) }
  return purpose === 'health' || isSynced(own) ? { status: 200, body: 'OK' } : { status: 503, body: 'kubernetes' }
}

/** What `prometheus` in the Corefile shows, as far as anything is counted here. */
function metricsOf(codes: Readonly<Record<string, number>>): string {
  const answered = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    "# HELP coredns_build_info A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.",
    '# TYPE coredns_build_info gauge',
    'coredns_build_info{goversion="",revision="",version="1.13.1"} 1',
    '# HELP coredns_dns_responses_total Counter of response status codes.',
    '# TYPE coredns_dns_responses_total counter',
    ...answered.map(
      ([code, count]) =>
        `coredns_dns_responses_total{plugin="kubernetes",rcode="${code}",server="dns://:53",view="",zone="."} ${count}`,
    ),
    '',
  ].join('\n')
}

function forgetConnection(own: Own, socket: number): void {
  const { [socket]: _, ...rest } = own.accepted
  own.accepted = rest
}
