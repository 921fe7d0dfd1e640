/**
 * `bridge`: a veth pair between a namespace and a bridge on the machine.
 *
 * What the real one does: makes the bridge if need be, a veth pair with one end inside, has IPAM give an address, and sets
 * addresses and routes; undoes it all on DEL.
 * What we model: that, with a gateway on the bridge, forwarding switched on, hairpin mode, undoing what was done when a
 * later part fails, CHECK against the cached result, and GC and STATUS handed on to IPAM.
 * What we leave out: IPv6, VLANs, MTU, MAC-spoof checks, promiscuous mode, and `ipMasq` (flannel does that for the node).
 * Where to read upstream: containernetworking/plugins `plugins/main/bridge/bridge.go`.
 */
import type { LinkInfo, NetlinkOperation, Syscall } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import type { Next, Stage } from '../cni.ts'
import { cniPlugin } from '../cni.ts'
import type { CniError, CniResult } from '../spec.ts'
import { CNI_ERROR, CNI_VERSION, cniError, isCniError } from '../spec.ts'

interface Scratch {
  /** Name of the pair's end on the machine. */
  hostVeth: string
  ipam: CniResult
  /** What went wrong, while it is being undone. */
  failure: CniError
}

interface BridgeConf {
  readonly bridge: string
  readonly isGateway: boolean
  readonly isDefaultGateway: boolean
  readonly hairpinMode: boolean
}

function confOf({ invocation: { stdin } }: Stage<Scratch>): BridgeConf {
  const isDefaultGateway = stdin['isDefaultGateway'] === true
  return {
    bridge: (stdin['bridge'] as string | undefined) ?? 'cni0',
    isGateway: isDefaultGateway || stdin['isGateway'] === true,
    isDefaultGateway,
    hairpinMode: stdin['hairpinMode'] === true,
  }
}

const ipamOf = (stage: Stage<Scratch>): string | undefined => stage.invocation.stdin.ipam?.type
const error = (msg: string): Next => ({ error: cniError(CNI_ERROR.internal, msg) })
const last = (results: readonly any[]) => results[results.length - 1]

// ── ADD: link, then IPAM, then addresses and routes ─────────────────────────────────────────────────────────────────

function add(stage: Stage<Scratch>): Next {
  const { bridge, hairpinMode } = confOf(stage)
  const { CNI_NETNS, CNI_IFNAME } = stage.invocation.env
  const hostVeth = `veth${stage.ctx.random('veth-name').int(0x1_0000_0000).toString(16).padStart(8, '0')}`
  stage.remember({ hostVeth })
  const operations: NetlinkOperation[] = [
    { op: 'addBridge', name: bridge, ifMissing: true },
    { op: 'setLink', name: bridge, up: true },
    { op: 'addVeth', name: hostVeth, peerName: CNI_IFNAME, peerNetns: CNI_NETNS },
    { op: 'setLink', name: hostVeth, up: true, master: bridge, hairpin: hairpinMode },
  ]
  return { syscalls: [{ call: 'netlink', operations }], then: 'linked' }
}

function linked(stage: Stage<Scratch>, results: readonly any[]): Next {
  const failure = last(results)
  if (isFailure(failure)) {
    const { CNI_IFNAME } = stage.invocation.env
    const exists = failure.errno === 'EEXIST' && failure.message.includes(CNI_IFNAME)
    return error(exists ? `container veth name provided (${CNI_IFNAME}) already exists` : failure.message)
  }
  const ipam = ipamOf(stage)
  if (ipam === undefined) return { result: { cniVersion: CNI_VERSION, interfaces: [], dns: {} } }
  return { delegate: ipam, then: 'addressed' }
}

function addressed(stage: Stage<Scratch>, outcome: CniResult | CniError): Next {
  if (isCniError(outcome)) return undo(stage, outcome)
  if ((outcome.ips ?? []).length === 0)
    return undo(stage, cniError(CNI_ERROR.internal, 'IPAM plugin returned missing IP config'))
  stage.remember({ ipam: outcome })
  const conf = confOf(stage)
  const { CNI_NETNS: netns, CNI_IFNAME: name } = stage.invocation.env
  const inside: NetlinkOperation[] = [{ op: 'setLink', name, up: true }]
  const onBridge: NetlinkOperation[] = []
  for (const { address, gateway } of outcome.ips!) {
    inside.push({ op: 'addAddress', name, address })
    const bits = address.slice(address.indexOf('/'))
    if (conf.isGateway && gateway)
      onBridge.push({ op: 'addAddress', name: conf.bridge, address: gateway + bits, ifMissing: true })
  }
  for (const { dst, gw } of routesOf(conf, outcome)) {
    inside.push({ op: 'addRoute', destination: dst, name, ...(gw !== undefined && { via: gw }) })
  }
  const calls: Syscall[] = [
    { call: 'netlink', operations: onBridge },
    { call: 'netlink', netns, operations: inside },
    ...(conf.isGateway ? [{ call: 'setSysctl', key: 'net.ipv4.ip_forward', value: 1 } as const] : []),
    { call: 'listLinks', netns },
  ]
  return { syscalls: calls, then: 'configured' }
}

/** IPAM's routes, through the first gateway where they name none; the default route if this is the default gateway. */
function routesOf(conf: BridgeConf, ipam: CniResult): { dst: string; gw: string | undefined }[] {
  const gateway = ipam.ips![0]!.gateway
  const routes = (ipam.routes ?? []).map(({ dst, gw }) => ({ dst, gw: gw ?? gateway }))
  if (conf.isDefaultGateway && !routes.some(({ dst }) => dst === '0.0.0.0/0'))
    routes.push({ dst: '0.0.0.0/0', gw: gateway })
  return routes
}

function configured(stage: Stage<Scratch>, results: readonly any[]): Next {
  const outcome = last(results)
  if (isFailure(outcome)) return undo(stage, cniError(CNI_ERROR.internal, outcome.message))
  const { CNI_NETNS: sandbox, CNI_IFNAME: name } = stage.invocation.env
  const inside = (outcome.links as readonly LinkInfo[]).find((link) => link.name === name)!
  const conf = confOf(stage)
  const ipam = stage.scratch.ipam!
  const result: CniResult = {
    cniVersion: CNI_VERSION,
    interfaces: [{ name: conf.bridge }, { name: stage.scratch.hostVeth! }, { name, mac: inside.mac, sandbox }],
    ips: ipam.ips!.map((ip) => ({ ...ip, interface: 2 })),
    routes: routesOf(conf, ipam).map(({ dst, gw }) => ({ dst, ...(gw !== undefined && { gw }) })),
    dns: ipam.dns ?? {},
  }
  return { result }
}

/** The address goes back, then the pair; the error that led here is what is reported. */
function undo(stage: Stage<Scratch>, failure: CniError): Next {
  stage.remember({ failure })
  const ipam = ipamOf(stage)
  return ipam !== undefined && stage.scratch.ipam
    ? { delegate: ipam, command: 'DEL', then: 'undoLink' }
    : undoLink(stage)
}

function undoLink(stage: Stage<Scratch>): Next {
  const operations: NetlinkOperation[] = [{ op: 'deleteLink', name: stage.scratch.hostVeth!, ifPresent: true }]
  return { syscalls: [{ call: 'netlink', operations }], then: 'undone' }
}

// ── DEL: what is gone already counts as success ─────────────────────────────────────────────────────────────────────

function del(stage: Stage<Scratch>): Next {
  const { CNI_NETNS: netns, CNI_IFNAME: name } = stage.invocation.env
  if (netns === '') return unlinked(stage, [])
  return {
    syscalls: [{ call: 'netlink', netns, operations: [{ op: 'deleteLink', name, ifPresent: true }] }],
    then: 'unlinked',
  }
}

function unlinked(stage: Stage<Scratch>, results: readonly any[]): Next {
  const outcome = last(results)
  if (isFailure(outcome) && outcome.errno !== 'ENOENT') return error(outcome.message)
  const ipam = ipamOf(stage)
  return ipam === undefined ? { result: {} } : { delegate: ipam, then: 'handedOn' }
}

// ── CHECK ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function check(stage: Stage<Scratch>): Next {
  const ipam = ipamOf(stage)
  return ipam === undefined ? look(stage) : { delegate: ipam, then: 'checkedIpam' }
}

function look(stage: Stage<Scratch>): Next {
  const { CNI_NETNS: netns } = stage.invocation.env
  return { syscalls: [{ call: 'listLinks' }, { call: 'listLinks', netns }], then: 'looked' }
}

function looked(stage: Stage<Scratch>, results: readonly any[]): Next {
  const outcome = last(results)
  if (isFailure(outcome)) return error(outcome.message)
  const { prevResult } = stage.invocation.stdin
  if (!prevResult) return error('required prevResult missing')
  const { bridge } = confOf(stage)
  const { CNI_IFNAME } = stage.invocation.env
  const [{ links: outside }, { links }] = results as [{ links: LinkInfo[] }, { links: LinkInfo[] }]
  const inside = links.find((link) => link.name === CNI_IFNAME)
  if (!inside) return error(`interface ${CNI_IFNAME} does not exist in the container`)
  if (!inside.up) return error(`interface ${CNI_IFNAME} is down`)
  const peer = outside.find((link) => link.index === inside.peer)
  if (!outside.some((link) => link.name === bridge && link.kind === 'bridge'))
    return error(`bridge ${bridge} does not exist`)
  if (peer?.master !== bridge) return error(`veth of ${CNI_IFNAME} is not a port of ${bridge}`)
  const missing = (prevResult.ips ?? []).find(({ address }) => !inside.addresses.includes(address))
  return missing ? error(`failed to match addr ${missing.address} on interface ${CNI_IFNAME}`) : { result: {} }
}

// ── GC, STATUS: IPAM's business ─────────────────────────────────────────────────────────────────────────────────────

function handOn(stage: Stage<Scratch>): Next {
  const ipam = ipamOf(stage)
  return ipam === undefined ? { result: {} } : { delegate: ipam, then: 'handedOn' }
}

const passErrorOr = (next: (stage: Stage<Scratch>) => Next) => (stage: Stage<Scratch>, outcome: unknown) =>
  isCniError(outcome) ? { error: outcome } : next(stage)

export const bridge = cniPlugin<Scratch>({
  name: 'bridge',
  verbs: { ADD: add, DEL: del, CHECK: check, GC: handOn, STATUS: handOn },
  stages: {
    linked,
    addressed,
    configured,
    undoLink,
    undone: (stage) => ({ error: stage.scratch.failure! }),
    unlinked,
    checkedIpam: passErrorOr(look),
    looked,
    handedOn: passErrorOr(() => ({ result: {} })),
  },
})
