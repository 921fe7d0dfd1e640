/** HorizontalPodAutoscalers, autoscaling/v2. */
import type { Condition, KubernetesObject, Time } from './types.ts'

export interface ResourceTarget {
  readonly type: 'Utilization' | 'AverageValue' | 'Value'
  readonly averageUtilization?: number
  readonly averageValue?: string
}

export interface MetricSpec {
  readonly type: string
  readonly resource?: { readonly name: string; readonly target: ResourceTarget }
}

export interface HorizontalPodAutoscaler extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string }
    readonly minReplicas?: number
    readonly maxReplicas: number
    readonly metrics?: readonly MetricSpec[]
    readonly behavior?: {
      readonly scaleUp?: { readonly stabilizationWindowSeconds?: number }
      readonly scaleDown?: { readonly stabilizationWindowSeconds?: number }
    }
  }
  readonly status?: {
    readonly lastScaleTime?: Time
    readonly currentReplicas?: number
    readonly desiredReplicas: number
    readonly currentMetrics?: readonly object[]
    readonly conditions?: readonly Condition[]
  }
}
