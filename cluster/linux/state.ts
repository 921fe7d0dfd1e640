/** What one machine's kernel keeps. All of it but the files is lost when the machine loses power. */
import type { Context, Effect, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Ip } from './ip.ts'
import type { Chain } from './netfilter-rule.ts'
import type { Packet, Protocol, Segment, Tuple } from './packet.ts'
import type { Syscall } from './syscall.ts'

export interface LinuxOptions {
  /** Of `eth0`, with the prefix of the machines' network: `192.168.0.11/24`. Without one it is /16. */
  readonly address: string
  /** Default route. Missing: the first address of the machines' network. Nothing of the outside world is simulated behind it. */
  readonly gateway?: string
  /** Set at boot. Missing: what Kubernetes' installation guide puts into `/etc/sysctl.d/k8s.conf`. */
  readonly sysctls?: Readonly<Record<string, number>>
  /** Which machine answers for which address on that network. Shared by all machines; frozen. */
  readonly hosts: Readonly<Record<string, string>>
}

/** Inode of the machine's own network namespace. */
export const HOST_NETNS = 1

export interface Netns {
  readonly inode: number
  /** Empty for the machine's own. */
  readonly path: string
  readonly label: string
  readonly forwards: boolean
  /** `bridge-nf-call-iptables`: bridged packets see netfilter too. */
  readonly bridgeNetfilter: boolean
  /** Has netfilter rules, hence tracks connections. */
  readonly filters: boolean
}

export interface Link {
  readonly index: number
  readonly netns: number
  readonly name: string
  readonly kind: 'loopback' | 'device' | 'veth' | 'bridge'
  readonly mac: string
  readonly up: boolean
  readonly addresses: readonly { readonly ip: Ip; readonly bits: number }[]
  readonly peer: number | undefined
  readonly master: number | undefined
  readonly hairpin: boolean
}

export interface Route {
  readonly netns: number
  readonly network: Ip
  readonly bits: number
  readonly via: Ip | undefined
  readonly link: number
}

export interface Connection {
  readonly id: number
  readonly netns: number
  readonly original: Tuple
  /** What an answer looks like as it arrives: the translated original, turned round. */
  readonly reply: Tuple
  readonly replied: boolean
  readonly expires: Micros
}

export type SocketState =
  | 'listening'
  | 'bound'
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  /** We have closed, they have not. */
  | 'fin-wait'
  /** They have closed, we have not. */
  | 'close-wait'
  | 'last-ack'

export interface Socket {
  readonly id: number
  readonly netns: number
  readonly protocol: Protocol
  /** Undefined: nobody's any more; it lives until its last segments are through. */
  readonly owner: ProcessId | undefined
  readonly state: SocketState
  /** 0: any address. */
  readonly local: Ip
  readonly localPort: number
  readonly remote: Ip
  readonly remotePort: number
  /** Sequence number of the next segment that we send. */
  readonly sendNext: number
  /** Sent and not acknowledged, oldest first. */
  readonly unacknowledged: readonly Segment[]
  /** Sequence number that we expect next. */
  readonly receiveNext: number
  /** Arrived before their turn. */
  readonly ahead: readonly Segment[]
  readonly retries: number
  /** A retransmission timer is set. */
  readonly armed: boolean
  /** The listening socket that it came from, until it is accepted. */
  readonly listener: number | undefined
  /** The batch that waits for something to happen here. */
  readonly waiter: string | undefined
}

export interface KernelProcess {
  readonly id: ProcessId
  readonly stream: StreamId
  readonly netns: number
  readonly cgroup: string
  readonly sockets: readonly number[]
  readonly cpuMilli: number
  /** What it has said that it holds; undefined: it has said nothing. */
  readonly memoryBytes?: number
}

/** A batch of system calls that is under way. */
export interface Batch {
  /** `<process>#<id>` */
  readonly key: string
  readonly from: ProcessId
  readonly id: number
  readonly calls: readonly Syscall[]
  readonly results: readonly unknown[]
  readonly quiet: boolean
}

export interface Lock {
  readonly holder: ProcessId
  /** Keys of batches, first come first served. */
  readonly waiting: readonly string[]
}

export interface Cgroup {
  readonly path: string
  readonly limitMilli: number | undefined
  /** Demand of the processes in it. */
  readonly demandMilli: number
  readonly usageMicros: Micros
  readonly throttledMicros: Micros
  /** The two totals hold up to here. */
  readonly since: Micros
}

export interface LinuxState {
  readonly options: LinuxOptions
  hostName: string
  nextIndex: number
  nextInode: number
  nextPort: number
  netns: Table<number, Netns>
  netnsPaths: Table<string, number>
  links: Table<number, Link>
  /** Indexes of a namespace's links. */
  linksOf: Table<number, readonly number[]>
  /** By `<netns>/<name>`. */
  linkNames: Table<string, number>
  /** Links of the machine that have an address, whatever their namespace. */
  owners: Table<Ip, readonly number[]>
  /** By namespace, then by `<bits>/<network>`. */
  routes: Groups<Route>
  /** Prefix lengths in use per namespace, longest first, and how many routes have them. */
  prefixes: Table<number, readonly { readonly bits: number; readonly count: number }[]>
  /** By `<netns>/<table>`, then by name. */
  chains: Groups<Chain>
  /** When a sender was heard of last, by `netns/list` and its address. */
  recent: Groups<Micros>
  connections: Table<number, Connection>
  /** Both directions of every connection. */
  connectionKeys: Table<string, number>
  /** Size of the connection table at which it is next searched for expired ones. */
  sweepAt: number
  /** Packets that wait for an answer to ARP which will not come. */
  unresolved: Table<number, { readonly netns: number; readonly packet: Packet; readonly about: Tuple }>
  sockets: Table<number, Socket>
  /** Listening and bound sockets by `<netns>/<protocol>/<port>`. */
  ports: Table<string, readonly number[]>
  /** Connected TCP sockets by `<netns>/<tuple as seen from here>`. */
  flows: Table<string, number>
  processes: Table<ProcessId, KernelProcess>
  processOfStream: Table<StreamId, ProcessId>
  batches: Table<string, Batch>
  /** Socket of every `exchange` under way, by the key of its batch. */
  exchanges: Table<string, number>
  files: Table<string, unknown>
  locks: Table<string, Lock>
  /** Directories that somebody watches. */
  watchers: Table<string, readonly ProcessId[]>
  /** Records in the journal of the file system since it was last rewritten. */
  journal: number
  writeBackPending: boolean
  /** Batches that wait for a sync, by its number. */
  syncs: Table<number, string>
  cgroups: Table<string, Cgroup>
  /** The most that a cgroup may hold, and who is told when that was not enough. */
  memoryLimits: Table<string, { readonly bytes: number; readonly by: ProcessId }>
}

/** What one step works with: thrown away at its end. */
export interface Work {
  readonly state: LinuxState
  readonly ctx: Context
  readonly effects: Effect[]
  /** Packets that have reached a namespace's sockets and wait to be taken up. */
  readonly arrivals: { netns: number; packet: Packet }[]
  /** Batches that can go on, with the result of the call that held them up. */
  readonly resumed: { key: string; result: unknown }[]
  /** Sockets whose timer may have to be set or cancelled. */
  readonly touched: number[]
}

export function createState(options: LinuxOptions): LinuxState {
  Object.freeze(options.hosts)
  return {
    options: Object.freeze(options),
    hostName: '',
    nextIndex: 1,
    nextInode: HOST_NETNS,
    nextPort: EPHEMERAL_PORT_MIN,
    netns: new Table(),
    netnsPaths: new Table(),
    links: new Table(),
    linksOf: new Table(),
    linkNames: new Table(),
    owners: new Table(),
    routes: new Groups(),
    prefixes: new Table(),
    chains: new Groups(),
    recent: new Groups(),
    connections: new Table(),
    connectionKeys: new Table(),
    sweepAt: 1_024,
    unresolved: new Table(),
    sockets: new Table(),
    ports: new Table(),
    flows: new Table(),
    processes: new Table(),
    processOfStream: new Table(),
    batches: new Table(),
    exchanges: new Table(),
    files: new Table(),
    locks: new Table(),
    watchers: new Table(),
    journal: 0,
    writeBackPending: false,
    syncs: new Table(),
    cgroups: new Table(),
    memoryLimits: new Table(),
  }
}

/** Lets bridged packets see netfilter, and the machine forward. */
export const KUBERNETES_SYSCTLS: Readonly<Record<string, number>> = {
  'net.bridge.bridge-nf-call-iptables': 1,
  'net.ipv4.ip_forward': 1,
}
export const DEFAULT_PREFIX_BITS = 16

/** `net.ipv4.ip_local_port_range` */
export const EPHEMERAL_PORT_MIN = 32_768
export const EPHEMERAL_PORT_MAX = 60_999

export const fail = (errno: string, message: string) => ({ errno, message })
