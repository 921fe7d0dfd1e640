/** Ingresses and network policies. Upstream: `pkg/apis/networking/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { isRange, isWithin } from '../validation/addresses.ts'
import { validateIngress, validateIngressClass, validateNewIngress } from '../validation/ingress.ts'
import { validatePort, validatePortName } from '../validation/ports.ts'
import { validateLoadBalancerStatus } from '../validation/load-balancer-status.ts'
import { validateLabelSelector } from '../validation/selectors.ts'
import { unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

export const ingresses: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: true,
  prepareForCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: validateNewIngress,
  validateUpdate: validateIngress,
  validateStatusUpdate: validateLoadBalancerStatus,
}

export const ingressClasses: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: false,
  validate: validateIngressClass,
  validateUpdate: (next, { spec: old }) => [
    ...unchanged(next['spec']?.controller ?? '', old?.controller, 'spec.controller'),
    ...validateIngressClass(next),
  ],
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function validatePorts(ports: readonly any[] = [], field: string): FieldError[] {
  return ports.flatMap(({ protocol, port, endPort }, index) => {
    const at = `${field}[${index}]`
    const isNumber = typeof port === 'number'
    const errors = protocol === undefined || PROTOCOLS.includes(protocol) ? [] : [notSupported(`${at}.protocol`, protocol, PROTOCOLS)] // prettier-ignore
    if (port !== undefined) errors.push(...(isNumber ? validatePort(port, `${at}.port`) : validatePortName(port, `${at}.port`))) // prettier-ignore
    if (endPort !== undefined && !isNumber) errors.push(invalidValue(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric')) // prettier-ignore
    if (endPort !== undefined && isNumber && endPort < port) errors.push(invalidValue(`${at}.endPort`, endPort, 'must be greater than or equal to `port`')) // prettier-ignore
    return errors
  })
}

function validatePeers(peers: readonly any[] = [], field: string): FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const at = `${field}[${index}]`
    const errors = [
      ...validateLabelSelector(podSelector, `${at}.podSelector`),
      ...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`),
      ...(ipBlock ? validateBlock(ipBlock, `${at}.ipBlock`) : []),
    ]
    if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(at, 'must specify a peer'))
    if (ipBlock && (podSelector || namespaceSelector)) errors.push(forbiddenValue(at, 'may not specify both ipBlock and another peer')) // prettier-ignore
    return errors
  })
}

const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** The first exception that is no range ends the look. */
function validateBlock({ cidr = '', except = [] }: any, field: string): FieldError[] {
  if (cidr === '') return [required(`${field}.cidr`)]
  if (!isRange(cidr)) return [invalidValue(`${field}.cidr`, cidr, CIDR_TEXT)]
  const errors: FieldError[] = []
  for (const [index, range] of except.entries()) {
    const at = `${field}.except[${index}]`
    if (!isRange(range)) return [...errors, invalidValue(at, range, CIDR_TEXT)]
    if (!isWithin(range, cidr)) errors.push(invalidValue(at, range, 'must be a strict subset of `cidr`'))
  }
  return errors
}

function validatePolicy({ spec: given }: Anything): FieldError[] {
  const spec = given ?? {}
  const rules = (list: readonly any[] | undefined, way: 'ingress' | 'egress', side: 'from' | 'to'): FieldError[] =>
    (list ?? []).flatMap((rule, index) => [
      ...validatePorts(rule.ports, `spec.${way}[${index}].ports`),
      ...validatePeers(rule[side], `spec.${way}[${index}].${side}`),
    ])
  const types: readonly string[] = spec.policyTypes ?? []
  const errors = [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...rules(spec.ingress, 'ingress', 'from'),
    ...rules(spec.egress, 'egress', 'to'),
  ]
  if (types.length > 2) return [...errors, invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes')] // prettier-ignore
  return [...errors, ...types.flatMap((type, index) => WAYS.includes(type) ? [] : [notSupported(`spec.policyTypes[${index}]`, type, WAYS)])] // prettier-ignore
}

const WAYS = ['Egress', 'Ingress']

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
