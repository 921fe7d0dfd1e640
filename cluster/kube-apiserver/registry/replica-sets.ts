/** ReplicaSets. Upstream: `pkg/registry/apps/replicaset/strategy.go`, `pkg/apis/apps/validation/validation.go`. */
import type { ReplicaSet } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import { validateSelectorUpdate, validateWorkload } from '../validation/workload.ts'
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast } from './checks.ts'
import type { Strategy } from './strategy.ts'

function defaults(replicaSet: ReplicaSet): ReplicaSet {
  const { spec } = replicaSet
  if (spec === undefined) return replicaSet
  const template = defaultTemplate(spec.template)
  if (spec.replicas !== undefined && template === spec.template) return replicaSet
  return { ...replicaSet, spec: { ...spec, replicas: spec.replicas ?? 1, template } }
}

const validate = ({ spec }: ReplicaSet): FieldError[] => [
  ...atLeast(0, spec?.replicas, 'spec.replicas'),
  ...atLeast(0, spec?.minReadySeconds, 'spec.minReadySeconds'),
  ...validateWorkload(spec ?? {}),
]

export const replicaSets: Strategy<ReplicaSet> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (replicaSet) => ({ ...replicaSet, status: { replicas: 0 } }),
  validate,
  validateStatusUpdate: (object, old) => validateCounts('replicaSet', object, old),
  validateUpdate: (replicaSet, old) => [
    ...validate(replicaSet),
    ...validateSelectorUpdate(replicaSet.spec.selector, old.spec.selector),
  ],
}
