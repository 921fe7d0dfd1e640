/**
 * Disruption budgets, priorities, quotas and autoscalers.
 *
 * Upstream: `pkg/apis/{policy,scheduling,core,autoscaling}/validation/validation.go`, `pkg/apis/<group>/<version>/defaults.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { isOfQuotas, isWhole, validateAmount, validateResourceName } from '../validation/resources.ts'
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
  const isKnown = preemptionPolicy === undefined || POLICIES.includes(preemptionPolicy)
  const unknown = preemptionPolicy === '' ? required('preemptionPolicy') : notSupported('preemptionPolicy', preemptionPolicy, POLICIES) // prettier-ignore
  const errors: FieldError[] = []
  if (
    metadata.name.startsWith('system-') &&
    !['system-node-critical', 'system-cluster-critical'].includes(metadata.name)
  ) {
    errors.push(forbiddenValue('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${metadata.name} is not a known system priority class`)) // prettier-ignore
  } else if (value > PRIORITY_MAX && !metadata.name.startsWith('system-')) {
    errors.push(forbiddenValue('value', `maximum allowed value of a user defined priority is ${PRIORITY_MAX}`))
  }
  return isKnown ? errors : [...errors, unknown]
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
  ...(spec.scopes ?? []).flatMap((scope: string) => [
    ...(SCOPES.includes(scope) ? [] : [invalidValue('spec.scopes', spec.scopes, 'unsupported scope')]),
    ...unfitFor(scope, spec.hard).map(() => invalidValue('spec.scopes', spec.scopes, UNFIT)),
  ]),
  ...conflicting(spec.scopes ?? [], spec.scopes, 'spec.scopes'),
  ...validateScopeSelector(spec.scopeSelector, spec.hard),
]

const UNFIT = 'unsupported scope applied to resource'
const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const OF_CLAIMS = ['persistentvolumeclaims', 'requests.storage']

/** Of the resources that the quota counts, those that have nothing to do with what the scope is about. */
function unfitFor(scope: string, hard: Readonly<Record<string, string>> = {}): readonly string[] {
  const fits = (name: string): boolean => {
    if (scope === 'BestEffort') return name === 'pods'
    if (scope === 'VolumeAttributesClass') return OF_CLAIMS.includes(name)
    return !SCOPES.includes(scope) || name === 'pods' || COMPUTE.includes(name)
  }
  return Object.keys(hard).filter((name) => isOfQuotas(name) && !fits(name))
}

const quotaResources = (list: Readonly<Record<string, string>> = {}, field: string): FieldError[] =>
  Object.keys(list).flatMap((name) => quotaResource(name, list[name]!, `${field}[${name}]`))

function quotaResource(name: string, amount: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  const isKnown = name.includes('/') || isOfQuotas(name)
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

function validateScopeSelector(selector: any, hard: Readonly<Record<string, string>>): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions'
  const requirements: readonly any[] = selector?.matchExpressions ?? []
  const errors = requirements.flatMap(({ scopeName = '', operator = '', values = [] }) => [
    ...(SCOPES.includes(scopeName) ? [] : [invalidValue(`${field}.scopeName`, scopeName, 'unsupported scope')]),
    ...unfitFor(scopeName, hard).map(() => invalidValue(field, selector, UNFIT)),
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
  prepareForCreate: (object) => ({ ...object, status: { currentMetrics: null, desiredReplicas: 0 } }),
  validate: validateAutoscaler,
  validateUpdate: validateAutoscaler,
}
