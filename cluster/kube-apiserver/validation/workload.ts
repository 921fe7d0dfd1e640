/** What Deployments and ReplicaSets have in common. Upstream: `pkg/apis/apps/validation/validation.go`. */
import { isEqual } from '#cluster/api/meta.ts'
import { matchesSelector } from '#cluster/api/labels.ts'
import type { LabelSelector, PodTemplateSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { validatePodSpec } from './pod-spec.ts'

interface WorkloadSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist']

const isEmpty = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0

export function validateWorkload(spec: WorkloadSpec | undefined): FieldError[] {
  if (spec === undefined) return [required('spec.selector'), required('spec.template')]
  const errors: FieldError[] = []
  for (const field of ['replicas', 'minReadySeconds'] as const) {
    const value = spec[field]
    if (value !== undefined && !(value >= 0))
      errors.push(invalidValue(`spec.${field}`, value, 'must be greater than or equal to 0'))
  }
  const { selector, template } = spec
  if (selector === undefined) errors.push(required('spec.selector'))
  else if (isEmpty(selector))
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'))
  selector?.matchExpressions?.forEach(({ operator }, index) => {
    if (OPERATORS.includes(operator)) return
    const field = `spec.selector.matchExpressions[${index}].operator`
    errors.push(invalidValue(field, operator, 'not a valid selector operator'))
  })
  if (template === undefined) return [...errors, required('spec.template')]
  const labels = template.metadata?.labels
  if (selector !== undefined && !isEmpty(selector) && !matchesSelector(selector, labels)) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`'),
    )
  }
  if (template.spec === undefined) return [...errors, required('spec.template.spec.containers')]
  errors.push(...validatePodSpec(template.spec, 'spec.template.spec'))
  const { restartPolicy } = template.spec
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']))
  }
  return errors
}

export function validateSelectorUpdate(selector: LabelSelector, old: LabelSelector): FieldError[] {
  return isEqual(selector, old) ? [] : [invalidValue('spec.selector', selector, 'field is immutable')]
}
