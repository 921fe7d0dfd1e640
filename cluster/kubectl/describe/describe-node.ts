/** Where to read upstream: kubectl `pkg/describe/describe.go` (NodeDescriber). */
import { isPodFinished } from '#cluster/api/meta.ts'
import type { Amounts } from '#cluster/api/pod-resources.ts'
import { addAmounts, podRequests, toAmounts } from '#cluster/api/pod-resources.ts'
import { formatQuantity } from '#cluster/api/quantity.ts'
import type { KubernetesEvent, Lease, Node, Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { ageOf } from '#cluster/api/printers/human-duration.ts'
import { nodeRoles } from '#cluster/api/printers/core.ts'
import { annotationLines, eventLines, longTime, pairs } from './lines.ts'

export interface NodeSurroundings {
  readonly pods: readonly Pod[]
  readonly lease: Lease | undefined
  readonly events: readonly KubernetesEvent[]
}

export function describeNode(node: Node, { pods, lease, events }: NodeSurroundings, now: Micros): string[] {
  const { metadata, spec, status = {} } = node
  const active = pods.filter((pod) => !isPodFinished(pod))
  return [
    `Name:\t${metadata.name}`,
    `Roles:\t${nodeRoles(node)}`,
    ...pairs('Labels:', metadata.labels),
    ...annotationLines(metadata.annotations),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...taintLines(node),
    `Unschedulable:\t${spec?.unschedulable ? 'true' : 'false'}`,
    ...leaseLines(lease),
    ...conditionLines(node),
    ...(status.addresses?.length
      ? ['Addresses:', ...status.addresses.map(({ type, address }) => `  ${type}:\t${address}`)]
      : []),
    ...amountLines('Capacity', status.capacity),
    ...amountLines('Allocatable', status.allocatable),
    ...infoLines(node),
    ...(spec?.podCIDR
      ? [`PodCIDR:\t${spec.podCIDR}`, `PodCIDRs:\t${(spec.podCIDRs ?? [spec.podCIDR]).join(',')}`]
      : []),
    ...podLines(active, node, now),
    ...allocatedLines(active, node),
    ...eventLines(events, now),
  ]
}

function taintLines({ spec }: Node): string[] {
  const taints = (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
  if (taints.length === 0) return ['Taints:\t<none>']
  return taints.sort().map((taint, i) => `${i === 0 ? 'Taints:' : ''}\t${taint}`)
}

function leaseLines(lease: Lease | undefined): string[] {
  if (!lease) return ['Lease:\tFailed to get lease']
  const { holderIdentity = '<unset>', acquireTime, renewTime } = lease.spec
  const time = (text: string | undefined) => longTime(text)
  return [
    'Lease:',
    `  HolderIdentity:\t${holderIdentity}`,
    `  AcquireTime:\t${time(acquireTime)}`,
    `  RenewTime:\t${time(renewTime)}`,
  ]
}

function conditionLines({ status }: Node): string[] {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  const lines = conditions.map(
    ({ type, status, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' }) =>
      `  ${type} \t${status} \t${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)} \t${reason} \t${message}`,
  )
  const head = [
    '  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t-----------------\t------------------\t------\t-------',
  ]
  return ['Conditions:', ...head, ...lines]
}

function amountLines(title: string, list: Readonly<Record<string, string>> | undefined): string[] {
  const names = Object.keys(list ?? {}).sort()
  return names.length === 0 ? [] : [`${title}:`, ...names.map((name) => `  ${name}:\t${list![name]}`)]
}

const INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
]

const infoLines = ({ status }: Node): string[] => [
  'System Info:',
  ...INFO.map(([title, key]) => `  ${title}:\t${status?.nodeInfo?.[key] ?? ''}`),
]

function limitsOf(pod: Pod): Amounts {
  const total: Record<string, number> = {}
  for (const { resources } of pod.spec.containers) addAmounts(total, toAmounts(resources?.limits))
  return total
}

const amount = (name: string, value: number): string => formatQuantity(value, name !== 'cpu')

function share(name: string, value: number, whole: Amounts): string {
  const capacity = whole[name] ?? 0
  return `${amount(name, value)} (${capacity === 0 ? 0 : Math.floor((value * 100) / capacity)}%)`
}

function podLines(pods: readonly Pod[], node: Node, now: Micros): string[] {
  const whole = toAmounts(node.status?.allocatable)
  const cells = (pod: Pod): string[] => {
    const requests = podRequests(pod)
    const limits = limitsOf(pod)
    const each = ['cpu', 'memory'].flatMap((name) => [
      share(name, requests[name] ?? 0, whole),
      share(name, limits[name] ?? 0, whole),
    ])
    return [pod.metadata.namespace ?? '', pod.metadata.name, ...each, ageOf(pod.metadata.creationTimestamp, now)]
  }
  const head = ['Namespace', 'Name', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age']
  const rule = head.map((word) => '-'.repeat(word.length))
  const lines = [head, rule, ...pods.map(cells)].map((row) => `  ${row.join('\t')}`)
  return [`Non-terminated Pods:\t(${pods.length} in total)`, ...lines]
}

function allocatedLines(pods: readonly Pod[], node: Node): string[] {
  const whole = toAmounts(node.status?.allocatable)
  const requests: Record<string, number> = {}
  const limits: Record<string, number> = {}
  for (const pod of pods) {
    addAmounts(requests, podRequests(pod))
    addAmounts(limits, limitsOf(pod))
  }
  const lines = ['cpu', 'memory', 'ephemeral-storage'].map(
    (name) => `  ${name}\t${share(name, requests[name] ?? 0, whole)}\t${share(name, limits[name] ?? 0, whole)}`,
  )
  return [
    'Allocated resources:',
    '  (Total limits may be over 100 percent, i.e., overcommitted.)',
    '  Resource\tRequests\tLimits',
    '  --------\t--------\t------',
    ...lines,
  ]
}
