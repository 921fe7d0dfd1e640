/**
 * `proxy` of Pods, Services and nodes: HTTP through the API server to what is behind them, for whoever reaches nothing but that server.
 *
 * What the real one does: asks the Pod's address, an endpoint of the Service, or the kubelet, and passes the answer back as it is.
 * What we model: names with a scheme and a port (`https:web:http`), which of both is asked, an empty path that is redirected, the texts of
 * failures. The Pod is asked through the machine's own kernel, as everything that leaves it.
 * What we leave out: upgrades, which no program here answers (it is asked as by any other request); links in pages, which upstream makes
 * lead through the server as well; schemes are all one.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/{pod/strategy.go,service/storage/storage.go,node/strategy.go}`
 * (ResourceLocation), apimachinery `pkg/util/proxy/{upgradeaware,transport}.go`.
 */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { EndpointSlice, Pod, Service, Status } from '#cluster/api/types.ts'
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { ask, type Ended } from '../outgoing.ts'
import { answer } from '../handlers/responses.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { badRequest, notFound, serviceUnavailable } from '../status.ts'

const TIMEOUT_MICROS = 60_000_000
const HTTP = 80
const KUBELET = 10_250

/** `name`, `name:port` or `scheme:name:port`, of which the outer two may be empty. */
interface Named {
  readonly name: string
  readonly port: string
}

function named(text: string): Named | undefined {
  const parts = text.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? '']
  const isKnown = parts.length <= 3 && ['', 'http', 'https'].includes(scheme!)
  return isKnown && name !== '' ? { name: name!, port: port! } : undefined
}

type Found = { readonly address: string; readonly port: number } | { readonly node: string } | Status

export function startProxy(
  state: State,
  stream: StreamId,
  info: RequestInfo,
  request: HttpRequest,
  ctx: Context,
): Effect[] {
  const refuse = (status: Status): Effect[] => [answer(stream, status.code, status)]
  const { resource, singular } = info.resource
  const asked = named(info.name)
  if (!asked) return refuse(badRequest(`invalid ${singular} request ${JSON.stringify(info.name)}`))
  const found = resource === 'services' ? ofService(state, info, asked, ctx) : resource === 'pods' ? ofPod(state, info, asked) : ofNode(state, asked) // prettier-ignore
  if ('kind' in found) return refuse(found)
  const { rest = '' } = info
  if (rest === '' && request.method === 'GET') {
    const response: HttpResponse = { type: 'response', status: 301, headers: { location: `${request.path}/` } }
    return [{ type: 'close', stream, body: response }]
  }
  const passed = passedOn(request, rest || '/')
  ctx.note('proxied', { to: 'node' in found ? found.node : found.address })
  if ('node' in found) return openKubelet(state, stream, found.node, passed, ctx)
  const at = `${found.address}:${found.port}`
  // What a web server of a container hears: whom it is asked as, too.
  const heard = { ...passed, host: at } as HttpRequest
  return ask(state, { by: 'address', ...found, at }, heard, { type: 'through', stream }, TIMEOUT_MICROS, ctx)
}

/** What whoever is behind hears: what it is asked, and no word of who asks. */
function passedOn({ method, query, headers = {}, body }: HttpRequest, path: string): HttpRequest {
  const told = Object.fromEntries(['accept', 'content-type'].flatMap((name) => (headers[name] ? [[name, headers[name]]] : []))) // prettier-ignore
  return {
    type: 'request',
    method,
    path,
    ...(query && { query }),
    ...(Object.keys(told).length > 0 && { headers: told }),
    ...(body !== undefined && { body }),
  }
}

const STREAMING = /^\/(?:exec|attach|portForward|run|cri)(?:\/|$)/

function openKubelet(state: State, stream: StreamId, node: string, request: HttpRequest, ctx: Context): Effect[] {
  if (STREAMING.test(request.path)) {
    const body: HttpResponse = { type: 'response', status: 400, body: 'Upgrade request required\n' }
    return [{ type: 'close', stream, body }]
  }
  const backend = ctx.id()
  state.connections.set(stream, backend)
  state.backends.set(backend, { stream, service: 'nodeProxy', node })
  return [{ type: 'open', stream: backend, to: `${node}/kubelet`, body: request }]
}

// ── where it leads ──────────────────────────────────────────────────────────────────────────────────────────────────

function ofPod({ caches }: State, info: RequestInfo, { name, port }: Named): Found {
  const pod = caches['pods']!.objects.get(`${info.namespace}/${name}`) as Pod | undefined
  if (!pod) return notFound(info.resource, name)
  const address = pod.status?.podIP
  if (!address) return badRequest('address not allowed')
  const first = pod.spec.containers.find(({ ports }) => ports?.length)?.ports?.[0]?.containerPort
  return { address, port: port === '' ? (first ?? HTTP) : Number(port) }
}

function ofNode({ caches }: State, { name, port }: Named): Found {
  const node = caches['nodes']!.objects.get(name) as { status?: { addresses?: { type: string; address: string }[] } } | undefined // prettier-ignore
  if (!node) return notFound(resourceNamed('nodes'), name)
  if (port === '' || Number(port) === KUBELET) return { node: name }
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  return address ? { address, port: Number(port) } : badRequest('address not allowed')
}

/** By the name of the port, for which a number of the Service's stands as well; any endpoint that is ready. */
function ofService(
  { caches }: State,
  { namespace, name: asked }: RequestInfo,
  { name, port }: Named,
  ctx: Context,
): Found {
  // prettier-ignore
  const service = caches['services']!.objects.get(`${namespace}/${name}`) as Service | undefined
  if (!service) return notFound(resourceNamed(/^\d+$/.test(port) ? 'services' : 'endpoints'), name)
  let portName = port
  if (/^\d+$/.test(port)) {
    const found = service.spec.ports?.find((one) => one.port === Number(port))
    if (!found) return serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
    portName = found.name ?? ''
  }
  const places: { readonly address: string; readonly port: number }[] = []
  let hasEndpoints = false
  for (const object of caches['endpointslices']!.objects.values()) {
    const slice = object as EndpointSlice
    if (slice.metadata.namespace !== namespace || slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue // prettier-ignore
    if (slice.endpoints?.length) hasEndpoints = true
    const at = slice.ports?.find((one) => (one.name ?? '') === portName)?.port
    if (at == null) continue
    for (const { addresses, conditions } of slice.endpoints ?? [])
      if (conditions?.ready !== false) places.push({ address: addresses[0]!, port: at })
  }
  if (places.length === 0) return serviceUnavailable(`no endpoints available for service ${JSON.stringify(hasEndpoints ? asked : name)}`) // prettier-ignore
  return places[ctx.random('endpoint').int(places.length)]!
}

// ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────────────

export const unreachable = (why: string): Status => serviceUnavailable(`error trying to reach service: ${why}`)

export function throughAnswered(
  { stream }: Extract<Ended['purpose'], { type: 'through' }>,
  { response, error }: Ended,
): Effect[] {
  if (!response) {
    const status = unreachable(error)
    return [answer(stream, status.code, status)]
  }
  // What a program says is a line.
  const body =
    typeof response.body === 'string' && response.body !== '' && !response.body.endsWith('\n')
      ? `${response.body}\n`
      : response.body
  return [{ type: 'close', stream, body: { ...response, body } as HttpResponse }]
}
