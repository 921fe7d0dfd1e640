/** DaemonSets. Upstream: `pkg/registry/apps/daemonset/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import { validateSelectorUpdate, validateWorkload } from '../validation/workload.ts'
import { numberOrPercent, oneOf } from './checks.ts'
import type { Strategy } from './strategy.ts'

type DaemonSet = KubernetesObject & { readonly spec: any; readonly status?: any }

function defaults(set: DaemonSet): DaemonSet {
  const { spec } = set
  if (spec === undefined) return set
  const { updateStrategy: { type = 'RollingUpdate', rollingUpdate } = {} as any } = spec
  return {
    ...set,
    spec: {
      ...spec,
      template: defaultTemplate(spec.template),
      updateStrategy:
        type === 'RollingUpdate'
          ? { type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...rollingUpdate } }
          : { type },
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    },
  }
}

const isZero = (value: unknown): boolean => value === 0 || value === '0%'

function validate({ spec }: DaemonSet): FieldError[] {
  const errors = validateWorkload(spec)
  if (spec === undefined) return errors
  const { type, rollingUpdate } = spec.updateStrategy
  errors.push(...oneOf(['OnDelete', 'RollingUpdate'], type, 'spec.updateStrategy.type'))
  if (rollingUpdate === undefined) return errors
  const { maxUnavailable, maxSurge } = rollingUpdate
  const field = 'spec.updateStrategy.rollingUpdate'
  errors.push(...numberOrPercent(maxUnavailable, `${field}.maxUnavailable`), ...numberOrPercent(maxSurge, `${field}.maxSurge`)) // prettier-ignore
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'cannot be 0 when maxSurge is 0'))
  }
  return errors
}

export const daemonSets: Strategy<DaemonSet> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (set) => ({
    ...set,
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  }),
  validate,
  validateUpdate: (set, old) => [...validate(set), ...validateSelectorUpdate(set.spec.selector, old.spec.selector)],
}
