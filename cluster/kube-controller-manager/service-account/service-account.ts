/**
 * The serviceaccount controller: every namespace has an account named `default`, as which its Pods act unless they say otherwise.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/serviceaccount/serviceaccounts_controller.go`.
 */
import type { KubernetesObject, Namespace } from '#cluster/api/types.ts'
import { createRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'

const DEFAULT = 'default'

export const serviceAccountController: Controller<undefined> = {
  name: 'serviceaccount',
  offByDefault: true,
  watches: [
    { resource: 'namespaces', enqueue: ({ object }: Delta) => [object.metadata.name] },
    { resource: 'serviceaccounts', enqueue: ({ object }: Delta) => [object.metadata.namespace ?? ''] },
  ],
  memory: () => undefined,
  reconcile,
}

function reconcile(name: string, caches: Caches): Reconciled {
  const namespace = caches.get<Namespace>('namespaces', name)
  if (!namespace || namespace.status?.phase === 'Terminating') return {}
  if (caches.get('serviceaccounts', `${name}/${DEFAULT}`)) return {}
  const account: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: DEFAULT, namespace: name },
  }
  // A namespace that has begun to go takes nothing new.
  return { calls: [{ request: createRequest(account), accept: ['AlreadyExists', 'Forbidden', 'NotFound'] }] }
}
