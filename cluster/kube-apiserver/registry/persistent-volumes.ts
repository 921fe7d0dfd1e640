/**
 * PersistentVolumes and claims.
 *
 * Upstream: `pkg/registry/core/{persistentvolume,persistentvolumeclaim}/strategy.go`, `pkg/apis/core/validation/validation.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { invalidName } from '../validation/names.ts'
import { validateResourceList } from '../validation/resources.ts'
import { validateLabelSelector, validateNodeSelector } from '../validation/selectors.ts'
import { hasBacksteps, validateCsiDriverName, validateHostPath, validateNfs } from '../validation/volumes.ts'
import { OF_VOLUMES, type SourceRule } from '../validation/vendor-volumes.ts'
import { oneOf, positiveAmount, storageRequest, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Volume = KubernetesObject & { readonly spec: any; readonly status?: any }

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const BY_NAME = 'volume.beta.kubernetes.io/storage-class'
/** Fields of a volume's spec that say something else than where its data is. */
const NO_SOURCES = ['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode'] // prettier-ignore
const sourceOf = (spec: any) => Object.fromEntries(Object.entries(spec).filter(([key]) => !NO_SOURCES.includes(key)))

function validateModes(modes: readonly string[]): FieldError[] {
  const errors = modes.flatMap((mode) => (MODES.includes(mode) ? [] : [notSupported('spec.accessModes', mode, MODES)]))
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(forbiddenValue('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'))
  }
  return errors
}

const VOLUME_MODES = ['Block', 'Filesystem']

const modeErrors = (mode: string | undefined): FieldError[] =>
  mode === undefined || VOLUME_MODES.includes(mode) ? [] : [notSupported('spec.volumeMode', mode, VOLUME_MODES)]

function validateVolume({ spec = {} }: Volume): FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, storageClassName, volumeMode } = spec
  return [
    ...(accessModes.length === 0 ? [required('spec.accessModes')] : []),
    ...validateModes(accessModes),
    ...validateCapacity(spec.capacity ?? {}),
    ...oneOf(['Delete', 'Recycle', 'Retain'], policy, 'spec.persistentVolumeReclaimPolicy'),
    ...validateNodeAffinity(spec.nodeAffinity),
    ...validateSources(spec),
    ...(storageClassName ? invalidName('spec.storageClassName', storageClassName, 'subdomain') : []),
    ...modeErrors(volumeMode),
  ]
}

/** How much it holds, and nothing else. */
function validateCapacity(capacity: Readonly<Record<string, string>>): FieldError[] {
  const names = Object.keys(capacity)
  const isOther = capacity['storage'] === undefined || names.length > 1
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(isOther ? [notSupported('spec.capacity', capacity, ['storage'])] : []),
    ...names.flatMap((name) => [
      ...negativeAmount(capacity[name]!, `spec.capacity[${name}]`),
      ...positiveAmount(capacity[name], `spec.capacity[${name}]`),
    ]),
  ]
}

function negativeAmount(amount: string, field: string): FieldError[] {
  const whole = Math.ceil(milli(amount) / 1_000)
  return whole < 0 ? [invalidValue(field, whole, 'must be a valid resource quantity')] : []
}

function validateNodeAffinity(affinity: any): FieldError[] {
  if (affinity === undefined) return []
  const field = 'spec.nodeAffinity.required'
  if (affinity.required === undefined) return [required(field, 'must specify required node constraints')]
  return validateNodeSelector(affinity.required, field)
}

const SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] // prettier-ignore

/** A secret in a namespace. */
const secretErrors = ({ name = '', namespace = '' }: any, field: string): FieldError[] => [
  ...(name === '' ? [required(`${field}.name`)] : invalidName(`${field}.name`, name, 'subdomain')),
  ...(namespace === '' ? [required(`${field}.namespace`)] : invalidName(`${field}.namespace`, namespace, 'label')),
]

const endpointsNamespace = (name: string | undefined, field: string): FieldError[] =>
  name === ''
    ? [invalidValue(field, name, 'if the endpointnamespace is set, it must be a valid namespace name')]
    : name === undefined ? [] : invalidName(field, name, 'label') // prettier-ignore

const pick = (...names: readonly string[]): Record<string, SourceRule> =>
  Object.fromEntries(names.map((name) => [name, OF_VOLUMES[name]!]))

/** In upstream's order: of two sources, the later one is told of. */
const RULES: Readonly<Record<string, SourceRule>> = {
  hostPath: validateHostPath,
  gcePersistentDisk: OF_VOLUMES['gcePersistentDisk']!,
  awsElasticBlockStore: OF_VOLUMES['awsElasticBlockStore']!,
  glusterfs: (source, field) => [
    ...OF_VOLUMES['glusterfs']!(source, field),
    ...endpointsNamespace(source.endpointsNamespace, `${field}.endpointsNamespace`),
  ],
  flocker: OF_VOLUMES['flocker']!,
  nfs: validateNfs,
  ...pick('rbd', 'quobyte', 'cephfs', 'iscsi', 'cinder', 'fc', 'flexVolume', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'scaleIO'), // prettier-ignore
  local: ({ path = '' }, field) => [
    ...(path === '' ? [required(`${field}.path`)] : []),
    ...(hasBacksteps(path) ? [invalidValue(`${field}.path`, path, "must not contain '..'")] : []),
  ],
  storageos: OF_VOLUMES['storageos']!,
  csi: ({ driver = '', volumeHandle, ...rest }, field) => [
    ...validateCsiDriverName(driver, `${field}.driver`),
    ...(volumeHandle ? [] : [required(`${field}.volumeHandle`)]),
    ...SECRETS.flatMap((name) => (rest[name] ? secretErrors(rest[name], `${field}.${name}`) : [])),
  ],
}

function validateSources(spec: any): FieldError[] {
  const given = sourceOf(spec)
  const [first, ...others] = Object.keys(RULES).filter((kind) => given[kind] !== undefined)
  if (first === undefined) return [required('spec', 'must specify a volume type')]
  const isRoot = spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle'
  return [
    ...RULES[first]!(spec[first], `spec.${first}`),
    ...others.map((source) => forbiddenValue(`spec.${source}`, 'may not specify more than 1 volume type')),
    ...(spec.local && spec.nodeAffinity?.required === undefined ? [required('spec.nodeAffinity', 'Local volume requires node affinity')] : []), // prettier-ignore
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

function validateClaim({ spec = {} }: Volume): FieldError[] {
  const { accessModes = [], selector, storageClassName } = spec
  return [
    ...(accessModes.length === 0 ? [required('spec.accessModes', 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...validateModes(accessModes),
    ...storageRequest(spec.resources, 'spec.resources'),
    ...(storageClassName ? invalidName('spec.storageClassName', storageClassName, 'subdomain') : []),
    ...modeErrors(spec.volumeMode),
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
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: ({ status }) => validateResourceList(status?.capacity, 'status.capacity'),
}
