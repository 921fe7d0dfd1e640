/**
 * CoreDNS: names of the cluster to addresses.
 *
 * What the real one does: a DNS server as a chain of plugins; `kubernetes` answers for the cluster's zone from what it
 * watches, `forward` hands the rest to the machine's resolvers, `cache` remembers.
 * What we model: a program in a Pod with a UDP socket, reached through the `kube-dns` Service; A records of Services with an
 * address and of headless ones, of Pods by their dashed address; NXDOMAIN and NODATA; SERVFAIL until the first lists have
 * arrived; `/ready` on 8181 and `/health` on 8080; load balancing by turning the answers.
 * What we leave out: SRV, PTR, AAAA and CNAME (a question for another type gets NODATA), TCP, caching, ExternalName. Nothing
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
  /** Sockets by what they are for. */
  health: number
  ready: number
  /** Which listener an accepted connection belongs to. */
  accepted: Readonly<Record<string, number>>
  /** Questions answered: turns the answers. */
  answered: number
}

/** `ttl 30` of kubeadm's Corefile. */
const TTL_SECONDS = 30
const ZONE = 'cluster.local'
const HEALTH_PORT = 8080
const READY_PORT = 8181

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
    health: 0,
    ready: 0,
    accepted: {},
    answered: 0,
  }),
  started(own, io) {
    io.syscall('sockets', [
      { call: 'bind', port: DNS_PORT },
      { call: 'listen', port: HEALTH_PORT },
      { call: 'listen', port: READY_PORT },
    ])
    if (!own.client) return io.exit(1)
    for (const informer of [own.services, own.slices, own.namespaces])
      io.effect(startInformer(informer, own.client, io.ctx))
  },
  replied(own, io, _, results) {
    if (results.some(isFailure)) return io.exit(1)
    own.health = results[1].socket
    own.ready = results[2].socket
  },
  news(own, io, news) {
    if (news.type === 'accepted') own.accepted = { ...own.accepted, [news.socket]: news.listener }
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
  const listener = own.accepted[socket]
  if (listener === undefined) {
    const query = news.data as DnsQuery
    const data = answer(own, query)
    io.ctx.note('dns', { name: query.name, code: data.code, answers: data.answers.map((record) => record.address) })
    return io.quiet([{ call: 'sendTo', socket, address, port, data }])
  }
  forgetConnection(own, socket)
  const ready = listener === own.health || isSynced(own)
  const data = ready ? { status: 200, body: 'OK' } : { status: 503, body: 'kubernetes' }
  io.quiet([{ call: 'send', socket, data, close: true }])
}

function forgetConnection(own: Own, socket: number): void {
  const { [socket]: _, ...rest } = own.accepted
  own.accepted = rest
}
