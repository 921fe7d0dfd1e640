/**
 * What a program in a container is made of: its environment, its system calls, its signals.
 *
 * What the real one does: a runtime starts a binary as a child process inside the sandbox's namespaces.
 * What we model: a component with the container's environment as options. It opens its stream to the kernel when it starts
 * (so the kernel notices its death), hears signals, and answers the runtime that comes back after a restart.
 * What it prints goes to the runtime, line by line. A shell with a box of small commands is in every image (see `shell/`).
 * What we leave out: `exec` runs inside the program instead of as a process of its own; a file system per container is a
 * few files by their paths (a folder without any by its path and a slash), and goes with the container; /etc/hosts; variables with the
 * addresses of Services; what is printed while the runtime is down is lost.
 */
import type { Body, Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { KernelNews, ProcessStart, Syscall, SyscallBatch, SyscallReply } from './syscall.ts'
import { linuxOf } from './syscall.ts'
import type { ExecHost, Session } from './exec.ts'
import { execMessage, execTimer, isExecMessage, isExecTimer, printed, startMain, toBytes } from './exec.ts'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
}

/** What a runtime hands to a program. */
export interface ProgramOptions {
  readonly hostname: string
  /** The command and its arguments, as the container's specification and the image say. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Whether somebody may write to its input, and whether that is a terminal. */
  readonly stdin?: boolean
  readonly tty?: boolean
  /** The image's tag: programs that come in several versions say it. */
  readonly version: string
  /** Inode of the network namespace; missing: the machine's own. */
  readonly netns?: number
  readonly cgroup: string
  /** What is mounted, by path. */
  readonly files?: Readonly<Record<string, string>>
  readonly resolvConf: ResolvConf
  /** Where programs that speak to the API find it: stands for the `kubernetes` Service and the mounted token. */
  readonly apiServers: readonly ProcessId[]
}

// ── between a runtime and its programs ──────────────────────────────────────────────────────────────────────────────

export interface Signal extends Body {
  readonly type: 'signal'
  /** SIGKILL is never sent: the runtime ends the process. */
  readonly signal: 'SIGTERM'
}

/** What a restarted runtime opens a stream with; a program that lives closes it with `{type: 'alive'}`. */
export const SHIM_CONNECT: Body = { type: 'shimConnect' }

/** Exit codes as a shell gives them. */
export const SIGKILL_CODE = 137
export const SIGTERM_CODE = 143

// ── writing programs ────────────────────────────────────────────────────────────────────────────────────────────────

/** How a program acts. Valid during one call. */
export interface ProgramIo {
  readonly ctx: Context
  readonly options: ProgramOptions
  /** Makes system calls; the results come to `replied` under this tag. */
  syscall(tag: string, calls: readonly Syscall[]): void
  /** Makes system calls whose results are of no interest. */
  quiet(calls: readonly Syscall[]): void
  wake(key: string, after: Micros): void
  exit(code: number): void
  /** Standard output. */
  print(text: string): void
  /** Goes on as what a shell makes of its own command line, and ends with it. */
  becomeShell(): void
  /** Anything else. */
  effect(effect: Effect): void
}

export interface ProgramDefinition<Own extends object> {
  readonly name: string
  init(options: ProgramOptions): Own
  started(own: Own, io: ProgramIo): void
  /** Results of the calls made under a tag. */
  replied?(own: Own, io: ProgramIo, tag: string, results: readonly any[]): void
  /** Something from the kernel of its own accord. */
  news?(own: Own, io: ProgramIo, news: KernelNews): void
  timer?(own: Own, io: ProgramIo, event: Extract<Event, { type: 'timer' }>): void
  /** Any other event, for programs with streams of their own. */
  event?(own: Own, io: ProgramIo, event: Event): void
  /**
   * SIGTERM. `ignore` is what the kernel does for the first process of a PID namespace that has no handler.
   * Default: exit with 143.
   */
  readonly onTerminate?: 'ignore' | number
  /** Files that are there, though nobody wrote them: empty ones. */
  files?(own: Own, io: ProgramIo): readonly string[]
}

interface ProgramState<Own> {
  readonly options: ProgramOptions
  /** To the kernel. */
  stream: number
  /** Tag of every batch that is under way, by its id. */
  tags: Readonly<Record<string, string>>
  /** What runs inside by `exec`, by its id; the program itself is 0, where it is a shell. */
  sessions: Readonly<Record<string, Session>>
  /** Files that somebody wrote, by path. */
  files: Readonly<Record<string, string>>
  /** The folder whose files a web server of a shell's hands out. */
  served: string | undefined
  readonly own: Own
}

const NONE: Readonly<Record<string, string>> = Object.freeze({})
const NO_SESSIONS: Readonly<Record<string, Session>> = Object.freeze({})

export function program<Own extends object>(
  definition: ProgramDefinition<Own>,
): Component<ProgramState<Own>, ProgramOptions> {
  return {
    name: definition.name,
    init: (options) => ({
      options: Object.freeze(options),
      stream: -1,
      tags: NONE,
      sessions: NO_SESSIONS,
      files: options.files ?? NONE,
      served: undefined,
      own: definition.init(options),
    }),
    step(state, event, ctx): Effect[] {
      const effects: Effect[] = []
      const io = createIo(definition, state, ctx, effects)
      switch (event.type) {
        case 'booted':
          start(definition, state, io, effects)
          break
        case 'message':
          message(definition, state, io, event)
          break
        case 'timer':
          if (isExecTimer(event.key)) execTimer(hostOf(definition, state, io), event.key)
          else definition.timer?.(state.own, io, event)
          break
        case 'opened':
          if (event.body.type === 'shimConnect')
            effects.push({ type: 'close', stream: event.stream, body: { type: 'alive' } })
          else definition.event?.(state.own, io, event)
          break
        case 'closed':
          // The kernel is gone, and so is everything that runs on it.
          if (event.stream === state.stream) io.exit(SIGKILL_CODE)
          else definition.event?.(state.own, io, event)
          break
        default:
          definition.event?.(state.own, io, event)
      }
      return effects
    },
  }
}

function createIo<Own extends object>(
  definition: ProgramDefinition<Own>,
  state: ProgramState<Own>,
  ctx: Context,
  effects: Effect[],
): ProgramIo {
  const to = linuxOf(ctx.machine)
  const io: ProgramIo = {
    ctx,
    options: state.options,
    syscall(tag, calls) {
      const id = ctx.id()
      state.tags = Object.freeze({ ...state.tags, [id]: tag })
      const body: SyscallBatch = { type: 'syscall', id, calls }
      effects.push({ type: 'send', to, body })
    },
    quiet(calls) {
      const body: SyscallBatch = { type: 'syscall', id: ctx.id(), calls, quiet: true }
      effects.push({ type: 'send', to, body })
    },
    wake: (key, after) => effects.push({ type: 'wake', key, after }),
    exit: (code) => effects.push({ type: 'exit', code }),
    print: (text) => effects.push(printed(ctx.machine, 'stdout', toBytes(text))),
    becomeShell: () => startMain(hostOf(definition, state, io)),
    effect: (effect) => effects.push(effect),
  }
  return io
}

/** What the kubelet and the runtime put into every container. */
const systemFiles = ({ hostname, resolvConf: { nameservers, search, ndots } }: ProgramOptions) => ({
  '/etc/hostname': `${hostname}\n`,
  '/etc/resolv.conf': [
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...nameservers.map((address) => `nameserver ${address}`),
    `options ndots:${ndots}`,
    '',
  ].join('\n'),
})

/** What its shells need of a program. */
function hostOf<Own extends object>(
  definition: ProgramDefinition<Own>,
  state: ProgramState<Own>,
  io: ProgramIo,
): ExecHost {
  const empty = definition.files?.(state.own, io) ?? []
  const there = { ...systemFiles(state.options), ...Object.fromEntries(empty.map((path) => [path, ''])) }
  const serve = ({ port, folder }: { readonly port: number; readonly folder: string }): void => {
    state.served = folder
    io.quiet([{ call: 'listen', port }])
  }
  return { state, options: state.options, ctx: io.ctx, effect: io.effect, serve, there }
}

/** A shell's web server: what other Pods ask for is a file's content. */
function hand(folder: string, files: Readonly<Record<string, string>>, io: ProgramIo, news: KernelNews): void {
  if (news.type === 'socketClosed') return io.quiet([{ call: 'close', socket: news.socket }])
  if (news.type !== 'received') return
  const { path = '/' } = (news.data ?? {}) as { readonly path?: string }
  const file = `${folder === '/' ? '' : folder}${path.endsWith('/') ? `${path}index.html` : path}`
  const found = Object.hasOwn(files, file)
  const data = found ? { status: 200, body: files[file]!.trimEnd() } : { status: 404, body: 'Not Found' }
  io.quiet([{ call: 'send', socket: news.socket, data, close: true }])
}

/** The stream to the kernel first; the program's first batch travels with it. */
function start<Own extends object>(
  definition: ProgramDefinition<Own>,
  state: ProgramState<Own>,
  io: ProgramIo,
  effects: Effect[],
): void {
  definition.started(state.own, io)
  const first = effects.findIndex((effect) => effect.type === 'send' && effect.body.type === 'syscall')
  const batch = first < 0 ? undefined : ((effects.splice(first, 1)[0] as { body: Body }).body as SyscallBatch)
  const { netns, cgroup } = state.options
  state.stream = io.ctx.id()
  const body: ProcessStart = { type: 'process', cgroup, ...(netns !== undefined && { netns }), ...(batch && { batch }) }
  effects.unshift({ type: 'open', stream: state.stream, to: linuxOf(io.ctx.machine), body })
}

function message<Own extends object>(
  definition: ProgramDefinition<Own>,
  state: ProgramState<Own>,
  io: ProgramIo,
  event: Extract<Event, { type: 'message' }>,
): void {
  const { body } = event
  if (isExecMessage(body)) return execMessage(hostOf(definition, state, io), event.from, body)
  switch (body.type) {
    case 'syscallReply': {
      const { id, results } = body as SyscallReply
      const { [id]: tag, ...rest } = state.tags
      state.tags = Object.freeze(rest)
      if (tag !== undefined) definition.replied?.(state.own, io, tag, results)
      return
    }
    case 'signal': {
      const action = definition.onTerminate ?? SIGTERM_CODE
      if (action !== 'ignore') io.exit(action)
      return
    }
    case 'accepted':
    case 'received':
    case 'socketClosed':
    case 'fileChanged':
      if (state.served !== undefined) hand(state.served, state.files, io, body as KernelNews)
      else definition.news?.(state.own, io, body as KernelNews)
      return
    default:
      definition.event?.(state.own, io, event)
  }
}
