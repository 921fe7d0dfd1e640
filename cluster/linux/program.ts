/**
 * What a program in a container is made of: its environment, its system calls, its signals.
 *
 * What the real one does: a runtime starts a binary as a child process inside the sandbox's namespaces.
 * What we model: a component with the container's environment as options. It opens its stream to the kernel when it starts
 * (so the kernel notices its death), hears signals, and answers the runtime that comes back after a restart.
 * What we leave out: `exec` runs inside the program instead of as a process of its own; a file system per container is a
 * list of names. Standard output goes nowhere.
 */
import type { Body, Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { KernelNews, ProcessStart, Syscall, SyscallBatch, SyscallReply } from './syscall.ts'
import { linuxOf } from './syscall.ts'

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
  /** The image's tag: programs that come in several versions say it. */
  readonly version: string
  /** Inode of the network namespace; missing: the machine's own. */
  readonly netns?: number
  readonly cgroup: string
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

export interface ExecRequest extends Body {
  readonly type: 'exec'
  readonly id: number
  readonly command: readonly string[]
}

export interface ExecResult extends Body {
  readonly type: 'execResult'
  readonly id: number
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
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
  /** Names that exist for `cat` and `test -f`. */
  files?(own: Own, io: ProgramIo): readonly string[]
}

interface ProgramState<Own> {
  readonly options: ProgramOptions
  /** To the kernel. */
  stream: number
  /** Tag of every batch that is under way, by its id. */
  tags: Readonly<Record<string, string>>
  readonly own: Own
}

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({})

export function program<Own extends object>(
  definition: ProgramDefinition<Own>,
): Component<ProgramState<Own>, ProgramOptions> {
  return {
    name: definition.name,
    init: (options) => ({ options: Object.freeze(options), stream: -1, tags: NO_TAGS, own: definition.init(options) }),
    step(state, event, ctx): Effect[] {
      const effects: Effect[] = []
      const io = createIo(state, ctx, effects)
      switch (event.type) {
        case 'booted':
          start(definition, state, io, effects)
          break
        case 'message':
          message(definition, state, io, event)
          break
        case 'timer':
          definition.timer?.(state.own, io, event)
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

function createIo<Own>(state: ProgramState<Own>, ctx: Context, effects: Effect[]): ProgramIo {
  const to = linuxOf(ctx.machine)
  return {
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
    effect: (effect) => effects.push(effect),
  }
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
    case 'exec':
      io.effect({ type: 'send', to: event.from, body: execute(definition, state, io, body as ExecRequest) })
      return
    case 'accepted':
    case 'received':
    case 'socketClosed':
    case 'fileChanged':
      definition.news?.(state.own, io, body as KernelNews)
      return
    default:
      definition.event?.(state.own, io, event)
  }
}

/** A handful of commands that probes are made of. */
function execute<Own extends object>(
  definition: ProgramDefinition<Own>,
  state: ProgramState<Own>,
  io: ProgramIo,
  { id, command }: ExecRequest,
): ExecResult {
  const result = (exitCode: number, stdout = '', stderr = ''): ExecResult => ({
    type: 'execResult',
    id,
    stdout,
    stderr,
    exitCode,
  })
  const [name = '', ...args] = command
  const there = (file: string | undefined) =>
    file !== undefined && (definition.files?.(state.own, io) ?? []).includes(file)
  switch (name.slice(name.lastIndexOf('/') + 1)) {
    case 'true':
      return result(0)
    case 'false':
      return result(1)
    case 'hostname':
      return result(0, `${state.options.hostname}\n`)
    case 'env':
      return result(
        0,
        Object.entries(state.options.env)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      )
    case 'test':
      return result(there(args[args.length - 1]) ? 0 : 1)
    case 'cat': {
      const missing = args.find((file) => !there(file))
      return missing === undefined
        ? result(0)
        : result(1, '', `cat: can't open '${missing}': No such file or directory\n`)
    }
    default:
      return result(127, '', `exec: "${name}": executable file not found in $PATH\n`)
  }
}
