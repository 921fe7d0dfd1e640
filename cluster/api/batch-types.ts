/** The API's batch kinds, as far as controllers read and write them. */
import type { Condition, KubernetesObject, LabelSelector, ObjectMeta, PodTemplateSpec, Time } from './types.ts'

export interface PodFailurePolicyRule {
  /** `Ignore`: it does not count; `Count`: as without a rule; `FailJob`: the whole Job has failed. */
  readonly action: 'Ignore' | 'Count' | 'FailJob' | 'FailIndex'
  readonly onExitCodes?: {
    readonly containerName?: string
    readonly operator: 'In' | 'NotIn'
    readonly values: readonly number[]
  }
  readonly onPodConditions?: readonly { readonly type: string; readonly status: string }[]
}

export interface JobSpec {
  /** Pods at once. */
  readonly parallelism?: number
  /** Pods that must succeed; undefined: one, while others of a work queue may go on. */
  readonly completions?: number
  readonly completionMode?: 'NonIndexed' | 'Indexed'
  readonly backoffLimit?: number
  readonly activeDeadlineSeconds?: number
  readonly ttlSecondsAfterFinished?: number
  readonly suspend?: boolean
  readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed'
  readonly podFailurePolicy?: { readonly rules: readonly PodFailurePolicyRule[] }
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
}

/** UIDs of Pods that have ended and whose finalizer still holds them. */
export interface UncountedTerminatedPods {
  readonly succeeded?: readonly string[]
  readonly failed?: readonly string[]
}

export interface JobStatus {
  readonly conditions?: readonly Condition[]
  readonly startTime?: Time
  readonly completionTime?: Time
  readonly active?: number
  readonly ready?: number
  readonly terminating?: number
  readonly succeeded?: number
  readonly failed?: number
  /** `0-3,5` */
  readonly completedIndexes?: string
  readonly uncountedTerminatedPods?: UncountedTerminatedPods
}

export interface Job extends KubernetesObject {
  readonly spec: JobSpec
  readonly status?: JobStatus
}

export interface CronJob extends KubernetesObject {
  readonly spec: {
    readonly schedule: string
    readonly timeZone?: string
    readonly startingDeadlineSeconds?: number
    readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
    readonly suspend?: boolean
    readonly successfulJobsHistoryLimit?: number
    readonly failedJobsHistoryLimit?: number
    readonly jobTemplate: { readonly metadata?: Partial<ObjectMeta>; readonly spec: JobSpec }
  }
  readonly status?: {
    readonly active?: readonly { readonly uid?: string; readonly name: string; readonly [field: string]: unknown }[]
    readonly lastScheduleTime?: Time
    readonly lastSuccessfulTime?: Time
  }
}

/** The condition that says that a Job is over: `Complete` or `Failed`. */
export const finishedCondition = (job: Job): Condition | undefined =>
  job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
