/** Clusters to judge nodes in: taints and tolerations that are nearly alike, and nodes that are more and less full. Plain JSON. */
import type { Chance } from 'clusterwright/kit'
import type { Node, Pod, Taint, Toleration } from 'clusterwright/api'

export interface Round {
  readonly nodes: readonly Node[]
  readonly existing: readonly Pod[]
  readonly incoming: readonly Pod[]
}

/** The nodes of the second round bear the names of the first's. */
export interface Case {
  readonly rounds: readonly Round[]
}

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
    ...['status', 'containers', 'image', 'resources', 'requests', 'cpu', 'memory', 'allocatable', 'capacity', 'pods'],
    ...['phase', 'nodeName', 'key', 'effect', 'operator', 'value', 'atMillis', 'pod', 'arrivals'],
  ],
  nonEmpty: ['rounds', 'nodes', 'incoming', 'containers', 'arrivals'],
  triesMax: 120,
}

// One is the beginning of another, and one is Kubernetes' own: to a plugin they are keys like all others.
const KEYS = ['gpu', 'gpu-model', 'node.kubernetes.io/disk-pressure']
const VALUES = ['', 'yes', 'no']
const EFFECTS = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'] as const

export const filterCase = (chance: Chance): Case => caseOf(chance, EFFECTS)

/** Mostly taints that only make a node less welcome. */
export const pointsCase = (chance: Chance): Case =>
  caseOf(chance, ['PreferNoSchedule', 'PreferNoSchedule', 'PreferNoSchedule', 'NoSchedule'])

type Effects = readonly Taint['effect'][]

function caseOf(chance: Chance, effects: Effects): Case {
  const count = chance.between(2, 5)
  return {
    rounds: chance.times(3, () => {
      const nodes = chance.times(count, (index) => nodeOf(chance, index, effects))
      const existing = chance.times(chance.between(0, 7), (index): Pod => {
        const made = podOf(chance, `old-${index}`, [])
        const nodeName = chance.pick(nodes).metadata.name
        return {
          ...made,
          spec: { ...made.spec, nodeName },
          status: { phase: index % 4 === 3 ? 'Succeeded' : 'Running' },
        }
      })
      const incoming = chance.times(5, (index) => podOf(chance, `web-${index}`, tolerationsOf(chance, effects)))
      return { nodes, existing, incoming }
    }),
  }
}

export function nodeOf(chance: Chance, index: number, effects: Effects): Node {
  const taints = chance.times(chance.pick([0, 1, 1, 2, 3, 4]), () => taintOf(chance, effects))
  const allocatable = {
    cpu: chance.pick(['0', '100m', '300m', '1', '1500m', '2', '3', '4']),
    memory: chance.pick(['0', '300Mi', '512Mi', '1Gi', '3Gi', '4Gi']),
    pods: '110',
  }
  const spec = chance.chance(0.15) ? {} : { taints }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index + 1}`, labels: {} },
    spec,
    status: { capacity: { ...allocatable, cpu: '8', memory: '16Gi' }, allocatable },
  }
}

function taintOf(chance: Chance, effects: Effects): Taint {
  const value = chance.pick([undefined, ...VALUES])
  return { key: chance.pick(KEYS), ...(value !== undefined && { value }), effect: chance.pick(effects) }
}

export function podOf(chance: Chance, name: string, tolerations: readonly Toleration[]): Pod {
  const containers = chance.times(chance.pick([1, 1, 1, 2]), (index) => {
    const requests = {
      cpu: chance.pick(['0', '30m', '100m', '0.25', '290m']),
      memory: chance.pick(['50Mi', '128Mi', '87Mi']),
    }
    const limits = { cpu: '2', memory: '2Gi' }
    return { name: `main-${index}`, image: 'registry.local/web:1', resources: { requests, limits } }
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { containers, ...(chance.chance(0.9) && { tolerations }) },
    status: { phase: 'Pending' },
  }
}

/** All kinds that the API takes: a value only with Equal, no key only with Exists. An absent field is empty at times. */
export function tolerationsOf(chance: Chance, effects: Effects): Toleration[] {
  return chance.times(chance.pick([0, 1, 2, 3]), (): Toleration => {
    const effect = chance.chance(0.6) ? { effect: chance.pick(effects) } : {}
    const seconds = chance.chance(0.2) && effect.effect === 'NoExecute' ? { tolerationSeconds: 60 } : {}
    if (chance.chance(0.08)) return { operator: 'Exists', ...effect }
    const key = chance.pick(KEYS)
    if (chance.chance(0.35)) return { key, operator: 'Exists', ...effect, ...seconds }
    const value = chance.pick([undefined, ...VALUES])
    const operator = chance.chance(0.5) ? { operator: 'Equal' as const } : {}
    return { key, ...operator, ...(value !== undefined && { value }), ...effect, ...seconds }
  })
}

// ── totals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Plugins that read their points from a table; each node's by its place. */
export interface TotalsCase {
  readonly nodes: number
  readonly plugins: readonly {
    readonly name: string
    readonly points: readonly number[]
    readonly normalize?: 'share' | 'reverse'
    /** Absent: none is named. */
    readonly weight?: number
  }[]
}

const NAMES = ['TaintToleration', 'NodeResourcesFit', 'ImageLocality', 'NodeAffinity']

export function totalsCase(chance: Chance): TotalsCase {
  const nodes = chance.between(1, 5)
  const plugins = NAMES.slice(0, chance.between(0, 4)).map((name) => {
    const normalize = chance.pick(['share', 'reverse', undefined, undefined] as const)
    const highest = normalize === undefined ? 100 : chance.pick([3, 7, 1000])
    const weight = chance.pick([1, 2, 3, 10, undefined])
    return {
      name,
      points: chance.times(nodes, () => (chance.chance(0.2) ? 0 : chance.int(highest + 1))),
      ...(normalize && { normalize }),
      ...(weight !== undefined && { weight }),
    }
  })
  return { nodes, plugins }
}

/** Scores of which some are the highest, at any places. */
export interface EqualsCase {
  readonly scores: readonly number[]
}

export function equalsCase(chance: Chance): EqualsCase {
  const best = chance.pick([0, 7, 300])
  const winners = chance.between(2, 4)
  const others =
    best === 0 ? [] : chance.times(chance.between(0, 3), (index) => (index === 0 ? best - 1 : chance.int(best)))
  return { scores: chance.shuffle([...Array.from({ length: winners }, () => best), ...others]) }
}
