/** Where to read upstream: kubectl `pkg/describe/describe.go` (PodDescriber). */
import type {
  Container,
  ContainerState,
  ContainerStatus,
  KubernetesEvent,
  Pod,
  Probe,
  Toleration,
} from '#cluster/api/types.ts'
import { controllerOf } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { annotationLines, eventLines, longTime, pairs, wordLines } from './lines.ts'

export function describePod(pod: Pod, events: readonly KubernetesEvent[], now: Micros): string[] {
  const { metadata, spec, status = {} } = pod
  const node = spec.nodeName ? `${spec.nodeName}${status.hostIP ? `/${status.hostIP}` : ''}` : '<none>'
  const owner = controllerOf(pod)
  const phase = metadata.deletionTimestamp
    ? [
        `Status:\tTerminating (since ${longTime(metadata.deletionTimestamp)})`,
        `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`,
      ]
    : [`Status:\t${status.phase ?? 'Pending'}`]
  const ips = status.podIPs ?? (status.podIP ? [{ ip: status.podIP }] : [])
  return [
    `Name:\t${metadata.name}`,
    `Namespace:\t${metadata.namespace}`,
    `Priority:\t${spec.priority ?? 0}`,
    `Node:\t${node}`,
    ...(status.startTime ? [`Start Time:\t${longTime(status.startTime)}`] : []),
    ...pairs('Labels:', metadata.labels),
    ...annotationLines(metadata.annotations),
    ...phase,
    ...(status.reason ? [`Reason:\t${status.reason}`] : []),
    ...(status.message ? [`Message:\t${status.message}`] : []),
    `IP:\t${status.podIP ?? ''}`,
    ...(ips.length === 0 ? ['IPs:\t<none>'] : ['IPs:', ...ips.map(({ ip }) => `  IP:\t${ip}`)]),
    ...(owner ? [`Controlled By:\t${owner.kind}/${owner.name}`] : []),
    ...containerLines('Init Containers:', spec.initContainers, status.initContainerStatuses),
    ...containerLines('Containers:', spec.containers, status.containerStatuses),
    ...containerLines('Ephemeral Containers:', spec.ephemeralContainers, status.ephemeralContainerStatuses),
    ...conditionLines(pod),
    ...volumeLines(spec.volumes),
    `QoS Class:\t${status.qosClass ?? 'BestEffort'}`,
    ...pairs('Node-Selectors:', spec.nodeSelector),
    ...tolerationLines(spec.tolerations),
    ...eventLines(events, now),
  ]
}

/** What each kind of volume says of itself. */
const VOLUMES: Readonly<
  Record<string, readonly [type: string, fields: readonly (readonly [label: string, field: string])[]]>
> = {
  configMap: [
    'ConfigMap (a volume populated by a ConfigMap)',
    [
      ['Name', 'name'],
      ['Optional', 'optional'],
    ],
  ],
  emptyDir: [
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    [
      ['Medium', 'medium'],
      ['SizeLimit', 'sizeLimit'],
    ],
  ],
  hostPath: [
    'HostPath (bare host directory volume)',
    [
      ['Path', 'path'],
      ['HostPathType', 'type'],
    ],
  ],
  persistentVolumeClaim: [
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    [
      ['ClaimName', 'claimName'],
      ['ReadOnly', 'readOnly'],
    ],
  ],
  projected: ['Projected (a volume that contains injected data from multiple sources)', []],
  secret: [
    'Secret (a volume populated by a Secret)',
    [
      ['SecretName', 'secretName'],
      ['Optional', 'optional'],
    ],
  ],
}
const UNSET: Readonly<Record<string, string>> = { optional: 'false', readOnly: 'false', sizeLimit: '<unset>' }

interface Projection {
  readonly secret?: { readonly name?: string; readonly optional?: boolean }
  readonly configMap?: { readonly name?: string; readonly optional?: boolean }
  readonly downwardAPI?: object
  readonly serviceAccountToken?: { readonly expirationSeconds?: number }
}

function projectedLines(source: Record<string, unknown>): string[] {
  return ((source['sources'] ?? []) as readonly Projection[]).flatMap((one) => {
    const { secret, configMap, downwardAPI, serviceAccountToken: token } = one
    if (secret) return [`    SecretName:\t${secret.name}`, `    Optional:\t${secret.optional ?? false}`]
    if (configMap) return [`    ConfigMapName:\t${configMap.name}`, `    Optional:\t${configMap.optional ?? false}`]
    if (downwardAPI) return ['    DownwardAPI:\ttrue']
    return token ? [`    TokenExpirationSeconds:\t${token.expirationSeconds ?? 3600}`] : []
  })
}

function volumeLines(volumes: Pod['spec']['volumes']): string[] {
  if (!volumes || volumes.length === 0) return ['Volumes:\t<none>']
  const lines = volumes.flatMap((volume) => {
    const { name, ...sources } = volume as unknown as { name: string } & Record<string, Record<string, unknown>>
    const [kind = '', source = {}] = Object.entries(sources)[0] ?? []
    const [type, fields] = VOLUMES[kind] ?? [kind, []]
    return [
      `  ${name}:`,
      `    Type:\t${type}`,
      ...(kind === 'projected' ? projectedLines(source) : []),
      ...fields.map(([label, field]) => `    ${label}:\t${String(source[field] ?? UNSET[field] ?? '')}`),
    ]
  })
  return ['Volumes:', ...lines]
}

function containerLines(
  title: string,
  containers: readonly Container[] | undefined,
  statuses: readonly ContainerStatus[] | undefined,
): string[] {
  if (!containers || containers.length === 0) return []
  return [
    title,
    ...containers.flatMap((container) =>
      containerBlock(
        container,
        statuses?.find(({ name }) => name === container.name),
      ),
    ),
  ]
}

function containerBlock(container: Container, status: ContainerStatus | undefined): string[] {
  const ports = (container.ports ?? []).map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`)
  const hostPorts = (container.ports ?? []).map(({ hostPort = 0, protocol = 'TCP' }) => `${hostPort}/${protocol}`)
  const plural = ports.length > 1 ? 's' : ''
  const { requests, limits } = container.resources ?? {}
  return [
    `  ${container.name}:`,
    `    Container ID:\t${status?.containerID ?? ''}`,
    `    Image:\t${container.image}`,
    `    Image ID:\t${status?.imageID ?? ''}`,
    `    Port${plural}:\t${ports.join(', ') || '<none>'}`,
    `    Host Port${plural}:\t${hostPorts.join(', ') || '<none>'}`,
    ...wordLines('Command', container.command),
    ...wordLines('Args', container.args),
    ...(status
      ? [
          ...stateLines('State', status.state),
          ...(hasState(status.lastState) ? stateLines('Last State', status.lastState) : []),
        ]
      : []),
    ...(status ? [`    Ready:\t${status.ready ? 'True' : 'False'}`, `    Restart Count:\t${status.restartCount}`] : []),
    ...amountLines('Limits', limits),
    ...amountLines('Requests', requests),
    ...probeLine('Liveness', container.livenessProbe),
    ...probeLine('Readiness', container.readinessProbe),
    ...probeLine('Startup', container.startupProbe),
    ...environmentLines(container),
  ]
}

const hasState = (state: ContainerState | undefined): boolean =>
  state !== undefined && (state.terminated !== undefined || state.running !== undefined || state.waiting !== undefined)

function amountLines(title: string, list: Readonly<Record<string, string>> | undefined): string[] {
  const names = Object.keys(list ?? {}).sort()
  return names.length === 0 ? [] : [`    ${title}:`, ...names.map((name) => `      ${name}:\t${list![name]}`)]
}

function stateLines(title: string, state: ContainerState | undefined): string[] {
  if (state?.running) return [`    ${title}:\tRunning`, `      Started:\t${longTime(state.running.startedAt)}`]
  if (state?.terminated) {
    const { reason, exitCode, startedAt, finishedAt } = state.terminated
    return [
      `    ${title}:\tTerminated`,
      ...(reason ? [`      Reason:\t${reason}`] : []),
      `      Exit Code:\t${exitCode}`,
      `      Started:\t${longTime(startedAt)}`,
      `      Finished:\t${longTime(finishedAt)}`,
    ]
  }
  const { reason, message } = state?.waiting ?? {}
  return [
    `    ${title}:\tWaiting`,
    ...(reason ? [`      Reason:\t${reason}`] : []),
    ...(message ? [`      Message:\t${message}`] : []),
  ]
}

function probeLine(title: string, probe: Probe | undefined): string[] {
  if (!probe) return []
  const { httpGet, tcpSocket, exec } = probe
  const how = httpGet
    ? `http-get http://:${httpGet.port}${httpGet.path ?? '/'}`
    : tcpSocket
      ? `tcp-socket :${tcpSocket.port}`
      : `exec [${(exec?.command ?? []).join(' ')}]`
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 1,
    periodSeconds = 10,
    successThreshold = 1,
    failureThreshold = 3,
  } = probe
  const rule = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`
  return [`    ${title}:\t${how} ${rule}`]
}

function environmentLines({ env = [] }: Container): string[] {
  if (env.length === 0) return ['    Environment:\t<none>']
  return ['    Environment:', ...env.map(({ name, value = '' }) => `      ${name}:\t${value}`)]
}

function conditionLines({ status }: Pod): string[] {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  return ['Conditions:', '  Type\tStatus', ...conditions.map(({ type, status }) => `  ${type} \t${status} `)]
}

function tolerationLines(tolerations: readonly Toleration[] | undefined): string[] {
  if (!tolerations || tolerations.length === 0) return ['Tolerations:\t<none>']
  const texts = tolerations.map(({ key = '', value, effect, operator, tolerationSeconds }) => {
    const what = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`
    const how = operator === 'Exists' && !value ? `${key || effect ? ' ' : ''}op=Exists` : ''
    return `${what}${how}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`
  })
  return texts.sort().map((text, i) => `${i === 0 ? 'Tolerations:' : ''}\t${text}`)
}
