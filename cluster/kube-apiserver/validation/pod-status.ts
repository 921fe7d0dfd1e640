/**
 * What the status of a Pod may not say.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodStatusUpdate).
 */
import type { Pod } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue } from '../status.ts'
import { isIP, isIPv4 } from './addresses.ts'
import { invalidName, keyProblems } from './names.ts'
import { IP_TEXT } from './service-fields.ts'

type Fields = Readonly<Record<string, any>>

export function validatePodStatus(pod: Pod, old: Pod): FieldError[] {
  const [status, before]: Fields[] = [pod.status ?? {}, old.status ?? {}]
  const { restartPolicy } = pod.spec
  const nominated: string = status!['nominatedNodeName'] ?? ''
  const isOther = nominated !== '' && nominated !== before!['nominatedNodeName']
  const ofIPs = ipErrors(status!['podIPs'])
  return [
    ...conditionErrors(status!['conditions']),
    ...(isOther ? invalidName('status.nominatedNodeName', nominated, 'subdomain') : []),
    ...(status!['qosClass'] === before!['qosClass'] ? [] : [invalidValue('status.qosClass', status!['qosClass'], 'field is immutable')]), // prettier-ignore
    ...['containerStatuses', 'initContainerStatuses'].flatMap((list) => revived(status![list], before![list], restartPolicy, `status.${list}`)), // prettier-ignore
    // What was wrong before may stay.
    ...(ofIPs.length > 0 && ipErrors(before!['podIPs']).length === 0 ? ofIPs : []),
  ]
}

/** Conditions of the system's own have plain names. Upstream looks for them in the metadata. */
const conditionErrors = (conditions: readonly Fields[] = []): FieldError[] =>
  conditions.flatMap(({ type = '' }, index) =>
    keyProblems(type).map((problem) => invalidValue(`metadata.conditions[${index}].Type`, type, problem)),
  )

/** What has ended for good does not run again. */
function revived(
  now: readonly Fields[] = [],
  before: readonly Fields[] = [],
  restartPolicy: string | undefined,
  field: string,
): FieldError[] {
  if (restartPolicy === 'Always') return []
  return before.flatMap(({ name, state }, index) => {
    const ended = state?.terminated
    if (!ended || (ended.exitCode !== 0 && restartPolicy === 'OnFailure')) return []
    const runs = now.some((one) => one['name'] === name && !one['state']?.terminated)
    return runs ? [forbiddenValue(`${field}[${index}].state`, 'may not be transitioned to non-terminated state')] : []
  })
}

/** One of each family at most. */
function ipErrors(addresses: readonly { readonly ip?: string }[] = []): FieldError[] {
  const field = 'status.podIPs'
  const ips = addresses.map(({ ip = '' }) => ip)
  const errors = ips.flatMap((ip, index) => (isIP(ip) ? [] : [invalidValue(`${field}[${index}]`, ip, IP_TEXT)]))
  if (ips.length < 2) return errors
  const isDual = ips.some((ip) => isIPv4(ip)) && ips.some((ip) => isIP(ip) && !isIPv4(ip))
  if (!isDual || ips.length > 2) {
    errors.push(invalidValue(field, addresses, 'may specify no more than one IP for each IP family'))
  }
  const twice = addresses.flatMap((one, i) => (ips.indexOf(ips[i]!) < i ? [duplicateValue(`${field}[${i}]`, one)] : []))
  return [...errors, ...twice]
}
