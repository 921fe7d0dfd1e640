/** Clusters with zones, racks and hosts, and Pods that want to be spread or apart. Plain JSON, so that they shrink. */
import type { Chance } from 'clusterwright/kit'
import type {
  LabelSelector,
  LabelSelectorRequirement,
  Node,
  Pod,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from 'clusterwright/api'

export interface Round {
  readonly nodes: readonly Node[]
  readonly existing: readonly Pod[]
  readonly incoming: readonly Pod[]
}

/** The nodes of the second round bear the names of the first's. */
export interface Case {
  readonly rounds: readonly Round[]
}

/** A round, and Pods that come and go in thought: each an existing one by name, or a new one at a node. */
export interface WhatIfCase extends Round {
  readonly questions: readonly (readonly Change[])[]
}

export type Change = { readonly add: Pod } | { readonly remove: string }

/** What is never taken away when a failing case is made smaller. */
export const SHRINK = {
  fixed: [
    ...[
      'rounds',
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
    ],
    ...['containers', 'image', 'phase', 'nodeName', 'key', 'operator', 'values', 'topologyKey', 'maxSkew', 'status'],
    ...['whenUnsatisfiable', 'labelSelector', 'namespaces', 'requiredDuringSchedulingIgnoredDuringExecution'],
    ...[
      'questions',
      'add',
      'remove',
      'atMillis',
      'pod',
      'arrivals',
      'allocatable',
      'capacity',
      'cpu',
      'memory',
      'pods',
    ],
  ],
  nonEmpty: ['rounds', 'nodes', 'incoming', 'containers', 'values', 'namespaces', 'questions', 'arrivals'],
  triesMax: 120,
}

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'
const RACK = 'rack'
const NAMESPACES = ['default', 'default', 'default', 'shop']

/** What a case is mostly about. */
export interface Taste {
  readonly spread: number
  readonly apart: number
}

export const SPREAD: Taste = { spread: 0.9, apart: 0.1 }
export const APART: Taste = { spread: 0.1, apart: 0.7 }
export const BOTH: Taste = { spread: 0.5, apart: 0.4 }

export function caseOf(chance: Chance, taste: Taste): Case {
  const count = chance.between(2, 6)
  return { rounds: chance.times(2, () => roundOf(chance, taste, count)) }
}

function roundOf(chance: Chance, taste: Taste, count: number): Round {
  const nodes = chance.times(count, (index) => nodeOf(chance, index))
  const existing = chance.times(chance.between(0, 9), (index) => existingPod(chance, index, nodes, taste))
  return { nodes, existing, incoming: chance.times(4, (index) => podOf(chance, `web-${index}`, taste)) }
}

export function whatIfCase(chance: Chance): WhatIfCase {
  const round = roundOf(chance, BOTH, chance.between(2, 5))
  const questions = chance.times(3, () => {
    const leaving = chance.shuffle(round.existing).slice(0, chance.between(0, 3))
    const coming = chance.times(chance.between(leaving.length === 0 ? 1 : 0, 2), (index): Change => {
      const made = podOf(chance, `new-${index}`, BOTH)
      return { add: { ...made, spec: { ...made.spec, nodeName: chance.pick(round.nodes).metadata.name } } }
    })
    return chance.shuffle([...leaving.map(({ metadata }): Change => ({ remove: metadata.name })), ...coming])
  })
  return { ...round, incoming: round.incoming.slice(0, 2), questions }
}

// ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function nodeOf(chance: Chance, index: number): Node {
  const name = `node-${index + 1}`
  const labels: Record<string, string> = {
    [HOST]: name,
    ...(chance.chance(0.9) && { [ZONE]: chance.pick(['a', 'b', 'c']) }),
    // Values of one key may be those of another: a domain is a value of its own key.
    ...(chance.chance(0.7) && { [RACK]: chance.pick(['a', 'b', '']) }),
    ...(chance.chance(0.5) && { disk: chance.pick(['ssd', 'hdd']) }),
  }
  const allocatable = { cpu: '64', memory: '64Gi', pods: '110' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: chance.chance(0.03) ? { name } : { name, labels },
    spec: {},
    status: { capacity: allocatable, allocatable },
  }
}

// ── Pods ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function podOf(chance: Chance, name: string, { spread, apart }: Taste): Pod {
  const labels = {
    ...(chance.chance(0.8) && { app: chance.pick(['web', 'web', 'db']) }),
    ...(chance.chance(0.4) && { tier: chance.pick(['front', 'back']) }),
  }
  const namespace = chance.pick(NAMESPACES)
  const constraints = chance.chance(spread) ? constraintsOf(chance) : undefined
  const terms = chance.chance(apart) ? chance.times(chance.pick([1, 1, 2]), () => termOf(chance)) : undefined
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}`, ...(chance.chance(0.9) && { labels }) },
    spec: {
      containers: [{ name: 'main', image: 'registry.local/web:1' }],
      ...(chance.chance(0.25) && { nodeSelector: { disk: 'ssd' } }),
      ...(constraints && { topologySpreadConstraints: constraints }),
      ...(terms && { affinity: { podAntiAffinity: antiAffinity(chance, terms) } }),
    },
    status: { phase: 'Pending' },
  }
}

/** What is only preferred keeps nobody out. */
function antiAffinity(chance: Chance, terms: readonly PodAffinityTerm[]) {
  const preferred = { weight: 50, podAffinityTerm: { topologyKey: ZONE, labelSelector: {} } }
  if (chance.chance(0.1)) return { preferredDuringSchedulingIgnoredDuringExecution: [preferred] }
  return { requiredDuringSchedulingIgnoredDuringExecution: terms }
}

function existingPod(chance: Chance, index: number, nodes: readonly Node[], taste: Taste): Pod {
  const made = podOf(chance, `old-${index}`, { spread: 0.2, apart: taste.apart / 2 })
  const nodeName = chance.pick(nodes).metadata.name
  const deleted = chance.chance(0.15) ? { deletionTimestamp: '2026-01-01T09:00:00Z' } : {}
  const phase = chance.chance(0.2) ? 'Pending' : 'Running'
  return {
    ...made,
    metadata: { ...made.metadata, ...deleted },
    spec: { ...made.spec, nodeName },
    status: { phase },
  }
}

/** No key twice, as the API wants it. */
function constraintsOf(chance: Chance): TopologySpreadConstraint[] {
  const keys = chance.shuffle([ZONE, HOST, RACK]).slice(0, chance.pick([1, 1, 2]))
  return keys.map((topologyKey) => {
    const selector = selectorOf(chance)
    const isHard = chance.chance(0.85)
    return {
      topologyKey,
      maxSkew: chance.pick([1, 1, 2]),
      whenUnsatisfiable: isHard ? 'DoNotSchedule' : 'ScheduleAnyway',
      ...(selector && { labelSelector: selector }),
      ...(isHard && chance.chance(0.25) && { minDomains: chance.between(2, 4) }),
    }
  })
}

function termOf(chance: Chance): PodAffinityTerm {
  const selector = selectorOf(chance)
  const namespaces = chance.pick([undefined, undefined, undefined, [], ['shop'], ['default', 'shop']])
  return {
    topologyKey: chance.pick([HOST, ZONE, RACK]),
    ...(selector && { labelSelector: selector }),
    ...(namespaces && { namespaces }),
  }
}

function selectorOf(chance: Chance): LabelSelector | undefined {
  const kind = chance.int(12)
  if (kind === 0) return undefined
  if (kind === 1) return {}
  if (kind < 8) return { matchLabels: { app: chance.pick(['web', 'web', 'db']) } }
  const requirement = chance.pick<LabelSelectorRequirement>([
    { key: 'app', operator: 'In', values: ['web', 'cache'] },
    { key: 'app', operator: 'NotIn', values: ['db'] },
    { key: 'tier', operator: 'Exists' },
    { key: 'tier', operator: 'DoesNotExist' },
  ])
  return kind < 10
    ? { matchExpressions: [requirement] }
    : { matchLabels: { app: 'web' }, matchExpressions: [requirement] }
}
