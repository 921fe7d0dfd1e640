/** PodDisruptionBudgets. */
import type { Condition, KubernetesObject, LabelSelector, Time } from './types.ts'

export interface PodDisruptionBudget extends KubernetesObject {
  readonly spec: {
    /** How many, or `50%`, have to stay. */
    readonly minAvailable?: number | string
    /** How many, or `50%`, may be missing. */
    readonly maxUnavailable?: number | string
    readonly selector?: LabelSelector
    readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow'
  }
  readonly status?: {
    readonly observedGeneration?: number
    /** Pods that have been evicted and may not have been seen to go. */
    readonly disruptedPods?: Readonly<Record<string, Time>>
    readonly disruptionsAllowed?: number
    readonly currentHealthy?: number
    readonly desiredHealthy?: number
    readonly expectedPods?: number
    readonly conditions?: readonly Condition[]
  }
}
