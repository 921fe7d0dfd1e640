/**
 * What no package tells of the API's types: by which field the items of a list are known, which lists are sets, which
 * objects change as a whole only, and which texts are quantities. For strategic merge patches, for apply, and for OpenAPI.
 *
 * A list: `field~keys` is a map, its items known by these fields (`protocol=TCP`: what an item means that says nothing);
 * `field~` is a set. A `+` behind it: strategic merge patches merge it too (by the first key). `field+key`: they alone do.
 * `^`: a patch may say which keys of the object stay (`$retainKeys`). `field#`: an object that changes as a whole.
 * Where to read upstream: the markers `+listType`, `+listMapKey`, `+mapType`, `+structType` and the tags `patchMergeKey` in
 * kubernetes/kubernetes `staging/src/k8s.io/api/<group>/<version>/types.go`.
 */

const CONTAINER = 'env~name+ ports~containerPort,protocol=TCP+ volumeDevices~devicePath+ volumeMounts~mountPath+'
const WEBHOOK = 'matchConditions~name+'
const CONDITIONS = 'conditions~type+'

export const LISTS: Readonly<Record<string, string>> = {
  'meta/v1.ObjectMeta': 'finalizers~+ ownerReferences~uid+',
  'core/v1.PodSpec':
    'containers~name+ ephemeralContainers~name+ hostAliases~ip+ imagePullSecrets~name+ initContainers~name+ nodeSelector# resourceClaims~name+^ schedulingGates~name+ topologySpreadConstraints~topologyKey,whenUnsatisfiable+ volumes~name+^',
  'core/v1.Container': CONTAINER,
  'core/v1.EphemeralContainer': CONTAINER,
  'core/v1.ContainerStatus': 'allocatedResourcesStatus~name+ volumeMounts~mountPath+',
  'core/v1.ResourceRequirements': 'claims~name',
  'core/v1.PodStatus': `${CONDITIONS} hostIPs+ip podIPs~ip+ resourceClaimStatuses~name+^`,
  'core/v1.ServiceSpec': 'ports~port,protocol=TCP+ selector#',
  'core/v1.ServiceStatus': CONDITIONS,
  'core/v1.ServiceAccount': 'secrets~name+',
  'core/v1.NodeSpec': 'podCIDRs~+',
  'core/v1.NodeStatus': `addresses~type+ ${CONDITIONS}`,
  'core/v1.NamespaceStatus': CONDITIONS,
  'core/v1.ComponentStatus': CONDITIONS,
  'core/v1.PersistentVolumeClaimStatus': `${CONDITIONS} allocatedResourceStatuses#`,
  'core/v1.ReplicationControllerSpec': 'selector#',
  'core/v1.ReplicationControllerStatus': CONDITIONS,
  'apps/v1.DeploymentSpec': 'strategy^',
  'apps/v1.DeploymentStatus': CONDITIONS,
  'apps/v1.ReplicaSetStatus': CONDITIONS,
  'apps/v1.DaemonSetStatus': CONDITIONS,
  'apps/v1.StatefulSetStatus': CONDITIONS,
  'batch/v1.JobStatus': 'conditions+type',
  'batch/v1.UncountedTerminatedPods': 'failed~ succeeded~',
  'autoscaling/v2.HorizontalPodAutoscalerStatus': CONDITIONS,
  'policy/v1.PodDisruptionBudgetStatus': CONDITIONS,
  'networking.k8s.io/v1.ServiceCIDRStatus': CONDITIONS,
  'discovery.k8s.io/v1.Endpoint': 'addresses~',
  'storage.k8s.io/v1.CSINodeSpec': 'drivers~name+',
  'storage.k8s.io/v1.CSIDriverSpec': 'volumeLifecycleModes~',
  'certificates.k8s.io/v1.CertificateSigningRequestStatus': 'conditions~type',
  'admissionregistration.k8s.io/v1.MutatingWebhookConfiguration': 'webhooks~name+',
  'admissionregistration.k8s.io/v1.ValidatingWebhookConfiguration': 'webhooks~name+',
  'admissionregistration.k8s.io/v1.MutatingWebhook': WEBHOOK,
  'admissionregistration.k8s.io/v1.ValidatingWebhook': WEBHOOK,
  'admissionregistration.k8s.io/v1.ValidatingAdmissionPolicySpec': 'matchConditions~name+ variables~name+',
  'admissionregistration.k8s.io/v1.ValidatingAdmissionPolicyStatus': 'conditions~type',
  'admissionregistration.k8s.io/v1.MutatingAdmissionPolicySpec': 'matchConditions~name+',
  'apiextensions.k8s.io/v1.CustomResourceDefinitionStatus': 'conditions~type',
  'apiregistration.k8s.io/v1.APIServiceStatus': CONDITIONS,
  'flowcontrol.apiserver.k8s.io/v1.FlowSchemaStatus': CONDITIONS,
  'flowcontrol.apiserver.k8s.io/v1.PriorityLevelConfigurationStatus': CONDITIONS,
  'resource.k8s.io/v1.ResourceClaimStatus': 'devices~driver,device,pool reservedFor~uid+',
}

/** Objects that are one value: whoever sets a field of them owns the whole. */
export const ATOMIC: readonly string[] = [
  'meta/v1.LabelSelector',
  'core/v1.ConfigMapKeySelector',
  'core/v1.LocalObjectReference',
  'core/v1.NodeSelector',
  'core/v1.NodeSelectorTerm',
  'core/v1.ObjectFieldSelector',
  'core/v1.ObjectReference',
  'core/v1.ResourceFieldSelector',
  'core/v1.ScopeSelector',
  'core/v1.ScopedResourceSelectorRequirement',
  'core/v1.SecretKeySelector',
  'core/v1.SecretReference',
  'core/v1.TopologySelectorTerm',
  'core/v1.TypedLocalObjectReference',
  'discovery.k8s.io/v1.EndpointPort',
  'core/v1.EndpointAddress',
  'core/v1.EndpointPort',
  'meta/v1.OwnerReference',
  'autoscaling/v1.CrossVersionObjectReference',
  'rbac.authorization.k8s.io/v1.RoleRef',
  'rbac.authorization.k8s.io/v1.Subject',
  'admissionregistration.k8s.io/v1.MatchResources',
  'admissionregistration.k8s.io/v1.NamedRuleWithOperations',
  'admissionregistration.k8s.io/v1.ParamKind',
  'admissionregistration.k8s.io/v1.ParamRef',
]

/** Types in which every map of texts, and these texts, are quantities. */
export const QUANTITIES: Readonly<Record<string, readonly string[]>> = {
  'core/v1.EmptyDirVolumeSource': ['sizeLimit'],
  'core/v1.LimitRangeItem': ['default', 'defaultRequest', 'max', 'maxLimitRequestRatio', 'min'],
  'core/v1.NodeStatus': ['allocatable', 'capacity'],
  'core/v1.ContainerStatus': ['allocatedResources'],
  'core/v1.PersistentVolumeClaimStatus': ['allocatedResources', 'capacity'],
  'core/v1.PersistentVolumeSpec': ['capacity'],
  'core/v1.PodSpec': ['overhead'],
  'core/v1.PodStatus': ['allocatedResources'],
  'core/v1.ResourceFieldSelector': ['divisor'],
  'core/v1.ResourceQuotaSpec': ['hard'],
  'core/v1.ResourceQuotaStatus': ['hard', 'used'],
  'core/v1.ResourceRequirements': ['limits', 'requests'],
  'core/v1.VolumeResourceRequirements': ['limits', 'requests'],
  'node.k8s.io/v1.Overhead': ['podFixed'],
  'autoscaling/v2.MetricTarget': ['averageValue', 'value'],
  'autoscaling/v2.MetricValueStatus': ['averageValue', 'value'],
  'autoscaling/v2.HPAScalingRules': ['tolerance'],
  'storage.k8s.io/v1.CSIStorageCapacity': ['capacity', 'maximumVolumeSize'],
  'resource.k8s.io/v1.CapacityRequirements': ['requests'],
  'resource.k8s.io/v1.DeviceRequestAllocationResult': ['consumedCapacity'],
  'resource.k8s.io/v1.DeviceCapacity': ['value'],
  'resource.k8s.io/v1.Counter': ['value'],
}
