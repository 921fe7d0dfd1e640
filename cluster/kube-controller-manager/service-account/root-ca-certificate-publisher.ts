/**
 * The root-ca-certificate-publisher: in every namespace a ConfigMap with the certificate by which Pods know the API server.
 *
 * What we leave out: the certificate itself, unless the manager is given one: nothing in the simulated network checks it.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/certificates/rootcacertpublisher/publisher.go`.
 */
import type { ConfigMap, Namespace } from '#cluster/api/types.ts'
import { createRequest, updateRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
const PRETEND =
  '-----BEGIN CERTIFICATE-----\nTm90aGluZyBpbiB0aGUgc2ltdWxhdGVkIG5ldHdvcmsgY2hlY2tzIGl0Lg==\n-----END CERTIFICATE-----\n'

interface Memory {
  readonly certificate: string
}

export const rootCaCertificatePublisher: Controller<Memory> = {
  name: 'root-ca-certificate-publisher',
  offByDefault: true,
  watches: [
    { resource: 'namespaces', enqueue: ({ object }: Delta) => [object.metadata.name] },
    {
      resource: 'configmaps',
      enqueue: ({ object }: Delta) => (object.metadata.name === NAME ? [object.metadata.namespace ?? ''] : []),
    },
  ],
  memory: (options) => ({ certificate: (options['rootCA'] as string | undefined) ?? PRETEND }),
  reconcile,
}

function reconcile(name: string, caches: Caches, { certificate }: Memory): Reconciled {
  const namespace = caches.get<Namespace>('namespaces', name)
  if (!namespace || namespace.status?.phase === 'Terminating') return {}
  const found = caches.get<ConfigMap>('configmaps', `${name}/${NAME}`)
  const data = { 'ca.crt': certificate }
  const annotations = { 'kubernetes.io/description': DESCRIPTION }
  if (!found) {
    const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace: name, annotations }, data } // prettier-ignore
    return { calls: [{ request: createRequest(object), accept: ['AlreadyExists', 'Forbidden', 'NotFound'] }] }
  }
  if (found.data?.['ca.crt'] === certificate && Object.keys(found.data).length === 1) return {}
  const object = { ...found, data, metadata: { ...found.metadata, annotations } }
  return { calls: [{ request: updateRequest(object), accept: ['Conflict', 'NotFound'] }] }
}
