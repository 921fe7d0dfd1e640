/**
 * VolumeRestrictions: a claim that only one Pod may use (`ReadWriteOncePod`) is one Pod's, in the whole cluster; and some
 * disks named in the Pod itself cannot be mounted twice on one node.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go`.
 */
import type { PersistentVolumeClaim } from '#cluster/api/storage-types.ts'
import type { Pod, Volume } from '#cluster/api/types.ts'
import { claimsOf } from '../cache.ts'
import type { CycleState, Plugin, Status } from '../framework.ts'
import { SKIP, unresolvable, unschedulable } from '../framework.ts'
import { somePod } from '../pod-list.ts'

const NAME = 'VolumeRestrictions'
const DISK = unschedulable('node(s) had no available disk')
const IN_USE = unschedulable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
)

interface State {
  /** Its claims that are for one Pod alone. */
  readonly exclusive: readonly string[]
  /** How often Pods on nodes use those. */
  readonly users: number
}

export const volumeRestrictions: Plugin = {
  name: NAME,
  preFilter(state, pod, nodes) {
    const claims = claimsOf(pod)
    const exclusive: string[] = []
    for (const key of claims) {
      const claim = nodes.objects.get<PersistentVolumeClaim>('persistentvolumeclaims', key)
      if (claim === undefined) return unresolvable(`persistentvolumeclaim "${key.split('/')[1]}" not found`)
      if (claim.spec.accessModes?.includes('ReadWriteOncePod')) exclusive.push(key)
    }
    if (exclusive.length === 0 && !disksOf(pod).some(isExclusiveDisk)) return SKIP
    let users = 0
    for (const key of exclusive) users += nodes.claimUsers.sizeOf(key)
    state[NAME] = { exclusive, users } satisfies State
    return undefined
  },
  addPod: (state, _pod, added) => change(state, added, 1),
  removePod: (state, _pod, removed) => change(state, removed, -1),
  filter(state, pod, { pods }): Status | undefined {
    const disks = disksOf(pod)
    if (disks.some((disk) => somePod(pods, (other) => disksOf(other).some((held) => collide(disk, held))))) return DISK
    return (state[NAME] as State).users > 0 ? IN_USE : undefined
  },
  eventsToRegister: [
    { event: 'AssignedPod/Delete', hint: (pod, event) => standsInTheWay(pod, event.pod!) },
    { event: 'Node/Add' },
    {
      event: 'persistentvolumeclaims/Add',
      hint: (pod, { object }) => claimsOf(pod).includes(`${object!.metadata.namespace}/${object!.metadata.name}`),
    },
  ],
}

function change(state: CycleState, other: Pod, sign: 1 | -1): void {
  const { exclusive, users } = state[NAME] as State
  if (exclusive.length === 0) return
  const shared = claimsOf(other).filter((key) => exclusive.includes(key)).length
  if (shared > 0) state[NAME] = { exclusive, users: users + sign * shared } satisfies State
}

const NO_DISKS: readonly Volume[] = Object.freeze([])
const disksOf = ({ spec }: Pod): readonly Volume[] => spec.volumes ?? NO_DISKS

const isExclusiveDisk = ({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? iscsi ?? rbd) !== undefined

/** Only two readers get along, and of EBS not even they. */
function collide(a: Volume, b: Volume): boolean {
  const bothRead = (x: { readonly readOnly?: boolean }, y: { readonly readOnly?: boolean }): boolean =>
    x.readOnly === true && y.readOnly === true
  const { gcePersistentDisk: gce, awsElasticBlockStore: ebs, iscsi, rbd } = a
  if (gce && gce.pdName === b.gcePersistentDisk?.pdName && !bothRead(gce, b.gcePersistentDisk)) return true
  if (ebs && ebs.volumeID === b.awsElasticBlockStore?.volumeID) return true
  if (iscsi && iscsi.iqn === b.iscsi?.iqn && !bothRead(iscsi, b.iscsi)) return true
  if (!rbd || !b.rbd || bothRead(rbd, b.rbd)) return false
  const { monitors, pool = 'rbd', image } = b.rbd
  return rbd.image === image && (rbd.pool ?? 'rbd') === pool && rbd.monitors.some((each) => monitors.includes(each))
}

const standsInTheWay = (pod: Pod, other: Pod): boolean =>
  disksOf(pod).some((disk) => disksOf(other).some((held) => collide(disk, held))) ||
  claimsOf(pod).some((key) => claimsOf(other).includes(key))
