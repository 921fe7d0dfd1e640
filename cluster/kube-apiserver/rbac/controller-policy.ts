/**
 * The roles of controllers: what each may do, and no more.
 *
 * Upstream each controller acts as a service account of its own in kube-system. One controller manager acts under one name
 * here, so the roles are bound to that name too. Controllers that it does not have (attachdetach, ttl …) have their roles all the
 * same: somebody else's controller manager may have them.
 * What we leave out: the roles of controllers that came after 1.24, but for service-cidrs-controller.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go`.
 */
import type { PolicyRule } from '#cluster/api/types.ts'
import { EVENTS, READ, rule } from './rules.ts'

const APPS = 'apps'
const BATCH = 'batch'
const CERTIFICATES = 'certificates.k8s.io'
const DISCOVERY = 'discovery.k8s.io'
const NETWORKING = 'networking.k8s.io'
const RBAC = 'rbac.authorization.k8s.io'
const STORAGE = 'storage.k8s.io'

const onSigners = (verb: string, ...signers: string[]): PolicyRule => ({ ...rule([verb], CERTIFICATES, 'signers'), resourceNames: signers.map((one) => `kubernetes.io/${one}`) }) // prettier-ignore

/** By the controller's name, as in `system:controller:<name>`. */
export const CONTROLLER_RULES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    rule(['list', 'watch'], '', 'persistentvolumes', 'persistentvolumeclaims', 'pods'),
    rule(READ, '', 'nodes'),
    rule(['patch', 'update'], '', 'nodes/status'),
    rule([...READ, 'create', 'delete'], STORAGE, 'volumeattachments'),
    rule(READ, STORAGE, 'csidrivers', 'csinodes'),
    EVENTS,
  ],
  'certificate-controller': [
    rule([...READ, 'delete'], CERTIFICATES, 'certificatesigningrequests'),
    rule(['update'], CERTIFICATES, 'certificatesigningrequests/status', 'certificatesigningrequests/approval'),
    onSigners('approve', 'kube-apiserver-client-kubelet'),
    onSigners('sign', 'kube-apiserver-client', 'kube-apiserver-client-kubelet', 'kubelet-serving', 'legacy-unknown'),
    rule(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
    EVENTS,
  ],
  'clusterrole-aggregation-controller': [rule(['escalate', ...READ, 'patch', 'update'], RBAC, 'clusterroles')],
  'cronjob-controller': [
    rule([...READ, 'update'], BATCH, 'cronjobs'),
    rule([...READ, 'create', 'update', 'delete', 'patch'], BATCH, 'jobs'),
    rule(['update'], BATCH, 'cronjobs/status', 'cronjobs/finalizers'),
    rule(['list', 'watch', 'delete'], '', 'pods'),
    EVENTS,
  ],
  'daemon-set-controller': [
    rule(READ, APPS, 'daemonsets'),
    rule(['update'], APPS, 'daemonsets/status', 'daemonsets/finalizers'),
    rule(['list', 'watch'], '', 'nodes'),
    rule(['list', 'watch', 'create', 'delete', 'patch'], '', 'pods'),
    rule(['create'], '', 'pods/binding'),
    rule([...READ, 'create', 'delete', 'update', 'patch'], APPS, 'controllerrevisions'),
    EVENTS,
  ],
  'deployment-controller': [
    rule([...READ, 'update', 'patch'], APPS, 'deployments'),
    rule(['update', 'patch'], APPS, 'deployments/status'),
    rule(['update'], APPS, 'deployments/finalizers'),
    rule([...READ, 'create', 'update', 'patch', 'delete'], APPS, 'replicasets'),
    rule([...READ, 'update'], '', 'pods'),
    EVENTS,
  ],
  'disruption-controller': [
    rule(READ, APPS, 'deployments', 'replicasets', 'statefulsets'),
    rule(READ, '', 'replicationcontrollers', 'pods'),
    rule(READ, 'policy', 'poddisruptionbudgets'),
    rule(['update'], 'policy', 'poddisruptionbudgets/status'),
    rule(['patch', 'update'], '', 'pods/status'),
    rule(['get'], '*', '*/scale'),
    EVENTS,
  ],
  'endpoint-controller': [
    rule(READ, '', 'services', 'pods'),
    rule([...READ, 'create', 'update', 'delete'], '', 'endpoints'),
    rule(['create'], '', 'endpoints/restricted'),
    EVENTS,
  ],
  'endpointslice-controller': [
    rule(READ, '', 'services', 'pods', 'nodes'),
    rule(['update'], '', 'services/finalizers'),
    rule([...READ, 'create', 'update', 'delete'], DISCOVERY, 'endpointslices'),
    EVENTS,
  ],
  'endpointslicemirroring-controller': [
    rule(READ, '', 'services', 'endpoints'),
    // So that what it makes may hold up the end of its owner.
    rule(['update'], '', 'services/finalizers', 'endpoints/finalizers'),
    rule([...READ, 'create', 'update', 'delete'], DISCOVERY, 'endpointslices'),
    EVENTS,
  ],
  'ephemeral-volume-controller': [
    rule(READ, '', 'pods'),
    rule(['update'], '', 'pods/finalizers'),
    rule([...READ, 'create'], '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'expand-controller': [
    rule([...READ, 'update', 'patch'], '', 'persistentvolumes'),
    rule(['update', 'patch'], '', 'persistentvolumeclaims/status'),
    rule(READ, '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'generic-garbage-collector': [rule([...READ, 'patch', 'update', 'delete'], '*', '*'), EVENTS],
  'horizontal-pod-autoscaler': [
    rule(READ, 'autoscaling', 'horizontalpodautoscalers'),
    rule(['update'], 'autoscaling', 'horizontalpodautoscalers/status'),
    rule(['get', 'update'], '*', '*/scale'),
    rule(['list', 'watch'], '', 'pods'),
    rule(['list', 'watch'], 'metrics.k8s.io', 'pods'),
    rule(['get', 'list'], 'custom.metrics.k8s.io', '*'),
    rule(['get', 'list'], 'external.metrics.k8s.io', '*'),
    EVENTS,
  ],
  'job-controller': [
    rule([...READ, 'update', 'patch'], BATCH, 'jobs'),
    rule(['update'], BATCH, 'jobs/status', 'jobs/finalizers'),
    rule(['list', 'watch', 'create', 'delete', 'patch'], '', 'pods'),
    EVENTS,
  ],
  'namespace-controller': [
    rule([...READ, 'delete'], '', 'namespaces'),
    rule(['update'], '', 'namespaces/finalize', 'namespaces/status'),
    rule([...READ, 'delete', 'deletecollection'], '*', '*'),
  ],
  'node-controller': [
    rule([...READ, 'update', 'patch', 'delete'], '', 'nodes'),
    rule(['update', 'patch'], '', 'nodes/status', 'pods/status'),
    rule([...READ, 'delete'], '', 'pods'),
    EVENTS,
  ],
  'persistent-volume-binder': [
    rule([...READ, 'update', 'create', 'delete'], '', 'persistentvolumes'),
    rule(['update'], '', 'persistentvolumes/status', 'persistentvolumeclaims/status'),
    rule([...READ, 'update'], '', 'persistentvolumeclaims'),
    rule([...READ, 'create', 'delete'], '', 'pods'),
    rule(READ, STORAGE, 'storageclasses'),
    rule(READ, '', 'nodes'),
    // What a Pod that scrubs a volume says of itself.
    rule(['watch'], '', 'events'),
    EVENTS,
  ],
  'pod-garbage-collector': [
    rule(['list', 'watch', 'delete'], '', 'pods'),
    rule(['get', 'list', 'watch'], '', 'nodes'),
    rule(['patch'], '', 'pods/status'),
  ],
  'pv-protection-controller': [rule([...READ, 'update', 'patch'], '', 'persistentvolumes'), EVENTS],
  'pvc-protection-controller': [
    rule([...READ, 'update', 'patch'], '', 'persistentvolumeclaims'),
    rule(READ, '', 'pods'),
    EVENTS,
  ],
  'replicaset-controller': [
    rule([...READ, 'update', 'patch'], APPS, 'replicasets'),
    rule(['update', 'patch'], APPS, 'replicasets/status'),
    rule(['update'], APPS, 'replicasets/finalizers'),
    rule(['list', 'watch', 'create', 'delete', 'patch'], '', 'pods'),
    EVENTS,
  ],
  'replication-controller': [
    rule([...READ, 'update'], '', 'replicationcontrollers'),
    rule(['update'], '', 'replicationcontrollers/status', 'replicationcontrollers/finalizers'),
    rule(['list', 'watch', 'create', 'delete', 'patch'], '', 'pods'),
    EVENTS,
  ],
  'resourcequota-controller': [
    rule(['list', 'watch'], '*', '*'),
    rule(['update'], '', 'resourcequotas/status'),
    EVENTS,
  ],
  'root-ca-cert-publisher': [rule(['create', 'update'], '', 'configmaps'), EVENTS],
  'route-controller': [rule(['list', 'watch'], '', 'nodes'), rule(['patch'], '', 'nodes/status'), EVENTS],
  'service-account-controller': [rule(['create'], '', 'serviceaccounts'), EVENTS],
  'service-cidrs-controller': [
    rule([...READ, 'patch', 'update'], NETWORKING, 'servicecidrs'),
    rule(['patch', 'update'], NETWORKING, 'servicecidrs/finalizers', 'servicecidrs/status'),
    rule(READ, NETWORKING, 'ipaddresses'),
    EVENTS,
  ],
  'service-controller': [
    rule(READ, '', 'services'),
    rule(['patch', 'update'], '', 'services/status'),
    rule(['list', 'watch'], '', 'nodes'),
    EVENTS,
  ],
  'statefulset-controller': [
    rule(['list', 'watch'], '', 'pods'),
    rule(READ, APPS, 'statefulsets'),
    rule(['update'], APPS, 'statefulsets/status', 'statefulsets/finalizers'),
    rule(['get', 'create', 'delete', 'update', 'patch'], '', 'pods'),
    rule([...READ, 'create', 'delete', 'update', 'patch'], APPS, 'controllerrevisions'),
    rule(['get', 'create', 'update', 'delete'], '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'ttl-controller': [rule(['update', 'patch', 'list', 'watch'], '', 'nodes'), EVENTS],
  'ttl-after-finished-controller': [rule([...READ, 'delete'], BATCH, 'jobs'), EVENTS],
}
