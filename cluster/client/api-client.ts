/**
 * Speaking with an API server: requests go out as streams, answers come back matched to a tag.
 *
 * What the real one does: client-go's RESTClient, over pooled HTTP/2 connections.
 * What we model: one stream per request, the user, several servers tried in turn when one does not answer, deadlines.
 * What we leave out: client-side rate limits (QPS and burst), credentials on the wire.
 * Where to read upstream: client-go `rest/request.go`, `rest/client.go`.
 */
import type { HttpRequest, HttpResponse, Method, UserInfo } from '#cluster/api/http.ts'
import { isStatus } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { pathOf, resourceOfKind } from '#cluster/api/resources.ts'
import type { Binding, KubernetesObject, Status } from '#cluster/api/types.ts'
import type { CloseReason, Context, Effect, Event, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

/** Plain data that a caller gets back with the answer. */
export type Tag = unknown

export interface ApiClient {
  readonly servers: readonly ProcessId[]
  /** Index of the server in use; moves on when one does not answer. */
  server: number
  readonly user: UserInfo
  calls: Table<StreamId, Tag>
}

export interface ApiRequest {
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What came of a request. `lost`: no answer; the server may have done it or not. */
export interface Answer {
  readonly tag: Tag
  readonly status: number
  readonly body: unknown
  /** What the server said beside it, one for each. */
  readonly warnings?: readonly string[]
  readonly lost?: Exclude<CloseReason, 'done'>
}

export function createApiClient(
  servers: readonly ProcessId[],
  name: string,
  groups: readonly string[] = [],
): ApiClient {
  if (servers.length === 0)
    throw new Error(`${name}: the list of API servers is empty; name at least one, such as cp-1/kube-apiserver`)
  const user = Object.freeze({ name, groups: Object.freeze([...groups, 'system:authenticated']) })
  return { servers: Object.freeze([...servers]), server: 0, user, calls: new Table() }
}

/** Sends a request; its answer will bear the tag. */
export function send(client: ApiClient, ctx: Context, request: ApiRequest, tag: Tag): Effect {
  const stream = ctx.id()
  client.calls.set(stream, tag)
  return openRequest(client, stream, request)
}

/** The bare stream, for a watch, whose messages the caller reads itself. */
export function openRequest(client: ApiClient, stream: StreamId, request: ApiRequest): Effect {
  const body: HttpRequest = { type: 'request', user: client.user, ...request }
  return { type: 'open', stream, to: client.servers[client.server % client.servers.length]!, body }
}

/** The answer that an event brings, if it ends one of our requests. */
export function answerOf(client: ApiClient, event: Event): Answer | undefined {
  if (event.type !== 'closed' || !client.calls.has(event.stream)) return undefined
  const tag = client.calls.get(event.stream)
  client.calls.delete(event.stream)
  const response = event.body as HttpResponse | undefined
  if (event.reason === 'done' && response !== undefined) {
    const { status, body, headers } = response
    const warning = headers?.['warning']
    return { tag, status, body, ...(warning !== undefined && { warnings: warningsIn(warning) }) }
  }
  useNextServer(client)
  // A connection that ends without an answer: whoever stood in between has hung up.
  return { tag, status: 0, body: undefined, lost: event.reason === 'done' ? 'reset' : event.reason }
}

/** `299 - "one", 299 - "another"`: the codes and the agents say nothing. */
const warningsIn = (header: string): readonly string[] =>
  [...header.matchAll(/\d{3} \S+ ("(?:\\.|[^"\\])*")/g)].map(([, text]) => JSON.parse(text!) as string)

export function useNextServer(client: ApiClient): void {
  client.server = (client.server + 1) % client.servers.length
}

export const isOk = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300

/** The reason of a refusal: `NotFound`, `Conflict`, `AlreadyExists` …; undefined for success and for lost answers. */
export function reasonOf(answer: Answer): string | undefined {
  return isStatus(answer.body) && answer.body.status === 'Failure' ? answer.body.reason : undefined
}

/** The refusal in words, for logs and Events. */
export function messageOf(answer: Answer): string {
  if (answer.lost) return `no answer from the API server (${answer.lost})`
  return isStatus(answer.body)
    ? ((answer.body as Status).message ?? `status ${answer.status}`)
    : `status ${answer.status}`
}

// ── requests ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Named = { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } }

/** The built-in resource of an object's kind; a custom one its caller has to name. */
function resourceOf({ kind }: KubernetesObject): Resource {
  const resource = resourceOfKind(kind)
  if (!resource) throw new Error(`kind "${kind}" is not built into this API`)
  return resource
}

const pathOfObject = (object: KubernetesObject, resource = resourceOf(object), subresource?: string): string =>
  pathOf(resource, object.metadata.namespace, object.metadata.name, subresource)

export const getRequest = (resource: string | Resource, namespace: string | undefined, name: string): ApiRequest => ({
  method: 'GET',
  path: pathOf(resource, namespace, name),
})

export function listRequest(
  resource: string | Resource,
  namespace?: string,
  query?: Record<string, string>,
): ApiRequest {
  return { method: 'GET', path: pathOf(resource, namespace), ...(query && { query }) }
}

export const createRequest = (object: KubernetesObject, resource = resourceOf(object)): ApiRequest => ({
  method: 'POST',
  path: pathOf(resource, object.metadata.namespace),
  body: object,
})

export const updateRequest = (object: KubernetesObject, resource?: Resource): ApiRequest => ({
  method: 'PUT',
  path: pathOfObject(object, resource),
  body: object,
})

export const updateStatusRequest = (object: KubernetesObject): ApiRequest => ({
  method: 'PUT',
  path: pathOfObject(object, undefined, 'status'),
  body: object,
})

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const

export function patchRequest(
  resource: string | Resource,
  object: Named,
  type: keyof typeof PATCH_TYPES,
  patch: unknown,
  subresource?: string,
): ApiRequest {
  const { namespace, name } = object.metadata
  return {
    method: 'PATCH',
    path: pathOf(resource, namespace, name, subresource),
    headers: { 'content-type': PATCH_TYPES[type] },
    body: patch,
  }
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  readonly dryRun?: readonly string[]
}

export function deleteRequest(resource: string | Resource, object: Named, options?: DeleteOptions): ApiRequest {
  const { namespace, name } = object.metadata
  return { method: 'DELETE', path: pathOf(resource, namespace, name), ...(options && { body: options }) }
}

/** `pods/binding`: puts a Pod on a node. */
export function bindRequest(
  pod: Named & { readonly metadata: { readonly uid?: string } },
  nodeName: string,
): ApiRequest {
  const { namespace, name, uid } = pod.metadata
  const binding: Binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) },
    target: { kind: 'Node', name: nodeName },
  }
  return { method: 'POST', path: pathOf('pods', namespace, name, 'binding'), body: binding }
}
