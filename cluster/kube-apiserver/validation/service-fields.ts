/** Rules for what of a Service is neither its ports nor its type. Upstream: `pkg/apis/core/validation/validation.go` (ValidateService). */
import type { Service, ServiceSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { isIP, isIPv4, isIPv6, isRange } from './addresses.ts'

type Fields = Readonly<Record<string, any>>

export const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

/** Addresses that mean something else on each machine. */
export function validateNonSpecialIP(ip: string, field: string): FieldError[] {
  const refuse = (detail: string) => [invalidValue(field, ip, detail)]
  if (ip === '0.0.0.0' || ip === '::') return refuse('may not be unspecified (0.0.0.0)')
  if ((isIPv4(ip) && ip.startsWith('127.')) || ip === '::1') {
    return refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  }
  if ((isIPv4(ip) && ip.startsWith('169.254.')) || (isIPv6(ip) && /^fe[89ab]/i.test(ip))) {
    return refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  }
  const isMulticast = (isIPv4(ip) && ip.startsWith('224.0.0.')) || (isIPv6(ip) && /^ff.2:/i.test(ip))
  return isMulticast ? refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)') : []
}

export const validateExternalIPs = (addresses: readonly string[] = []): FieldError[] =>
  addresses.flatMap((ip, index) => {
    const field = `spec.externalIPs[${index}]`
    return isIP(ip) ? validateNonSpecialIP(ip, field) : [invalidValue(field, ip, IP_TEXT)]
  })

const AFFINITIES = ['ClientIP', 'None']
const AFFINITY_SECONDS_MAX = 86_400

export function validateSessionAffinity(spec: ServiceSpec): FieldError[] {
  const { sessionAffinity, sessionAffinityConfig: config } = spec as Fields
  const field = 'spec.sessionAffinityConfig'
  if (!AFFINITIES.includes(sessionAffinity)) return [notSupported('spec.sessionAffinity', sessionAffinity, AFFINITIES)]
  if (sessionAffinity === 'None') {
    return config ? [forbiddenValue(field, 'must not be set when session affinity is None')] : []
  }
  const why = 'when session affinity type is ClientIP'
  if (!config?.clientIP) return [required(`${field}${config ? '.clientIP' : ''}`, why)]
  const { timeoutSeconds } = config.clientIP
  const at = `${field}.clientIP.timeoutSeconds`
  if (timeoutSeconds === undefined) return [required(at, why)]
  const fits = timeoutSeconds > 0 && timeoutSeconds <= AFFINITY_SECONDS_MAX
  return fits ? [] : [invalidValue(at, timeoutSeconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`)]
}

const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

export function validateSourceRanges({ metadata, spec }: Service): FieldError[] {
  const ranges: readonly string[] = (spec as Fields)['loadBalancerSourceRanges'] ?? []
  const annotation = metadata.annotations?.[RANGES]
  if (ranges.length === 0 && annotation === undefined) return []
  const isField = ranges.length > 0
  const field = isField ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${RANGES}]`
  const list = isField ? ranges : annotation!.trim() === '' ? [] : annotation!.split(',')
  const shown = isField ? `[${ranges.join(' ')}]` : annotation
  const errors: FieldError[] = []
  if (spec.type !== 'LoadBalancer') errors.push(forbiddenValue(field, "may only be used when `type` is 'LoadBalancer'"))
  if (!list.every((range) => isRange(range.trim()))) {
    errors.push(invalidValue(field, shown, 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 '))
  }
  return errors
}
