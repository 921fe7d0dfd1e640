/**
 * Services. Their address is chosen where the write is made (`service-address.ts`).
 *
 * Upstream: `pkg/registry/core/service/{strategy.go,storage/alloc.go}`, `pkg/apis/core/v1/defaults.go`.
 */
import type { Service, ServicePort, ServiceSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'
import { isIPv4 } from '../validation/addresses.ts'
import { validatePort, validatePortName } from '../validation/pod-spec.ts'
import type { Strategy } from './strategy.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const

const defaultPort = (port: ServicePort): ServicePort => ({
  ...port,
  protocol: port.protocol ?? 'TCP',
  targetPort: port.targetPort ?? port.port,
})

function defaults(service: Service): Service {
  const spec = service.spec ?? ({} as ServiceSpec)
  const { ports } = spec
  // The cluster has one family of addresses.
  const families =
    spec.type === 'ExternalName'
      ? {}
      : ({
          ipFamilies: spec.ipFamilies ?? ['IPv4'],
          ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
          internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
        } as const)
  return {
    ...service,
    spec: {
      ...spec,
      type: spec.type ?? 'ClusterIP',
      sessionAffinity: spec.sessionAffinity ?? 'None',
      ...families,
      ...(ports && { ports: ports.map(defaultPort) }),
      ...(spec.clusterIP && !spec.clusterIPs && { clusterIPs: [spec.clusterIP] }),
    },
  }
}

function validatePorts(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = []
  const ports = spec.ports ?? []
  const headless = spec.clusterIP === 'None'
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  const names = new Set<string>()
  const numbers = new Set<string>()
  ports.forEach((port, index) => {
    const field = `spec.ports[${index}]`
    if (!port.name && ports.length > 1) errors.push(required(`${field}.name`))
    if (port.name) errors.push(...validatePortName(port.name, `${field}.name`))
    if (port.name && names.has(port.name)) errors.push(duplicateValue(`${field}.name`, port.name))
    names.add(port.name ?? '')
    errors.push(...validatePort(port.port, `${field}.port`))
    if (typeof port.targetPort === 'number') errors.push(...validatePort(port.targetPort, `${field}.targetPort`))
    if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol!)) {
      errors.push(notSupported(`${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
    }
    const id = `${port.port}/${port.protocol}`
    if (numbers.has(id)) errors.push(duplicateValue(field, { port: port.port, protocol: port.protocol }))
    numbers.add(id)
  })
  return errors
}

function validate({ spec }: Service): FieldError[] {
  const errors = validatePorts(spec)
  if (!TYPES.includes(spec.type!)) errors.push(notSupported('spec.type', spec.type, TYPES))
  if (spec.clusterIP && spec.clusterIP !== 'None' && !isIPv4(spec.clusterIP)) {
    errors.push(
      invalidValue(
        'spec.clusterIPs[0]',
        spec.clusterIP,
        'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ),
    )
  }
  if (!['ClientIP', 'None'].includes(spec.sessionAffinity!)) {
    errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']))
  }
  return errors
}

function withoutAddress(service: Service): Service {
  const { clusterIP: _, clusterIPs: __, ...spec } = service.spec
  return { ...service, spec }
}

export const services: Strategy<Service> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  nameRule: 'label-1035',
  defaults,
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  // A client that leaves the address out means the one it has.
  prepareForUpdate: (service, old) => {
    const { clusterIP, clusterIPs } = old.spec
    if (service.spec.type === 'ExternalName') return withoutAddress(service)
    if (service.spec.clusterIP || !clusterIP) return service
    return { ...service, spec: { ...service.spec, clusterIP, ...(clusterIPs && { clusterIPs }) } }
  },
  validate,
  validateUpdate: (service, old) => {
    const errors = validate(service)
    if (old.spec.clusterIP && service.spec.type !== 'ExternalName' && service.spec.clusterIP !== old.spec.clusterIP) {
      const detail = 'may not change once set'
      errors.push(invalidValue('spec.clusterIPs[0]', service.spec.clusterIP, detail))
    }
    return errors
  },
}
