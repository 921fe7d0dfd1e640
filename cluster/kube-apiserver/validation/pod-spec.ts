/**
 * Rules for a Pod's spec, on its own or in a template.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodSpec).
 */
import type { PodSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { isIP } from './addresses.ts'
import { validateAffinity, validateSpreading, validateTolerations } from './affinity.ts'
import { validateContainers, validateInitContainers } from './containers.ts'
import { invalidKey, invalidName, type NameRule, validateLabels } from './names.ts'
import { validateRequirements } from './resources.ts'
import { validatePodSecurityContext } from './security-context.ts'
import { validateVolumes } from './volumes.ts'
import { validateHostProcess, validateOs } from './windows.ts'

type Fields = Readonly<Record<string, any>>

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const NAMESERVERS_MAX = 3
const SEARCHES_MAX = 32
const SEARCH_CHARACTERS_MAX = 2048

/** What has one of a few values, and a default. */
function chosen(values: readonly string[], value: string | undefined, field: string): FieldError[] {
  if (value === '') return [required(field)]
  return value === undefined || values.includes(value) ? [] : [notSupported(field, value, values)]
}

export function validatePodSpec(given: PodSpec | undefined, path: string): FieldError[] {
  const spec = given as Fields | undefined
  const containers: readonly Fields[] = Array.isArray(spec?.['containers']) ? spec['containers'] : []
  if (spec === undefined) return [required(`${path}.containers`)]
  const errors: FieldError[] = []
  const volumes = validateVolumes(spec['volumes'], `${path}.volumes`, errors)
  errors.push(...validateContainers(containers, `${path}.containers`, volumes))
  const init: readonly Fields[] = spec['initContainers'] ?? []
  if (init.length > 0) errors.push(...validateInitContainers(init, containers, `${path}.initContainers`, volumes))
  errors.push(...chosen(RESTART_POLICIES, spec['restartPolicy'] ?? '', `${path}.restartPolicy`))
  errors.push(...chosen(DNS_POLICIES, spec['dnsPolicy'], `${path}.dnsPolicy`))
  validateLabels(spec['nodeSelector'], `${path}.nodeSelector`, errors)
  errors.push(...validatePodSecurityContext(spec, path))
  errors.push(...validateAffinity(spec['affinity'], `${path}.affinity`))
  errors.push(...validateDns(spec, `${path}.dnsConfig`))
  spec['readinessGates']?.forEach(({ conditionType = '' }: Fields, index: number) =>
    errors.push(...invalidKey(`${path}.readinessGates[${index}].conditionType`, conditionType)),
  )
  errors.push(...validateSchedulingGates(spec, path))
  errors.push(...validateSpreading(spec['topologySpreadConstraints'], `${path}.topologySpreadConstraints`))
  errors.push(...validateHostProcess(spec, path))
  errors.push(...nameErrors(spec, path), ...validateNumbers(spec, path))
  const { runtimeClassName } = spec
  if (runtimeClassName !== undefined)
    errors.push(...invalidName(`${path}.runtimeClassName`, runtimeClassName, 'subdomain'))
  errors.push(...validateTolerations(spec['tolerations'], `${path}.tolerations`))
  errors.push(...validateHostAliases(spec['hostAliases'], `${path}.hostAliases`))
  const { preemptionPolicy, overhead } = spec
  errors.push(...chosen(['PreemptLowerPriority', 'Never'], preemptionPolicy, `${path}.preemptionPolicy`))
  // They are limits, whatever they are called.
  errors.push(...validateRequirements(overhead && { limits: overhead }, `${path}.overhead`))
  return [...errors, ...validateOs(spec, path)]
}

/** Names of other things. */
const NAMES: readonly (readonly [string, NameRule])[] = [
  ['serviceAccountName', 'subdomain'],
  ['nodeName', 'subdomain'],
  ['hostname', 'label'],
  ['subdomain', 'label'],
  ['priorityClassName', 'subdomain'],
]

function nameErrors(spec: Fields, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [field, rule] of NAMES) if (spec[field]) errors.push(...invalidName(`${path}.${field}`, spec[field], rule))
  return errors
}

const INT32_MAX = 2_147_483_647

function validateNumbers(
  { activeDeadlineSeconds: deadline, terminationGracePeriodSeconds: grace }: Fields,
  path: string,
) {
  const errors: FieldError[] = []
  if (deadline !== undefined && !(deadline >= 1 && deadline <= INT32_MAX)) {
    const detail = `must be between 1 and ${INT32_MAX}, inclusive`
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, detail))
  }
  if (grace !== undefined && grace < 0) {
    errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'))
  }
  return errors
}

function validateSchedulingGates({ schedulingGates, nodeName }: Fields, path: string): FieldError[] {
  if (!schedulingGates?.length || !nodeName) return []
  return [forbiddenValue(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared')]
}

function validateDns({ dnsPolicy, dnsConfig }: Fields, field: string): FieldError[] {
  const servers: readonly string[] = dnsConfig?.nameservers ?? []
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
    if (servers.length === 0) return [required(`${field}.nameservers`, detail)]
  }
  if (!dnsConfig) return []
  const errors: FieldError[] = []
  const { searches = [], options = [] } = dnsConfig
  if (servers.length > NAMESERVERS_MAX) {
    errors.push(invalidValue(`${field}.nameservers`, servers, `must not have more than ${NAMESERVERS_MAX} nameservers`))
  }
  servers.forEach((server, index) => {
    if (!isIP(server)) errors.push(invalidValue(`${field}.nameservers[${index}]`, server, 'must be valid IP address'))
  })
  if (searches.length > SEARCHES_MAX) {
    errors.push(invalidValue(`${field}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`))
  }
  if (searches.join(' ').length > SEARCH_CHARACTERS_MAX) {
    const detail = `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`
    errors.push(invalidValue(`${field}.searches`, searches, detail))
  }
  searches.forEach((search: string, index: number) =>
    errors.push(...invalidName(`${field}.searches[${index}]`, search.replace(/\.$/, ''), 'subdomain')),
  )
  options.forEach(({ name }: Fields, index: number) => {
    if (!name) errors.push(required(`${field}.options[${index}]`, 'must not be empty'))
  })
  return errors
}

const validateHostAliases = (aliases: readonly Fields[] | undefined, field: string): FieldError[] =>
  (aliases ?? []).flatMap(({ ip = '', hostnames = [] }) => [
    ...(isIP(ip) ? [] : [invalidValue(`${field}.ip`, ip, 'must be valid IP address')]),
    ...hostnames.flatMap((name: string) => invalidName(`${field}.hostnames`, name, 'subdomain')),
  ])
