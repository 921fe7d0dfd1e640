/** Rules for amounts of resources, and for their names. Upstream: `pkg/apis/core/validation/validation.go`, `pkg/apis/core/helper`. */
import { formatQuantity, parseQuantity } from '#cluster/api/quantity.ts'
import type { ResourceList } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { invalidKey, keyProblems } from './names.ts'

const QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const OF_CONTAINERS = ['cpu', 'memory', 'ephemeral-storage']
const COUNTED = ['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'] // prettier-ignore
const STANDARD: readonly string[] = [
  ...OF_CONTAINERS,
  ...OF_CONTAINERS.map((name) => `requests.${name}`),
  ...OF_CONTAINERS.map((name) => `limits.${name}`),
  ...COUNTED,
  ...['storage', 'requests.storage'],
]

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isStandard = (name: string): boolean =>
  STANDARD.includes(name) || isHugePages(name) || name.startsWith('requests.hugepages-')

/** Of a vendor, in its own domain. */
export const isExtended = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.')

/** What quotas count that is nobody's own. */
export const isOfQuotas = (name: string): boolean => (isStandard(name) && name !== 'storage' && !name.startsWith('hugepages-')) // prettier-ignore

export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidKey(field, name)
  if (errors.length > 0 || name.includes('/') || isStandard(name)) return errors
  return [invalidValue(field, name, 'must be a standard resource type or fully qualified')]
}

export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  if (!name.includes('/')) {
    if (OF_CONTAINERS.includes(name) || isHugePages(name)) return errors
    return [...errors, invalidValue(field, name, 'must be a standard resource for containers')]
  }
  const isSound = name.includes('kubernetes.io/') || (isExtended(name) && keyProblems(`requests.${name}`).length === 0)
  if (isSound) return errors
  return [...errors, invalidValue(field, name, "doesn't follow extended resource name standard")]
}

/** @param isWhole it is counted in ones */
export function validateAmount(amount: string | number, field: string, isWhole = false): FieldError[] {
  const value = parseQuantity(amount)
  if (value === undefined) return [invalidValue(field, amount, QUANTITY_TEXT)]
  const text = shown(amount)
  return [
    ...(value < 0 ? [invalidValue(field, text, 'must be greater than or equal to 0')] : []),
    ...(isWhole && value % 1000 !== 0 ? [invalidValue(field, text, 'must be an integer')] : []),
  ]
}

export const isWhole = (name: string): boolean => COUNTED.includes(name) || isExtended(name)

/** Lists that have been found in order: a template's are shared by all its Pods. */
const knownLists = new WeakSet<object>()

/** @param nameErrors of the names, where not any will do */
export function validateResourceList(
  list: ResourceList | undefined,
  field: string,
  nameErrors?: (name: string, field: string) => FieldError[],
): FieldError[] {
  if (list === undefined || (!nameErrors && knownLists.has(list))) return []
  const errors = Object.keys(list).flatMap((name) => {
    const at = `${field}[${name}]`
    return [...(nameErrors?.(name, at) ?? []), ...validateAmount(list[name]!, at, nameErrors && isWhole(name))]
  })
  if (errors.length === 0 && !nameErrors && Object.isFrozen(list)) knownLists.add(list)
  return errors
}

const knownRequirements = new WeakSet<object>()

const canBeOvercommitted = (name: string): boolean => !name.includes('/') && !isHugePages(name)

export function validateRequirements(
  resources: { readonly limits?: ResourceList; readonly requests?: ResourceList } | undefined,
  field: string,
): FieldError[] {
  if (resources === undefined || knownRequirements.has(resources)) return []
  const { limits, requests } = resources
  const errors = validateResourceList(limits, `${field}.limits`, validateContainerResourceName)
  for (const name of Object.keys(requests ?? {})) {
    const at = `${field}.requests[${name}]`
    errors.push(...validateContainerResourceName(name, at), ...validateAmount(requests![name]!, at, isWhole(name)))
    const limit = limits?.[name]
    const [most, asked] = [limit === undefined ? undefined : parseQuantity(limit), parseQuantity(requests![name]!)]
    if (limit === undefined) {
      if (canBeOvercommitted(name)) continue
      errors.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'))
    } else if (most !== asked && !canBeOvercommitted(name)) {
      errors.push(
        invalidValue(`${field}.requests`, shown(requests![name]!), `must be equal to ${name} limit of ${shown(limit)}`),
      )
    } else if (most !== undefined && asked !== undefined && asked > most) {
      const detail = `must be less than or equal to ${name} limit of ${shown(limit)}`
      errors.push(invalidValue(`${field}.requests`, shown(requests![name]!), detail))
    }
  }
  const names = [...Object.keys(limits ?? {}), ...Object.keys(requests ?? {})]
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbiddenValue(field, 'HugePages require cpu or memory'))
  }
  if (errors.length === 0 && Object.isFrozen(resources)) knownRequirements.add(resources)
  return errors
}

/** In its canonical form. */
const shown = (amount: string | number): string => {
  const value = parseQuantity(amount)
  return value === undefined ? String(amount) : formatQuantity(value, String(amount).endsWith('i'))
}
