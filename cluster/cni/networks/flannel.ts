/**
 * `flanneld` with the host-gw backend: a node's part of the network that spans all nodes.
 *
 * What the real one does: takes the node's Pod range from its Node object, hands it to CNI, tells the others where the node
 * is, and keeps a route (host-gw) or a tunnel (vxlan) to every other node's range; masquerades what leaves the cluster.
 * What we model: host-gw. The CNI configuration appears once the Node has a `podCIDR`; one route per other Node through its
 * InternalIP, added, changed and removed as Nodes come and go; stale routes found at start; the masquerading rules.
 * What we leave out: vxlan and the other backends; the `flannel` CNI plugin between the runtime and `bridge` (the
 * configuration names `bridge` at once); the public-ip annotation (we read the Node's address); the FLANNEL-FWD chain, since
 * nothing here sets FORWARD's policy to DROP.
 * Where to read upstream: flannel-io/flannel `pkg/subnet/kube`, `pkg/backend/hostgw`, `pkg/trafficmngr/iptables`.
 */
import type { Node } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Delta, Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Component, Context, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { contains, parseCidr } from '#cluster/linux/ip.ts'
import type { Rule } from '#cluster/linux/netfilter-rule.ts'
import type { NetlinkOperation, RouteInfo, Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { failureOf, linuxOf } from '#cluster/linux/syscall.ts'
import type { NetConfList } from '../spec.ts'

export interface FlannelOptions {
  readonly servers: readonly ProcessId[]
  readonly nodeName: string
  readonly clusterCIDR: string
}

interface FlannelState {
  readonly options: FlannelOptions
  client: ApiClient
  nodes: Informer<Node>
  /** Our range, once it is known. */
  podCidr: string
  /** Routes that the kernel has: range to next hop. */
  routes: Table<string, string>
  /** Range that each Node's route leads to. */
  ranges: Table<string, string>
  /** Nodes that have changed since the last batch was made. */
  changed: Table<string, true>
  /** Number of the batch under way and what it was for. */
  batch: { readonly id: number; readonly purpose: 'read' | 'write' } | undefined
  /** The routes that were there when we started have been looked at. */
  reconciled: boolean
  /** Routes that lead to no Node have been removed. */
  cleaned: boolean
}

export const CNI_CONF_FILE = '/etc/cni/net.d/10-flannel.conflist'
export const SUBNET_FILE = '/run/flannel/subnet.env'
const RETRY_MICROS: Micros = 1_000_000

export const flanneld: Component<FlannelState, FlannelOptions> = {
  name: 'flanneld',
  init: (options) => ({
    options: Object.freeze(options),
    client: createApiClient(options.servers, `system:serviceaccount:kube-flannel:flannel`, ['system:serviceaccounts']),
    nodes: createInformer<Node>({ resource: 'nodes' }),
    podCidr: '',
    routes: new Table(),
    ranges: new Table(),
    changed: new Table(),
    batch: undefined,
    reconciled: false,
    cleaned: false,
  }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted') {
      return [startInformer(state.nodes, state.client, ctx), send(state, ctx, 'read', [{ call: 'listRoutes' }])]
    }
    if (event.type === 'message')
      return event.body.type === 'syscallReply' ? replied(state, ctx, event.body as SyscallReply) : []
    // Start again from what the kernel really has.
    if (event.type === 'timer' && event.key === 'retry') return [send(state, ctx, 'read', [{ call: 'listRoutes' }])]
    const step = stepInformer(state.nodes, {}, state.client, event, ctx)
    if (!step) return []
    for (const delta of step.deltas) if (matters(delta)) state.changed.set(delta.object.metadata.name, true)
    return [...step.effects, ...write(state, ctx)]
  },
}

/** Heartbeats change a Node too, but nothing that routes are made of. */
function matters({ type, object, old }: Delta<Node>): boolean {
  return type !== 'updated' || object.spec.podCIDR !== old.spec.podCIDR || addressOf(object) !== addressOf(old)
}

const addressOf = (node: Node): string | undefined =>
  node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address

function send(state: FlannelState, ctx: Context, purpose: 'read' | 'write', calls: readonly Syscall[]): Effect {
  const id = ctx.id()
  state.batch = { id, purpose }
  const body: SyscallBatch = { type: 'syscall', id, calls }
  return { type: 'send', to: linuxOf(ctx.machine), body }
}

function replied(state: FlannelState, ctx: Context, reply: SyscallReply): Effect[] {
  if (reply.id !== state.batch?.id) return []
  const { purpose } = state.batch
  state.batch = undefined
  const failure = failureOf(reply)
  if (failure) {
    ctx.note('failed', failure)
    state.reconciled = false
    return [{ type: 'wake', key: 'retry', after: RETRY_MICROS }]
  }
  if (purpose === 'read') takeRoutes(state, reply.results[0].routes)
  return write(state, ctx)
}

/** What the kernel has; all Nodes are looked at once more. */
function takeRoutes(state: FlannelState, routes: readonly RouteInfo[]): void {
  const cluster = parseCidr(state.options.clusterCIDR)
  state.routes.clear()
  for (const { destination, via } of routes) {
    const ours = via !== undefined && destination !== '0.0.0.0/0' && contains(cluster, parseCidr(destination).network)
    if (ours) state.routes.set(destination, via)
  }
  state.podCidr = ''
  state.reconciled = true
  state.cleaned = false
  for (const name of state.nodes.items.keys()) state.changed.set(name, true)
}

/** One batch that makes the kernel's routes what the Nodes say. */
function write(state: FlannelState, ctx: Context): Effect[] {
  if (state.batch || !state.reconciled || !state.nodes.synced || state.changed.size === 0) return []
  const operations = [...state.changed.keys()].flatMap((name) => changesFor(state, name))
  state.changed.clear()
  if (!state.cleaned) operations.push(...removeStrangers(state))
  const calls: Syscall[] = operations.length > 0 ? [{ call: 'netlink', operations }] : []
  const range = state.nodes.items.get(state.options.nodeName)?.spec.podCIDR
  if (range && range !== state.podCidr) {
    state.podCidr = range
    calls.push(...configure(state.options.clusterCIDR, range))
  }
  return calls.length > 0 ? [send(state, ctx, 'write', calls)] : []
}

/** The route to one Node's range: added, moved or removed. */
function changesFor(state: FlannelState, name: string): NetlinkOperation[] {
  if (name === state.options.nodeName) return []
  const node = state.nodes.items.get(name)
  const via = node && addressOf(node)
  const destination = via === undefined ? undefined : node!.spec.podCIDR
  const operations: NetlinkOperation[] = []
  const before = state.ranges.get(name)
  if (before !== undefined && before !== destination) {
    operations.push({ op: 'deleteRoute', destination: before, ifPresent: true })
    state.routes.delete(before)
    state.ranges.delete(name)
  }
  if (destination === undefined) return operations
  state.ranges.set(name, destination)
  if (state.routes.get(destination) === via) return operations
  state.routes.set(destination, via!)
  return [...operations, { op: 'addRoute', destination, via: via!, name: 'eth0', replace: true }]
}

/** Routes from before our start that lead to no Node's range. */
function removeStrangers(state: FlannelState): NetlinkOperation[] {
  state.cleaned = true
  const wanted = new Set(state.ranges.values())
  const strangers = [...state.routes.keys()].filter((destination) => !wanted.has(destination))
  for (const destination of strangers) state.routes.delete(destination)
  return strangers.map((destination) => ({ op: 'deleteRoute', destination, ifPresent: true }))
}

/** What makes the node ready for Pods: rules first, the configuration that the runtime waits for last. */
function configure(clusterCidr: string, podCidr: string): Syscall[] {
  const env = `FLANNEL_NETWORK=${clusterCidr}\nFLANNEL_SUBNET=${podCidr}\nFLANNEL_MTU=1500\nFLANNEL_IPMASQ=true\n`
  return [
    {
      call: 'iptablesRestore',
      tables: { nat: { chains: [{ 'FLANNEL-POSTRTG': masqueradeRules(clusterCidr, podCidr) }] } },
    },
    { call: 'iptablesEnsure', table: 'nat', chain: 'POSTROUTING', rule: JUMP, append: true },
    { call: 'writeFile', path: SUBNET_FILE, data: env },
    { call: 'writeFile', path: CNI_CONF_FILE, data: networkConfiguration(podCidr) },
  ]
}

const comment = 'flanneld masq'
const JUMP: Rule = { comment, target: { type: 'JUMP', chain: 'FLANNEL-POSTRTG' } }

function masqueradeRules(clusterCidr: string, podCidr: string): Rule[] {
  const leave = { comment, target: { type: 'RETURN' } } as const
  const masquerade = { comment, target: { type: 'MASQUERADE' } } as const
  return [
    // kube-proxy's mark: it masquerades these itself.
    { ...leave, mark: { value: 0x4000, mask: 0x4000 } },
    // Pod to Pod: never translated.
    { ...leave, source: podCidr, destination: clusterCidr },
    { ...leave, source: clusterCidr, destination: podCidr },
    { ...leave, source: `!${clusterCidr}`, destination: podCidr },
    { ...masquerade, source: clusterCidr, destination: '!224.0.0.0/4' },
    { ...masquerade, source: `!${clusterCidr}`, destination: clusterCidr },
  ]
}

function networkConfiguration(podCidr: string): NetConfList {
  return {
    cniVersion: '1.0.0',
    name: 'cbr0',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isDefaultGateway: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: podCidr }]] },
      },
    ],
  }
}
