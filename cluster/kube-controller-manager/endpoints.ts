/**
 * The endpoints controller: for every Service with a selector one object with all addresses of its Pods, the older way to say
 * what EndpointSlices say. kube-proxy no longer reads it; people and older clients do.
 *
 * What we model: subsets by equal ports, ready and not ready addresses, in order; at most a thousand addresses.
 * What we leave out: topology and trigger-time annotations; IPv6; what is over a thousand is cut in order, ready ones first.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/endpoint/endpoints_controller.go`.
 */
import { matchesMap } from '#cluster/api/labels.ts'
import { isEqual, isPodReady, keyOf } from '#cluster/api/meta.ts'
import type { EndpointPort, KubernetesObject, Pod, Service } from '#cluster/api/types.ts'
import { createRequest, deleteRequest, updateRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'
import { endpointOf, endpointPorts, isEndpoint } from './endpointslice/endpoints.ts'

const ADDRESSES_MAX = 1_000
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

interface Address {
  readonly ip: string
  readonly nodeName?: string
  readonly targetRef: object
}

interface Subset {
  readonly addresses?: readonly Address[]
  readonly notReadyAddresses?: readonly Address[]
  readonly ports?: readonly EndpointPort[]
}

interface Endpoints extends KubernetesObject {
  readonly subsets?: readonly Subset[]
}

const BY_NAMESPACE = 'namespace'

export const endpointsController: Controller<object> = {
  name: 'endpoints',
  eventSource: 'endpoint-controller',
  watches: [
    { resource: 'services', enqueue: ({ object }: Delta<Service>) => [keyOf(object)] },
    { resource: 'pods', enqueue: onPod },
    { resource: 'endpoints', enqueue: ({ object }: Delta<Endpoints>) => [keyOf(object)] },
  ],
  indexes: {
    pods: { [BY_NAMESPACE]: (pod: Pod) => [pod.metadata.namespace ?? ''] },
    services: { [BY_NAMESPACE]: (service: Service) => [service.metadata.namespace ?? ''] },
  },
  memory: () => ({}),
  reconcile,
}

const selectorOf = ({ spec: { selector = {} } }: Service) => (Object.keys(selector).length > 0 ? selector : undefined)

function onPod({ type, object: pod, old }: Delta<Pod>, caches: Caches): string[] {
  const isMoved = type !== 'updated' || !isEqual(old!.metadata.labels, pod.metadata.labels)
  if (!isMoved && shown(old!) === shown(pod)) return []
  return [...caches.by<Service>('services', BY_NAMESPACE, pod.metadata.namespace ?? '')]
    .filter((service) => {
      const selector = selectorOf(service)
      const matches = ({ metadata }: Pod): boolean => selector !== undefined && matchesMap(selector, metadata.labels)
      return matches(pod) || (old !== undefined && matches(old))
    })
    .map(keyOf)
}

/** All of a Pod that an address says. */
const shown = (pod: Pod): string =>
  isEndpoint(pod) ? `${pod.status!.podIP} ${isUsable(pod)} ${pod.spec.nodeName} ${pod.metadata.uid}` : ''

/** One that is going is no longer listed as ready. */
const isUsable = (pod: Pod): boolean => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined

function reconcile(key: string, caches: Caches): Reconciled {
  const service = caches.get<Service>('services', key)
  const current = caches.get<Endpoints>('endpoints', key)
  if (!service) {
    // Those without a Service that somebody else wrote are theirs.
    const isOurs = current?.metadata.labels?.[MANAGED_BY] !== undefined
    return isOurs ? { calls: [{ request: deleteRequest('endpoints', current!), accept: ['NotFound'] }] } : {}
  }
  if (!selectorOf(service) || service.spec.type === 'ExternalName') return {}
  const wanted = endpointsOf(service, caches)
  if (!current) return { calls: [{ request: createRequest(wanted), accept: ['AlreadyExists'] }] }
  const { labels, annotations } = current.metadata
  const isSame =
    isEqual(current.subsets ?? [], wanted.subsets ?? []) &&
    isEqual(labels, wanted.metadata.labels) &&
    annotations?.[OVER_CAPACITY] === wanted.metadata.annotations?.[OVER_CAPACITY]
  if (isSame) return {}
  const metadata = { ...current.metadata, labels: wanted.metadata.labels, annotations: wanted.metadata.annotations }
  return { calls: [{ request: updateRequest({ ...wanted, metadata } as Endpoints), accept: ['NotFound'] }] }
}

function endpointsOf(service: Service, caches: Caches): Endpoints {
  const { name, namespace, labels } = service.metadata
  const headless: Record<string, string> =
    service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
  const pods = [...caches.by<Pod>('pods', BY_NAMESPACE, namespace ?? '')]
    .filter((pod) => isEndpoint(pod) && matchesMap(selectorOf(service), pod.metadata.labels))
    .sort((a, b) => Number(isUsable(b)) - Number(isUsable(a)) || (a.status!.podIP! < b.status!.podIP! ? -1 : 1))
  const subsets = subsetsOf(service, pods.slice(0, ADDRESSES_MAX))
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...{ name, namespace },
      labels: { ...labels, ...headless, [MANAGED_BY]: 'endpoint-controller' },
      ...(pods.length > ADDRESSES_MAX && { annotations: { [OVER_CAPACITY]: 'truncated' } }),
    } as Endpoints['metadata'],
    ...(subsets.length > 0 && { subsets }),
  }
}

/** Pods with equal ports are one subset. */
function subsetsOf(service: Service, pods: readonly Pod[]): Subset[] {
  const groups = new Map<
    string,
    { readonly ports: EndpointPort[]; readonly ready: Address[]; readonly not: Address[] }
  >()
  for (const pod of pods) {
    const ports = endpointPorts(service, pod).map(({ name, ...port }) => ({ ...(name && { name }), ...port }))
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports: ports as EndpointPort[], ready: [], not: [] }
    groups.set(key, group)
    const { nodeName, targetRef } = endpointOf(pod, service)
    const address: Address = { ip: pod.status!.podIP!, ...(nodeName && { nodeName }), targetRef: targetRef! }
    const isReady = isUsable(pod) || service.spec.publishNotReadyAddresses === true
    ;(isReady ? group.ready : group.not).push(address)
  }
  return [...groups.values()].map(({ ports, ready, not }) => ({
    ...(ready.length > 0 && { addresses: ready }),
    ...(not.length > 0 && { notReadyAddresses: not }),
    ...(ports.length > 0 && { ports }),
  }))
}
