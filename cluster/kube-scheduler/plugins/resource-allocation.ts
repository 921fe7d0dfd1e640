/**
 * How full a node would be, as a score: the strategies of NodeResourcesFit.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/noderesources/{resource_allocation,
 * least_allocated,most_allocated,requested_to_capacity_ratio}.go`, `plugins/helper/shape_score.go`.
 */
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import { MAX_NODE_SCORE } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { nonZeroRequests } from '../node-info.ts'

export interface ResourceSpec {
  readonly name: string
  /** Default 1. */
  readonly weight?: number
}

export interface ShapePoint {
  /** Per cent of the node, 0 to 100, rising from point to point. */
  readonly utilization: number
  /** 0 to 10. */
  readonly score: number
}

export interface ScoringStrategy {
  readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  /** Default: cpu and memory, equally. */
  readonly resources?: readonly ResourceSpec[]
  readonly requestedToCapacityRatio?: { readonly shape: readonly ShapePoint[] }
}

const DEFAULT_RESOURCES: readonly ResourceSpec[] = [{ name: 'cpu' }, { name: 'memory' }]
/** A shape's scores go up to 10, a node's to 100. */
const SHAPE_SCALE = 10

/** Score of one resource: what would be requested of how much. */
type ResourceScore = (requested: number, capacity: number) => number

const leastAllocated: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity)

const mostAllocated: ResourceScore = (requested, capacity) =>
  Math.floor((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity)

export type ScoreFunction = (pod: Pod, nodeInfo: NodeInfo) => number

/** Throws with the field that makes no sense. */
export function scoreFunction(strategy: ScoringStrategy = {}): ScoreFunction {
  const { type = 'LeastAllocated', resources = DEFAULT_RESOURCES, requestedToCapacityRatio } = strategy
  const rows = checkedResources(resources)
  switch (type) {
    case 'LeastAllocated':
      return weighted(rows, leastAllocated, false)
    case 'MostAllocated':
      return weighted(rows, mostAllocated, false)
    case 'RequestedToCapacityRatio': {
      const shape = checkedShape(requestedToCapacityRatio?.shape ?? [])
      const score: ResourceScore = (requested, capacity) =>
        brokenLine(shape, requested > capacity ? 100 : Math.floor((requested * 100) / capacity))
      return weighted(rows, score, true)
    }
    default:
      throw new Error(`scoringStrategy.type: unsupported value "${String(type)}"`)
  }
}

interface Row {
  readonly name: string
  readonly weight: number
}

function checkedResources(resources: readonly ResourceSpec[]): Row[] {
  return resources.map(({ name, weight = 1 }) => {
    if (!(weight >= 1 && weight <= 100))
      throw new Error(`scoringStrategy.resources: weight of "${name}" is ${weight}, not in [1, 100]`)
    return { name, weight }
  })
}

function checkedShape(shape: readonly ShapePoint[]): readonly ShapePoint[] {
  if (shape.length === 0) throw new Error('requestedToCapacityRatio.shape: at least one point must be specified')
  shape.forEach(({ utilization, score }, i) => {
    if (!(utilization >= 0 && utilization <= 100))
      throw new Error(`requestedToCapacityRatio.shape: utilization ${utilization} is not in [0, 100]`)
    if (i > 0 && utilization <= shape[i - 1]!.utilization)
      throw new Error('requestedToCapacityRatio.shape: utilization values must be sorted in increasing order')
    if (!(score >= 0 && score <= 10))
      throw new Error(`requestedToCapacityRatio.shape: score ${score} is not in [0, 10]`)
  })
  return shape.map(({ utilization, score }) => ({ utilization, score: score * SHAPE_SCALE }))
}

/** Straight between the points, level before the first and after the last; whole numbers, cut towards zero as in Go. */
function brokenLine(shape: readonly ShapePoint[], utilization: number): number {
  for (let i = 0; i < shape.length; i++) {
    const right = shape[i]!
    if (utilization > right.utilization) continue
    if (i === 0) return right.score
    const left = shape[i - 1]!
    const rise = (right.score - left.score) * (utilization - left.utilization)
    return left.score + Math.trunc(rise / (right.utilization - left.utilization))
  }
  return shape.at(-1)!.score
}

/** The weighted mean over the resources that count: those that the node has; of extended ones, those that the Pod wants. */
function weighted(rows: readonly Row[], score: ResourceScore, skipsZero: boolean): ScoreFunction {
  return (pod, info) => {
    let sum = 0
    let weights = 0
    for (let i = 0; i < rows.length; i++) {
      const { name, weight } = rows[i]!
      const capacity = info.allocatable[name] ?? 0
      if (capacity === 0) continue
      const requested = wouldBeRequested(name, pod, info)
      if (requested === undefined) continue
      const points = score(requested, capacity)
      if (skipsZero && points <= 0) continue
      sum += points * weight
      weights += weight
    }
    if (weights === 0) return 0
    return skipsZero ? Math.round(sum / weights) : Math.floor(sum / weights)
  }
}

export const isNative = (name: string): boolean => !name.includes('/') && !name.startsWith('hugepages-')

function wouldBeRequested(name: string, pod: Pod, { nonZeroRequested, requested }: NodeInfo): number | undefined {
  if (name === 'cpu' || name === 'memory') return nonZeroRequested[name] + nonZeroRequests(pod)[name]
  const asked = podRequests(pod)[name] ?? 0
  return asked === 0 && !isNative(name) ? undefined : (requested[name] ?? 0) + asked
}
