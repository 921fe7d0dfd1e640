/**
 * The EndpointSlice controller: for every Service with a selector, the addresses of its Pods, in slices of at most 100.
 *
 * What the real one does: changes as few slices as it can, since every kube-proxy gets every changed slice.
 * What we model: the conditions ready, serving and terminating; one set of slices per set of ports; keeping endpoints
 * where they are, filling gaps, opening new slices, dropping empty ones; not acting on a cache that lags behind our writes.
 * What we leave out: IPv6 and dual stack, topology hints, the Endpoints mirror, a placeholder slice for Services without Pods.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/endpointslice`, `staging/src/k8s.io/endpointslice/reconciler.go`.
 */
import { matchesMap } from '#cluster/api/labels.ts'
import { controllerRef, isEqual, keyOf } from '#cluster/api/meta.ts'
import type { Endpoint, EndpointPort, EndpointSlice, Pod, Service } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, deleteRequest, isOk, updateRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { endpointOf, endpointPorts, isEndpoint } from './endpoints.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const MANAGER = 'endpointslice-controller.k8s.io'
const ENDPOINTS_PER_SLICE_MAX = 100
/** How long to wait for the watch to show our own writes before looking again anyway. */
const STALE_RETRY_MICROS = 1_000_000

/** A slice that we have written and that the cache may not show yet. */
interface Written {
  readonly name: string
  /** The version to be reached; undefined when it was deleted. */
  readonly version: string | undefined
  readonly at: Micros
}

interface Memory {
  /** By Service and slice. */
  written: Groups<Written>
}

interface Tag {
  readonly slice: string
  readonly type: 'create' | 'update' | 'delete'
}

const BY_NAMESPACE = 'namespace'
const BY_SERVICE = 'service'

export const endpointSliceController: Controller<Memory> = {
  name: 'endpointslice',
  eventSource: 'endpoint-slice-controller',
  watches: [
    { resource: 'services', enqueue: (delta: Delta<Service>) => [keyOf(delta.object)] },
    { resource: 'pods', enqueue: onPod },
    { resource: 'endpointslices', enqueue: (delta: Delta<EndpointSlice>) => managedServices(delta.object) },
  ],
  indexes: {
    pods: { [BY_NAMESPACE]: (pod: Pod) => [pod.metadata.namespace ?? ''] },
    services: { [BY_NAMESPACE]: (service: Service) => [service.metadata.namespace ?? ''] },
    endpointslices: { [BY_SERVICE]: (slice: EndpointSlice) => managedServices(slice) },
  },
  memory: () => ({ written: new Groups() }),
  reconcile,
  settle,
}

function managedServices(slice: EndpointSlice): string[] {
  const labels = slice.metadata.labels ?? {}
  if (labels[MANAGED_BY] !== MANAGER || !labels[SERVICE_NAME]) return []
  return [`${slice.metadata.namespace}/${labels[SERVICE_NAME]}`]
}

/** Only what shows in an endpoint concerns a Service. */
function onPod(delta: Delta<Pod>, caches: Caches): string[] {
  const { object: pod, old } = delta
  const moved = delta.type !== 'updated' || !isEqual(old!.metadata.labels, pod.metadata.labels)
  if (!moved && isSameEndpoint(old!, pod)) return []
  const keys: string[] = []
  for (const service of caches.by<Service>('services', BY_NAMESPACE, pod.metadata.namespace ?? '')) {
    const { selector } = service.spec
    if (selector === undefined || Object.keys(selector).length === 0) continue
    const concerned = matchesMap(selector, pod.metadata.labels) || (old && matchesMap(selector, old.metadata.labels))
    if (concerned) keys.push(keyOf(service))
  }
  return keys
}

function isSameEndpoint(a: Pod, b: Pod): boolean {
  if (isEndpoint(a) !== isEndpoint(b)) return false
  return !isEndpoint(a) || isEqual(endpointOf(a, ANY_SERVICE), endpointOf(b, ANY_SERVICE))
}

const ANY_SERVICE = { spec: {} } as Service

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const service = caches.get<Service>('services', key)
  const slices = [...caches.by<EndpointSlice>('endpointslices', BY_SERVICE, key)]
  if (!service) return { calls: slices.map(remove) }
  const { selector, type } = service.spec
  if (selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName') return {}
  if (isBehind(key, service, caches, memory, ctx.now)) return { requeueAfterMicros: STALE_RETRY_MICROS }
  const wanted = wantedEndpoints(service, caches)
  const calls: Call[] = []
  for (const slice of slices) if (!wanted.has(portsKey(slice.ports))) calls.push(remove(slice))
  for (const [ports, { endpoints, list }] of wanted) {
    calls.push(
      ...fill(
        service,
        slices.filter((slice) => portsKey(slice.ports) === ports),
        endpoints,
        list,
      ),
    )
  }
  if (calls.length > 0) ctx.note('endpointSlices', { service: key, calls: calls.map(({ tag }) => tag) })
  return { calls }
}

/** Whether the cache has yet to show a write of ours. After a while we look anyway: somebody may have undone it at once. */
function isBehind(key: string, service: Service, caches: Caches, memory: Memory, now: Micros): boolean {
  let behind = false
  for (const { name, version, at } of [...memory.written.values(key)]) {
    const slice = caches.get<EndpointSlice>('endpointslices', `${service.metadata.namespace}/${name}`)
    const shown = version === undefined ? slice === undefined : isAtLeast(slice?.metadata.resourceVersion, version)
    if (shown || now - at >= STALE_RETRY_MICROS) memory.written.delete(key, name)
    else behind = true
  }
  return behind
}

/** Versions of one resource may be compared by size (Kubernetes says so since 1.35). */
const isAtLeast = (version: string | undefined, awaited: string): boolean => Number(version ?? 0) >= Number(awaited)

interface Wanted {
  readonly list: readonly EndpointPort[]
  readonly endpoints: Map<string, Endpoint>
}

/** Endpoints by address, in groups of equal ports. */
function wantedEndpoints(service: Service, caches: Caches): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const pod of caches.by<Pod>('pods', BY_NAMESPACE, service.metadata.namespace ?? '')) {
    if (!isEndpoint(pod) || !matchesMap(service.spec.selector, pod.metadata.labels)) continue
    const list = endpointPorts(service, pod)
    const ports = portsKey(list)
    let group = wanted.get(ports)
    if (!group) wanted.set(ports, (group = { list, endpoints: new Map() }))
    group.endpoints.set(pod.metadata.uid ?? keyOf(pod), endpointOf(pod, service))
  }
  return wanted
}

const portsKey = (ports: readonly EndpointPort[] | undefined): string =>
  (ports ?? [])
    .map(({ name = '', protocol = 'TCP', port }) => `${name}/${protocol}/${port}`)
    .sort()
    .join(' ')

/** Leaves endpoints in the slices they are in, puts the rest where there is room, and opens as few new slices as will do. */
function fill(
  service: Service,
  slices: readonly EndpointSlice[],
  wanted: ReadonlyMap<string, Endpoint>,
  ports: readonly EndpointPort[],
): Call[] {
  const left = new Map(wanted)
  const next = new Map<EndpointSlice, readonly Endpoint[]>()
  for (const slice of slices) {
    const kept: Endpoint[] = []
    for (const { targetRef } of slice.endpoints ?? []) {
      const endpoint = targetRef?.uid === undefined ? undefined : left.get(targetRef.uid)
      if (!endpoint) continue
      left.delete(targetRef!.uid!)
      kept.push(endpoint)
    }
    next.set(slice, kept)
  }
  let rest = [...left.values()]
  // Slices that change anyway take the newcomers first.
  const changes = (slice: EndpointSlice): boolean => !isEqual(slice.endpoints ?? [], next.get(slice))
  for (const slice of [...slices].sort((a, b) => Number(changes(b)) - Number(changes(a)))) {
    const kept = next.get(slice)!
    const room = Math.max(ENDPOINTS_PER_SLICE_MAX - kept.length, 0)
    next.set(slice, [...kept, ...rest.slice(0, room)])
    rest = rest.slice(room)
  }
  const calls = slices.flatMap((slice) => write(slice, next.get(slice)!))
  for (let i = 0; i < rest.length; i += ENDPOINTS_PER_SLICE_MAX) {
    calls.push(create(service, rest.slice(i, i + ENDPOINTS_PER_SLICE_MAX), ports))
  }
  return calls
}

function write(slice: EndpointSlice, endpoints: readonly Endpoint[]): Call[] {
  if (endpoints.length === 0) return [remove(slice)]
  if (isEqual(slice.endpoints, endpoints)) return []
  const tag: Tag = { type: 'update', slice: slice.metadata.name }
  return [{ request: updateRequest({ ...slice, endpoints } as EndpointSlice), tag }]
}

function remove(slice: EndpointSlice): Call {
  const tag: Tag = { type: 'delete', slice: slice.metadata.name }
  return { request: deleteRequest('endpointslices', slice), tag, accept: ['NotFound'] }
}

function create(service: Service, endpoints: readonly Endpoint[], ports: readonly EndpointPort[]): Call {
  const { name, namespace, labels } = service.metadata
  const headless = service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
  const metadata = {
    generateName: `${name}-`,
    namespace,
    labels: { ...labels, ...headless, [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER },
    ownerReferences: [controllerRef(service)],
  } as unknown as EndpointSlice['metadata']
  const apiVersion = 'discovery.k8s.io/v1'
  const slice: EndpointSlice = { apiVersion, kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints, ports }
  return { request: createRequest(slice), tag: { type: 'create', slice: '' } satisfies Tag }
}

function settle(key: string, call: Call, answer: Answer, _failed: boolean, memory: Memory, ctx: Context): undefined {
  const tag = call.tag as Tag
  if (!isOk(answer)) return undefined
  const { name, resourceVersion } = (answer.body as EndpointSlice | undefined)?.metadata ?? { name: tag.slice }
  const version = tag.type === 'delete' ? undefined : resourceVersion
  const written = tag.type === 'delete' ? tag.slice : name
  memory.written.set(key, written, { name: written, version, at: ctx.now })
  return undefined
}
