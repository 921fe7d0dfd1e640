/**
 * What the API server sets up by itself before it is ready: the system namespaces, and the Service `kubernetes` by which
 * Pods reach it, with its EndpointSlice and Endpoints; with RBAC, the roles without which nobody could do anything; with Priority,
 * the two classes of the system; an APIService for each built-in group and version; the default ServiceCIDR.
 *
 * Servers that come after the first, and those that go: `endpoint-reconciler.ts`.
 * What we leave out: putting roles right that somebody has changed.
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/controller/{systemnamespaces,kubernetesservice}`.
 */
import { resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject, Namespace, Service } from '#cluster/api/types.ts'
import type { RequestOp } from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { BUILT_IN_SERVICES } from './aggregation/local-services.ts'
import { hasRbac } from './chain/authorization.ts'
import { endpointsOf, kubernetesSlice } from './services/endpoint-reconciler.ts'
import { BOOTSTRAP_FLOWS } from './flowcontrol/bootstrap-flows.ts'
import { prepareCreate } from './handlers/objects.ts'
import { bootstrapPolicy } from './rbac/bootstrap-policy.ts'
import { namespacePolicy } from './rbac/namespace-policy.ts'
import type { RequestInfo } from './chain/route.ts'
import { storedAddress } from './services/ip-addresses.ts'
import { withAddress } from './services/service-address.ts'
import { defaultServiceCIDR } from './services/service-cidrs.ts'
import type { State } from './state.ts'
import { callEtcd } from './storage/etcd-client.ts'
import { ipAddressKey, registryKey } from './storage/keys.ts'
import { formatIPv4, parseCIDR } from './validation/addresses.ts'

const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const systemPriority = (name: string, value: number, who: string): KubernetesObject & Record<string, unknown> => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description: `Used for system critical pods that must ${who}.`,
})

const SYSTEM_PRIORITIES: readonly KubernetesObject[] = [
  systemPriority('system-node-critical', 2_000_001_000, 'not be moved from their current node'),
  systemPriority('system-cluster-critical', 2_000_000_000, 'run in the cluster, but can be moved to another node if necessary'), // prettier-ignore
]

/** Writes what is missing; a write that finds its object there changes nothing. */
export function bootstrap(state: State, ctx: Context): Effect[] {
  const missing = wantedObjects(state).filter((object) => !exists(state, object))
  state.outstanding = missing.length
  return missing.map((object) => createOwn(state, object, ctx))
}

function exists(state: State, { kind, metadata }: KubernetesObject): boolean {
  const resource = resourceOfKind(kind)!.resource
  const key = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name
  return state.caches[resource]?.objects.has(key) === true
}

function wantedObjects(state: State): KubernetesObject[] {
  const namespaces = SYSTEM_NAMESPACES.map((name): Namespace => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }))
  const { serviceCIDR, advertiseAddress, securePort, authorizationMode } = state.options
  const address = formatIPv4(parseCIDR(serviceCIDR).first + 1)
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  const service: Service = withAddress(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels },
      spec: { type: 'ClusterIP', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: securePort }] },
    },
    address,
  )
  const policy = [
    ...(hasRbac(authorizationMode)
      ? [...bootstrapPolicy(authorizationMode === 'Node,RBAC'), ...namespacePolicy()]
      : []),
    ...(state.options.admissionPlugins.includes('Priority') ? SYSTEM_PRIORITIES : []),
    ...(state.options.priorityAndFairness ? BOOTSTRAP_FLOWS : []),
    ...(state.options.multiCIDRServiceAllocator ? [defaultServiceCIDR(serviceCIDR)] : []),
    ...(state.options.apiServiceRegistration ? BUILT_IN_SERVICES : []),
  ]
  if (advertiseAddress === '') return [...namespaces, service, ...policy]
  const slice = kubernetesSlice([advertiseAddress], securePort)
  return [...namespaces, service, slice, endpointsOf(slice), ...policy]
}

function createOwn(state: State, object: KubernetesObject, ctx: Context): Effect {
  const resource = resourceOfKind(object.kind)!
  const { name, namespace = '' } = object.metadata
  const info: RequestInfo = { verb: 'create', resource, namespace, name, subresource: '' }
  const prepared = prepareCreate(info, object, ctx)
  if ('refused' in prepared)
    throw new Error(`the server's own ${object.kind} ${name} is invalid: ${prepared.refused.message}`)
  const key = registryKey(resource, namespace, name)
  const success: RequestOp[] = [{ type: 'Put', key, value: prepared.object }]
  if (object.kind === 'Service') {
    const address = (object as Service).spec.clusterIP!
    success.push({ type: 'Put', key: ipAddressKey(address), value: storedAddress(address, namespace, name, ctx) })
  }
  const compare = [{ target: 'MOD', result: 'EQUAL', key, operand: 0 }] as const
  return callEtcd(state, ctx, { type: 'Txn', compare, success, failure: [] }, { type: 'bootstrap' })
}
