/**
 * The kubelet's own API: logs, exec, attach and port-forward, for the API server.
 *
 * What the real one does: serves HTTPS on port 10250; what streams is passed on to the runtime's server.
 * What we model: its paths, its checks and their texts; one stream in, one call of the runtime out, and what either says passed on.
 * A forwarded connection is one request to the Pod and its answer.
 * What it shows of itself: `pages.ts`, and of what is used: `stats.ts`.
 * What we leave out: authentication and authorization, logs of the machine, checkpoints; forwarding to a Pod's loopback interface.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/server/server.go`, `pkg/kubelet/kubelet_pods.go`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { formatMicroTime, parseTime } from '#cluster/api/meta.ts'
import type { Pod, Status } from '#cluster/api/types.ts'
import type { Chunk, ContainerStatus, CriError, CriReply, LogLine, LogLines } from '#cluster/container-runtime/cri.ts'
import { criRequest } from '#cluster/container-runtime/cri.ts'
import type { Body, CloseReason, Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import type { Syscall, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import { latestContainer, latestSandbox } from './pod-actions.ts'
import { containerNamed } from './pod-lookup.ts'
import type { KubeletState, Served } from './state.ts'
import { pageAt } from './pages.ts'
import { isMeasured, startStats } from './stats.ts'

/** One exchange through a forwarded port, either way. */
export interface Forwarded extends Body {
  readonly type: 'forward'
  /** Names the connection; comes back with the answer. */
  readonly connection: number
  readonly port: number
  /** What is asked, or what was answered. */
  readonly data?: unknown
  readonly error?: string
}

const FORWARD_TIMEOUT_MICROS = 30_000_000

const failure = (code: number, reason: string, message: string): Status => ({
  ...{ apiVersion: 'v1', kind: 'Status', status: 'Failure' as const },
  ...{ message, reason, code },
})

const answer = (stream: StreamId, status: Status): Effect => {
  const body: HttpResponse = { type: 'response', status: status.code, body: status }
  return { type: 'close', stream, body }
}

const say = (stream: StreamId, response: Omit<HttpResponse, 'type'>): Effect => {
  const body: HttpResponse = { type: 'response', ...response }
  return { type: 'write', stream, body }
}

export function serve(state: KubeletState, ctx: Context, stream: StreamId, request: HttpRequest): Effect[] {
  if (isMeasured(request.path)) return startStats(state, ctx, stream, request.path)
  const plain = pageAt(state, request.path)
  if (plain) return [{ type: 'close', stream, body: plain }]
  const [, service = '', namespace = '', name = '', container = ''] = request.path.split('/')
  const pod = state.pods.items.get(`${namespace}/${name}`)
  if (!pod) return [answer(stream, failure(404, 'NotFound', `pod ${name}_${namespace} not found`))]
  if (service === 'portForward') {
    state.served.set(stream, { for: 'forward', uid: pod.metadata.uid!, call: 0 })
    return [say(stream, { status: 101 })]
  }
  const { query = {} } = request
  if (service === 'containerLogs') return logs(state, ctx, stream, pod, container, query)
  const status = latestContainer(state.runtimePods.get(pod.metadata.uid!), container)
  if (status?.state !== 'CONTAINER_RUNNING')
    return [answer(stream, failure(404, 'NotFound', `container not found ("${container}")`))]
  const stdin = query['stdin'] === 'true'
  const spec = containerNamed(pod, container)
  const call =
    service === 'exec'
      ? criRequest('Exec', { containerId: status.id, cmd: commandOf(request), stdin, tty: query['tty'] === 'true' })
      : criRequest('Attach', { containerId: status.id, stdin: stdin && spec?.stdin === true })
  return [say(stream, { status: 101 }), open(state, ctx, stream, { for: service === 'exec' ? 'exec' : 'attach' }, call)]
}

const commandOf = ({ body }: HttpRequest): readonly string[] =>
  (body as { readonly command?: readonly string[] } | undefined)?.command ?? []

function open(
  state: KubeletState,
  ctx: Context,
  stream: StreamId,
  what: Omit<Extract<Served, { for: 'exec' | 'attach' }>, 'call'> | Omit<Extract<Served, { for: 'logs' }>, 'call'>,
  body: Body,
): Effect {
  const call = ctx.id()
  state.served.set(stream, { ...what, call } as Served)
  state.serving.set(call, stream)
  return { type: 'open', stream: call, to: state.options.runtime, body }
}

// ── logs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function logs(
  state: KubeletState,
  ctx: Context,
  stream: StreamId,
  pod: Pod,
  name: string,
  query: Readonly<Record<string, string>>,
): Effect[] {
  const all = (state.runtimePods.get(pod.metadata.uid!)?.containers ?? []).filter(
    ({ metadata }) => metadata.name === name,
  )
  const wanted = previousOr(all, query['previous'] === 'true')
  if (!wanted) {
    const why =
      query['previous'] === 'true'
        ? `previous terminated container "${name}" in pod "${pod.metadata.name}" not found`
        : `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${waitingReason(state, pod, name)}`
    return [answer(stream, failure(400, 'BadRequest', why))]
  }
  const what = { for: 'logs', query, sent: false } as const
  return [
    open(
      state,
      ctx,
      stream,
      what,
      criRequest('ContainerLog', { containerId: wanted.id, follow: query['follow'] === 'true' }),
    ),
  ]
}

function previousOr(all: readonly ContainerStatus[], previous: boolean): ContainerStatus | undefined {
  const byAttempt = [...all].sort((a, b) => b.metadata.attempt - a.metadata.attempt)
  if (!previous) return byAttempt.find(({ state }) => state !== 'CONTAINER_CREATED') ?? undefined
  return byAttempt.slice(1).find(({ state }) => state === 'CONTAINER_EXITED')
}

const waitingReason = (state: KubeletState, pod: Pod, name: string): string =>
  state.waiting.get(`${pod.metadata.uid}/${name}`)?.reason ??
  (latestSandbox(state.runtimePods.get(pod.metadata.uid!)) ? 'ContainerCreating' : 'PodInitializing')

/** The lines that were asked for, as they are printed. The last words of a query count for what was there already. */
function textOf(
  lines: readonly LogLine[],
  query: Readonly<Record<string, string>>,
  isFirst: boolean,
  now: number,
): string {
  let kept = lines
  const { tailLines, sinceSeconds, sinceTime, timestamps, limitBytes } = query
  const since = sinceSeconds === undefined ? parseTime(sinceTime) : now - Number(sinceSeconds) * 1_000_000
  if (since !== undefined) kept = kept.filter(({ at }) => at >= since)
  if (isFirst && tailLines !== undefined) kept = Number(tailLines) === 0 ? [] : kept.slice(-Number(tailLines))
  const stamp = ({ at }: LogLine): string => (timestamps === 'true' ? `${nanos(at)} ` : '')
  const text = kept.map((line) => stamp(line) + line.bytes).join('')
  return limitBytes === undefined ? text : text.slice(0, Number(limitBytes))
}

/** RFC 3339 with nanoseconds, as runtimes write it. */
const nanos = (at: number): string => formatMicroTime(at).replace('Z', '000Z')

// ── what the runtime says ───────────────────────────────────────────────────────────────────────────────────────────

/** Undefined: that stream is none of ours. */
export function runtimeSaid(state: KubeletState, ctx: Context, call: StreamId, body: Body): Effect[] | undefined {
  const stream = state.serving.get(call)
  if (stream === undefined) return undefined
  const served = state.served.get(stream)!
  if (body.type !== 'logLines' || served.for !== 'logs') return [{ type: 'write', stream, body }]
  const effects = served.sent ? [] : [say(stream, { status: 200, headers: { 'content-type': 'text/plain' } })]
  const bytes = textOf((body as LogLines).lines, served.query, !served.sent, ctx.now)
  state.served.set(stream, { ...served, sent: true })
  const chunk: Chunk = { type: 'chunk', channel: 'stdout', bytes }
  return bytes === '' ? effects : [...effects, { type: 'write', stream, body: chunk }]
}

export function runtimeEnded(state: KubeletState, call: StreamId, body: Body | undefined): Effect[] | undefined {
  const stream = state.serving.get(call)
  if (stream === undefined) return undefined
  const served = state.served.get(stream)!
  forget(state, stream)
  if (served.for === 'logs') return [{ type: 'close', stream }]
  return [answer(stream, outcome(body as CriReply | CriError | undefined))]
}

/** How it went, as the status that the client gets in the end. */
function outcome(body: CriReply | CriError | undefined): Status {
  const success: Status = { apiVersion: 'v1', kind: 'Status', status: 'Success', code: 200 }
  if (body?.type === 'criReply') {
    const { exitCode = 0 } = body as Partial<CriReply<'Exec'>>
    if (exitCode === 0) return success
    const message = `command terminated with non-zero exit code: error executing command, exit code ${exitCode}`
    const causes = [{ reason: 'ExitCode', message: String(exitCode) }]
    return { ...failure(500, 'NonZeroExitCode', message), details: { causes } as never }
  }
  const why = (body as CriError | undefined)?.message ?? 'the container runtime is gone'
  return failure(500, 'InternalError', `Internal error occurred: error executing command in container: ${why}`)
}

function forget(state: KubeletState, stream: StreamId): void {
  const served = state.served.get(stream)
  if (served) state.serving.delete(served.call)
  state.served.delete(stream)
}

// ── what the client says ────────────────────────────────────────────────────────────────────────────────────────────

export function clientSaid(state: KubeletState, ctx: Context, stream: StreamId, body: Body): Effect[] {
  const served = state.served.get(stream)
  if (!served) return []
  if (served.for !== 'forward') return [{ type: 'write', stream: served.call, body }]
  const { connection, port, data } = body as Forwarded
  const address = latestSandbox(state.runtimePods.get(served.uid))?.network.ip || state.options.address
  const call: Syscall<'exchange'> = {
    ...{ call: 'exchange', protocol: 'tcp', address, port, timeoutMicros: FORWARD_TIMEOUT_MICROS },
    ...(data !== undefined && { data }),
  }
  const id = ctx.id()
  state.forwards.set(id, { stream, connection, port })
  return [{ type: 'send', to: state.options.linux, body: { type: 'syscall', id, calls: [call] } as never }]
}

/** Undefined: that was no answer to a forwarded request. */
export function forwardReplied(state: KubeletState, { id, results }: SyscallReply): Effect[] | undefined {
  const forward = state.forwards.get(id)
  if (!forward) return undefined
  state.forwards.delete(id)
  const { stream, connection, port } = forward
  const [result] = results
  const why = isFailure(result) ? `connect(5, AF=2 127.0.0.1:${port}): ${result.message}` : undefined
  const body: Forwarded = {
    ...{ type: 'forward', connection, port },
    ...(isFailure(result) ? { error: why! } : { data: (result as { data: unknown }).data }),
  }
  return state.served.has(stream) ? [{ type: 'write', stream, body }] : []
}

export function clientEnded(state: KubeletState, stream: StreamId, _reason: CloseReason): Effect[] | undefined {
  const served = state.served.get(stream)
  if (!served) return undefined
  forget(state, stream)
  return served.for === 'forward' ? [] : [{ type: 'close', stream: served.call }]
}
