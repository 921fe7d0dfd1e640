/** The system calls on sockets, and `exchange`, which does a whole request in one. */
import { formatIp, tryParseIp } from './ip.ts'
import type { Packet } from './packet.ts'
import { sourceAddressFor } from './path.ts'
import type { NewSocket } from './sockets.ts'
import {
  addSocket,
  checkPort,
  connectedSocket,
  flowIsFree,
  portSocket,
  removeSocket,
  takePort,
  updateSocket,
} from './sockets.ts'
import type { Batch, Socket, Work } from './state.ts'
import { fail } from './state.ts'
import type { Syscall } from './syscall.ts'
import { closeSocket, sendData, startConnect, tcpArrived, tcpError } from './tcp.ts'
import { datagramArrived, datagramError, sendDatagram } from './udp.ts'

/** A call that is not done yet: its batch goes on by `work.resumed`. */
export const BLOCKED = Symbol('blocked')

const invalidAddress = (text: string) => fail('EINVAL', `"${text}" is not an IPv4 address`)

export function listenOrBind(work: Work, batch: Batch, netns: number, call: Syscall<'listen' | 'bind'>): unknown {
  const protocol = call.call === 'listen' ? 'tcp' : 'udp'
  const local = tryParseIp(call.address ?? '0.0.0.0')
  if (local === undefined) return invalidAddress(call.address!)
  const failure = checkPort(work.state, netns, protocol, local, call.port)
  if (failure) return failure
  const port = call.port === 0 ? takePort(work.state, netns, protocol) : call.port
  if (port === undefined) return fail('EADDRINUSE', 'no free port is left')
  const state = call.call === 'listen' ? 'listening' : 'bound'
  const socket = addSocket(work, { netns, protocol, owner: batch.from, state, local, localPort: port })
  return { socket: socket.id, port }
}

/** A TCP socket on its way to a connection, or what is wrong. */
function dial(
  work: Work,
  netns: number,
  to: { address: string; port: number },
  options: Pick<NewSocket, 'owner' | 'waiter'>,
): Socket | ReturnType<typeof fail> {
  const { state } = work
  const remote = tryParseIp(to.address)
  if (remote === undefined) return invalidAddress(to.address)
  const local = sourceAddressFor(state, netns, remote)
  if (local === undefined) return fail('ENETUNREACH', `network is unreachable: no route to ${to.address}`)
  const localPort = takePort(state, netns, 'tcp', (port) => flowIsFree(state, netns, local, port, remote, to.port))
  if (localPort === undefined) return fail('EADDRNOTAVAIL', 'no free source port is left')
  const address = { netns, protocol: 'tcp', local, localPort, remote, remotePort: to.port } as const
  const socket = addSocket(work, { ...address, state: 'syn-sent', ...options })
  if (startConnect(work, socket)) return work.state.sockets.get(socket.id)!
  return fail('ENETUNREACH', `network is unreachable: no route to ${to.address}`)
}

export function connect(work: Work, batch: Batch, netns: number, call: Syscall<'connect'>): unknown {
  const socket = dial(work, netns, call, { owner: batch.from, waiter: batch.key })
  if ('errno' in socket) return socket
  if (call.timeoutMicros !== undefined) startTimeout(work, batch, socket, call.timeoutMicros)
  return BLOCKED
}

export function send(work: Work, batch: Batch, call: Syscall<'send'>): unknown {
  const socket = owned(work, batch, call.socket)
  if (!socket || socket.protocol !== 'tcp')
    return fail('EBADF', `socket ${call.socket} is not an open connection of this process`)
  if (!sendData(work, socket, call.data, call.close ?? false))
    return fail('EPIPE', 'this end of the connection is closed')
  return {}
}

export function sendTo(work: Work, batch: Batch, call: Syscall<'sendTo'>): unknown {
  const socket = owned(work, batch, call.socket)
  const to = tryParseIp(call.address)
  if (!socket || socket.protocol !== 'udp')
    return fail('EBADF', `socket ${call.socket} is not a UDP socket of this process`)
  if (to === undefined) return invalidAddress(call.address)
  return sendDatagram(work, socket, to, call.port, call.data) ? {} : fail('ENETUNREACH', `no route to ${call.address}`)
}

export function close(work: Work, batch: Batch, call: Syscall<'close'>): unknown {
  const socket = owned(work, batch, call.socket)
  if (!socket) return fail('EBADF', `socket ${call.socket} is not open in this process`)
  closeSocket(work, socket)
  return {}
}

function owned(work: Work, batch: Batch, id: number): Socket | undefined {
  const socket = work.state.sockets.get(id)
  return socket?.owner === batch.from ? socket : undefined
}

// ── exchange ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function exchange(work: Work, batch: Batch, netns: number, call: Syscall<'exchange'>): unknown {
  const socket =
    call.protocol === 'tcp'
      ? dial(work, netns, call, { owner: undefined, waiter: batch.key })
      : ask(work, batch, netns, call)
  if ('errno' in socket) return socket
  startTimeout(work, batch, socket, call.timeoutMicros)
  return BLOCKED
}

function ask(work: Work, batch: Batch, netns: number, call: Syscall<'exchange'>): Socket | ReturnType<typeof fail> {
  const { state } = work
  const remote = tryParseIp(call.address)
  if (remote === undefined) return invalidAddress(call.address)
  const localPort = takePort(state, netns, 'udp')
  if (localPort === undefined) return fail('EADDRNOTAVAIL', 'no free source port is left')
  const peer = { remote, remotePort: call.port, waiter: batch.key }
  const socket = addSocket(work, {
    netns,
    protocol: 'udp',
    owner: undefined,
    state: 'bound',
    local: 0,
    localPort,
    ...peer,
  })
  if (sendDatagram(work, socket, remote, call.port, call.data)) return socket
  removeSocket(work, socket)
  return fail('ENETUNREACH', `network is unreachable: no route to ${call.address}`)
}

function startTimeout(work: Work, batch: Batch, socket: Socket, after: number): void {
  work.state.exchanges.set(batch.key, socket.id)
  work.effects.push({ type: 'wake', key: `exchange:${batch.key}`, after })
}

/**
 * Something happened on the socket of a `connect` or an `exchange`: the call's result, or BLOCKED if there is more to do.
 */
export function goOn(work: Work, batch: Batch, call: Syscall<'connect' | 'exchange'>, result: any): unknown {
  const id = work.state.exchanges.get(batch.key)
  const socket = id === undefined ? undefined : work.state.sockets.get(id)
  const connected = 'socket' in result
  if (call.call === 'exchange' && socket && connected && call.data !== undefined) {
    sendData(work, updateSocket(work, { ...socket, waiter: batch.key }), call.data, false)
    return BLOCKED
  }
  endTimeout(work, batch)
  if (call.call === 'connect') return result
  if (socket) closeSocket(work, updateSocket(work, { ...socket, waiter: undefined }))
  return connected ? { data: undefined } : result
}

function endTimeout(work: Work, batch: Batch): void {
  if (work.state.exchanges.delete(batch.key)) work.effects.push({ type: 'cancelWake', key: `exchange:${batch.key}` })
}

/** Time is up for a `connect` or an `exchange`. Returns the call's result. */
export function timeOut(work: Work, batch: Batch): unknown {
  abandon(work, batch)
  return fail('ETIMEDOUT', 'timed out while waiting for an answer')
}

/** Takes the socket of a `connect` or an `exchange` away, because nobody waits for it any more. */
export function abandon(work: Work, batch: Batch): void {
  const id = work.state.exchanges.get(batch.key)
  endTimeout(work, batch)
  const socket = id === undefined ? undefined : work.state.sockets.get(id)
  if (socket) closeSocket(work, updateSocket(work, { ...socket, waiter: undefined }))
}

// ── arrivals ────────────────────────────────────────────────────────────────────────────────────────────────────────

const ERRNO_OF = {
  'port-unreachable': ['ECONNREFUSED', 'connection refused'],
  'host-unreachable': ['EHOSTUNREACH', 'no route to host'],
  'net-unreachable': ['ENETUNREACH', 'network is unreachable'],
} as const

/** A packet has come through INPUT: hand it to its socket. */
export function arrived(work: Work, netns: number, packet: Packet): void {
  if (packet.icmp) return errorArrived(work, netns, packet)
  if (packet.protocol === 'tcp') tcpArrived(work, netns, packet)
  else datagramArrived(work, netns, packet)
}

function errorArrived(work: Work, netns: number, packet: Packet): void {
  const { error, about } = packet.icmp!
  const [errno, text] = ERRNO_OF[error]
  const message = `${text} (${formatIp(about.destination)}:${about.destinationPort})`
  const { source, sourcePort, destination, destinationPort, protocol } = about
  if (protocol === 'tcp') {
    const asSeenHere = {
      protocol,
      source: destination,
      sourcePort: destinationPort,
      destination: source,
      destinationPort: sourcePort,
    }
    const socket = connectedSocket(work.state, netns, asSeenHere)
    if (socket) tcpError(work, socket, errno, message)
    return
  }
  const socket = portSocket(work.state, netns, 'udp', source, sourcePort)
  if (socket) datagramError(work, socket, errno, message)
}
