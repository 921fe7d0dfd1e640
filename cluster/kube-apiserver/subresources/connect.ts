/**
 * Requests that lead through to a node: logs, exec, attach, port-forward. The server finds the Pod and its kubelet, and from then on
 * passes on whatever either side says.
 *
 * `proxy`: `connect-proxy.ts`.
 * What we leave out: the cache's Pod is taken, which may be a moment old; the way through a proxy (konnectivity).
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/pod/{rest/subresources.go,strategy.go}`.
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { Pod, Status } from '#cluster/api/types.ts'
import type { Body, CloseReason, Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { startProxy, unreachable } from './connect-proxy.ts'
import { answer } from '../handlers/responses.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { badRequest, internalError, notFound } from '../status.ts'
import { logOptionsProblem } from '../validation/log-options.ts'

const SERVICES: Readonly<Record<string, string>> = {
  log: 'containerLogs',
  exec: 'exec',
  attach: 'attach',
  portforward: 'portForward',
}

/** Whether the request leads on to a node. */
export const isConnect = ({ resource, subresource }: RequestInfo): boolean =>
  subresource === 'proxy' || (keyOf(resource) === 'pods' && Object.hasOwn(SERVICES, subresource))

export function startConnect(
  state: State,
  stream: StreamId,
  info: RequestInfo,
  request: HttpRequest,
  ctx: Context,
): Effect[] {
  if (info.subresource === 'proxy') return startProxy(state, stream, info, request, ctx)
  const wrong = info.subresource === 'log' ? logOptionsProblem(info, request.query ?? {}) : undefined
  if (wrong) return refused(stream, wrong)
  const pod = state.caches['pods']?.objects.get(`${info.namespace}/${info.name}`) as Pod | undefined
  if (!pod) return refused(stream, notFound(info.resource, info.name))
  const { nodeName } = pod.spec
  if (!nodeName) return refused(stream, badRequest(`pod ${info.name} does not have a host assigned`))
  const container = info.subresource === 'portforward' ? '' : containerOf(pod, request.query?.['container'] ?? '')
  if (typeof container !== 'string') return refused(stream, container)
  const backend = ctx.id()
  state.connections.set(stream, backend)
  state.backends.set(backend, { stream, service: SERVICES[info.subresource]!, node: nodeName })
  const path = `/${SERVICES[info.subresource]}/${info.namespace}/${info.name}${container && `/${container}`}`
  const { query, body } = request
  const passed: HttpRequest = { type: 'request', method: request.method, path, ...(query && { query }), body }
  return [{ type: 'open', stream: backend, to: `${nodeName}/kubelet`, body: passed }]
}

const refused = (stream: StreamId, status: Status): Effect[] => [answer(stream, status.code, status)]

function containerOf({ metadata, spec }: Pod, asked: string): string | Status {
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].map(({ name }) => name) // prettier-ignore
  if (asked !== '')
    return all.includes(asked) ? asked : badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
  const [first, ...others] = spec.containers
  if (others.length === 0) return first!.name
  const names = `[${spec.containers.map(({ name }) => name).join(' ')}]`
  return badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: ${names}`)
}

/** Passes on what one side says. Undefined: that stream is none of these. */
export function connectSaid(state: State, stream: StreamId, body: Body): Effect[] | undefined {
  const to = state.connections.get(stream) ?? state.backends.get(stream)?.stream
  return to === undefined ? undefined : [{ type: 'write', stream: to, body }]
}

/** One side has ended, and so does the other. */
export function connectEnded(
  state: State,
  stream: StreamId,
  reason: CloseReason,
  body: Body | undefined,
): Effect[] | undefined {
  const backend = state.connections.get(stream)
  if (backend !== undefined) {
    state.connections.delete(stream)
    state.backends.delete(backend)
    return [{ type: 'close', stream: backend }]
  }
  const served = state.backends.get(stream)
  if (!served) return undefined
  state.backends.delete(stream)
  state.connections.delete(served.stream)
  if (reason === 'refused' || reason === 'timeout') {
    const why = reason === 'refused' ? 'connect: connection refused' : 'i/o timeout'
    if (served.service === 'proxy') {
      return [{ type: 'close', stream: served.stream, body: { type: 'response', status: 503, body: `dial tcp ${served.node}: ${why}` } as HttpResponse }] // prettier-ignore
    }
    if (served.service === 'nodeProxy')
      return refused(served.stream, unreachable(`dial tcp ${served.node}:10250: ${why}`))
    return refused(served.stream, internalError(`error dialing backend: dial tcp ${served.node}:10250: ${why}`))
  }
  return [{ type: 'close', stream: served.stream, ...(body && { body: body as HttpResponse }) }]
}
