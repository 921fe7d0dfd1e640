/**
 * NamespaceLifecycle: what a namespace lets happen within it. It is asked apart from the other plugins, because who asks may have to
 * wait for etcd.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/namespace/lifecycle/admission.go`.
 */
import type { KubernetesObject, Namespace, Status } from '#cluster/api/types.ts'
import type { PendingRequest } from '../state.ts'
import { forbidden, notFound } from '../status.ts'

/** Nothing is created in a namespace that is not there, or that is going. */
export function namespaceProblem(
  { info, request }: PendingRequest,
  namespace: Namespace | undefined,
): Status | undefined {
  if (!namespace) {
    return notFound({ ...info.resource, resource: 'namespaces', group: '' }, info.namespace)
  }
  if (namespace.status?.phase !== 'Terminating' && namespace.metadata.deletionTimestamp === undefined) return undefined
  const why = `unable to create new content in namespace ${info.namespace} because it is being terminated`
  const name = (request.body as Partial<KubernetesObject> | undefined)?.metadata?.name ?? ''
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${info.namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  return forbidden(info.resource, name, why, [cause])
}
