/**
 * The provisioners of all storage classes: they make the volumes that claims ask for.
 *
 * What the real one does: each CSI driver brings an external-provisioner, which watches for claims that bear its name, has the
 * driver make a volume, near to the node that the scheduler selected, and writes a PersistentVolume for it.
 * What we model: one that stands in for those of every driver; the volume can be used where the selected node's labels say so,
 * for the keys that the driver's CSINode names (its zone, where nothing says which).
 * What we leave out: the driver itself: making a volume always succeeds, after a second; capacity is not used up. Volumes are
 * deleted by the volume controller.
 * Where to read upstream: kubernetes-csi/external-provisioner `pkg/controller/{controller,topology}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { CSINode, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import { classOf, NO_PROVISIONER, SELECTED_NODE, STORAGE_PROVISIONER } from '#cluster/api/storage-types.ts'
import type { Node, NodeSelectorRequirement } from '#cluster/api/types.ts'
import { createRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Enqueue, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

const CLAIMS = 'persistentvolumeclaims'
const ZONE = 'topology.kubernetes.io/zone'
const MAKING_MICROS = 1_000_000

interface Memory {
  /** When the making of a claim's volume began, by uid. */
  began: Table<string, Micros>
}

export const externalProvisioner: Controller<Memory> = {
  name: 'external-provisioner',
  eventSource: 'external-provisioner',
  watches: [
    { resource: CLAIMS, enqueue: ({ object }): Enqueue[] => [keyOf(object)] },
    { resource: 'storageclasses', enqueue: () => [] },
    { resource: 'nodes', enqueue: () => [] },
    { resource: 'csinodes', enqueue: () => [] },
  ],
  memory: () => ({ began: new Table() }),
  reconcile,
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const claim = caches.get<PersistentVolumeClaim>(CLAIMS, key)
  const storageClass = claim && caches.get<StorageClass>('storageclasses', classOf(claim))
  if (claim === undefined || storageClass === undefined || !isAskedFor(claim, storageClass)) return {}
  const uid = claim.metadata.uid!
  const tell = (reason: string, message: string): EventNote => ({ object: claim, type: 'Normal', reason, message })
  const began = memory.began.get(uid)
  if (began === undefined || ctx.now < began + MAKING_MICROS) {
    if (began !== undefined) return { requeueAfterMicros: began + MAKING_MICROS - ctx.now }
    memory.began.set(uid, ctx.now)
    const events = [tell('Provisioning', `External provisioner is provisioning volume for claim "${key}"`)]
    return { events, requeueAfterMicros: MAKING_MICROS }
  }
  memory.began.delete(uid)
  const volume = volumeFor(claim, storageClass, caches)
  ctx.note('provisioned', { claim: key, volume: volume.metadata.name })
  const events = [tell('ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`)]
  return { calls: [{ request: createRequest(volume), accept: ['AlreadyExists'] }], events }
}

function isAskedFor(
  { metadata, spec }: PersistentVolumeClaim,
  { provisioner, volumeBindingMode }: StorageClass,
): boolean {
  if (spec.volumeName || metadata.deletionTimestamp !== undefined || provisioner === NO_PROVISIONER) return false
  if (metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner) return false
  return volumeBindingMode !== 'WaitForFirstConsumer' || metadata.annotations[SELECTED_NODE] !== undefined
}

function volumeFor(claim: PersistentVolumeClaim, storageClass: StorageClass, caches: Caches): PersistentVolume {
  const { metadata, spec } = claim
  const { provisioner, reclaimPolicy = 'Delete' } = storageClass
  const terms = placesOf(claim, storageClass, caches)
  const reference = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    name: metadata.name,
    namespace: metadata.namespace!,
    uid: metadata.uid!,
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pvc-${metadata.uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: { storage: spec.resources!.requests!['storage']! },
      accessModes: spec.accessModes!,
      volumeMode: spec.volumeMode ?? 'Filesystem',
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: reclaimPolicy,
      claimRef: reference,
      csi: { driver: provisioner, volumeHandle: `vol-${metadata.uid}` },
      ...(terms.length > 0 && {
        nodeAffinity: { required: { nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })) } },
      }),
    },
  }
}

/** Where the volume can be used, as terms of a node selector; none is everywhere. */
function placesOf(
  { metadata }: PersistentVolumeClaim,
  { provisioner, allowedTopologies = [] }: StorageClass,
  caches: Caches,
): (readonly NodeSelectorRequirement[])[] {
  const name = metadata.annotations?.[SELECTED_NODE]
  const node = name === undefined ? undefined : caches.get<Node>('nodes', name)
  if (node === undefined)
    return allowedTopologies.map(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In' as const, values })),
    )
  const driver = caches.get<CSINode>('csinodes', name!)?.spec.drivers?.find((each) => each.name === provisioner)
  const keys = driver?.topologyKeys ?? [ZONE]
  const { labels = {} } = node.metadata
  const place = keys.flatMap((key) =>
    Object.hasOwn(labels, key) ? [{ key, operator: 'In' as const, values: [labels[key]!] }] : [],
  )
  return place.length > 0 ? [place] : []
}
