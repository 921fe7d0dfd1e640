/**
 * Rules for volumes that only a cloud or a storage vendor has: what must be named, and a few forms.
 *
 * What we leave out: the whole forms of iSCSI names; that options of flexVolumes keep out of Kubernetes' own names.
 * Upstream: `pkg/apis/core/validation/validation.go` (validateISCSIVolumeSource and its siblings).
 */
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { invalidName } from './names.ts'

type Source = Readonly<Record<string, any>>
export type SourceRule = (source: any, field: string) => FieldError[]

/** Fields without which the volume says nothing. */
const named =
  (...names: readonly string[]): SourceRule =>
  (source: Source, field) =>
    names.filter((name) => !source[name]?.length).map((name) => required(`${field}.${name}`))

const within = (value: number | undefined, field: string, least: number, shown: number): FieldError[] =>
  value === undefined || (value >= least && value <= 255) ? [] : [invalidValue(field, value, `must be between ${shown} and 255, inclusive`)] // prettier-ignore

/** Zero means the whole disk, and is not what the message says. */
const partitioned =
  (name: string): SourceRule =>
  (source: Source, field) => [...named(name)(source, field), ...within(source['partition'], `${field}.partition`, 0, 1)]

function iscsi(
  { targetPortal, iqn, lun, chapAuthDiscovery, chapAuthSession, secretRef }: Source,
  field: string,
): FieldError[] {
  const isNamed = /^(iqn|eui|naa)/.test(iqn ?? '')
  return [
    ...named('targetPortal', 'iqn')({ targetPortal, iqn }, field),
    ...(iqn && !isNamed ? [invalidValue(`${field}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa')] : []), // prettier-ignore
    ...within(lun, `${field}.lun`, 0, 0),
    ...((chapAuthDiscovery || chapAuthSession) && !secretRef ? [required(`${field}.secretRef`)] : []),
  ]
}

function fc({ targetWWNs = [], wwids = [], lun }: Source, field: string): FieldError[] {
  const at = `${field}.targetWWNs`
  const errors: FieldError[] = []
  if (targetWWNs.length + wwids.length === 0) errors.push(required(at, 'must specify either targetWWNs or wwids, but not both')) // prettier-ignore
  if (targetWWNs.length > 0 && wwids.length > 0) errors.push(invalidValue(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')) // prettier-ignore
  if (targetWWNs.length === 0) return errors
  if (lun === undefined) return [...errors, required(`${field}.lun`, 'lun is required if targetWWNs is specified')]
  return [...errors, ...within(lun, `${field}.lun`, 0, 0)]
}

function flocker({ datasetName = '', datasetUUID = '' }: Source, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (!datasetName && !datasetUUID) errors.push(required(field, 'one of datasetName and datasetUUID is required'))
  if (datasetName && datasetUUID) errors.push(invalidValue(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')) // prettier-ignore
  if (datasetName.includes('/')) errors.push(invalidValue(`${field}.datasetName`, datasetName, "must not contain '/'"))
  return errors
}

const HOST_AND_PORT = 'must be a host:port pair or multiple pairs separated by commas'

function quobyte({ registry = '', tenant = '', volume = '' }: Source, field: string): FieldError[] {
  const at = `${field}.registry`
  const errors: FieldError[] = []
  if (registry === '') errors.push(required(at, HOST_AND_PORT))
  else if (tenant.length > 64) errors.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters')) // prettier-ignore
  else for (const pair of registry.split(',')) if (!/^([^:[\]]*|\[[^[\]]*\]):[^:]*$/.test(pair)) errors.push(invalidValue(at, registry, HOST_AND_PORT)) // prettier-ignore
  return [...errors, ...named('volume')({ volume }, field)]
}

const CACHING = ['None', 'ReadOnly', 'ReadWrite']
const DISKS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_URI = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function azureDisk(
  { diskName, diskURI = '', cachingMode = 'None', kind = 'Shared' }: Source,
  field: string,
): FieldError[] {
  const errors = named('diskName', 'diskURI')({ diskName, diskURI }, field)
  if (!CACHING.includes(cachingMode)) errors.push(notSupported(`${field}.cachingMode`, cachingMode, CACHING))
  if (!DISKS.includes(kind)) errors.push(notSupported(`${field}.kind`, kind, DISKS))
  const [start, shape] = kind === 'Managed' ? ['/subscriptions/', MANAGED_URI] : ['https://', BLOB_URI]
  return diskURI.startsWith(start) ? errors : [...errors, notSupported(`${field}.diskURI`, diskURI, [shape])]
}

/** @param isShared of a PersistentVolume, whose secrets are in some namespace */
const secretErrors = (secret: Source | undefined, field: string, isShared: boolean): FieldError[] =>
  secret ? named('name', ...(isShared ? ['namespace'] : []))(secret, `${field}.secretRef`) : []

const storageos = (
  { volumeName, volumeNamespace, secretRef }: Source,
  field: string,
  isShared: boolean,
): FieldError[] => [
  ...(volumeName ? invalidName(`${field}.volumeName`, volumeName, 'label') : [required(`${field}.volumeName`)]),
  ...(volumeNamespace ? invalidName(`${field}.volumeNamespace`, volumeNamespace, 'label') : []),
  ...secretErrors(secretRef, field, isShared),
]

/** By their names in a Pod; a PersistentVolume asks for more of some. */
const vendors = (isShared: boolean): Readonly<Record<string, SourceRule>> => ({
  // Upstream calls it by another name than the field has.
  gcePersistentDisk: (source, field) => partitioned('pdName')(source, field.replace(/gcePersistentDisk$/, 'persistentDisk')), // prettier-ignore
  awsElasticBlockStore: partitioned('volumeID'),
  iscsi,
  glusterfs: named('endpoints', 'path'),
  flocker,
  rbd: named('monitors', 'image'),
  cinder: (source, field) => [...named('volumeID')(source, field), ...secretErrors(source.secretRef, field, isShared)],
  cephfs: named('monitors'),
  quobyte,
  fc,
  flexVolume: named('driver'),
  azureFile: (source, field) => [
    ...named('secretName', 'shareName')(source, field),
    ...(isShared && source.secretNamespace === '' ? [required(`${field}.secretNamespace`)] : []),
  ],
  vsphereVolume: named('volumePath'),
  photonPersistentDisk: named('pdID'),
  portworxVolume: named('volumeID'),
  azureDisk,
  storageos: (source, field) => storageos(source, field, isShared),
  scaleIO: named('gateway', 'system', 'volumeName'),
})

export const OF_PODS = Object.freeze(vendors(false))
export const OF_VOLUMES = Object.freeze(vendors(true))
