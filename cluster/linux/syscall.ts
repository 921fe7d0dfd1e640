/**
 * What programs may ask of the kernel, as messages to `<machine>/linux`.
 *
 * A batch of calls is one message `{type: 'syscall', id, calls}` and one answer `{type: 'syscallReply', id, results}` with
 * the same id. Calls run in order and stop at the first that fails, so `results` ends with the failure. A call that blocks
 * (`connect`, `exchange`, `flock`) holds up the rest of its own batch and nobody else. A `quiet` batch is not answered.
 *
 * A process that holds sockets, locks or CPU opens a stream with `{type: 'process', …}` first: when it dies, the stream's
 * end tells the kernel, which closes all that it held. Others (a kubelet that probes) may just send batches: they run in
 * the machine's own network namespace.
 */
import type { Body, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Protocol } from './packet.ts'
import type { Rule, TableName } from './netfilter-rule.ts'

/** The kernel's own words for what went wrong. */
export type Errno =
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAGAIN'
  | 'EBADF'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EEXIST'
  | 'EHOSTUNREACH'
  | 'EINVAL'
  | 'ENETUNREACH'
  | 'ENODEV'
  | 'ENOENT'
  | 'ENOSPC'
  | 'EPIPE'
  | 'ESRCH'
  | 'ETIMEDOUT'

export interface LinkInfo {
  /** Unique on the machine. */
  readonly index: number
  readonly name: string
  readonly kind: 'loopback' | 'device' | 'veth' | 'bridge'
  readonly mac: string
  readonly up: boolean
  /** Name of the bridge that it is a port of. */
  readonly master?: string
  /** Index of a veth's other end. */
  readonly peer?: number
  /** `10.244.1.7/24` */
  readonly addresses: readonly string[]
}

export interface RouteInfo {
  readonly destination: string
  readonly via?: string
  readonly link: string
}

/** Changes to links, addresses and routes; `netns` of the call names where, `peerNetns` where a veth's other end goes. */
export type NetlinkOperation =
  | { readonly op: 'addBridge'; readonly name: string; readonly ifMissing?: boolean }
  | { readonly op: 'addVeth'; readonly name: string; readonly peerName: string; readonly peerNetns?: string }
  | { readonly op: 'deleteLink'; readonly name: string; readonly ifPresent?: boolean }
  | {
      readonly op: 'setLink'
      readonly name: string
      readonly up?: boolean
      readonly master?: string
      /** Whether frames may leave by the port that they came in by. */
      readonly hairpin?: boolean
    }
  | { readonly op: 'addAddress'; readonly name: string; readonly address: string; readonly ifMissing?: boolean }
  | { readonly op: 'deleteAddress'; readonly name: string; readonly address: string }
  | {
      readonly op: 'addRoute'
      readonly destination: string
      readonly via?: string
      readonly name?: string
      readonly replace?: boolean
    }
  | { readonly op: 'deleteRoute'; readonly destination: string; readonly ifPresent?: boolean }

/** Chains by name. */
export type ChainSet = Readonly<Record<string, readonly Rule[]>>

export interface TableChange {
  /**
   * These chains have exactly these rules from now on; built-in chains cannot be named here. Sets are frozen data, worked
   * out once for all machines that are given the same.
   */
  readonly chains: readonly ChainSet[]
  /** These are gone. */
  readonly deleted?: readonly string[]
}

/** Request and result of every call. `netns` is a path from `addNetns`; missing: the caller's own. */
export interface Syscalls {
  // ── network namespaces, links, routes ──
  /** A new namespace with a loopback link that is up, bound to this path. `label` is for the trace. */
  addNetns: [{ readonly path: string; readonly label?: string }, { readonly inode: number }]
  /** Everything in it is gone, veth pairs with one end in it too. */
  deleteNetns: [{ readonly path: string; readonly ifPresent?: boolean }, object]
  listNetns: [object, { readonly paths: readonly string[] }]
  netlink: [{ readonly netns?: string; readonly operations: readonly NetlinkOperation[] }, object]
  listLinks: [{ readonly netns?: string }, { readonly links: readonly LinkInfo[] }]
  listRoutes: [{ readonly netns?: string }, { readonly routes: readonly RouteInfo[] }]
  /** `net.ipv4.ip_forward`, `net.bridge.bridge-nf-call-iptables`; 0 or 1. */
  setSysctl: [{ readonly netns?: string; readonly key: string; readonly value: number }, object]

  // ── netfilter ──
  /** Replaces the chains of each table at one blow (`iptables-restore --noflush`). */
  iptablesRestore: [
    { readonly netns?: string; readonly tables: Readonly<Partial<Record<TableName, TableChange>>> },
    object,
  ]
  /** Puts a rule into a built-in chain unless it is there (`iptables -C … || iptables -I …`). */
  iptablesEnsure: [
    {
      readonly netns?: string
      readonly table: TableName
      readonly chain: string
      readonly rule: Rule
      readonly append?: boolean
    },
    object,
  ]
  /** Names of a table's chains, built-in ones too if they have rules. */
  listChains: [{ readonly netns?: string; readonly table: TableName }, { readonly chains: readonly string[] }]
  /** The text that `iptables-save` prints. */
  iptablesSave: [{ readonly netns?: string }, { readonly lines: readonly string[] }]
  /** Forgets connections to this destination (`conntrack -D`), but for those translated to one of `keep` (`ip:port`). */
  deleteConntrack: [
    {
      readonly protocol: Protocol
      readonly destination: string
      readonly port: number
      readonly keep?: readonly string[]
    },
    { readonly deleted: number },
  ]

  // ── sockets ──
  /** Connections come as `accepted`. Port 0: any. */
  listen: [{ readonly address?: string; readonly port: number }, { readonly socket: number; readonly port: number }]
  /** A UDP socket; datagrams come as `received`. Port 0: any. */
  bind: [{ readonly address?: string; readonly port: number }, { readonly socket: number; readonly port: number }]
  connect: [
    { readonly address: string; readonly port: number; readonly timeoutMicros?: Micros },
    { readonly socket: number },
  ]
  /** `close`: and no more after this. */
  send: [{ readonly socket: number; readonly data: unknown; readonly close?: boolean }, object]
  sendTo: [{ readonly socket: number; readonly address: string; readonly port: number; readonly data: unknown }, object]
  close: [{ readonly socket: number }, object]
  /**
   * Opens a socket, sends one message, waits for one and closes: what a linked io_uring submission does.
   * TCP: `data` undefined only connects. Past the timeout: ETIMEDOUT.
   */
  exchange: [
    {
      readonly protocol: Protocol
      readonly address: string
      readonly port: number
      readonly data?: unknown
      readonly timeoutMicros: Micros
    },
    { readonly data: unknown },
  ]

  // ── files: one tree per machine ──
  readFile: [{ readonly path: string }, { readonly data: unknown }]
  /** Every file below the directory, by path. */
  readDirectory: [{ readonly path: string }, { readonly files: readonly (readonly [path: string, data: unknown])[] }]
  /** Files below `/run` and `/tmp` do not survive a reboot; others do once written back (5 s) or synced. */
  writeFile: [{ readonly path: string; readonly data: unknown; readonly exclusive?: boolean }, object]
  unlink: [{ readonly path: string; readonly ifPresent?: boolean }, object]
  /** Answers once everything written so far is durable. */
  sync: [object, object]
  /** Waits for the lock and holds it until `unlockFile` or the end of the process. */
  lockFile: [{ readonly path: string }, object]
  unlockFile: [{ readonly path: string }, object]
  /** From now on a `fileChanged` for every change below the directory. */
  watchDirectory: [{ readonly path: string }, object]

  // ── CPU ──
  /** How much CPU the caller uses from now on, in thousandths of one. */
  useCpu: [{ readonly milli: number }, object]
  /** The most that a cgroup may use, in thousandths of one CPU; undefined: no limit. */
  setCpuLimit: [{ readonly cgroup: string; readonly milli: number | undefined }, object]
  /** Of the cgroup and all below it. */
  readCpu: [{ readonly cgroup: string }, { readonly usageMicros: Micros; readonly throttledMicros: Micros }]

  // ── memory ──
  /** How much memory the caller holds from now on. It may be killed for it. */
  useMemory: [{ readonly bytes: number }, object]
  /** The most that a cgroup may hold; the caller is told (`outOfMemory`) when a process of it was killed for more. */
  setMemoryLimit: [{ readonly cgroup: string; readonly bytes: number }, object]
  /** Of the cgroup and all below it. */
  readMemory: [{ readonly cgroup: string }, { readonly usageBytes: number }]
}

export type SyscallName = keyof Syscalls
export type Syscall<C extends SyscallName = SyscallName> = C extends SyscallName
  ? { readonly call: C } & Syscalls[C][0]
  : never

export interface SyscallFailure {
  readonly errno: Errno
  readonly message: string
}
export type SyscallResult<C extends SyscallName = SyscallName> = Syscalls[C][1] | SyscallFailure

export interface SyscallBatch extends Body {
  readonly type: 'syscall'
  /** From `ctx.id()`. */
  readonly id: number
  readonly calls: readonly Syscall[]
  readonly quiet?: boolean
}

export interface SyscallReply extends Body {
  readonly type: 'syscallReply'
  readonly id: number
  /** One per call that ran; only the last can be a failure. */
  readonly results: readonly any[]
}

/** Opens the stream by which the kernel learns that a process has died. `batch` is its first, if it has one. */
export interface ProcessStart extends Body {
  readonly type: 'process'
  /** Inode from `addNetns`; missing: the machine's own. */
  readonly netns?: number
  readonly cgroup?: string
  readonly batch?: SyscallBatch
}

/** What the kernel tells a process of its own accord. */
export type KernelNews =
  | (Body & { readonly type: 'accepted'; readonly listener: number; readonly socket: number; readonly from: string })
  | (Body & {
      readonly type: 'received'
      readonly socket: number
      readonly data: unknown
      readonly address: string
      readonly port: number
    })
  /** `fin`: the other side sends no more. `reset` and `timeout`: the socket is gone. */
  | (Body & { readonly type: 'socketClosed'; readonly socket: number; readonly reason: 'fin' | 'reset' | 'timeout' })
  | (Body & { readonly type: 'fileChanged'; readonly path: string })

export const isFailure = (result: unknown): result is SyscallFailure =>
  typeof result === 'object' && result !== null && 'errno' in result

/** The failure that ended a batch, if one did. */
export function failureOf(reply: SyscallReply): SyscallFailure | undefined {
  const last = reply.results[reply.results.length - 1]
  return isFailure(last) ? last : undefined
}

/** The kernel of the machine on which a process runs. */
export const linuxOf = (machine: string): ProcessId => `${machine}/linux`
