/**
 * Writes by the server's own controllers: through the same stages as everybody's, but for the seat; nobody waits for an answer, and
 * what came to nothing is tried again when its controller next looks.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/apiserver` (the loopback client).
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { startDeleteCollection } from '../handlers/collections.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { PendingRequest, State } from '../state.ts'
import { startWrite } from '../handlers/writes.ts'

const OWN: UserInfo = Object.freeze({ name: 'system:apiserver', groups: ['system:masters'] })
const TIMEOUT_MICROS = 60_000_000
const FIELD_MANAGER = { fieldManager: 'kube-apiserver' }

/** Whether the server itself is writing to that resource. */
export function writes({ requests }: State, resource: string): boolean {
  for (const { user, info } of requests.values()) if (user === OWN && info.resource.resource === resource) return true
  return false
}

/** Whether the server itself is writing that very object. */
export function isWriting({ requests }: State, resource: string, name: string): boolean {
  for (const { user, info } of requests.values())
    if (user === OWN && info.resource.resource === resource && info.name === name) return true
  return false
}

function start(state: State, info: RequestInfo, request: HttpRequest, ctx: Context): Effect[] {
  const row: PendingRequest = {
    id: ctx.id(),
    stream: undefined,
    parent: undefined,
    info,
    request,
    user: OWN,
    stage: 'origin',
    arrived: ctx.now,
    deadline: ctx.now + TIMEOUT_MICROS,
    attempts: 0,
  }
  state.requests.set(row.id, row)
  state.mutating++
  return info.verb === 'deletecollection' ? startDeleteCollection(state, row, ctx) : startWrite(state, row, ctx)
}

/** Puts the status (and the finalizers) of that object, if nobody has changed it meanwhile. */
export function putStatus(state: State, resource: Resource, object: KubernetesObject, ctx: Context): Effect[] {
  const { name, namespace = '' } = object.metadata
  const info: RequestInfo = { verb: 'update', resource, namespace, name, subresource: 'status' }
  return start(state, info, { type: 'request', method: 'PUT', path: '', query: FIELD_MANAGER, body: object }, ctx)
}

/** Creates that object of the cluster. */
export function create(state: State, resource: Resource, object: KubernetesObject, ctx: Context): Effect[] {
  const info: RequestInfo = { verb: 'create', resource, namespace: '', name: object.metadata.name, subresource: '' }
  return start(state, info, { type: 'request', method: 'POST', path: '', query: FIELD_MANAGER, body: object }, ctx)
}

/** Puts that object of the cluster, if nobody has changed it meanwhile. */
export function replace(state: State, resource: Resource, object: KubernetesObject, ctx: Context): Effect[] {
  const info: RequestInfo = { verb: 'update', resource, namespace: '', name: object.metadata.name, subresource: '' }
  return start(state, info, { type: 'request', method: 'PUT', path: '', query: FIELD_MANAGER, body: object }, ctx)
}

/** Deletes that object of the cluster. */
export function remove(state: State, resource: Resource, name: string, ctx: Context): Effect[] {
  const info: RequestInfo = { verb: 'delete', resource, namespace: '', name, subresource: '' }
  return start(state, info, { type: 'request', method: 'DELETE', path: '' }, ctx)
}

/** Deletes all objects of a resource, in all namespaces. */
export function deleteAll(state: State, resource: Resource, ctx: Context): Effect[] {
  const info: RequestInfo = { verb: 'deletecollection', resource, namespace: '', name: '', subresource: '' }
  return start(state, info, { type: 'request', method: 'DELETE', path: '' }, ctx)
}
