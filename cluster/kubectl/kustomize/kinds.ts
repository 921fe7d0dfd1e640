/**
 * What kustomize knows of kinds: where they have labels, selectors, templates and names of others, and in which order they are
 * written out. As data.
 *
 * Where to read upstream: kubernetes-sigs/kustomize `api/internal/konfig/builtinpluginconsts`.
 */
import { RESOURCES } from '#cluster/api/resources.ts'

const clusterScoped = new Set(RESOURCES.filter(({ namespaced }) => !namespaced).map(({ kind }) => kind))
/** Kinds that nobody knows are taken to be in namespaces. */
export const isNamespaced = (kind: string): boolean => !clusterScoped.has(kind)

export const podTemplateKinds: Readonly<Record<string, string>> = {
  Pod: 'spec',
  ...Object.fromEntries(
    ['ReplicationController', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'].map((kind) => [
      kind,
      'spec.template.spec',
    ]),
  ),
  CronJob: 'spec.jobTemplate.spec.template.spec',
}

const TEMPLATED = ['ReplicationController', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job']
const JOB_TEMPLATE = ['spec.jobTemplate.metadata', 'spec.jobTemplate.spec.template.metadata']

/** The metadata of what a kind makes: they are made where they are missing. */
export function templatesOf(kind: string): readonly string[] {
  if (kind === 'CronJob') return JOB_TEMPLATE
  return TEMPLATED.includes(kind) ? ['spec.template.metadata'] : []
}

const PODS_NEAR = ['podAffinity', 'podAntiAffinity'].flatMap((near) =>
  [
    'preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm',
    'requiredDuringSchedulingIgnoredDuringExecution[]',
  ].map((term) => `spec.template.spec.affinity.${near}.${term}.labelSelector.matchLabels`),
)
const SPREAD = 'spec.template.spec.topologySpreadConstraints[].labelSelector.matchLabels'
const MATCH = 'spec.selector.matchLabels'

interface Selectors {
  readonly made?: readonly string[]
  /** Only where they stand already. */
  readonly found?: readonly string[]
}

export const selectorsOf: Readonly<Record<string, Selectors>> = {
  Service: { made: ['spec.selector'] },
  ReplicationController: { made: ['spec.selector'] },
  Deployment: { made: [MATCH], found: [...PODS_NEAR, SPREAD] },
  ReplicaSet: { made: [MATCH] },
  DaemonSet: { made: [MATCH] },
  StatefulSet: { made: [MATCH], found: [...PODS_NEAR, SPREAD] },
  Job: { found: [MATCH] },
  CronJob: { found: ['spec.jobTemplate.spec.selector.matchLabels'] },
  PodDisruptionBudget: { found: [MATCH] },
  NetworkPolicy: {
    found: [
      'spec.podSelector.matchLabels',
      'spec.ingress[].from[].podSelector.matchLabels',
      'spec.egress[].to[].podSelector.matchLabels',
    ],
  },
}

const CONTAINERS = ['containers', 'initContainers']
const inContainers = (path: string): string[] => CONTAINERS.map((list) => `${list}[].${path}`)

/** Names of others in the spec of a Pod, by the kind of the other. */
export const namesInPods: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: [
    ...['volumes[].configMap.name', 'volumes[].projected.sources[].configMap.name'],
    ...inContainers('env[].valueFrom.configMapKeyRef.name'),
    ...inContainers('envFrom[].configMapRef.name'),
  ],
  Secret: [
    ...['volumes[].secret.secretName', 'volumes[].projected.sources[].secret.name', 'imagePullSecrets[].name'],
    ...inContainers('env[].valueFrom.secretKeyRef.name'),
    ...inContainers('envFrom[].secretRef.name'),
  ],
  ServiceAccount: ['serviceAccountName', 'serviceAccount'],
  PersistentVolumeClaim: ['volumes[].persistentVolumeClaim.claimName'],
  PriorityClass: ['priorityClassName'],
}

interface Naming {
  /** The kind that is named; undefined: the field `kind` beside the name says. */
  readonly of?: string
  readonly in: readonly string[]
  readonly at: readonly string[]
}

const BINDINGS = ['RoleBinding', 'ClusterRoleBinding']
const HOOKS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']

/** Names of others elsewhere. */
export const namings: readonly Naming[] = [
  { of: 'Secret', in: ['Ingress'], at: ['spec.tls[].secretName'] },
  { of: 'Secret', in: ['ServiceAccount'], at: ['secrets[].name', 'imagePullSecrets[].name'] },
  { of: 'Service', in: ['StatefulSet'], at: ['spec.serviceName'] },
  {
    of: 'Service',
    in: ['Ingress'],
    at: ['spec.defaultBackend.service.name', 'spec.rules[].http.paths[].backend.service.name'],
  },
  { of: 'Service', in: HOOKS, at: ['webhooks[].clientConfig.service.name'] },
  { of: 'Service', in: ['APIService'], at: ['spec.service.name'] },
  { of: 'PersistentVolume', in: ['PersistentVolumeClaim'], at: ['spec.volumeName'] },
  { of: 'StorageClass', in: ['PersistentVolume', 'PersistentVolumeClaim'], at: ['spec.storageClassName'] },
  { of: 'StorageClass', in: ['StatefulSet'], at: ['spec.volumeClaimTemplates[].spec.storageClassName'] },
  { of: 'IngressClass', in: ['Ingress'], at: ['spec.ingressClassName'] },
  { in: BINDINGS, at: ['roleRef.name'] },
  { in: ['HorizontalPodAutoscaler'], at: ['spec.scaleTargetRef.name'] },
]

/** Kinds whose names are no matter of a prefix. */
export const keepsItsName: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'APIService', 'Namespace'])

const FIRST = [
  ...['Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy'],
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'Endpoints', 'Service'],
  ...['LimitRange', 'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet'],
  ...['CronJob', 'PodDisruptionBudget'],
]

/** Where a kind stands among the others: what others need comes first, who may refuse them last. */
export function rankOf(kind: string): number {
  const at = FIRST.indexOf(kind)
  if (at >= 0) return at - FIRST.length
  return HOOKS.includes(kind) ? 1 + HOOKS.toReversed().indexOf(kind) : 0
}
