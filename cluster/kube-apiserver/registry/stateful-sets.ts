/** StatefulSets. Upstream: `pkg/registry/apps/statefulset/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue } from '../status.ts'
import { isUnreadable } from '../validation/selectors.ts'
import { validateLasting, validateMatch, validateSelector, validateTemplateMetadata } from '../validation/workload.ts'
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast, numberOrPercent, oneOf } from './checks.ts'
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
      updateStrategy:
        type === 'RollingUpdate'
          ? { type, rollingUpdate: { partition: 0, ...rollingUpdate } }
          : { type, ...(rollingUpdate && { rollingUpdate }) },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
        ...spec.persistentVolumeClaimRetentionPolicy,
      },
      ...(spec.volumeClaimTemplates && {
        volumeClaimTemplates: spec.volumeClaimTemplates.map((claim: any) => ({
          ...defaultClaim(claim),
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          status: { ...claim.status, phase: claim.status?.phase || 'Pending' },
        })),
      }),
    },
  }
}

function validateStrategy({ type, rollingUpdate }: any): FieldError[] {
  const field = 'spec.updateStrategy'
  if (type === 'RollingUpdate') {
    const { partition, maxUnavailable } = rollingUpdate ?? {}
    return [
      ...atLeast(0, partition, `${field}.rollingUpdate.partition`),
      ...numberOrPercent(maxUnavailable, `${field}.rollingUpdate.maxUnavailable`),
    ]
  }
  if (type === 'OnDelete') {
    const only = "only allowed for updateStrategy 'RollingUpdate'"
    return rollingUpdate ? [invalidValue(`${field}.rollingUpdate`, rollingUpdate, only)] : []
  }
  const strategy = { type, ...(rollingUpdate && { rollingUpdate }) }
  return [invalidValue(field, strategy, "must be 'RollingUpdate' or 'OnDelete'")]
}

/** What its Pods are made of is looked at only when they are made: their volumes are not all known before. */
function validateTemplateOf(spec: any): FieldError[] {
  if (isUnreadable(spec.selector)) return [invalidValue('spec.selector', spec.selector, '')]
  return [...validateMatch(spec), ...validateTemplateMetadata(spec.template, 'spec.template')]
}

function validate({ spec: given }: StatefulSet): FieldError[] {
  const spec = given ?? {}
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  const { podManagementPolicy: policy = 'OrderedReady', updateStrategy = { type: 'RollingUpdate' } } = spec
  const isKnown = policy === 'OrderedReady' || policy === 'Parallel'
  return [
    ...(isKnown ? [] : [invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]),
    ...validateStrategy(updateStrategy),
    ...oneOf(['Delete', 'Retain'], whenDeleted, 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted'),
    ...oneOf(['Delete', 'Retain'], whenScaled, 'spec.persistentVolumeClaimRetentionPolicy.whenScaled'),
    ...atLeast(0, spec.replicas, 'spec.replicas'),
    ...atLeast(0, spec.minReadySeconds, 'spec.minReadySeconds'),
    ...atLeast(0, spec.ordinals?.start, 'spec.ordinals.start'),
    ...validateSelector(spec.selector, 'statefulset'),
    ...validateTemplateOf(spec),
    ...validateLasting(spec.template, 'StatefulSet'),
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
  validateStatusUpdate: (object, old) => validateCounts('statefulSet', object, old),
  validateUpdate,
}
