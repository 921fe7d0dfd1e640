/**
 * Services. Their address and node ports are chosen where the write is made (`service-allocation.ts`).
 *
 * Upstream: `pkg/registry/core/service/{strategy.go,storage/alloc.go}`, `pkg/apis/core/v1/defaults.go`.
 */
import type { Service, ServicePort, ServiceSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { validateAddressUpdate, validateFamilies } from '../validation/service-families.ts'
import { validateExternalIPs, validateSessionAffinity, validateSourceRanges } from '../validation/service-fields.ts' // prettier-ignore
import { invalidKey, invalidName, validateLabels } from '../validation/names.ts'
import { validateLoadBalancerStatus } from '../validation/load-balancer-status.ts'
import { validatePort, validateProtocol } from '../validation/ports.ts'
import { validatePortRef } from '../validation/probes.ts'
import { dropUseless, isExternallyAccessible, keepAllocated, needsHealthCheckNodePort } from './service-types.ts'
import type { Strategy } from './strategy.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const

const defaultPort = (port: ServicePort): ServicePort => ({
  ...port,
  protocol: port.protocol || 'TCP',
  targetPort: port.targetPort || port.port,
})

const CLIENT_IP = { clientIP: { timeoutSeconds: 10_800 } } as const

/** The cluster has one family of addresses; what has neither an address nor a selector may be of any. */
function families({ clusterIP, selector, ...spec }: ServiceSpec): Partial<ServiceSpec> {
  const isAny =
    clusterIP === 'None' && Object.keys(selector ?? {}).length === 0 && spec.ipFamilyPolicy !== 'SingleStack'
  return {
    ipFamilies: spec.ipFamilies ?? (isAny ? ['IPv4', 'IPv6'] : ['IPv4']),
    ipFamilyPolicy: spec.ipFamilyPolicy ?? (isAny ? 'RequireDualStack' : 'SingleStack'),
    internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
  }
}

function defaults(service: Service): Service {
  const given = service.spec ?? ({} as ServiceSpec)
  const { ports, clusterIPs } = given
  const clusterIP = given.clusterIP || clusterIPs?.[0]
  const { sessionAffinity = 'None', sessionAffinityConfig, ...rest } = given
  const spec = { ...rest, type: given.type ?? 'ClusterIP', ...(clusterIP && { clusterIP }) }
  return {
    ...service,
    spec: {
      ...spec,
      sessionAffinity,
      ...(sessionAffinity === 'ClientIP' && { sessionAffinityConfig: sessionAffinityConfig ?? CLIENT_IP }),
      ...(spec.type !== 'ExternalName' && families(spec)),
      ...(isExternallyAccessible(spec) && { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' }),
      ...(spec.type === 'LoadBalancer' && {
        allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true,
      }),
      ...(ports && { ports: ports.map(defaultPort) }),
      ...(clusterIP && !clusterIPs && { clusterIPs: [clusterIP] }),
    },
  }
}

function validatePorts(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = []
  const ports = spec.ports ?? []
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const field = `spec.ports[${index}]`
    if (!port.name && ports.length > 1) errors.push(required(`${field}.name`))
    if (port.name) errors.push(...invalidName(`${field}.name`, port.name, 'label'))
    if (port.name && names.has(port.name)) errors.push(duplicateValue(`${field}.name`, port.name))
    names.add(port.name ?? '')
    errors.push(...validatePort(port.port, `${field}.port`))
    errors.push(...validateProtocol(port.protocol, `${field}.protocol`))
    errors.push(...validatePortRef(port.targetPort, `${field}.targetPort`))
    const { appProtocol } = port as { readonly appProtocol?: string }
    if (appProtocol !== undefined) errors.push(...invalidKey(`${field}.appProtocol`, appProtocol))
  })
  return errors
}

function validateTwice({ ports = [] }: ServiceSpec): FieldError[] {
  const numbers = new Set<string>()
  return ports.flatMap((port, index) => {
    const id = `${port.port}/${port.protocol}`
    if (numbers.has(id)) return [duplicateValue(`spec.ports[${index}]`, asPrinted(port))]
    numbers.add(id)
    return []
  })
}

/** As the real server, whose own types have no JSON names, shows the two that count. */
const asPrinted = ({ port, protocol }: ServicePort) => ({ Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }) // prettier-ignore

const KUBELET_PORT = 10_250

/** What a type does not go together with. */
function validateType(spec: ServiceSpec): FieldError[] {
  const { type, ports = [], clusterIP, clusterIPs } = spec
  const errors: FieldError[] = []
  if (type === 'LoadBalancer') {
    ports.forEach(({ port }, index) => {
      const detail = `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`
      if (port === KUBELET_PORT) errors.push(invalidValue(`spec.ports[${index}]`, port, detail))
    })
  }
  if ((type === 'LoadBalancer' || type === 'NodePort') && clusterIP === 'None') {
    errors.push(invalidValue('spec.clusterIPs[0]', clusterIPs, `may not be set to 'None' for ${type} services`))
  }
  if (type === 'ExternalName') {
    for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) {
      if (spec[field]?.length) errors.push(forbiddenValue(`spec.${field}`, 'may not be set for ExternalName services'))
    }
    const externalName = spec.externalName?.replace(/\.$/, '')
    if (!externalName) errors.push(required('spec.externalName'))
    else errors.push(...invalidName('spec.externalName', externalName, 'subdomain'))
  }
  return errors
}

function validateNodePorts({ type, ports = [] }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  ports.forEach(({ nodePort, protocol }, index) => {
    if (!nodePort) return
    const field = `spec.ports[${index}].nodePort`
    if (type === 'ClusterIP') errors.push(forbiddenValue(field, "may not be used when `type` is 'ClusterIP'"))
    if (seen.has(`${nodePort}/${protocol}`)) errors.push(duplicateValue(field, nodePort))
    seen.add(`${nodePort}/${protocol}`)
  })
  return errors
}

/** What is for traffic from outside the cluster. */
function validateExternal(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = []
  const { externalTrafficPolicy: policy, healthCheckNodePort, loadBalancerClass } = spec
  if (spec.type !== 'LoadBalancer') {
    const only = "may only be used when `type` is 'LoadBalancer'"
    if (spec.allocateLoadBalancerNodePorts !== undefined)
      errors.push(forbiddenValue('spec.allocateLoadBalancerNodePorts', only))
    if (loadBalancerClass !== undefined) errors.push(forbiddenValue('spec.loadBalancerClass', only))
  } else if (loadBalancerClass !== undefined) errors.push(...invalidKey('spec.loadBalancerClass', loadBalancerClass))
  if (policy !== undefined && !isExternallyAccessible(spec)) {
    const detail = 'may only be set for externally-accessible services'
    errors.push(invalidValue('spec.externalTrafficPolicy', policy, detail))
  } else if (policy !== undefined && policy !== 'Cluster' && policy !== 'Local') {
    errors.push(notSupported('spec.externalTrafficPolicy', policy, ['Cluster', 'Local']))
  }
  if (healthCheckNodePort && !needsHealthCheckNodePort(spec)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    errors.push(invalidValue('spec.healthCheckNodePort', healthCheckNodePort, detail))
  }
  return errors
}

function validate(service: Service): FieldError[] {
  const { spec } = service
  const hasNone = !spec.ports?.length && spec.clusterIP !== 'None' && spec.type !== 'ExternalName'
  const errors = [...(hasNone ? [required('spec.ports')] : []), ...validateType(spec), ...validatePorts(spec)]
  validateLabels(spec.selector, 'spec.selector', errors)
  errors.push(...validateSessionAffinity(spec))
  errors.push(...validateFamilies(spec))
  errors.push(...validateExternalIPs((spec as unknown as { externalIPs?: readonly string[] }).externalIPs))
  if (!TYPES.includes(spec.type!)) errors.push(notSupported('spec.type', spec.type, TYPES))
  const { internalTrafficPolicy } = spec
  if (internalTrafficPolicy !== undefined && !['Cluster', 'Local'].includes(internalTrafficPolicy)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']))
  }
  return [...errors, ...validateNodePorts(spec), ...validateTwice(spec), ...validateSourceRanges(service), ...validateExternal(spec)] // prettier-ignore
}

function validateUpdate(service: Service, old: Service): FieldError[] {
  const errors = validate(service)
  errors.push(...validateAddressUpdate(service.spec, old.spec))
  const isBalanced = service.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer'
  const { loadBalancerClass } = service.spec
  if (isBalanced && loadBalancerClass !== old.spec.loadBalancerClass) {
    errors.push(invalidValue('spec.loadBalancerClass', loadBalancerClass ?? null, 'may not change once set'))
  }
  const isChecked = needsHealthCheckNodePort(service.spec) && needsHealthCheckNodePort(old.spec)
  if (isChecked && service.spec.healthCheckNodePort !== old.spec.healthCheckNodePort) {
    errors.push(forbiddenValue('spec.healthCheckNodePort', 'field is immutable'))
  }
  return errors
}

export const services: Strategy<Service> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  nameRule: 'label-1035',
  defaults,
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate: (service, old) => dropUseless(keepAllocated(service, old), old),
  validate,
  validateUpdate,
  validateStatusUpdate: validateLoadBalancerStatus,
}
