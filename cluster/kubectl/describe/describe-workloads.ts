/** Where to read upstream: kubectl `pkg/describe/describe.go` (DeploymentDescriber, ReplicaSetDescriber, ServiceDescriber). */
import { formatSelector } from '#cluster/api/labels.ts'
import { controllerOf, parseTime } from '#cluster/api/meta.ts'
import type {
  Container,
  Deployment,
  EndpointSlice,
  KubernetesEvent,
  KubernetesObject,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  Service,
} from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { LAST_APPLIED } from '../commands/apply.ts'
import { annotationLines, eventLines, longTime, pairs, wordLines } from './lines.ts'

const REVISION = 'deployment.kubernetes.io/revision'

export function describeDeployment(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  events: readonly KubernetesEvent[],
  now: Micros,
): string[] {
  const { metadata, spec, status = {} } = deployment
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {}
  const counts = [
    `${spec.replicas ?? 1} desired`,
    `${status.updatedReplicas ?? 0} updated`,
    `${status.replicas ?? 0} total`,
    `${status.availableReplicas ?? 0} available`,
    `${status.unavailableReplicas ?? 0} unavailable`,
  ]
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {}
  const owned = sets.filter((set) => controllerOf(set)?.uid === metadata.uid)
  const current = owned.find((set) => set.metadata.annotations?.[REVISION] === metadata.annotations?.[REVISION])
  const old = owned.filter((set) => set !== current)
  return [
    ...head(deployment),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...pairs('Labels:', metadata.labels),
    ...annotationLines(metadata.annotations),
    `Selector:\t${formatSelector(spec.selector)}`,
    `Replicas:\t${counts.join(' | ')}`,
    `StrategyType:\t${type}`,
    `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`,
    ...(type === 'RollingUpdate'
      ? [`RollingUpdateStrategy:\t${maxUnavailable} max unavailable, ${maxSurge} max surge`]
      : []),
    ...templateLines(spec.template),
    ...conditionLines(deployment),
    `OldReplicaSets:\t${setList(old)}`,
    `NewReplicaSet:\t${setList(current ? [current] : [])}`,
    ...eventLines(events, now),
  ]
}

export function describeReplicaSet(
  set: ReplicaSet,
  pods: readonly Pod[],
  events: readonly KubernetesEvent[],
  now: Micros,
): string[] {
  const { metadata, spec, status } = set
  const owner = controllerOf(set)
  const phases = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 }
  for (const pod of pods) {
    const phase = pod.status?.phase ?? 'Pending'
    if (controllerOf(pod)?.uid === metadata.uid && phase in phases) phases[phase as keyof typeof phases]++
  }
  return [
    ...head(set),
    `Selector:\t${formatSelector(spec.selector)}`,
    ...pairs('Labels:', metadata.labels),
    ...annotationLines(metadata.annotations),
    ...(owner ? [`Controlled By:\t${owner.kind}/${owner.name}`] : []),
    `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`,
    `Pods Status:\t${phases.Running} Running / ${phases.Pending} Waiting / ${phases.Succeeded} Succeeded / ${phases.Failed} Failed`,
    ...templateLines(spec.template),
    ...(status?.conditions?.length ? conditionLines(set) : []),
    ...eventLines(events, now),
  ]
}

const head = ({ metadata }: KubernetesObject): string[] => [
  `Name:\t${metadata.name}`,
  `Namespace:\t${metadata.namespace}`,
]

export function templateLines({ metadata, spec }: PodTemplateSpec): string[] {
  return [
    'Pod Template:',
    ...pairs('  Labels:', metadata?.labels),
    ...(metadata?.annotations ? pairs('  Annotations:', metadata.annotations, ': ', [LAST_APPLIED]) : []),
    ...(spec.serviceAccountName ? [`  Service Account:\t${spec.serviceAccountName}`] : []),
    '  Containers:',
    ...spec.containers.flatMap(containerLines),
    '  Volumes:\t<none>',
    ...pairs('  Node-Selectors:', spec.nodeSelector),
    `  Tolerations:\t${tolerations(spec)}`,
  ]
}

const tolerations = (spec: PodTemplateSpec['spec']): string =>
  (spec.tolerations ?? []).map(({ key = '', effect }) => `${key}${effect ? `:${effect}` : ''}`).join(', ') || '<none>'

function containerLines({ name, image, ports = [], resources, env = [], command, args }: Container): string[] {
  const own = ports.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`).join(', ')
  const host = ports.map(({ hostPort = 0, protocol = 'TCP' }) => `${hostPort}/${protocol}`).join(', ')
  const amounts = (title: string, list: Readonly<Record<string, string>> | undefined): string[] =>
    Object.keys(list ?? {}).length === 0
      ? []
      : [
          `    ${title}:`,
          ...Object.keys(list!)
            .sort()
            .map((key) => `      ${key}:\t${list![key]}`),
        ]
  return [
    `   ${name}:`,
    `    Image:\t${image}`,
    `    Port:\t${own || '<none>'}`,
    `    Host Port:\t${host || '<none>'}`,
    ...wordLines('Command', command),
    ...wordLines('Args', args),
    ...amounts('Limits', resources?.limits),
    ...amounts('Requests', resources?.requests),
    ...(env.length === 0
      ? ['    Environment:\t<none>']
      : ['    Environment:', ...env.map(({ name, value = '' }) => `      ${name}:\t${value}`)]),
    '    Mounts:\t<none>',
  ]
}

function conditionLines({ status }: Deployment | ReplicaSet): string[] {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  const lines = conditions.map(({ type, status, reason = '' }) => `  ${type} \t${status}\t${reason}`)
  return ['Conditions:', '  Type\tStatus\tReason', '  ----\t------\t------', ...lines]
}

function setList(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(
    ({ metadata, spec, status }) =>
      `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 1} replicas created)`,
  )
  return texts.join(', ') || '<none>'
}

export function describeService(
  service: Service,
  slices: readonly EndpointSlice[],
  events: readonly KubernetesEvent[],
  now: Micros,
): string[] {
  const { metadata, spec } = service
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`)
  return [
    ...head(service),
    ...pairs('Labels:', metadata.labels),
    ...annotationLines(metadata.annotations),
    `Selector:\t${selector.sort().join(',') || '<none>'}`,
    `Type:\t${spec.type ?? 'ClusterIP'}`,
    ...(spec.ipFamilyPolicy ? [`IP Family Policy:\t${spec.ipFamilyPolicy}`] : []),
    `IP Families:\t${spec.ipFamilies?.join(',') ?? '<none>'}`,
    `IP:\t${spec.clusterIP ?? ''}`,
    `IPs:\t${(spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])).join(',') || '<none>'}`,
    ...outsideLines(service),
    ...(spec.ports ?? []).flatMap(({ name, port, protocol = 'TCP', targetPort, nodePort }) => [
      `Port:\t${name || '<unset>'}\t${port}/${protocol}`,
      `TargetPort:\t${targetPort ?? port}/${protocol}`,
      ...(nodePort ? [`NodePort:\t${name || '<unset>'}\t${nodePort}/${protocol}`] : []),
      `Endpoints:\t${endpoints(slices, name)}`,
    ]),
    `Session Affinity:\t${spec.sessionAffinity ?? 'None'}`,
    ...(spec.externalTrafficPolicy ? [`External Traffic Policy:\t${spec.externalTrafficPolicy}`] : []),
    ...(spec.internalTrafficPolicy ? [`Internal Traffic Policy:\t${spec.internalTrafficPolicy}`] : []),
    ...(spec.healthCheckNodePort ? [`HealthCheck NodePort:\t${spec.healthCheckNodePort}`] : []),
    ...eventLines(events, now),
  ]
}

/** By which names and addresses it is known outside. */
function outsideLines({ spec, status }: Service): string[] {
  const { ingress = [] } = (status?.['loadBalancer'] ?? {}) as { ingress?: readonly { ip?: string; hostname?: string }[] } // prettier-ignore
  const balancers = ingress.map(({ ip, hostname }) => (ip ? `${ip} (VIP)` : (hostname ?? '')))
  return [
    ...(spec.externalIPs?.length ? [`External IPs:\t${spec.externalIPs.join(',')}`] : []),
    ...(spec.externalName ? [`External Name:\t${spec.externalName}`] : []),
    ...(balancers.length > 0 ? [`LoadBalancer Ingress:\t${balancers.join(', ')}`] : []),
  ]
}

/** Ready addresses of this port, at most three of them. */
function endpoints(slices: readonly EndpointSlice[], port = ''): string {
  const texts = slices.flatMap((slice) => {
    const number = (slice.ports ?? []).find(({ name = '' }) => name === port)?.port
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false)
    return number === undefined ? [] : ready.map(({ addresses }) => `${addresses[0]}:${number}`)
  })
  const shown = texts.slice(0, 3).join(',')
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown
}

export const byCreation = (a: KubernetesObject, b: KubernetesObject): number =>
  (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0)
