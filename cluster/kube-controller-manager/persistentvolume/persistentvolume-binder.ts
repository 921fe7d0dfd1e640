/**
 * The persistent volume controller: gives claims volumes, and volumes back when their claims are gone.
 *
 * What the real one does: for a claim without a volume it looks for one that will do, or asks the provisioner of its class to
 * make one; a claim whose class waits for the first consumer is left alone until the scheduler has chosen. Binding is four
 * writes, the volume's side first, so that whoever comes between finds out at the volume. A volume whose claim is gone is
 * released, and deleted if its policy says so.
 * What we model: that, one write per look, each on the version that was seen; the live look for a claim before its volume is
 * released; the real Events.
 * What we leave out: recycling, in-tree provisioners, the protection finalizers of volumes and claims, resizing.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/volume/persistentvolume/pv_controller.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  classOf,
  NO_PROVISIONER,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from '#cluster/api/storage-types.ts'
import { boundTo, chooseVolume, couldServe, isReservedFor } from '#cluster/api/volume-matching.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest, patchRequest, updateRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import { Table } from '#cluster/kernel/table.ts'

const CLAIMS = 'persistentvolumeclaims'
const VOLUMES = 'persistentvolumes'
const CLASSES = 'storageclasses'
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'

interface Memory {
  /** Volumes whose claim a live look did not find, by name, with the uid of that claim. */
  orphaned: Table<string, string>
}

/** Keys of claims are `claim/ns/name`, of volumes `volume/name`. */
export const persistentVolumeBinder: Controller<Memory> = {
  name: 'persistentvolume-binder',
  eventSource: 'persistentvolume-controller',
  watches: [
    { resource: CLAIMS, enqueue: onClaim },
    { resource: VOLUMES, enqueue: onVolume },
    { resource: CLASSES, enqueue: (_delta, caches) => pendingClaims(caches) },
  ],
  memory: () => ({ orphaned: new Table() }),
  reconcile(key, caches, memory) {
    const slash = key.indexOf('/')
    const rest = key.slice(slash + 1)
    return key.startsWith('claim/') ? syncClaim(rest, caches) : syncVolume(rest, caches, memory)
  },
  settle(_key: string, { tag }: Call, answer: Answer, _failed: boolean, memory: Memory): undefined {
    const { volume, uid } = (tag ?? {}) as { volume?: string; uid?: string }
    if (volume === undefined || uid === undefined) return undefined
    const found = answer.body as PersistentVolumeClaim | undefined
    const gone = answer.status === 404 || (answer.status === 200 && found?.metadata.uid !== uid)
    if (gone) memory.orphaned.set(volume, uid)
    return undefined
  },
}

function onClaim({ object }: Delta, _caches: Caches): string[] {
  const { volumeName } = (object as PersistentVolumeClaim).spec
  const own = `claim/${keyOf(object)}`
  return volumeName ? [own, `volume/${volumeName}`] : [own]
}

/** A free volume may be what any claim waits for. */
function onVolume({ type, object }: Delta, caches: Caches, memory: Memory): string[] {
  const volume = object as PersistentVolume
  const { claimRef } = volume.spec
  if (type === 'deleted') memory.orphaned.delete(volume.metadata.name)
  const own = `volume/${volume.metadata.name}`
  if (claimRef) return [own, `claim/${claimRef.namespace}/${claimRef.name}`]
  return volume.status?.phase === 'Available' ? [own, ...pendingClaims(caches)] : [own]
}

function pendingClaims(caches: Caches): string[] {
  const keys: string[] = []
  for (const claim of caches.all<PersistentVolumeClaim>(CLAIMS))
    if (!claim.spec.volumeName) keys.push(`claim/${keyOf(claim)}`)
  return keys
}

const one = (request: ApiRequest): Reconciled => ({ calls: [{ request, accept: ['NotFound', 'Conflict'] }] })
const event = (object: PersistentVolumeClaim, type: EventNote['type'], reason: string, message: string): EventNote => ({
  object,
  type,
  reason,
  message,
})

// ── claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function syncClaim(key: string, caches: Caches): Reconciled {
  const claim = caches.get<PersistentVolumeClaim>(CLAIMS, key)
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return {}
  const { volumeName } = claim.spec
  const isComplete = claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
  if (!volumeName)
    return isComplete
      ? lose(claim, 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
      : findVolume(claim, caches)
  const volume = caches.get<PersistentVolume>(VOLUMES, volumeName)
  if (volume === undefined)
    return isComplete
      ? lose(claim, 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
      : setPhase(CLAIMS, claim, 'Pending')
  const isFree = volume.spec.claimRef === undefined
  if (isFree || isReservedFor(volume, claim)) return bind(volume, claim)
  if (!isComplete) return setPhase(CLAIMS, claim, 'Pending')
  return lose(claim, 'Two claims are bound to the same volume, this one is bound incorrectly', 'ClaimMisbound')
}

function lose(claim: PersistentVolumeClaim, message: string, reason = 'ClaimLost'): Reconciled {
  if (claim.status?.phase === 'Lost') return {}
  return { ...setPhase(CLAIMS, claim, 'Lost'), events: [event(claim, 'Warning', reason, message)] }
}

function findVolume(claim: PersistentVolumeClaim, caches: Caches): Reconciled {
  const className = classOf(claim)
  const storageClass = className === '' ? undefined : caches.get<StorageClass>(CLASSES, className)
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const candidates: PersistentVolume[] = []
  // Of volumes for a claim that waits, only one that a person reserved for it counts here: the others are the scheduler's to choose.
  for (const volume of caches.all<PersistentVolume>(VOLUMES))
    if (couldServe(volume, claim) && (!waits || isReservedFor(volume, claim))) candidates.push(volume)
  const chosen = chooseVolume(candidates, claim)
  if (chosen !== undefined) return bind(chosen, claim)
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    const message = 'waiting for first consumer to be created before binding'
    return { events: [event(claim, 'Normal', 'WaitForFirstConsumer', message)] }
  }
  if (className !== '') return provision(claim, className, storageClass)
  const message = 'no persistent volumes available for this claim and no storage class is set'
  return { events: [event(claim, 'Normal', 'FailedBinding', message)] }
}

/** Asks the class's provisioner, which watches claims for its name. */
function provision(
  claim: PersistentVolumeClaim,
  className: string,
  storageClass: StorageClass | undefined,
): Reconciled {
  const fail = (message: string): Reconciled => ({ events: [event(claim, 'Warning', 'ProvisioningFailed', message)] })
  if (storageClass === undefined) return fail(`storageclass.storage.k8s.io "${className}" not found`)
  const { provisioner } = storageClass
  if (provisioner === NO_PROVISIONER) return fail(`no volume plugin matched name: ${NO_PROVISIONER}`)
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  const events = [event(claim, 'Normal', 'ExternalProvisioning', message)]
  if (claim.metadata.annotations?.[STORAGE_PROVISIONER] === provisioner) return { events }
  const annotations = { [BETA_PROVISIONER]: provisioner, [STORAGE_PROVISIONER]: provisioner }
  return { ...one(patchRequest(CLAIMS, claim, 'merge', { metadata: { annotations } })), events }
}

/** The next of the four writes; each comes back through the watch and asks for the next. */
function bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Reconciled {
  const named = boundTo(volume, claim)
  if (named !== volume) return one(updateRequest(named))
  if (volume.status?.phase !== 'Bound') return setPhase(VOLUMES, volume, 'Bound')
  const { annotations = {} } = claim.metadata
  if (!claim.spec.volumeName || annotations[BIND_COMPLETED] === undefined) {
    const chosen = claim.spec.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }
    const metadata = { ...claim.metadata, annotations: { ...annotations, ...chosen, [BIND_COMPLETED]: 'yes' } }
    return one(
      updateRequest({
        ...claim,
        metadata,
        spec: { ...claim.spec, volumeName: volume.metadata.name },
      } as PersistentVolumeClaim),
    )
  }
  if (claim.status?.phase === 'Bound') return {}
  const { accessModes, capacity } = volume.spec
  return one(patchRequest(CLAIMS, claim, 'merge', { status: { phase: 'Bound', accessModes, capacity } }, 'status'))
}

function setPhase(resource: string, object: PersistentVolume | PersistentVolumeClaim, phase: string): Reconciled {
  if (object.status?.phase === phase) return {}
  const { resourceVersion } = object.metadata
  return one(patchRequest(resource, object, 'merge', { metadata: { resourceVersion }, status: { phase } }, 'status'))
}

// ── volumes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function syncVolume(name: string, caches: Caches, memory: Memory): Reconciled {
  const volume = caches.get<PersistentVolume>(VOLUMES, name)
  if (volume === undefined || volume.metadata.deletionTimestamp !== undefined) return {}
  const { claimRef } = volume.spec
  if (claimRef === undefined || !claimRef.uid) return setPhase(VOLUMES, volume, 'Available')
  const claim = caches.get<PersistentVolumeClaim>(CLAIMS, `${claimRef.namespace}/${claimRef.name}`)
  if (claim?.metadata.uid !== claimRef.uid) return release(volume, claimRef.uid, memory)
  if (claim.spec.volumeName === '' || claim.spec.volumeName === undefined || claim.spec.volumeName === name) return {}
  // The claim has another volume. One made for it is of no use any more; one that we chose goes back to the others.
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined) return reclaim(volume)
  if (volume.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) return {}
  const { [BOUND_BY_CONTROLLER]: _, ...annotations } = volume.metadata.annotations
  const { claimRef: __, ...spec } = volume.spec
  return one(updateRequest({ ...volume, metadata: { ...volume.metadata, annotations }, spec } as PersistentVolume))
}

/** The claim is gone, as far as we know; the API server is asked before anything is given up. */
function release(volume: PersistentVolume, uid: string, memory: Memory): Reconciled {
  const { name } = volume.metadata
  if (memory.orphaned.get(name) === uid) return reclaim(volume)
  const { claimRef } = volume.spec
  const request = getRequest(CLAIMS, claimRef!.namespace, claimRef!.name!)
  return { calls: [{ request, tag: { volume: name, uid }, accept: ['NotFound'] }], again: true }
}

function reclaim(volume: PersistentVolume): Reconciled {
  if (volume.status?.phase !== 'Released' && volume.status?.phase !== 'Failed')
    return setPhase(VOLUMES, volume, 'Released')
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return {}
  return one(deleteRequest(VOLUMES, volume))
}
