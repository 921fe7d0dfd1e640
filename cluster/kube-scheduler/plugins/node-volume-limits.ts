/**
 * NodeVolumeLimits: a node can have only so many volumes of one CSI driver attached; its CSINode says how many. One volume
 * that several Pods of a node use counts once.
 *
 * What we leave out: VolumeAttachments of volumes that no Pod of the node uses any more.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/nodevolumelimits/csi.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { CSINode, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import { claimNameOf, classOf, isClaimOf, NO_PROVISIONER } from '#cluster/api/storage-types.ts'
import type { Pod } from '#cluster/api/types.ts'
import { claimsOf } from '../cache.ts'
import type { Objects, Plugin, Status } from '../framework.ts'
import { SKIP, unresolvable, unschedulable } from '../framework.ts'

const NAME = 'NodeVolumeLimits'
const FULL = unschedulable('node(s) exceed max volume count')

/** The drivers that have taken over from what was once in Kubernetes' own tree. */
const EBS = 'ebs.csi.aws.com'
const GCE = 'pd.csi.storage.gke.io'

/** A volume, and its driver. */
interface Attached {
  readonly id: string
  readonly driver: string
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
  filter(state, _pod, { name, pods }) {
    const { wanted, objects } = state[NAME] as State
    if (wanted.length === 0) return undefined
    const limits = limitsOf(objects.get<CSINode>('csinodes', name))
    if (limits.size === 0) return undefined
    const here = new Map<string, string>()
    for (const other of pods) {
      if (claimsOf(other).length === 0) continue
      const held = volumesOf(other, objects)
      // What cannot be looked up is not attached.
      if (!('code' in held)) for (const { id, driver } of held) here.set(id, driver)
    }
    const counts = new Map<string, number>()
    for (const driver of here.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1)
    for (const { id, driver } of wanted) {
      const limit = limits.get(driver)
      if (limit === undefined || here.has(id)) continue
      const count = (counts.get(driver) ?? 0) + 1
      if (count > limit) return FULL
      counts.set(driver, count)
      here.set(id, driver)
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

function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>()
  for (const { name, allocatable } of csiNode?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count)
  return limits
}

interface Known {
  /** What was looked up: as long as these are the objects, the answer is the same. */
  readonly seen: readonly (readonly [resource: string, key: string, object: unknown])[]
  readonly answer: readonly Attached[] | Status
}

const known = new WeakMap<Pod, Known>()

/** CSI volumes behind a Pod's claims; those of other kinds have no limit here. */
function volumesOf(pod: Pod, objects: Objects): readonly Attached[] | Status {
  const before = known.get(pod)
  if (before?.seen.every(([resource, key, object]) => objects.get(resource, key) === object)) return before.answer
  const seen: Known['seen'][number][] = []
  const look: Look = (resource, key) => {
    const object = objects.get<any>(resource, key)
    seen.push([resource, key, object])
    return object
  }
  const answer = lookUp(pod, look)
  known.set(pod, { seen, answer })
  return answer
}

type Look = <T>(resource: string, key: string) => T | undefined

function lookUp(pod: Pod, look: Look): readonly Attached[] | Status {
  const list: Attached[] = []
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume)
    if (name === undefined) continue
    const key = `${pod.metadata.namespace ?? 'default'}/${name}`
    const claim = look<PersistentVolumeClaim>('persistentvolumeclaims', key)
    if (!claim) return unresolvable(`persistentvolumeclaim "${name}" not found`)
    if (volume.ephemeral && !isClaimOf(pod, claim))
      return unresolvable(`PVC ${key} was not created for pod ${keyOf(pod)} (pod is not owner)`)
    const attached = attachedBy(claim, key, look)
    if (attached) list.push(attached)
  }
  return list
}

/** One that is not bound yet will be a volume of its class's provisioner, and counts as one already. */
function attachedBy(claim: PersistentVolumeClaim, key: string, look: Look): Attached | undefined {
  const volume = claim.spec.volumeName && look<PersistentVolume>('persistentvolumes', claim.spec.volumeName)
  if (volume) {
    const { csi, awsElasticBlockStore: ebs, gcePersistentDisk: disk } = volume.spec
    if (csi) return { id: `${csi.driver}/${csi.volumeHandle}`, driver: csi.driver }
    if (ebs) return { id: `${EBS}/${ebs.volumeID}`, driver: EBS }
    return disk && { id: `${GCE}/${disk.pdName}`, driver: GCE }
  }
  const provisioner = look<StorageClass>('storageclasses', classOf(claim))?.provisioner
  return provisioner === undefined || provisioner === NO_PROVISIONER
    ? undefined
    : { id: `${provisioner}/${key}`, driver: provisioner }
}

function mayHoldMore(before: CSINode | undefined, after: CSINode): boolean {
  const [old, now] = [limitsOf(before), limitsOf(after)]
  for (const [driver, limit] of now) if (limit > (old.get(driver) ?? -1)) return true
  // A driver that has no limit any more.
  return [...old.keys()].some((driver) => !now.has(driver))
}
