/**
 * The ttl-after-finished controller: a Job that has been over for `ttlSecondsAfterFinished` is deleted, with its Pods.
 *
 * What we leave out: the live look at the Job before it is deleted; its version is in the precondition instead.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/ttlafterfinished/ttlafterfinished_controller.go`.
 */
import type { Job } from '#cluster/api/batch-types.ts'
import { finishedCondition } from '#cluster/api/batch-types.ts'
import { keyOf, parseTime } from '#cluster/api/meta.ts'
import { deleteRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Context } from '#cluster/kernel/component.ts'

export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished',
  offByDefault: true,
  watches: [{ resource: 'jobs', enqueue: ({ object, type }) => (type === 'deleted' ? [] : [keyOf(object)]) }],
  memory: () => ({}),
  reconcile,
}

function reconcile(key: string, caches: Caches, _memory: unknown, ctx: Context): Reconciled {
  const job = caches.get<Job>('jobs', key)
  const seconds = job?.spec.ttlSecondsAfterFinished
  const finishedAt = job && parseTime(finishedCondition(job)?.lastTransitionTime)
  if (!job || seconds === undefined || finishedAt === undefined || job.metadata.deletionTimestamp !== undefined)
    return {}
  const left = finishedAt + seconds * 1e6 - ctx.now
  if (left > 0) return { requeueAfterMicros: left }
  const { uid = '', resourceVersion = '' } = job.metadata
  const options = { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion } } as const
  return { calls: [{ request: deleteRequest('jobs', job, options), accept: ['NotFound', 'Conflict'] }] }
}
