/**
 * What the columns of each kind are for: a field, which stands for what its type says of it, or a text of the column's own.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/printers/internalversion/printers.go` (TableColumnDefinition).
 */
import type { Descriptions } from '../schema/schema.ts'

const SOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  componentstatuses: {
    Status: 'Status of the component conditions',
    Message: 'Message of the component conditions',
    Error: 'Error of the component conditions',
  },
  configmaps: {
    Data: 'core/v1.ConfigMap.data',
  },
  endpoints: {
    Endpoints: 'core/v1.Endpoints.subsets',
  },
  events: {
    'Last Seen': 'core/v1.Event.lastTimestamp',
    Type: 'core/v1.Event.type',
    Reason: 'core/v1.Event.reason',
    Object: 'The object that this event is about.',
    Subobject: 'core/v1.ObjectReference.fieldPath',
    Source: 'The component reporting this event. Should be a short machine understandable string.',
    Message: 'core/v1.Event.message',
    'First Seen': 'core/v1.Event.firstTimestamp',
    Count: 'core/v1.Event.count',
  },
  namespaces: {
    Status: 'The status of the namespace',
  },
  nodes: {
    Status: 'The status of the node',
    Roles: 'The roles of the node',
    Version: 'core/v1.NodeSystemInfo.kubeletVersion',
    'Internal-IP': 'core/v1.NodeStatus.addresses',
    'External-IP': 'core/v1.NodeStatus.addresses',
    'OS-Image': 'core/v1.NodeSystemInfo.osImage',
    'Kernel-Version': 'core/v1.NodeSystemInfo.kernelVersion',
    'Container-Runtime': 'core/v1.NodeSystemInfo.containerRuntimeVersion',
  },
  persistentvolumeclaims: {
    Status: 'core/v1.PersistentVolumeClaimStatus.phase',
    Volume: 'core/v1.PersistentVolumeClaimSpec.volumeName',
    Capacity: 'core/v1.PersistentVolumeClaimStatus.capacity',
    'Access Modes': 'core/v1.PersistentVolumeClaimStatus.accessModes',
    StorageClass: 'StorageClass of the pvc',
    VolumeMode: 'core/v1.PersistentVolumeClaimSpec.volumeMode',
    VolumeAttributesClass: 'VolumeAttributesClass of the pvc',
  },
  persistentvolumes: {
    Capacity: 'core/v1.PersistentVolumeSpec.capacity',
    'Access Modes': 'core/v1.PersistentVolumeSpec.accessModes',
    'Reclaim Policy': 'core/v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy',
    Status: 'core/v1.PersistentVolumeStatus.phase',
    Claim:
      'ClaimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
    StorageClass: 'StorageClass of the pv',
    Reason: 'core/v1.PersistentVolumeStatus.reason',
    VolumeMode: 'core/v1.PersistentVolumeSpec.volumeMode',
    VolumeAttributesClass: 'VolumeAttributesClass of the pv',
  },
  pods: {
    Ready: 'The aggregate readiness state of this pod for accepting traffic.',
    Status: 'The aggregate status of the containers in this pod.',
    Restarts: 'The number of times the containers in this pod have been restarted.',
    IP: 'core/v1.PodStatus.podIP',
    Node: 'core/v1.PodSpec.nodeName',
    'Nominated Node': 'core/v1.PodStatus.nominatedNodeName',
    'Readiness Gates': 'core/v1.PodSpec.readinessGates',
  },
  podtemplates: {
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    'Pod Labels': 'The labels for the pod template.',
  },
  replicationcontrollers: {
    Desired: 'core/v1.ReplicationControllerSpec.replicas',
    Current: 'core/v1.ReplicationControllerStatus.replicas',
    Ready: 'core/v1.ReplicationControllerStatus.readyReplicas',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector: 'core/v1.ReplicationControllerSpec.selector',
  },
  resourcequotas: {
    Request: 'Request represents a minimum amount of cpu/memory that a container may consume.',
    Limit:
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
  },
  secrets: {
    Type: 'core/v1.Secret.type',
    Data: 'core/v1.Secret.data',
  },
  serviceaccounts: {
    Secrets: 'core/v1.ServiceAccount.secrets',
  },
  services: {
    Type: 'core/v1.ServiceSpec.type',
    'Cluster-IP': 'core/v1.ServiceSpec.clusterIP',
    'External-IP': 'core/v1.ServiceSpec.externalIPs',
    'Port(s)': 'core/v1.ServiceSpec.ports',
    Selector: 'core/v1.ServiceSpec.selector',
  },
  controllerrevisions: {
    Controller: 'Controller of the object',
    Revision: 'apps/v1.ControllerRevision.revision',
  },
  daemonsets: {
    Desired: 'apps/v1.DaemonSetStatus.desiredNumberScheduled',
    Current: 'apps/v1.DaemonSetStatus.currentNumberScheduled',
    Ready: 'apps/v1.DaemonSetStatus.numberReady',
    'Up-to-date': 'apps/v1.DaemonSetStatus.updatedNumberScheduled',
    Available: 'apps/v1.DaemonSetStatus.numberAvailable',
    'Node Selector': 'core/v1.PodSpec.nodeSelector',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector:
      'A label query over pods that are managed by the daemon set. Must match in order to be controlled. If empty, defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  },
  deployments: {
    Ready: 'Number of the pod with ready state',
    'Up-to-date': 'apps/v1.DeploymentStatus.updatedReplicas',
    Available: 'apps/v1.DeploymentStatus.availableReplicas',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector:
      'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
  },
  replicasets: {
    Desired: 'apps/v1.ReplicaSetSpec.replicas',
    Current: 'apps/v1.ReplicaSetStatus.replicas',
    Ready: 'apps/v1.ReplicaSetStatus.readyReplicas',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector:
      'Selector is a label query over pods that should match the replica count. If the selector is empty, it is defaulted to the labels present on the pod template. Label keys and values that must match in order to be controlled by this replica set. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  },
  statefulsets: {
    Ready: 'Number of the pod with ready state',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
  },
  jobs: {
    Completions: 'batch/v1.JobStatus.succeeded',
    Duration: 'Time required to complete the job.',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector:
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    Status: 'Status of the job.',
  },
  cronjobs: {
    Schedule: 'batch/v1.CronJobSpec.schedule',
    Suspend: 'batch/v1.CronJobSpec.suspend',
    Active: 'batch/v1.CronJobStatus.active',
    'Last Schedule': 'batch/v1.CronJobStatus.lastScheduleTime',
    Containers: 'Names of each container in the template.',
    Images: 'Images referenced by each container in the template.',
    Selector:
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    Timezone: 'batch/v1.CronJobSpec.timeZone',
  },
  horizontalpodautoscalers: {
    Reference:
      'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
    Targets: 'autoscaling/v2.HorizontalPodAutoscalerSpec.metrics',
    MinPods: 'autoscaling/v1.HorizontalPodAutoscalerSpec.minReplicas',
    MaxPods: 'autoscaling/v2.HorizontalPodAutoscalerSpec.maxReplicas',
    Replicas: 'autoscaling/v2.HorizontalPodAutoscalerStatus.currentReplicas',
  },
  poddisruptionbudgets: {
    'Min Available': 'The minimum number of pods that must be available.',
    'Max Unavailable': 'The maximum number of pods that may be unavailable.',
    'Allowed Disruptions': 'Calculated number of pods that may be disrupted at this time.',
  },
  ingressclasses: {
    Controller: 'Controller that is responsible for handling this class',
    Parameters: 'A reference to a resource with additional parameters',
  },
  ingresses: {
    Class: 'The name of the IngressClass resource that should be used for additional configuration',
    Hosts: 'Hosts that incoming requests are matched against before the ingress rule',
    Address: 'Address is a list containing ingress points for the load-balancer',
    Ports: 'Ports of TLS configurations that open',
  },
  networkpolicies: {
    'Pod-Selector':
      'Selects the pods to which this NetworkPolicy object applies.  The array of ingress rules is applied to any pods selected by this field. Multiple network policies can select the same set of pods.  In this case, the ingress rules for each are combined additively. This field is NOT optional and follows standard label selector semantics. An empty podSelector matches all pods in this namespace.',
  },
  clusterrolebindings: {
    Role: 'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
    Users: 'Users in the clusterRoleBinding',
    Groups: 'Groups in the clusterRoleBinding',
    ServiceAccounts: 'ServiceAccounts in the clusterRoleBinding',
  },
  rolebindings: {
    Role: 'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
    Users: 'Users in the roleBinding',
    Groups: 'Groups in the roleBinding',
    ServiceAccounts: 'ServiceAccounts in the roleBinding',
  },
  csidrivers: {
    AttachRequired: 'storage.k8s.io/v1.CSIDriverSpec.attachRequired',
    PodInfoOnMount: 'storage.k8s.io/v1.CSIDriverSpec.podInfoOnMount',
    Modes: 'storage.k8s.io/v1.CSIDriverSpec.volumeLifecycleModes',
    StorageCapacity: 'storage.k8s.io/v1.CSIDriverSpec.storageCapacity',
    TokenRequests: 'storage.k8s.io/v1.CSIDriverSpec.tokenRequests',
    RequiresRepublish: 'storage.k8s.io/v1.CSIDriverSpec.requiresRepublish',
  },
  csinodes: {
    Drivers: 'Drivers indicates the number of CSI drivers registered on the node',
  },
  storageclasses: {
    Provisioner: 'storage.k8s.io/v1.StorageClass.provisioner',
    ReclaimPolicy: 'storage.k8s.io/v1.StorageClass.reclaimPolicy',
    VolumeBindingMode: 'storage.k8s.io/v1.StorageClass.volumeBindingMode',
    AllowVolumeExpansion: 'storage.k8s.io/v1.StorageClass.allowVolumeExpansion',
  },
  volumeattachments: {
    Attacher: 'storage.k8s.io/v1.VolumeAttachmentSpec.attacher',
    PV: 'storage.k8s.io/v1.VolumeAttachmentSource.persistentVolumeName',
    Node: 'storage.k8s.io/v1.VolumeAttachmentSpec.nodeName',
    Attached: 'storage.k8s.io/v1.VolumeAttachmentStatus.attached',
  },
  priorityclasses: {
    Value: 'scheduling.k8s.io/v1.PriorityClass.value',
    'Global-Default': 'scheduling.k8s.io/v1.PriorityClass.globalDefault',
    PreemptionPolicy: 'scheduling.k8s.io/v1.PriorityClass.preemptionPolicy',
  },
  leases: {
    Holder: 'coordination.k8s.io/v1.LeaseSpec.holderIdentity',
  },
  endpointslices: {
    AddressType: 'discovery.k8s.io/v1.EndpointSlice.addressType',
    Ports: 'discovery.k8s.io/v1.EndpointSlice.ports',
    Endpoints: 'discovery.k8s.io/v1.EndpointSlice.endpoints',
  },
  mutatingwebhookconfigurations: {
    Webhooks: 'Webhooks indicates the number of webhooks registered in this configuration',
  },
  validatingwebhookconfigurations: {
    Webhooks: 'Webhooks indicates the number of webhooks registered in this configuration',
  },
  certificatesigningrequests: {
    SignerName: 'certificates.k8s.io/v1.CertificateSigningRequestSpec.signerName',
    Requestor: 'certificates.k8s.io/v1.CertificateSigningRequestSpec.request',
    Condition: 'certificates.k8s.io/v1.CertificateSigningRequestStatus.conditions',
    RequestedDuration: 'certificates.k8s.io/v1.CertificateSigningRequestSpec.expirationSeconds',
  },
  flowschemas: {
    PriorityLevel: 'flowcontrol.apiserver.k8s.io/v1.PriorityLevelConfigurationReference.name',
    MatchingPrecedence: 'flowcontrol.apiserver.k8s.io/v1.FlowSchemaSpec.matchingPrecedence',
    DistinguisherMethod: 'flowcontrol.apiserver.k8s.io/v1.FlowSchemaSpec.distinguisherMethod',
    MissingPL: 'references a broken or non-existent PriorityLevelConfiguration',
  },
  prioritylevelconfigurations: {
    Type: 'flowcontrol.apiserver.k8s.io/v1.PriorityLevelConfigurationSpec.type',
    AssuredConcurrencyShares:
      "`assuredConcurrencyShares` (ACS) configures the execution limit, which is a limit on the number of requests of this priority level that may be exeucting at a given time.  ACS must be a positive number. The server's concurrency limit (SCL) is divided among the concurrency-controlled priority levels in proportion to their assured concurrency shares. This produces the assured concurrency value (ACV) ",
    Queues: 'flowcontrol.apiserver.k8s.io/v1.QueuingConfiguration.queues',
    HandSize: 'flowcontrol.apiserver.k8s.io/v1.QueuingConfiguration.handSize',
    QueueLengthLimit: 'flowcontrol.apiserver.k8s.io/v1.QueuingConfiguration.queueLengthLimit',
  },
  apiservices: {
    Service: 'The reference to the service that hosts this API endpoint.',
    Available: 'Whether this service is available.',
  },
}

const OF_ALL: Readonly<Record<string, string>> = {
  Name: 'meta/v1.ObjectMeta.name',
  Age: 'meta/v1.ObjectMeta.creationTimestamp',
  'Created At': 'meta/v1.ObjectMeta.creationTimestamp',
}

/** `core/v1.PodSpec.nodeName` */
const FIELD = /^([\w.]+\/v\w+\.\w+)\.(\w+)$/

/** Empty where nothing is said. @param resource plural, as it is stored @param descriptions of types; undefined: nobody has them */
export function columnDescription(resource: string, column: string, descriptions: Descriptions | undefined): string {
  const own = Object.hasOwn(SOURCES, resource) ? SOURCES[resource]! : {}
  const source = Object.hasOwn(own, column) ? own[column]! : Object.hasOwn(OF_ALL, column) ? OF_ALL[column]! : ''
  const [, type, field] = FIELD.exec(source) ?? []
  return type === undefined ? source : (descriptions?.describe(type, field) ?? '')
}
