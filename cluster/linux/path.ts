/**
 * The way of a packet through one machine: namespace, veth, bridge, host, `eth0`, and the hooks of netfilter between them.
 *
 * Every hop is a `hop` note in the trace. Sockets are not known here: what arrives for one is put into `work.arrivals`.
 * What we leave out: ARP and MAC addresses (a frame names the address of its next hop, and whoever has it answers),
 * fragmentation and MTU, neighbours' caches (an address that nobody has fails after 3 s every time).
 * Where to read upstream: Linux `net/ipv4/ip_input.c`, `ip_forward.c`, `ip_output.c`; `net/bridge/br_netfilter_hooks.c`.
 */
import type { Passage } from './conntrack.ts'
import { confirm, freeSourcePort, knownDestination, knownSource, track } from './conntrack.ts'
import type { Ip } from './ip.ts'
import { formatIp } from './ip.ts'
import { isLocal, lookUpRoute } from './links.ts'
import type { Verdict } from './netfilter.ts'
import { walkChain } from './netfilter.ts'
import type { TableName } from './netfilter-rule.ts'
import { formatRule } from './netfilter-rule.ts'
import type { Frame, IcmpError, Packet, Tuple } from './packet.ts'
import { DEFAULT_TIME_TO_LIVE, describe, formatDestination, formatSource } from './packet.ts'
import type { Link, LinuxState, Route, Work } from './state.ts'
import { HOST_NETNS } from './state.ts'

/** Three requests, a second apart, and nobody has answered. */
export const ARP_FAILURE_MICROS = 3_000_000
/** Packets that may wait for ARP at once. */
const UNRESOLVED_MAX = 1_024

function noteHop(
  work: Work,
  netns: number,
  at: string,
  packet: Packet,
  more?: Readonly<Record<string, unknown>>,
): void {
  const space = work.state.netns.get(netns)
  work.ctx.note('hop', {
    packet: packet.id,
    netns: space?.label ?? 'gone',
    at,
    protocol: packet.protocol,
    what: describe(packet),
    source: formatSource(packet),
    destination: formatDestination(packet),
    ...more,
  })
}

// ── leaving a socket ────────────────────────────────────────────────────────────────────────────────────────────────

/** The address that a socket without one sends from. Undefined: no route. */
export function sourceAddressFor(state: LinuxState, netns: number, destination: Ip): Ip | undefined {
  if (isLocal(state, netns, destination)) return destination
  const route = lookUpRoute(state, netns, destination)
  return route && addressOf(state, route.link)
}

function addressOf(state: LinuxState, index: number): Ip | undefined {
  return state.links.get(index)!.addresses[0]?.ip
}

/** Sends a packet that was made in this namespace. False: no route leads there. */
export function output(work: Work, netns: number, packet: Packet): boolean {
  const { state } = work
  if (!isLocal(state, netns, packet.destination) && !lookUpRoute(state, netns, packet.destination)) return false
  const passage = track(work, netns, packet)
  noteHop(work, netns, 'OUTPUT', passage.packet)
  translateDestination(work, passage, 'OUTPUT')
  // Rules may have sent it elsewhere: look again.
  const local = isLocal(state, netns, passage.packet.destination)
  const route = local ? undefined : lookUpRoute(state, netns, passage.packet.destination)
  if (!local && !route) return false
  const outInterface = route ? state.links.get(route.link)!.name : 'lo'
  if (!filter(work, passage, 'OUTPUT', undefined, outInterface)) return true
  if (!translateSource(work, passage, 'POSTROUTING', outInterface, route)) return true
  if (local) enter(work, passage, 'lo')
  else forwardTo(work, netns, passage.packet, route!, passage.original)
  return true
}

/** Hands a packet to the link that a route names. */
function forwardTo(work: Work, netns: number, packet: Packet, route: Route, about: Tuple): void {
  transmit(work, netns, work.state.links.get(route.link)!, packet, route.via ?? packet.destination, about)
}

// ── arriving in a namespace ─────────────────────────────────────────────────────────────────────────────────────────

/** A packet comes in by this link, addressed to it. */
export function receive(work: Work, link: Link, arrived: Packet): void {
  const { state } = work
  const { netns } = link
  const passage = track(work, netns, arrived)
  noteHop(work, netns, 'PREROUTING', passage.packet, { link: link.name })
  translateDestination(work, passage, 'PREROUTING', link.name)
  if (isLocal(state, netns, passage.packet.destination)) return enter(work, passage, link.name)
  if (!state.netns.get(netns)!.forwards) {
    return noteHop(work, netns, 'dropped', passage.packet, { reason: 'net.ipv4.ip_forward is 0' })
  }
  const packet = { ...passage.packet, timeToLive: passage.packet.timeToLive - 1 }
  passage.packet = packet
  if (packet.timeToLive <= 0) return noteHop(work, netns, 'dropped', packet, { reason: 'time to live exceeded' })
  const route = lookUpRoute(state, netns, packet.destination)
  if (!route) return sendError(work, netns, 'net-unreachable', passage.original, packet)
  const out = state.links.get(route.link)!
  if (!filter(work, passage, 'FORWARD', link.name, out.name)) return
  if (!translateSource(work, passage, 'POSTROUTING', out.name, route)) return
  forwardTo(work, netns, passage.packet, route, passage.original)
}

/** Through INPUT to the sockets. */
function enter(work: Work, passage: Passage, inInterface: string): void {
  const { netns } = passage
  if (!filter(work, passage, 'INPUT', inInterface, undefined)) return
  if (!translateSource(work, passage, 'INPUT', undefined, undefined)) return
  const packet = { ...passage.packet, mark: 0 }
  noteHop(work, netns, 'INPUT', packet)
  work.arrivals.push({ netns, packet })
}

// ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function transmit(work: Work, netns: number, link: Link, packet: Packet, nextHop: Ip, about: Tuple): void {
  const { state } = work
  if (!link.up) return noteHop(work, netns, 'dropped', packet, { reason: `${link.name} is down` })
  noteHop(work, netns, 'out', packet, { link: link.name, nextHop: formatIp(nextHop) })
  switch (link.kind) {
    case 'loopback':
      return
    case 'veth': {
      const peer = state.links.get(link.peer!)!
      if (!peer.up) return noteHop(work, peer.netns, 'dropped', packet, { reason: `${peer.name} is down` })
      if (peer.master !== undefined)
        return acrossBridge(work, state.links.get(peer.master)!, peer, packet, nextHop, about)
      return isLocal(state, peer.netns, nextHop)
        ? receive(work, peer, packet)
        : unresolvable(work, netns, packet, about)
    }
    case 'bridge': {
      const port = portTowards(state, link, nextHop)
      return port ? outOfPort(work, port, packet) : unresolvable(work, netns, packet, about)
    }
    case 'device': {
      const machine = state.options.hosts[formatIp(nextHop)]
      if (machine === undefined) return unresolvable(work, netns, packet, about)
      const body: Frame = { type: 'frame', packet: packet.mark === 0 ? packet : { ...packet, mark: 0 }, nextHop }
      work.effects.push({ type: 'send', to: `${machine}/linux`, body })
      return
    }
  }
}

/** The port behind which somebody has this address. */
function portTowards(state: LinuxState, bridge: Link, nextHop: Ip): Link | undefined {
  for (const index of state.owners.get(nextHop) ?? []) {
    const owner = state.links.get(index)!
    const port = owner.peer === undefined ? undefined : state.links.get(owner.peer)
    if (port?.master === bridge.index) return port
  }
  return undefined
}

function outOfPort(work: Work, port: Link, packet: Packet): void {
  noteHop(work, port.netns, 'port', packet, { link: port.name })
  const inside = work.state.links.get(port.peer!)!
  if (!port.up || !inside.up) return noteHop(work, port.netns, 'dropped', packet, { reason: `${port.name} is down` })
  receive(work, inside, packet)
}

/** A frame comes into a bridge by a port: it is for the host, or goes out by another port. */
function acrossBridge(work: Work, bridge: Link, port: Link, arrived: Packet, nextHop: Ip, about: Tuple): void {
  const { state } = work
  const { netns } = bridge
  noteHop(work, netns, 'bridge', arrived, { link: bridge.name, port: port.name })
  if (!port.up || !bridge.up) return noteHop(work, netns, 'dropped', arrived, { reason: `${bridge.name} is down` })
  if (isLocal(state, netns, nextHop)) return receive(work, bridge, arrived)
  const out = portTowards(state, bridge, nextHop)
  if (!out) return unresolvable(work, port.netns, arrived, about)
  if (out.index === port.index && !port.hairpin)
    return noteHop(work, netns, 'dropped', arrived, { reason: 'no hairpin' })
  if (!state.netns.get(netns)!.bridgeNetfilter) return outOfPort(work, out, arrived)
  const passage = track(work, netns, arrived)
  translateDestination(work, passage, 'PREROUTING', bridge.name)
  // Translated on the bridge: the frame's next hop is no longer where it should go.
  if (passage.packet.destination !== arrived.destination) return routeTranslated(work, bridge, passage)
  if (!filter(work, passage, 'FORWARD', bridge.name, bridge.name)) return
  if (translateSource(work, passage, 'POSTROUTING', bridge.name, undefined)) outOfPort(work, out, passage.packet)
}

function routeTranslated(work: Work, bridge: Link, passage: Passage): void {
  const { state } = work
  if (isLocal(state, bridge.netns, passage.packet.destination)) return enter(work, passage, bridge.name)
  const route = lookUpRoute(state, bridge.netns, passage.packet.destination)
  if (!route) return sendError(work, bridge.netns, 'net-unreachable', passage.original, passage.packet)
  const out = state.links.get(route.link)!
  if (!filter(work, passage, 'FORWARD', bridge.name, out.name)) return
  if (!translateSource(work, passage, 'POSTROUTING', out.name, route)) return
  forwardTo(work, bridge.netns, passage.packet, route, passage.original)
}

// ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Tells the sender of a packet what has become of it. `about` is its tuple as the sender knows it. */
export function sendError(work: Work, netns: number, error: IcmpError, about: Tuple, packet: Packet): void {
  // Errors are never sent about errors.
  if (packet.icmp) return
  const source = sourceAddressFor(work.state, netns, about.source)
  if (source === undefined) return
  const { protocol, sourcePort, destination, destinationPort } = about
  output(work, netns, {
    id: work.ctx.id(),
    protocol,
    source,
    sourcePort: 0,
    destination: about.source,
    destinationPort: 0,
    timeToLive: DEFAULT_TIME_TO_LIVE,
    mark: 0,
    icmp: { error, about: { protocol, source: about.source, sourcePort, destination, destinationPort } },
  })
}

function unresolvable(work: Work, netns: number, packet: Packet, about: Tuple): void {
  noteHop(work, netns, 'dropped', packet, { reason: 'nobody answers ARP for the next hop' })
  if (packet.icmp || work.state.unresolved.size >= UNRESOLVED_MAX) return
  const id = work.ctx.id()
  const { protocol, source, sourcePort, destination, destinationPort } = about
  const asSent = { protocol, source, sourcePort, destination, destinationPort }
  work.state.unresolved.set(id, { netns, packet, about: asSent })
  work.effects.push({ type: 'wake', key: `arp:${id}`, after: ARP_FAILURE_MICROS })
}

/** ARP has given up on a packet. */
export function arpFailed(work: Work, id: number): void {
  const waiting = work.state.unresolved.get(id)
  work.state.unresolved.delete(id)
  if (waiting) sendError(work, waiting.netns, 'host-unreachable', waiting.about, waiting.packet)
}

// ── hooks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

function walk(
  work: Work,
  passage: Passage,
  table: TableName,
  hook: Hook,
  inInterface?: string,
  outInterface?: string,
): Verdict {
  const destinationIsLocal = isLocal(work.state, passage.netns, passage.packet.destination)
  const { netns, state } = passage
  const context = { state, inInterface, outInterface, destinationIsLocal, netns }
  const { packet, verdict, visited } = walkChain(work, passage.netns, table, hook, passage.packet, context)
  passage.packet = packet
  if (visited > 0) {
    const detail = { packet: packet.id, table, hook, visited, verdict: verdict?.target.type ?? 'none' }
    work.ctx.note('netfilter', verdict ? { ...detail, rule: formatRule(hook, verdict.rule) } : detail)
  }
  return verdict
}

/** DNAT, or its counterpart for answers to a masqueraded sender. */
function translateDestination(work: Work, passage: Passage, hook: 'PREROUTING' | 'OUTPUT', inInterface?: string): void {
  if (!passage.tracked) return
  const known = knownDestination(passage)
  if (known) return setDestination(work, passage, known.ip, known.port)
  const verdict = walk(work, passage, 'nat', hook, inInterface)
  if (verdict?.target.type === 'DNAT') setDestination(work, passage, verdict.to, verdict.target.port)
}

function setDestination(work: Work, passage: Passage, ip: Ip, port: number): void {
  const { packet } = passage
  if (packet.destination === ip && packet.destinationPort === port) return
  passage.packet = { ...packet, destination: ip, destinationPort: port }
  noteHop(work, passage.netns, 'DNAT', passage.packet, { was: formatDestination(packet) })
}

/** SNAT, or its counterpart for answers of a translated destination; enters new conversations. False: dropped. */
function translateSource(
  work: Work,
  passage: Passage,
  hook: 'POSTROUTING' | 'INPUT',
  outInterface: string | undefined,
  route: Route | undefined,
): boolean {
  if (!passage.tracked) return true
  const known = knownSource(passage)
  if (known) {
    setSource(work, passage, known.ip, known.port)
    return true
  }
  const verdict = walk(work, passage, 'nat', hook, undefined, outInterface)
  if (verdict?.target.type === 'MASQUERADE' && route) {
    const ip = addressOf(work.state, route.link)
    const port = ip === undefined ? undefined : freeSourcePort(work.state, passage.netns, passage.packet, ip)
    if (ip === undefined || port === undefined) return false
    setSource(work, passage, ip, port)
  }
  if (!passage.fresh || confirm(work, passage)) return true
  noteHop(work, passage.netns, 'dropped', passage.packet, { reason: 'nf_conntrack: table full' })
  return false
}

function setSource(work: Work, passage: Passage, ip: Ip, port: number): void {
  const { packet } = passage
  if (packet.source === ip && packet.sourcePort === port) return
  passage.packet = { ...packet, source: ip, sourcePort: port }
  noteHop(work, passage.netns, 'SNAT', passage.packet, { was: formatSource(packet) })
}

/** False: the packet ends here. */
function filter(
  work: Work,
  passage: Passage,
  hook: 'INPUT' | 'FORWARD' | 'OUTPUT',
  inInterface: string | undefined,
  outInterface: string | undefined,
): boolean {
  if (!work.state.netns.get(passage.netns)!.filters) return true
  const verdict = walk(work, passage, 'filter', hook, inInterface, outInterface)
  if (verdict?.target.type === 'DROP') {
    noteHop(work, passage.netns, 'dropped', passage.packet, { reason: formatRule(hook, verdict.rule) })
    return false
  }
  if (verdict?.target.type !== 'REJECT') return true
  noteHop(work, passage.netns, 'rejected', passage.packet, { reason: formatRule(hook, verdict.rule) })
  sendError(work, passage.netns, 'port-unreachable', passage.original, passage.packet)
  return false
}

/** A frame from another machine. */
export function frameArrived(work: Work, frame: Frame): void {
  const eth0 = work.state.linkNames.get(`${HOST_NETNS}/eth0`)
  const link = eth0 === undefined ? undefined : work.state.links.get(eth0)
  if (!link?.up) return
  if (isLocal(work.state, HOST_NETNS, frame.nextHop)) return receive(work, link, frame.packet)
  noteHop(work, HOST_NETNS, 'dropped', frame.packet, { reason: 'the frame is for another machine' })
}
