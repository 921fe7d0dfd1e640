/**
 * kube-proxy in iptables mode: Services become rules of the node's kernel. No packet ever passes through it.
 *
 * What the real one does: watches Services and EndpointSlices and rewrites chains of netfilter with `iptables-restore`; the
 * kernel then translates a Service's address to one of its Pods' at the node where a connection begins.
 * What we model: ClusterIP, external IPs and node ports for TCP and UDP, with upstream's chains, names, probabilities and marks;
 * both traffic policies, Cluster and Local; REJECT where there are no endpoints, DROP where none is local; endpoints that end but
 * still serve when no other is left; only what changed is rewritten; at most one sync per second; a failed one is tried again
 * after 30 s; stale UDP conversations with a cluster IP are forgotten.
 * What we leave out: addresses and source ranges of load balancers, topology hints, answers at health check
 * ports, the nftables and ipvs modes, IPv6 and SCTP.
 * Where to read upstream: kubernetes/kubernetes `pkg/proxy/iptables/proxier.go`, `pkg/proxy/servicechangetracker.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { EndpointSlice, KubernetesObject, Service } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Indexer, Informer } from '#cluster/client/informer.ts'
import { createInformer, objectsBy, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Rule } from '#cluster/linux/netfilter-rule.ts'
import type { ChainSet, Syscall, SyscallBatch, SyscallReply, TableChange } from '#cluster/linux/syscall.ts'
import { failureOf, linuxOf } from '#cluster/linux/syscall.ts'
import { FILTER_CHAINS, JUMPS, NAT_CHAINS, NODE_PORTS_RULE } from './base-rules.ts'
import type { ServiceRules } from './service-rules.ts'
import { changeBetween, rulesOf } from './service-rules.ts'

export interface KubeProxyOptions {
  readonly servers: readonly ProcessId[]
  readonly nodeName: string
  readonly clusterCIDR: string
  /** `iptables.minSyncPeriod`. Default 1 s. */
  readonly minSyncMicros?: Micros
}

interface KubeProxyState {
  readonly options: KubeProxyOptions
  client: ApiClient
  services: Informer<Service>
  slices: Informer<EndpointSlice>
  /** Services to look at in the next sync. */
  changed: Table<string, true>
  /** What the kernel has, by Service. */
  installed: Table<string, ServiceRules>
  /** Chains of an earlier life, until the first sync deletes those that nobody needs; undefined while we ask. */
  strangers: readonly string[] | undefined
  /** Number of the batch under way. */
  batch: number | undefined
  /** When the last sync began: the next is not before `minSyncMicros` later. */
  lastSync: Micros
  /** A sync is due at some time. */
  scheduled: boolean
  /** Everything is written again, whatever the kernel has. */
  full: boolean
}

const MIN_SYNC_MICROS: Micros = 1_000_000
/** `iptables.syncPeriod`: how long a failed sync waits. */
const RETRY_MICROS: Micros = 30_000_000
/** Everything is written again this often, in case somebody else changed it. */
const FULL_SYNC_MICROS: Micros = 3_600_000_000

const SERVICE_INDEX: Readonly<Record<string, Indexer>> = {
  service: (slice: EndpointSlice) => {
    const name = serviceOf(slice)
    return name === undefined ? [] : [name]
  },
}

function serviceOf({ metadata }: KubernetesObject): string | undefined {
  const name = metadata.labels?.['kubernetes.io/service-name']
  return name === undefined ? undefined : `${metadata.namespace}/${name}`
}

export const kubeProxy: Component<KubeProxyState, KubeProxyOptions> = {
  name: 'kube-proxy',
  init: (options) => ({
    options: Object.freeze(options),
    client: createApiClient(options.servers, 'system:kube-proxy', ['system:node-proxier']),
    services: createInformer<Service>({ resource: 'services' }),
    slices: createInformer<EndpointSlice>({ resource: 'endpointslices' }, ['service']),
    changed: new Table(),
    installed: new Table(),
    strangers: undefined,
    batch: undefined,
    lastSync: -Infinity,
    scheduled: false,
    full: true,
  }),
  step(state, event, ctx): Effect[] {
    switch (event.type) {
      case 'booted':
        return [
          send(state, ctx, [{ call: 'listChains', table: 'nat' }]),
          startInformer(state.services, state.client, ctx),
          startInformer(state.slices, state.client, ctx),
          { type: 'wake', key: 'full', after: FULL_SYNC_MICROS },
        ]
      case 'message':
        return event.body.type === 'syscallReply' ? synced(state, ctx, event.body as SyscallReply) : []
      case 'timer':
        if (event.key === 'sync') {
          state.scheduled = false
          return sync(state, ctx)
        }
        if (event.key === 'full') {
          state.full = true
          return [{ type: 'wake', key: 'full', after: FULL_SYNC_MICROS }, ...schedule(state, ctx, 0)]
        }
        return observe(state, event, ctx)
      default:
        return observe(state, event, ctx)
    }
  },
}

/** Lets the informers have an event and notes which Services it concerns. */
function observe(state: KubeProxyState, event: Event, ctx: Context): Effect[] {
  const services = stepInformer(state.services, {}, state.client, event, ctx)
  const slices = services ? undefined : stepInformer(state.slices, SERVICE_INDEX, state.client, event, ctx)
  for (const { type, object, old } of services?.deltas ?? []) {
    if (type !== 'updated' || old.spec !== object.spec) state.changed.set(keyOf(object), true)
  }
  for (const { object } of slices?.deltas ?? []) {
    const name = serviceOf(object)
    if (name !== undefined) state.changed.set(name, true)
  }
  return [...((services ?? slices)?.effects ?? []), ...schedule(state, ctx, 0)]
}

const isSynced = (state: KubeProxyState): boolean =>
  state.services.synced && state.slices.synced && state.strangers !== undefined

function schedule(state: KubeProxyState, ctx: Context, atLeast: Micros): Effect[] {
  if (state.scheduled || state.batch !== undefined || !isSynced(state)) return []
  if (state.changed.size === 0 && !state.full) return []
  state.scheduled = true
  const { minSyncMicros = MIN_SYNC_MICROS } = state.options
  const after = Math.max(atLeast, state.lastSync + minSyncMicros - ctx.now, 0)
  return [{ type: 'wake', key: 'sync', after }]
}

function synced(state: KubeProxyState, ctx: Context, reply: SyscallReply): Effect[] {
  if (reply.id !== state.batch) return []
  state.batch = undefined
  const failure = failureOf(reply)
  if (state.strangers === undefined && !failure) state.strangers = reply.results[0].chains
  if (!failure) return schedule(state, ctx, 0)
  ctx.note('syncFailed', failure)
  state.full = true
  return schedule(state, ctx, RETRY_MICROS)
}

// ── one sync ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The chains that differ from what the kernel has, in one `iptables-restore`. */
function sync(state: KubeProxyState, ctx: Context): Effect[] {
  if (!isSynced(state)) return []
  state.lastSync = ctx.now
  const chains: ChainSet[] = []
  const deleted: string[] = []
  const cleanups: Syscall[] = []
  const names = state.full
    ? new Set([...state.installed.keys(), ...state.services.items.keys()])
    : [...state.changed.keys()]
  let touched = 0
  for (const name of names) {
    const before = state.installed.get(name)
    const after = desired(state, name)
    if (before === after && !state.full) continue
    touched++
    const change = changeBetween(state.full ? undefined : before, after)
    chains.push(change.chains)
    deleted.push(...(state.full && before ? changeBetween(before, after).deleted : change.deleted))
    cleanups.push(...staleUdp(before, after))
    if (after) state.installed.set(name, after)
    else state.installed.delete(name)
  }
  state.changed.clear()
  if (touched === 0 && !state.full) return []
  deleted.push(
    ...state.strangers!.filter(
      (chain) => /^KUBE-(SVC|SVL|EXT|SEP)-/.test(chain) && !chains.some((set) => Object.hasOwn(set, chain)),
    ),
  )
  state.strangers = NO_STRANGERS
  const calls = [...batchOf(state, chains, deleted), ...cleanups]
  state.full = false
  ctx.note('sync', { services: touched, deleted: deleted.length })
  return [send(state, ctx, calls)]
}
const NO_STRANGERS: readonly string[] = Object.freeze([])

function send(state: KubeProxyState, ctx: Context, calls: readonly Syscall[]): Effect {
  const id = ctx.id()
  state.batch = id
  const body: SyscallBatch = { type: 'syscall', id, calls }
  return { type: 'send', to: linuxOf(ctx.machine), body }
}

/** The rules that a Service should have. Undefined: none. */
function desired(state: KubeProxyState, name: string): ServiceRules | undefined {
  const service = state.services.items.get(name)
  if (!service) return undefined
  const slices = [...objectsBy<EndpointSlice>(state.slices, 'service', name)]
  const rules = rulesOf(service, slices, state.options.clusterCIDR, state.options.nodeName)
  return rules.ports.length > 0 ? rules : undefined
}

/** UDP has no end: a conversation with an endpoint that is gone must be forgotten, or its packets go nowhere for ever. */
function staleUdp(before: ServiceRules | undefined, after: ServiceRules | undefined): Syscall[] {
  const calls: Syscall[] = []
  for (const { protocol, clusterIP, port, endpoints } of before?.ports ?? []) {
    if (protocol !== 'udp') continue
    const now = after?.ports.find(
      (other) => other.protocol === 'udp' && other.clusterIP === clusterIP && other.port === port,
    )
    const keep = now?.endpoints ?? []
    if (endpoints.some((endpoint) => !keep.includes(endpoint))) {
      calls.push({ call: 'deleteConntrack', protocol, destination: clusterIP, port, keep })
    }
  }
  // A Service that had no endpoints: what was let through untranslated.
  for (const { protocol, clusterIP, port, endpoints } of after?.ports ?? []) {
    const was = before?.ports.find((other) => other.clusterIP === clusterIP && other.port === port)
    if (protocol === 'udp' && endpoints.length > 0 && (was?.endpoints ?? []).length === 0) {
      calls.push({ call: 'deleteConntrack', protocol, destination: clusterIP, port, keep: endpoints })
    }
  }
  return calls
}

function batchOf(state: KubeProxyState, chains: readonly ChainSet[], deleted: readonly string[]): Syscall[] {
  const services: Rule[] = []
  const nodePorts: Rule[] = []
  const refusals: Rule[] = []
  const externalRefusals: Rule[] = []
  for (const rules of state.installed.values()) {
    for (const port of rules.ports) {
      services.push(...port.entries)
      if (port.nodePortEntry) nodePorts.push(port.nodePortEntry)
      if (port.refusal) refusals.push(port.refusal)
      externalRefusals.push(...port.externalRefusals)
    }
  }
  const natEntries = { 'KUBE-SERVICES': [...services, NODE_PORTS_RULE], 'KUBE-NODEPORTS': nodePorts }
  const filterEntries = { 'KUBE-SERVICES': refusals, 'KUBE-EXTERNAL-SERVICES': externalRefusals }
  const nat: TableChange = { chains: [...(state.full ? [NAT_CHAINS] : []), ...chains, natEntries], deleted }
  const filter: TableChange = { chains: [...(state.full ? [FILTER_CHAINS] : []), filterEntries] }
  const restore: Syscall = { call: 'iptablesRestore', tables: { nat, filter } }
  return state.full ? [restore, ...JUMPS] : [restore]
}
