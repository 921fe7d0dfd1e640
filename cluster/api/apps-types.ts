/** The API's apps kinds beside Deployments and ReplicaSets. */
import type { Condition, KubernetesObject, LabelSelector, PodTemplateSpec } from './types.ts'

export interface DaemonSet extends KubernetesObject {
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly maxUnavailable?: number | string }
    }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly currentNumberScheduled: number
    readonly desiredNumberScheduled: number
    readonly numberMisscheduled: number
    readonly numberReady: number
    readonly numberAvailable?: number
    readonly numberUnavailable?: number
    readonly updatedNumberScheduled?: number
  }
}

export interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number
    readonly selector: LabelSelector
    readonly serviceName?: string
    readonly template: PodTemplateSpec
    readonly volumeClaimTemplates?: readonly KubernetesObject[]
    readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
    readonly ordinals?: { readonly start?: number }
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly partition?: number }
    }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly currentReplicas?: number
    readonly updatedReplicas?: number
    readonly currentRevision?: string
    readonly updateRevision?: string
    readonly collisionCount?: number
    readonly conditions?: readonly Condition[]
  }
}

/** A template that a DaemonSet or StatefulSet has had. */
export interface ControllerRevision extends KubernetesObject {
  readonly data: { readonly spec: { readonly template: PodTemplateSpec } }
  readonly revision: number
}
