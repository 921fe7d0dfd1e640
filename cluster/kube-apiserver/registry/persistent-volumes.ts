/**
 * PersistentVolumes and claims.
 *
 * What we leave out: the fields of each volume source but that there is exactly one; node affinity.
 * Upstream: `pkg/registry/core/{persistentvolume,persistentvolumeclaim}/strategy.go`, `pkg/apis/core/validation/validation.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { validateResourceList } from '../validation/resources.ts'
import { oneOf, storageRequest, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Volume = KubernetesObject & { readonly spec: any; readonly status?: any }

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const BY_NAME = 'volume.beta.kubernetes.io/storage-class'
/** Fields of a volume's spec that say something else than where its data is. */
const NO_SOURCES = ['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode'] // prettier-ignore
const sourceOf = (spec: any) => Object.fromEntries(Object.entries(spec).filter(([key]) => !NO_SOURCES.includes(key)))

function validateModes(modes: readonly string[] | undefined): FieldError[] {
  if (!modes?.length) return [required('spec.accessModes')]
  const errors = modes.flatMap((mode) => oneOf(MODES, mode, 'spec.accessModes'))
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(forbiddenValue('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'))
  }
  return errors
}

function validateVolume({ spec }: Volume): FieldError[] {
  if (spec === undefined) return [required('spec.accessModes'), required('spec.capacity')]
  const errors = validateModes(spec.accessModes)
  if (spec.capacity?.storage === undefined) errors.push(required('spec.capacity'))
  else errors.push(...validateResourceList(spec.capacity, 'spec.capacity'))
  const sources = Object.keys(sourceOf(spec))
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'))
  for (const source of sources.slice(1)) {
    errors.push(forbiddenValue(`spec.${source}`, 'may not specify more than 1 volume type'))
  }
  return [
    ...errors,
    ...oneOf(['Delete', 'Recycle', 'Retain'], spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy'),
    ...oneOf(['Block', 'Filesystem'], spec.volumeMode, 'spec.volumeMode'),
  ]
}

export const persistentVolumes: Strategy<Volume> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: (volume) =>
    volume.spec === undefined
      ? volume
      : { ...volume, spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', ...volume.spec } },
  prepareForCreate: (volume) => ({ ...volume, status: { phase: 'Pending' } }),
  validate: validateVolume,
  validateUpdate: (volume, old) => [
    ...validateVolume(volume),
    ...(isEqual(sourceOf(volume.spec), sourceOf(old.spec))
      ? []
      : [forbiddenValue('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]),
    ...unchanged(volume.spec.volumeMode, old.spec.volumeMode, 'spec.volumeMode'),
  ],
}

/** A claim with what it leaves out. */
export function defaultClaim(claim: any): any {
  return claim.spec === undefined ? claim : { ...claim, spec: { volumeMode: 'Filesystem', ...claim.spec } }
}

function validateClaim({ spec }: Volume): FieldError[] {
  if (spec === undefined) return [required('spec.accessModes'), required('spec.resources[storage]')]
  return [
    ...validateModes(spec.accessModes),
    ...storageRequest(spec.resources, 'spec.resources'),
    ...oneOf(['Block', 'Filesystem'], spec.volumeMode, 'spec.volumeMode'),
  ]
}

const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

function validateClaimUpdate(claim: Volume, old: Volume): FieldError[] {
  const errors = validateClaim(claim)
  const size = (object: Volume): number => milli(object.spec.resources?.requests?.storage)
  const isBound = old.status?.phase === 'Bound'
  // It may be bound, and have its class filled in, once; bound, it may grow.
  const may = (object: Volume) => {
    const { volumeName: _, storageClassName: __, resources, volumeAttributesClassName: ___, ...rest } = object.spec
    return isBound ? rest : { ...rest, resources }
  }
  const keepsName = !old.spec.volumeName || claim.spec.volumeName === old.spec.volumeName
  const hadClass = old.spec.storageClassName !== undefined || old.metadata.annotations?.[BY_NAME] !== undefined
  const keepsClass = !hadClass || claim.spec.storageClassName === old.spec.storageClassName
  if (!keepsName || !keepsClass || !isEqual(may(claim), may(old))) errors.push(forbiddenValue('spec', FIXED))
  if (isBound && size(claim) < milli(old.status?.capacity?.storage) && size(claim) < size(old)) {
    const text = claim.spec.resources.requests.storage
    errors.push(invalidValue('spec.resources.requests.storage', text, 'field can not be less than status.capacity'))
  }
  return errors
}

export const persistentVolumeClaims: Strategy<Volume> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: defaultClaim,
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
}
