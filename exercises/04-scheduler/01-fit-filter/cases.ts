/** Clusters to try a plugin on: nodes, the Pods that are there, and those that come. Plain JSON, so that they shrink. */
import { nodeInfo, podRequests, type BareNodeInfo, type Chance } from 'clusterwright/kit'
import type {
  Container,
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Pod,
  PodPhase,
  PodSpec,
  ResourceList,
} from 'clusterwright/api'

export interface Case {
  readonly nodes: readonly Node[]
  readonly existing: readonly Pod[]
  readonly incoming: readonly Pod[]
}

/** What is never taken away when a failing case is made smaller. */
export const SHRINK = {
  fixed: [
    ...[
      'nodes',
      'existing',
      'incoming',
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'namespace',
      'uid',
      'spec',
      'status',
    ],
    ...['containers', 'image', 'allocatable', 'capacity', 'phase', 'nodeName', 'key', 'operator', 'values'],
    ...['nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', 'pods'],
  ],
  nonEmpty: ['nodes', 'incoming', 'containers', 'values', 'nodeSelectorTerms'],
  valid: ({ nodes }: Case): boolean =>
    nodes.every(
      ({ status }) => status?.allocatable?.['cpu'] !== undefined && status.allocatable['memory'] !== undefined,
    ),
  triesMax: 150,
}

const GPU = 'example.com/gpu'

// Each amount in several spellings: a parser that knows only some of them is found out.
const CPU = ['100m', '0.1', '0.25', '250m', '500m', '1', '1.5', '1500m', '2', '2e0', '0']
const MEMORY = ['64Mi', '128M', '1Gi', '1e8', '0.5Gi', '512Ki', '1.5Gi', '268435456', '2G', '0']
const STORAGE = ['1Gi', '500Mi', '2e9', '10G']

export function resourceCase(chance: Chance): Case {
  const nodes = chance.times(chance.between(1, 4), (i) => node(chance, i, false))
  const existing = chance.times(chance.between(0, 8), (i) => existingPod(chance, i, nodes))
  const incoming = chance.times(chance.between(1, 4), (i) => {
    const spec = podSpec(chance)
    return incomingPod(i, chance.chance(0.4) ? boundarySpec(chance, spec, nodes, existing) : spec)
  })
  const isPoor = chance.chance(0.08)
  const made = isPoor ? [...nodes.slice(0, -1), withoutPods(nodes.at(-1)!, chance)] : nodes
  return { nodes: made, existing: existing.map((one, index) => (index % 4 === 3 ? unknown(one) : one)), incoming }
}

/** Its node has not reported for a while: nobody knows whether the Pod still runs, so it holds what it asks for. */
const unknown = (one: Pod): Pod =>
  one.status?.phase === 'Running' ? { ...one, status: { ...one.status, phase: 'Unknown' } } : one

/** It has room for no Pod: it says 0, or nothing, which is 0 as well. */
function withoutPods(whole: Node, chance: Chance): Node {
  const { pods: _, ...rest } = whole.status!.allocatable!
  const allocatable = chance.chance(0.5) ? rest : { ...rest, pods: '0' }
  return { ...whole, status: { ...whole.status!, allocatable } }
}

export function labelCase(chance: Chance): Case {
  const nodes = chance.times(chance.between(2, 5), (i) => node(chance, i, true))
  const existing = chance.chance(0.3) ? chance.times(4, (i) => existingPod(chance, i, nodes)) : []
  const incoming = chance.times(chance.between(1, 4), (i) => incomingPod(i, labelSpec(chance, nodes)))
  const tolerating = incoming.map((one) => (chance.chance(0.3) ? tolerant(one) : one))
  return {
    nodes: nodes.map((each) => oddNode(chance, each)),
    existing,
    incoming: tolerating.map((one) => oddWishes(chance, one)),
  }
}

/** What an optional field may be, too: no labels at all, a host of another name, an explicit false, a number that is not whole. */
function oddNode(chance: Chance, whole: Node): Node {
  const { metadata, spec } = whole
  const kind = chance.int(12)
  if (kind === 0) return { ...whole, metadata: { name: metadata.name } }
  if (kind === 1) return { ...whole, spec: { ...spec, unschedulable: spec.unschedulable ?? false } }
  const odd: Record<number, Record<string, string>> = {
    2: { 'kubernetes.io/hostname': `ip-10-0-0-${metadata.name.at(-1)}` },
    3: { generation: chance.pick(['7.5', '']) },
  }
  return { ...whole, metadata: { ...metadata, labels: { ...metadata.labels, ...odd[kind] } } }
}

/** Affinity that demands nothing of the node's labels: only what is preferred, or only what concerns other Pods. */
function oddWishes(chance: Chance, one: Pod): Pod {
  if (chance.chance(0.8)) return one
  const preferred = { weight: 10, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' as const }] } }
  const affinity = chance.pick([
    {},
    { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } },
    { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  ])
  return { ...one, spec: { ...one.spec, affinity } }
}

/** Nothing tolerates a cordon here: this is for other taints. */
const tolerant = (one: Pod): Pod => {
  const tolerations = [{ key: 'dedicated', operator: 'Exists' as const, effect: 'NoSchedule' as const }]
  return { ...one, spec: { ...one.spec, tolerations } }
}

/** NodeInfos of a case as it stands. */
export const infosOf = (nodes: readonly Node[], pods: readonly Pod[]): BareNodeInfo[] =>
  nodes.map((each) => nodeInfo(each, pods))

// ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function node(chance: Chance, index: number, withLabels: boolean): Node {
  const name = `node-${index + 1}`
  const allocatable: Record<string, string> = {
    cpu: chance.pick(['500m', '1', '1.5', '2', '2500m', '4']),
    memory: chance.pick(['1Gi', '2048Mi', '2e9', '1.5Gi', '500M', '4194304Ki']),
    'ephemeral-storage': chance.pick(['5Gi', '10G', '20Gi']),
    pods: chance.pick(['1', '2', '4', '110', '110']),
    ...(chance.chance(0.3) && { [GPU]: chance.pick(['0', '1', '2']) }),
  }
  // The kubelet and the system keep some of the machine for themselves.
  const capacity = { ...allocatable, cpu: '8', memory: '16Gi', 'ephemeral-storage': '50Gi' }
  const labels: Record<string, string> = { 'kubernetes.io/hostname': name }
  if (withLabels) Object.assign(labels, nodeLabels(chance))
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: chance.chance(withLabels ? 0.15 : 0.05) ? { unschedulable: true } : {},
    status: { capacity, allocatable },
  }
}

function nodeLabels(chance: Chance): Record<string, string> {
  return {
    ...(chance.chance(0.8) && { disk: chance.pick(['ssd', 'hdd', 'nvme']) }),
    ...(chance.chance(0.7) && { zone: chance.pick(['a', 'b', 'c']) }),
    ...(chance.chance(0.7) && { generation: chance.pick(['2', '9', '10', '11', '100', 'old', '9a']) }),
    ...(chance.chance(0.3) && { gpu: chance.pick(['true', '']) }),
  }
}

// ── Pods ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function pod(name: string, spec: PodSpec, phase: PodPhase): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec,
    status: { phase },
  }
}

/** A name is one Pod's only within a namespace. */
function incomingPod(index: number, spec: PodSpec): Pod {
  const made = pod(`web-${index % 2}`, spec, 'Pending')
  const namespace = index < 2 ? 'default' : 'shop'
  return { ...made, metadata: { ...made.metadata, namespace, uid: `uid-${namespace}-${index}` } }
}

function existingPod(chance: Chance, index: number, nodes: readonly Node[]): Pod {
  const phase = chance.pick<PodPhase>(['Running', 'Running', 'Running', 'Pending', 'Succeeded', 'Failed'])
  const nodeName = chance.pick(nodes).metadata.name
  const made = pod(`old-${index}`, { ...podSpec(chance), nodeName }, phase)
  if (phase !== 'Running' || chance.chance(0.8)) return made
  return { ...made, metadata: { ...made.metadata, deletionTimestamp: '2026-01-01T09:00:00Z' } }
}

function podSpec(chance: Chance): PodSpec {
  const containers = chance.times(chance.pick([1, 1, 2, 3]), (i) => container(chance, `main-${i}`))
  const initContainers = chance.chance(0.4)
    ? chance.times(chance.between(1, 3), (i): Container => {
        const made = container(chance, `init-${i}`)
        return chance.chance(0.35) ? { ...made, restartPolicy: 'Always' } : made
      })
    : undefined
  return {
    containers,
    ...(initContainers && { initContainers }),
    ...(chance.chance(0.15) && { overhead: { cpu: '250m', memory: '120Mi' } }),
  }
}

function container(chance: Chance, name: string): Container {
  const requests: Record<string, string> = {
    ...(chance.chance(0.7) && { cpu: chance.pick(CPU) }),
    ...(chance.chance(0.6) && { memory: chance.pick(MEMORY) }),
    ...(chance.chance(0.2) && { 'ephemeral-storage': chance.pick(STORAGE) }),
    ...(chance.chance(0.12) && { [GPU]: '1' }),
  }
  const limits = { ...requests, ...(requests['cpu'] && { cpu: '3' }), ...(requests['memory'] && { memory: '3Gi' }) }
  const image = 'registry.local/web:1'
  return Object.keys(requests).length === 0 ? { name, image } : { name, image, resources: { requests, limits } }
}

/** Asks for exactly what is free somewhere, or for the least amount more. */
function boundarySpec(chance: Chance, spec: PodSpec, nodes: readonly Node[], existing: readonly Pod[]): PodSpec {
  const resource = chance.pick(['cpu', 'memory'] as const)
  const { allocatable, pods } = nodeInfo(chance.pick(nodes), existing)
  const taken = pods
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .reduce((sum, other) => sum + (podRequests(other)[resource] ?? 0), 0)
  const free = (allocatable[resource] ?? 0) - taken / (resource === 'cpu' ? 1 : 1000)
  if (free <= 0) return spec
  const asked = free + (chance.chance(0.5) ? 1 : 0)
  const requests: ResourceList = { [resource]: resource === 'cpu' ? `${asked}m` : String(asked) }
  return { containers: [{ name: 'main', image: 'registry.local/web:1', resources: { requests, limits: requests } }] }
}

// ── what a Pod wants of a node ──────────────────────────────────────────────────────────────────────────────────────

function labelSpec(chance: Chance, nodes: readonly Node[]): PodSpec {
  const cpu = chance.chance(0.2) ? { resources: { requests: { cpu: chance.pick(['1', '3']) } } } : {}
  const containers: Container[] = [{ name: 'main', image: 'registry.local/web:1', ...cpu }]
  const wantsLabels = chance.chance(0.4)
  const wantsAffinity = chance.chance(0.75)
  const nodeSelector = {
    ...(chance.chance(0.8) && { disk: chance.pick(['ssd', 'hdd']) }),
    ...(chance.chance(0.2) && { gpu: '' }),
  }
  const nodeSelectorTerms = chance.times(chance.pick([1, 1, 2, 3]), () => term(chance, nodes))
  const preferred = {
    weight: 10,
    preference: { matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['z'] }] },
  }
  return {
    containers,
    ...(wantsLabels && { nodeSelector }),
    ...(wantsAffinity && {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
          ...(chance.chance(0.3) && { preferredDuringSchedulingIgnoredDuringExecution: [preferred] }),
        },
      },
    }),
  }
}

function term(chance: Chance, nodes: readonly Node[]): NodeSelectorTerm {
  if (chance.chance(0.08)) return {}
  const matchExpressions = chance.times(chance.pick([1, 1, 2]), () => requirement(chance))
  const names = chance.some(nodes, 0.5).map(({ metadata }) => metadata.name)
  const matchFields: NodeSelectorRequirement[] = [
    { key: 'metadata.name', operator: chance.pick(['In', 'NotIn']), values: [names[0] ?? 'node-1'] },
  ]
  const kind = chance.int(10)
  if (kind === 0) return { matchFields }
  return kind === 1 ? { matchExpressions, matchFields } : { matchExpressions }
}

function requirement(chance: Chance): NodeSelectorRequirement {
  const operator = chance.pick(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const)
  if (operator === 'Gt' || operator === 'Lt')
    return { key: 'generation', operator, values: [chance.pick(['5', '10', '99'])] }
  const key = chance.pick(['disk', 'zone', 'gpu'])
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator }
  const values = { disk: ['ssd', 'hdd', 'nvme'], zone: ['a', 'b', 'c'], gpu: ['true', ''] }[key]!
  const some = chance.some(values, 0.5)
  return { key, operator, values: some.length > 0 ? some : [values[0]!] }
}
