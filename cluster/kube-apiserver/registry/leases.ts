/** Leases. Upstream: `pkg/registry/coordination/lease/strategy.go`, `pkg/apis/coordination/validation`. */
import type { Lease } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import type { Strategy } from './strategy.ts'

function validate({ spec }: Lease): FieldError[] {
  const errors: FieldError[] = []
  const { leaseDurationSeconds, leaseTransitions } = spec
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  }
  return errors
}

/** The spec is no pointer upstream: it is there, though nothing be in it. */
const withSpec = (lease: Lease): Lease => (lease.spec ? lease : { ...lease, spec: {} })

export const leases: Strategy<Lease> = {
  hasGeneration: false,
  plainFinalizers: true,
  hasStatus: false,
  allowCreateOnUpdate: true,
  requiresResourceVersion: true,
  prepareForCreate: withSpec,
  prepareForUpdate: withSpec,
  validate,
  validateUpdate: validate,
}
