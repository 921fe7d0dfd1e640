/**
 * Rules for a Pod's volumes.
 *
 * What we leave out: that the claim of an ephemeral volume will have a name that a claim may have; bundles of trust.
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidateVolumes).
 */
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { validateClaimTemplate } from './claims.ts'
import { invalidName } from './names.ts'
import { validateFieldRef, validateResourceFieldRef } from './references.ts'
import { csiInPod, IN_PODS, SHARED, type SourceRule, validateSource } from './volume-sources.ts'

type Fields = Readonly<Record<string, any>>

/** `a/../b`, not `a..b`. */
export const hasBacksteps = (path: string): boolean => path.split('/').includes('..')
const backsteps = (path: string, field: string): FieldError[] =>
  hasBacksteps(path) ? [invalidValue(field, path, "must not contain '..'")] : []

export const validateRelativePath = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : []),
  ...backsteps(path, field),
]

/** Names that begin with `..` are the kubelet's own. */
function validateUnreservedPath(path: string, field: string): FieldError[] {
  const errors = validateRelativePath(path, field)
  const isReserved = path.startsWith('..') && !path.startsWith('../')
  return isReserved ? [...errors, invalidValue(field, path, "must not start with '..'")] : errors
}

const MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive'

const modeErrors = (mode: number | undefined, field: string): FieldError[] =>
  mode === undefined || (mode >= 0 && mode <= 0o777) ? [] : [invalidValue(field, mode, MODE_TEXT)]

function itemErrors({ key = '', path = '', mode }: Fields, field: string): FieldError[] {
  return [
    ...(key === '' ? [required(`${field}.key`)] : []),
    ...(path === '' ? [required(`${field}.path`)] : []),
    ...validateUnreservedPath(path, `${field}.path`),
    ...modeErrors(mode, `${field}.mode`),
  ]
}

const itemsErrors = (items: readonly Fields[] | undefined, field: string): FieldError[] =>
  (items ?? []).flatMap((item, index) => itemErrors(item, `${field}[${index}]`))

const keyed =
  (name: string) =>
  (source: Fields, field: string): FieldError[] => [
    ...(source[name] ? [] : [required(`${field}.${name}`)]),
    ...modeErrors(source['defaultMode'], `${field}.defaultMode`),
    ...itemsErrors(source['items'], `${field}.items`),
  ]

const OF_VOLUMES = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

function downwardFile({ path = '', fieldRef, resourceFieldRef, mode }: Fields, field: string): FieldError[] {
  const errors = path === '' ? [required(`${field}.path`)] : []
  errors.push(...validateUnreservedPath(path, `${field}.path`))
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, OF_VOLUMES, `${field}.fieldRef`))
    if (resourceFieldRef) {
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously'
      errors.push(invalidValue(field, 'resource', detail))
    }
  } else if (resourceFieldRef) {
    errors.push(...validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, true))
  } else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...modeErrors(mode, `${field}.mode`)]
}

const downwardApi = ({ defaultMode, items = [] }: Fields, field: string): FieldError[] => [
  ...modeErrors(defaultMode, `${field}.defaultMode`),
  ...items.flatMap((item: Fields) => downwardFile(item, field)),
]

const TOKEN_LEAST = 600
const TOKEN_MOST = 2 ** 32

function tokenErrors({ expirationSeconds = 3600, path }: Fields, field: string, around: string): FieldError[] {
  const at = `${field}.expirationSeconds`
  const errors: FieldError[] = []
  if (expirationSeconds < TOKEN_LEAST) {
    errors.push(invalidValue(at, expirationSeconds, 'may not specify a duration less than 10 minutes'))
  }
  if (expirationSeconds > TOKEN_MOST) {
    errors.push(invalidValue(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'))
  }
  return path ? errors : [...errors, required(`${around}.path`)]
}

const PROJECTED = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate']

function projected({ defaultMode, sources }: Fields, field: string): FieldError[] {
  const errors = modeErrors(defaultMode, `${field}.defaultMode`)
  const paths = new Set<string>()
  const take = (path: string, shown: string): void => {
    if (path && paths.has(path)) errors.push(invalidValue(field, shown, 'conflicting duplicate paths'))
    paths.add(path)
  }
  sources?.forEach((source: Fields, index: number) => {
    const at = `${field}.sources[${index}]`
    for (const kind of ['secret', 'configMap']) {
      const inner: Fields | undefined = source[kind]
      if (inner && !inner['name']) errors.push(required(`${at}.${kind}.name`))
      inner?.['items']?.forEach((item: Fields, one: number) => {
        errors.push(...itemErrors(item, `${at}.${kind}.items[${one}]`))
        take(item['path'], inner['name'] ?? '')
      })
    }
    source['downwardAPI']?.items?.forEach((item: Fields) => {
      errors.push(...downwardFile(item, `${at}.downwardAPI`))
      take(item['path'], item['path'])
    })
    const { serviceAccountToken } = source
    if (serviceAccountToken) errors.push(...tokenErrors(serviceAccountToken, `${at}.serviceAccountToken`, field))
    const count = PROJECTED.filter((kind) => source[kind] !== undefined).length
    if (count > 1) errors.push(forbiddenValue(at, 'may not specify more than 1 volume type'))
  })
  return errors
}

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'] // prettier-ignore

export function validateHostPath({ path = '', type }: Fields, field: string): FieldError[] {
  if (path === '') return [required(`${field}.path`)]
  const isKnown = type === undefined || HOST_PATH_TYPES.includes(type)
  return [
    ...backsteps(path, `${field}.path`),
    ...(isKnown ? [] : [notSupported(`${field}.type`, type, HOST_PATH_TYPES)]),
  ]
}

function emptyDir({ sizeLimit }: Fields, field: string): FieldError[] {
  const isNegative = sizeLimit !== undefined && parseQuantity(sizeLimit)! < 0
  return isNegative ? [forbiddenValue(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : []
}

const gitRepo: SourceRule = ({ repository, directory = '' }, field) => [
  ...(repository ? [] : [required(`${field}.repository`)]),
  ...validateRelativePath(directory, `${field}.directory`),
]

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

const image: SourceRule = ({ pullPolicy }, field) =>
  pullPolicy === undefined || PULL_POLICIES.includes(pullPolicy)
    ? []
    : [notSupported(`${field}.pullPolicy`, pullPolicy, PULL_POLICIES)]

/** In upstream's order: of two sources, the later one is told of. */
const SOURCES: Readonly<Record<string, SourceRule>> = {
  emptyDir,
  hostPath: validateHostPath,
  gitRepo,
  gcePersistentDisk: SHARED.gcePersistentDisk,
  awsElasticBlockStore: SHARED.awsElasticBlockStore,
  secret: keyed('secretName'),
  nfs: SHARED.nfs,
  iscsi: IN_PODS.iscsi,
  glusterfs: IN_PODS.glusterfs,
  flocker: SHARED.flocker,
  persistentVolumeClaim: ({ claimName }, field) => (claimName ? [] : [required(`${field}.claimName`)]),
  rbd: SHARED.rbd,
  cinder: IN_PODS.cinder,
  cephfs: SHARED.cephfs,
  quobyte: SHARED.quobyte,
  downwardAPI: downwardApi,
  fc: SHARED.fc,
  flexVolume: SHARED.flexVolume,
  configMap: keyed('name'),
  azureFile: IN_PODS.azureFile,
  vsphereVolume: SHARED.vsphereVolume,
  photonPersistentDisk: SHARED.photonPersistentDisk,
  portworxVolume: SHARED.portworxVolume,
  azureDisk: SHARED.azureDisk,
  storageos: IN_PODS.storageos,
  projected,
  scaleIO: SHARED.scaleIO,
  csi: csiInPod,
  ephemeral: ({ volumeClaimTemplate: claim }, field) =>
    claim ? validateClaimTemplate(claim, `${field}.volumeClaimTemplate`) : [required(`${field}.volumeClaimTemplate`)],
  image,
}

/** The volumes that a container may mount, by name; what is wrong with the others goes to `errors`. */
export function validateVolumes(
  volumes: readonly Fields[] | undefined,
  field: string,
  errors: FieldError[],
): ReadonlyMap<string, Fields> {
  const sound = new Map<string, Fields>()
  volumes?.forEach((volume, index) => {
    const at = `${field}[${index}]`
    const { name = '' } = volume
    const found = validateSource(SOURCES, volume, at, name)
    found.push(...(name === '' ? [required(`${at}.name`)] : invalidName(`${at}.name`, name, 'label')))
    if (sound.has(name)) found.push(duplicateValue(`${at}.name`, name))
    if (found.length === 0) sound.set(name, volume)
    else errors.push(...found)
  })
  return sound
}
