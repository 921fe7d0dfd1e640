/** How much one thing may have. Upstream: `pkg/apis/core/validation/validation.go` (ValidateLimitRange), `pkg/apis/core/v1/defaults.go`. */
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, required } from '../status.ts'
import { invalidKey } from '../validation/names.ts'
import { isExtended, validateContainerResourceName, validateResourceName } from '../validation/resources.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

const LIMITED = ['Container', 'PersistentVolumeClaim', 'Pod']

function typeErrors(type: string, field: string): FieldError[] {
  const errors = invalidKey(field, type)
  if (errors.length > 0 || type.includes('/') || LIMITED.includes(type)) return errors
  return [invalidValue(field, type, 'must be a standard limit type or fully qualified')]
}

/** What is limited of a container or a Pod is what containers can have. */
const limitedNames = (type: string, list: object | undefined, field: string): FieldError[] =>
  Object.keys(list ?? {}).flatMap((name) =>
    (type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName)(
      name,
      `${field}[${name}]`,
    ),
  )

const LISTS = ['max', 'min', 'default', 'defaultRequest'] as const

function namesErrors(limit: any, field: string): FieldError[] {
  const isPod = limit.type === 'Pod'
  return LISTS.flatMap((list) => {
    if (!isPod || !list.startsWith('default')) return limitedNames(limit.type, limit[list], `${field}.${list}`)
    return limit[list] ? [forbiddenValue(`${field}.${list}`, "may not be specified when `type` is 'Pod'")] : []
  })
}

function validateLimit(limit: any, field: string): FieldError[] {
  const errors = [...typeErrors(limit.type ?? '', `${field}.type`), ...namesErrors(limit, field)]
  if (limit.type === 'PersistentVolumeClaim' && !limit.min?.storage && !limit.max?.storage) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(`${field}.limits`, detail))
  }
  errors.push(...limitedNames(limit.type, limit.maxLimitRequestRatio, `${field}.maxLimitRequestRatio`))
  const lists = limit.type === 'Pod' ? ['max', 'min', 'maxLimitRequestRatio'] : [...LISTS, 'maxLimitRequestRatio']
  const names = new Set(lists.flatMap((list) => Object.keys(limit[list] ?? {})))
  for (const name of names) errors.push(...amountErrors(limit, name, field))
  return errors
}

/** The least is no more than what is asked for, that no more than the limit, and that no more than the most. */
function amountErrors(limit: any, name: string, field: string): FieldError[] {
  const [min, ask, most, max] = ['min', 'defaultRequest', 'default', 'max'].map((list) => parseQuantity(limit[list]?.[name] ?? '')) // prettier-ignore
  const above = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && a > b
  const text = (list: string): string => limit[list][name]
  const wrong = (list: string, shown: string, detail: string): FieldError => invalidValue(`${field}.${list}[${name}]`, text(shown), detail) // prettier-ignore
  const overcommits = !isExtended(name) && !name.startsWith('hugepages-')
  const differ = ask !== undefined && most !== undefined && ask !== most
  return [
    ...(above(min, max) ? [wrong('min', 'min', `min value ${text('min')} is greater than max value ${text('max')}`)] : []), // prettier-ignore
    ...(above(min, ask) ? [wrong('defaultRequest', 'defaultRequest', `min value ${text('min')} is greater than default request value ${text('defaultRequest')}`)] : []), // prettier-ignore
    ...(above(ask, max) ? [wrong('defaultRequest', 'defaultRequest', `default request value ${text('defaultRequest')} is greater than max value ${text('max')}`)] : []), // prettier-ignore
    ...(above(ask, most) ? [wrong('defaultRequest', 'defaultRequest', `default request value ${text('defaultRequest')} is greater than default limit value ${text('default')}`)] : []), // prettier-ignore
    ...(above(min, most) ? [wrong('default', 'min', `min value ${text('min')} is greater than default value ${text('default')}`)] : []), // prettier-ignore
    ...(above(most, max) ? [wrong('default', 'max', `default value ${text('default')} is greater than max value ${text('max')}`)] : []), // prettier-ignore
    ...ratioErrors(limit, name, field),
    ...(!overcommits && differ ? [wrong('defaultRequest', 'defaultRequest', `default value ${text('default')} must equal to defaultRequest value ${text('defaultRequest')} in ${name}`)] : []), // prettier-ignore
  ]
}

/** How many times of what it asks for something may have: at least as much, and no more than the bounds allow. */
function ratioErrors(
  { maxLimitRequestRatio: ratios = {}, min = {}, max = {} }: any,
  name: string,
  field: string,
): FieldError[] {
  // prettier-ignore
  const at = `${field}.maxLimitRequestRatio[${name}]`
  const [ratio, least, most] = [ratios[name], min[name], max[name]].map((amount) => parseQuantity(amount ?? ''))
  if (ratio === undefined) return []
  const bound = least === undefined || most === undefined ? undefined : most / least
  return [
    ...(ratio < 1_000 ? [invalidValue(at, ratios[name], `ratio ${ratios[name]} is less than 1`)] : []),
    ...(bound !== undefined && ratio / 1_000 > bound ? [invalidValue(at, ratios[name], `ratio ${ratios[name]} is greater than max/min = ${bound.toFixed(6)}`)] : []), // prettier-ignore
  ]
}

const validateLimits = ({ spec }: Anything): FieldError[] =>
  ((spec?.limits ?? []) as readonly any[]).flatMap((limit, index, limits) => {
    const isAgain = limits.slice(0, index).some(({ type }) => type === limit.type)
    const twice = isAgain ? [duplicateValue(`spec.limits[${index}].type`, limit.type)] : []
    return [...twice, ...validateLimit(limit, `spec.limits[${index}]`)]
  })

/** A limit that is no default is the most there may be; a default request that is none is the limit. */
function defaultLimit(limit: any): any {
  if (limit.type !== 'Container') return limit
  const most = { ...limit.max, ...limit.default }
  const ask = { ...most, ...limit.min, ...limit.defaultRequest }
  const hasAny = Object.keys(ask).length > 0
  return { ...limit, ...(Object.keys(most).length > 0 && { default: most }), ...(hasAny && { defaultRequest: { ...limit.min, ...most, ...limit.defaultRequest } }) } // prettier-ignore
}

export const limitRanges: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  allowCreateOnUpdate: true,
  defaults: (object) => (object['spec']?.limits ? { ...object, spec: { ...object['spec'], limits: object['spec'].limits.map(defaultLimit) } } : object), // prettier-ignore
  // One that nobody has named is known by what the server knows it by.
  prepareForCreate: (object) => (object.metadata.name ? object : { ...object, metadata: { ...object.metadata, name: object.metadata.uid! } }), // prettier-ignore
  validate: validateLimits,
  validateUpdate: validateLimits,
}
