/** Ingresses and network policies. Upstream: `pkg/apis/networking/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { parseCIDR } from '../validation/addresses.ts'
import { nameProblem } from '../validation/names.ts'
import { needed, oneOf, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']

function validateBackend(backend: any, field: string): FieldError[] {
  const { service, resource } = backend ?? {}
  if (service === undefined && resource === undefined) return [required(field, 'a default backend or a service must be specified')] // prettier-ignore
  if (service && resource) return [invalidValue(field, '', 'cannot set both resource and service backends')]
  if (service === undefined) return []
  const errors = needed(service.name, `${field}.service.name`)
  const { name, number } = service.port ?? {}
  if (!name && !number) errors.push(required(`${field}`, 'port name or number is required'))
  if (name && number) errors.push(invalidValue(`${field}`, '', 'cannot set both port name & port number'))
  return errors
}

function validatePath(path: any, field: string): FieldError[] {
  const errors = oneOf(PATH_TYPES, path.pathType, `${field}.pathType`, true)
  if (path.pathType !== 'ImplementationSpecific' && !path.path?.startsWith('/')) {
    errors.push(invalidValue(`${field}.path`, path.path ?? '', 'must be an absolute path'))
  }
  return [...errors, ...validateBackend(path.backend, `${field}.backend`)]
}

function validateIngress({ spec = {} }: Anything): FieldError[] {
  const { rules = [], defaultBackend, ingressClassName } = spec
  const errors: FieldError[] = []
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalidValue('spec', rules, 'either `defaultBackend` or `rules` must be specified'))
  }
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'))
  rules.forEach(({ host, http }: any, index: number) => {
    const field = `spec.rules[${index}]`
    const problem = host ? nameProblem(host.replace(/^\*\./, ''), 'subdomain') : undefined
    if (problem) errors.push(invalidValue(`${field}.host`, host, problem))
    if (http && !http.paths?.length) errors.push(required(`${field}.http.paths`))
    http?.paths?.forEach((path: any, at: number) => errors.push(...validatePath(path, `${field}.http.paths[${at}]`)))
  })
  const wrongClass = ingressClassName === undefined ? undefined : nameProblem(ingressClassName, 'subdomain')
  if (wrongClass) errors.push(invalidValue('spec.ingressClassName', ingressClassName, wrongClass))
  return errors
}

export const ingresses: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: true,
  prepareForCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: validateIngress,
  validateUpdate: validateIngress,
}

export const ingressClasses: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: false,
  validate: ({ spec }) => needed(spec?.controller, 'spec.controller'),
  validateUpdate: ({ spec }, { spec: old }) => unchanged(spec?.controller, old?.controller, 'spec.controller'),
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function validatePorts(ports: readonly any[] = [], field: string): FieldError[] {
  return ports.flatMap(({ protocol, port, endPort }, index) => {
    const at = `${field}[${index}]`
    const errors = oneOf(PROTOCOLS, protocol, `${at}.protocol`)
    if (typeof port === 'number' && (port < 1 || port > 65_535)) errors.push(invalidValue(`${at}.port`, port, 'must be between 1 and 65535, inclusive')) // prettier-ignore
    if (endPort !== undefined && typeof port !== 'number') errors.push(invalidValue(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric')) // prettier-ignore
    if (endPort !== undefined && typeof port === 'number' && endPort < port) errors.push(invalidValue(`${at}.endPort`, endPort, 'must be greater than or equal to `port`')) // prettier-ignore
    return errors
  })
}

function validatePeers(peers: readonly any[] = [], field: string): FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const at = `${field}[${index}]`
    if (!podSelector && !namespaceSelector && !ipBlock) return [required(at, 'must specify a peer')]
    if (!ipBlock) return []
    if (podSelector || namespaceSelector) return [forbiddenValue(at, 'may not specify both ipBlock and another peer')]
    return isCIDR(ipBlock.cidr) ? [] : [invalidValue(`${at}.ipBlock.cidr`, ipBlock.cidr ?? '', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')] // prettier-ignore
  })
}

function isCIDR(text: string | undefined): boolean {
  if (text?.includes(':')) return true
  try {
    return parseCIDR(text ?? '').size > 0
  } catch {
    return false
  }
}

function validatePolicy({ spec }: Anything): FieldError[] {
  if (spec === undefined) return [required('spec.podSelector')]
  const rules = (list: readonly any[] | undefined, way: 'ingress' | 'egress', side: 'from' | 'to'): FieldError[] =>
    (list ?? []).flatMap((rule, index) => [
      ...validatePorts(rule.ports, `spec.${way}[${index}].ports`),
      ...validatePeers(rule[side], `spec.${way}[${index}].${side}`),
    ])
  return [
    ...rules(spec.ingress, 'ingress', 'from'),
    ...rules(spec.egress, 'egress', 'to'),
    ...(spec.policyTypes ?? []).flatMap((type: string, index: number) => oneOf(['Egress', 'Ingress'], type, `spec.policyTypes[${index}]`)), // prettier-ignore
  ]
}

const withProtocols = (rule: any): any =>
  rule.ports ? { ...rule, ports: rule.ports.map((port: any) => ({ protocol: 'TCP', ...port })) } : rule

/** Which ways it governs follows from its rules: ingress always, egress where there are rules for it. */
function defaultPolicy(policy: Anything): Anything {
  const spec = policy['spec']
  if (spec === undefined) return policy
  const types = spec.policyTypes?.length ? spec.policyTypes : spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  return {
    ...policy,
    spec: {
      ...spec,
      policyTypes: types,
      ...(spec.ingress && { ingress: spec.ingress.map(withProtocols) }),
      ...(spec.egress && { egress: spec.egress.map(withProtocols) }),
    },
  }
}

export const networkPolicies: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: false,
  defaults: defaultPolicy,
  validate: validatePolicy,
  validateUpdate: validatePolicy,
}
