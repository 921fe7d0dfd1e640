/**
 * Where a Job stands: whether it has succeeded or failed, how many Pods it wants, and what its status says.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/{job_controller,backoff_utils,success_policy}.go`.
 */
import type { Job, JobStatus } from '#cluster/api/batch-types.ts'
import { formatTime, isPodReady, parseTime, withCondition } from '#cluster/api/meta.ts'
import type { Condition, Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { formatIndexes } from './indexed.ts'
import type { Tally } from './tally.ts'

/** How a Job is going to end, once its last Pod has. */
interface Target {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget'
  readonly reason: string
  readonly message: string
}

export interface Outcome {
  readonly target: Target | undefined
  /** Pods that ought to run. */
  readonly wanted: number
  /** How long no new Pod is made, since the last have failed. */
  readonly pauseMicros: Micros
  readonly deadlineIn: Micros | undefined
}

/** DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff. */
const PAUSE_MICROS = 10_000_000
const PAUSE_MICROS_MAX = 600_000_000

export function outcomeOf(job: Job, tally: Tally, now: Micros): Outcome {
  const { spec, status } = job
  const succeeded = succeededOf(tally)
  const { completions, parallelism = 1 } = spec
  const needed =
    completions === undefined ? (succeeded > 0 ? tally.active.length : parallelism) : completions - succeeded
  const started = parseTime(status?.startTime)
  const seconds = spec.activeDeadlineSeconds
  const isCounting = seconds !== undefined && started !== undefined && !spec.suspend
  const deadlineIn = isCounting ? Math.max(0, started + seconds * 1e6 - now) : undefined
  const wanted = completions === undefined && succeeded > 0 ? tally.active.length : Math.min(parallelism, needed)
  const pauseMicros = pauseOf(tally.pods, now)
  const target = targetIn(status) ?? failureOf(job, tally, deadlineIn === 0) ?? successOf(job, tally, succeeded)
  const isDue = deadlineIn === 0 || target !== undefined
  return { target, wanted: Math.max(0, wanted), pauseMicros, deadlineIn: isDue ? undefined : deadlineIn }
}

const succeededOf = ({ succeeded, uncounted }: Tally): number => succeeded + uncounted.succeeded.length

/** What has been decided stays. */
function targetIn(status: JobStatus | undefined): Target | undefined {
  const condition = status?.conditions?.find(
    ({ type, status: is }) => (type === 'SuccessCriteriaMet' || type === 'FailureTarget') && is === 'True',
  )
  return condition && { type: condition.type as Target['type'], reason: condition.reason ?? '', message: condition.message ?? '' } // prettier-ignore
}

const failure = (reason: string, message: string): Target => ({ type: 'FailureTarget', reason, message })

function failureOf({ spec }: Job, tally: Tally, isLate: boolean): Target | undefined {
  if (tally.failJob !== undefined) return failure('PodFailurePolicy', tally.failJob)
  const { backoffLimit = 6 } = spec
  const failed = tally.failed + tally.uncounted.failed.length
  const restarts = spec.template.spec.restartPolicy === 'OnFailure' ? restartsOf(tally.active) : 0
  const isWorn = restarts > 0 && restarts >= backoffLimit
  if (failed > backoffLimit || isWorn)
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  return isLate ? failure('DeadlineExceeded', 'Job was active longer than specified deadline') : undefined
}

const restartsOf = (pods: readonly Pod[]): number =>
  pods
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0)

function successOf({ spec }: Job, tally: Tally, succeeded: number): Target | undefined {
  const { completions } = spec
  // Of a work queue all are done when one is, and no other works any more.
  const isDone =
    completions === undefined
      ? succeeded > 0 && tally.active.length === 0 && tally.terminating.length === 0
      : succeeded >= completions
  const [reason, message] = ['CompletionsReached', 'Reached expected number of succeeded pods']
  return isDone ? { type: 'SuccessCriteriaMet', reason, message } : undefined
}

/** 10 s after the first failure since a success, 20 s after the second … */
function pauseOf(pods: readonly Pod[], now: Micros): Micros {
  let lastSuccess = 0
  for (const pod of pods) if (pod.status?.phase === 'Succeeded') lastSuccess = Math.max(lastSuccess, endOf(pod))
  const failures = pods.filter(({ status }) => status?.phase === 'Failed').map(endOf).filter((at) => at > lastSuccess) // prettier-ignore
  if (failures.length === 0) return 0
  let pause = PAUSE_MICROS
  for (let i = 1; i < failures.length && pause < PAUSE_MICROS_MAX; i++) pause = Math.min(pause * 2, PAUSE_MICROS_MAX)
  return Math.max(0, Math.max(...failures) + pause - now)
}

function endOf({ metadata, status }: Pod): Micros {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => parseTime(state?.terminated?.finishedAt) ?? 0)
  return Math.max(parseTime(metadata.deletionTimestamp ?? metadata.creationTimestamp) ?? 0, ...ends)
}

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

export function statusOf(job: Job, tally: Tally, { target }: Outcome, now: Micros): JobStatus {
  const { status = {}, spec } = job
  const { succeeded, failed } = tally.uncounted
  const hasUncounted = succeeded.length > 0 || failed.length > 0
  const isOver = target !== undefined && tally.active.length + tally.terminating.length === 0 && !hasUncounted
  const at = formatTime(now)
  let conditions = suspension(job, status.conditions ?? [], at)
  if (target) conditions = withCondition(conditions, conditionFrom(target, target.type, at))
  if (target && isOver)
    conditions = withCondition(conditions, conditionFrom(target, target.type === 'FailureTarget' ? 'Failed' : 'Complete', at)) // prettier-ignore
  const startTime = spec.suspend && !target ? undefined : (status.startTime ?? at)
  const isComplete = isOver && target.type === 'SuccessCriteriaMet'
  return {
    ...(conditions.length > 0 && { conditions }),
    ...(startTime !== undefined && { startTime }),
    ...(isComplete && { completionTime: at }),
    ...(tally.active.length > 0 && { active: tally.active.length }),
    ready: tally.active.filter(isPodReady).length,
    terminating: tally.terminating.length,
    ...(tally.succeeded > 0 && { succeeded: tally.succeeded }),
    ...(tally.failed > 0 && { failed: tally.failed }),
    ...(tally.indexes.size > 0 && { completedIndexes: formatIndexes(tally.indexes) }),
    uncountedTerminatedPods: {
      ...(succeeded.length > 0 && { succeeded }),
      ...(failed.length > 0 && { failed }),
    },
  }
}

const conditionFrom = ({ reason, message }: Target, type: string, at: string): Condition => ({
  type,
  status: 'True',
  lastProbeTime: at,
  lastTransitionTime: at,
  reason,
  message,
})

function suspension({ spec }: Job, conditions: readonly Condition[], at: string): readonly Condition[] {
  const known = conditions.find(({ type }) => type === 'Suspended')?.status
  if ((spec.suspend ?? false) === (known === 'True')) return conditions
  const [status, reason, message] = spec.suspend
    ? (['True', 'JobSuspended', 'Job suspended'] as const)
    : (['False', 'JobResumed', 'Job resumed'] as const)
  return withCondition(conditions, { type: 'Suspended', status, lastProbeTime: at, lastTransitionTime: at, reason, message }) // prettier-ignore
}
