/** Requests to the API server, its answers, and watch events, in words. */
import type { HttpRequest, HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import { isStatus } from '#cluster/api/http.ts'
import { conditionOf } from '#cluster/api/meta.ts'
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject, Node } from '#cluster/api/types.ts'
import type { Words } from './described.ts'

/** What a path leads to: `/api/v1/namespaces/default/pods/web-1/status`. */
export interface PathParts {
  readonly resource: string
  readonly name: string
  readonly subresource: string
}

export function parsePath(path: string): PathParts {
  const parts = path.split('/').filter((part) => part !== '')
  let rest = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : []
  if (rest.length === 0) return { resource: path, name: '', subresource: '' }
  if (rest[0] === 'namespaces' && rest.length > 2) rest = rest.slice(2)
  const [resource = '', name = '', subresource = ''] = rest
  return { resource, name, subresource }
}

const HEALTH = /^\/(?:healthz|livez|readyz|version|api|apis|openapi)/

/** Resources whose traffic never stops, whatever happens. */
export const isBackgroundResource = (resource: string): boolean => resource === 'leases'

export function describeRequest(request: HttpRequest): Words {
  const { resource, name, subresource } = parsePath(request.path)
  if (!request.path.startsWith('/api') || resource === request.path) {
    const { method } = request
    return {
      kind: 'request',
      label: `${method} ${request.path}`,
      verb: method,
      resource: request.path,
      name: '',
      background: HEALTH.test(request.path),
    }
  }
  const verb = verbOf(request, name)
  const what = subresource ? `${resource}/${subresource}` : resource
  const subject = name || nameIn(request.body)
  const background = isBackgroundResource(resource) || verb === 'WATCH' || resource === 'events'
  return { kind: 'request', label: `${verb} ${what}`, verb, resource: what, name: subject, background }
}

function verbOf({ method, query }: HttpRequest, name: string): string {
  if (method !== 'GET') return method
  if (query?.['watch'] === '1' || query?.['watch'] === 'true') return 'WATCH'
  return name ? 'GET' : 'LIST'
}

function nameIn(body: unknown): string {
  const metadata = (body as Partial<KubernetesObject> | undefined)?.metadata as
    { name?: string; generateName?: string } | undefined
  return metadata?.name ?? (metadata?.generateName ? `${metadata.generateName}…` : '')
}

/** The words of HTTP, for answers without a Status. */
const REASONS: Readonly<Record<number, string>> = {
  ...{ 200: 'OK', 201: 'Created', 202: 'Accepted' },
  ...{ 404: 'Not Found', 406: 'Not Acceptable' },
}

/** @param asked what was asked for, if it is known */
export function describeResponse(response: HttpResponse, asked: Words | undefined): Words {
  const { status, body } = response
  const reason = isStatus(body) && body.status === 'Failure' ? (body.reason ?? '') : (REASONS[status] ?? '')
  return {
    kind: 'response',
    label: reason ? `${status} ${reason}` : String(status),
    verb: String(status),
    resource: asked?.resource ?? '',
    name: asked?.name || nameIn(body),
    failed: status >= 400,
    background: asked?.background ?? false,
  }
}

export function describeWatchEvent({ event }: WatchMessage): Words {
  const { type } = event
  if (type === 'ERROR') {
    const reason = isStatus(event.object) ? (event.object.reason ?? '') : ''
    return { kind: 'watch', label: `ERROR ${reason}`, verb: type, resource: '', name: '', failed: true }
  }
  const { kind } = event.object as KubernetesObject
  const resource = resourceOfKind(kind)?.resource ?? kind
  const background = type === 'BOOKMARK' || isBackgroundResource(resource) || resource === 'events'
  return { kind: 'watch', label: `${type} ${kind}`, verb: type, resource, name: nameIn(event.object), background }
}

/** What of a Node matters to others: two that are equal here differ in heartbeats alone. */
export function nodeSignature(node: Node): string {
  const ready = conditionOf(node, 'Ready')
  const taints = node.spec.taints?.map(({ key, effect }) => `${key}:${effect}`).join(',') ?? ''
  return `${ready?.status ?? ''}|${ready?.reason ?? ''}|${taints}|${node.spec.unschedulable === true}|${node.spec.podCIDR ?? ''}`
}
