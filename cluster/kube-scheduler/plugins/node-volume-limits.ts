/**
 * NodeVolumeLimits: a node can have only so many volumes of one CSI driver attached; its CSINode says how many. One volume
 * that several Pods of a node use counts once.
 *
 * What we leave out: VolumeAttachments of volumes that no Pod of the node uses any more.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/nodevolumelimits/csi.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { CSINode, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import { claimNameOf, classOf, isClaimOf, isFullyBound, NO_PROVISIONER } from '#cluster/api/storage-types.ts'
import type { Pod } from '#cluster/api/types.ts'
import { claimsOf } from '../cache.ts'
import type { Objects, Plugin, Status } from '../framework.ts'
import { SKIP, unresolvable, unschedulable } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { podsOf } from '../pod-list.ts'

const NAME = 'NodeVolumeLimits'
const FULL = unschedulable('node(s) exceed max volume count')

/** The drivers that have taken over from what was once in Kubernetes' own tree. */
const EBS = 'ebs.csi.aws.com'
const GCE = 'pd.csi.storage.gke.io'

/** A volume, and its driver. */
interface Attached {
  readonly id: string
  readonly driver: string
  /** Its claim has it for good. */
  readonly isBound: boolean
}

interface State {
  readonly wanted: readonly Attached[]
  readonly objects: Objects
}

export const nodeVolumeLimits: Plugin = {
  name: NAME,
  preFilter(state, pod, { objects }) {
    if (claimsOf(pod).length === 0) return SKIP
    const wanted = volumesOf(pod, objects)
    if ('code' in wanted) return wanted
    state[NAME] = { wanted, objects } satisfies State
    return undefined
  },
  filter(state, _pod, info) {
    const { wanted, objects } = state[NAME] as State
    if (wanted.length === 0) return undefined
    const limits = limitsOf(objects.get<CSINode>('csinodes', info.name))
    if (limits.size === 0) return undefined
    const { ids, counts } = attachedOn(info, objects)
    const more = new Map<string, Set<string>>()
    for (const { id, driver } of wanted) {
      const limit = limits.get(driver)
      if (limit === undefined || ids.has(id)) continue
      const added = (more.get(driver) ?? new Set()).add(id)
      if ((counts.get(driver) ?? 0) + added.size > limit) return FULL
      more.set(driver, added)
    }
    return undefined
  },
  eventsToRegister: [
    { event: 'csinodes/Add' },
    {
      event: 'csinodes/Update',
      hint: (_pod, { object, oldObject }) => mayHoldMore(oldObject as CSINode, object as CSINode),
    },
    { event: 'AssignedPod/Delete', hint: (_pod, event) => claimsOf(event.pod!).length > 0 },
    { event: 'persistentvolumeclaims/Add', hint: (pod, { object }) => claimsOf(pod).includes(keyOf(object!)) },
    { event: 'persistentvolumes/Add' },
    { event: 'storageclasses/Add' },
  ],
}

const limits = new WeakMap<CSINode, ReadonlyMap<string, number>>()
const NO_LIMITS: ReadonlyMap<string, number> = new Map()

function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  if (csiNode === undefined) return NO_LIMITS
  let known = limits.get(csiNode)
  if (known) return known
  const drivers = (csiNode.spec.drivers ?? []).filter(({ allocatable }) => allocatable?.count !== undefined)
  limits.set(csiNode, (known = new Map(drivers.map(({ name, allocatable }) => [name, allocatable!.count!]))))
  return known
}

interface Here {
  readonly ids: ReadonlySet<string>
  readonly counts: ReadonlyMap<string, number>
}

const onNodes = new WeakMap<NodeInfo, Here>()

/** What the node's Pods have attached. Remembered once all their claims are bound: then it stays as long as they do. */
function attachedOn(info: NodeInfo, objects: Objects): Here {
  const known = onNodes.get(info)
  if (known) return known
  const ids = new Set<string>()
  const counts = new Map<string, number>()
  let isSettled = true
  for (const pod of podsOf(info.pods)) {
    if (claimsOf(pod).length === 0) continue
    const held = volumesOf(pod, objects)
    // What cannot be looked up is not attached.
    if ('code' in held) isSettled = false
    else
      for (const { id, driver, isBound } of held) {
        if (!isBound) isSettled = false
        if (ids.has(id)) continue
        ids.add(id)
        counts.set(driver, (counts.get(driver) ?? 0) + 1)
      }
  }
  const here = { ids, counts }
  if (isSettled) onNodes.set(info, here)
  return here
}

/** CSI volumes behind a Pod's claims; those of other kinds have no limit here. */
function volumesOf(pod: Pod, objects: Objects): readonly Attached[] | Status {
  const list: Attached[] = []
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume)
    if (name === undefined) continue
    const key = `${pod.metadata.namespace ?? 'default'}/${name}`
    const claim = objects.get<PersistentVolumeClaim>('persistentvolumeclaims', key)
    if (!claim) return unresolvable(`persistentvolumeclaim "${name}" not found`)
    if (volume.ephemeral && !isClaimOf(pod, claim))
      return unresolvable(`PVC ${key} was not created for pod ${keyOf(pod)} (pod is not owner)`)
    const attached = attachedBy(claim, key, objects)
    if (attached) list.push(attached)
  }
  return list
}

/** One that is not bound yet will be a volume of its class's provisioner, and counts as one already. */
function attachedBy(claim: PersistentVolumeClaim, key: string, objects: Objects): Attached | undefined {
  const volume = claim.spec.volumeName && objects.get<PersistentVolume>('persistentvolumes', claim.spec.volumeName)
  if (volume) {
    const isBound = isFullyBound(claim)
    const { csi, awsElasticBlockStore: ebs, gcePersistentDisk: disk } = volume.spec
    if (csi) return { id: `${csi.driver}/${csi.volumeHandle}`, driver: csi.driver, isBound }
    if (ebs) return { id: `${EBS}/${ebs.volumeID}`, driver: EBS, isBound }
    return disk && { id: `${GCE}/${disk.pdName}`, driver: GCE, isBound }
  }
  const provisioner = objects.get<StorageClass>('storageclasses', classOf(claim))?.provisioner
  return provisioner === undefined || provisioner === NO_PROVISIONER
    ? undefined
    : { id: `${provisioner}/${key}`, driver: provisioner, isBound: false }
}

function mayHoldMore(before: CSINode | undefined, after: CSINode): boolean {
  const [old, now] = [limitsOf(before), limitsOf(after)]
  for (const [driver, limit] of now) if (limit > (old.get(driver) ?? -1)) return true
  // A driver that has no limit any more.
  return [...old.keys()].some((driver) => !now.has(driver))
}
