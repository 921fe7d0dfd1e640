/** ServiceCIDRs and IPAddresses. Upstream: `pkg/registry/networking/{servicecidr,ipaddress}/strategy.go`, `pkg/apis/networking/validation`. */
import type { FieldError } from '../status.ts'
import { invalidValue, required } from '../status.ts'
import type { IPAddress } from '../services/ip-addresses.ts'
import type { ServiceCIDR } from '../services/service-cidrs.ts'
import { canonicalRange, isIP, isIPv4, isRange } from '../validation/addresses.ts'
import { nameProblems } from '../validation/names.ts'
import { unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

function validateCIDRs({ spec }: ServiceCIDR): FieldError[] {
  const field = 'spec.cidrs'
  const { cidrs = [] } = spec ?? {}
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalidValue(field, spec, 'may only hold up to 2 values')]
  const isDual = cidrs.filter((cidr) => isRange(cidr) && cidr.includes(':')).length === 1 && cidrs.every(isRange)
  if (cidrs.length === 2 && !isDual)
    return [invalidValue(field, spec, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')] // prettier-ignore
  return cidrs.flatMap((cidr, index) => validateCIDR(cidr, `${field}[${index}]`))
}

function validateCIDR(cidr: string, field: string): FieldError[] {
  if (!isRange(cidr)) return [invalidValue(field, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')] // prettier-ignore
  const canonical = canonicalRange(cidr)
  return canonical === cidr ? [] : [invalidValue(field, cidr, `must be in canonical form (${JSON.stringify(canonical)})`)] // prettier-ignore
}

export const serviceCIDRs: Strategy<ServiceCIDR> = {
  hasGeneration: false,
  hasStatus: true,
  validate: validateCIDRs,
  validateUpdate: (next, old) => unchanged(next.spec?.cidrs, old.spec?.cidrs, 'spec.cidrs'),
}

const segment = (value: string | undefined, field: string): FieldError[] =>
  value ? nameProblems(value, 'path-segment').map((problem) => invalidValue(field, value, problem)) : []

function validateParent({ metadata: { name }, spec }: IPAddress): FieldError[] {
  const errors = isIP(name) ? [] : [invalidValue('metadata.name', name, `ParseAddr(${JSON.stringify(name)}): unable to parse IP`)] // prettier-ignore
  if (isIP(name) && !isIPv4(name) && canonicalRange(`${name}/128`) !== `${name}/128`)
    errors.push(invalidValue('metadata.name', name, 'must be a canonical format IP address'))
  const parent = spec?.parentRef
  const field = 'spec.parentRef'
  if (!parent) return [...errors, required(field)]
  if (parent.group) errors.push(...nameProblems(parent.group, 'subdomain').map((problem) => invalidValue(`${field}.group`, parent.group, problem))) // prettier-ignore
  for (const key of ['resource', 'name', 'namespace'] as const) {
    if (key !== 'namespace' && !parent[key]) errors.push(required(`${field}.${key}`))
    errors.push(...segment(parent[key], `${field}.${key}`))
  }
  return errors
}

export const ipAddresses: Strategy<IPAddress> = {
  nameRule: 'path-segment',
  hasGeneration: false,
  hasStatus: false,
  validate: validateParent,
  validateUpdate: (next, old) => unchanged(next.spec?.parentRef, old.spec?.parentRef, 'spec.parentRef'),
}
