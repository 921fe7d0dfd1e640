/**
 * The objects of the Kubernetes API that the simulation speaks, as types.
 *
 * What the real one does: k8s.io/api and k8s.io/apimachinery define them in Go; every client shares them.
 * What we model: the fields that some component here reads or writes, under their real names and meanings (1.36).
 * What we leave out: fields that nothing here acts upon yet. They are kept if a client sends them.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/api/{core,apps,discovery,coordination}/v1/types.go`.
 *
 * This file is self-contained on purpose: learners import it as `clusterwright/api`.
 */

/** RFC 3339, whole seconds, UTC: `2026-01-02T03:04:05Z`. */
export type Time = string
/** RFC 3339 with microseconds: `2026-01-02T03:04:05.123456Z`. */
export type MicroTime = string
/** A resource quantity as written: `500m`, `1`, `128Mi`, `10G`. */
export type Quantity = string
/** Quantities by resource name: `cpu`, `memory`, `ephemeral-storage`, `pods`, or an extended resource such as `example.com/gpu`. */
export type ResourceList = Readonly<Record<string, Quantity>>

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** At most one owner is the controller. */
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  /** Opaque: compare for equality only. */
  readonly resourceVersion?: string
  /** Goes up when the spec changes. */
  readonly generation?: number
  readonly creationTimestamp?: Time
  /** Set while the object waits for its end; never cleared. */
  readonly deletionTimestamp?: Time
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  /** Who has set which fields. */
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly time?: Time
  readonly fieldsType?: 'FieldsV1'
  readonly fieldsV1?: object
  readonly subresource?: string
}

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

export interface ListMeta {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface List<T> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ListMeta
  readonly items: readonly T[]
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: Time
  readonly lastHeartbeatTime?: Time
  readonly lastUpdateTime?: Time
  readonly lastProbeTime?: Time
  readonly observedGeneration?: number
}

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** All of it must match; an empty selector matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

// ── Pod ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ContainerPort {
  readonly name?: string
  readonly containerPort: number
  readonly hostPort?: number
  readonly hostIP?: string
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string }
    readonly resourceFieldRef?: {
      readonly containerName?: string
      readonly resource: string
      readonly divisor?: string
    }
    readonly configMapKeyRef?: KeySelector
    readonly secretKeyRef?: KeySelector
  }
}

/** One entry of a ConfigMap or a Secret. */
interface KeySelector {
  readonly name: string
  readonly key: string
  readonly optional?: boolean
}

/** All entries of a ConfigMap or a Secret. */
export interface EnvFromSource {
  readonly prefix?: string
  readonly configMapRef?: { readonly name: string; readonly optional?: boolean }
  readonly secretRef?: { readonly name: string; readonly optional?: boolean }
}

export interface ResourceRequirements {
  readonly requests?: ResourceList
  readonly limits?: ResourceList
}

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string }
  readonly tcpSocket?: { readonly port: number | string }
  readonly exec?: { readonly command: readonly string[] }
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly timeoutSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
}

/** Of a container, or of a Pod (which has some of these fields, and lends them to its containers). */
export interface SecurityContext {
  readonly privileged?: boolean
  readonly allowPrivilegeEscalation?: boolean
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly runAsGroup?: number
  /** Of a Pod alone, as `fsGroup` is. */
  readonly supplementalGroups?: readonly number[]
  readonly fsGroup?: number
  readonly procMount?: string
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  readonly seccompProfile?: { readonly type: string }
  readonly appArmorProfile?: { readonly type: string }
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string }
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[]
  readonly windowsOptions?: { readonly hostProcess?: boolean }
}

export interface VolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
}

/** The part of a claim that says what is wanted. */
export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly string[]
  readonly resources?: { readonly requests?: ResourceList }
  /** Undefined: the cluster's default class; '' is none at all. */
  readonly storageClassName?: string
  readonly volumeMode?: 'Filesystem' | 'Block'
  readonly volumeName?: string
  readonly selector?: LabelSelector
}

/** A volume is its name and one source, under the source's name. */
export interface Volume {
  readonly name: string
  readonly [source: string]: unknown
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
  /** A claim of the Pod's own, made and deleted with it. */
  readonly ephemeral?: {
    readonly volumeClaimTemplate?: {
      readonly metadata?: Partial<ObjectMeta>
      readonly spec: PersistentVolumeClaimSpec
    }
  }
  readonly csi?: { readonly driver: string; readonly readOnly?: boolean }
  readonly gcePersistentDisk?: { readonly pdName: string; readonly readOnly?: boolean }
  readonly awsElasticBlockStore?: { readonly volumeID: string; readonly readOnly?: boolean }
  readonly iscsi?: { readonly iqn: string; readonly lun?: number; readonly readOnly?: boolean }
  readonly rbd?: {
    readonly monitors: readonly string[]
    readonly image: string
    readonly pool?: string
    readonly readOnly?: boolean
  }
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: Quantity }
  readonly hostPath?: { readonly path: string; readonly type?: string }
  readonly configMap?: { readonly name?: string }
  readonly secret?: { readonly secretName?: string }
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly volumeMounts?: readonly VolumeMount[]
  readonly securityContext?: SecurityContext
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never'
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly env?: readonly EnvVar[]
  readonly envFrom?: readonly EnvFromSource[]
  readonly ports?: readonly ContainerPort[]
  readonly resources?: ResourceRequirements
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  /** On an init container, `Always` makes it a sidecar: it keeps running beside the others. */
  readonly restartPolicy?: 'Always'
}

/** Never restarted, never probed, without resources of its own. */
export interface EphemeralContainer extends Omit<
  Container,
  'resources' | 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'restartPolicy'
> {
  // prettier-ignore
  /** The container into whose process namespace it goes. */
  readonly targetContainerName?: string
}

export interface Toleration {
  /** Empty with operator `Exists`: tolerates every key. */
  readonly key?: string
  readonly operator?: 'Exists' | 'Equal'
  readonly value?: string
  /** Empty: every effect. */
  readonly effect?: TaintEffect
  readonly tolerationSeconds?: number
}

export interface NodeSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  readonly values?: readonly string[]
}

/** All requirements of a term must hold. An empty term matches nothing. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[]
  readonly matchFields?: readonly NodeSelectorRequirement[]
}

/** One of the terms must hold. */
export interface NodeSelector {
  readonly nodeSelectorTerms: readonly NodeSelectorTerm[]
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number
    readonly preference: NodeSelectorTerm
  }[]
}

/** Pods that match, in these namespaces, and where: same value of `topologyKey` is "the same place". */
export interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector
  /** Neither this nor `namespaceSelector`: the Pod's own namespace. */
  readonly namespaces?: readonly string[]
  readonly namespaceSelector?: LabelSelector
  readonly topologyKey: string
  /** Labels of the incoming Pod whose values are added to the selector. */
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

export interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[]
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number
    readonly podAffinityTerm: PodAffinityTerm
  }[]
}

export interface Affinity {
  readonly nodeAffinity?: NodeAffinity
  readonly podAffinity?: PodAffinity
  readonly podAntiAffinity?: PodAffinity
}

export interface TopologySpreadConstraint {
  /** How much fuller than the emptiest domain a domain may become. */
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly labelSelector?: LabelSelector
  /** With fewer eligible domains than this, the emptiest counts as empty. */
  readonly minDomains?: number
  /** Whether only nodes count that the Pod's node affinity allows. Default Honor. */
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore'
  /** Whether only nodes count whose taints the Pod tolerates. Default Ignore. */
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore'
  readonly matchLabelKeys?: readonly string[]
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  /** Added to a Pod that is there already, to look into it. */
  readonly ephemeralContainers?: readonly EphemeralContainer[]
  readonly nodeName?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: Affinity
  readonly tolerations?: readonly Toleration[]
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never'
  /** Seconds from its start, after which the Pod is ended. */
  readonly activeDeadlineSeconds?: number
  readonly terminationGracePeriodSeconds?: number
  readonly schedulerName?: string
  /** Conditions that others write, and without which it is not ready. */
  readonly readinessGates?: readonly { readonly conditionType: string }[]
  readonly hostname?: string
  readonly subdomain?: string
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly dnsPolicy?: string
  readonly volumes?: readonly Volume[]
  readonly securityContext?: SecurityContext
  readonly serviceAccountName?: string
  /** The former name of the same. */
  readonly serviceAccount?: string
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: readonly { readonly name: string }[]
  readonly runtimeClassName?: string
  readonly priorityClassName?: string
  readonly priority?: number
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never'
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[]
  /** Resources that the sandbox itself costs, on top of the containers. */
  readonly overhead?: ResourceList
  readonly schedulingGates?: readonly { readonly name: string }[]
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly running?: { readonly startedAt?: Time }
  readonly terminated?: {
    readonly exitCode: number
    readonly reason?: string
    readonly startedAt?: Time
    readonly finishedAt?: Time
    readonly containerID?: string
  }
}

/** What a container is found to be mounted: of what it asked for, what the machine made of it. */
export interface VolumeMountStatus {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
  /** Of mounts that are read-only alone. */
  readonly recursiveReadOnly?: 'Disabled' | 'IfPossible' | 'Enabled'
}

export interface ContainerStatus {
  readonly name: string
  readonly image: string
  readonly imageID?: string
  readonly containerID?: string
  readonly ready: boolean
  readonly started?: boolean
  readonly restartCount: number
  readonly state?: ContainerState
  readonly lastState?: ContainerState
  /** What the node has set aside for it: its requests. */
  readonly allocatedResources?: ResourceList
  /** What it runs with. */
  readonly resources?: ResourceRequirements
  readonly user?: {
    readonly linux?: { readonly uid: number; readonly gid: number; readonly supplementalGroups?: readonly number[] }
  }
  readonly volumeMounts?: readonly VolumeMountStatus[]
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

export interface PodStatus {
  /** The generation of the Pod that the rest is about. */
  readonly observedGeneration?: number
  readonly phase?: PodPhase
  readonly conditions?: readonly Condition[]
  readonly reason?: string
  readonly message?: string
  readonly hostIP?: string
  readonly hostIPs?: readonly { readonly ip: string }[]
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  readonly startTime?: Time
  readonly nominatedNodeName?: string
  readonly qosClass?: 'Guaranteed' | 'Burstable' | 'BestEffort'
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[]
  /** Of the Pod as a whole. */
  readonly allocatedResources?: ResourceList
  readonly resources?: ResourceRequirements
}

export interface Pod extends KubernetesObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface PodTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: PodSpec
}

// ── Node ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: TaintEffect
  readonly timeAdded?: Time
}

export interface NodeSpec {
  readonly podCIDR?: string
  readonly podCIDRs?: readonly string[]
  readonly providerID?: string
  readonly unschedulable?: boolean
  readonly taints?: readonly Taint[]
}

export interface NodeStatus {
  readonly capacity?: ResourceList
  readonly allocatable?: ResourceList
  readonly conditions?: readonly Condition[]
  readonly addresses?: readonly { readonly type: string; readonly address: string }[]
  readonly nodeInfo?: Readonly<Record<string, string>>
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes?: number }[]
  readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port: number } }
}

export interface Node extends KubernetesObject {
  readonly spec: NodeSpec
  readonly status?: NodeStatus
}

/** `pods/binding`: the scheduler's one write. */
export interface Binding extends KubernetesObject {
  readonly target: { readonly apiVersion?: string; readonly kind: 'Node'; readonly name: string }
}

// ── apps ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ReplicaSetSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
}

export interface ReplicaSetStatus {
  readonly replicas: number
  readonly fullyLabeledReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly terminatingReplicas?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly Condition[]
}

export interface ReplicaSet extends KubernetesObject {
  readonly spec: ReplicaSetSpec
  readonly status?: ReplicaSetStatus
}

export interface DeploymentSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly strategy?: {
    readonly type?: 'RollingUpdate' | 'Recreate'
    readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string }
  }
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
}

export interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  /** Pods that are on their way out; they count among no others. */
  readonly terminatingReplicas?: number
  readonly conditions?: readonly Condition[]
}

export interface Deployment extends KubernetesObject {
  readonly spec: DeploymentSpec
  readonly status?: DeploymentStatus
}

// ── Service, EndpointSlice ──────────────────────────────────────────────────────────────────────────────────────────

export interface ServicePort {
  readonly name?: string
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
  readonly targetPort?: number | string
  readonly nodePort?: number
}

export interface ServiceSpec {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  readonly selector?: Readonly<Record<string, string>>
  readonly clusterIP?: string
  readonly clusterIPs?: readonly string[]
  readonly ports?: readonly ServicePort[]
  readonly publishNotReadyAddresses?: boolean
  readonly sessionAffinity?: 'None' | 'ClientIP'
  readonly ipFamilies?: readonly string[]
  readonly ipFamilyPolicy?: string
  readonly internalTrafficPolicy?: 'Cluster' | 'Local'
  readonly externalTrafficPolicy?: 'Cluster' | 'Local'
  readonly healthCheckNodePort?: number
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly loadBalancerClass?: string
  readonly externalIPs?: readonly string[]
  readonly externalName?: string
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } }
}

export interface Service extends KubernetesObject {
  readonly spec: ServiceSpec
  readonly status?: Readonly<Record<string, unknown>>
}

export interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly nodeName?: string
  readonly zone?: string
  readonly targetRef?: {
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly uid?: string
  }
}

export interface EndpointPort {
  readonly name?: string
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  readonly port?: number
}

export interface EndpointSlice extends KubernetesObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  /** A server that knows all types tells of none as null. */
  readonly endpoints: readonly Endpoint[]
  readonly ports?: readonly EndpointPort[]
}

// ── the rest ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: MicroTime
  readonly renewTime?: MicroTime
  readonly leaseTransitions?: number
}

export interface Lease extends KubernetesObject {
  readonly spec: LeaseSpec
}

export interface Namespace extends KubernetesObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: 'Active' | 'Terminating' }
}

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>
}

export interface KubernetesEvent extends KubernetesObject {
  readonly involvedObject: {
    readonly apiVersion?: string
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly uid?: string
    readonly fieldPath?: string
  }
  readonly reason: string
  readonly message: string
  readonly type: 'Normal' | 'Warning'
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly count?: number
  readonly firstTimestamp?: Time
  readonly lastTimestamp?: Time
}

/** What may be done, to what. A request that no rule allows is refused; there are no rules that refuse. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  /** `pods`, `pods/status`, `*`. */
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  /** Paths that are no resources: `/version`, `/apis/*`. */
  readonly nonResourceURLs?: readonly string[]
}

/** Also the shape of a ClusterRole. */
export interface Role extends KubernetesObject {
  readonly rules?: readonly PolicyRule[]
}

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount'
  readonly name: string
  readonly namespace?: string
  readonly apiGroup?: string
}

/** Also the shape of a ClusterRoleBinding. */
export interface RoleBinding extends KubernetesObject {
  readonly subjects?: readonly Subject[]
  readonly roleRef: { readonly apiGroup?: string; readonly kind: 'Role' | 'ClusterRole'; readonly name: string }
}

/** What an API server says when the answer is not the object. */
export interface Status {
  readonly apiVersion: 'v1'
  readonly kind: 'Status'
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Expired` … */
  readonly reason?: string
  readonly details?: {
    readonly name?: string
    readonly group?: string
    readonly kind?: string
    readonly uid?: string
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]
    readonly retryAfterSeconds?: number
  }
  readonly code: number
}

export type WatchEvent<T = KubernetesObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | {
      readonly type: 'BOOKMARK'
      readonly object: { kind: string; apiVersion: string; metadata: { resourceVersion: string } }
    }
  | { readonly type: 'ERROR'; readonly object: Status }
