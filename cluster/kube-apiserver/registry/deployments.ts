/** Deployments. Upstream: `pkg/registry/apps/deployment/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import type { Deployment, DeploymentSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported } from '../status.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import { validateSelectorUpdate, validateWorkload } from '../validation/workload.ts'
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast, atMostAll, numberOrPercent } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Strategies = NonNullable<DeploymentSpec['strategy']>

function defaultStrategy(strategy: DeploymentSpec['strategy']): Strategies {
  const type = strategy?.type ?? 'RollingUpdate'
  if (type !== 'RollingUpdate') return strategy!
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {}
  return { type, rollingUpdate: { maxUnavailable, maxSurge } }
}

function defaults(deployment: Deployment): Deployment {
  const { spec } = deployment
  if (spec === undefined) return deployment
  return {
    ...deployment,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      template: defaultTemplate(spec.template),
      strategy: defaultStrategy(spec.strategy),
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    },
  }
}

/** What is no share counts as none. */
const isZero = (value: number | string | undefined): boolean =>
  typeof value === 'string' ? !(Number.parseInt(value, 10) > 0) || !value.endsWith('%') : value === 0

function validateStrategy({ type, rollingUpdate }: Strategies): FieldError[] {
  if (type !== 'Recreate' && type !== 'RollingUpdate') {
    return [
      notSupported('spec.strategy', { type, ...(rollingUpdate && { rollingUpdate }) }, ['Recreate', 'RollingUpdate']),
    ]
  }
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return []
    return [forbiddenValue('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
  }
  const { maxUnavailable, maxSurge } = rollingUpdate ?? {}
  const field = 'spec.strategy.rollingUpdate'
  const errors = [
    ...numberOrPercent(maxUnavailable, `${field}.maxUnavailable`, false),
    ...numberOrPercent(maxSurge, `${field}.maxSurge`, false),
  ]
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  }
  return [...errors, ...atMostAll(maxUnavailable, `${field}.maxUnavailable`)]
}

function validate({ spec: given }: Deployment): FieldError[] {
  const spec = given ?? ({} as DeploymentSpec)
  const errors = [
    ...atLeast(0, spec.replicas, 'spec.replicas'),
    ...validateWorkload(spec),
    ...(given === undefined ? [] : validateStrategy(spec.strategy!)),
    ...atLeast(0, spec.minReadySeconds, 'spec.minReadySeconds'),
    ...atLeast(0, spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...atLeast(0, spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
  ]
  if (spec.progressDeadlineSeconds! <= (spec.minReadySeconds ?? 0)) {
    const detail = 'must be greater than minReadySeconds'
    errors.push(invalidValue('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, detail))
  }
  return errors
}

export const deployments: Strategy<Deployment> = {
  hasGeneration: true,
  countsAnnotations: true,
  hasStatus: true,
  keptByStatus: ['labels'],
  defaults,
  prepareForCreate: (deployment) => ({ ...deployment, status: {} }),
  validate,
  validateStatusUpdate: (object, old) => validateCounts('deployment', object, old),
  validateUpdate: (deployment, old) => [
    ...validate(deployment),
    ...validateSelectorUpdate(deployment.spec.selector, old.spec.selector),
  ],
}
