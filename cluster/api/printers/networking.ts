/** Services and what leads to them. */
import { formatSelector } from '../labels.ts'
import type { EndpointSlice, Service } from '../types.ts'
import type { Printer } from './printer.ts'
import { age, firstThree, labelsText, NONE, orNone, printer, UNSET } from './printer.ts'

type Ingresses = readonly { readonly ip?: string; readonly hostname?: string }[] | undefined

const addressesOf = (ingress: Ingresses): string[] => (ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')

function externalAddresses(service: Service): string {
  const { spec, status } = service as { spec: any; status?: any }
  const own: readonly string[] = spec.externalIPs ?? []
  if (spec.type === 'ExternalName') return orNone(spec.externalName)
  if (spec.type !== 'LoadBalancer') return orNone(own.join(','))
  const all = [...addressesOf(status?.loadBalancer?.ingress), ...own]
  return all.length === 0 ? '<pending>' : all.join(',')
}

function servicePorts(service: Service): string {
  const ports = (service.spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return orNone(ports.join(','))
}

const services = printer(
  ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector+'],
  (service: Service, now) => [
    service.metadata.name,
    service.spec.type ?? 'ClusterIP',
    orNone(service.spec.clusterIP),
    externalAddresses(service),
    servicePorts(service),
    age(service, now),
    labelsText(service.spec.selector),
  ],
)

const endpointslices = printer(['Name', 'AddressType', 'Ports', 'Endpoints', 'Age'], (slice: EndpointSlice, now) => [
  slice.metadata.name,
  slice.addressType,
  firstThree(
    (slice.ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port))),
    UNSET,
  ),
  firstThree(
    (slice.endpoints ?? []).map(({ addresses }) => addresses.join(',')),
    UNSET,
  ),
  age(slice, now),
])

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

const ingresses = printer(['Name', 'Class', 'Hosts', 'Address', 'Ports', 'Age'], (ingress, now) => {
  const { metadata, spec = {}, status } = ingress
  const hosts: string[] = (spec.rules ?? []).map(({ host }: { host?: string }) => host || '*')
  return [
    metadata.name,
    spec.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION] ?? NONE,
    firstThree(hosts, '*'),
    addressesOf(status?.loadBalancer?.ingress).join(','),
    spec.tls?.length ? '80, 443' : '80',
    age(ingress, now),
  ]
})

const ingressclasses = printer(['Name', 'Controller', 'Parameters', 'Age'], (object, now) => {
  const { apiGroup, kind, name } = object.spec?.parameters ?? {}
  const parameters = kind ? `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}` : NONE
  return [object.metadata.name, object.spec?.controller ?? '', parameters, age(object, now)]
})

const networkpolicies = printer(['Name', 'Pod-Selector', 'Age'], (policy, now) => [
  policy.metadata.name,
  orNone(formatSelector(policy.spec?.podSelector ?? {})),
  age(policy, now),
])

const ipaddresses = printer(['Name', 'ParentRef', 'Age'], (object, now) => {
  const { resource, namespace, name } = object.spec?.parentRef ?? {}
  const parent = resource ? [resource, namespace, name].filter(Boolean).join('/') : NONE
  return [object.metadata.name, parent, age(object, now)]
})

const servicecidrs = printer(['Name', 'CIDRs', 'Age'], (object, now) => [
  object.metadata.name,
  (object.spec?.cidrs ?? []).join(','),
  age(object, now),
])

export const NETWORKING: Readonly<Record<string, Printer>> = {
  services,
  endpointslices,
  ingresses,
  ingressclasses,
  networkpolicies,
  ipaddresses,
  servicecidrs,
}
