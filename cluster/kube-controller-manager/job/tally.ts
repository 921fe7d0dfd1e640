/**
 * A Job's Pods in numbers, and which of them have been counted.
 *
 * A Pod that ends is first written into `uncountedTerminatedPods`; once that stands in the status, its finalizer is taken away; once that is
 * gone, it moves into the number. A crash between any two of these steps repeats one that does no harm.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/job_controller.go` (trackJobStatusAndRemoveFinalizers).
 */
import type { Job } from '#cluster/api/batch-types.ts'
import { isPodFinished } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Table } from '#cluster/kernel/table.ts'
import { indexOf, parseIndexes } from './indexed.ts'
import type { Verdict } from './pod-failure-policy.ts'
import { verdictOn } from './pod-failure-policy.ts'

export const FINALIZER = 'batch.kubernetes.io/job-tracking'
export const hasFinalizer = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(FINALIZER) === true

export interface Tally {
  readonly pods: readonly Pod[]
  /** Neither ended nor being deleted. */
  readonly active: readonly Pod[]
  /** Being deleted, not yet ended. */
  readonly terminating: readonly Pod[]
  /** Counted for good. */
  readonly succeeded: number
  readonly failed: number
  /** Ended, and not counted for good. */
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] }
  /** Of an indexed Job: indexes whose Pod has succeeded. */
  readonly indexes: ReadonlySet<number>
  /** Pods whose finalizer has done its work. */
  readonly countedPods: readonly Pod[]
  /** The rule by which the whole Job has failed. */
  readonly failJob: string | undefined
}

export function tallyOf(job: Job, pods: readonly Pod[], discarded: Table<string, true>): Tally {
  const { succeeded: knownSuccesses = [], failed: knownFailures = [] } = job.status?.uncountedTerminatedPods ?? {}
  const held = new Set(pods.filter(hasFinalizer).map(({ metadata }) => metadata.uid!))
  const isHeld = (uid: string): boolean => held.has(uid)
  const known = new Set([...knownSuccesses, ...knownFailures])
  const isIndexed = job.spec.completionMode === 'Indexed'
  const persisted = parseIndexes(job.status?.completedIndexes)
  const indexes = new Set(persisted)
  const fresh = { succeeded: [] as string[], failed: [] as string[] }
  const countedPods: Pod[] = []
  let failJob: string | undefined
  for (const pod of pods) {
    const uid = pod.metadata.uid!
    const verdict = discarded.has(uid) ? 'ignored' : verdictOf(job, pod)
    if (verdict === 'none' || !isHeld(uid)) continue
    if (typeof verdict === 'object') failJob = verdict.failJob
    const index = isIndexed ? indexOf(pod) : undefined
    if (verdict === 'succeeded' && index !== undefined) {
      if (persisted.has(index)) countedPods.push(pod)
      indexes.add(index)
    } else if (verdict === 'ignored' || known.has(uid)) countedPods.push(pod)
    else fresh[verdict === 'succeeded' ? 'succeeded' : 'failed'].push(uid)
  }
  const settled = (uids: readonly string[]): number => uids.filter((uid) => !isHeld(uid)).length
  return {
    pods,
    active: pods.filter((pod) => !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined),
    terminating: pods.filter((pod) => !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined),
    succeeded: isIndexed ? indexes.size : (job.status?.succeeded ?? 0) + settled(knownSuccesses),
    failed: (job.status?.failed ?? 0) + settled(knownFailures),
    uncounted: {
      succeeded: [...knownSuccesses.filter(isHeld), ...fresh.succeeded],
      failed: [...knownFailures.filter(isHeld), ...fresh.failed],
    },
    indexes,
    countedPods,
    failJob,
  }
}

/** A Pod that is being deleted counts as failed at once, unless its successor has to wait until it has ended. */
function verdictOf(job: Job, pod: Pod): Verdict | 'succeeded' | 'none' {
  const { phase } = pod.status ?? {}
  if (phase === 'Succeeded') return 'succeeded'
  const isDeleted = pod.metadata.deletionTimestamp !== undefined
  const waits = job.spec.podReplacementPolicy === 'Failed'
  if (phase !== 'Failed' && !(isDeleted && (!waits || phase === 'Pending' || phase === undefined))) return 'none'
  return verdictOn(job, pod)
}
