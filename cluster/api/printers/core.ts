/** Pods, nodes and what else has no group. */
import { conditionOf } from '../meta.ts'
import type { ConfigMap, KubernetesEvent, Namespace, Node, Pod } from '../types.ts'
import { ageOf } from './human-duration.ts'
import { podSummary } from './pod-status.ts'
import type { Printer } from './printer.ts'
import { age, containersOf, firstThree, labelsText, NONE, orNone, printer, UNKNOWN } from './printer.ts'

const pods = printer(
  ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP+', 'Node+', 'Nominated Node+', 'Readiness Gates+'],
  (pod: Pod, now) => {
    const { ready, status, restarts } = podSummary(pod, now)
    const place = [orNone(pod.status?.podIP), orNone(pod.spec.nodeName), orNone(pod.status?.nominatedNodeName)]
    return [pod.metadata.name, ready, status, restarts, age(pod, now), ...place, readinessGates(pod)]
  },
)

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return NONE
  const passed = gates.filter(({ conditionType }) => conditionOf(pod, conditionType)?.status === 'True')
  return `${passed.length}/${gates.length}`
}

const nodes = printer(
  ['Name', 'Status', 'Roles', 'Age', 'Version', 'Internal-IP+', 'External-IP+', 'OS-Image+', 'Kernel-Version+', 'Container-Runtime+'], // prettier-ignore
  (node: Node, now) => {
    const info = node.status?.nodeInfo ?? {}
    const address = (type: string) => orNone(node.status?.addresses?.find((each) => each.type === type)?.address)
    const about = [info['osImage'], info['kernelVersion'], info['containerRuntimeVersion']].map(
      (text) => text || UNKNOWN,
    )
    const own = [node.metadata.name, nodeStatus(node), nodeRoles(node), age(node, now), info['kubeletVersion'] ?? '']
    return [...own, address('InternalIP'), address('ExternalIP'), ...about]
  },
)

function nodeStatus(node: Node): string {
  const ready = conditionOf(node, 'Ready')
  const status = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable ? `${status},SchedulingDisabled` : status
}

const ROLE = 'node-role.kubernetes.io/'
const ROLE_BY_VALUE = 'kubernetes.io/role'

export function nodeRoles(node: Node): string {
  const labels = Object.entries(node.metadata.labels ?? {})
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(ROLE) ? [key.slice(ROLE.length)] : key === ROLE_BY_VALUE && value !== '' ? [value] : [],
  )
  return orNone(roles.sort().join(','))
}

const namespaces = printer(['Name', 'Status', 'Age'], (namespace: Namespace, now) => [
  namespace.metadata.name,
  namespace.status?.phase ?? 'Active',
  age(namespace, now),
])

const sizeOf = (...maps: (object | undefined)[]): number =>
  maps.reduce((sum: number, map) => sum + Object.keys(map ?? {}).length, 0)

const configmaps = printer(['Name', 'Data', 'Age'], (map: ConfigMap, now) => [
  map.metadata.name,
  sizeOf(map.data, (map as { binaryData?: object }).binaryData),
  age(map, now),
])

const secrets = printer(['Name', 'Type', 'Data', 'Age'], (secret, now) => [
  secret.metadata.name,
  secret.type ?? '',
  sizeOf(secret.data),
  age(secret, now),
])

const EVENT_COLUMNS = ['Last Seen', 'Type', 'Reason', 'Object', 'Subobject+', 'Source+', 'Message', 'First Seen+', 'Count+', 'Name+'] // prettier-ignore

/** As core/v1 has them. */
const events = printer(EVENT_COLUMNS, (event: KubernetesEvent & Record<string, any>, now) => {
  const { involvedObject, source, series, eventTime, firstTimestamp, lastTimestamp, reportingComponent } = event
  const { kind, name, fieldPath = '' } = involvedObject as typeof involvedObject & { fieldPath?: string }
  const began = firstTimestamp ?? eventTime ?? undefined
  const seen = ageOf(series?.lastObservedTime ?? lastTimestamp ?? began, now)
  const first = ageOf(began, now)
  const from = [source?.component || reportingComponent || '', source?.host].filter(Boolean).join(', ')
  const count = series?.count ?? (event.count || 1)
  const object = kind ? `${kind.toLowerCase()}/${name}` : name
  return [seen, event.type, event.reason, object, fieldPath, from, event.message.trim(), first, count, event.metadata.name] // prettier-ignore
})

type Subset = {
  readonly addresses?: readonly { readonly ip: string }[]
  readonly ports?: readonly { readonly port: number }[]
}

const endpoints = printer(['Name', 'Endpoints', 'Age'], (object, now) => {
  const all = ((object.subsets ?? []) as readonly Subset[]).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  )
  return [object.metadata.name, firstThree(all, NONE), age(object, now)]
})

const serviceaccounts = printer(['Name', 'Age'], (account, now) => [account.metadata.name, age(account, now)])

const podtemplates = printer(['Name', 'Containers', 'Images', 'Pod Labels'], (object) => [
  object.metadata.name,
  ...containersOf(object.template),
  labelsText(object.template?.metadata?.labels),
])

const replicationcontrollers = printer(
  ['Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', 'Containers+', 'Images+', 'Selector+'],
  ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas ?? 1,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containersOf(spec.template),
    labelsText(spec.selector),
  ],
)

const componentstatuses = printer(['Name', 'Status', 'Message', 'Error'], ({ metadata, conditions = [] }) => {
  const healthy = conditions.find(({ type }: { type: string }) => type === 'Healthy')
  const status = healthy?.status === 'True' ? 'Healthy' : healthy?.status === 'False' ? 'Unhealthy' : 'Unknown'
  return [metadata.name, status, healthy?.message ?? '', healthy?.error ?? '']
})

/** `requests.cpu: 1/4, …` of those names that are limits, or of those that are not. */
function quotaText(status: any, isLimit: boolean): string {
  return Object.keys(status?.hard ?? {})
    .filter((name) => name.startsWith('limits') === isLimit)
    .sort()
    .map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard[name]}`)
    .join(', ')
}

const resourcequotas = printer(['Name', 'Request', 'Limit', 'Age'], (quota, now) => [
  quota.metadata.name,
  quotaText(quota.status, false),
  quotaText(quota.status, true),
  age(quota, now),
])

export const CORE: Readonly<Record<string, Printer>> = {
  pods,
  nodes,
  namespaces,
  configmaps,
  secrets,
  events,
  endpoints,
  serviceaccounts,
  podtemplates,
  replicationcontrollers,
  componentstatuses,
  resourcequotas,
}
