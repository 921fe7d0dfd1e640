/**
 * The kinds that the API serves: one row for each kind in each version. Paths, storage keys, discovery and kubectl's short
 * names come from here.
 *
 * What we model: every built-in kind of the stable versions of Kubernetes 1.36.
 * What we leave out: alpha and beta versions.
 *
 * Where to read upstream: `kubectl api-resources`; kubernetes/kubernetes `pkg/registry/<group>/rest/storage_*.go`.
 */
import type { CustomVersion } from './custom-version.ts'

export interface Resource {
  /** Plural, lower case, as in paths. */
  readonly resource: string
  readonly singular: string
  readonly kind: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly subresources: readonly string[]
  /** Names for several kinds at once: `all`, `api-extensions`. */
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  /** Another version of what is stored as that row; undefined: it is stored as it is. */
  readonly storedAs?: Resource
  /** What its definition says; undefined: the kind is built in. */
  readonly custom?: CustomVersion
  /** Another server answers for it. */
  readonly isElsewhere?: boolean
}

/** Under which name the server keeps a resource: the plural; of a custom one with its group, as another may have the same plural. */
export const keyOf = ({ resource, group, custom }: Resource): string => (custom ? `${resource}.${group}` : resource)

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const
const CREATE_ONLY = ['create'] as const
const READ_ONLY = ['get', 'list'] as const

type Rest = Partial<Pick<Resource, 'categories' | 'verbs' | 'storedAs'>>

/** One row; `groupVersion` as in `apiVersion`. */
export const row = (
  resource: string,
  kind: string,
  groupVersion: string,
  namespaced: boolean,
  shortNames: string[] = [],
  subresources: string[] = [],
  { categories = [], verbs = ALL_VERBS, storedAs }: Rest = {},
): Resource => {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
  // Frozen, so that a state which refers to a row shares it with its forks.
  return Object.freeze({
    resource,
    singular: kind.toLowerCase(),
    kind,
    group: group!,
    version: version!,
    namespaced,
    shortNames,
    subresources,
    categories,
    verbs,
    ...(storedAs && { storedAs }),
  })
}

const RBAC = 'rbac.authorization.k8s.io/v1'
const ADMISSION = 'admissionregistration.k8s.io/v1'
const AUTHORIZATION = 'authorization.k8s.io/v1'
const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io/v1'
const NETWORKING = 'networking.k8s.io/v1'
const STORAGE = 'storage.k8s.io/v1'
const DEVICES = 'resource.k8s.io/v1'
const ALL: Rest = { categories: ['all'] }
const EXTENSIONS: Rest = { categories: ['api-extensions'] }
const POD_SUBRESOURCES = ['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'resize', 'status'] // prettier-ignore

/** What the simulated components live on. */
const CORE: readonly Resource[] = [
  row('namespaces', 'Namespace', 'v1', false, ['ns'], ['finalize', 'status'], {
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  }),
  row('nodes', 'Node', 'v1', false, ['no'], ['proxy', 'status']),
  row('pods', 'Pod', 'v1', true, ['po'], POD_SUBRESOURCES, ALL),
  row('services', 'Service', 'v1', true, ['svc'], ['proxy', 'status'], ALL),
  row('configmaps', 'ConfigMap', 'v1', true, ['cm']),
  row('events', 'Event', 'v1', true, ['ev']),
  row('deployments', 'Deployment', 'apps/v1', true, ['deploy'], ['scale', 'status'], ALL),
  row('replicasets', 'ReplicaSet', 'apps/v1', true, ['rs'], ['scale', 'status'], ALL),
  row('endpointslices', 'EndpointSlice', 'discovery.k8s.io/v1', true),
  row('leases', 'Lease', 'coordination.k8s.io/v1', true),
  row('roles', 'Role', RBAC, true),
  row('rolebindings', 'RoleBinding', RBAC, true),
  row('clusterroles', 'ClusterRole', RBAC, false),
  row('clusterrolebindings', 'ClusterRoleBinding', RBAC, false),
]
const EVENTS = CORE.find(({ resource }) => resource === 'events')!
const AUTOSCALER = row('horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'autoscaling/v2', true, ['hpa'], ['status'], ALL) // prettier-ignore

export const RESOURCES: readonly Resource[] = [
  ...CORE,
  row('bindings', 'Binding', 'v1', true, [], [], { verbs: CREATE_ONLY }),
  row('componentstatuses', 'ComponentStatus', 'v1', false, ['cs'], [], { verbs: READ_ONLY }),
  row('endpoints', 'Endpoints', 'v1', true, ['ep']),
  row('limitranges', 'LimitRange', 'v1', true, ['limits']),
  row('persistentvolumeclaims', 'PersistentVolumeClaim', 'v1', true, ['pvc'], ['status']),
  row('persistentvolumes', 'PersistentVolume', 'v1', false, ['pv'], ['status']),
  row('podtemplates', 'PodTemplate', 'v1', true),
  row('replicationcontrollers', 'ReplicationController', 'v1', true, ['rc'], ['scale', 'status'], ALL),
  row('resourcequotas', 'ResourceQuota', 'v1', true, ['quota'], ['status']),
  row('secrets', 'Secret', 'v1', true),
  row('serviceaccounts', 'ServiceAccount', 'v1', true, ['sa'], ['token']),
  row('controllerrevisions', 'ControllerRevision', 'apps/v1', true),
  row('daemonsets', 'DaemonSet', 'apps/v1', true, ['ds'], ['status'], ALL),
  row('statefulsets', 'StatefulSet', 'apps/v1', true, ['sts'], ['scale', 'status'], ALL),
  row('cronjobs', 'CronJob', 'batch/v1', true, ['cj'], ['status'], ALL),
  row('jobs', 'Job', 'batch/v1', true, [], ['status'], ALL),
  AUTOSCALER,
  row('horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'autoscaling/v1', true, ['hpa'], ['status'], {
    ...ALL,
    storedAs: AUTOSCALER,
  }),
  row('poddisruptionbudgets', 'PodDisruptionBudget', 'policy/v1', true, ['pdb'], ['status']),
  row('ingressclasses', 'IngressClass', NETWORKING, false),
  row('ingresses', 'Ingress', NETWORKING, true, ['ing'], ['status']),
  row('ipaddresses', 'IPAddress', NETWORKING, false, ['ip']),
  row('networkpolicies', 'NetworkPolicy', NETWORKING, true, ['netpol']),
  row('servicecidrs', 'ServiceCIDR', NETWORKING, false, [], ['status']),
  row('csidrivers', 'CSIDriver', STORAGE, false),
  row('csinodes', 'CSINode', STORAGE, false),
  row('csistoragecapacities', 'CSIStorageCapacity', STORAGE, true),
  row('storageclasses', 'StorageClass', STORAGE, false, ['sc']),
  row('volumeattachments', 'VolumeAttachment', STORAGE, false, [], ['status']),
  row('volumeattributesclasses', 'VolumeAttributesClass', STORAGE, false, ['vac']),
  row('priorityclasses', 'PriorityClass', 'scheduling.k8s.io/v1', false, ['pc']),
  row('runtimeclasses', 'RuntimeClass', 'node.k8s.io/v1', false),
  row('events', 'Event', 'events.k8s.io/v1', true, ['ev'], [], { storedAs: EVENTS }),
  row('certificatesigningrequests', 'CertificateSigningRequest', 'certificates.k8s.io/v1', false, ['csr'], ['approval', 'status']), // prettier-ignore
  row('mutatingadmissionpolicies', 'MutatingAdmissionPolicy', ADMISSION, false, [], [], EXTENSIONS),
  row('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', ADMISSION, false, [], [], EXTENSIONS),
  row('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', ADMISSION, false, [], [], EXTENSIONS),
  row('validatingadmissionpolicies', 'ValidatingAdmissionPolicy', ADMISSION, false, [], ['status'], EXTENSIONS),
  row('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', ADMISSION, false, [], [], EXTENSIONS),
  row('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', ADMISSION, false, [], [], EXTENSIONS),
  row('customresourcedefinitions', 'CustomResourceDefinition', 'apiextensions.k8s.io/v1', false, ['crd', 'crds'], ['status'], EXTENSIONS), // prettier-ignore
  row('apiservices', 'APIService', 'apiregistration.k8s.io/v1', false, [], ['status'], EXTENSIONS),
  row('flowschemas', 'FlowSchema', FLOW_CONTROL, false, [], ['status']),
  row('prioritylevelconfigurations', 'PriorityLevelConfiguration', FLOW_CONTROL, false, [], ['status']),
  row('selfsubjectreviews', 'SelfSubjectReview', 'authentication.k8s.io/v1', false, [], [], { verbs: CREATE_ONLY }),
  row('tokenreviews', 'TokenReview', 'authentication.k8s.io/v1', false, [], [], { verbs: CREATE_ONLY }),
  row('localsubjectaccessreviews', 'LocalSubjectAccessReview', AUTHORIZATION, true, [], [], { verbs: CREATE_ONLY }),
  row('selfsubjectaccessreviews', 'SelfSubjectAccessReview', AUTHORIZATION, false, [], [], { verbs: CREATE_ONLY }),
  row('selfsubjectrulesreviews', 'SelfSubjectRulesReview', AUTHORIZATION, false, [], [], { verbs: CREATE_ONLY }),
  row('subjectaccessreviews', 'SubjectAccessReview', AUTHORIZATION, false, [], [], { verbs: CREATE_ONLY }),
  row('deviceclasses', 'DeviceClass', DEVICES, false),
  row('resourceclaims', 'ResourceClaim', DEVICES, true, [], ['status']),
  row('resourceclaimtemplates', 'ResourceClaimTemplate', DEVICES, true),
  row('resourceslices', 'ResourceSlice', DEVICES, false),
]

/** The row under which its objects are kept: its own, or that of the version they are stored in. */
export const storedAs = (resource: Resource): Resource => resource.storedAs ?? resource

// Of two versions of a kind, the first row is the one that is meant.
const firstBy = (field: 'resource' | 'kind'): ReadonlyMap<string, Resource> =>
  new Map(RESOURCES.toReversed().map((resource) => [resource[field], resource]))
const byResource = firstBy('resource')
const byKind = firstBy('kind')

/** `PodList`. */
export const listKindOf = ({ kind, custom }: Resource): string => custom?.listKind ?? `${kind}List`

export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`

export function resourceNamed(plural: string): Resource {
  const found = byResource.get(plural)
  if (!found) throw new Error(`the API has no resource "${plural}"; it has ${[...byResource.keys()].join(', ')}`)
  return found
}

export function resourceOfKind(kind: string): Resource | undefined {
  return byKind.get(kind)
}

/** Finds a built-in resource as people type it. */
export const resourceTyped = (word: string): Resource | undefined => typedAmong(RESOURCES, word)

/** Finds a resource as people type it: plural, singular, short name, any case, optionally with `.group` or `.version.group`. */
export function typedAmong(resources: readonly Resource[], word: string): Resource | undefined {
  const [name = '', ...rest] = word.toLowerCase().split('.')
  const where = rest.join('.')
  return resources.find(
    ({ resource, singular, shortNames, group, version }) =>
      (resource === name || singular === name || shortNames.includes(name)) &&
      // Of a group its beginning will do.
      (group.startsWith(where) || where === `${version}.${group}`),
  )
}

/** `/api/v1/namespaces/default/pods/web-1/status`, `/apis/apps/v1/deployments` … */
export function pathOf(of: string | Resource, namespace?: string, name?: string, subresource?: string): string {
  const resource = typeof of === 'string' ? resourceNamed(of) : of
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = resource.namespaced && namespace ? `/namespaces/${namespace}` : ''
  return `${root}${scope}/${resource.resource}${name ? `/${name}` : ''}${subresource ? `/${subresource}` : ''}`
}
