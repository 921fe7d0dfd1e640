/**
 * PersistentVolumes and claims.
 *
 * What we leave out: of claims, other namespaces that data may come from.
 * Upstream: `pkg/registry/core/{persistentvolume,persistentvolumeclaim}/strategy.go`, `pkg/apis/core/validation/validation.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { validateAccessModes, validateClaimSpec, validatePositive, validateVolumeMode } from '../validation/claims.ts'
import { invalidName } from '../validation/names.ts'
import { validateResourceList } from '../validation/resources.ts'
import { validateNodeSelector } from '../validation/selectors.ts'
import { csiInPersistentVolume, IN_PERSISTENT_VOLUMES, SHARED, type SourceRule, validateSource } from '../validation/volume-sources.ts' // prettier-ignore
import { hasBacksteps, validateHostPath } from '../validation/volumes.ts'
import { oneOf, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Volume = KubernetesObject & { readonly spec: any; readonly status?: any }

const BY_NAME = 'volume.beta.kubernetes.io/storage-class'
/** Fields of a volume's spec that say something else than where its data is. */
const NO_SOURCES = ['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode'] // prettier-ignore
const sourceOf = (spec: any) => Object.fromEntries(Object.entries(spec).filter(([key]) => !NO_SOURCES.includes(key)))

function validateVolume({ metadata, spec = {} }: Volume): FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, storageClassName, volumeMode } = spec
  return [
    ...(accessModes.length === 0 ? [required('spec.accessModes')] : []),
    ...validateAccessModes(accessModes, 'spec.accessModes'),
    ...validateCapacity(spec.capacity ?? {}),
    ...oneOf(['Delete', 'Recycle', 'Retain'], policy, 'spec.persistentVolumeReclaimPolicy'),
    ...validateNodeAffinity(spec.nodeAffinity),
    ...validateSources(spec, metadata?.name ?? ''),
    ...(storageClassName ? invalidName('spec.storageClassName', storageClassName, 'subdomain') : []),
    ...validateVolumeMode(volumeMode, 'spec.volumeMode'),
  ]
}

/** How much it holds, and nothing else. */
function validateCapacity(capacity: Readonly<Record<string, string>>): FieldError[] {
  const names = Object.keys(capacity)
  const isOther = capacity['storage'] === undefined || names.length > 1
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(isOther ? [notSupported('spec.capacity', capacity, ['storage'])] : []),
    ...names.flatMap((name) => validateCapacityOf(capacity[name]!, `spec.capacity[${name}]`)),
  ]
}

function validateCapacityOf(amount: string, field: string): FieldError[] {
  const value = Math.ceil(milli(amount) / 1_000)
  const basic = value < 0 ? [invalidValue(field, value, 'must be a valid resource quantity')] : []
  return [...basic, ...validatePositive(amount, field)]
}

function validateNodeAffinity(affinity: any): FieldError[] {
  if (affinity === undefined) return []
  const field = 'spec.nodeAffinity.required'
  if (affinity.required === undefined) return [required(field, 'must specify required node constraints')]
  return validateNodeSelector(affinity.required, field)
}

const local = ({ path = '' }: { readonly path?: string }, field: string): FieldError[] => {
  if (path === '') return [required(`${field}.path`)]
  return hasBacksteps(path) ? [invalidValue(`${field}.path`, path, "must not contain '..'")] : []
}

/** In upstream's order: of two sources, the later one is told of. */
const SOURCES: Readonly<Record<string, SourceRule>> = {
  hostPath: validateHostPath,
  gcePersistentDisk: SHARED.gcePersistentDisk,
  awsElasticBlockStore: SHARED.awsElasticBlockStore,
  glusterfs: IN_PERSISTENT_VOLUMES.glusterfs,
  flocker: SHARED.flocker,
  nfs: SHARED.nfs,
  rbd: SHARED.rbd,
  quobyte: SHARED.quobyte,
  cephfs: SHARED.cephfs,
  iscsi: IN_PERSISTENT_VOLUMES.iscsi,
  cinder: IN_PERSISTENT_VOLUMES.cinder,
  fc: SHARED.fc,
  flexVolume: SHARED.flexVolume,
  azureFile: IN_PERSISTENT_VOLUMES.azureFile,
  vsphereVolume: SHARED.vsphereVolume,
  photonPersistentDisk: SHARED.photonPersistentDisk,
  portworxVolume: SHARED.portworxVolume,
  azureDisk: SHARED.azureDisk,
  scaleIO: SHARED.scaleIO,
  local,
  storageos: IN_PERSISTENT_VOLUMES.storageos,
  csi: csiInPersistentVolume,
}

function validateSources(spec: any, name: string): FieldError[] {
  const isRoot = spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle'
  const isLocal = Object.keys(SOURCES).find((kind) => spec[kind] !== undefined) === 'local'
  return [
    // Upstream does not ask whether it is the only one.
    ...validateSource(SOURCES, spec, 'spec', name, 'flexVolume'),
    ...(isLocal && spec.nodeAffinity === undefined ? [required('spec.nodeAffinity', 'Local volume requires node affinity')] : []), // prettier-ignore
    ...(isRoot ? [forbiddenValue('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")] : []), // prettier-ignore
  ]
}

const AFFINITY_FIXED = 'field is immutable, except for updating from beta label to GA'

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
    ...unchanged(volume.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...(old.spec.nodeAffinity === undefined ? [] : unchanged(volume.spec.nodeAffinity ?? null, old.spec.nodeAffinity, 'nodeAffinity', AFFINITY_FIXED)), // prettier-ignore
  ],
}

/** A claim with what it leaves out. */
export function defaultClaim(claim: any): any {
  return claim.spec === undefined ? claim : { ...claim, spec: { volumeMode: 'Filesystem', ...claim.spec } }
}

const validateClaim = ({ spec = {} }: Volume): FieldError[] => validateClaimSpec(spec, 'spec')

/** Of what is not in the core group, `dataSource` knows snapshots alone; what else there is goes to `dataSourceRef`. */
function isOfOld({ apiGroup, kind }: { readonly apiGroup?: string; readonly kind?: string }): boolean {
  if ((apiGroup ?? '') === '') return kind === 'PersistentVolumeClaim'
  return apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
}

/** Where a claim's data comes from is said in two fields, which say the same. */
function withSources(claim: Volume): Volume {
  const { dataSource, dataSourceRef, ...rest } = claim.spec ?? {}
  if (dataSource === undefined && dataSourceRef === undefined) return claim
  const old = dataSource !== undefined && isOfOld(dataSource) ? dataSource : undefined
  const { namespace: _, ...source } = dataSourceRef ?? {}
  if (old === undefined && dataSourceRef === undefined) return { ...claim, spec: rest }
  return { ...claim, spec: { ...rest, dataSource: old ?? source, dataSourceRef: dataSourceRef ? source : old } }
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
  const [name, before] = [claim, old].map(({ metadata }) => metadata.annotations?.[BY_NAME] ?? '')
  errors.push(...unchanged(name, before, `metadata.annotations.${BY_NAME}`))
  if (!keepsName || !keepsClass || !isEqual(may(claim), may(old))) errors.push(forbiddenValue('spec', FIXED))
  // Growth that does not succeed may be taken back, but for what is there already.
  if (size(claim) < size(old) && size(claim) <= milli(old.status?.capacity?.storage)) {
    errors.push(forbiddenValue('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  }
  return [...errors, ...unchanged(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode')]
}

export const persistentVolumeClaims: Strategy<Volume> = {
  hasGeneration: false,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: defaultClaim,
  prepareForCreate: (claim) => ({ ...withSources(claim), status: { phase: 'Pending' } }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: ({ status }) => validateResourceList(status?.capacity, 'status.capacity'),
}
