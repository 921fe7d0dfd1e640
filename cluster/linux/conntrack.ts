/**
 * Connection tracking: the memory by which answers find their way back through a translation.
 *
 * What we model: one entry per conversation with its original and its reply tuple; the nat table is asked for the first
 * packet only; timeouts; a limit; ICMP errors translated by the connection that they are about.
 * What we leave out: TCP window checks, expectations, zones.
 * Where to read upstream: Linux `net/netfilter/nf_conntrack_core.c`, `nf_nat_core.c`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Ip } from './ip.ts'
import type { ConnectionState } from './netfilter-rule.ts'
import type { Packet, Tuple } from './packet.ts'
import { reverse } from './packet.ts'
import type { Connection, LinuxState, Work } from './state.ts'
import { EPHEMERAL_PORT_MAX } from './state.ts'

/** `net.netfilter.nf_conntrack_max` */
export const CONNECTIONS_MAX = 262_144
const UDP_UNREPLIED_MICROS = 30_000_000
const UDP_REPLIED_MICROS = 120_000_000
const TCP_UNREPLIED_MICROS = 120_000_000
const TCP_ESTABLISHED_MICROS = 432_000_000_000
const TCP_CLOSING_MICROS = 120_000_000
const TCP_RESET_MICROS = 10_000_000

/** One packet on its way through one namespace. Lives within a step. */
export interface Passage {
  readonly netns: number
  packet: Packet
  /** The tuple with which it came in, before any translation here. */
  readonly original: Tuple
  connection: Connection | undefined
  /** First packet of a conversation: the nat table decides. */
  readonly fresh: boolean
  readonly isReply: boolean
  readonly state: ConnectionState
  /** False where nothing tracks connections. */
  readonly tracked: boolean
}

const connectionKey = (netns: number, tuple: Tuple): string =>
  `${netns}/${tuple.protocol}/${tuple.source}:${tuple.sourcePort}>${tuple.destination}:${tuple.destinationPort}`

/** The connection that a tuple belongs to, in either direction. */
export function lookUpConnection(state: LinuxState, netns: number, tuple: Tuple, now: Micros): Connection | undefined {
  const id = state.connectionKeys.get(connectionKey(netns, tuple))
  if (id === undefined) return undefined
  const connection = state.connections.get(id)!
  if (connection.expires > now) return connection
  forget(state, connection)
  return undefined
}

export function forget(state: LinuxState, connection: Connection): void {
  state.connections.delete(connection.id)
  state.connectionKeys.delete(connectionKey(connection.netns, connection.original))
  state.connectionKeys.delete(connectionKey(connection.netns, connection.reply))
}

const sameTuple = (a: Tuple, b: Tuple): boolean =>
  a.source === b.source &&
  a.sourcePort === b.sourcePort &&
  a.destination === b.destination &&
  a.destinationPort === b.destinationPort

/** Finds the packet's connection, and gives an ICMP error back its sender's view. */
export function track(work: Work, netns: number, packet: Packet): Passage {
  const { state, ctx } = work
  const base = { netns, packet, original: packet as Tuple, connection: undefined, fresh: false, isReply: false }
  if (!state.netns.get(netns)!.filters) return { ...base, state: 'NEW', tracked: false }
  if (packet.icmp) return trackError(work, base, packet)
  const connection = lookUpConnection(state, netns, packet, ctx.now)
  if (!connection) {
    // A reset for a conversation that nobody remembers starts none.
    if (packet.segment?.flag === 'RST') return { ...base, state: 'INVALID', tracked: false }
    return { ...base, fresh: true, state: 'NEW', tracked: true }
  }
  const isReply = !sameTuple(connection.original, packet)
  const replied = connection.replied || isReply
  refresh(state, connection, packet, replied, ctx.now)
  return { ...base, connection, isReply, state: replied ? 'ESTABLISHED' : 'NEW', tracked: true }
}

function trackError(work: Work, base: Omit<Passage, 'state' | 'tracked'>, packet: Packet): Passage {
  const { error, about } = packet.icmp!
  const connection = lookUpConnection(work.state, base.netns, reverse(about), work.ctx.now)
  if (!connection) return { ...base, state: 'INVALID', tracked: false }
  if (sameTuple(connection.reply, reverse(about))) {
    const translated = {
      ...packet,
      destination: connection.original.source,
      icmp: { error, about: connection.original },
    }
    return { ...base, packet: translated, state: 'RELATED', tracked: false }
  }
  return { ...base, state: 'RELATED', tracked: false }
}

function refresh(state: LinuxState, connection: Connection, packet: Packet, replied: boolean, now: Micros): void {
  const expires = now + lifetime(packet, replied)
  // Within a second it is not worth a write.
  if (replied === connection.replied && Math.abs(expires - connection.expires) < 1_000_000) return
  const closing = packet.segment?.flag === 'RST' || packet.segment?.fin
  const alreadyClosing =
    connection.replied && connection.expires - now < TCP_CLOSING_MICROS && packet.protocol === 'tcp'
  if (alreadyClosing && !closing) return
  state.connections.set(connection.id, { ...connection, replied, expires })
}

function lifetime(packet: Packet, replied: boolean): Micros {
  if (packet.protocol === 'udp') return replied ? UDP_REPLIED_MICROS : UDP_UNREPLIED_MICROS
  if (packet.segment?.flag === 'RST') return TCP_RESET_MICROS
  if (packet.segment?.fin) return TCP_CLOSING_MICROS
  return replied ? TCP_ESTABLISHED_MICROS : TCP_UNREPLIED_MICROS
}

/** Destination of a packet whose connection is known, as the hooks before routing rewrite it. */
export function knownDestination({ connection, isReply }: Passage): { ip: Ip; port: number } | undefined {
  if (!connection) return undefined
  const { original, reply } = connection
  return isReply ? { ip: original.source, port: original.sourcePort } : { ip: reply.source, port: reply.sourcePort }
}

/** Source of a packet whose connection is known, as the hooks after routing rewrite it. */
export function knownSource({ connection, isReply }: Passage): { ip: Ip; port: number } | undefined {
  if (!connection) return undefined
  const { original, reply } = connection
  return isReply
    ? { ip: original.destination, port: original.destinationPort }
    : { ip: reply.destination, port: reply.destinationPort }
}

/** A source port on `ip` under which the answer is told apart from every other's: the packet's own if it is free. */
export function freeSourcePort(state: LinuxState, netns: number, packet: Packet, ip: Ip): number | undefined {
  let port = packet.sourcePort
  for (let tries = 0; tries < SOURCE_PORT_TRIES_MAX; tries++) {
    const answer = reverse({ ...packet, source: ip, sourcePort: port })
    if (!state.connectionKeys.has(connectionKey(netns, answer))) return port
    port = port >= EPHEMERAL_PORT_MAX ? 1_024 : port + 1
  }
  return undefined
}
const SOURCE_PORT_TRIES_MAX = 65_536

/** Enters the first packet of a conversation, translated by now, into the table. False: the table is full. */
export function confirm(work: Work, passage: Passage): boolean {
  const { state, ctx } = work
  const { netns, original, packet } = passage
  if (state.connections.size >= state.sweepAt) sweep(state, ctx.now)
  if (state.connections.size >= CONNECTIONS_MAX) return false
  const { protocol, source, sourcePort, destination, destinationPort } = original
  const connection: Connection = {
    id: ctx.id(),
    netns,
    original: { protocol, source, sourcePort, destination, destinationPort },
    reply: reverse(packet),
    replied: false,
    expires: ctx.now + lifetime(packet, false),
  }
  state.connections.set(connection.id, connection)
  state.connectionKeys.set(connectionKey(netns, connection.original), connection.id)
  state.connectionKeys.set(connectionKey(netns, connection.reply), connection.id)
  passage.connection = connection
  return true
}

function sweep(state: LinuxState, now: Micros): void {
  for (const connection of [...state.connections.values()]) if (connection.expires <= now) forget(state, connection)
  state.sweepAt = Math.min(CONNECTIONS_MAX, Math.max(1_024, state.connections.size * 2))
}
