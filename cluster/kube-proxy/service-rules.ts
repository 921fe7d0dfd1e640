/**
 * What a Service means in rules: pure functions from a Service and its EndpointSlices to chains.
 *
 * Results are kept per Service object, and every kube-proxy of a cluster sees the same objects, so that a hundred nodes cost
 * little more than one.
 * Where to read upstream: kubernetes/kubernetes `pkg/proxy/iptables/proxier.go` (syncProxyRules), `pkg/proxy/topology.go`.
 */
import type { Endpoint, EndpointSlice, Service, ServicePort } from '#cluster/api/types.ts'
import type { Rule } from '#cluster/linux/netfilter-rule.ts'
import type { Protocol } from '#cluster/linux/packet.ts'
import type { ChainSet } from '#cluster/linux/syscall.ts'
import { sha256 } from '#cluster/kernel/sha256.ts'
import { base32 } from './base32.ts'

/** The mark that says: masquerade this on its way out. */
export const MASQUERADE_MARK = 0x4000

export interface PortRules {
  readonly protocol: Protocol
  readonly clusterIP: string
  readonly port: number
  /** `ip:port`, in the order of the rules. */
  readonly endpoints: readonly string[]
  /** In `KUBE-SERVICES` of table nat: for the cluster IP, if it has endpoints, and for external IPs. */
  readonly entries: readonly Rule[]
  /** In `KUBE-NODEPORTS` of table nat. */
  readonly nodePortEntry: Rule | undefined
  /** In `KUBE-SERVICES` of table filter, if the cluster IP has no endpoints. */
  readonly refusal: Rule | undefined
  /** In `KUBE-EXTERNAL-SERVICES` of table filter, if traffic from outside has none. */
  readonly externalRefusals: readonly Rule[]
}

export interface ServiceRules {
  readonly ports: readonly PortRules[]
  /** Chains of table nat, by name. */
  readonly chains: ReadonlyMap<string, readonly Rule[]>
}

/** What to write to come from one state of a Service to another. */
export interface ChainChange {
  readonly chains: ChainSet
  readonly deleted: readonly string[]
}

const EMPTY: ServiceRules = { ports: [], chains: new Map() }

// ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const names = new Map<string, string>()
const NAMES_MAX = 65_536

/** `<prefix>` and 16 characters of a hash. */
function hashedName(prefix: string, text: string): string {
  const key = prefix + text
  let name = names.get(key)
  if (name === undefined) {
    name = prefix + base32(sha256(text)).slice(0, 16)
    if (names.size >= NAMES_MAX) names.clear()
    names.set(key, name)
  }
  return name
}

/** `KUBE-SVC-…` of a port, which is named `namespace/name:port` (or without the colon if it has no name). */
export const serviceChain = (portName: string, protocol: Protocol): string =>
  hashedName('KUBE-SVC-', portName + protocol)

/** `KUBE-SVL-…`: the same, but endpoints of this node alone. */
const localChain = (portName: string, protocol: Protocol): string => hashedName('KUBE-SVL-', portName + protocol)

/** `KUBE-EXT-…`: what comes from outside the cluster. */
export const externalChain = (portName: string, protocol: Protocol): string =>
  hashedName('KUBE-EXT-', portName + protocol)

/** `KUBE-SEP-…` of an endpoint `ip:port`. */
export const endpointChain = (portName: string, protocol: Protocol, endpoint: string): string =>
  hashedName('KUBE-SEP-', portName + protocol + endpoint)

// ── endpoints ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Addresses that get traffic: the ready ones, or, if there are none, those that end but still serve.
 * @param nodeName of this node alone
 */
function endpointsOf(slices: readonly EndpointSlice[], port: ServicePort, nodeName?: string): string[] {
  const ready = new Set<string>()
  const leaving = new Set<string>()
  for (const slice of slices) {
    const target = (slice.ports ?? []).find(({ name = '' }) => name === (port.name ?? ''))
    if (target?.port === undefined || slice.addressType !== 'IPv4') continue
    for (const endpoint of slice.endpoints ?? []) {
      if (nodeName !== undefined && endpoint.nodeName !== nodeName) continue
      const { ready: isReady = true, serving = isReady, terminating = false } = endpoint.conditions ?? NO_CONDITIONS
      const address = `${endpoint.addresses[0]}:${target.port}`
      if (isReady && !terminating) ready.add(address)
      else if (serving && terminating) leaving.add(address)
    }
  }
  return [...(ready.size > 0 ? ready : leaving)].sort()
}
const NO_CONDITIONS: NonNullable<Endpoint['conditions']> = {}

// ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Built {
  readonly slices: readonly EndpointSlice[]
  readonly clusterCidr: string
  readonly rules: ServiceRules
}

/** By node, where it matters which node it is; else by the empty name. */
const built = new WeakMap<Service, Map<string, Built>>()

const isLocalOnly = ({ internalTrafficPolicy, externalTrafficPolicy }: Service['spec']): boolean =>
  internalTrafficPolicy === 'Local' || externalTrafficPolicy === 'Local'

/** The chains of one Service, at a node. A headless one, or one without an address yet, has none. */
export function rulesOf(
  service: Service,
  slices: readonly EndpointSlice[],
  clusterCidr: string,
  nodeName = '',
): ServiceRules {
  const node = isLocalOnly(service.spec) ? nodeName : ''
  const last = built.get(service)?.get(node)
  const same =
    last?.clusterCidr === clusterCidr &&
    last.slices.length === slices.length &&
    last.slices.every((slice, i) => slice === slices[i])
  if (same) return last!.rules
  const rules = build(service, slices, clusterCidr, node)
  if (!built.has(service)) built.set(service, new Map())
  built.get(service)!.set(node, { slices, clusterCidr, rules })
  return rules
}

function build(
  service: Service,
  slices: readonly EndpointSlice[],
  clusterCidr: string,
  nodeName: string,
): ServiceRules {
  const { clusterIP, ports = [], type } = service.spec
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return EMPTY
  const chains = new Map<string, readonly Rule[]>()
  const result: PortRules[] = []
  for (const port of ports) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    if (protocol !== 'tcp' && protocol !== 'udp') continue
    const { namespace, name } = service.metadata
    const portName = port.name ? `${namespace}/${name}:${port.name}` : `${namespace}/${name}`
    const all = endpointsOf(slices, port)
    const local = nodeName === '' ? NO_ENDPOINTS : endpointsOf(slices, port, nodeName)
    const { spec } = service
    result.push(buildPort({ portName, protocol, spec, clusterIP, port, clusterCidr, all, local }, chains))
  }
  return { ports: result, chains }
}
const NO_ENDPOINTS: readonly string[] = []

interface PortContext {
  readonly portName: string
  readonly protocol: Protocol
  readonly spec: Service['spec']
  readonly clusterIP: string
  readonly port: ServicePort
  readonly clusterCidr: string
  /** Endpoints of the cluster, and of this node. */
  readonly all: readonly string[]
  readonly local: readonly string[]
}

type Chains = Map<string, readonly Rule[]>

const jump = (chain: string): Rule['target'] => ({ type: 'JUMP', chain })

function buildPort(context: PortContext, chains: Chains): PortRules {
  const { portName, protocol, spec, clusterIP, port, all, local } = context
  const match = { protocol, destination: `${clusterIP}/32`, destinationPort: port.port }
  const isInside = spec.internalTrafficPolicy === 'Local'
  const endpoints = isInside ? local : all
  if (all.length > 0) writeChain(context, serviceChain(portName, protocol), all, chains)
  if (local.length > 0) writeChain(context, localChain(portName, protocol), local, chains)
  for (const endpoint of new Set([...all, ...local])) {
    const name = endpointChain(portName, protocol, endpoint)
    chains.set(name, endpointRules(name, portName, protocol, endpoint, stickySeconds(spec) !== undefined))
  }
  const chain = isInside ? localChain(portName, protocol) : serviceChain(portName, protocol)
  const entry: Rule = { ...match, comment: `${portName} cluster IP`, target: jump(chain) }
  const outside = buildExternal(context, chains)
  return {
    protocol,
    clusterIP,
    port: port.port,
    endpoints,
    entries: endpoints.length > 0 ? [entry, ...outside.entries] : outside.entries,
    nodePortEntry: outside.nodePortEntry,
    refusal: endpoints.length > 0 ? undefined : { ...match, ...refusalFor(context) },
    externalRefusals: outside.refusals,
  }
}

/** Nobody is there: the sender hears so. Nobody is there at this node: it hears nothing. */
const refusalFor = ({ portName, all }: PortContext): Rule =>
  all.length === 0
    ? { comment: `${portName} has no endpoints`, target: { type: 'REJECT' } }
    : { comment: `${portName} has no local endpoints`, target: { type: 'DROP' } }

/** A Service's chain: endpoints by equal chances. */
function writeChain(context: PortContext, chain: string, endpoints: readonly string[], chains: Chains): void {
  const { portName, protocol, clusterIP, port, clusterCidr } = context
  const fromOutside: Rule = {
    protocol,
    destination: `${clusterIP}/32`,
    destinationPort: port.port,
    source: `!${clusterCidr}`,
    comment: `${portName} cluster IP`,
    target: jump('KUBE-MARK-MASQ'),
  }
  const choices = endpoints.map((endpoint, i): Rule => {
    const target = jump(endpointChain(portName, protocol, endpoint))
    const left = endpoints.length - i
    return { comment: `${portName} -> ${endpoint}`, ...(left > 1 && { probability: 1 / left }), target }
  })
  chains.set(chain, [fromOutside, ...affinityRules(context, endpoints), ...choices])
}

/** For how long a client is sent to the endpoint that it had; undefined: each connection is on its own. */
const stickySeconds = ({ sessionAffinity, sessionAffinityConfig }: Service['spec']): number | undefined =>
  sessionAffinity === 'ClientIP' ? (sessionAffinityConfig?.clientIP?.timeoutSeconds ?? STICKY_SECONDS) : undefined

/** Three hours. */
const STICKY_SECONDS = 10_800

/** Before chance has its say: who was seen lately by an endpoint goes there again. */
function affinityRules({ portName, protocol, spec }: PortContext, endpoints: readonly string[]): readonly Rule[] {
  const seconds = stickySeconds(spec)
  if (seconds === undefined) return []
  return endpoints.map((endpoint): Rule => {
    const chain = endpointChain(portName, protocol, endpoint)
    const recent = { name: chain, mode: 'rcheck', seconds } as const
    return { comment: `${portName} -> ${endpoint}`, recent, target: jump(chain) }
  })
}

interface External {
  readonly entries: readonly Rule[]
  readonly nodePortEntry: Rule | undefined
  readonly refusals: readonly Rule[]
}
const NOTHING: External = { entries: [], nodePortEntry: undefined, refusals: [] }

/** What leads here from outside: external IPs, and the port of every node. */
function buildExternal(context: PortContext, chains: Chains): External {
  const { portName, protocol, spec, port, all, local } = context
  const { externalIPs = [], externalTrafficPolicy } = spec
  const { nodePort } = port
  if (!nodePort && externalIPs.length === 0) return NOTHING
  const atNode = nodePort ? { protocol, destinationPort: nodePort } : undefined
  const atAddresses = externalIPs.map((ip) => ({ protocol, destination: `${ip}/32`, destinationPort: port.port }))
  const refusal = refusalFor(context)
  const isServed = (externalTrafficPolicy === 'Local' ? local : all).length > 0
  const refusals = isServed
    ? []
    : [...(atNode ? [{ ...atNode, destinationIsLocal: true }] : []), ...atAddresses].map((match) => ({ ...match, ...refusal })) // prettier-ignore
  if (all.length === 0) return { ...NOTHING, refusals }
  const chain = externalChain(portName, protocol)
  chains.set(chain, externalRules(context))
  return {
    entries: atAddresses.map((match) => ({ ...match, comment: `${portName} external IP`, target: jump(chain) })),
    nodePortEntry: atNode && { ...atNode, comment: portName, target: jump(chain) },
    refusals,
  }
}

function externalRules({ portName, protocol, spec, clusterCidr, local }: PortContext): readonly Rule[] {
  const everywhere = jump(serviceChain(portName, protocol))
  if (spec.externalTrafficPolicy !== 'Local') {
    const comment = `masquerade traffic for ${portName} external destinations`
    // The Pod may be at another node: its answer has to come back by this one.
    return [{ comment, target: jump('KUBE-MARK-MASQ') }, { target: everywhere }]
  }
  const about = (what: string) => `${what} for ${portName} external destinations`
  return [
    // Who is inside the cluster is sent anywhere, as by the cluster IP.
    { source: clusterCidr, comment: about('pod traffic'), target: everywhere },
    { comment: about('masquerade LOCAL traffic'), sourceIsLocal: true, target: jump('KUBE-MARK-MASQ') },
    { comment: about('route LOCAL traffic'), sourceIsLocal: true, target: everywhere },
    ...(local.length > 0 ? [{ target: jump(localChain(portName, protocol)) }] : []),
  ]
}

/** By chain: its name is a hash of all that is in it, but for whether it takes note of clients. */
const rulesByChain = new Map<string, readonly Rule[]>()

function endpointRules(
  chain: string,
  portName: string,
  protocol: Protocol,
  endpoint: string,
  isSticky: boolean,
): readonly Rule[] {
  const key = isSticky ? `${chain} sticky` : chain
  const known = rulesByChain.get(key)
  if (known) return known
  const colon = endpoint.lastIndexOf(':')
  const ip = endpoint.slice(0, colon)
  const rules: readonly Rule[] = [
    // A Pod that reaches itself through its Service must not see itself as the caller.
    { source: `${ip}/32`, comment: portName, target: { type: 'JUMP', chain: 'KUBE-MARK-MASQ' } },
    {
      protocol,
      comment: portName,
      ...(isSticky && { recent: { name: chain, mode: 'set' as const } }),
      target: { type: 'DNAT', to: ip, port: Number(endpoint.slice(colon + 1)) },
    },
  ]
  if (rulesByChain.size >= NAMES_MAX) rulesByChain.clear()
  rulesByChain.set(key, rules)
  return rules
}

const changes = new WeakMap<ServiceRules, { readonly before: ServiceRules | undefined; readonly change: ChainChange }>()

/** Chains to write and chains to delete. `before` is what the kernel has. */
export function changeBetween(before: ServiceRules | undefined, after: ServiceRules | undefined): ChainChange {
  if (!after) return { chains: {}, deleted: [...(before?.chains.keys() ?? [])] }
  const last = changes.get(after)
  if (last?.before === before && last) return last.change
  const chains: Record<string, readonly Rule[]> = {}
  for (const [chain, rules] of after.chains) {
    // An endpoint's chain hardly ever changes: its name is a hash of all that is in it, but for the affinity.
    if (before?.chains.get(chain) === rules && chain.startsWith('KUBE-SEP-')) continue
    chains[chain] = rules
  }
  const deleted = [...(before?.chains.keys() ?? [])].filter((chain) => !after.chains.has(chain))
  const change = { chains, deleted }
  changes.set(after, { before, change })
  return change
}
