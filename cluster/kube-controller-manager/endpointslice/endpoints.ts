/**
 * From a Service and its Pods to endpoints and ports.
 *
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/endpointslice/utils.go`.
 */
import { deepFreeze, isPodFinished, isPodReady } from '#cluster/api/meta.ts'
import type { Endpoint, EndpointPort, Pod, Service } from '#cluster/api/types.ts'

/** Finished Pods and those without an address are none. */
export const isEndpoint = (pod: Pod): boolean => Boolean(pod.status?.podIP) && !isPodFinished(pod)

/**
 * A Pod that is going is never `ready`, but goes on `serving` while its readiness probe says so: a proxy may use it if
 * there is no other.
 */
export function endpointOf(pod: Pod, service: Service): Endpoint {
  const memo = service.spec.publishNotReadyAddresses === true ? published : usual
  let endpoint = memo.get(pod)
  if (!endpoint) memo.set(pod, (endpoint = deepFreeze(makeEndpoint(pod, service))))
  return endpoint
}

/** Of immutable Pods, so that the same endpoint is the same object. */
const usual = new WeakMap<Pod, Endpoint>()
const published = new WeakMap<Pod, Endpoint>()

function makeEndpoint(pod: Pod, service: Service): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const { name, namespace, uid } = pod.metadata
  return {
    addresses: [pod.status!.podIP!],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', ...(namespace && { namespace }), name, ...(uid && { uid }) },
  }
}

/** The ports as this Pod has them: a target port by name may be another number in another Pod. */
export function endpointPorts(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = []
  for (const { name = '', protocol = 'TCP', port, targetPort } of service.spec.ports ?? []) {
    const number = resolvePort(targetPort ?? port, protocol, pod)
    if (number !== undefined) ports.push({ name, protocol, port: number })
  }
  return ports
}

function resolvePort(target: number | string, protocol: string, pod: Pod): number | undefined {
  if (typeof target === 'number') return target
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports = [] } of [...pod.spec.containers, ...sidecars]) {
    const found = ports.find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)
    if (found) return found.containerPort
  }
  return undefined
}
