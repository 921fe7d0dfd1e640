/**
 * What a Service may have by its type, and what becomes of that when the type changes.
 *
 * Upstream: `pkg/registry/core/service/strategy.go` (patchAllocatedValues, dropTypeDependentFields).
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Service, ServiceSpec } from '#cluster/api/types.ts'

export const needsClusterIP = ({ type }: ServiceSpec): boolean => type !== 'ExternalName'
export const needsNodePort = ({ type }: ServiceSpec): boolean => type === 'NodePort' || type === 'LoadBalancer'
export const needsHealthCheckNodePort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
export const isExternallyAccessible = (spec: ServiceSpec): boolean =>
  needsNodePort(spec) || (needsClusterIP(spec) && (spec.externalIPs?.length ?? 0) > 0)

/** A client that leaves out what the server has given means what is there. */
export function keepAllocated({ spec, ...service }: Service, { spec: old }: Service): Service {
  const kept: Changeable<ServiceSpec> = { ...spec }
  if (needsClusterIP(old) && needsClusterIP(spec) && !spec.clusterIP && old.clusterIP) {
    kept.clusterIP = old.clusterIP
    if (old.clusterIPs) kept.clusterIPs = old.clusterIPs
  }
  // Who knows nothing of the longer list means both by the one.
  if (spec.clusterIP && spec.clusterIP !== old.clusterIP && isEqual(spec.clusterIPs, old.clusterIPs)) {
    kept.clusterIPs = [spec.clusterIP]
  }
  if (needsNodePort(old) && needsNodePort(spec)) kept.ports = withOldNodePorts(spec, old)
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(spec) && !spec.healthCheckNodePort) {
    kept.healthCheckNodePort = old.healthCheckNodePort
  }
  return { ...service, spec: kept }
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] }

/** By the names of ports: a port that is still somebody's is not given to another. */
function withOldNodePorts({ ports = [] }: ServiceSpec, { ports: olds = [] }: ServiceSpec): ServiceSpec['ports'] {
  const before = new Set(olds.map(({ nodePort }) => nodePort))
  const used = new Set(ports.map(({ nodePort }) => nodePort).filter((port) => before.has(port)))
  const byName = new Map(olds.map(({ name = '', nodePort }) => [name, nodePort]))
  return ports.map((port) => {
    const old = byName.get(port.name ?? '')
    if (port.nodePort || !old || used.has(old)) return port
    used.add(old)
    return { ...port, nodePort: old }
  })
}

/** What the type has no use for any more goes, unless the client has just asked for it: then validation complains. */
export function dropUseless({ spec, ...service }: Service, { spec: old }: Service): Service {
  const next: Changeable<ServiceSpec> = { ...spec }
  const dropSame = (field: keyof ServiceSpec) => {
    if (isEqual(spec[field], old[field])) delete next[field]
  }
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const)
      dropSame(field)
  }
  if (!needsClusterIP(old) && needsClusterIP(spec)) dropSame('externalName')
  if (needsNodePort(old) && !needsNodePort(spec) && asksForNoNodePort(spec, old) && spec.ports) {
    next.ports = spec.ports.map(({ nodePort: _, ...port }) => port)
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec)) dropSame('healthCheckNodePort')
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropSame('allocateLoadBalancerNodePorts')
    dropSame('loadBalancerClass')
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec)) dropSame('externalTrafficPolicy')
  return { ...service, spec: next }
}

function asksForNoNodePort({ ports = [] }: ServiceSpec, { ports: olds = [] }: ServiceSpec): boolean {
  const before = new Set(olds.map(({ nodePort }) => nodePort))
  return ports.every(({ nodePort }) => !nodePort || before.has(nodePort))
}
