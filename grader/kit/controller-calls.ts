/** A learner's client calls as requests to the API server, and the answers as the learner gets them. */
import { matchesSelector } from '#cluster/api/labels.ts'
import { pathOf, resourceOfKind } from '#cluster/api/resources.ts'
import { formatSelector } from '#cluster/api/labels.ts'
import type { KubernetesObject, LabelSelector, List } from '#cluster/api/types.ts'
import type { Answer as ApiAnswer, ApiRequest } from '#cluster/client/api-client.ts'
import { isOk, messageOf, reasonOf } from '#cluster/client/api-client.ts'
import type { Answer, Request } from '../sandbox/sandbox.ts'
import { wrongObject, wrongPatch, wrongSelector } from './call-shape.ts'

/** A call that the learner's code made, taken apart. */
export interface ClientCall {
  readonly id: number
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'updateStatus' | 'patch' | 'delete'
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly live: boolean
  readonly body?: unknown
  readonly selector?: LabelSelector
}

/** What the learner's code gets for a call that makes no sense. */
export class BadCall extends Error {}

type Loose = Record<string, any>

/** Throws `BadCall`, with the remedy, when the arguments are not what the method takes. */
export function readCall({ id, method, args }: Request): ClientCall {
  const verb = method as ClientCall['verb']
  const bad = (what: string): never => {
    throw new BadCall(`client.${verb}: ${what}`)
  }
  if (verb === 'create' || verb === 'update' || verb === 'updateStatus') {
    const object = args[0] as Loose | null
    const resource = resourceFor(verb, object?.kind)
    const { name, namespace } = (object?.metadata ?? {}) as Loose
    if (typeof name !== 'string' && !(verb === 'create' && typeof object?.metadata?.generateName === 'string'))
      bad('the object has no metadata.name; give it one (or generateName to create)')
    const wrong = wrongObject(object!.kind, object)
    if (wrong !== undefined) bad(wrong)
    return { id, verb, resource, namespace: namespace ?? undefined, name: name ?? undefined, live: true, body: object }
  }
  const resource = resourceFor(verb, args[0])
  if (verb === 'list') {
    const { namespace, selector, live = false } = optionsOf(args[1], bad)
    if (namespace != null && typeof namespace !== 'string') bad('namespace must be a text')
    const wrong = wrongSelector(selector)
    if (wrong !== undefined) bad(wrong)
    const chosen = { ...(selector && { selector: selector as LabelSelector }) }
    return { id, verb, resource, namespace: namespace ?? undefined, name: undefined, live: live === true, ...chosen }
  }
  const key = args[1] as Loose | null
  if (typeof key?.name !== 'string') bad('the second argument is {namespace, name}; name is missing')
  if (key!.namespace != null && typeof key!.namespace !== 'string') bad('namespace must be a text')
  const base = { id, verb, resource, namespace: (key!.namespace ?? undefined) as string | undefined, name: key!.name }
  if (verb === 'get') return { ...base, live: optionsOf(args[2], bad).live === true }
  if (verb === 'delete') return { ...base, live: true, ...(args[2] != null && { body: optionsOf(args[2], bad) }) }
  const wrong = wrongPatch(args[0] as string, args[2])
  if (wrong !== undefined) bad(wrong)
  return { ...base, live: true, body: args[2] }
}

function optionsOf(given: unknown, bad: (what: string) => never): Loose {
  if (given === undefined || given === null) return {}
  return typeof given === 'object' && !Array.isArray(given) ? given : bad('its options must be an object')
}

function resourceFor(verb: string, kind: unknown): string {
  const resource = typeof kind === 'string' ? resourceOfKind(kind) : undefined
  if (!resource)
    throw new BadCall(
      `client.${verb}: ${JSON.stringify(kind ?? null)} is no kind of this API; write it as in YAML, such as "Pod"`,
    )
  return resource.resource
}

export function requestOf(call: ClientCall): ApiRequest {
  const { verb, resource, namespace, name, body } = call
  const path = (subresource?: string) => pathOf(resource, namespace, name, subresource)
  switch (verb) {
    case 'get':
      return { method: 'GET', path: path() }
    case 'list': {
      const labelSelector = call.selector && formatSelector(call.selector)
      return { method: 'GET', path: path(), ...(labelSelector && { query: { labelSelector } }) }
    }
    case 'create':
      return { method: 'POST', path: pathOf(resource, namespace), body }
    case 'update':
      return { method: 'PUT', path: path(), body }
    case 'updateStatus':
      return { method: 'PUT', path: path('status'), body }
    case 'patch':
      return { method: 'PATCH', path: path(), headers: { 'content-type': 'application/merge-patch+json' }, body }
    case 'delete':
      return { method: 'DELETE', path: path(), ...(body !== undefined && { body }) }
  }
}

/** What a cache has for a call: no object, one, or a list. */
export function fromCache(
  call: ClientCall,
  objects: Iterable<KubernetesObject>,
  byKey: (key: string) => KubernetesObject | undefined,
): KubernetesObject[] {
  if (call.verb === 'get') {
    const object = byKey(call.namespace ? `${call.namespace}/${call.name}` : call.name!)
    return object ? [object] : []
  }
  const found: KubernetesObject[] = []
  for (const object of objects) {
    if (call.namespace !== undefined && object.metadata.namespace !== call.namespace) continue
    if (call.selector && !matchesSelector(call.selector, object.metadata.labels)) continue
    found.push(object)
  }
  return found
}

/**
 * The cache's answer on its way into the guest, which keeps what it was sent (see `controller-guest.ts`): each object is
 * its key, and itself only where this version of it is new there. `told` remembers the versions.
 */
export function sentOnce(
  { verb, resource }: ClientCall,
  objects: readonly KubernetesObject[],
  told: { get(key: string): string | undefined; set(key: string, version: string): void },
): { cached: (string | KubernetesObject)[]; isList: boolean } {
  const cached: (string | KubernetesObject)[] = []
  for (const object of objects) {
    const { namespace = '', name, resourceVersion = '' } = object.metadata
    const key = `${resource}/${namespace}/${name}`
    cached.push(key)
    if (resourceVersion !== '' && told.get(key) === resourceVersion) continue
    told.set(key, resourceVersion)
    cached.push(object)
  }
  return { cached, isList: verb === 'list' }
}

/** The API server's answer as the guest gets it; `now` in milliseconds. */
export function answerFor(call: ClientCall, answer: ApiAnswer, now: number): Answer {
  if (!isOk(answer)) {
    const reason = answer.lost ? 'ConnectionLost' : (reasonOf(answer) ?? 'Unknown')
    if (call.verb === 'get' && reason === 'NotFound') return { value: { now } }
    return refusal(answer.status, reason, messageOf(answer), now)
  }
  if (call.verb === 'delete') return { value: { now } }
  if (call.verb === 'list') return { value: { now, value: (answer.body as List<unknown>).items } }
  return { value: { now, value: answer.body } }
}

export function refusal(code: number, reason: string, message: string, now: number): Answer {
  return { error: { name: 'ApiError', code, reason, message, now } }
}

/** No answer came: the server may have done it, or not. */
export const lostAnswer = (now: number): Answer =>
  refusal(0, 'ConnectionLost', 'no answer from the API server: it may have done it, or not', now)
