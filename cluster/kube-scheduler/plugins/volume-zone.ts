/**
 * VolumeZone: a volume that bears a label of a zone or a region can be used on nodes of that zone or region alone.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/volumezone/volume_zone.go`.
 */
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import { classOf } from '#cluster/api/storage-types.ts'
import type { KubernetesObject, Node, Pod } from '#cluster/api/types.ts'
import type { Objects, Plugin, Status } from '../framework.ts'
import { SKIP, unresolvable } from '../framework.ts'

const NAME = 'VolumeZone'
const CONFLICT = unresolvable('node(s) had no available volume zone')
/** Label of a volume, and the one of a node that will do as well. */
const LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
}
/** Between the zones of a volume that is in several. */
const SEPARATOR = '__'

interface Place {
  readonly label: string
  readonly values: readonly string[]
}

export const volumeZone: Plugin = {
  name: NAME,
  preFilter(state, pod, { objects }) {
    const places: Place[] = []
    for (const name of claimNames(pod)) {
      const found = placesOf(pod, name, objects)
      if ('code' in found) return found
      places.push(...found)
    }
    if (places.length === 0) return SKIP
    state[NAME] = places
    return undefined
  },
  filter(state, _pod, { node }) {
    const { labels } = node.metadata
    // A cluster of one zone need not say so.
    if (labels === undefined || !Object.keys(LABELS).some((label) => Object.hasOwn(labels, label))) return undefined
    return (state[NAME] as readonly Place[]).every((place) => isAt(place, node)) ? undefined : CONFLICT
  },
  eventsToRegister: [
    { event: 'storageclasses/Add', hint: (_pod, { object }) => waits(object as StorageClass) },
    { event: 'Node/Add' },
    { event: 'Node/UpdateLabel' },
    { event: 'persistentvolumeclaims/Add', hint: (pod, { object }) => isClaimed(pod, object!) },
    { event: 'persistentvolumeclaims/Update', hint: (pod, { object }) => isClaimed(pod, object!) },
    { event: 'persistentvolumes/Add' },
    { event: 'persistentvolumes/Update', hint: (_pod, { object, oldObject }) => hasMoved(oldObject!, object!) },
  ],
}

/** Ephemeral volumes do not count here. */
const claimNames = ({ spec }: Pod): string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
  )

const isClaimed = (pod: Pod, { metadata }: KubernetesObject): boolean =>
  pod.metadata.namespace === metadata.namespace && claimNames(pod).includes(metadata.name)

const waits = ({ volumeBindingMode }: StorageClass): boolean => volumeBindingMode === 'WaitForFirstConsumer'

function placesOf(pod: Pod, name: string, objects: Objects): readonly Place[] | Status {
  if (name === '') return unresolvable('PersistentVolumeClaim had no name')
  const claim = objects.get<PersistentVolumeClaim>('persistentvolumeclaims', `${pod.metadata.namespace}/${name}`)
  if (!claim) return unresolvable(`persistentvolumeclaim "${name}" not found`)
  const { volumeName } = claim.spec
  if (!volumeName) {
    const className = classOf(claim)
    if (className === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name')
    const storageClass = objects.get<StorageClass>('storageclasses', className)
    if (!storageClass) return unresolvable(`storageclass.storage.k8s.io "${className}" not found`)
    return waits(storageClass) ? [] : unresolvable('PersistentVolume had no name')
  }
  const volume = objects.get<PersistentVolume>('persistentvolumes', volumeName)
  return volume ? placesOfVolume(volume) : unresolvable(`persistentvolume "${volumeName}" not found`)
}

function placesOfVolume({ metadata }: KubernetesObject): Place[] {
  const { labels = {} } = metadata
  return Object.keys(LABELS).flatMap((label) => {
    if (!Object.hasOwn(labels, label)) return []
    const values = labels[label]!.split(SEPARATOR).map((value) => value.trim())
    // One that cannot be read rules nothing out.
    return values.includes('') ? [] : [{ label, values }]
  })
}

function isAt({ label, values }: Place, { metadata }: Node): boolean {
  const labels = metadata.labels!
  const value = Object.hasOwn(labels, label) ? labels[label] : labels[LABELS[label]!]
  return value !== undefined && values.includes(value)
}

const hasMoved = (before: KubernetesObject, after: KubernetesObject): boolean =>
  JSON.stringify(placesOfVolume(before)) !== JSON.stringify(placesOfVolume(after))
