/**
 * Disruption budgets, priorities, quotas, limits and autoscalers.
 *
 * What we leave out: whether the scopes of a quota fit its resources; the fields of each kind of metric.
 * Upstream: `pkg/apis/{policy,scheduling,core,autoscaling}/validation/validation.go`, `pkg/apis/<group>/<version>/defaults.go`.
 */
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { invalidKey } from '../validation/names.ts'
import {
  isWhole,
  validateAmount,
  validateContainerResourceName,
  validateResourceList,
  validateResourceName,
} from '../validation/resources.ts'
import { validateLabelSelector } from '../validation/selectors.ts'
import { numberOrPercent, oneOf, unchanged } from './checks.ts'
import { validateAutoscaler } from '../validation/autoscaler.ts'
import { validateCounts } from '../validation/workload-status.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

function validateBudget({ spec = {} }: Anything): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec
  const both = minAvailable !== undefined && maxUnavailable !== undefined
  return [
    ...(both ? [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...numberOrPercent(minAvailable, 'spec.minAvailable'),
    ...numberOrPercent(maxUnavailable, 'spec.maxUnavailable'),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...oneOf(['AlwaysAllow', 'IfHealthyBudget'], unhealthyPodEvictionPolicy, 'spec.unhealthyPodEvictionPolicy'),
  ]
}

export const podDisruptionBudgets: Strategy<Anything> = {
  hasGeneration: true,
  plainFinalizers: true,
  hasStatus: true,
  validateStatusUpdate: (object, old) => validateCounts('budget', object, old),
  nameRule: 'path-segment',
  prepareForCreate: (budget) => ({ ...budget, status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 } }), // prettier-ignore
  validate: validateBudget,
  validateUpdate: validateBudget,
}

/** Above this, priorities are the system's own. */
const PRIORITY_MAX = 1_000_000_000

const POLICIES = ['PreemptLowerPriority', 'Never']

function validatePriorityClass({ metadata, value, preemptionPolicy }: Anything): FieldError[] {
  const isKnown = !preemptionPolicy || POLICIES.includes(preemptionPolicy)
  const errors = isKnown ? [] : [notSupported('preemptionPolicy', preemptionPolicy, POLICIES)]
  if (
    metadata.name.startsWith('system-') &&
    !['system-node-critical', 'system-cluster-critical'].includes(metadata.name)
  ) {
    errors.push(forbiddenValue('metadata.name', "priority class names with 'system-' prefix are reserved for system use only. error: the name is not a system critical priority class")) // prettier-ignore
  } else if (value > PRIORITY_MAX && !metadata.name.startsWith('system-')) {
    errors.push(forbiddenValue('value', `maximum allowed value of a user defined priority is ${PRIORITY_MAX}`))
  }
  return errors
}

export const priorityClasses: Strategy<Anything> = {
  hasGeneration: true,
  keepsGeneration: true,
  hasStatus: false,
  allowCreateOnUpdate: true,
  defaults: (object) => ({ value: 0, preemptionPolicy: 'PreemptLowerPriority', ...object }),
  validate: validatePriorityClass,
  validateUpdate: (object, old) => [
    ...(object['value'] === old['value'] ? [] : [forbiddenValue('value', 'may not be changed in an update.')]),
    ...unchanged(object['preemptionPolicy'], old['preemptionPolicy'], 'preemptionPolicy'),
  ],
}

const SCOPES = ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'VolumeAttributesClass'] // prettier-ignore

const validateQuota = ({ spec = {} }: Anything): FieldError[] => [
  ...quotaResources(spec.hard, 'spec.hard'),
  ...(spec.scopes ?? []).flatMap((scope: string) => (SCOPES.includes(scope) ? [] : [invalidValue('spec.scopes', spec.scopes, 'unsupported scope')])), // prettier-ignore
  ...conflicting(spec.scopes ?? [], spec.scopes, 'spec.scopes'),
  ...validateScopeSelector(spec.scopeSelector),
]

const quotaResources = (list: Readonly<Record<string, string>> = {}, field: string): FieldError[] =>
  Object.keys(list).flatMap((name) => quotaResource(name, list[name]!, `${field}[${name}]`))

function quotaResource(name: string, amount: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  const isKnown = name.includes('/') || errors.length === 0
  const detail = 'must be a standard resource for quota'
  return [
    ...errors,
    ...(isKnown ? [] : [invalidValue(field, name, detail)]),
    ...validateAmount(amount, field, isWhole(name)),
  ]
}

const PAIRS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

/** Nothing is of both sorts. */
const conflicting = (scopes: readonly string[], shown: unknown, field: string): FieldError[] =>
  PAIRS.some((pair) => pair.every((scope) => scopes.includes(scope)))
    ? [invalidValue(field, shown, 'conflicting scopes')]
    : []

function validateScopeSelector(selector: any): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions'
  const requirements: readonly any[] = selector?.matchExpressions ?? []
  const errors = requirements.flatMap(({ scopeName = '', operator = '', values = [] }) => [
    ...(SCOPES.includes(scopeName) ? [] : [invalidValue(`${field}.scopeName`, scopeName, 'unsupported scope')]),
    ...scopeOperator(scopeName, operator, values, field),
  ])
  const names = requirements.map(({ scopeName }) => scopeName)
  return [...errors, ...conflicting(names, selector, field)]
}

function scopeOperator(scope: string, operator: string, values: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = []
  const isSimple = !['PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass'].includes(scope)
  if (SCOPES.includes(scope) && isSimple && operator !== 'Exists') {
    const detail = "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity" // prettier-ignore
    errors.push(invalidValue(`${field}.operator`, operator, detail))
  }
  const isList = operator === 'In' || operator === 'NotIn'
  if (isList && values.length === 0) {
    errors.push(required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")) // prettier-ignore
  }
  if (isList) return errors
  if (operator !== 'Exists' && operator !== 'DoesNotExist') {
    return [...errors, invalidValue(`${field}.operator`, operator, 'not a valid selector operator')]
  }
  if (values.length === 0) return errors
  const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
  return [...errors, invalidValue(`${field}.values`, values, detail)]
}

export const resourceQuotas: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  prepareForCreate: (quota) => ({ ...quota, status: {} }),
  validate: validateQuota,
  validateStatusUpdate: ({ status = {} }) => [
    ...quotaResources(status.hard, 'status.hard'),
    ...quotaResources(status.used, 'status.used'),
  ],
  validateUpdate: (quota, old) => [
    ...validateQuota(quota),
    ...unchanged(quota['spec']?.scopes ?? [], old['spec']?.scopes ?? [], 'spec.scopes'),
  ],
}

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

function validateLimit(limit: any, field: string): FieldError[] {
  const errors = typeErrors(limit.type ?? '', `${field}.type`)
  const isPod = limit.type === 'Pod'
  for (const list of ['max', 'min', 'default', 'defaultRequest']) {
    if (isPod && list.startsWith('default')) {
      if (limit[list]) errors.push(forbiddenValue(`${field}.${list}`, "may not be specified when `type` is 'Pod'"))
    } else errors.push(...limitedNames(limit.type, limit[list], `${field}.${list}`))
    errors.push(...validateResourceList(limit[list], `${field}.${list}`))
  }
  if (limit.type === 'PersistentVolumeClaim' && !limit.min?.storage && !limit.max?.storage) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(`${field}.limits`, detail))
  }
  errors.push(...limitedNames(limit.type, limit.maxLimitRequestRatio, `${field}.maxLimitRequestRatio`))
  const value = (list: string, name: string): number | undefined => parseQuantity(limit[list]?.[name] ?? '')
  const names = new Set(['max', 'min', 'default', 'defaultRequest'].flatMap((list) => Object.keys(limit[list] ?? {})))
  for (const name of names) {
    const [min, ask, most, max] = ['min', 'defaultRequest', 'default', 'max'].map((list) => value(list, name))
    const above = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && a > b
    const text = (list: string): string => limit[list][name]
    if (above(min, max)) errors.push(invalidValue(`${field}.min[${name}]`, text('min'), `min value ${text('min')} is greater than max value ${text('max')}`)) // prettier-ignore
    if (above(min, ask)) errors.push(invalidValue(`${field}.defaultRequest[${name}]`, text('defaultRequest'), `min value ${text('min')} is greater than default request value ${text('defaultRequest')}`)) // prettier-ignore
    if (above(ask, max)) errors.push(invalidValue(`${field}.defaultRequest[${name}]`, text('defaultRequest'), `default request value ${text('defaultRequest')} is greater than max value ${text('max')}`)) // prettier-ignore
    if (above(ask, most)) errors.push(invalidValue(`${field}.defaultRequest[${name}]`, text('defaultRequest'), `default request value ${text('defaultRequest')} is greater than default limit value ${text('default')}`)) // prettier-ignore
    if (above(min, most)) errors.push(invalidValue(`${field}.default[${name}]`, text('min'), `min value ${text('min')} is greater than default value ${text('default')}`)) // prettier-ignore
    if (above(most, max)) errors.push(invalidValue(`${field}.default[${name}]`, text('default'), `default value ${text('default')} is greater than max value ${text('max')}`)) // prettier-ignore
  }
  return [...errors, ...ratioErrors(limit, field)]
}

/** How many times of what it asks for something may have: at least as much, and no more than the bounds allow. */
function ratioErrors({ maxLimitRequestRatio: ratios = {}, min = {}, max = {} }: any, field: string): FieldError[] {
  return Object.keys(ratios).flatMap((name): FieldError[] => {
    const at = `${field}.maxLimitRequestRatio[${name}]`
    const [ratio, least, most] = [ratios[name], min[name], max[name]].map((amount) => parseQuantity(amount ?? ''))
    if (ratio === undefined) return []
    const bound = least === undefined || most === undefined ? undefined : most / least
    return [
      ...(ratio < 1_000 ? [invalidValue(at, ratios[name], `ratio ${ratios[name]} is less than 1`)] : []),
      ...(bound !== undefined && ratio / 1_000 > bound ? [invalidValue(at, ratios[name], `ratio ${ratios[name]} is greater than max/min = ${bound.toFixed(6)}`)] : []), // prettier-ignore
    ]
  })
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

const CPU_80 = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }

const PERIOD_SECONDS = 15
const SCALE_UP = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS }, { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS }] } // prettier-ignore
const SCALE_DOWN = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS }] }

/** Whoever says something of how fast it goes is told the rest. */
function defaultAutoscaler(object: Anything): Anything {
  const { spec } = object as { readonly spec?: any }
  if (spec === undefined) return object
  const { behavior, metrics } = spec
  const whole = behavior && { behavior: { scaleUp: { ...SCALE_UP, ...behavior.scaleUp }, scaleDown: { ...SCALE_DOWN, ...behavior.scaleDown } } } // prettier-ignore
  return { ...object, spec: { minReplicas: 1, ...spec, metrics: metrics?.length ? metrics : [CPU_80], ...whole } }
}

export const horizontalPodAutoscalers: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  validateStatusUpdate: (object, old) => validateCounts('autoscaler', object, old),
  defaults: defaultAutoscaler,
  prepareForCreate: (object) => ({ ...object, status: { desiredReplicas: 0 } }),
  validate: validateAutoscaler,
  validateUpdate: validateAutoscaler,
}
