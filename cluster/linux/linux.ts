/**
 * The machine beneath a node.
 *
 * What the real one does: the Linux kernel isolates network namespaces, moves packets between them, translates and filters
 * them, and gives processes sockets, files and CPU.
 * What we model: per machine one component. Namespaces with links (loopback, veth pairs, bridges, `eth0`), addresses and
 * routes; forwarding; netfilter's tables nat and filter with connection tracking; TCP and UDP sockets; files with a
 * journal, locks and watches; CPU accounting per cgroup. Every system call is a message with an answer, so that a crash can
 * fall between any two; packets within a machine take no time, between machines they are datagrams that can get lost.
 * What we leave out: see `path.ts` (ARP, MTU), `tcp.ts` (windows, congestion), `conntrack.ts`, `files.ts`, `cpu.ts`; IPv6,
 * SCTP, bandwidth, memory; processes, which the simulation's own kernel runs and which are known here by their streams; a panic of the kernel
 * alone (cut the machine's power instead).
 * Where to read upstream: torvalds/linux `net/`, `kernel/cgroup/`; man 7 `namespaces`, `netlink`, `socket`.
 */
import type { Component, Event, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { isFailure } from './syscall.ts'
import { readMemory, setMemoryLimit, useMemory } from './memory.ts'
import { changeDemand, readCpu, setCpuLimit, useCpu } from './cpu.ts'
import {
  loadFiles,
  lockFile,
  readDirectory,
  readFile,
  releaseLocks,
  sync,
  unlink,
  unlockFile,
  watchDirectory,
  writeBack,
  writeFile,
} from './files.ts'
import { forget } from './conntrack.ts'
import { formatIp, networkOf, parseInterfaceAddress, parseIp } from './ip.ts'
import {
  addAddress,
  addLink,
  addNetns,
  deleteNetns,
  linkInfo,
  linksOf,
  netlink,
  routeInfos,
  setRoute,
} from './links.ts'
import { chainNames, ensureRule, restore, save } from './netfilter.ts'
import type { Frame } from './packet.ts'
import { formatSource } from './packet.ts'
import { arpFailed, frameArrived } from './path.ts'
import {
  abandon,
  arrived,
  BLOCKED,
  close,
  connect,
  exchange,
  goOn,
  listenOrBind,
  send,
  sendTo,
  timeOut,
} from './socket-calls.ts'
import { removeSocket } from './sockets.ts'
import type { Batch, KernelProcess, LinuxOptions, LinuxState, Work } from './state.ts'
import { createState, DEFAULT_PREFIX_BITS, fail, HOST_NETNS, KUBERNETES_SYSCTLS } from './state.ts'
import type { ProcessStart, Syscall, SyscallBatch, SyscallReply } from './syscall.ts'
import { closeSocket, retransmit, settleTimers } from './tcp.ts'

/** Packets that one step may hand to sockets: more is a loop between programs, which time would break in reality. */
const ARRIVALS_PER_STEP_MAX = 10_000
/** Batches that may be held up at once: no machine runs more threads. */
const BATCHES_MAX = 32_768

export const linux: Component<LinuxState, LinuxOptions> = {
  name: 'linux',
  init: createState,
  step(state, event, ctx): Effect[] {
    const work: Work = { state, ctx, effects: [], arrivals: [], resumed: [], touched: [] }
    handle(work, event)
    settle(work)
    return work.effects
  },
}

function handle(work: Work, event: Event): void {
  switch (event.type) {
    case 'booted':
      return boot(work, event)
    case 'message':
      if (event.body.type === 'syscall') startBatch(work, event.from, event.body as SyscallBatch)
      else if (event.body.type === 'frame') frameArrived(work, event.body as Frame)
      return
    case 'opened':
      return processStarted(work, event.from, event.stream, event.body as ProcessStart)
    case 'closed':
      return processEnded(work, event.stream)
    case 'timer':
      return timer(work, event.key)
    case 'persisted': {
      const key = work.state.syncs.get(event.id)
      if (work.state.syncs.delete(event.id)) work.resumed.push({ key: key!, result: {} })
      return
    }
  }
}

/** Packets to sockets, results to batches, until nothing is left to do. */
function settle(work: Work): void {
  let budget = ARRIVALS_PER_STEP_MAX
  for (;;) {
    const next = work.arrivals.shift()
    if (next) {
      if (budget-- <= 0) throw new Error('packets go round between sockets of one machine without end')
      // Its namespace may have gone meanwhile.
      if (work.state.netns.has(next.netns)) arrived(work, next.netns, next.packet)
      continue
    }
    const resumed = work.resumed.shift()
    if (!resumed) break
    resumeBatch(work, resumed.key, resumed.result)
  }
  settleTimers(work)
}

function boot(work: Work, event: Extract<Event, { type: 'booted' }>): void {
  const { state, ctx } = work
  state.hostName = ctx.machine
  loadFiles(work, event.disk)
  const host = addNetns(work, '', ctx.machine)
  if (host.inode !== HOST_NETNS) throw new Error('the first network namespace must be the machine’s own')
  const eth0 = { ...addLink(work, HOST_NETNS, 'eth0', 'device'), up: true }
  state.links.set(eth0.index, eth0)
  const { address, gateway, sysctls = KUBERNETES_SYSCTLS } = state.options
  const { ip, bits } = parseInterfaceAddress(address.includes('/') ? address : `${address}/${DEFAULT_PREFIX_BITS}`)
  addAddress(state, eth0, ip, bits)
  const via = gateway === undefined ? networkOf(ip, bits) + 1 : parseIp(gateway)
  setRoute(state, { netns: HOST_NETNS, network: 0, bits: 0, via, link: eth0.index })
  for (const key of Object.keys(sysctls)) setSysctl(state, HOST_NETNS, key, sysctls[key]!)
}

function timer(work: Work, key: string): void {
  if (key === 'write-back') return writeBack(work)
  const colon = key.indexOf(':')
  const [kind, rest] = [key.slice(0, colon), key.slice(colon + 1)]
  if (kind === 'tcp') return retransmit(work, Number(rest))
  if (kind === 'arp') return arpFailed(work, Number(rest))
  const batch = work.state.batches.get(rest)
  if (kind === 'exchange' && batch) finishCall(work, batch, timeOut(work, batch))
}

// ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────

function processStarted(work: Work, id: ProcessId, stream: number, start: ProcessStart): void {
  const { netns = HOST_NETNS, cgroup = '' } = start
  work.state.processes.set(id, { id, stream, netns, cgroup, sockets: [], cpuMilli: 0 })
  work.state.processOfStream.set(stream, id)
  if (start.batch) startBatch(work, id, start.batch)
}

function processEnded(work: Work, stream: number): void {
  const { state } = work
  const id = state.processOfStream.get(stream)
  state.processOfStream.delete(stream)
  const process = id === undefined ? undefined : state.processes.get(id)
  // A new incarnation may have opened its own stream before the old one's end was known.
  if (!process || process.stream !== stream) return
  for (const batch of [...state.batches.values()]) {
    if (batch.from !== process.id) continue
    state.batches.delete(batch.key)
    abandon(work, batch)
  }
  for (const id of process.sockets) {
    // Gone already if its namespace is.
    const socket = state.sockets.get(id)
    if (socket) closeSocket(work, socket)
  }
  releaseLocks(work, process.id)
  changeDemand(work, process.cgroup, -process.cpuMilli)
  state.processes.delete(process.id)
  for (const [path, watching] of [...state.watchers]) {
    if (watching.includes(process.id))
      state.watchers.set(
        path,
        watching.filter((other) => other !== process.id),
      )
  }
}

// ── batches of system calls ─────────────────────────────────────────────────────────────────────────────────────────

function startBatch(work: Work, from: ProcessId, { id, calls, quiet = false }: SyscallBatch): void {
  if (work.state.batches.size >= BATCHES_MAX) {
    const results = [fail('EAGAIN', 'too many system calls are under way on this machine')]
    const body: SyscallReply = { type: 'syscallReply', id, results }
    if (!quiet) work.effects.push({ type: 'send', to: from, body })
    return
  }
  runBatch(work, { key: `${from}#${id}`, from, id, calls, results: [], quiet })
}

/** Runs calls from the first without a result on, until one blocks or fails. */
function runBatch(work: Work, batch: Batch): void {
  const { calls } = batch
  const results = batch.results.slice()
  while (results.length < calls.length) {
    const result = perform(work, batch, calls[results.length]!)
    if (result === BLOCKED) {
      work.state.batches.set(batch.key, { ...batch, results })
      return
    }
    results.push(result)
    if (isFailure(result)) break
  }
  work.state.batches.delete(batch.key)
  if (batch.quiet) return
  const body: SyscallReply = { type: 'syscallReply', id: batch.id, results }
  work.effects.push({ type: 'send', to: batch.from, body })
}

/** The call that held a batch up has something to say. */
function resumeBatch(work: Work, key: string, result: unknown): void {
  const batch = work.state.batches.get(key)
  if (!batch) return
  const call = batch.calls[batch.results.length]!
  if (call.call !== 'connect' && call.call !== 'exchange') return finishCall(work, batch, result)
  const outcome = goOn(work, batch, call, result)
  if (outcome !== BLOCKED) finishCall(work, batch, outcome)
}

function finishCall(work: Work, batch: Batch, result: unknown): void {
  const next = { ...batch, results: [...batch.results, result] }
  runBatch(work, isFailure(result) ? { ...next, calls: batch.calls.slice(0, next.results.length) } : next)
}

function perform(work: Work, batch: Batch, call: Syscall): unknown {
  switch (call.call) {
    case 'listen':
    case 'bind':
      return inNetns(work, batch, undefined, (netns) => listenOrBind(work, batch, netns, call))
    case 'connect':
      return inNetns(work, batch, undefined, (netns) => connect(work, batch, netns, call))
    case 'exchange':
      return inNetns(work, batch, undefined, (netns) => exchange(work, batch, netns, call))
    case 'send':
      return send(work, batch, call)
    case 'sendTo':
      return sendTo(work, batch, call)
    case 'close':
      return close(work, batch, call)
    case 'readFile':
      return readFile(work, call)
    case 'readDirectory':
      return readDirectory(work, call)
    case 'writeFile':
      return writeFile(work, call)
    case 'unlink':
      return unlink(work, call)
    case 'sync':
      sync(work, batch)
      return BLOCKED
    case 'lockFile':
      return lockFile(work, batch, call) ? {} : BLOCKED
    case 'unlockFile':
      return unlockFile(work, batch, call)
    case 'watchDirectory':
      return watchDirectory(work, batch, call)
    case 'useCpu':
      return useCpu(work, batch.from, call)
    case 'setCpuLimit':
      return setCpuLimit(work, call)
    case 'readCpu':
      return readCpu(work, call)
    case 'useMemory': {
      const killed = useMemory(work, batch.from, call)
      if (killed === undefined || isFailure(killed)) return killed ?? {}
      processEnded(work, (killed as KernelProcess).stream)
      return {}
    }
    case 'setMemoryLimit':
      return setMemoryLimit(work, batch.from, call)
    case 'readMemory':
      return readMemory(work, call)
    case 'deleteConntrack':
      return deleteConntrack(work, call)
    default:
      return performNetwork(work, batch, call)
  }
}

type NetworkCall = Extract<
  Syscall,
  { call: `${string}Netns` | 'netlink' | 'listLinks' | 'listRoutes' | 'listChains' | 'setSysctl' | `iptables${string}` }
>

function performNetwork(work: Work, batch: Batch, call: NetworkCall): unknown {
  const { state } = work
  switch (call.call) {
    case 'addNetns':
      if (state.netnsPaths.has(call.path)) return fail('EEXIST', `${call.path} exists`)
      return { inode: addNetns(work, call.path, call.label ?? call.path).inode }
    case 'deleteNetns': {
      const inode = state.netnsPaths.get(call.path)
      if (inode !== undefined) endNetns(work, inode)
      return inode !== undefined || call.ifPresent ? {} : fail('ENOENT', `no network namespace ${call.path}`)
    }
    case 'listNetns':
      return { paths: [...state.netnsPaths.keys()] }
    default:
      return inNetns(work, batch, call.netns, (netns) => performInNetns(work, netns, call))
  }
}

/** Nobody is told: packets of its sockets can go nowhere now. */
function endNetns(work: Work, inode: number): void {
  for (const socket of [...work.state.sockets.values()]) if (socket.netns === inode) removeSocket(work, socket)
  deleteNetns(work, inode)
}

function performInNetns(work: Work, netns: number, call: Exclude<NetworkCall, { call: `${string}Netns` }>): unknown {
  const { state } = work
  switch (call.call) {
    case 'netlink':
      for (const operation of call.operations) {
        const failure = netlink(work, netns, operation)
        if (failure) return failure
      }
      return {}
    case 'listLinks':
      return { links: linksOf(state, netns).map((link) => linkInfo(state, link)) }
    case 'listRoutes':
      return { routes: routeInfos(state, netns) }
    case 'setSysctl':
      return setSysctl(state, netns, call.key, call.value)
    case 'iptablesRestore': {
      const wrong = restore(state, netns, call.tables)
      return wrong === undefined ? {} : fail('EINVAL', `iptables-restore: ${wrong}`)
    }
    case 'iptablesEnsure':
      ensureRule(state, netns, call.table, call.chain, call.rule, call.append ?? false)
      return {}
    case 'listChains':
      return { chains: chainNames(state, netns, call.table) }
    case 'iptablesSave':
      return { lines: save(state, netns) }
  }
}

/** Runs `use` in the namespace at a path, or in the caller's own. */
function inNetns(work: Work, batch: Batch, path: string | undefined, use: (netns: number) => unknown): unknown {
  const { state } = work
  if (path !== undefined) {
    const inode = state.netnsPaths.get(path)
    return inode === undefined ? fail('ENOENT', `no network namespace ${path}`) : use(inode)
  }
  const own = state.processes.get(batch.from)?.netns ?? HOST_NETNS
  return state.netns.has(own) ? use(own) : fail('ENODEV', 'the network namespace of this process is gone')
}

function setSysctl(state: LinuxState, netns: number, key: string, value: number): unknown {
  const space = state.netns.get(netns)!
  if (value !== 0 && value !== 1) return fail('EINVAL', `${key} is 0 or 1, not ${value}`)
  if (key === 'net.ipv4.ip_forward') state.netns.set(netns, { ...space, forwards: value === 1 })
  else if (key === 'net.bridge.bridge-nf-call-iptables')
    state.netns.set(netns, { ...space, bridgeNetfilter: value === 1 })
  else return fail('ENOENT', `no sysctl ${key} here`)
  return {}
}

function deleteConntrack(work: Work, { protocol, destination, port, keep = [] }: Syscall<'deleteConntrack'>): unknown {
  const { state } = work
  let deleted = 0
  for (const connection of [...state.connections.values()]) {
    const { original, reply } = connection
    if (original.protocol !== protocol || original.destinationPort !== port) continue
    if (formatIp(original.destination) !== destination || keep.includes(formatSource(reply))) continue
    forget(state, connection)
    deleted++
  }
  return { deleted }
}
