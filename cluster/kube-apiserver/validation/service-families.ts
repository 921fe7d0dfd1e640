/**
 * The addresses of a Service within the cluster, and of which families they are.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngradeClusterIPs).
 */
import type { ServiceSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported } from '../status.ts'
import { isIP, isIPv4, isIPv6 } from './addresses.ts'
import { IP_TEXT } from './service-fields.ts'

const FAMILIES = ['IPv4', 'IPv6']
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const AT = 'spec.clusterIPs'

interface Families {
  readonly clusterIP?: string
  readonly clusterIPs?: readonly string[]
  readonly ipFamilies?: readonly string[]
  readonly ipFamilyPolicy?: string
}

export function validateFamilies(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const { clusterIP = '', clusterIPs: ips = [], ipFamilies = [], ipFamilyPolicy: policy } = spec as Families
  const errors = [...inStep(clusterIP, ips), ...ipFamilies.flatMap(familyErrors)]
  if (policy !== undefined && !POLICIES.includes(policy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', policy, POLICIES))
  }
  const ofAddresses = addressErrors(ips)
  if (ips.length > 2) errors.push(invalidValue(AT, ips, 'may only hold up to 2 values'))
  if (ofAddresses.length > 0) return [...errors, ...ofAddresses]
  const isDual = ips.some(isIPv4) && ips.some(isIPv6)
  if (ips.length > 1 && !isDual) {
    errors.push(invalidValue(AT, ips, 'may specify no more than one IP for each IP family'))
  }
  return [...errors, ...mismatches(ips, ipFamilies)]
}

/** The list begins with the one address that clients have always known. */
function inStep(clusterIP: string, ips: readonly string[]): FieldError[] {
  if (ips.length === 0 || ips[0] === clusterIP) return []
  const why =
    clusterIP === '' ? 'must be empty when `clusterIP` is not specified' : 'first value must match `clusterIP`'
  return [invalidValue(AT, ips, why)]
}

function familyErrors(family: string, index: number, all: readonly string[]): FieldError[] {
  const field = `spec.ipFamilies[${index}]`
  return [
    ...(FAMILIES.includes(family) ? [] : [notSupported(field, family, FAMILIES)]),
    ...(all.indexOf(family) < index ? [duplicateValue(field, family)] : []),
  ]
}

const addressErrors = (ips: readonly string[]): FieldError[] =>
  ips.flatMap((ip, index) => {
    if (ip === 'None' && index === 0) {
      return ips.length > 1 ? [invalidValue(AT, ips, "'None' must be the first and only value")] : []
    }
    return isIP(ip) ? [] : [invalidValue(`${AT}[${index}]`, ip, IP_TEXT)]
  })

const mismatches = (ips: readonly string[], families: readonly string[]): FieldError[] =>
  ips.flatMap((ip, index) => {
    const family = families[index]
    const isOther = (family === 'IPv4' && isIPv6(ip)) || (family === 'IPv6' && isIPv4(ip))
    if (!isOther) return []
    return [invalidValue(`${AT}[${index}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)]
  })

const isHeadless = ({ clusterIPs: ips = [] }: Families): boolean => ips.length === 1 && ips[0] === 'None'

/** What has been given stays, but for a second address. */
export function validateAddressUpdate(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return []
  const [next, before]: Families[] = [spec as Families, old as Families]
  if (isHeadless(next!) && isHeadless(before!)) return []
  const [ips, had] = [next!.clusterIPs ?? [], before!.clusterIPs ?? []]
  const once = 'may not change once set'
  if (ips.length === had.length) {
    return had.flatMap((ip, index) => (ip === ips[index] ? [] : [invalidValue(`${AT}[${index}]`, ips, once)]))
  }
  if (ips.length === 0) return [invalidValue(`${AT}[0]`, ips, 'primary clusterIP can not be unset')]
  const errors = had.length > 0 && ips[0] !== had[0] ? [invalidValue(`${AT}[0]`, ips, once)] : []
  const isReleased = ips.length === 1 && had.length > 1
  if (isReleased && next!.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary clusterIP"
    errors.push(invalidValue('spec.ipFamilyPolicy', next!.ipFamilyPolicy ?? null, why))
  }
  return errors
}
