/**
 * Whether a volume could be made for a claim so that a node can use it: the class has a provisioner, its allowed topologies
 * cover the node, and, where the driver reports how much room there is, some storage that the node can reach has enough.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/volumebinding/binder.go`
 * (checkVolumeProvisions, hasEnoughCapacity).
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import { milli } from '#cluster/api/quantity.ts'
import type {
  CSIDriver,
  CSIStorageCapacity,
  PersistentVolumeClaim,
  StorageClass,
  TopologySelectorTerm,
} from '#cluster/api/storage-types.ts'
import { classOf, NO_PROVISIONER } from '#cluster/api/storage-types.ts'
import type { Node } from '#cluster/api/types.ts'
import { sizeAsked } from '#cluster/api/volume-matching.ts'
import type { Objects } from '../framework.ts'

export function provisioningOn(claim: PersistentVolumeClaim, node: Node, objects: Objects): 'yes' | 'no' | 'full' {
  const storageClass = objects.get<StorageClass>('storageclasses', classOf(claim))
  if (!storageClass || storageClass.provisioner === '' || storageClass.provisioner === NO_PROVISIONER) return 'no'
  if (!matchesTopology(storageClass.allowedTopologies, node)) return 'no'
  return hasRoom(storageClass, claim, node, objects) ? 'yes' : 'full'
}

/** Terms are alternatives; without any, everywhere will do. */
function matchesTopology(terms: readonly TopologySelectorTerm[] | undefined, { metadata }: Node): boolean {
  if (terms === undefined || terms.length === 0) return true
  const labels = metadata.labels ?? {}
  return terms.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => Object.hasOwn(labels, key) && values.includes(labels[key]!)),
  )
}

function hasRoom(
  { metadata, provisioner }: StorageClass,
  claim: PersistentVolumeClaim,
  node: Node,
  objects: Objects,
): boolean {
  const size = sizeAsked(claim)
  if (size === 0 || objects.get<CSIDriver>('csidrivers', provisioner)?.spec.storageCapacity !== true) return true
  for (const each of objects.all<CSIStorageCapacity>('csistoragecapacities')) {
    if (each.storageClassName !== metadata.name || (roomOf(each) ?? -1) < size) continue
    if (each.nodeTopology !== undefined && matchesSelector(each.nodeTopology, node.metadata.labels)) return true
  }
  return false
}

/** The largest volume that it has room for. */
export const roomOf = ({ capacity, maximumVolumeSize }: CSIStorageCapacity): number | undefined =>
  (maximumVolumeSize ?? capacity) === undefined ? undefined : milli(maximumVolumeSize ?? capacity)
