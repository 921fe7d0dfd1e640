/**
 * Disruption budgets, priorities, quotas, limits and autoscalers.
 *
 * What we leave out: whether the scopes of a quota fit its resources; the fields of each kind of metric.
 * Upstream: `pkg/apis/{policy,scheduling,core,autoscaling}/validation/validation.go`, `pkg/apis/<group>/<version>/defaults.go`.
 */
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { validateResourceList } from '../validation/resources.ts'
import { atLeast, needed, numberOrPercent, oneOf, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

function validateBudget({ spec = {} }: Anything): FieldError[] {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    return [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
  }
  return [
    ...numberOrPercent(minAvailable, 'spec.minAvailable'),
    ...numberOrPercent(maxUnavailable, 'spec.maxUnavailable'),
    ...oneOf(['AlwaysAllow', 'IfHealthyBudget'], unhealthyPodEvictionPolicy, 'spec.unhealthyPodEvictionPolicy'),
  ]
}

export const podDisruptionBudgets: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: true,
  prepareForCreate: (budget) => ({ ...budget, status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 } }), // prettier-ignore
  validate: validateBudget,
  validateUpdate: validateBudget,
}

/** Above this, priorities are the system's own. */
const PRIORITY_MAX = 1_000_000_000

function validatePriorityClass({ metadata, value, preemptionPolicy }: Anything): FieldError[] {
  const errors = oneOf(['Never', 'PreemptLowerPriority'], preemptionPolicy, 'preemptionPolicy')
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
  hasStatus: false,
  allowCreateOnUpdate: true,
  defaults: (object) => ({ value: 0, preemptionPolicy: 'PreemptLowerPriority', ...object }),
  validate: validatePriorityClass,
  validateUpdate: (object, old) => [
    ...unchanged(object['value'], old['value'], 'value', 'may not be changed in an update.'),
    ...unchanged(object['preemptionPolicy'], old['preemptionPolicy'], 'preemptionPolicy'),
  ],
}

const SCOPES = ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'VolumeAttributesClass'] // prettier-ignore

const validateQuota = ({ spec = {} }: Anything): FieldError[] => [
  ...validateResourceList(spec.hard, 'spec.hard'),
  ...(spec.scopes ?? []).flatMap((scope: string) => oneOf(SCOPES, scope, 'spec.scopes')),
]

export const resourceQuotas: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  prepareForCreate: (quota) => ({ ...quota, status: {} }),
  validate: validateQuota,
  validateUpdate: (quota, old) => [
    ...validateQuota(quota),
    ...unchanged(quota['spec']?.scopes ?? [], old['spec']?.scopes ?? [], 'spec.scopes'),
  ],
}

const LIMITED = ['Container', 'PersistentVolumeClaim', 'Pod']

function validateLimit(limit: any, field: string): FieldError[] {
  const errors = [...needed(limit.type, `${field}.type`), ...oneOf(LIMITED, limit.type, `${field}.type`)]
  for (const list of ['max', 'min', 'default', 'defaultRequest']) {
    errors.push(...validateResourceList(limit[list], `${field}.${list}`))
    if (limit.type === 'Pod' && list.startsWith('default') && limit[list]) {
      errors.push(forbiddenValue(`${field}.${list}`, "may not be specified when `type` is 'Pod'"))
    }
  }
  const value = (list: string, name: string): number | undefined => parseQuantity(limit[list]?.[name] ?? '')
  const names = new Set(['max', 'min', 'default', 'defaultRequest'].flatMap((list) => Object.keys(limit[list] ?? {})))
  for (const name of names) {
    const [min, ask, most, max] = ['min', 'defaultRequest', 'default', 'max'].map((list) => value(list, name))
    const above = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && a > b
    const text = (list: string): string => limit[list][name]
    if (above(min, max)) errors.push(invalidValue(`${field}.min[${name}]`, text('min'), `min value ${text('min')} is greater than max value ${text('max')}`)) // prettier-ignore
    if (above(min, ask)) errors.push(invalidValue(`${field}.defaultRequest[${name}]`, text('defaultRequest'), `min value ${text('min')} is greater than default request value ${text('defaultRequest')}`)) // prettier-ignore
    if (above(most, max)) errors.push(invalidValue(`${field}.default[${name}]`, text('default'), `default value ${text('default')} is greater than max value ${text('max')}`)) // prettier-ignore
    if (above(ask, most)) errors.push(invalidValue(`${field}.defaultRequest[${name}]`, text('defaultRequest'), `default request value ${text('defaultRequest')} is greater than default limit value ${text('default')}`)) // prettier-ignore
  }
  return errors
}

const validateLimits = ({ spec }: Anything): FieldError[] =>
  ((spec?.limits ?? []) as readonly any[]).flatMap((limit, index) => validateLimit(limit, `spec.limits[${index}]`))

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
  validate: validateLimits,
  validateUpdate: validateLimits,
}

const CPU_80 = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }

function validateAutoscaler({ spec }: Anything): FieldError[] {
  if (spec === undefined) return [required('spec.scaleTargetRef')]
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = spec
  const errors = [
    ...needed(scaleTargetRef?.kind, 'spec.scaleTargetRef.kind'),
    ...needed(scaleTargetRef?.name, 'spec.scaleTargetRef.name'),
    ...atLeast(1, minReplicas, 'spec.minReplicas'),
  ]
  if (!(maxReplicas >= 1)) errors.push(invalidValue('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than 0'))
  if (maxReplicas < minReplicas) {
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  return errors
}

export const horizontalPodAutoscalers: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: true,
  defaults: (object) =>
    object['spec'] === undefined
      ? object
      : { ...object, spec: { minReplicas: 1, ...object['spec'], metrics: object['spec'].metrics?.length ? object['spec'].metrics : [CPU_80] } }, // prettier-ignore
  prepareForCreate: (object) => ({ ...object, status: { desiredReplicas: 0 } }),
  validate: validateAutoscaler,
  validateUpdate: validateAutoscaler,
}
