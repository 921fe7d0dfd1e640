/**
 * What runs in a container beside its program: commands by `exec`, each a shell with an input, outputs and maybe a terminal.
 *
 * A probe's command (`exec`) is answered once, with all that it printed; another (`execStart`) says what it prints as it prints
 * it, hears what is typed, and can be hung up on.
 * What we leave out: processes of their own (they would go on when the program ends); signals but for Ctrl-C and Ctrl-D.
 */
import type { Body, Context, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { isCommand } from './shell/commands.ts'
import type { Ran, Shell } from './shell/run.ts'
import { resumeShell, startShell } from './shell/run.ts'

export interface ExecRequest extends Body {
  readonly type: 'exec'
  readonly id: number
  readonly command: readonly string[]
}

export interface ExecStart extends Body {
  readonly type: 'execStart'
  readonly id: number
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
}

/** What is typed. To session 0: to the program itself. */
export interface ExecInput extends Body {
  readonly type: 'execInput'
  readonly id: number
  /** One character for each byte. */
  readonly bytes: string
  readonly end?: boolean
  readonly size?: { readonly columns: number; readonly rows: number }
}

export interface ExecHangUp extends Body {
  readonly type: 'execHangUp'
  readonly id: number
}

export interface ExecOutput extends Body {
  readonly type: 'execOutput'
  readonly id: number
  readonly channel: 'stdout' | 'stderr'
  readonly bytes: string
}

export interface ExecResult extends Body {
  readonly type: 'execResult'
  readonly id: number
  /** Of `exec` alone. */
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** There is no such program. */
  readonly notFound?: boolean
}

/** What the program itself printed. */
export interface PrintedOutput extends Body {
  readonly type: 'printed'
  readonly channel: 'stdout' | 'stderr'
  readonly bytes: string
}

export interface Session {
  readonly shell: Shell
  /** Whom it answers. */
  readonly to: ProcessId
  /** Prints through the container's log; sums up for a probe; or says each word at once. */
  readonly kind: 'main' | 'probe' | 'stream'
  readonly stdout: string
  readonly stderr: string
  readonly tty: { readonly columns: number; readonly rows: number } | undefined
}

/** What a program lends its shells. */
export interface ExecHost {
  readonly state: { sessions: Readonly<Record<string, Session>>; files: Readonly<Record<string, string>> }
  readonly options: {
    readonly argv: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly hostname: string
    readonly stdin?: boolean
    readonly tty?: boolean
  }
  readonly ctx: Context
  effect(effect: Effect): void
  /** Begins to serve files to other Pods. */
  serve(server: NonNullable<Ran['serves']>): void
  /** Files that nobody wrote in here, by path. */
  readonly there: Readonly<Record<string, string>>
}

const MAIN = 0
const INPUT_MAX = 16 * 1_024 * 1_024
const NOT_FOUND = 127
/** Of the images, which say so. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const SIZE = { columns: 80, rows: 24 }
const INTERRUPT = '\u0003'
const END_OF_INPUT = '\u0004'

type ExecMessage = ExecRequest | ExecStart | ExecInput | ExecHangUp

export const isExecMessage = (body: Body): body is ExecMessage =>
  body.type === 'exec' || body.type === 'execStart' || body.type === 'execInput' || body.type === 'execHangUp'

const TIMER = 'exec/'
export const isExecTimer = (key: string): boolean => key.startsWith(TIMER)

/** UTF-8, one character for each byte. */
export const toBytes = (text: string): string =>
  encodeURIComponent(
    text.replace(/[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])/g, '?'),
  ).replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

export function printed(machine: string, channel: 'stdout' | 'stderr', bytes: string): Effect {
  const body: PrintedOutput = { type: 'printed', channel, bytes }
  return { type: 'send', to: `${machine}/containerd`, body }
}

export function startMain(host: ExecHost): void {
  const { argv, stdin = false, tty = false } = host.options
  const shell = { ...startShell(argv.map(toBytes)), inputEnded: !stdin }
  go(host, MAIN, { shell, to: '', kind: 'main', stdout: '', stderr: '', tty: tty ? SIZE : undefined })
}

export function execMessage(host: ExecHost, from: ProcessId, body: ExecMessage): void {
  switch (body.type) {
    case 'execInput':
      return typed(host, body)
    case 'execHangUp':
      return drop(host, body.id)
  }
  const [name = ''] = body.command
  const isShell = /(?:^|\/)(?:ba)?sh$/.test(name)
  if (!isShell && !isCommand(name)) {
    const stderr = `exec: "${name}": executable file not found in $PATH\n`
    const result: ExecResult = {
      type: 'execResult',
      id: body.id,
      stdout: '',
      stderr,
      exitCode: NOT_FOUND,
      notFound: true,
    }
    return host.effect({ type: 'send', to: from, body: result })
  }
  const isStream = body.type === 'execStart'
  const shell = { ...startShell(body.command.map(toBytes)), inputEnded: !(isStream && body.stdin) }
  const tty = isStream && body.tty ? SIZE : undefined
  go(host, body.id, { shell, to: from, kind: isStream ? 'stream' : 'probe', stdout: '', stderr: '', tty })
}

/** What a terminal does to what is typed into it: it shows it, and knows a few keys. */
function typed(host: ExecHost, { id, bytes, end = false, size }: ExecInput): void {
  const session = host.state.sessions[id]
  if (!session) return
  const { shell, tty } = session
  const isEnd = end || (tty !== undefined && bytes.includes(END_OF_INPUT))
  const interrupted = tty !== undefined && bytes.includes(INTERRUPT)
  const text = tty ? bytes.replaceAll('\r', '\n').replaceAll(END_OF_INPUT, '').replaceAll(INTERRUPT, '') : bytes
  if (tty && text !== '') say(host, id, session, 'stdout', text)
  const input = (interrupted ? '' : shell.input) + text
  if (input.length > INPUT_MAX) return drop(host, id)
  const next: Session = {
    ...session,
    tty: tty && (size ?? tty),
    shell: { ...shell, input, inputEnded: shell.inputEnded || isEnd },
  }
  if (interrupted && !shell.interactive) return finish(host, id, next, 130)
  // One that sleeps goes on sleeping.
  if (shell.slept && !interrupted) host.state.sessions = Object.freeze({ ...host.state.sessions, [id]: next })
  else go(host, id, next)
}

export function execTimer(host: ExecHost, key: string): void {
  const id = Number(key.slice(TIMER.length))
  const session = host.state.sessions[id]
  if (session) go(host, id, session)
}

function go(host: ExecHost, id: number, session: Session): void {
  const { hostname, env } = host.options
  const files = { ...host.there, ...host.state.files }
  const whole = { PATH, HOSTNAME: hostname, ...env, HOME: '/root' }
  const bytes = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, toBytes(value)]))
  const ran = resumeShell(session.shell, { hostname, env: bytes, now: host.ctx.now, files, tty: session.tty })
  if (ran.files !== files) {
    const own = Object.entries(ran.files).filter(([path, content]) => host.there[path] !== content)
    host.state.files = Object.freeze(Object.fromEntries(own))
  }
  if (ran.serves) host.serve(ran.serves)
  take(host, id, session, ran)
}

function take(host: ExecHost, id: number, session: Session, { shell, output, waits }: Ran): void {
  let now: Session = { ...session, shell }
  for (const { channel, bytes } of output) {
    if (session.kind === 'probe') now = { ...now, [channel]: now[channel] + bytes }
    else say(host, id, session, channel, bytes)
  }
  if (!waits) return finish(host, id, now, shell.status)
  host.state.sessions = Object.freeze({ ...host.state.sessions, [id]: Object.freeze(now) })
  if (waits.for === 'time') host.effect({ type: 'wake', key: `${TIMER}${id}`, after: waits.micros })
}

function say(host: ExecHost, id: number, { kind, to, tty }: Session, channel: 'stdout' | 'stderr', text: string): void {
  const bytes = tty ? text.replaceAll('\n', '\r\n') : text
  if (kind === 'main') return host.effect(printed(host.ctx.machine, channel, bytes))
  const body: ExecOutput = { type: 'execOutput', id, channel: tty ? 'stdout' : channel, bytes }
  host.effect({ type: 'send', to, body })
}

function finish(host: ExecHost, id: number, { kind, to, stdout, stderr }: Session, exitCode: number): void {
  drop(host, id)
  if (kind === 'main') return host.effect({ type: 'exit', code: exitCode })
  const body: ExecResult = { type: 'execResult', id, stdout, stderr, exitCode }
  host.effect({ type: 'send', to, body })
}

function drop(host: ExecHost, id: number): void {
  const { [id]: _, ...rest } = host.state.sessions
  host.state.sessions = Object.freeze(rest)
  host.effect({ type: 'cancelWake', key: `${TIMER}${id}` })
}
