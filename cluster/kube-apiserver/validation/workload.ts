/**
 * What the kinds that make Pods have in common: a selector, and a template that it selects.
 *
 * Upstream: `pkg/apis/{apps,core}/validation/validation.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { matchesSelector } from '#cluster/api/labels.ts'
import type { LabelSelector, PodSpec, PodTemplateSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { validateAnnotations, validateLabels } from './names.ts'
import { validatePodSpec } from './pod-spec.ts'
import { isUnreadable, validateLabelSelector } from './selectors.ts'

interface WorkloadSpec {
  readonly selector?: LabelSelector
  readonly template?: PodTemplateSpec
}

const EMPTY: PodSpec = { containers: [], restartPolicy: 'Always' }

/** The template of a Pod, whatever makes Pods of it. Upstream calls its labels by this shorter name. */
export function validateTemplate(template: PodTemplateSpec | undefined, field: string): FieldError[] {
  const { ephemeralContainers = [] } = (template?.spec ?? EMPTY) as {
    readonly ephemeralContainers?: readonly unknown[]
  }
  return [
    ...validateTemplateMetadata(template, field),
    ...validatePodSpec(template?.spec ?? EMPTY, `${field}.spec`),
    ...(ephemeralContainers.length === 0 ? [] : [forbiddenValue(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]), // prettier-ignore
  ]
}

export function validateTemplateMetadata(template: PodTemplateSpec | undefined, field: string): FieldError[] {
  const errors: FieldError[] = []
  validateLabels(template?.metadata?.labels, `${field}.labels`, errors)
  validateAnnotations(template?.metadata?.annotations, `${field}.annotations`, errors)
  return errors
}

export const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0

/** @param kind as the message calls what must not select everything */
export function validateSelector(selector: LabelSelector | undefined, kind: string): FieldError[] {
  if (selector === undefined) return [required('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  if (!isEmptySelector(selector)) return errors
  return [...errors, invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`)]
}

const MISMATCH = '`selector` does not match template `labels`'

export function validateMatch({ selector, template }: WorkloadSpec): FieldError[] {
  const labels = template?.metadata?.labels
  // No selector at all selects nothing.
  if (selector !== undefined && (isEmptySelector(selector) || matchesSelector(selector, labels))) return []
  return [invalidValue('spec.template.metadata.labels', labels ?? null, MISMATCH)]
}

/** Pods that are made again whenever they end have no end of their own. @param kind as the message calls it */
export function validateLasting(template: PodTemplateSpec | undefined, kind: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = (template?.spec ?? EMPTY) as PodSpec & Record<string, unknown>
  const field = 'spec.template.spec'
  const errors: FieldError[] = []
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.restartPolicy`, restartPolicy, ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`
    errors.push(forbiddenValue(`${field}.activeDeadlineSeconds`, detail))
  }
  return errors
}

/** The selector and the template of a Deployment or a ReplicaSet. */
export function validateWorkload(spec: WorkloadSpec): FieldError[] {
  const errors = validateSelector(spec.selector, 'deployment')
  if (isUnreadable(spec.selector)) {
    return [...errors, invalidValue('spec.selector', spec.selector, 'invalid label selector')]
  }
  return [
    ...errors,
    ...validateMatch(spec),
    ...validateTemplate(spec.template, 'spec.template'),
    ...validateLasting(spec.template, 'ReplicaSet'),
  ]
}

export function validateSelectorUpdate(selector: LabelSelector, old: LabelSelector): FieldError[] {
  return isEqual(selector, old) ? [] : [invalidValue('spec.selector', selector, 'field is immutable')]
}
