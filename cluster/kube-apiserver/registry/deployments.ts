/** Deployments. Upstream: `pkg/registry/apps/deployment/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import type { Deployment, DeploymentSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported } from '../status.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import { validateSelectorUpdate, validateWorkload } from '../validation/workload.ts'
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

const isZero = (value: number | string | undefined): boolean => value === 0 || value === '0%'

function validateStrategy({ type, rollingUpdate }: Strategies): FieldError[] {
  if (type !== 'Recreate' && type !== 'RollingUpdate') {
    return [notSupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])]
  }
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return []
    return [forbiddenValue('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
  }
  const errors: FieldError[] = []
  for (const field of ['maxUnavailable', 'maxSurge'] as const) {
    const value = rollingUpdate?.[field]
    const ok = typeof value === 'number' ? value >= 0 && Number.isInteger(value) : /^[0-9]+%$/.test(value ?? '')
    const detail =
      typeof value === 'number'
        ? 'must be greater than or equal to 0'
        : "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
    if (!ok) errors.push(invalidValue(`spec.strategy.rollingUpdate.${field}`, value, detail))
  }
  if (isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    const { maxUnavailable } = rollingUpdate!
    errors.push(
      invalidValue('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    )
  }
  return errors
}

function validate({ spec }: Deployment): FieldError[] {
  const errors = validateWorkload(spec)
  if (spec === undefined) return errors
  errors.push(...validateStrategy(spec.strategy!))
  if (spec.progressDeadlineSeconds! <= (spec.minReadySeconds ?? 0)) {
    const detail = 'must be greater than minReadySeconds'
    errors.push(invalidValue('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, detail))
  }
  return errors
}

export const deployments: Strategy<Deployment> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (deployment) => ({ ...deployment, status: {} }),
  validate,
  validateUpdate: (deployment, old) => [
    ...validate(deployment),
    ...validateSelectorUpdate(deployment.spec.selector, old.spec.selector),
  ],
}
