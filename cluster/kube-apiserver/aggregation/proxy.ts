/**
 * Requests for what another server answers: passed on as they are, with who asks in headers, and the answer passed back.
 *
 * What we leave out: what comes through a Service's address is one answer, so that nobody can watch by it; a server that is named
 * (an `ExternalName`) may stream.
 * Where to read upstream: kube-aggregator `pkg/apiserver/handler_proxy.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import type { Ended } from '../outgoing.ts'
import { ask, targetOfService } from '../outgoing.ts'
import type { RequestInfo } from '../chain/route.ts'
import { requestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { noSuchPath } from '../status.ts'
import type { Route } from './route.ts'

const TIMEOUT_MICROS = 60_000_000

/** What is asked, for the authorizer; undefined: a path that is no resource. */
export function infoElsewhere(state: State, request: HttpRequest): RequestInfo | undefined {
  const rows = [...state.discovered.values()].flat()
  const isInNamespace = /^\/apis\/[^/]+\/[^/]+\/namespaces\/[^/]+\/[^/]+/.test(request.path)
  return requestInfo(request, (group, version, plural): Resource | undefined => {
    const row = rows.find((one) => one.group === group && one.version === version && one.resource === plural)
    const some = { resource: plural, singular: plural, kind: plural, group, version, verbs: [], shortNames: [], categories: [], subresources: [] } // prettier-ignore
    return row ?? (plural === 'namespaces' ? undefined : { ...some, namespaced: isInNamespace })
  })
}

const unavailable = (text: string): HttpResponse => ({ type: 'response', status: 503, body: text })

export function passOn(
  state: State,
  stream: StreamId,
  route: Exclude<Route, { readonly to: 'local' }>,
  user: UserInfo,
  request: HttpRequest,
  ctx: Context,
): Effect[] {
  const close = (text: string): Effect[] => [{ type: 'close', stream, body: unavailable(text) }]
  if ('status' in route) {
    if (route.status === 503) return close('service unavailable')
    const body: HttpResponse = { type: 'response', status: 404, body: noSuchPath() }
    return [{ type: 'close', stream, body }]
  }
  const target = targetOfService(state, route.service)
  if (typeof target === 'string') return close('service unavailable')
  const { user: _, headers: { authorization: __, ...headers } = {}, ...rest } = request
  const passed: HttpRequest = {
    ...rest,
    headers: { ...headers, 'x-remote-user': user.name, 'x-remote-group': user.groups.join(',') },
  }
  ctx.note('proxied', { apiService: route.apiService, to: target.at, user: user.name })
  if (target.by === 'address') return ask(state, target, passed, { type: 'proxy', stream }, TIMEOUT_MICROS, ctx)
  const backend = ctx.id()
  state.connections.set(stream, backend)
  state.backends.set(backend, { stream, service: 'proxy', node: target.at })
  return [{ type: 'open', stream: backend, to: target.process, body: passed }]
}

export const proxyAnswered = (
  { stream }: Extract<Ended['purpose'], { type: 'proxy' }>,
  { response, error }: Ended,
): Effect[] => [{ type: 'close', stream, body: response ?? unavailable(error) }]
