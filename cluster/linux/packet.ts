/** What travels: IP packets with a TCP segment, a datagram or an ICMP error inside. All of it is immutable. */
import type { Body } from '#cluster/kernel/component.ts'
import type { Ip } from './ip.ts'
import { formatIp } from './ip.ts'

export type Protocol = 'tcp' | 'udp'

/** Which conversation: addresses and ports, seen from the sender. */
export interface Tuple {
  readonly protocol: Protocol
  readonly source: Ip
  readonly sourcePort: number
  readonly destination: Ip
  readonly destinationPort: number
}

/** Sequence numbers count segments that need an acknowledgement (SYN, data, FIN), not bytes. */
export interface Segment {
  readonly flag: 'SYN' | 'SYN-ACK' | 'ACK' | 'DATA' | 'RST'
  /** Of this segment, if it needs an acknowledgement. */
  readonly sequence: number
  /** The next sequence number that the sender expects. */
  readonly acknowledge: number
  readonly data?: unknown
  /** The sender will send no more after this. */
  readonly fin?: boolean
}

export type IcmpError = 'port-unreachable' | 'host-unreachable' | 'net-unreachable'

export interface Packet extends Tuple {
  /** For the trace: which packet this is, through all its translations. */
  readonly id: number
  readonly timeToLive: number
  /** The firewall mark. Lives within one machine's stack only. */
  readonly mark: number
  readonly segment?: Segment
  /** Payload of a datagram. */
  readonly data?: unknown
  /** An ICMP error about a packet that the receiver sent: `about` is that packet's tuple. */
  readonly icmp?: { readonly error: IcmpError; readonly about: Tuple }
}

/** A packet on its way from one machine to another. `nextHop` stands for the frame's destination MAC address. */
export interface Frame extends Body {
  readonly type: 'frame'
  readonly packet: Packet
  readonly nextHop: Ip
}

export const DEFAULT_TIME_TO_LIVE = 64

export function reverse(tuple: Tuple): Tuple {
  const { protocol, source, sourcePort, destination, destinationPort } = tuple
  return {
    protocol,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  }
}

export const formatSource = (tuple: Tuple): string => `${formatIp(tuple.source)}:${tuple.sourcePort}`
export const formatDestination = (tuple: Tuple): string => `${formatIp(tuple.destination)}:${tuple.destinationPort}`

/** What is inside, in a word: `SYN`, `DATA+FIN`, `datagram`, `ICMP port-unreachable`. */
export function describe(packet: Packet): string {
  if (packet.icmp) return `ICMP ${packet.icmp.error}`
  if (!packet.segment) return 'datagram'
  const { flag, fin, data } = packet.segment
  if (!fin) return flag
  return data === undefined ? 'FIN' : `${flag}+FIN`
}
