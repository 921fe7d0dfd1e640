/**
 * A body that names another object than its path does. It is told before anybody looks whether that object is there.
 *
 * Where to read upstream: apiserver `pkg/endpoints/handlers/rest.go` (checkName); kubernetes/kubernetes
 * `pkg/registry/core/pod/storage/{storage,eviction}.go`.
 */
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { RequestInfo } from './route.ts'
import type { PendingRequest } from '../state.ts'
import { badRequest } from '../status.ts'

/** Of what an update or a patch would leave. */
export function namedOtherwise(info: RequestInfo, object: Partial<KubernetesObject>): Status | undefined {
  const { name, namespace } = object.metadata ?? {}
  if (!name) {
    return badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`)
  }
  if (name !== info.name) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
  }
  if (!namespace || info.namespace === '' || namespace === info.namespace) return undefined
  return badRequest(
    `the namespace of the object (${namespace}) does not match the namespace on the request (${info.namespace})`,
  )
}

const SENT: Readonly<Record<string, string>> = { binding: 'Binding', eviction: 'Eviction' }

/** @param isTyped the server knows all types, and takes clients at their word; without, a Binding need not name its Pod */
export function misdirected({ info, request }: PendingRequest, isTyped: boolean): Status | undefined {
  const { body } = request
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  if (info.verb === 'update') return isTyped ? namedOtherwise(info, body) : undefined
  const kind = info.verb === 'create' ? SENT[info.subresource] : undefined
  const { name = '' } = (body as Partial<KubernetesObject>).metadata ?? {}
  if (kind === undefined || name === info.name || (name === '' && !isTyped)) return undefined
  return badRequest(`name in URL does not match name in ${kind} object`)
}
