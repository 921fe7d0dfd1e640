/**
 * Rules for the places that a volume's data may come from outside of the cluster: of vendors, of clouds, of protocols. A Pod's
 * volume and a PersistentVolume name the same ones; what differs is that the latter says in which namespace its secret is.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (validate…VolumeSource).
 */
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required, tooLongValue } from '../status.ts'
import { invalidName, nameProblems } from './names.ts'

type Fields = Readonly<Record<string, any>>
/** @param name the volume's own */
export type SourceRule = (source: any, field: string, name: string) => FieldError[]

/** Where of several sources it is told that there are too many. */
const TOLD_AS: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** What is wrong with the first source; that there are others. @param rules in upstream's order @param lax may be there beside others */
export function validateSource(
  rules: Readonly<Record<string, SourceRule>>,
  volume: Fields,
  field: string,
  name: string,
  lax?: string,
): FieldError[] {
  const given = Object.keys(rules).filter((kind) => volume[kind] !== undefined)
  if (given.length === 0) return [required(field, 'must specify a volume type')]
  return given.flatMap((kind, index) => {
    const at = `${field}.${kind === 'gcePersistentDisk' ? 'persistentDisk' : kind}`
    if (index === 0 || kind === lax) return rules[kind]!(volume[kind], at, name)
    return [forbiddenValue(`${field}.${TOLD_AS[kind] ?? kind}`, 'may not specify more than 1 volume type')]
  })
}

const needed =
  (...names: readonly string[]): SourceRule =>
  (source, field) =>
    names.flatMap((name) => (source[name]?.length > 0 ? [] : [required(`${field}.${name}`)]))

const all =
  (...rules: readonly SourceRule[]): SourceRule =>
  (source, field, name) =>
    rules.flatMap((rule) => rule(source, field, name))

/** A secret that is named by these. */
const secretNamed = (...parts: readonly string[]): SourceRule => {
  const rule = needed(...parts)
  return ({ secretRef }, field, name) => (secretRef === undefined ? [] : rule(secretRef, `${field}.secretRef`, name))
}

const partition: SourceRule = ({ partition: part = 0 }, field) =>
  part >= 0 && part <= 255 ? [] : [invalidValue(`${field}.partition`, part, 'must be between 1 and 255, inclusive')]

const lunProblem = (lun: number, field: string): FieldError[] =>
  lun >= 0 && lun <= 255 ? [] : [invalidValue(`${field}.lun`, lun, 'must be between 0 and 255, inclusive')]

const OF_ISCSI: readonly (readonly [start: string, form: RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
]

function iscsiNameProblem(name: string, field: string, detail: string): FieldError[] {
  const known = OF_ISCSI.find(([start]) => name.startsWith(start))
  if (known === undefined) return [invalidValue(field, name, detail)]
  return known[1].test(name) ? [] : [invalidValue(field, name, 'must be valid format')]
}

const TOO_LONG = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.' // prettier-ignore

const iscsi =
  (isPersistent: boolean): SourceRule =>
  (source, field, name) => {
    const { iqn = '', lun = 0, initiatorName, secretRef, targetPortal = '' } = source
    const detail = `must be valid format${isPersistent ? '' : ' starting with iqn, eui, or naa'}`
    const isLong = initiatorName !== undefined && `${name}:${targetPortal}`.length > 64
    const around = field.slice(0, field.lastIndexOf('.'))
    const asks = (source.chapAuthDiscovery || source.chapAuthSession) && secretRef === undefined
    return [
      ...(targetPortal === '' ? [required(`${field}.targetPortal`)] : []),
      ...(isLong && isPersistent ? [invalidValue(`${field}.targetportal`, targetPortal, TOO_LONG)] : []),
      ...(iqn === '' ? [required(`${field}.iqn`)] : iscsiNameProblem(iqn, `${field}.iqn`, detail)),
      ...lunProblem(lun, field),
      ...(asks ? [required(`${field}.secretRef`)] : []),
      ...(isPersistent ? secretNamed('name')(source, field, name) : []),
      ...(initiatorName === undefined ? [] : iscsiNameProblem(initiatorName, `${field}.initiatorname`, detail)),
      ...(isLong && !isPersistent ? [invalidValue(`${around}.name`, name, TOO_LONG)] : []),
    ]
  }

const fc: SourceRule = ({ targetWWNs = [], wwids = [], lun }, field) => [
  ...(targetWWNs.length + wwids.length > 0 ? [] : [required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')]), // prettier-ignore
  ...(targetWWNs.length > 0 && wwids.length > 0 ? [invalidValue(`${field}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')] : []), // prettier-ignore
  ...(targetWWNs.length === 0 ? [] : lun === undefined ? [required(`${field}.lun`, 'lun is required if targetWWNs is specified')] : lunProblem(lun, field)), // prettier-ignore
]

const glusterNamespace: SourceRule = ({ endpointsNamespace: namespace }, field) => {
  const at = `${field}.endpointsNamespace`
  if (namespace === undefined) return []
  if (namespace !== '') return invalidName(at, namespace, 'label')
  return [invalidValue(at, namespace, 'if the endpointnamespace is set, it must be a valid namespace name')]
}

const flocker: SourceRule = ({ datasetName = '', datasetUUID = '' }, field) => [
  ...(datasetName === '' && datasetUUID === '' ? [required(field, 'one of datasetName and datasetUUID is required')] : []), // prettier-ignore
  ...(datasetName !== '' && datasetUUID !== '' ? [invalidValue(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')] : []), // prettier-ignore
  ...(datasetName.includes('/') ? [invalidValue(`${field}.datasetName`, datasetName, "must not contain '/'")] : []),
]

const HOST_AND_PORT = /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/
const PAIRS = 'must be a host:port pair or multiple pairs separated by commas'

function quobyte({ registry = '', tenant = '', volume = '' }: Fields, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (registry === '') errors.push(required(`${field}.registry`, PAIRS))
  else if (tenant.length >= 65)
    errors.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters')) // prettier-ignore
  else {
    const wrong = registry.split(',').filter((pair: string) => !HOST_AND_PORT.test(pair))
    errors.push(...wrong.map(() => invalidValue(`${field}.registry`, registry, PAIRS)))
  }
  return volume === '' ? [...errors, required(`${field}.volume`)] : errors
}

const RESERVED = /\.(?:kubernetes|k8s)\.io$/

/** Options are the driver's own, under names that are not Kubernetes'. */
const flexOptions: SourceRule = ({ options = {} }, field) =>
  Object.keys(options)
    .filter((key) => RESERVED.test(`.${key.split('/')[0]!.toLowerCase()}`))
    .map((key) => invalidValue(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'))

const MANAGED = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function azureDisk(source: Fields, field: string): FieldError[] {
  // A disk without a kind is a shared one: that is its default.
  const { cachingMode = 'ReadWrite', diskURI = '', kind = 'Shared' } = source
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', MANAGED] : ['https://', BLOB]
  const [modes, kinds] = [['None', 'ReadOnly', 'ReadWrite'], ['Dedicated', 'Managed', 'Shared']] // prettier-ignore
  return [
    ...needed('diskName', 'diskURI')(source, field, ''),
    ...(modes.includes(cachingMode) ? [] : [notSupported(`${field}.cachingMode`, cachingMode, modes)]),
    ...(kinds.includes(kind) ? [] : [notSupported(`${field}.kind`, kind, kinds)]),
    ...(diskURI.startsWith(start) ? [] : [notSupported(`${field}.diskURI`, diskURI, [form])]),
  ]
}

const storageos: SourceRule = ({ volumeName = '', volumeNamespace = '' }, field) => [
  ...(volumeName === '' ? [required(`${field}.volumeName`)] : invalidName(`${field}.volumeName`, volumeName, 'label')),
  ...(volumeNamespace === '' ? [] : invalidName(`${field}.volumeNamespace`, volumeNamespace, 'label')),
]

export const validateNfs: SourceRule = (source, field) => [
  ...needed('server', 'path')(source, field, ''),
  ...(source.path?.startsWith('/') ? [] : [invalidValue(`${field}.path`, source.path ?? '', 'must be an absolute path')]), // prettier-ignore
]

/** Those that are the same in a Pod and in a PersistentVolume. */
export const SHARED = {
  gcePersistentDisk: all(needed('pdName'), partition),
  awsElasticBlockStore: all(needed('volumeID'), partition),
  nfs: validateNfs,
  flocker,
  rbd: needed('monitors', 'image'),
  cephfs: needed('monitors'),
  quobyte,
  fc,
  flexVolume: all(needed('driver'), flexOptions),
  vsphereVolume: needed('volumePath'),
  photonPersistentDisk: needed('pdID'),
  portworxVolume: needed('volumeID'),
  azureDisk,
  scaleIO: needed('gateway', 'system', 'volumeName'),
} as const satisfies Readonly<Record<string, SourceRule>>

/** Those of a Pod's volume, whose secrets are the Pod's namespace's. */
export const IN_PODS = {
  iscsi: iscsi(false),
  glusterfs: needed('endpoints', 'path'),
  cinder: all(needed('volumeID'), secretNamed('name')),
  azureFile: needed('secretName', 'shareName'),
  storageos: all(storageos, secretNamed('name')),
} as const satisfies Readonly<Record<string, SourceRule>>

const azureNamespace: SourceRule = ({ secretNamespace }, field) =>
  secretNamespace === '' ? [required(`${field}.secretNamespace`)] : []

/** Those of a PersistentVolume. */
export const IN_PERSISTENT_VOLUMES = {
  iscsi: iscsi(true),
  glusterfs: all(needed('endpoints', 'path'), glusterNamespace),
  cinder: all(needed('volumeID'), secretNamed('name', 'namespace')),
  azureFile: all(needed('secretName', 'shareName'), azureNamespace),
  storageos: all(storageos, secretNamed('name', 'namespace')),
} as const satisfies Readonly<Record<string, SourceRule>>

// ── CSI ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function validateCsiDriverName(name: string, field: string): FieldError[] {
  return [
    ...(name === '' ? [required(field)] : []),
    ...(name.length > 63 ? [tooLongValue(field, 63)] : []),
    ...nameProblems(name.toLowerCase(), 'subdomain').map((problem) => invalidValue(field, name, problem)),
  ]
}

export function csiInPod({ driver = '', nodePublishSecretRef: secret }: Fields, field: string): FieldError[] {
  const errors = validateCsiDriverName(driver, `${field}.driver`)
  if (!secret) return errors
  const named = secret.name ? invalidName(`${field}.name`, secret.name, 'subdomain') : [required(`${field}.nodePublishSecretRef.name`)] // prettier-ignore
  return [...errors, ...named]
}

const SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] // prettier-ignore

function secretErrors({ name = '', namespace = '' }: Fields, field: string): FieldError[] {
  return [
    ...(name === '' ? [required(`${field}.name`)] : invalidName(`${field}.name`, name, 'subdomain')),
    ...(namespace === '' ? [required(`${field}.namespace`)] : invalidName(`${field}.namespace`, namespace, 'label')),
  ]
}

export const csiInPersistentVolume: SourceRule = (source, field) => [
  ...validateCsiDriverName(source.driver ?? '', `${field}.driver`),
  ...needed('volumeHandle')(source, field, ''),
  ...SECRETS.flatMap((name) => (source[name] ? secretErrors(source[name], `${field}.${name}`) : [])),
]
