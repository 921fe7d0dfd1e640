/** UDP: datagrams to whoever is bound, and an ICMP error where nobody is. */
import type { Ip } from './ip.ts'
import { formatIp } from './ip.ts'
import type { Packet } from './packet.ts'
import { output, sendError, sourceAddressFor } from './path.ts'
import { packetFrom, portSocket, removeSocket, resume, tell } from './sockets.ts'
import type { Socket, Work } from './state.ts'
import { fail } from './state.ts'

/** False: no route leads there. */
export function sendDatagram(work: Work, socket: Socket, destination: Ip, port: number, data: unknown): boolean {
  const source = socket.local !== 0 ? socket.local : sourceAddressFor(work.state, socket.netns, destination)
  if (source === undefined) return false
  const packet = packetFrom(work, { ...socket, local: source, remote: destination, remotePort: port })
  return output(work, socket.netns, { ...packet, data })
}

export function datagramArrived(work: Work, netns: number, packet: Packet): void {
  const socket = portSocket(work.state, netns, 'udp', packet.destination, packet.destinationPort)
  if (!socket) return sendError(work, netns, 'port-unreachable', packet, packet)
  if (socket.waiter !== undefined) {
    // A connected socket hears its peer alone.
    if (packet.source === socket.remote && packet.sourcePort === socket.remotePort)
      resume(work, socket.waiter, { data: packet.data })
    return
  }
  const { source, sourcePort, data } = packet
  tell(work, socket.owner, { type: 'received', socket: socket.id, data, address: formatIp(source), port: sourcePort })
}

/** An ICMP error about a datagram of this socket: only a connected one hears of it. */
export function datagramError(work: Work, socket: Socket, errno: string, message: string): void {
  if (socket.waiter === undefined) return
  removeSocket(work, socket)
  resume(work, socket.waiter, fail(errno, message))
}
