/**
 * Sockets: ports, owners, and who hears what. The protocols are in `tcp.ts` and `udp.ts`.
 *
 * Where to read upstream: Linux `net/ipv4/inet_hashtables.c`, `inet_connection_sock.c`.
 */
import type { ProcessId } from '#cluster/kernel/component.ts'
import type { Ip } from './ip.ts'
import { formatIp } from './ip.ts'
import { isLocal } from './links.ts'
import type { Packet, Protocol, Tuple } from './packet.ts'
import { DEFAULT_TIME_TO_LIVE } from './packet.ts'
import type { LinuxState, Socket, SocketState, Work } from './state.ts'
import { EPHEMERAL_PORT_MAX, EPHEMERAL_PORT_MIN, fail } from './state.ts'
import type { KernelNews, SyscallFailure } from './syscall.ts'

const portKey = (netns: number, protocol: Protocol, port: number): string => `${netns}/${protocol}/${port}`
const flowKey = (netns: number, local: Ip, localPort: number, remote: Ip, remotePort: number): string =>
  `${netns}/${local}:${localPort}/${remote}:${remotePort}`

export interface NewSocket {
  readonly netns: number
  readonly protocol: Protocol
  readonly owner: ProcessId | undefined
  readonly state: SocketState
  readonly local: Ip
  readonly localPort: number
  readonly remote?: Ip
  readonly remotePort?: number
  readonly listener?: number
  readonly waiter?: string
}

/** Enters a socket under its port (listening, bound) or its flow (the rest). */
export function addSocket(work: Work, options: NewSocket): Socket {
  const { state } = work
  const socket: Socket = {
    id: work.ctx.id(),
    netns: options.netns,
    protocol: options.protocol,
    owner: options.owner,
    state: options.state,
    local: options.local,
    localPort: options.localPort,
    remote: options.remote ?? 0,
    remotePort: options.remotePort ?? 0,
    sendNext: 0,
    unacknowledged: [],
    receiveNext: 0,
    ahead: [],
    retries: 0,
    armed: false,
    listener: options.listener,
    waiter: options.waiter,
  }
  state.sockets.set(socket.id, socket)
  if (hasPort(socket)) {
    const key = portKey(socket.netns, socket.protocol, socket.localPort)
    state.ports.set(key, [...(state.ports.get(key) ?? []), socket.id])
  } else state.flows.set(flowOf(socket), socket.id)
  if (socket.owner !== undefined) changeOwned(state, socket.owner, (sockets) => [...sockets, socket.id])
  return socket
}

const hasPort = ({ state }: Socket): boolean => state === 'listening' || state === 'bound'

const flowOf = (socket: Socket): string =>
  flowKey(socket.netns, socket.local, socket.localPort, socket.remote, socket.remotePort)

export function removeSocket(work: Work, socket: Socket): void {
  const { state } = work
  if (!state.sockets.delete(socket.id)) return
  if (hasPort(socket)) {
    const key = portKey(socket.netns, socket.protocol, socket.localPort)
    const left = (state.ports.get(key) ?? []).filter((id) => id !== socket.id)
    if (left.length > 0) state.ports.set(key, left)
    else state.ports.delete(key)
  } else state.flows.delete(flowOf(socket))
  if (socket.owner !== undefined)
    changeOwned(state, socket.owner, (sockets) => sockets.filter((id) => id !== socket.id))
  if (socket.armed) work.effects.push({ type: 'cancelWake', key: `tcp:${socket.id}` })
}

function changeOwned(
  state: LinuxState,
  owner: ProcessId,
  change: (sockets: readonly number[]) => readonly number[],
): void {
  const process = state.processes.get(owner)
  if (process) state.processes.set(owner, { ...process, sockets: change(process.sockets) })
}

/** Gives an accepted connection to the process that listens, or takes a socket from everybody. */
export function setOwner(work: Work, socket: Socket, owner: ProcessId | undefined): Socket {
  const { state } = work
  if (socket.owner !== undefined)
    changeOwned(state, socket.owner, (sockets) => sockets.filter((id) => id !== socket.id))
  if (owner !== undefined) changeOwned(state, owner, (sockets) => [...sockets, socket.id])
  return updateSocket(work, { ...socket, owner })
}

export function updateSocket(work: Work, socket: Socket): Socket {
  work.state.sockets.set(socket.id, socket)
  work.touched.push(socket.id)
  return socket
}

/** Whether a new socket may have this port: nobody has it on the same address, or on any. */
export function checkPort(
  state: LinuxState,
  netns: number,
  protocol: Protocol,
  address: Ip,
  port: number,
): SyscallFailure | undefined {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return fail('EINVAL', `port ${port} is not a whole number of 0-65535`) as SyscallFailure
  }
  if (address !== 0 && !isLocal(state, netns, address)) {
    return fail('EADDRNOTAVAIL', `${formatIp(address)} is not an address of this network namespace`) as SyscallFailure
  }
  for (const id of state.ports.get(portKey(netns, protocol, port)) ?? []) {
    const { local } = state.sockets.get(id)!
    if (local === 0 || address === 0 || local === address) {
      return fail('EADDRINUSE', `bind: ${protocol} port ${port} is in use in this network namespace`) as SyscallFailure
    }
  }
  return undefined
}

/** A port of the ephemeral range that nobody has; undefined: they are all taken. */
export function takePort(
  state: LinuxState,
  netns: number,
  protocol: Protocol,
  free?: (port: number) => boolean,
): number | undefined {
  for (let tries = EPHEMERAL_PORT_MIN; tries <= EPHEMERAL_PORT_MAX; tries++) {
    const port = state.nextPort
    state.nextPort = port === EPHEMERAL_PORT_MAX ? EPHEMERAL_PORT_MIN : port + 1
    if (!state.ports.has(portKey(netns, protocol, port)) && (free?.(port) ?? true)) return port
  }
  return undefined
}

/** Whether this four-tuple is still unused. */
export const flowIsFree = (
  state: LinuxState,
  netns: number,
  local: Ip,
  port: number,
  remote: Ip,
  remotePort: number,
): boolean => !state.flows.has(flowKey(netns, local, port, remote, remotePort))

/** The connection that an arriving segment belongs to. */
export function connectedSocket(state: LinuxState, netns: number, packet: Tuple): Socket | undefined {
  const { destination, destinationPort, source, sourcePort } = packet
  const id = state.flows.get(flowKey(netns, destination, destinationPort, source, sourcePort))
  return id === undefined ? undefined : state.sockets.get(id)
}

/** The socket that listens on (or is bound to) this address and port: a special address goes before any. */
export function portSocket(
  state: LinuxState,
  netns: number,
  protocol: Protocol,
  address: Ip,
  port: number,
): Socket | undefined {
  let any: Socket | undefined
  for (const id of state.ports.get(portKey(netns, protocol, port)) ?? []) {
    const socket = state.sockets.get(id)!
    if (socket.local === address) return socket
    if (socket.local === 0) any = socket
  }
  return any
}

/** A packet from this socket to where it is connected. */
export function packetFrom(work: Work, socket: Socket): Packet {
  return {
    id: work.ctx.id(),
    protocol: socket.protocol,
    source: socket.local,
    sourcePort: socket.localPort,
    destination: socket.remote,
    destinationPort: socket.remotePort,
    timeToLive: DEFAULT_TIME_TO_LIVE,
    mark: 0,
  }
}

/** Tells the process that holds a socket. */
export function tell(work: Work, owner: ProcessId | undefined, body: KernelNews): void {
  if (owner !== undefined) work.effects.push({ type: 'send', to: owner, body })
}

/** Lets the batch that waits on a socket go on. */
export function resume(work: Work, waiter: string | undefined, result: unknown): void {
  if (waiter !== undefined) work.resumed.push({ key: waiter, result })
}
