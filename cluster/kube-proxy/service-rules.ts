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
  /** In `KUBE-SERVICES` of table nat, if there are endpoints. */
  readonly entry: Rule | undefined
  /** In `KUBE-SERVICES` of table filter, if there are none. */
  readonly rejection: Rule | undefined
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

/** `KUBE-SEP-…` of an endpoint `ip:port`. */
export const endpointChain = (portName: string, protocol: Protocol, endpoint: string): string =>
  hashedName('KUBE-SEP-', portName + protocol + endpoint)

// ── endpoints ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Addresses that get traffic: the ready ones, or, if there are none, those that end but still serve. */
function endpointsOf(slices: readonly EndpointSlice[], port: ServicePort): string[] {
  const ready = new Set<string>()
  const leaving = new Set<string>()
  for (const slice of slices) {
    const target = (slice.ports ?? []).find(({ name = '' }) => name === (port.name ?? ''))
    if (target?.port === undefined || slice.addressType !== 'IPv4') continue
    for (const endpoint of slice.endpoints) {
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

const built = new WeakMap<Service, Built>()

/** The chains of one Service. A headless one, or one without an address yet, has none. */
export function rulesOf(service: Service, slices: readonly EndpointSlice[], clusterCidr: string): ServiceRules {
  const last = built.get(service)
  const same =
    last?.clusterCidr === clusterCidr &&
    last.slices.length === slices.length &&
    last.slices.every((slice, i) => slice === slices[i])
  if (same) return last!.rules
  const rules = build(service, slices, clusterCidr)
  built.set(service, { slices, clusterCidr, rules })
  return rules
}

function build(service: Service, slices: readonly EndpointSlice[], clusterCidr: string): ServiceRules {
  const { clusterIP, ports = [], type } = service.spec
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return EMPTY
  const chains = new Map<string, readonly Rule[]>()
  const result: PortRules[] = []
  for (const port of ports) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    if (protocol !== 'tcp' && protocol !== 'udp') continue
    const { namespace, name } = service.metadata
    const portName = port.name ? `${namespace}/${name}:${port.name}` : `${namespace}/${name}`
    result.push(
      buildPort({ portName, protocol, clusterIP, port: port.port, clusterCidr }, endpointsOf(slices, port), chains),
    )
  }
  return { ports: result, chains }
}

interface PortContext {
  readonly portName: string
  readonly protocol: Protocol
  readonly clusterIP: string
  readonly port: number
  readonly clusterCidr: string
}

function buildPort(
  context: PortContext,
  endpoints: readonly string[],
  chains: Map<string, readonly Rule[]>,
): PortRules {
  const { portName, protocol, clusterIP, port, clusterCidr } = context
  const match = { protocol, destination: `${clusterIP}/32`, destinationPort: port }
  const facts = { protocol, clusterIP, port, endpoints }
  if (endpoints.length === 0) {
    const rejection: Rule = { ...match, comment: `${portName} has no endpoints`, target: { type: 'REJECT' } }
    return { ...facts, entry: undefined, rejection }
  }
  const comment = `${portName} cluster IP`
  const chain = serviceChain(portName, protocol)
  const fromOutside: Rule = {
    ...match,
    source: `!${clusterCidr}`,
    comment,
    target: { type: 'JUMP', chain: 'KUBE-MARK-MASQ' },
  }
  const choices = endpoints.map((endpoint, i): Rule => {
    const target = { type: 'JUMP', chain: endpointChain(portName, protocol, endpoint) } as const
    const left = endpoints.length - i
    return { comment: `${portName} -> ${endpoint}`, ...(left > 1 && { probability: 1 / left }), target }
  })
  chains.set(chain, [fromOutside, ...choices])
  for (const endpoint of endpoints) {
    const name = endpointChain(portName, protocol, endpoint)
    chains.set(name, endpointRules(name, portName, protocol, endpoint))
  }
  return { ...facts, entry: { ...match, comment, target: { type: 'JUMP', chain } }, rejection: undefined }
}

/** By chain: its name is a hash of all that is in it, so these never change. */
const rulesByChain = new Map<string, readonly Rule[]>()

function endpointRules(chain: string, portName: string, protocol: Protocol, endpoint: string): readonly Rule[] {
  const known = rulesByChain.get(chain)
  if (known) return known
  const colon = endpoint.lastIndexOf(':')
  const ip = endpoint.slice(0, colon)
  const rules: readonly Rule[] = [
    // A Pod that reaches itself through its Service must not see itself as the caller.
    { source: `${ip}/32`, comment: portName, target: { type: 'JUMP', chain: 'KUBE-MARK-MASQ' } },
    { protocol, comment: portName, target: { type: 'DNAT', to: ip, port: Number(endpoint.slice(colon + 1)) } },
  ]
  if (rulesByChain.size >= NAMES_MAX) rulesByChain.clear()
  rulesByChain.set(chain, rules)
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
    // An endpoint's chain never changes: its name is a hash of all that is in it.
    if (before?.chains.has(chain) && chain.startsWith('KUBE-SEP-')) continue
    chains[chain] = rules
  }
  const deleted = [...(before?.chains.keys() ?? [])].filter((chain) => !after.chains.has(chain))
  const change = { chains, deleted }
  changes.set(after, { before, change })
  return change
}
