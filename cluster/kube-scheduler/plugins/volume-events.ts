/**
 * Which changes may give a Pod the volumes that it waits for.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/volumebinding/volume_binding.go`
 * (EventsToRegister and the hints).
 */
import { isEqual, keyOf } from '#cluster/api/meta.ts'
import type { CSIDriver, CSIStorageCapacity, StorageClass } from '#cluster/api/storage-types.ts'
import type { Pod } from '#cluster/api/types.ts'
import { claimsOf } from '../cache.ts'
import type { EventToRegister } from '../framework.ts'
import { roomOf } from './volume-provisioning.ts'

const MIGRATED = 'storage.alpha.kubernetes.io/migrated-plugins'

export const volumeEvents: readonly EventToRegister[] = [
  { event: 'storageclasses/Add' },
  {
    event: 'storageclasses/Update',
    hint: (_pod, { object, oldObject }) =>
      !isEqual((object as StorageClass).allowedTopologies, (oldObject as StorageClass).allowedTopologies),
  },
  { event: 'persistentvolumeclaims/Add', hint: (pod, { object }) => claimsOf(pod).includes(keyOf(object!)) },
  { event: 'persistentvolumeclaims/Update', hint: (pod, { object }) => claimsOf(pod).includes(keyOf(object!)) },
  { event: 'persistentvolumes/Add' },
  { event: 'persistentvolumes/Update' },
  { event: 'Node/Add' },
  { event: 'Node/UpdateLabel' },
  { event: 'csinodes/Add' },
  {
    event: 'csinodes/Update',
    hint: (_pod, { object, oldObject }) =>
      object!.metadata.annotations?.[MIGRATED] !== oldObject!.metadata.annotations?.[MIGRATED],
  },
  {
    event: 'csidrivers/Update',
    hint: (pod, { object, oldObject }) => stopsCounting(pod, oldObject as CSIDriver, object as CSIDriver),
  },
  { event: 'csistoragecapacities/Add' },
  {
    event: 'csistoragecapacities/Update',
    hint: (_pod, { object, oldObject }) =>
      (roomOf(object as CSIStorageCapacity) ?? -1) > (roomOf(oldObject as CSIStorageCapacity) ?? -1),
  },
]

/** Its driver does not say any more how much room there is, so nothing is too full. */
const stopsCounting = (pod: Pod, before: CSIDriver, after: CSIDriver): boolean =>
  before.spec.storageCapacity === true &&
  after.spec.storageCapacity !== true &&
  (pod.spec.volumes ?? []).some(({ csi }) => csi?.driver === after.metadata.name)
