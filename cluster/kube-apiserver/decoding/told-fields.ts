/**
 * Fields that Go tells even where nothing was put there: structs that are no pointers, which `omitempty` does not leave out; lists
 * and pointers without `omitempty`. No package has this. Of the kinds themselves it is a rule: `metadata`, `spec` and `status`.
 *
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/api/<group>/<version>/types.go`.
 */
import type { ObjectType } from '#cluster/api/schema/schema.ts'

const STRUCTS: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/v1.MutatingWebhook': 'clientConfig',
  'admissionregistration.k8s.io/v1.ValidatingWebhook': 'clientConfig',
  'apiextensions.k8s.io/v1.CustomResourceDefinitionSpec': 'names',
  'apiextensions.k8s.io/v1.CustomResourceDefinitionStatus': 'acceptedNames',
  'apps/v1.DaemonSetSpec': 'template updateStrategy',
  'apps/v1.DeploymentSpec': 'template strategy',
  'apps/v1.ReplicaSetSpec': 'template',
  'apps/v1.StatefulSetSpec': 'template updateStrategy',
  'autoscaling/v1.HorizontalPodAutoscalerSpec': 'scaleTargetRef',
  'autoscaling/v2.ContainerResourceMetricSource': 'target',
  'autoscaling/v2.ContainerResourceMetricStatus': 'current',
  'autoscaling/v2.ExternalMetricSource': 'metric target',
  'autoscaling/v2.ExternalMetricStatus': 'metric current',
  'autoscaling/v2.HorizontalPodAutoscalerSpec': 'scaleTargetRef',
  'autoscaling/v2.ObjectMetricSource': 'describedObject target metric',
  'autoscaling/v2.ObjectMetricStatus': 'metric current describedObject',
  'autoscaling/v2.PodsMetricSource': 'metric target',
  'autoscaling/v2.PodsMetricStatus': 'metric current',
  'autoscaling/v2.ResourceMetricSource': 'target',
  'autoscaling/v2.ResourceMetricStatus': 'current',
  'batch/v1.CronJobSpec': 'jobTemplate',
  'batch/v1.JobSpec': 'template',
  'batch/v1.JobTemplateSpec': 'metadata spec',
  'core/v1.Binding': 'target',
  'core/v1.Container': 'resources',
  'core/v1.ContainerStatus': 'state lastState',
  'core/v1.EphemeralContainer': 'resources',
  'core/v1.NodeDaemonEndpoints': 'kubeletEndpoint',
  'core/v1.NodeStatus': 'daemonEndpoints nodeInfo',
  'core/v1.PersistentVolumeClaimSpec': 'resources',
  'core/v1.PersistentVolumeClaimTemplate': 'metadata spec',
  'core/v1.PodTemplate': 'template',
  'core/v1.PodTemplateSpec': 'metadata spec',
  'core/v1.PreferredSchedulingTerm': 'preference',
  'core/v1.ServiceStatus': 'loadBalancer',
  'core/v1.WeightedPodAffinityTerm': 'podAffinityTerm',
  'discovery.k8s.io/v1.Endpoint': 'conditions',
  'events.k8s.io/v1.Event': 'regarding deprecatedSource',
  'flowcontrol.apiserver.k8s.io/v1.FlowSchemaSpec': 'priorityLevelConfiguration',
  'flowcontrol.apiserver.k8s.io/v1.LimitedPriorityLevelConfiguration': 'limitResponse',
  'networking.k8s.io/v1.HTTPIngressPath': 'backend',
  'networking.k8s.io/v1.IngressServiceBackend': 'port',
  'networking.k8s.io/v1.IngressStatus': 'loadBalancer',
  'networking.k8s.io/v1.NetworkPolicySpec': 'podSelector',
  'rbac.authorization.k8s.io/v1.ClusterRoleBinding': 'roleRef',
  'rbac.authorization.k8s.io/v1.RoleBinding': 'roleRef',
  'resource.k8s.io/v1.ResourceClaimSpec': 'devices',
  'resource.k8s.io/v1.ResourceClaimTemplateSpec': 'metadata spec',
  'storage.k8s.io/v1.VolumeAttachmentSpec': 'source',
}

/** Told as null. Those that are pointers to one thing are here too. */
const LISTS: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/v1.CustomResourceDefinitionStatus': 'conditions storedVersions',
  'authentication.k8s.io/v1.TokenRequestSpec': 'audiences boundObjectRef expirationSeconds',
  'authorization.k8s.io/v1.SubjectRulesReviewStatus': 'nonResourceRules resourceRules',
  'autoscaling/v2.HorizontalPodAutoscalerStatus': 'currentMetrics',
  'core/v1.ContainerImage': 'names',
  'core/v1.LimitRangeSpec': 'limits',
  'core/v1.ProjectedVolumeSource': 'sources',
  'core/v1.TypedLocalObjectReference': 'apiGroup',
  'core/v1.TypedObjectReference': 'apiGroup',
  'discovery.k8s.io/v1.EndpointSlice': 'endpoints ports',
  'rbac.authorization.k8s.io/v1.ClusterRole': 'rules',
  'rbac.authorization.k8s.io/v1.Role': 'rules',
  'storage.k8s.io/v1.CSINodeDriver': 'topologyKeys',
  'storage.k8s.io/v1.CSINodeSpec': 'drivers',
}

const QUANTITIES: Readonly<Record<string, string>> = { 'core/v1.ResourceFieldSelector': 'divisor' }

const NONE: ReadonlySet<string> = new Set()
const OF_KINDS: ReadonlySet<string> = new Set(['metadata', 'spec', 'status'])

const listed = (table: Readonly<Record<string, string>>, type: string): ReadonlySet<string> =>
  Object.hasOwn(table, type) ? new Set(table[type]!.split(' ')) : NONE

/** Told as what is in them where nothing is. */
export function toldStructs({ name, fields }: ObjectType): ReadonlySet<string> {
  const isKind = fields.has('kind') && fields.has('metadata')
  return new Set([...listed(STRUCTS, name), ...(isKind ? OF_KINDS : NONE)])
}

/** Told as null. */
export const toldLists = (type: string): ReadonlySet<string> => listed(LISTS, type)

/** Told as 0. */
export const toldQuantities = (type: string): ReadonlySet<string> => listed(QUANTITIES, type)
