/**
 * How many replicas a metric asks for: usage beside its target, over the Pods of which something is known.
 *
 * Pods without metrics count as doing what keeps the number where it is; Pods that are not ready yet count as idle where it would grow.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/podautoscaler/replica_calculator.go`.
 */
import { conditionOf, parseTime } from '#cluster/api/meta.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

export interface PodMetrics {
  readonly metadata: { readonly name: string }
  readonly timestamp: string
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

export interface Wanted {
  readonly replicas: number
  /** Percent of the requests; undefined where the target is a value. */
  readonly utilization?: number
  /** Per Pod, in thousandths. */
  readonly averageMilli: number
}

/** --horizontal-pod-autoscaler-tolerance, …-cpu-initialization-period, …-initial-readiness-delay. */
const TOLERANCE = 0.1
const CPU_INITIALIZATION_MICROS = 300_000_000
const READINESS_DELAY_MICROS = 30_000_000

/** @returns or why there is no answer */
export function replicasFor(
  resource: string,
  target: { readonly utilization: number } | { readonly averageMilli: number },
  current: number,
  pods: readonly Pod[],
  metrics: readonly PodMetrics[],
  now: Micros,
): Wanted | string {
  const live = pods.filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase !== 'Failed',
  )
  const usages = new Map(metrics.map((one) => [one.metadata.name, usageOf(one, resource)]))
  const measured = live.filter(({ metadata }) => usages.has(metadata.name))
  if (measured.length === 0) return `no metrics returned from resource metrics API`
  const requests = 'utilization' in target ? requestsOf(live, resource) : undefined
  if (typeof requests === 'string') return requests
  const unready = measured.filter((pod) => resource === 'cpu' && isUnready(pod, now))
  const ready = measured.filter((pod) => !unready.includes(pod))
  if (ready.length === 0) return 'did not receive metrics for targeted pods (pods might be unready)'
  const goalOf = ({ metadata }: Pod): number =>
    'utilization' in target ? (requests!.get(metadata.name)! * target.utilization) / 100 : target.averageMilli
  const sum = (list: readonly Pod[], of: (pod: Pod) => number): number =>
    list.reduce((total, pod) => total + of(pod), 0)
  const used = sum(ready, (pod) => usages.get(pod.metadata.name)!)
  const ratio = used / sum(ready, goalOf)
  const told = {
    averageMilli: Math.round(used / ready.length),
    ...('utilization' in target && { utilization: Math.floor((used * 100) / sum(ready, ({ metadata }) => requests!.get(metadata.name)!)) }), // prettier-ignore
  }
  const missing = live.filter((pod) => !measured.includes(pod))
  const isGrowing = ratio > 1
  if (missing.length === 0 && (unready.length === 0 || !isGrowing)) {
    return { ...told, replicas: isWithin(ratio) ? current : Math.ceil(ratio * ready.length) }
  }
  // Whoever is not known of does just what is asked of it where the number would shrink, and nothing where it would grow.
  const counted = [...ready, ...missing, ...(isGrowing ? unready : [])]
  const assumed = isGrowing ? 0 : sum(missing, goalOf)
  const careful = (used + assumed) / sum(counted, goalOf)
  if (isWithin(careful) || careful > 1 !== isGrowing) return { ...told, replicas: current }
  const replicas = Math.ceil(careful * counted.length)
  const isBack = isGrowing ? replicas < current : replicas > current
  return { ...told, replicas: isBack ? current : replicas }
}

const isWithin = (ratio: number): boolean => Math.abs(1 - ratio) <= TOLERANCE

const usageOf = ({ containers }: PodMetrics, resource: string): number =>
  containers.reduce((sum, { usage }) => sum + milli(usage[resource]), 0)

function requestsOf(pods: readonly Pod[], resource: string): ReadonlyMap<string, number> | string {
  const requests = new Map<string, number>()
  for (const { metadata, spec } of pods) {
    let sum = 0
    for (const { name, resources } of spec.containers) {
      const request = resources?.requests?.[resource]
      if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${metadata.name}`
      sum += milli(request)
    }
    requests.set(metadata.name, sum)
  }
  return requests
}

/** While it starts, a Pod's CPU says nothing. */
function isUnready(pod: Pod, now: Micros): boolean {
  const condition = conditionOf(pod, 'Ready')
  const started = parseTime(pod.status?.startTime)
  if (!condition || started === undefined) return true
  const since = parseTime(condition.lastTransitionTime) ?? 0
  if (started + CPU_INITIALIZATION_MICROS > now) return condition.status === 'False' || now < since + WINDOW_MICROS
  return condition.status === 'False' && started + READINESS_DELAY_MICROS > since
}

/** What metrics-server measures over. */
const WINDOW_MICROS = 15_000_000
