/**
 * What the server itself asks of others: webhooks, and the servers behind an APIService. Each call is a row that says what it is for; its
 * answer, its failure or the end of its time find it by its number.
 *
 * What we model: Pods and Services are reached through the machine's own kernel, as everything that leaves it; a host
 * `<program>.<machine>` (in a URL, or as the external name of a Service) is that program, over the machines' network.
 * What we leave out: DNS (such a host is where its name says), TLS, connections that are used again.
 * Where to read upstream: apiserver `pkg/util/{webhook,proxy}`; kube-aggregator `pkg/apiserver/resolvers.go`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { Service } from '#cluster/api/types.ts'
import type { CloseReason, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure, linuxOf } from '#cluster/linux/syscall.ts'
import type { ServiceReference } from './admission/webhooks/types.ts'
import type { Outgoing, State } from './state.ts'

export type Target =
  | { readonly by: 'name'; readonly process: ProcessId; readonly at: string }
  | { readonly by: 'address'; readonly address: string; readonly port: number; readonly at: string }

/** The program that a host names. */
function targetNamed(host: string, port: number): Target | string {
  const dot = host.indexOf('.')
  if (dot <= 0) return `dial tcp: lookup ${host}: no such host`
  return { by: 'name', process: `${host.slice(dot + 1)}/${host.slice(0, dot)}`, at: `${host}:${port}` }
}

const URL = /^https?:\/\/([^/:?#]+)(?::(\d+))?([^?#]*)/

/** Where a URL leads, and the path there; else what is wrong with it. */
export function targetOfUrl(url: string): { readonly target: Target; readonly path: string } | string {
  const match = URL.exec(url)
  if (!match) return `parse ${JSON.stringify(url)}: invalid URI for request`
  const target = targetNamed(match[1]!, Number(match[2] ?? 443))
  return typeof target === 'string' ? target : { target, path: match[3] || '/' }
}

/** Where a Service leads: to its address, or to what it is another name for. */
export function targetOfService({ caches }: State, { namespace, name, port = 443 }: ServiceReference): Target | string {
  const service = caches['services']?.objects.get(`${namespace}/${name}`) as Service | undefined
  if (!service) return `service ${JSON.stringify(name)} not found`
  const { type, externalName, clusterIP, ports = [] } = service.spec as Service['spec'] & { readonly externalName?: string } // prettier-ignore
  if (type === 'ExternalName') return targetNamed(externalName ?? '', port)
  if (!ports.some((one) => one.port === port))
    return `no service port ${port} found for service ${JSON.stringify(name)}`
  if (!clusterIP || clusterIP === 'None')
    return `cannot route to service with ClusterIP ${JSON.stringify(clusterIP ?? '')}`
  return { by: 'address', address: clusterIP, port, at: `${clusterIP}:${port}` }
}

const timer = (id: number): string => `outgoing/${id}`

/** Asks; the answer comes by `outgoingEnded`. */
export function ask(
  state: State,
  target: Target,
  request: HttpRequest,
  purpose: Outgoing['purpose'],
  timeoutMicros: Micros,
  ctx: Context,
): Effect[] {
  const id = ctx.id()
  state.outgoing.set(id, { purpose, at: target.at, isStream: target.by === 'name' })
  const wake: Effect = { type: 'wake', key: timer(id), after: timeoutMicros }
  if (target.by === 'name') return [{ type: 'open', stream: id, to: target.process, body: request }, wake]
  const { address, port } = target
  const call: Syscall<'exchange'> = { call: 'exchange', protocol: 'tcp', address, port, data: request, timeoutMicros }
  const body: SyscallBatch = { type: 'syscall', id, calls: [call] }
  return [{ type: 'send', to: linuxOf(ctx.machine), body }, wake]
}

export interface Ended {
  readonly purpose: Outgoing['purpose']
  /** Undefined: none came, for that reason. */
  readonly response: HttpResponse | undefined
  readonly error: string
}

const TIMED_OUT = 'context deadline exceeded'

const CLOSED: Readonly<Partial<Record<CloseReason, string>>> = {
  refused: 'connect: connection refused',
  timeout: 'i/o timeout',
}

const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ECONNRESET: 'read: connection reset by peer',
}

/** What an event means for a call that is out; undefined: it is about none. */
export function outgoingEnded(
  state: State,
  event: Event,
): { readonly ended: Ended; readonly effects: Effect[] } | undefined {
  const found = outcomeOf(state, event)
  if (!found) return undefined
  const { id, response, error } = found
  const { purpose, at, isStream } = state.outgoing.get(id)!
  state.outgoing.delete(id)
  const isLate = event.type === 'timer'
  const text = error === TIMED_OUT || error === 'EOF' ? error : `dial tcp ${at}: ${error}`
  const effects: Effect[] = isLate ? (isStream ? [{ type: 'close', stream: id }] : []) : [{ type: 'cancelWake', key: timer(id) }] // prettier-ignore
  return { ended: { purpose, response, error: text }, effects }
}

interface Outcome {
  readonly id: number
  readonly response?: HttpResponse
  readonly error: string
}

function outcomeOf(state: State, event: Event): Outcome | undefined {
  if (event.type === 'closed') {
    if (!state.outgoing.has(event.stream)) return undefined
    const response = event.body as HttpResponse | undefined
    return response
      ? { id: event.stream, response, error: '' }
      : { id: event.stream, error: CLOSED[event.reason] ?? 'EOF' }
  }
  if (event.type === 'timer') {
    const id = event.key.startsWith('outgoing/') ? Number(event.key.slice('outgoing/'.length)) : -1
    return state.outgoing.has(id) ? { id, error: TIMED_OUT } : undefined
  }
  if (event.type !== 'message' || event.body.type !== 'syscallReply') return undefined
  const { id, results } = event.body as SyscallReply
  if (!state.outgoing.has(id)) return undefined
  const [result] = results
  if (isFailure(result)) return { id, error: result.errno === 'ETIMEDOUT' ? TIMED_OUT : (ERRNO[result.errno] ?? 'EOF') }
  const { status = 200, headers, body } = (result.data ?? {}) as Partial<HttpResponse>
  return { id, response: { type: 'response', status, ...(headers && { headers }), body }, error: '' }
}
