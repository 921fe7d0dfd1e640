/**
 * The roles that are there from the start, without which no component could work.
 *
 * What the real one does: the API server writes some seventy roles and bindings; kubeadm and a network's manifest add theirs.
 * What we model: the roles for people (`cluster-admin`, `edit`, `view`), and those of the components that there are. One
 * controller manager acts under one name here, so the roles of its controllers are bound to that name. Nodes get theirs as a
 * group, as before there was a Node authorizer. CoreDNS and flannel bring their own, which stand here with the others.
 * What we leave out: `admin`, discovery, aggregation (`edit` and `view` list what they cover).
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy}.go`.
 */
import type { KubernetesObject, PolicyRule, Role, RoleBinding, Subject } from '#cluster/api/types.ts'

const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection']
const APPS = 'apps'
const COORDINATION = 'coordination.k8s.io'
const DISCOVERY = 'discovery.k8s.io'
const STORAGE = 'storage.k8s.io'

const rule = (verbs: readonly string[], group: string, ...resources: string[]): PolicyRule => ({
  verbs,
  apiGroups: [group],
  resources,
})

const EVENTS = rule(['create', 'update', 'patch'], '', 'events')

/** Leader election: its own Lease, and the first one to be written. */
const leading = (name: string): PolicyRule[] => [
  rule(['create'], COORDINATION, 'leases'),
  { ...rule(['get', 'update'], COORDINATION, 'leases'), resourceNames: [name] },
]

const PEOPLE = [
  rule(READ, '', 'pods', 'pods/status', 'services', 'configmaps', 'events'),
  rule(READ, APPS, 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale'),
  rule(READ, DISCOVERY, 'endpointslices'),
]

const ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [rule(['*'], '*', '*')],
  view: [...PEOPLE, rule(READ, '', 'namespaces')],
  edit: [
    ...PEOPLE,
    rule(READ, '', 'namespaces'),
    rule(WRITE, '', 'pods', 'services', 'configmaps'),
    rule(WRITE, APPS, 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale'),
  ],
  'system:kube-scheduler': [
    rule(READ, '', 'nodes'),
    rule([...READ, 'delete'], '', 'pods'),
    rule(['create'], '', 'pods/binding'),
    rule(['update', 'patch'], '', 'pods/status'),
    // What its plugins read: who selects which Pods, and where volumes can be.
    rule(READ, '', 'namespaces', 'services', 'replicationcontrollers', 'persistentvolumeclaims', 'persistentvolumes'),
    rule(READ, APPS, 'replicasets', 'statefulsets'),
    rule(READ, 'policy', 'poddisruptionbudgets'),
    rule(READ, STORAGE, 'storageclasses', 'csinodes', 'csidrivers', 'csistoragecapacities'),
    // What `system:volume-scheduler` adds.
    rule(['update', 'patch'], '', 'persistentvolumeclaims', 'persistentvolumes'),
    EVENTS,
    ...leading('kube-scheduler'),
  ],
  'system:kube-controller-manager': [rule(['list', 'watch'], '*', '*'), EVENTS, ...leading('kube-controller-manager')],
  'system:controller:node-controller': [
    rule([...READ, 'update', 'patch', 'delete'], '', 'nodes'),
    rule(['update', 'patch'], '', 'nodes/status', 'pods/status'),
    rule([...READ, 'delete'], '', 'pods'),
    EVENTS,
  ],
  'system:controller:deployment-controller': [
    rule([...READ, 'update', 'patch'], APPS, 'deployments'),
    rule(['update', 'patch'], APPS, 'deployments/status'),
    rule([...READ, 'create', 'update', 'patch', 'delete'], APPS, 'replicasets'),
    EVENTS,
  ],
  'system:controller:replicaset-controller': [
    rule([...READ, 'update', 'patch'], APPS, 'replicasets'),
    rule(['update', 'patch'], APPS, 'replicasets/status'),
    rule(['list', 'watch', 'create', 'patch', 'delete'], '', 'pods'),
    EVENTS,
  ],
  'system:controller:endpoint-controller': [
    rule(READ, '', 'services', 'pods'),
    rule([...READ, 'create', 'update', 'delete'], '', 'endpoints'),
    EVENTS,
  ],
  'system:controller:endpointslice-controller': [
    rule(READ, '', 'services', 'pods', 'nodes'),
    rule([...READ, 'create', 'update', 'delete'], DISCOVERY, 'endpointslices'),
    EVENTS,
  ],
  'system:controller:namespace-controller': [
    rule([...READ, 'delete'], '', 'namespaces'),
    rule(['update'], '', 'namespaces/finalize', 'namespaces/status'),
    rule([...READ, 'delete', 'deletecollection'], '*', '*'),
  ],
  'system:controller:pod-garbage-collector': [
    rule(['list', 'watch', 'delete'], '', 'pods'),
    rule(['patch'], '', 'pods/status'),
    rule(READ, '', 'nodes'),
  ],
  'system:controller:persistent-volume-binder': [
    rule([...READ, 'create', 'update', 'delete'], '', 'persistentvolumes'),
    rule(['update', 'patch'], '', 'persistentvolumes/status', 'persistentvolumeclaims/status'),
    rule([...READ, 'update', 'patch'], '', 'persistentvolumeclaims'),
    rule(READ, STORAGE, 'storageclasses'),
    EVENTS,
  ],
  'system:controller:ephemeral-volume-controller': [
    rule(READ, '', 'pods'),
    rule([...READ, 'create'], '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'system:controller:generic-garbage-collector': [rule([...READ, 'patch', 'update', 'delete'], '*', '*')],
  'system:node': [
    rule([...READ, 'create', 'update', 'patch'], '', 'nodes'),
    rule(['update', 'patch'], '', 'nodes/status', 'pods/status'),
    rule([...READ, 'create', 'delete'], '', 'pods'),
    rule(READ, '', 'services', 'configmaps'),
    rule(['get', 'create', 'update', 'patch', 'delete'], COORDINATION, 'leases'),
    EVENTS,
  ],
  'system:node-proxier': [
    rule(READ, '', 'services', 'nodes'),
    rule(['list', 'watch'], DISCOVERY, 'endpointslices'),
    EVENTS,
  ],
  'system:coredns': [
    rule(['list', 'watch'], '', 'services', 'pods', 'namespaces'),
    rule(['list', 'watch'], DISCOVERY, 'endpointslices'),
  ],
  flannel: [rule(['get'], '', 'pods'), rule(READ, '', 'nodes'), rule(['patch'], '', 'nodes/status')],
}

const user = (name: string): Subject => ({ kind: 'User', name })
const group = (name: string): Subject => ({ kind: 'Group', name })
const account = (namespace: string, name: string): Subject => ({ kind: 'ServiceAccount', namespace, name })

/** Who has which role. People get theirs from whoever runs the cluster. */
const BOUND: Readonly<Record<string, Subject>> = {
  'cluster-admin': group('system:masters'),
  'system:kube-scheduler': user('system:kube-scheduler'),
  'system:node': group('system:nodes'),
  'system:node-proxier': user('system:kube-proxy'),
  'system:coredns': account('kube-system', 'coredns'),
  flannel: account('kube-flannel', 'flannel'),
}

const API_VERSION = 'rbac.authorization.k8s.io/v1'

export function bootstrapPolicy(): KubernetesObject[] {
  return Object.entries(ROLES).flatMap(([name, rules]): KubernetesObject[] => {
    const role: Role = { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name }, rules }
    const isController = name === 'system:kube-controller-manager' || name.startsWith('system:controller:')
    const subject = isController ? user('system:kube-controller-manager') : BOUND[name]
    if (!subject) return [role]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const
    const binding: RoleBinding = {
      apiVersion: API_VERSION,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      subjects: [subject],
      roleRef,
    }
    return [role, binding]
  })
}
