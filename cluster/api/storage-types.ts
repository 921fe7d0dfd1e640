/**
 * Volumes, claims and what is known of storage: the fields that the scheduler and the controllers of volumes read.
 *
 * Where to read upstream: k8s.io/api `core/v1/types.go`, `storage/v1/types.go`; component-helpers `storage/volume/helpers.go`.
 */
import type {
  KubernetesObject,
  LabelSelector,
  NodeSelector,
  PersistentVolumeClaimSpec,
  Pod,
  Quantity,
  ResourceList,
  Volume,
} from './types.ts'

export interface ClaimReference {
  readonly kind?: string
  readonly apiVersion?: string
  readonly namespace?: string
  readonly name?: string
  /** Absent where a person reserved the volume for a claim that need not exist yet. */
  readonly uid?: string
  readonly resourceVersion?: string
}

export interface PersistentVolume extends KubernetesObject {
  readonly spec: {
    readonly capacity?: ResourceList
    readonly accessModes?: readonly string[]
    readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle'
    readonly storageClassName?: string
    readonly volumeMode?: 'Filesystem' | 'Block'
    readonly claimRef?: ClaimReference
    readonly nodeAffinity?: { readonly required?: NodeSelector }
    readonly csi?: { readonly driver: string; readonly volumeHandle: string }
    readonly awsElasticBlockStore?: { readonly volumeID: string }
    readonly gcePersistentDisk?: { readonly pdName: string }
    readonly hostPath?: { readonly path: string }
    readonly local?: { readonly path: string }
  }
  readonly status?: { readonly phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed' }
}

export interface PersistentVolumeClaim extends KubernetesObject {
  readonly spec: PersistentVolumeClaimSpec
  readonly status?: {
    readonly phase?: 'Pending' | 'Bound' | 'Lost'
    readonly accessModes?: readonly string[]
    readonly capacity?: ResourceList
  }
}

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[]
}

export interface StorageClass extends KubernetesObject {
  readonly provisioner: string
  readonly reclaimPolicy?: 'Retain' | 'Delete'
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer'
  readonly allowedTopologies?: readonly TopologySelectorTerm[]
}

export interface CSINode extends KubernetesObject {
  readonly spec: {
    readonly drivers?: readonly {
      readonly name: string
      readonly nodeID: string
      readonly topologyKeys?: readonly string[] | null
      /** How many volumes of this driver can be attached; absent is no limit. */
      readonly allocatable?: { readonly count?: number }
    }[]
  }
}

export interface CSIDriver extends KubernetesObject {
  readonly spec: { readonly storageCapacity?: boolean }
}

export interface CSIStorageCapacity extends KubernetesObject {
  readonly storageClassName: string
  /** Nodes that can reach this storage; absent is none. */
  readonly nodeTopology?: LabelSelector
  readonly capacity?: Quantity
  readonly maximumVolumeSize?: Quantity
}

/** The class under its old name, which comes first. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
/** The volume controller has finished with this claim (or volume). */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
/** A controller chose the other side, not a person. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
/** The node that the scheduler chose, for the provisioner to make the volume near to. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
/** Who is to make the volume. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
/** Provisioner of classes whose volumes people make by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

export const classOf = ({
  metadata,
  spec,
}: KubernetesObject & { readonly spec: { readonly storageClassName?: string } }): string =>
  metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? ''

/** Whether it has a volume, and the controller has finished the binding. */
export const isFullyBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  !!spec.volumeName && metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, BIND_COMPLETED)

/** The name of the claim behind a Pod's volume, if there is one. */
export const claimNameOf = (pod: Pod, volume: Volume): string | undefined =>
  volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`)

/** Whether an ephemeral volume's claim was made for this Pod, not found under its name by chance. */
export const isClaimOf = (pod: Pod, claim: KubernetesObject): boolean =>
  (claim.metadata.ownerReferences ?? []).some(({ controller, uid }) => controller && uid === pod.metadata.uid)
