/**
 * From what the metrics ask for to what is done: the most that any asks for, no more than double at once, no less than was asked for lately, and
 * within the limits; with the conditions that say so.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/podautoscaler/horizontal.go` (normalizeDesiredReplicas, stabilizeRecommendation).
 */
import type { HorizontalPodAutoscaler, MetricSpec } from '#cluster/api/autoscaling-types.ts'
import { formatQuantity } from '#cluster/api/quantity.ts'
import type { Condition } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Wanted } from './replica-calculator.ts'

export interface Recommendation {
  readonly at: Micros
  readonly replicas: number
}

type Row = readonly [type: string, status: Condition['status'], reason: string, message: string]

export interface Decision {
  readonly replicas: number
  readonly why: string
  readonly conditions: readonly Row[]
  readonly currentMetrics: readonly object[]
  /** Reason and message of each. */
  readonly failures: readonly (readonly [string, string])[]
  readonly recommendations: readonly Recommendation[]
}

/** --horizontal-pod-autoscaler-downscale-stabilization; scaleUpLimitFactor and scaleUpLimitMinimum. */
const DOWN_SECONDS = 300
const GROWTH_FACTOR = 2
const GROWTH_MIN = 4

const nameOf = ({ resource }: MetricSpec): string =>
  resource?.target.averageUtilization === undefined
    ? `${resource?.name} resource`
    : `${resource.name} resource utilization (percentage of request)`

export function decide(
  { spec }: HorizontalPodAutoscaler,
  current: number,
  asked: readonly { readonly metric: MetricSpec; readonly wanted: Wanted | string }[],
  before: readonly Recommendation[],
  now: Micros,
): Decision {
  const got: Row = ['AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale"] // prettier-ignore
  const nothing = { currentMetrics: [], failures: [], recommendations: before }
  if (current === 0) {
    const off: Row = ['ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'] // prettier-ignore
    return { ...nothing, replicas: 0, why: '', conditions: [got, off] }
  }
  const failures = asked.flatMap(
    ({ metric, wanted }) =>
    typeof wanted === 'string' ? [['FailedGetResourceMetric', `failed to get ${metric.resource?.name ?? metric.type} ${metric.resource?.target.averageUtilization === undefined ? 'usage' : 'utilization'}: ${wanted}`] as const] : [], // prettier-ignore
  )
  const known = asked.flatMap(({ metric, wanted }) => (typeof wanted === 'string' ? [] : [{ metric, wanted }]))
  const most = known.reduce<(typeof known)[number] | undefined>((best, one) => (best && best.wanted.replicas >= one.wanted.replicas ? best : one), undefined) // prettier-ignore
  // With a metric unknown nothing shrinks.
  if (!most || (failures.length > 0 && most.wanted.replicas < current)) {
    const why = `the HPA was unable to compute the replica count: ${failures[0]?.[1] ?? 'no metrics'}`
    const limited = clamp(spec, current, current)
    return { ...nothing, failures, replicas: limited.replicas, why: limited.why, conditions: [got, ['ScalingActive', 'False', failures[0]?.[0] ?? 'InvalidMetricSourceType', why]] } // prettier-ignore
  }
  const { wanted, metric } = most
  const recommendations = [...before.filter(({ at }) => now - at < windowOf(spec) * 1e6), { at: now, replicas: wanted.replicas }] // prettier-ignore
  const stable = stabilized(spec, current, wanted.replicas, recommendations, now)
  const limited = clamp(spec, current, stable)
  const why = limited.why || (stable > current ? `${nameOf(metric)} above target` : 'All metrics below target')
  return {
    replicas: limited.replicas,
    why,
    failures,
    recommendations,
    currentMetrics: known.map(currentOf),
    conditions: [ableTo(wanted.replicas, stable, limited.replicas, current), ['ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${nameOf(metric)}`], limited.row], // prettier-ignore
  }
}

const windowOf = ({ behavior }: HorizontalPodAutoscaler['spec']): number =>
  Math.max(behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWN_SECONDS, behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) // prettier-ignore

/** It grows to the least, and shrinks to the most, that was asked for in the window of that direction. */
function stabilized(
  { behavior }: HorizontalPodAutoscaler['spec'],
  current: number,
  wanted: number,
  all: readonly Recommendation[],
  now: Micros,
): number {
  // prettier-ignore
  const within = (seconds: number): number[] => all.filter(({ at }) => now - at < Math.max(seconds, 1e-6) * 1e6).map(({ replicas }) => replicas) // prettier-ignore
  const up = Math.min(wanted, ...within(behavior?.scaleUp?.stabilizationWindowSeconds ?? 0))
  const down = Math.max(wanted, ...within(behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWN_SECONDS))
  return Math.min(Math.max(current, up), down)
}

function clamp(
  { minReplicas: min = 1, maxReplicas: max }: HorizontalPodAutoscaler['spec'],
  current: number,
  wanted: number,
): { replicas: number; why: string; row: Row } {
  // prettier-ignore
  const row = (status: Condition['status'], reason: string, message: string): Row => ['ScalingLimited', status, reason, message] // prettier-ignore
  if (current > max) return { replicas: max, why: 'Current number of replicas above Spec.MaxReplicas', row: row('True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count') } // prettier-ignore
  if (current < min) return { replicas: min, why: 'Current number of replicas below Spec.MinReplicas', row: row('True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count') } // prettier-ignore
  const growth = Math.max(current * GROWTH_FACTOR, GROWTH_MIN)
  if (wanted > Math.min(growth, max)) {
    return growth < max
      ? { replicas: growth, why: '', row: row('True', 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate') } // prettier-ignore
      : { replicas: max, why: '', row: row('True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count') } // prettier-ignore
  }
  if (wanted < min) return { replicas: min, why: '', row: row('True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count') } // prettier-ignore
  return { replicas: wanted, why: '', row: row('False', 'DesiredWithinRange', 'the desired count is within the acceptable range') } // prettier-ignore
}

function ableTo(wanted: number, stable: number, replicas: number, current: number): Row {
  if (replicas !== current) return ['AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`] // prettier-ignore
  if (stable > wanted) return ['AbleToScale', 'True', 'ScaleDownStabilized', 'recent recommendations were higher than current one, applying the highest recent recommendation'] // prettier-ignore
  if (stable < wanted) return ['AbleToScale', 'True', 'ScaleUpStabilized', 'recent recommendations were lower than current one, applying the lowest recent recommendation'] // prettier-ignore
  return ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size']
}

function currentOf({ metric, wanted }: { readonly metric: MetricSpec; readonly wanted: Wanted }): object {
  const averageValue = formatQuantity(wanted.averageMilli, metric.resource!.name === 'memory')
  const { utilization } = wanted
  const current = { ...(utilization !== undefined && { averageUtilization: utilization }), averageValue }
  return { type: 'Resource', resource: { name: metric.resource!.name, current } }
}
