/**
 * What a name of the cluster means: pure functions over Services and EndpointSlices.
 *
 * Where to read upstream: kubernetes/dns `docs/specification.md`; coredns/coredns `plugin/kubernetes/kubernetes.go`.
 */
import type { EndpointSlice, Service } from '#cluster/api/types.ts'
import { tryParseIp } from '#cluster/linux/ip.ts'

/** Read access to what is known of the cluster. */
export interface ClusterNames {
  service(namespace: string, name: string): Service | undefined
  slicesOf(namespace: string, name: string): Iterable<EndpointSlice>
  hasNamespace(namespace: string): boolean
}

/**
 * Addresses of a name; empty: it exists, but has none (NODATA). `NXDOMAIN`: there is no such name. `elsewhere`: it is not a
 * name of this zone. `name` is in lower case and without the dot at the end.
 */
export function addressesOf(
  names: ClusterNames,
  zone: string,
  name: string,
): readonly string[] | 'NXDOMAIN' | 'elsewhere' {
  if (name === zone) return []
  if (!name.endsWith(`.${zone}`)) return 'elsewhere'
  const labels = name.slice(0, -zone.length - 1).split('.')
  const kind = labels.pop()
  if (kind !== 'svc' && kind !== 'pod') return 'NXDOMAIN'
  const namespace = labels.pop()
  if (namespace === undefined) return []
  const last = labels.pop()
  // The namespace by itself: a name on the way to others.
  if (last === undefined) return names.hasNamespace(namespace) ? [] : 'NXDOMAIN'
  if (kind === 'pod') return labels.length === 0 ? podAddress(names, namespace, last) : 'NXDOMAIN'
  const service = names.service(namespace, last)
  if (!service || service.spec.type === 'ExternalName' || labels.length > 1) return 'NXDOMAIN'
  return labels.length === 0 ? serviceAddresses(names, service) : endpointAddress(names, service, labels[0]!)
}

/** `pods insecure`: `10-244-1-7.default.pod` is 10.244.1.7, whether there is such a Pod or not. */
function podAddress(names: ClusterNames, namespace: string, dashed: string): readonly string[] | 'NXDOMAIN' {
  const address = dashed.replaceAll('-', '.')
  return names.hasNamespace(namespace) && tryParseIp(address) !== undefined ? [address] : 'NXDOMAIN'
}

const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'

function serviceAddresses(names: ClusterNames, service: Service): readonly string[] {
  if (!isHeadless(service)) return service.spec.clusterIP ? [service.spec.clusterIP] : []
  return readyAddresses(names, service)
}

/** A headless Service's Pods by name: here, as for Pods without a `hostname`, the address with dashes. */
function endpointAddress(names: ClusterNames, service: Service, label: string): readonly string[] | 'NXDOMAIN' {
  const found = readyAddresses(names, service).filter((address) => address.replaceAll('.', '-') === label)
  return found.length > 0 ? found : 'NXDOMAIN'
}

function readyAddresses(names: ClusterNames, { metadata }: Service): string[] {
  const addresses = new Set<string>()
  for (const slice of names.slicesOf(metadata.namespace!, metadata.name)) {
    if (slice.addressType !== 'IPv4') continue
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue
      for (const address of endpoint.addresses) addresses.add(address)
    }
  }
  return [...addresses]
}
