/** ReplicationControllers and PodTemplates. Upstream: `pkg/apis/core/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import type { FieldError } from '../status.ts'
import { required } from '../status.ts'
import { validateLasting, validateMatch, validateTemplate } from '../validation/workload.ts'
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

/** It has its Pods' labels, and selects them, where it says nothing else. */
function defaults(controller: Anything): Anything {
  const { metadata, spec } = controller
  if (spec === undefined) return controller
  const labels = spec.template?.metadata?.labels
  const isBare = Object.keys(metadata.labels ?? {}).length === 0
  const selector = Object.keys(spec.selector ?? {}).length === 0 ? labels : spec.selector
  return {
    ...controller,
    ...(labels && isBare && { metadata: { ...metadata, labels } }),
    spec: { ...spec, replicas: spec.replicas ?? 1, ...(selector && { selector }), template: defaultTemplate(spec.template) }, // prettier-ignore
  }
}

function validate({ spec = {} }: Anything): FieldError[] {
  const { selector = {}, template } = spec
  const errors = [
    ...atLeast(0, spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...atLeast(0, spec.replicas, 'spec.replicas'),
  ]
  if (template === undefined) return [...errors, required('spec.template')]
  return [
    ...errors,
    ...validateMatch({ selector: { matchLabels: selector }, template }),
    ...validateTemplate(template, 'spec.template'),
    ...validateLasting(template, 'ReplicationController'),
  ]
}

export const replicationControllers: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (controller) => ({ ...controller, status: { replicas: 0 } }),
  validate,
  validateStatusUpdate: (object, old) => validateCounts('replicationController', object, old),
  validateUpdate: validate,
}

const validateOne = ({ template }: Anything): FieldError[] => validateTemplate(template, 'template')

export const podTemplates: Strategy<Anything> = {
  hasGeneration: true,
  hasStatus: false,
  returnsDeletedObject: true,
  defaults: (object) => (object['template'] ? { ...object, template: defaultTemplate(object['template']) } : object),
  validate: validateOne,
  validateUpdate: validateOne,
}
