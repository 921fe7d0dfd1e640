/**
 * Which volume will do for a claim: the smallest that is large enough, free, of the same class and mode, and not asked for by
 * another; unless one was reserved for this very claim.
 *
 * The scheduler asks for one node (`fits`), the volume controller for none.
 * Where to read upstream: k8s.io/component-helpers `storage/volume/pv_helpers.go` (FindMatchingVolume, GetBindVolumeToClaim).
 */
import { matchesSelector } from './labels.ts'
import { milli } from './quantity.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './storage-types.ts'
import { BOUND_BY_CONTROLLER, classOf } from './storage-types.ts'

export const sizeAsked = ({ spec }: PersistentVolumeClaim): number => milli(spec.resources?.requests?.['storage'])
export const sizeOf = ({ spec }: PersistentVolume): number => milli(spec.capacity?.['storage'])

/** Whether the volume names this claim: by its uid if it has one, else by its name. */
export function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec
  if (claimRef === undefined || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace)
    return false
  return !claimRef.uid || claimRef.uid === metadata.uid
}

/** Whether the volume will do for the claim wherever it is used. */
export function couldServe(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec, metadata, status } = volume
  const { selector, accessModes = [], volumeMode = 'Filesystem' } = claim.spec
  if (metadata.deletionTimestamp !== undefined || (spec.volumeMode ?? 'Filesystem') !== volumeMode) return false
  if (sizeOf(volume) < sizeAsked(claim)) return false
  if (isReservedFor(volume, claim)) return true
  if (status?.phase !== 'Available' || spec.claimRef !== undefined || classOf(volume) !== classOf(claim)) return false
  if (selector !== undefined && !matchesSelector(selector, metadata.labels)) return false
  return accessModes.every((mode) => spec.accessModes?.includes(mode))
}

/** Of those that will do (`couldServe`), the one to take; `isTaken` for another claim of the same Pod. */
export function chooseVolume(
  candidates: Iterable<PersistentVolume>,
  claim: PersistentVolumeClaim,
  isTaken: (volume: PersistentVolume) => boolean = () => false,
  fits: (volume: PersistentVolume) => boolean = () => true,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of candidates) {
    if (isTaken(volume)) continue
    if (isReservedFor(volume, claim)) return fits(volume) ? volume : undefined
    if ((best === undefined || sizeOf(volume) < sizeOf(best)) && fits(volume)) best = volume
  }
  return best
}

/** The volume as it is once it names the claim. */
export function boundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec
  if (claimRef?.uid !== undefined && isReservedFor(volume, claim)) return volume
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const reference = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  }
  // Where a person had reserved it, it was not the controller who chose.
  const annotations = claimRef
    ? volume.metadata.annotations
    : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
  return {
    ...volume,
    metadata: { ...volume.metadata, ...(annotations && { annotations }) },
    spec: { ...volume.spec, claimRef: reference },
  }
}
