/**
 * The tables of `kubectl get`: which columns a kind has, and what stands in them.
 *
 * Upstream the API server makes them (`meta.k8s.io/v1` Table); here kubectl does, from the objects.
 * Where to read upstream: kubernetes/kubernetes `pkg/printers/internalversion/printers.go`.
 */
import { conditionOf } from '#cluster/api/meta.ts'
import type {
  ConfigMap,
  Container,
  Deployment,
  EndpointSlice,
  KubernetesEvent,
  KubernetesObject,
  Lease,
  Role,
  RoleBinding,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '#cluster/api/types.ts'
import { formatSelector } from '#cluster/api/labels.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { ageOf } from './human-duration.ts'
import { podSummary } from './pod-status.ts'

export interface TableSpec {
  readonly columns: readonly string[]
  /** Further columns of `-o wide`. */
  readonly wide: readonly string[]
  /** Cells for all columns, the wide ones at the end. */
  row(object: any, now: Micros): readonly string[]
}

const NONE = '<none>'
const UNKNOWN = '<unknown>'
const age = (object: KubernetesObject, now: Micros): string => ageOf(object.metadata.creationTimestamp, now)
const orNone = (text: string | undefined): string => (text === undefined || text === '' ? NONE : text)
const count = (number: number | undefined): string => String(number ?? 0)
const selectorText = (labels: Readonly<Record<string, string>> | undefined): string =>
  orNone(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
  )
const names = (containers: readonly Container[]): string => containers.map(({ name }) => name).join(',')
const images = (containers: readonly Container[]): string => containers.map(({ image }) => image).join(',')

export const TABLES: Readonly<Record<string, TableSpec>> = {
  pods: {
    columns: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
    wide: ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
    row(pod: Pod, now) {
      const { ready, status, restarts } = podSummary(pod, now)
      const wide = [orNone(pod.status?.podIP), orNone(pod.spec.nodeName), orNone(pod.status?.nominatedNodeName), NONE]
      return [pod.metadata.name, ready, status, restarts, age(pod, now), ...wide]
    },
  },
  nodes: {
    columns: ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'],
    wide: ['INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME'],
    row(node: Node, now) {
      const info = node.status?.nodeInfo ?? {}
      const address = (type: string) => orNone(node.status?.addresses?.find((each) => each.type === type)?.address)
      const wide = [info['osImage'], info['kernelVersion'], info['containerRuntimeVersion']].map(
        (text) => text || UNKNOWN,
      )
      const version = info['kubeletVersion'] ?? ''
      return [
        node.metadata.name,
        nodeStatus(node),
        nodeRoles(node),
        age(node, now),
        version,
        address('InternalIP'),
        address('ExternalIP'),
        ...wide,
      ]
    },
  },
  services: {
    columns: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
    wide: ['SELECTOR'],
    row(service: Service, now) {
      const { type = 'ClusterIP', clusterIP, selector } = service.spec
      const external = type === 'LoadBalancer' ? '<pending>' : NONE
      return [
        service.metadata.name,
        type,
        orNone(clusterIP),
        external,
        servicePorts(service),
        age(service, now),
        selectorText(selector),
      ]
    },
  },
  deployments: {
    columns: ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row(deployment: Deployment, now) {
      const { spec, status = {} } = deployment
      const ready = `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`
      const { containers } = spec.template.spec
      const wide = [names(containers), images(containers), formatSelector(spec.selector)]
      return [
        deployment.metadata.name,
        ready,
        count(status.updatedReplicas),
        count(status.availableReplicas),
        age(deployment, now),
        ...wide,
      ]
    },
  },
  replicasets: {
    columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row(set: ReplicaSet, now) {
      const { containers } = set.spec.template.spec
      const wide = [names(containers), images(containers), formatSelector(set.spec.selector)]
      const desired = count(set.spec.replicas ?? 1)
      return [
        set.metadata.name,
        desired,
        count(set.status?.replicas),
        count(set.status?.readyReplicas),
        age(set, now),
        ...wide,
      ]
    },
  },
  namespaces: {
    columns: ['NAME', 'STATUS', 'AGE'],
    wide: [],
    row: (namespace: Namespace, now) => [
      namespace.metadata.name,
      namespace.status?.phase ?? 'Active',
      age(namespace, now),
    ],
  },
  configmaps: {
    columns: ['NAME', 'DATA', 'AGE'],
    wide: [],
    row: (map: ConfigMap, now) => [map.metadata.name, count(Object.keys(map.data ?? {}).length), age(map, now)],
  },
  events: {
    columns: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
    wide: [],
    row(event: KubernetesEvent, now) {
      const { kind, name } = event.involvedObject
      const seen = ageOf(event.lastTimestamp ?? event.metadata.creationTimestamp, now)
      return [seen, event.type, event.reason, `${kind.toLowerCase()}/${name}`, event.message.trim()]
    },
  },
  endpointslices: {
    columns: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
    wide: [],
    row(slice: EndpointSlice, now) {
      const ports = firstThree(
        (slice.ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port))),
        '<unset>',
      )
      const addresses = firstThree(
        slice.endpoints.map(({ addresses }) => addresses.join(',')),
        '<unset>',
      )
      return [slice.metadata.name, slice.addressType, ports, addresses, age(slice, now)]
    },
  },
  roles: {
    columns: ['NAME', 'CREATED AT'],
    wide: [],
    row: (role: Role) => [role.metadata.name, role.metadata.creationTimestamp ?? '<unknown>'],
  },
  clusterroles: {
    columns: ['NAME', 'CREATED AT'],
    wide: [],
    row: (role: Role) => [role.metadata.name, role.metadata.creationTimestamp ?? '<unknown>'],
  },
  rolebindings: { columns: ['NAME', 'ROLE', 'AGE'], wide: [], row: bindingRow },
  clusterrolebindings: { columns: ['NAME', 'ROLE', 'AGE'], wide: [], row: bindingRow },
  leases: {
    columns: ['NAME', 'HOLDER', 'AGE'],
    wide: [],
    row: (lease: Lease, now) => [lease.metadata.name, lease.spec.holderIdentity ?? '', age(lease, now)],
  },
}

function bindingRow(binding: RoleBinding, now: Micros): string[] {
  const { kind, name } = binding.roleRef
  return [binding.metadata.name, `${kind}/${name}`, age(binding, now)]
}

function firstThree(texts: readonly string[], nothing: string): string {
  if (texts.length === 0) return nothing
  const shown = texts.slice(0, 3).join(',')
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown
}

export function nodeStatus(node: Node): string {
  const ready = conditionOf(node, 'Ready')
  const status = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable ? `${status},SchedulingDisabled` : status
}

const ROLE = 'node-role.kubernetes.io/'

export function nodeRoles(node: Node): string {
  const labels = Object.keys(node.metadata.labels ?? {})
  const roles = labels.filter((label) => label.startsWith(ROLE)).map((label) => label.slice(ROLE.length))
  return orNone(roles.sort().join(','))
}

function servicePorts(service: Service): string {
  const ports = (service.spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return orNone(ports.join(','))
}
