/**
 * A bench for machines and their networks: processes that make the system calls they are told to and keep the answers.
 *
 * For tests and figures of the layers beneath the kubelet; a cluster proper does not contain it.
 */
import type { Body, Component, Effect } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import { World } from '#cluster/kernel/world.ts'
import { linux } from './linux.ts'
import type { LinuxOptions } from './state.ts'
import type { NetlinkOperation, ProcessStart, Syscall, SyscallBatch, SyscallReply } from './syscall.ts'
import { linuxOf } from './syscall.ts'

interface RunCalls extends Body {
  readonly type: 'run'
  readonly tag: string
  readonly calls: readonly Syscall[]
}

interface ShellState {
  readonly netns: number | undefined
  readonly cgroup: string
  readonly answers: boolean
  /** Tags by the id of the batch. */
  tags: Table<number, string>
  /** Results by tag. */
  results: Table<string, readonly any[]>
  heard: readonly Body[]
}

/** Does what it is told. With `answers` it echoes whatever it is sent: `echo <data>`. */
export const shell: Component<ShellState, { netns?: number; cgroup?: string; answers?: boolean }> = {
  name: 'shell',
  init: ({ netns, cgroup = '', answers = false }) => ({
    netns,
    cgroup,
    answers,
    tags: new Table(),
    results: new Table(),
    heard: [],
  }),
  step(state, event, ctx): Effect[] {
    const to = linuxOf(ctx.machine)
    if (event.type === 'booted') {
      const start: ProcessStart = {
        type: 'process',
        cgroup: state.cgroup,
        ...(state.netns !== undefined && { netns: state.netns }),
      }
      return [{ type: 'open', stream: ctx.id(), to, body: start }]
    }
    if (event.type !== 'message') return []
    const batch = (calls: readonly Syscall[], quiet = false): Effect => {
      const id = ctx.id()
      if (!quiet) state.tags.set(id, tag)
      const body: SyscallBatch = { type: 'syscall', id, calls, quiet }
      return { type: 'send', to, body }
    }
    let tag = ''
    const { body } = event
    if (body.type === 'run') {
      tag = (body as RunCalls).tag
      return [batch((body as RunCalls).calls)]
    }
    if (body.type === 'syscallReply') {
      const reply = body as SyscallReply
      state.results.set(state.tags.get(reply.id)!, reply.results)
      return []
    }
    state.heard = [...state.heard, body]
    return state.answers ? echo(body as any, batch) : []
  },
}

function echo(body: any, batch: (calls: readonly Syscall[], quiet: boolean) => Effect): Effect[] {
  const { socket, address, port, data } = body
  if (body.type === 'socketClosed' && body.reason === 'fin') return [batch([{ call: 'close', socket }], true)]
  if (body.type !== 'received') return []
  const answer = `echo ${data}`
  const udp = data?.udp === true || String(data).startsWith('udp')
  if (udp) return [batch([{ call: 'sendTo', socket, address, port, data: answer }], true)]
  return [batch([{ call: 'send', socket, data: answer }], true)]
}

/** Machines `node-1 …` with addresses 192.168.0.11 …, one `shell` on each, and a few ways to speak to them. */
export class Lab {
  readonly world: World
  readonly ring = new TraceRing(100_000)
  #tag = 0

  constructor(machines: number, options: { seed?: number; components?: Record<string, Component> } = {}) {
    const { seed = 1, components = {} } = options
    this.world = new World({ seed, components: { linux, shell, ...components } })
    this.world.trace = this.ring
    const names = Array.from({ length: machines }, (_, i) => `node-${i + 1}`)
    const hosts = Object.fromEntries(names.map((name, i) => [`192.168.0.${11 + i}`, name]))
    names.forEach((machine, i) => {
      this.world.addMachine(machine)
      const linuxOptions: LinuxOptions = { address: `192.168.0.${11 + i}/24`, hosts }
      this.world.addProcess({ machine, name: 'linux', component: 'linux', options: linuxOptions })
      this.world.addProcess({ machine, name: 'shell', component: 'shell', options: {} })
    })
    this.run(10)
  }

  run(micros: number): void {
    this.world.run({ untilMicros: this.world.now + micros })
  }

  /** Has a process make the calls, and returns their results (after 100 ms at most, or as long as given). */
  call(process: string, calls: readonly Syscall[], waitMicros = 100_000): readonly any[] {
    const tag = this.start(process, calls)
    const results = () => this.world.stateOf<ShellState>(process).results.get(tag)
    this.world.run({ untilMicros: this.world.now + waitMicros, until: () => results() !== undefined })
    return results() ?? []
  }

  /** Has a process make the calls without waiting; `resultsOf` has the answer later. */
  start(process: string, calls: readonly Syscall[]): string {
    const tag = `t${++this.#tag}`
    const body: RunCalls = { type: 'run', tag, calls }
    this.world.command(this.world.now, { type: 'tell', process, body })
    return tag
  }

  resultsOf(process: string, tag: string): readonly any[] | undefined {
    return this.world.stateOf<ShellState>(process).results.get(tag)
  }

  netlink(machine: string, operations: readonly NetlinkOperation[], netns?: string): readonly any[] {
    return this.call(`${machine}/shell`, [{ call: 'netlink', operations, ...(netns !== undefined && { netns }) }])
  }

  /** A namespace on the bridge `cni0` (made if it is not there), with a `shell` in it. Returns that process's id. */
  addPod(machine: string, name: string, ip: string, options: { answers?: boolean } = {}): string {
    const path = `/run/netns/${name}`
    const gateway = ip.replace(/\d+$/, '1')
    const [{ inode }] = this.call(`${machine}/shell`, [{ call: 'addNetns', path, label: name }]) as [{ inode: number }]
    this.netlink(machine, [
      { op: 'addBridge', name: 'cni0', ifMissing: true },
      { op: 'addAddress', name: 'cni0', address: `${gateway}/24`, ifMissing: true },
      { op: 'setLink', name: 'cni0', up: true },
      { op: 'addVeth', name: `veth-${name}`, peerName: 'eth0', peerNetns: path },
      { op: 'setLink', name: `veth-${name}`, master: 'cni0', up: true },
    ])
    this.netlink(
      machine,
      [
        { op: 'addAddress', name: 'eth0', address: `${ip}/24` },
        { op: 'setLink', name: 'eth0', up: true },
        { op: 'addRoute', destination: '0.0.0.0/0', via: gateway },
      ],
      path,
    )
    this.call(`${machine}/shell`, [
      { call: 'setSysctl', key: 'net.ipv4.ip_forward', value: 1 },
      { call: 'setSysctl', key: 'net.bridge.bridge-nf-call-iptables', value: 1 },
    ])
    const spec = { machine, name, component: 'shell', options: { netns: inode, ...options } }
    const id = this.world.addProcess(spec)
    this.run(10)
    return id
  }

  /** Every `hop` since `from` (a tick). */
  hops(from = 0): string[] {
    return hopLines(this.ring, from)
  }
}

/** Every `hop` in a trace since `from` (a tick), in words: the golden form of a packet's walk. */
export function hopLines(ring: TraceRing, from = 0): string[] {
  const lines: string[] = []
  for (const entry of ring.events()) {
    if (entry.tick <= from) continue
    for (const note of entry.notes) {
      if (note.kind !== 'hop') continue
      const { netns, at, link, what, source, destination, was, reason } = note.detail as Record<string, string>
      const where = link === undefined ? `${netns} ${at}` : `${netns} ${at} ${link}`
      const extra = was !== undefined ? ` (was ${was})` : reason !== undefined ? ` (${reason})` : ''
      lines.push(`${where}: ${what} ${source} > ${destination}${extra}`)
    }
  }
  return lines
}
