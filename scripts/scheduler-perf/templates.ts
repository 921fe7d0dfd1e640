/** Nodes, Pods and volumes of upstream's scheduler_perf workloads (`test/integration/scheduler_perf/templates`), by what they ask for. */
import type { PersistentVolume, PersistentVolumeClaim } from '#cluster/api/storage-types.ts'
import { BIND_COMPLETED } from '#cluster/api/storage-types.ts'
import type { KubernetesObject, Node, Pod, PodAffinityTerm, ResourceList, Taint } from '#cluster/api/types.ts'

export const HOSTNAME = 'kubernetes.io/hostname'
export const ZONE = 'topology.kubernetes.io/zone'

export interface NodeMore {
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  readonly more?: ResourceList
}

/** 4 CPUs, 32 GiB, 110 Pods. */
export function nodeNamed(name: string, { labels = {}, taints, more }: NodeMore = {}): Node {
  const resources = { cpu: '4', memory: '32Gi', pods: '110', ...more }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME]: name, ...labels } },
    spec: taints ? { taints } : {},
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    },
  }
}

export interface PodTemplate {
  readonly labels?: Readonly<Record<string, string>>
  readonly requests?: ResourceList
  readonly spec?: Partial<Pod['spec']>
  readonly finalizers?: readonly string[]
}

const DEFAULT_REQUESTS: ResourceList = { cpu: '100m', memory: '500Mi' }

export function podFrom(template: PodTemplate, name: string, namespace: string, claim?: string): Pod {
  const { labels, requests = DEFAULT_REQUESTS, spec, finalizers } = template
  const container = { name: 'pause', image: 'registry.k8s.io/pause:3.10.1', ports: [{ containerPort: 80 }] }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels }), ...(finalizers && { finalizers }) },
    spec: {
      containers: [{ ...container, ...(Object.keys(requests).length > 0 && { resources: { requests } }) }],
      ...(claim !== undefined && { volumes: [{ name: 'vol', persistentVolumeClaim: { claimName: claim } }] }),
      ...spec,
    },
  }
}

const term = (color: string, topologyKey: string): PodAffinityTerm => ({
  labelSelector: { matchLabels: { color } },
  topologyKey,
  namespaces: ['sched-1', 'sched-0'],
})
const devops = { matchLabels: { team: 'devops' } }
const green: PodAffinityTerm = { labelSelector: { matchLabels: { color: 'green' } }, topologyKey: HOSTNAME, namespaceSelector: devops } // prettier-ignore
const spread = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') => [
  { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } },
]
const onNodes = (key: 'matchFields' | 'matchExpressions', field: string, ...values: string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ [key]: [{ key: field, operator: 'In' as const, values }] }],
    },
  },
})
const required = (it: PodAffinityTerm) => ({ requiredDuringSchedulingIgnoredDuringExecution: [it] })
const preferred = (podAffinityTerm: PodAffinityTerm) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm, weight: 1 }],
})

export const THE_NODE = 'scheduler-perf-node'

/** By the names of upstream's files. */
export const templates = {
  'pod-default': {},
  'light-pod': { requests: {} },
  'daemonset-pod': { requests: {}, spec: { affinity: onNodes('matchFields', 'metadata.name', THE_NODE) } },
  'gated-pod': { requests: {}, spec: { schedulingGates: [{ name: 'test.k8s.io/hold' }] } },
  'pod-with-finalizer': { requests: {}, finalizers: ['test.k8s.io/finalizer'] },
  'pod-low-priority': { requests: { cpu: '900m', memory: '500Mi' }, spec: { terminationGracePeriodSeconds: 0 } },
  'pod-high-priority': { requests: { cpu: '3', memory: '500Mi' }, spec: { priority: 10 } },
  'pod-high-priority-large-cpu': { requests: { cpu: '9', memory: '500Mi' }, spec: { priority: 10 } },
  'pod-with-extended-resource': { requests: { ...DEFAULT_REQUESTS, 'foo.com/bar': '1' } },
  'pod-with-secret-volume': { spec: { volumes: [{ name: 'secret', secret: { secretName: 'secret' } }] } },
  'pod-with-label': { labels: { app: 'scheduler-perf' } },
  'pod-with-node-affinity': { spec: { affinity: onNodes('matchExpressions', ZONE, 'zone1', 'zone2') } },
  'pod-with-pod-affinity': { labels: { color: 'blue' }, spec: { affinity: { podAffinity: required(term('blue', ZONE)) } } }, // prettier-ignore
  'pod-with-pod-anti-affinity': { labels: { color: 'green', name: 'test' }, spec: { affinity: { podAntiAffinity: required(term('green', HOSTNAME)) } } }, // prettier-ignore
  'pod-with-pod-anti-affinity-label': { labels: { color: 'green' } },
  'pod-with-preferred-pod-affinity': { labels: { color: 'red' }, spec: { affinity: { podAffinity: preferred(term('red', HOSTNAME)) } } }, // prettier-ignore
  'pod-with-preferred-pod-anti-affinity': { labels: { color: 'yellow' }, spec: { affinity: { podAntiAffinity: preferred(term('yellow', HOSTNAME)) } } }, // prettier-ignore
  'pod-anti-affinity-ns-selector': { labels: { color: 'green' }, spec: { affinity: { podAntiAffinity: required(green) } } }, // prettier-ignore
  'pod-preferred-anti-affinity-ns-selector': { labels: { color: 'green' }, spec: { affinity: { podAntiAffinity: preferred(green) } } }, // prettier-ignore
  'pod-with-topology-spreading': { labels: { color: 'blue' }, spec: { topologySpreadConstraints: spread('DoNotSchedule') } }, // prettier-ignore
  'pod-with-preferred-topology-spreading': { labels: { color: 'blue' }, spec: { topologySpreadConstraints: spread('ScheduleAnyway') } }, // prettier-ignore
  'pod-with-node-inclusion-policy': {
    labels: { foo: 'bar' },
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: HOSTNAME,
          whenUnsatisfiable: 'DoNotSchedule',
          nodeAffinityPolicy: 'Honor',
          nodeTaintsPolicy: 'Honor',
          labelSelector: { matchLabels: { foo: 'bar' } },
        },
      ],
    },
  },
} as const satisfies Readonly<Record<string, PodTemplate>>

export type TemplateName = keyof typeof templates

/** A volume and its claim, bound to each other already, as the real harness makes them. */
export function boundVolume(kind: 'aws' | 'csi', name: string, namespace: string): KubernetesObject[] {
  const modes = { accessModes: ['ReadWriteOnce'] }
  const source = kind === 'aws' ? { awsElasticBlockStore: { volumeID: name } } : { csi: { driver: 'ebs.csi.aws.com', volumeHandle: name } } // prettier-ignore
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [BIND_COMPLETED]: 'true' } },
    spec: {
      ...modes,
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      ...source,
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name, apiVersion: 'v1' },
    },
  }
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, annotations: { [BIND_COMPLETED]: 'true' } },
    spec: { ...modes, resources: { requests: { storage: '1Gi' } }, volumeName: name },
  }
  return [volume, claim]
}
