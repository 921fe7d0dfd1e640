/**
 * What containers print, and who listens or types: logs, attach, exec.
 *
 * What we model: the newest lines of each container, kept until it is removed; followers hear each line as it comes; an exec is
 * a session inside the program, hung up on when its stream ends.
 * What we leave out: files and their rotation; what was printed while containerd was down, and all that was printed before.
 * Where to read upstream: containerd `internal/cri/server/container_{exec,attach}.go`, `internal/cri/io/logger.go`.
 */
import type { Body, StreamId } from '#cluster/kernel/component.ts'
import type { ExecHangUp, ExecInput, ExecOutput, ExecResult, ExecStart, PrintedOutput } from '#cluster/linux/exec.ts'
import { refuse, reply } from './answers.ts'
import type { Chunk, LogLine, LogLines } from './cri.ts'
import type { ContainerRecord, Request, Work } from './state.ts'

const LINES_MAX = 1_000

const notFound = (work: Work, stream: StreamId, id: string): void =>
  refuse(work, stream, 'NotFound', `an error occurred when try to find container "${id}": not found`)

// ── logs and attach ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A container's program has printed something. */
export function takePrinted(work: Work, process: string, { channel, bytes }: PrintedOutput): void {
  const { state, ctx, effects } = work
  const id = state.children.get(process)
  if (id === undefined || !state.containers.has(id)) return
  const lines = (bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line): LogLine => ({ at: ctx.now, channel, bytes: line }))
  state.logs.set(id, Object.freeze([...(state.logs.get(id) ?? []), ...lines].slice(-LINES_MAX)))
  for (const [stream, { container, kind }] of state.followers) {
    if (container !== id) continue
    const body: LogLines | Chunk = kind === 'log' ? { type: 'logLines', lines } : { type: 'chunk', channel, bytes }
    effects.push({ type: 'write', stream, body })
  }
}

export function containerLog(work: Work, stream: StreamId, { containerId, follow }: Request<'ContainerLog'>): void {
  const { state, effects } = work
  const container = state.containers.get(containerId)
  if (!container) return notFound(work, stream, containerId)
  const body: LogLines = { type: 'logLines', lines: state.logs.get(containerId) ?? [] }
  effects.push({ type: 'write', stream, body })
  if (follow && container.state !== 'CONTAINER_EXITED')
    state.followers.set(stream, { container: containerId, kind: 'log' })
  else reply(work, stream, 'ContainerLog', {})
}

export function attach(work: Work, stream: StreamId, { containerId }: Request<'Attach'>): void {
  const container = running(work, stream, containerId)
  if (container) work.state.followers.set(stream, { container: containerId, kind: 'attach' })
}

function running(work: Work, stream: StreamId, id: string): ContainerRecord | undefined {
  const container = work.state.containers.get(id)
  if (container?.state === 'CONTAINER_RUNNING') return container
  if (!container) notFound(work, stream, id)
  else refuse(work, stream, 'Unknown', `container is in ${container.state} state`)
  return undefined
}

/** A container has ended: nobody has anything more to hear from it. */
export function endStreams(work: Work, id: string): void {
  const { state } = work
  for (const [stream, { container, kind }] of [...state.followers]) {
    if (container !== id) continue
    state.followers.delete(stream)
    reply(work, stream, kind === 'log' ? 'ContainerLog' : 'Attach', {})
  }
  for (const [exec, { container, stream }] of [...state.execs]) {
    if (container !== id) continue
    forgetExec(work, exec)
    reply(work, stream, 'Exec', { exitCode: 137 })
  }
}

// ── exec ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function exec(work: Work, stream: StreamId, { containerId, cmd, stdin, tty }: Request<'Exec'>): void {
  const { state, ctx, effects } = work
  const container = running(work, stream, containerId)
  if (!container) return
  const id = ctx.id()
  state.execs.set(id, { container: containerId, stream })
  state.execStreams.set(stream, id)
  const body: ExecStart = { type: 'execStart', id, command: cmd, stdin, tty }
  effects.push({ type: 'send', to: container.process, body })
}

export function execPrinted(work: Work, { id, channel, bytes }: ExecOutput): void {
  const { stream } = work.state.execs.get(id) ?? {}
  const body: Chunk = { type: 'chunk', channel, bytes }
  if (stream !== undefined) work.effects.push({ type: 'write', stream, body })
}

/** False: that was no exec of ours. */
export function streamedExecEnded(work: Work, { id, exitCode, notFound: missing, stderr }: ExecResult): boolean {
  const { stream } = work.state.execs.get(id) ?? {}
  if (stream === undefined) return false
  forgetExec(work, id)
  const name = /^exec: "(.*)": /.exec(stderr)?.[1] ?? ''
  if (missing) refuse(work, stream, 'Unknown', startError(name))
  else reply(work, stream, 'Exec', { exitCode })
  return true
}

const startError = (name: string): string =>
  `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": executable file not found in $PATH: unknown`

function forgetExec({ state }: Work, id: number): void {
  const { stream } = state.execs.get(id)!
  state.execs.delete(id)
  state.execStreams.delete(stream)
}

/** Something was typed. */
export function takeChunk(work: Work, stream: StreamId, body: Body): void {
  const { state, effects } = work
  if (body.type !== 'chunk') return
  const { bytes, end, size } = body as Chunk
  const id = state.execStreams.get(stream)
  const container = id === undefined ? state.followers.get(stream)?.container : state.execs.get(id)?.container
  const process = state.containers.get(container ?? '')?.process
  if (process === undefined) return
  const input: ExecInput = { type: 'execInput', id: id ?? 0, bytes, ...(end && { end }), ...(size && { size }) }
  effects.push({ type: 'send', to: process, body: input })
}

/** Who listened or typed has gone. */
export function hangUp(work: Work, stream: StreamId): void {
  const { state, effects } = work
  state.followers.delete(stream)
  const id = state.execStreams.get(stream)
  if (id === undefined) return
  const { process } = state.containers.get(state.execs.get(id)!.container) ?? {}
  forgetExec(work, id)
  const body: ExecHangUp = { type: 'execHangUp', id }
  if (process !== undefined) effects.push({ type: 'send', to: process, body })
}
