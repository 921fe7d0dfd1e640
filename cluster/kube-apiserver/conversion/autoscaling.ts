/**
 * HorizontalPodAutoscalers of autoscaling/v2, which are stored, as v1 has them: one target for the processor in a field, and
 * all that v1 has no field for in annotations, so that nothing is lost on the way there and back.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/autoscaling/v1/conversion.go`.
 */
import type { KubernetesObject, ObjectMeta } from '#cluster/api/types.ts'
import { type FormerMetric, formerMetric, type Metric, metricOf } from './autoscaling-metrics.ts'

const PREFIX = 'autoscaling.alpha.kubernetes.io/'
const KEPT = ['metrics', 'behavior', 'conditions', 'current-metrics'] as const
type Kept = (typeof KEPT)[number]

/** The target that v1 has a field for. */
const isCpuTarget = ({ type, resource }: Metric): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined
const isCpuValue = ({ type, resource }: Metric): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.current?.averageUtilization !== undefined

export function autoscalerToV1({ metadata, spec = {}, status }: any): KubernetesObject {
  const { metrics = [], behavior, ...rest } = spec
  const cpu = (metrics as readonly Metric[]).find(isCpuTarget)
  const others = metrics
    .filter((metric: Metric) => metric !== cpu)
    .map((metric: Metric) => formerMetric(metric, 'target'))
  const { conditions, currentMetrics, ...counts } = status ?? {}
  const metricsNow: readonly Metric[] = currentMetrics ?? []
  const current = metricsNow.find(isCpuValue)
  // All of them: v1 has a field for a percentage, and none for how much it is of.
  const values = metricsNow.map((metric) => formerMetric(metric, 'current'))
  const utilization = current?.resource?.current?.averageUtilization
  const target = cpu?.resource?.target?.averageUtilization
  const kept = { metrics: others, behavior, conditions, 'current-metrics': values }
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withKept(metadata, kept),
    spec: { ...rest, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) },
    ...(status && {
      status: {
        currentReplicas: 0,
        ...counts,
        ...(utilization !== undefined && { currentCPUUtilizationPercentage: utilization }),
      },
    }),
  } as KubernetesObject
}

export function autoscalerFromV1({ metadata, spec = {}, status }: any): KubernetesObject {
  const { targetCPUUtilizationPercentage: target, ...rest } = spec
  const { currentCPUUtilizationPercentage: utilization, ...counts } = status ?? {}
  const cpu = target === undefined ? [] : [cpuMetric('target', { type: 'Utilization', averageUtilization: target })]
  const metrics = [...metricsIn(metadata, 'metrics', 'target'), ...cpu]
  const kept = metricsIn(metadata, 'current-metrics', 'current')
  const values = kept.length > 0 || utilization === undefined ? kept : [cpuMetric('current', { averageUtilization: utilization })] // prettier-ignore
  const behavior = keptIn(metadata, 'behavior')
  const conditions = keptIn(metadata, 'conditions')
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withKept(metadata, {}),
    spec: { ...rest, ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior }) },
    ...(status && {
      status: { ...counts, ...(values.length > 0 && { currentMetrics: values }), ...(conditions && { conditions }) },
    }),
  } as KubernetesObject
}

const cpuMetric = (field: 'target' | 'current', value: object): object => ({
  type: 'Resource',
  resource: { name: 'cpu', [field]: value },
})

function metricsIn(metadata: ObjectMeta, name: Kept, said: 'target' | 'current'): readonly Metric[] {
  const kept: unknown = keptIn(metadata, name)
  const metrics: readonly unknown[] = Array.isArray(kept) ? kept : []
  return metrics
    .filter((metric): metric is FormerMetric => typeof metric === 'object' && metric !== null)
    .map((metric) => metricOf(metric, said))
}

function keptIn(metadata: ObjectMeta, name: Kept): any {
  try {
    return JSON.parse(metadata.annotations![PREFIX + name]!)
  } catch {
    return undefined
  }
}

/** The annotations of what v1 cannot say: new ones in the place of old ones. */
function withKept(metadata: ObjectMeta, kept: Partial<Record<Kept, unknown>>): ObjectMeta {
  const annotations: Record<string, string> = { ...metadata.annotations }
  for (const name of KEPT) {
    delete annotations[PREFIX + name]
    const value = kept[name]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      annotations[PREFIX + name] = JSON.stringify(value)
    }
  }
  const { annotations: _, ...rest } = metadata
  return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest
}
