/** The strategy of each resource: those that have their own in one line each, and what does for the others. */
import type { Resource } from '#cluster/api/resources.ts'
import { FORMER_RESOURCES } from '#cluster/api/former-resources.ts'
import { RESOURCES, storedAs } from '#cluster/api/resources.ts'
import {
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from './admission-policies.ts'
import { ipAddresses, serviceCIDRs } from './service-cidrs.ts'
import { apiServices } from './api-services.ts'
import { customStrategy } from './custom-objects.ts'
import { customResourceDefinitions } from './custom-resource-definitions.ts'
import { daemonSets } from './daemon-sets.ts'
import { deployments } from './deployments.ts'
import { endpoints } from './endpoints.ts'
import { endpointSlices } from './endpoint-slices.ts'
import { events } from './events.ts'
import { cronJobs, jobs } from './jobs.ts'
import { leases } from './leases.ts'
import { limitRanges } from './limit-ranges.ts'
import { namespaces } from './namespaces.ts'
import { ingressClasses, ingresses, networkPolicies } from './networking.ts'
import { nodes } from './nodes.ts'
import { persistentVolumeClaims, persistentVolumes } from './persistent-volumes.ts'
import { certificateSigningRequests } from './certificate-signing-requests.ts'
import { controllerRevisions, plainStrategy } from './plain.ts'
import { pods } from './pods.ts'
import { horizontalPodAutoscalers, podDisruptionBudgets, priorityClasses, resourceQuotas } from './policies.ts'
import { replicaSets } from './replica-sets.ts'
import { podTemplates, replicationControllers } from './replication-controllers.ts'
import { runtimeClasses } from './runtime-classes.ts'
import { configMaps, secrets } from './secrets.ts'
import { serviceAccounts } from './service-accounts.ts'
import { services } from './services.ts'
import { statefulSets } from './stateful-sets.ts'
import { csiDrivers, csiNodes, storageClasses, volumeAttachments } from './storage.ts'
import { bindings, rolesStrategy } from './rbac.ts'
import type { Strategy } from './strategy.ts'
import { webhookConfigurations } from './webhook-configurations.ts'

const OWN: Readonly<Record<string, Strategy>> = {
  certificatesigningrequests: certificateSigningRequests,
  namespaces,
  nodes,
  pods,
  services,
  serviceaccounts: serviceAccounts,
  configmaps: configMaps,
  events,
  deployments,
  replicasets: replicaSets,
  replicationcontrollers: replicationControllers,
  podtemplates: podTemplates,
  endpoints,
  endpointslices: endpointSlices,
  leases,
  runtimeclasses: runtimeClasses,
  roles: rolesStrategy,
  clusterroles: rolesStrategy,
  rolebindings: bindings,
  clusterrolebindings: bindings,
  secrets,
  statefulsets: statefulSets,
  daemonsets: daemonSets,
  jobs,
  cronjobs: cronJobs,
  horizontalpodautoscalers: horizontalPodAutoscalers,
  poddisruptionbudgets: podDisruptionBudgets,
  priorityclasses: priorityClasses,
  resourcequotas: resourceQuotas,
  limitranges: limitRanges,
  ingresses,
  ingressclasses: ingressClasses,
  networkpolicies: networkPolicies,
  persistentvolumes: persistentVolumes,
  persistentvolumeclaims: persistentVolumeClaims,
  storageclasses: storageClasses,
  apiservices: apiServices,
  servicecidrs: serviceCIDRs,
  ipaddresses: ipAddresses,
  customresourcedefinitions: customResourceDefinitions,
  mutatingwebhookconfigurations: webhookConfigurations('mutating'),
  validatingwebhookconfigurations: webhookConfigurations('validating'),
  mutatingadmissionpolicies: mutatingAdmissionPolicies,
  mutatingadmissionpolicybindings: mutatingAdmissionPolicyBindings,
  validatingadmissionpolicies: validatingAdmissionPolicies,
  validatingadmissionpolicybindings: validatingAdmissionPolicyBindings,
  csidrivers: csiDrivers,
  csinodes: csiNodes,
  volumeattachments: volumeAttachments,
  controllerrevisions: controllerRevisions,
}

const strategies = new Map(
  [...RESOURCES, ...FORMER_RESOURCES].map((row): [Resource, Strategy] => {
    const stored = storedAs(row)
    return [row, Object.hasOwn(OWN, stored.resource) ? OWN[stored.resource]! : plainStrategy(stored)]
  }),
)

export const strategyOf = (resource: Resource): Strategy =>
  resource.custom ? customStrategy(resource) : (strategies.get(resource) ?? plainStrategy(resource))
