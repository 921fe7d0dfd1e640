/**
 * Network namespaces, links, addresses and routes: what netlink changes.
 *
 * Where to read upstream: Linux `net/core/net_namespace.c`, `drivers/net/veth.c`, `net/ipv4/fib_semantics.c`.
 */
import type { Ip } from './ip.ts'
import { formatCidr, formatIp, networkOf, parseCidr, parseInterfaceAddress, parseIp } from './ip.ts'
import type { Link, LinuxState, Netns, Route, Work } from './state.ts'
import { fail } from './state.ts'
import type { LinkInfo, NetlinkOperation, RouteInfo, SyscallFailure } from './syscall.ts'

const linkKey = (netns: number, name: string): string => `${netns}/${name}`
const routeKey = (bits: number, network: Ip): string => `${bits}/${network}`

// ── namespaces ──────────────────────────────────────────────────────────────────────────────────────────────────────

export function addNetns(work: Work, path: string, label: string): Netns {
  const { state } = work
  const inode = state.nextInode++
  const netns: Netns = { inode, path, label, forwards: false, bridgeNetfilter: false, filters: false }
  state.netns.set(inode, netns)
  if (path !== '') state.netnsPaths.set(path, inode)
  const lo = addLink(work, inode, 'lo', 'loopback', '00:00:00:00:00:00')
  state.links.set(lo.index, { ...lo, up: true })
  return netns
}

/** Its sockets must be gone already. */
export function deleteNetns(work: Work, inode: number): void {
  const { state } = work
  const netns = state.netns.get(inode)
  if (!netns) return
  for (const link of linksOf(state, inode)) deleteLink(work, link)
  state.linksOf.delete(inode)
  for (const table of ['nat', 'filter']) {
    const group = `${inode}/${table}`
    for (const { name } of [...state.chains.values(group)]) {
      state.chains.delete(group, name)
      state.recent.drop(`${inode}/${name}`)
    }
  }
  state.netnsPaths.delete(netns.path)
  state.netns.delete(inode)
}

// ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function findLink(state: LinuxState, netns: number, name: string): Link | undefined {
  const index = state.linkNames.get(linkKey(netns, name))
  return index === undefined ? undefined : state.links.get(index)
}

export function linksOf(state: LinuxState, netns: number): Link[] {
  return (state.linksOf.get(netns) ?? []).map((index) => state.links.get(index)!)
}

const MAC_PREFIX = 'f6'

function randomMac(work: Work): string {
  const digits = work.ctx.random('mac-address').int(0x1_0000_0000).toString(16).padStart(8, '0')
  // Locally administered, unicast; the index keeps two links of a machine apart whatever the draw.
  const tail = (work.state.nextIndex & 0xff).toString(16).padStart(2, '0')
  return `${MAC_PREFIX}:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}:${digits.slice(6)}:${tail}`
}

export function addLink(work: Work, netns: number, name: string, kind: Link['kind'], mac = randomMac(work)): Link {
  const { state } = work
  const index = state.nextIndex++
  const link: Link = {
    index,
    netns,
    name,
    kind,
    mac,
    up: false,
    addresses: [],
    peer: undefined,
    master: undefined,
    hairpin: false,
  }
  state.links.set(index, link)
  state.linkNames.set(linkKey(netns, name), index)
  state.linksOf.set(netns, [...(state.linksOf.get(netns) ?? []), index])
  return link
}

function deleteLink(work: Work, link: Link): void {
  const { state } = work
  if (!state.links.has(link.index)) return
  state.links.delete(link.index)
  state.linkNames.delete(linkKey(link.netns, link.name))
  state.linksOf.set(
    link.netns,
    state.linksOf.get(link.netns)!.filter((index) => index !== link.index),
  )
  for (const { ip } of link.addresses) disown(state, ip, link.index)
  for (const route of [...state.routes.values(String(link.netns))]) {
    if (route.link === link.index) removeRoute(state, route)
  }
  if (link.kind === 'bridge') {
    for (const port of [...state.links.values()]) {
      if (port.master === link.index) state.links.set(port.index, { ...port, master: undefined })
    }
  }
  const peer = link.peer === undefined ? undefined : state.links.get(link.peer)
  if (peer) deleteLink(work, peer)
}

function disown(state: LinuxState, ip: Ip, index: number): void {
  const left = (state.owners.get(ip) ?? []).filter((other) => other !== index)
  if (left.length > 0) state.owners.set(ip, left)
  else state.owners.delete(ip)
}

/** Whether packets for this address are for the namespace itself. */
export function isLocal(state: LinuxState, netns: number, ip: Ip): boolean {
  if (ip >>> 24 === 127) return true
  const owners = state.owners.get(ip)
  if (owners === undefined) return false
  for (const index of owners) if (state.links.get(index)!.netns === netns) return true
  return false
}

export function addAddress(state: LinuxState, link: Link, ip: Ip, bits: number): void {
  state.links.set(link.index, { ...link, addresses: [...link.addresses, { ip, bits }] })
  state.owners.set(ip, [...(state.owners.get(ip) ?? []), link.index])
  // The connected route comes with the address.
  if (bits < 32)
    setRoute(state, { netns: link.netns, network: networkOf(ip, bits), bits, via: undefined, link: link.index })
}

// ── routes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export function setRoute(state: LinuxState, route: Route): void {
  const { netns, bits, network } = route
  const group = String(netns)
  const key = routeKey(bits, network)
  if (!state.routes.get(group, key)) countPrefix(state, netns, bits, 1)
  state.routes.set(group, key, route)
}

function removeRoute(state: LinuxState, { netns, bits, network }: Route): void {
  state.routes.delete(String(netns), routeKey(bits, network))
  countPrefix(state, netns, bits, -1)
}

function countPrefix(state: LinuxState, netns: number, bits: number, by: number): void {
  const prefixes = (state.prefixes.get(netns) ?? NO_PREFIXES).slice()
  let at = 0
  // Longest first.
  while (at < prefixes.length && prefixes[at]!.bits > bits) at++
  const there = prefixes[at]?.bits === bits
  const count = (there ? prefixes[at]!.count : 0) + by
  prefixes.splice(at, there ? 1 : 0, ...(count > 0 ? [{ bits, count }] : []))
  if (prefixes.length > 0) state.prefixes.set(netns, prefixes)
  else state.prefixes.delete(netns)
}

/** The route with the longest prefix that holds the address. */
export function lookUpRoute(state: LinuxState, netns: number, ip: Ip): Route | undefined {
  const group = String(netns)
  for (const { bits } of state.prefixes.get(netns) ?? NO_PREFIXES) {
    const route = state.routes.get(group, routeKey(bits, networkOf(ip, bits)))
    if (route && state.links.get(route.link)!.up) return route
  }
  return undefined
}
const NO_PREFIXES = [] as const

// ── netlink ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Carries out one operation; undefined is success. */
export function netlink(work: Work, netns: number, operation: NetlinkOperation): SyscallFailure | undefined {
  switch (operation.op) {
    case 'addBridge': {
      if (findLink(work.state, netns, operation.name)) {
        return operation.ifMissing ? undefined : (fail('EEXIST', `link ${operation.name} exists`) as SyscallFailure)
      }
      addLink(work, netns, operation.name, 'bridge')
      return undefined
    }
    case 'addVeth':
      return addVeth(work, netns, operation)
    case 'deleteLink': {
      const link = findLink(work.state, netns, operation.name)
      if (link) deleteLink(work, link)
      return link || operation.ifPresent ? undefined : noDevice(operation.name)
    }
    case 'setLink':
      return setLink(work.state, netns, operation)
    case 'addAddress':
    case 'deleteAddress':
      return changeAddress(work.state, netns, operation)
    case 'addRoute':
    case 'deleteRoute':
      return changeRoute(work.state, netns, operation)
  }
}

const noDevice = (name: string) => fail('ENODEV', `link ${name} not found`) as SyscallFailure

function addVeth(
  work: Work,
  netns: number,
  operation: NetlinkOperation & { op: 'addVeth' },
): SyscallFailure | undefined {
  const { state } = work
  const peerNetns = operation.peerNetns === undefined ? netns : state.netnsPaths.get(operation.peerNetns)
  if (peerNetns === undefined) return fail('ENOENT', `no network namespace ${operation.peerNetns}`) as SyscallFailure
  for (const [where, name] of [
    [netns, operation.name],
    [peerNetns, operation.peerName],
  ] as const) {
    if (findLink(state, where, name)) return fail('EEXIST', `link ${name} already exists`) as SyscallFailure
  }
  const here = addLink(work, netns, operation.name, 'veth')
  const there = addLink(work, peerNetns, operation.peerName, 'veth')
  state.links.set(here.index, { ...here, peer: there.index })
  state.links.set(there.index, { ...there, peer: here.index })
  return undefined
}

function setLink(
  state: LinuxState,
  netns: number,
  operation: NetlinkOperation & { op: 'setLink' },
): SyscallFailure | undefined {
  const link = findLink(state, netns, operation.name)
  if (!link) return noDevice(operation.name)
  let master = link.master
  if (operation.master !== undefined) {
    const bridge = findLink(state, netns, operation.master)
    if (bridge?.kind !== 'bridge') return noDevice(operation.master)
    master = bridge.index
  }
  const { up = link.up, hairpin = link.hairpin } = operation
  state.links.set(link.index, { ...link, up, hairpin, master })
  return undefined
}

function changeAddress(
  state: LinuxState,
  netns: number,
  operation: NetlinkOperation & { op: 'addAddress' | 'deleteAddress' },
): SyscallFailure | undefined {
  const link = findLink(state, netns, operation.name)
  if (!link) return noDevice(operation.name)
  const { ip, bits } = parseInterfaceAddress(operation.address)
  const there = link.addresses.some((address) => address.ip === ip && address.bits === bits)
  if (operation.op === 'addAddress') {
    if (!there) addAddress(state, link, ip, bits)
    else if (!operation.ifMissing)
      return fail('EEXIST', `${link.name} has ${operation.address} already`) as SyscallFailure
    return undefined
  }
  if (!there) return fail('EADDRNOTAVAIL', `${link.name} has no address ${operation.address}`) as SyscallFailure
  const addresses = link.addresses.filter((address) => address.ip !== ip || address.bits !== bits)
  state.links.set(link.index, { ...link, addresses })
  disown(state, ip, link.index)
  const route = state.routes.get(String(netns), routeKey(bits, networkOf(ip, bits)))
  if (route?.link === link.index && route.via === undefined) removeRoute(state, route)
  return undefined
}

function changeRoute(
  state: LinuxState,
  netns: number,
  operation: NetlinkOperation & { op: 'addRoute' | 'deleteRoute' },
): SyscallFailure | undefined {
  const { network, bits } = parseCidr(operation.destination)
  const present = state.routes.get(String(netns), routeKey(bits, network))
  if (operation.op === 'deleteRoute') {
    if (present) removeRoute(state, present)
    else if (!operation.ifPresent) return fail('ESRCH', `no route to ${operation.destination}`) as SyscallFailure
    return undefined
  }
  if (present && !operation.replace) return fail('EEXIST', `route to ${operation.destination} exists`) as SyscallFailure
  const via = operation.via === undefined ? undefined : parseIp(operation.via)
  const link = operation.name === undefined ? undefined : findLink(state, netns, operation.name)
  if (operation.name !== undefined && !link) return noDevice(operation.name)
  const out = link?.index ?? (via === undefined ? undefined : lookUpRoute(state, netns, via)?.link)
  if (out === undefined)
    return fail('ENETUNREACH', `next hop ${operation.via} is on no link's network`) as SyscallFailure
  setRoute(state, { netns, network, bits, via, link: out })
  return undefined
}

// ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function linkInfo(state: LinuxState, link: Link): LinkInfo {
  const { index, name, kind, mac, up } = link
  const master = link.master === undefined ? undefined : state.links.get(link.master)?.name
  const addresses = link.addresses.map(({ ip, bits }) => `${formatIp(ip)}/${bits}`)
  return {
    index,
    name,
    kind,
    mac,
    up,
    ...(master !== undefined && { master }),
    ...(link.peer !== undefined && { peer: link.peer }),
    addresses,
  }
}

export function routeInfos(state: LinuxState, netns: number): RouteInfo[] {
  const routes = [...state.routes.values(String(netns))]
  routes.sort((a, b) => a.network - b.network || a.bits - b.bits)
  return routes.map((route) => ({
    destination: formatCidr(route),
    ...(route.via !== undefined && { via: formatIp(route.via) }),
    link: state.links.get(route.link)!.name,
  }))
}
