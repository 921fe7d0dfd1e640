/**
 * HorizontalPodAutoscalers: what is scaled, by which measures, and how fast.
 *
 * Where to read upstream: `pkg/apis/autoscaling/validation/validation.go`.
 */
import { parseQuantity } from '#cluster/api/quantity.ts'
import { atLeast } from '../registry/checks.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { invalidName } from './names.ts'

type Fields = Readonly<Record<string, any>>

/** Seconds. */
const STABILIZATION_MAX = 3_600
const PERIOD_MAX = 1_800
const SELECT_POLICIES = ['Disabled', 'Max', 'Min']
const POLICIES = ['Percent', 'Pods']
/** Type → the field that says more. */
const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

export function validateAutoscaler({ spec: given }: Fields): FieldError[] {
  const spec: Fields = given ?? {}
  const { minReplicas, maxReplicas = 0 } = spec
  const errors = atLeast(1, minReplicas, 'spec.minReplicas')
  if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'))
  if (maxReplicas < minReplicas) {
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  errors.push(...validateReference(spec['scaleTargetRef'], 'spec.scaleTargetRef'))
  each(spec['metrics'], 'spec.metrics', (metric, field) => errors.push(...validateMetric(metric, field)))
  const fromOutside = ((spec['metrics'] ?? []) as readonly Fields[]).some(({ type }) => type === 'Object' || type === 'External') // prettier-ignore
  if (minReplicas === 0 && !fromOutside) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas'
    errors.push(forbiddenValue('spec.metrics', detail))
  }
  for (const way of ['scaleUp', 'scaleDown'])
    errors.push(...validateRules(spec['behavior']?.[way], `spec.behavior.${way}`))
  return errors
}

function each(list: readonly Fields[] | undefined, field: string, look: (one: Fields, field: string) => unknown): void {
  for (const [index, one] of (list ?? []).entries()) look(one, `${field}[${index}]`)
}

function validateReference(given: Fields | undefined, field: string): FieldError[] {
  return ['kind', 'name'].flatMap((part) => {
    const value = given?.[part] ?? ''
    return value === '' ? [required(`${field}.${part}`)] : invalidName(`${field}.${part}`, value, 'path-segment')
  })
}

function validateMetric(metric: Fields, field: string): FieldError[] {
  const { type = '' } = metric
  const errors: FieldError[] = []
  const unknown = notSupported(`${field}.type`, type, Object.keys(SOURCES))
  const expected = Object.hasOwn(SOURCES, type) ? SOURCES[type]! : undefined
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric source type'))
  if (expected === undefined) errors.push(unknown)
  const present = ['object', 'external', 'pods', 'resource', 'containerResource'].filter((source) => metric[source])
  const [first] = present
  if (first !== undefined) errors.push(...validateSource(first, metric[first], `${field}.${first}`))
  if (expected === undefined) errors.push(unknown)
  else if (!metric[expected]) {
    errors.push(required(`${field}.${expected}`, 'must populate information for the given metric source'))
  }
  if (present.length === 1) return errors
  const others = present.filter((source) => source !== expected)
  return [...errors, ...others.map((source) => forbiddenValue(`${field}.${source}`, 'must populate the given metric source only'))] // prettier-ignore
}

function validateSource(source: string, given: Fields, field: string): FieldError[] {
  const { target = {}, metric, name = '', container = '' } = given
  const errors = source === 'object' ? validateReference(given['describedObject'], `${field}.describedObject`) : []
  if (source === 'resource' || source === 'containerResource') {
    if (name === '') errors.push(required(`${field}.name`, 'must specify a resource name'))
  } else errors.push(...validateIdentifier(metric?.name ?? '', `${field}.metric.name`))
  if (source === 'containerResource') {
    errors.push(...(container === '' ? [required(`${field}.container`, 'must specify a container')] : invalidName(`${field}.container`, container, 'label'))) // prettier-ignore
  }
  return [
    ...errors,
    ...validateTarget(target, `${field}.target`),
    ...validateAmounts(source, target, `${field}.target`),
  ]
}

const validateIdentifier = (name: string, field: string): FieldError[] =>
  name === '' ? [required(field, 'must specify a metric name')] : invalidName(field, name, 'path-segment')

const isPositive = (amount: unknown): boolean => (parseQuantity(String(amount)) ?? 0) > 0

function validateTarget({ type = '', value, averageValue, averageUtilization }: Fields, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric target type'))
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue') {
    errors.push(invalidValue(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  }
  if (value !== undefined && !isPositive(value)) errors.push(invalidValue(`${field}.value`, value, 'must be positive'))
  if (averageValue !== undefined && !isPositive(averageValue)) {
    errors.push(invalidValue(`${field}.averageValue`, averageValue, 'must be positive'))
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalidValue(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'))
  }
  return errors
}

/** Which of the three amounts a source needs, and which two it cannot have at once. */
function validateAmounts(source: string, target: Fields, field: string): FieldError[] {
  const { value, averageValue, averageUtilization } = target
  switch (source) {
    case 'pods':
      return averageValue === undefined ? [required(`${field}.averageValue`, 'must specify a positive target averageValue')] : [] // prettier-ignore
    case 'object':
      return value === undefined && averageValue === undefined ? [required(`${field}.averageValue`, 'must set either a target value or averageValue')] : [] // prettier-ignore
    case 'external':
      if (value === undefined && averageValue === undefined) return [required(`${field}.averageValue`, 'must set either a target value for metric or a per-pod target')] // prettier-ignore
      return value === undefined || averageValue === undefined ? [] : [forbiddenValue(`${field}.value`, 'may not set both a target value for metric and a per-pod target')] // prettier-ignore
    default:
      if (averageUtilization === undefined && averageValue === undefined) return [required(`${field}.averageUtilization`, 'must set either a target raw value or a target utilization')] // prettier-ignore
      return averageUtilization === undefined || averageValue === undefined ? [] : [forbiddenValue(`${field}.averageValue`, 'may not set both a target raw value and a target utilization')] // prettier-ignore
  }
}

function validateRules(rules: Fields | undefined, field: string): FieldError[] {
  if (rules === undefined) return []
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [] } = rules
  const errors: FieldError[] = []
  const at = `${field}.stabilizationWindowSeconds`
  if (seconds < 0) errors.push(invalidValue(at, seconds, 'must be greater than or equal to zero'))
  if (seconds > STABILIZATION_MAX) errors.push(invalidValue(at, seconds, `must be less than or equal to ${STABILIZATION_MAX}`)) // prettier-ignore
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) {
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, SELECT_POLICIES))
  }
  if (policies.length === 0) errors.push(required(`${field}.policies`, 'must specify at least one Policy'))
  each(policies, `${field}.policies`, (policy, of) => errors.push(...validatePolicy(policy, of)))
  return errors
}

function validatePolicy({ type = '', value = 0, periodSeconds = 0 }: Fields, field: string): FieldError[] {
  const errors = POLICIES.includes(type) ? [] : [notSupported(`${field}.type`, type, POLICIES)]
  if (value <= 0) errors.push(invalidValue(`${field}.value`, value, 'must be greater than zero'))
  if (periodSeconds <= 0)
    errors.push(invalidValue(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'))
  if (periodSeconds > PERIOD_MAX) errors.push(invalidValue(`${field}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_MAX}`)) // prettier-ignore
  return errors
}
