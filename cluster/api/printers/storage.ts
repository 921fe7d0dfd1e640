/** Volumes, claims and classes. */
import type { Printer } from './printer.ts'
import { age, printer, UNSET } from './printer.ts'

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

const accessModes = (modes: readonly string[] | undefined): string => {
  const short = [...new Set(modes)].map((mode) => MODES[mode] ?? mode)
  // In the order in which they are always named.
  return Object.values(MODES)
    .filter((mode) => short.includes(mode))
    .join(',')
}

const TERMINATING = 'Terminating'
const phaseOf = ({ metadata, status }: any): string =>
  metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : TERMINATING

const persistentvolumes = printer(
  ['Name', 'Capacity', 'Access Modes', 'Reclaim Policy', 'Status', 'Claim', 'StorageClass', 'VolumeAttributesClass', 'Reason', 'Age', 'VolumeMode+'], // prettier-ignore
  (volume, now) => {
    const { metadata, spec = {}, status } = volume
    const claim = spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''
    const held = [spec.capacity?.storage ?? '', accessModes(spec.accessModes), spec.persistentVolumeReclaimPolicy ?? '']
    const classes = [spec.storageClassName ?? '', spec.volumeAttributesClassName ?? UNSET]
    const rest = [status?.reason ?? '', age(volume, now), spec.volumeMode ?? UNSET]
    return [metadata.name, ...held, phaseOf(volume), claim, ...classes, ...rest]
  },
)

const persistentvolumeclaims = printer(
  ['Name', 'Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age', 'VolumeMode+'], // prettier-ignore
  (claim, now) => {
    const { metadata, spec = {}, status } = claim
    // What it has is known once it is bound.
    const held = spec.volumeName ? [status?.capacity?.storage ?? '0', accessModes(status?.accessModes)] : ['', '']
    const classes = [spec.storageClassName ?? '', spec.volumeAttributesClassName ?? UNSET]
    return [metadata.name, phaseOf(claim), spec.volumeName ?? '', ...held, ...classes, age(claim, now), spec.volumeMode ?? UNSET] // prettier-ignore
  },
)

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'

const storageclasses = printer(
  ['Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'],
  (object, now) => [
    object.metadata.annotations?.[DEFAULT_CLASS] === 'true'
      ? `${object.metadata.name} (default)`
      : object.metadata.name,
    object.provisioner ?? '',
    object.reclaimPolicy ?? 'Delete',
    object.volumeBindingMode ?? 'Immediate',
    object.allowVolumeExpansion ?? false,
    age(object, now),
  ],
)

const volumeattributesclasses = printer(['Name', 'DriverName', 'Age'], (object, now) => [
  object.metadata.name,
  object.driverName ?? '',
  age(object, now),
])

const volumeattachments = printer(
  ['Name', 'Attacher:named', 'PV', 'Node', 'Attached:boolean', 'Age'],
  (object, now) => [
    object.metadata.name,
    object.spec?.attacher ?? '',
    object.spec?.source?.persistentVolumeName ?? '',
    object.spec?.nodeName ?? '',
    object.status?.attached ?? false,
    age(object, now),
  ],
)

const csinodes = printer(['Name', 'Drivers:integer', 'Age'], (object, now) => [
  object.metadata.name,
  object.spec?.drivers?.length ?? 0,
  age(object, now),
])

const csidrivers = printer(
  ['Name', 'AttachRequired:boolean', 'PodInfoOnMount:boolean', 'StorageCapacity:boolean', 'TokenRequests', 'RequiresRepublish:boolean', 'Modes', 'Age'], // prettier-ignore
  (object, now) => {
    const { attachRequired, podInfoOnMount, storageCapacity, tokenRequests, requiresRepublish, volumeLifecycleModes } = object.spec ?? {} // prettier-ignore
    const audiences = (tokenRequests ?? []).map(({ audience }: { audience: string }) => audience)
    return [
      object.metadata.name,
      attachRequired ?? true,
      podInfoOnMount ?? false,
      storageCapacity ?? false,
      audiences.length > 0 ? audiences.join(',') : UNSET,
      requiresRepublish ?? false,
      (volumeLifecycleModes ?? []).join(',') || '<none>',
      age(object, now),
    ]
  },
)

const csistoragecapacities = printer(['Name', 'StorageClassName', 'Capacity', 'Age'], (object, now) => [
  object.metadata.name,
  object.storageClassName ?? '',
  object.capacity ?? '',
  age(object, now),
])

export const STORAGE: Readonly<Record<string, Printer>> = {
  persistentvolumes,
  persistentvolumeclaims,
  storageclasses,
  volumeattributesclasses,
  volumeattachments,
  csinodes,
  csidrivers,
  csistoragecapacities,
}
