/**
 * Short ways to write objects in checks: `pod('web').requests({ cpu: '500m' }).on('node-1')`.
 *
 * A builder is the object itself with a few methods that return changed copies; `.done()` is never needed, because methods
 * do not survive the way through JSON into the guest and `toJSON` is not used.
 */
import type { Container, NodeSelectorTerm, Node, Pod, PodPhase, PodSpec, ResourceList } from '#cluster/api/types.ts'

type Labels = Readonly<Record<string, string>>

export interface PodBuilder extends Pod {
  /** Requests of its first container. */
  requests(list: ResourceList): PodBuilder
  /** One container more. */
  container(name: string, requests?: ResourceList): PodBuilder
  /** One init container more; `sidecar` gives it `restartPolicy: Always`. */
  init(name: string, requests: ResourceList, kind?: 'sidecar'): PodBuilder
  overhead(list: ResourceList): PodBuilder
  labels(labels: Labels): PodBuilder
  /** Already bound to that node. */
  on(nodeName: string): PodBuilder
  phase(phase: PodPhase): PodBuilder
  nodeSelector(labels: Labels): PodBuilder
  /** Required node affinity: one of the terms must hold. */
  requires(...terms: NodeSelectorTerm[]): PodBuilder
  spec: PodSpec
  /** Any other field of the spec. */
  with(spec: Partial<PodSpec>): PodBuilder
  in(namespace: string): PodBuilder
}

/** A Pod in namespace `default` with one container and no requests. */
export function pod(name: string): PodBuilder {
  const main: Container = { name: 'main', image: 'registry.local/web:1' }
  return podBuilder({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { containers: [main] },
    status: { phase: 'Pending' },
  })
}

function podBuilder(object: Pod): PodBuilder {
  const { spec } = object
  const withSpec = (change: Partial<PodSpec>): PodBuilder => podBuilder({ ...object, spec: { ...spec, ...change } })
  const withMetadata = (change: Partial<Pod['metadata']>): PodBuilder =>
    podBuilder({ ...object, metadata: { ...object.metadata, ...change } })
  const container = (name: string, requests?: ResourceList): Container => ({
    name,
    image: 'registry.local/web:1',
    ...(requests && { resources: { requests } }),
  })
  const methods = {
    requests: (list: ResourceList) => {
      const [first, ...rest] = spec.containers
      return withSpec({ containers: [{ ...first!, resources: { ...first!.resources, requests: list } }, ...rest] })
    },
    container: (name: string, requests?: ResourceList) =>
      withSpec({ containers: [...spec.containers, container(name, requests)] }),
    init: (name: string, requests: ResourceList, kind?: 'sidecar') => {
      const added: Container = { ...container(name, requests), ...(kind && { restartPolicy: 'Always' as const }) }
      return withSpec({ initContainers: [...(spec.initContainers ?? []), added] })
    },
    overhead: (overhead: ResourceList) => withSpec({ overhead }),
    labels: (labels: Labels) => withMetadata({ labels }),
    on: (nodeName: string) =>
      podBuilder({ ...object, spec: { ...spec, nodeName }, status: { ...object.status, phase: 'Running' } }),
    phase: (phase: PodPhase) => podBuilder({ ...object, status: { ...object.status, phase } }),
    nodeSelector: (nodeSelector: Labels) => withSpec({ nodeSelector }),
    requires: (...nodeSelectorTerms: NodeSelectorTerm[]) =>
      withSpec({
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      }),
    with: withSpec,
    in: (namespace: string) => withMetadata({ namespace }),
  }
  return attach(object, methods) as PodBuilder
}

export interface NodeBuilder extends Node {
  /** What Pods may use. Capacity is set a little higher, as on a real machine. */
  allocatable(list: ResourceList): NodeBuilder
  capacity(list: ResourceList): NodeBuilder
  labels(labels: Labels): NodeBuilder
  cordoned(): NodeBuilder
  /** Says of it, in so many words, that it is cordoned or that it is not. */
  unschedulable(is: boolean): NodeBuilder
}

/** A node with 4 CPUs, 8 GiB of memory, 100 GiB of ephemeral storage and room for 110 Pods. */
export function node(name: string): NodeBuilder {
  const allocatable = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' }
  return nodeBuilder({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: { capacity: allocatable, allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  })
}

function nodeBuilder(object: Node): NodeBuilder {
  const { metadata, status } = object
  const methods = {
    allocatable: (list: ResourceList) =>
      nodeBuilder({ ...object, status: { ...status, allocatable: { ...status?.allocatable, ...list } } }),
    capacity: (list: ResourceList) =>
      nodeBuilder({ ...object, status: { ...status, capacity: { ...status?.capacity, ...list } } }),
    labels: (labels: Labels) =>
      nodeBuilder({ ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } }),
    cordoned: () => nodeBuilder({ ...object, spec: { ...object.spec, unschedulable: true } }),
    unschedulable: (is: boolean) => nodeBuilder({ ...object, spec: { ...object.spec, unschedulable: is } }),
  }
  return attach(object, methods) as NodeBuilder
}

/** Methods that no copy, no JSON and no comparison sees. */
function attach(object: object, methods: Record<string, unknown>): object {
  for (const name of Object.keys(methods)) Object.defineProperty(object, name, { value: methods[name] })
  return object
}
