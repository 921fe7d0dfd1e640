/**
 * TCP, as far as a request and its answer need it.
 *
 * What we model: three-way handshake, segments with sequence numbers, acknowledgements, retransmission with back-off,
 * segments that arrive twice or before their turn, FIN in both directions, RST, refused and unreachable.
 * What we leave out: bytes and windows (a segment carries one whole message), congestion control, delayed
 * acknowledgements, TIME_WAIT, keepalive.
 * Where to read upstream: Linux `net/ipv4/tcp_input.c`, `tcp_timer.c`; RFC 9293.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { formatIp } from './ip.ts'
import type { Packet, Segment } from './packet.ts'
import { DEFAULT_TIME_TO_LIVE, formatSource, reverse } from './packet.ts'
import { output } from './path.ts'
import {
  addSocket,
  connectedSocket,
  packetFrom,
  portSocket,
  removeSocket,
  resume,
  setOwner,
  tell,
  updateSocket,
} from './sockets.ts'
import type { Socket, Work } from './state.ts'
import { fail } from './state.ts'

/** `net.ipv4.tcp_syn_retries`: 127 s in all. */
const SYN_RETRIES_MAX = 6
/** `net.ipv4.tcp_retries2`: about 15 minutes in all. */
const DATA_RETRIES_MAX = 15
const SYN_TIMEOUT_MICROS: Micros = 1_000_000
const DATA_TIMEOUT_MIN_MICROS: Micros = 200_000
const TIMEOUT_MAX_MICROS: Micros = 120_000_000
/** `net.core.somaxconn`: connections that are not accepted yet. */
const BACKLOG_MAX = 4_096
/** Segments that may wait for one before them. */
const AHEAD_MAX = 256

// ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function transmit(work: Work, socket: Socket, segment: Segment): boolean {
  return output(work, socket.netns, { ...packetFrom(work, socket), segment })
}

function acknowledge(work: Work, socket: Socket): void {
  transmit(work, socket, { flag: 'ACK', sequence: socket.sendNext, acknowledge: socket.receiveNext })
}

/** Sends a segment that must be acknowledged, and keeps it until it is. */
function sendSegment(work: Work, socket: Socket, segment: Pick<Segment, 'flag' | 'data' | 'fin'>): boolean {
  const whole = { ...segment, sequence: socket.sendNext, acknowledge: socket.receiveNext }
  const next = { ...socket, sendNext: socket.sendNext + 1, unacknowledged: [...socket.unacknowledged, whole] }
  return transmit(work, updateSocket(work, next), whole)
}

/** Opens a connection; the batch that waits on the socket goes on once it stands. False: no route. */
export function startConnect(work: Work, socket: Socket): boolean {
  const sent = sendSegment(work, socket, { flag: 'SYN' })
  if (!sent) removeSocket(work, work.state.sockets.get(socket.id)!)
  return sent
}

/** One message; `fin`: and no more after it. False: this end is closed already. */
export function sendData(work: Work, socket: Socket, data: unknown, fin: boolean): boolean {
  if (socket.state !== 'established' && socket.state !== 'close-wait') return false
  sendSegment(work, fin ? { ...socket, state: afterOurFin(socket) } : socket, {
    flag: 'DATA',
    data,
    ...(fin && { fin }),
  })
  return true
}

const afterOurFin = (socket: Socket): Socket['state'] => (socket.state === 'close-wait' ? 'last-ack' : 'fin-wait')

/** Ends our side of a connection, or a listening socket. */
export function closeSocket(work: Work, socket: Socket): void {
  switch (socket.state) {
    case 'established':
    case 'close-wait': {
      const orphan = setOwner(work, socket, undefined)
      sendSegment(work, { ...orphan, state: afterOurFin(socket), waiter: undefined }, { flag: 'DATA', fin: true })
      return
    }
    case 'fin-wait':
    case 'last-ack':
      setOwner(work, socket, undefined)
      return
    case 'syn-received':
      transmit(work, socket, { flag: 'RST', sequence: socket.sendNext, acknowledge: socket.receiveNext })
      return removeSocket(work, socket)
    case 'listening':
      removeSocket(work, socket)
      for (const other of [...work.state.sockets.values()]) if (other.listener === socket.id) closeSocket(work, other)
      return
    default:
      return removeSocket(work, socket)
  }
}

// ── receiving ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A segment has reached the sockets of a namespace. */
export function tcpArrived(work: Work, netns: number, packet: Packet): void {
  const segment = packet.segment!
  const socket = connectedSocket(work.state, netns, packet)
  if (socket) return segmentArrived(work, socket, segment, packet)
  if (segment.flag === 'SYN') {
    const listener = portSocket(work.state, netns, 'tcp', packet.destination, packet.destinationPort)
    if (listener) return accept(work, listener, packet)
  }
  // A bare ACK for a connection that has ended is what TIME_WAIT is there to swallow.
  if (segment.flag !== 'RST' && segment.flag !== 'ACK') refuse(work, netns, packet)
}

function refuse(work: Work, netns: number, packet: Packet): void {
  const { segment } = packet
  const reset: Segment = { flag: 'RST', sequence: segment!.acknowledge, acknowledge: segment!.sequence + 1 }
  output(work, netns, {
    ...reverse(packet),
    id: work.ctx.id(),
    timeToLive: DEFAULT_TIME_TO_LIVE,
    mark: 0,
    segment: reset,
  })
}

function accept(work: Work, listener: Socket, packet: Packet): void {
  // A full backlog drops the SYN; the other side tries again.
  if (backlogIsFull(work, listener)) return
  const socket = addSocket(work, {
    netns: listener.netns,
    protocol: 'tcp',
    owner: undefined,
    state: 'syn-received',
    local: packet.destination,
    localPort: packet.destinationPort,
    remote: packet.source,
    remotePort: packet.sourcePort,
    listener: listener.id,
  })
  sendSegment(work, { ...socket, receiveNext: packet.segment!.sequence + 1 }, { flag: 'SYN-ACK' })
}

function backlogIsFull(work: Work, listener: Socket): boolean {
  const { sockets } = work.state
  if (sockets.size < BACKLOG_MAX) return false
  let waiting = 0
  for (const other of sockets.values()) if (other.listener === listener.id) waiting++
  return waiting >= BACKLOG_MAX
}

function segmentArrived(work: Work, socket: Socket, segment: Segment, packet: Packet): void {
  if (segment.flag === 'RST') return reset(work, socket)
  if (segment.flag === 'SYN') {
    // Ours is still on its way or was lost: say it again.
    if (socket.state === 'syn-received' && socket.unacknowledged[0]) transmit(work, socket, socket.unacknowledged[0])
    return
  }
  let current = acknowledged(work, socket, segment)
  if (segment.flag === 'SYN-ACK') {
    if (current.state === 'syn-sent') current = connected(work, current, segment)
    else acknowledge(work, current)
    return
  }
  if (current.state === 'syn-sent') return
  if (current.state === 'syn-received') {
    if (segment.acknowledge < 1) return
    const accepted = completeHandshake(work, current, packet)
    if (!accepted) return
    current = accepted
  }
  if (segment.flag === 'DATA') return dataArrived(work, current, segment, packet)
  finishIfDone(work, current)
}

/** Drops what the other side has got from the list of what to send again. */
function acknowledged(work: Work, socket: Socket, segment: Segment): Socket {
  const left = socket.unacknowledged.filter(({ sequence }) => sequence >= segment.acknowledge)
  if (left.length === socket.unacknowledged.length) return socket
  return updateSocket(work, { ...socket, unacknowledged: left, retries: 0 })
}

function connected(work: Work, socket: Socket, segment: Segment): Socket {
  const receiveNext = segment.sequence + 1
  const next = updateSocket(work, { ...socket, state: 'established', receiveNext, waiter: undefined })
  acknowledge(work, next)
  resume(work, socket.waiter, { socket: socket.id })
  return next
}

/** The handshake is complete: the process that listens gets a connection. */
function completeHandshake(work: Work, socket: Socket, packet: Packet): Socket | undefined {
  const listener = socket.listener === undefined ? undefined : work.state.sockets.get(socket.listener)
  if (!listener) {
    closeSocket(work, socket)
    return undefined
  }
  const next = setOwner(work, { ...socket, state: 'established', listener: undefined }, listener.owner)
  tell(work, listener.owner, { type: 'accepted', listener: listener.id, socket: next.id, from: formatSource(packet) })
  return next
}

function dataArrived(work: Work, socket: Socket, segment: Segment, packet: Packet): void {
  if (segment.sequence > socket.receiveNext) {
    const known = socket.ahead.some(({ sequence }) => sequence === segment.sequence)
    if (!known && socket.ahead.length < AHEAD_MAX) updateSocket(work, { ...socket, ahead: [...socket.ahead, segment] })
    return
  }
  let current = socket
  if (segment.sequence === current.receiveNext) {
    for (let next: Segment | undefined = segment; next;) {
      current = consume(work, current, next, packet)
      const { ahead, receiveNext } = current
      next = ahead.find(({ sequence }) => sequence === receiveNext)
      if (next) current = updateSocket(work, { ...current, ahead: ahead.filter((other) => other !== next) })
    }
  }
  acknowledge(work, current)
  finishIfDone(work, current)
}

function consume(work: Work, socket: Socket, segment: Segment, packet: Packet): Socket {
  let next: Socket = { ...socket, receiveNext: segment.sequence + 1 }
  if (segment.fin) next = { ...next, state: afterTheirFin(socket) }
  next = updateSocket(work, next)
  const { id, owner, waiter } = next
  if (segment.data !== undefined) {
    const data = segment.data
    if (waiter !== undefined) resume(work, waiter, { data })
    else
      tell(work, owner, {
        type: 'received',
        socket: id,
        data,
        address: formatIp(packet.source),
        port: packet.sourcePort,
      })
  }
  if (segment.fin) {
    if (waiter !== undefined && segment.data === undefined) {
      resume(work, waiter, fail('ECONNRESET', 'the other side closed without an answer'))
    } else if (socket.state !== 'fin-wait') tell(work, owner, { type: 'socketClosed', socket: id, reason: 'fin' })
  }
  return next
}

/** After both have closed, the state is `last-ack` until our own FIN is acknowledged. */
const afterTheirFin = (socket: Socket): Socket['state'] => (socket.state === 'fin-wait' ? 'last-ack' : 'close-wait')

function finishIfDone(work: Work, socket: Socket): void {
  if (socket.state === 'last-ack' && socket.unacknowledged.length === 0) removeSocket(work, socket)
}

function reset(work: Work, socket: Socket): void {
  const opening = socket.state === 'syn-sent'
  abort(
    work,
    socket,
    opening ? 'ECONNREFUSED' : 'ECONNRESET',
    opening ? 'connection refused' : 'connection reset by peer',
  )
}

function abort(work: Work, socket: Socket, errno: string, message: string): void {
  removeSocket(work, socket)
  if (socket.waiter !== undefined) resume(work, socket.waiter, fail(errno, message))
  else if (socket.listener === undefined) {
    tell(work, socket.owner, {
      type: 'socketClosed',
      socket: socket.id,
      reason: errno === 'ETIMEDOUT' ? 'timeout' : 'reset',
    })
  }
}

/** An ICMP error about a segment of this socket. An established connection takes it as advice only. */
export function tcpError(work: Work, socket: Socket, errno: string, message: string): void {
  if (socket.state === 'syn-sent') abort(work, socket, errno, message)
}

// ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** At the end of a step: a timer for every socket that waits for an acknowledgement, none for the rest. */
export function settleTimers(work: Work): void {
  for (const id of work.touched) {
    const socket = work.state.sockets.get(id)
    if (!socket || socket.protocol !== 'tcp') continue
    const wanted = socket.unacknowledged.length > 0
    if (wanted === socket.armed) continue
    work.state.sockets.set(id, { ...socket, armed: wanted })
    const key = `tcp:${id}`
    work.effects.push(wanted ? { type: 'wake', key, after: timeoutOf(socket) } : { type: 'cancelWake', key })
  }
}

const isOpening = ({ state }: Socket): boolean => state === 'syn-sent' || state === 'syn-received'

function timeoutOf(socket: Socket): Micros {
  const first = isOpening(socket) ? SYN_TIMEOUT_MICROS : DATA_TIMEOUT_MIN_MICROS
  return Math.min(first * (1 << socket.retries), TIMEOUT_MAX_MICROS)
}

/** Nothing was acknowledged in time: the oldest segment goes once more. */
export function retransmit(work: Work, id: number): void {
  const socket = work.state.sockets.get(id)
  const oldest = socket?.unacknowledged[0]
  if (!socket || !oldest) return
  if (socket.retries >= (isOpening(socket) ? SYN_RETRIES_MAX : DATA_RETRIES_MAX)) {
    return abort(work, { ...socket, armed: false }, 'ETIMEDOUT', 'connection timed out')
  }
  const next = updateSocket(work, { ...socket, retries: socket.retries + 1, armed: false })
  work.ctx.note('retransmit', { socket: id, segment: oldest.flag, retry: next.retries })
  transmit(work, next, { ...oldest, acknowledge: next.receiveNext })
}
