/**
 * The kinds that the API serves: one row each. Paths, storage keys, tables and kubectl's short names come from here.
 *
 * Where to read upstream: `kubectl api-resources`; kubernetes/kubernetes `pkg/registry/<group>/rest/storage_*.go`.
 */

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
}

const row = (
  resource: string,
  kind: string,
  groupVersion: string,
  namespaced: boolean,
  shortNames: string[] = [],
  subresources: string[] = [],
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
  })
}

const RBAC = 'rbac.authorization.k8s.io/v1'

export const RESOURCES: readonly Resource[] = [
  row('namespaces', 'Namespace', 'v1', false, ['ns'], ['status']),
  row('nodes', 'Node', 'v1', false, ['no'], ['status']),
  row('pods', 'Pod', 'v1', true, ['po'], ['status', 'binding']),
  row('services', 'Service', 'v1', true, ['svc'], ['status']),
  row('configmaps', 'ConfigMap', 'v1', true, ['cm']),
  row('events', 'Event', 'v1', true, ['ev']),
  row('deployments', 'Deployment', 'apps/v1', true, ['deploy'], ['status', 'scale']),
  row('replicasets', 'ReplicaSet', 'apps/v1', true, ['rs'], ['status', 'scale']),
  row('endpointslices', 'EndpointSlice', 'discovery.k8s.io/v1', true),
  row('leases', 'Lease', 'coordination.k8s.io/v1', true),
  row('roles', 'Role', RBAC, true),
  row('rolebindings', 'RoleBinding', RBAC, true),
  row('clusterroles', 'ClusterRole', RBAC, false),
  row('clusterrolebindings', 'ClusterRoleBinding', RBAC, false),
]

const byResource = new Map(RESOURCES.map((resource) => [resource.resource, resource]))
const byKind = new Map(RESOURCES.map((resource) => [resource.kind, resource]))

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

/** Finds a resource as people type it: plural, singular, short name, any case, optionally with `.group`. */
export function resourceTyped(word: string): Resource | undefined {
  const name = word.toLowerCase().split('.')[0]!
  return RESOURCES.find((row) => row.resource === name || row.singular === name || row.shortNames.includes(name))
}

/** `/api/v1/namespaces/default/pods/web-1/status`, `/apis/apps/v1/deployments` … */
export function pathOf(plural: string, namespace?: string, name?: string, subresource?: string): string {
  const resource = resourceNamed(plural)
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = resource.namespaced && namespace ? `/namespaces/${namespace}` : ''
  return `${root}${scope}/${plural}${name ? `/${name}` : ''}${subresource ? `/${subresource}` : ''}`
}
