/**
 * The roles that are there from the start, without which no component could work.
 *
 * What the real one does: the API server writes some seventy roles and bindings; kubeadm and a network's manifest add theirs.
 * What we model: the roles for people, gathered from parts by their labels (`admin`, `edit`, `view`); those of components; those
 * of controllers, in `controller-policy.ts`; those of one namespace, in `namespace-policy.ts`. Nodes are bound to theirs as a group where there is no Node authorizer. CoreDNS
 * and flannel bring their own, which stand here with the others.
 * What we leave out: groups that the API here does not serve (`extensions`).
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`.
 */
import type { KubernetesObject, PolicyRule, Role, RoleBinding, Subject } from '#cluster/api/types.ts'
import { CONTROLLER_RULES } from './controller-policy.ts'
import { EVENTS, leading, READ, rule, urls, WRITE } from './rules.ts'

const APPS = 'apps'
const AUTHENTICATION = 'authentication.k8s.io'
const AUTHORIZATION = 'authorization.k8s.io'
const AUTOSCALING = 'autoscaling'
const BATCH = 'batch'
const CERTIFICATES = 'certificates.k8s.io'
const COORDINATION = 'coordination.k8s.io'
const DISCOVERY = 'discovery.k8s.io'
const NETWORKING = 'networking.k8s.io'
const POLICY = 'policy'
const STORAGE = 'storage.k8s.io'

const WORKLOADS = ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale'] // prettier-ignore
const PARTS_OF_PODS = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy']

const VIEW: readonly PolicyRule[] = [
  rule(READ, '', 'configmaps', 'endpoints', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'pods', 'replicationcontrollers', 'replicationcontrollers/scale', 'serviceaccounts', 'services', 'services/status'),
  rule(READ, '', 'bindings', 'events', 'limitranges', 'namespaces/status', 'pods/log', 'pods/status', 'replicationcontrollers/status', 'resourcequotas', 'resourcequotas/status'),
  rule(READ, '', 'namespaces'),
  rule(READ, DISCOVERY, 'endpointslices'),
  rule(READ, APPS, 'controllerrevisions', ...WORKLOADS, 'daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'),
  rule(READ, AUTOSCALING, 'horizontalpodautoscalers', 'horizontalpodautoscalers/status'),
  rule(READ, BATCH, 'cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'),
  rule(READ, POLICY, 'poddisruptionbudgets', 'poddisruptionbudgets/status'),
  rule(READ, NETWORKING, 'ingresses', 'ingresses/status', 'networkpolicies'),
] // prettier-ignore

const EDIT: readonly PolicyRule[] = [
  rule(READ, '', ...PARTS_OF_PODS, 'secrets', 'services/proxy'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule(WRITE, '', 'pods', ...PARTS_OF_PODS),
  rule(['create'], '', 'pods/eviction'),
  rule(WRITE, '', 'configmaps', 'events', 'persistentvolumeclaims', 'replicationcontrollers', 'replicationcontrollers/scale', 'secrets', 'serviceaccounts', 'services', 'services/proxy'),
  rule(['create'], '', 'serviceaccounts/token'),
  rule(WRITE, APPS, ...WORKLOADS),
  rule(WRITE, AUTOSCALING, 'horizontalpodautoscalers'),
  rule(WRITE, BATCH, 'cronjobs', 'jobs'),
  rule(WRITE, POLICY, 'poddisruptionbudgets'),
  rule(WRITE, NETWORKING, 'ingresses', 'networkpolicies'),
  rule([...READ, ...WRITE], COORDINATION, 'leases'),
] // prettier-ignore

const ADMIN: readonly PolicyRule[] = [
  rule(['create'], AUTHORIZATION, 'localsubjectaccessreviews'),
  rule([...READ, ...WRITE], 'rbac.authorization.k8s.io', 'rolebindings', 'roles'),
]

/** What a kubelet may do, whatever its node; `node-authorizer.ts` has the rest. */
export const NODE_RULES: readonly PolicyRule[] = [
  rule(['create'], AUTHENTICATION, 'tokenreviews'),
  rule(['create'], AUTHORIZATION, 'localsubjectaccessreviews', 'subjectaccessreviews'),
  rule(READ, '', 'services'),
  rule(['create', ...READ], '', 'nodes'),
  rule(['update', 'patch'], '', 'nodes', 'nodes/status'),
  rule(['create', 'patch', 'update'], '', 'events'),
  rule([...READ, 'create', 'delete'], '', 'pods'),
  rule(['update', 'patch'], '', 'pods/status'),
  rule(['create'], '', 'pods/eviction'),
  rule(READ, '', 'configmaps', 'secrets'),
  rule(['get'], '', 'persistentvolumeclaims', 'persistentvolumes', 'endpoints'),
  rule(['create', ...READ], CERTIFICATES, 'certificatesigningrequests'),
  rule(['get', 'create', 'update', 'patch', 'delete'], COORDINATION, 'leases'),
  rule(['get'], STORAGE, 'volumeattachments'),
  rule(['create'], '', 'serviceaccounts/token'),
  rule(['get', 'update', 'patch'], '', 'persistentvolumeclaims/status'),
  rule(READ, STORAGE, 'csidrivers'),
  rule(['get', 'create', 'update', 'patch', 'delete'], STORAGE, 'csinodes'),
  rule(READ, 'node.k8s.io', 'runtimeclasses'),
]

const approver = (signer: string): PolicyRule => ({ ...rule(['approve'], CERTIFICATES, 'signers'), resourceNames: [`kubernetes.io/${signer}`] }) // prettier-ignore

const ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [rule(['*'], '*', '*'), { verbs: ['*'], nonResourceURLs: ['*'] }],
  'system:discovery': [urls('/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/')], // prettier-ignore
  'system:public-info-viewer': [urls('/healthz', '/livez', '/readyz', '/version', '/version/')],
  'system:service-account-issuer-discovery': [urls('/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/')], // prettier-ignore
  'system:monitoring': [urls('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis', '/readyz', '/readyz/*')], // prettier-ignore
  'system:basic-user': [
    rule(['create'], AUTHORIZATION, 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
    rule(['create'], AUTHENTICATION, 'selfsubjectreviews'),
  ],
  'system:aggregate-to-admin': ADMIN,
  'system:aggregate-to-edit': EDIT,
  'system:aggregate-to-view': VIEW,
  // In the order in which they are gathered, so that nothing has to be written again.
  admin: [...EDIT, ...VIEW, ...ADMIN],
  edit: [...EDIT, ...VIEW],
  view: VIEW,
  'system:auth-delegator': [
    rule(['create'], AUTHENTICATION, 'tokenreviews'),
    rule(['create'], AUTHORIZATION, 'subjectaccessreviews'),
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [rule(['create'], CERTIFICATES, 'certificatesigningrequests/nodeclient')], // prettier-ignore
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [rule(['create'], CERTIFICATES, 'certificatesigningrequests/selfnodeclient')], // prettier-ignore
  'system:certificates.k8s.io:kube-apiserver-client-approver': [approver('kube-apiserver-client')],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [approver('kube-apiserver-client-kubelet')],
  'system:certificates.k8s.io:kubelet-serving-approver': [approver('kubelet-serving')],
  'system:certificates.k8s.io:legacy-unknown-approver': [approver('legacy-unknown')],
  'system:node-bootstrapper': [rule(['create', ...READ], CERTIFICATES, 'certificatesigningrequests')],
  'system:kube-aggregator': [rule(READ, '', 'endpoints', 'services')],
  'system:kube-dns': [rule(['list', 'watch'], '', 'endpoints', 'services')],
  'system:kubelet-api-admin': [
    rule(READ, '', 'nodes'),
    rule(['proxy'], '', 'nodes'),
    rule(['*'], '', 'nodes/log', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'),
  ],
  'system:kube-scheduler': [
    EVENTS,
    ...leading('kube-scheduler'),
    rule(READ, '', 'nodes'),
    rule(['delete', ...READ], '', 'pods'),
    rule(['create'], '', 'bindings', 'pods/binding'),
    rule(['patch', 'update'], '', 'pods/status'),
    rule(READ, '', 'namespaces', 'replicationcontrollers', 'services'),
    rule(READ, APPS, 'replicasets', 'statefulsets'),
    rule(READ, POLICY, 'poddisruptionbudgets'),
    rule([...READ, 'update', 'patch'], '', 'persistentvolumeclaims', 'persistentvolumes'),
    rule(['create'], AUTHENTICATION, 'tokenreviews'),
    rule(['create'], AUTHORIZATION, 'subjectaccessreviews'),
    rule(READ, STORAGE, 'csidrivers', 'csinodes', 'csistoragecapacities', 'storageclasses', 'volumeattachments'),
  ],
  'system:kube-controller-manager': [
    EVENTS,
    ...leading('kube-controller-manager'),
    rule(['create', 'update'], '', 'secrets', 'serviceaccounts'),
    rule(['delete'], '', 'secrets'),
    rule(['get'], '', 'configmaps', 'namespaces', 'secrets', 'serviceaccounts'),
    rule(['create'], AUTHENTICATION, 'tokenreviews'),
    rule(['create'], AUTHORIZATION, 'subjectaccessreviews'),
    rule(['list', 'watch'], '*', '*'),
    rule(['create'], '', 'serviceaccounts/token'),
  ],
  'system:volume-scheduler': [
    rule([...READ, 'patch', 'update'], '', 'persistentvolumes', 'persistentvolumeclaims'),
    rule(READ, STORAGE, 'storageclasses'),
  ],
  'system:node': NODE_RULES,
  'system:node-proxier': [
    rule(['list', 'watch'], '', 'services', 'endpoints'),
    rule(READ, '', 'nodes'),
    EVENTS,
    rule(['list', 'watch'], DISCOVERY, 'endpointslices'),
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

const EVERYBODY = [group('system:authenticated'), group('system:unauthenticated')]

/** Who has which role. People get theirs from whoever runs the cluster. */
const BOUND: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:discovery': [group('system:authenticated')],
  'system:public-info-viewer': EVERYBODY,
  'system:basic-user': [group('system:authenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:monitoring': [group('system:monitoring')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [account('kube-system', 'kube-dns')],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:coredns': [account('kube-system', 'coredns')],
  flannel: [account('kube-flannel', 'flannel')],
}

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-'
export const RBAC_DEFAULTS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
export const AUTOUPDATE = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

/** Roles that go into another one, by the label that says so. */
const PART_OF: Readonly<Record<string, string>> = {
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
  edit: 'admin',
  view: 'edit',
}

const API_VERSION = 'rbac.authorization.k8s.io/v1'

function roleOf(name: string, rules: readonly PolicyRule[]): Role {
  const whole = PART_OF[name]
  const labels = { ...RBAC_DEFAULTS, ...(whole && { [AGGREGATE + whole]: 'true' }) }
  const gathers = name === 'admin' || name === 'edit' || name === 'view'
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE + name]: 'true' } }] }
  const metadata = { name, labels, annotations: AUTOUPDATE }
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata, ...(gathers && { aggregationRule }), rules }
}

function bindingOf(name: string, subjects: readonly Subject[]): RoleBinding {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const
  const metadata = { name, labels: RBAC_DEFAULTS, annotations: AUTOUPDATE }
  return { apiVersion: API_VERSION, kind: 'ClusterRoleBinding', metadata, subjects, roleRef }
}

/** @param hasNodeAuthorizer kubelets are looked after by it, and need no role */
export function bootstrapPolicy(hasNodeAuthorizer: boolean): KubernetesObject[] {
  const own = Object.entries(ROLES).flatMap(([name, rules]): KubernetesObject[] => {
    const nodes = name === 'system:node' ? (hasNodeAuthorizer ? [] : [group('system:nodes')]) : undefined
    const subjects = nodes ?? BOUND[name]
    return subjects ? [roleOf(name, rules), bindingOf(name, subjects)] : [roleOf(name, rules)]
  })
  const controllers = Object.entries(CONTROLLER_RULES).flatMap(([controller, rules]) => {
    const name = `system:controller:${controller}`
    const subjects = [account('kube-system', controller), user('system:kube-controller-manager')]
    return [roleOf(name, rules), bindingOf(name, subjects)]
  })
  return [...own, ...controllers]
}
