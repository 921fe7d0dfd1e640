/** StatefulSets. Upstream: `pkg/registry/apps/statefulset/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue } from '../status.ts'
import { validateWorkload } from '../validation/workload.ts'
import { atLeast, oneOf } from './checks.ts'
import { defaultClaim } from './persistent-volumes.ts'
import type { Strategy } from './strategy.ts'

type StatefulSet = KubernetesObject & { readonly spec: any; readonly status?: any }

function defaults(set: StatefulSet): StatefulSet {
  const { spec } = set
  if (spec === undefined) return set
  const { updateStrategy: { type = 'RollingUpdate', rollingUpdate } = {} as any } = spec
  return {
    ...set,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      podManagementPolicy: spec.podManagementPolicy || 'OrderedReady',
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      template: defaultTemplate(spec.template),
      updateStrategy: type === 'RollingUpdate' ? { type, rollingUpdate: { partition: 0, ...rollingUpdate } } : { type },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
        ...spec.persistentVolumeClaimRetentionPolicy,
      },
      ...(spec.volumeClaimTemplates && {
        volumeClaimTemplates: spec.volumeClaimTemplates.map((claim: any) => ({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          ...defaultClaim(claim),
          status: { phase: 'Pending' },
        })),
      }),
    },
  }
}

function validate({ spec }: StatefulSet): FieldError[] {
  if (spec === undefined) return validateWorkload(spec)
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy
  return [
    ...oneOf(['OrderedReady', 'Parallel'], spec.podManagementPolicy, 'spec.podManagementPolicy'),
    ...oneOf(['OnDelete', 'RollingUpdate'], spec.updateStrategy.type, 'spec.updateStrategy.type'),
    ...atLeast(0, spec.updateStrategy.rollingUpdate?.partition, 'spec.updateStrategy.rollingUpdate.partition'),
    ...oneOf(['Delete', 'Retain'], whenDeleted, 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted'),
    ...oneOf(['Delete', 'Retain'], whenScaled, 'spec.persistentVolumeClaimRetentionPolicy.whenScaled'),
    ...atLeast(0, spec.ordinals?.start, 'spec.ordinals.start'),
    ...validateWorkload(spec),
  ]
}

const CHANGEABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] // prettier-ignore
const FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

function validateUpdate(set: StatefulSet, old: StatefulSet): FieldError[] {
  const fixed = ({ spec }: StatefulSet) => Object.fromEntries(Object.entries(spec).filter(([key]) => !CHANGEABLE.includes(key))) // prettier-ignore
  return [...validate(set), ...(isEqual(fixed(set), fixed(old)) ? [] : [forbiddenValue('spec', FIXED)])]
}

export const statefulSets: Strategy<StatefulSet> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (set) => ({ ...set, status: { replicas: 0 } }),
  validate,
  validateUpdate,
}
