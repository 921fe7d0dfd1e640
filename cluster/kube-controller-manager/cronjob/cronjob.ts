/**
 * The CronJob controller: a Job each time that the schedule says so.
 *
 * What the real one does: works out when the schedule last fell due, and makes a Job named after that minute, so that none is made twice.
 * What we model: schedules (see `schedule.ts`), timeZone, concurrencyPolicy, startingDeadlineSeconds, suspend, history limits, the status and
 * the Events.
 * What we leave out: the live look at an active Job that the cache does not show.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/cronjob/{cronjob_controllerv2,utils}.go`.
 */
import type { CronJob, Job } from '#cluster/api/batch-types.ts'
import { finishedCondition } from '#cluster/api/batch-types.ts'
import { controllerOf, controllerRef, formatTime, isEqual, keyOf, parseTime } from '#cluster/api/meta.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, deleteRequest, isOk, messageOf, updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { OwnWrites } from '#cluster/client/own-writes.ts'
import { createOwnWrites, isBehind, noteWrite, STALE_RETRY_MICROS } from '#cluster/client/own-writes.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { CONTROLLER_INDEX, ownerIndexes } from '../owned-pods.ts'
import type { Schedule } from './schedule.ts'
import { nextTime, offsetOf, parseSchedule } from './schedule.ts'

interface Memory {
  readonly writes: OwnWrites
  /** The last time for which a Job was made, or told to be too late. */
  readonly handled: Table<string, Micros>
}

type Tag =
  { readonly type: 'create' | 'delete'; readonly owner: CronJob; readonly job: string } | { readonly type: 'status' }

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** More than so many missed starts are not told one by one. */
const MISSED_MAX = 100

export const cronJobController: Controller<Memory> = {
  name: 'cronjob',
  eventSource: 'cronjob-controller',
  offByDefault: true,
  watches: [
    { resource: 'cronjobs', enqueue: onCronJob },
    { resource: 'jobs', enqueue: onJob },
  ],
  indexes: { jobs: ownerIndexes },
  memory: () => ({ writes: createOwnWrites(), handled: new Table() }),
  reconcile,
  settle,
}

function onCronJob({ type, object }: Delta<CronJob>, _caches: Caches, memory: Memory): string[] {
  const key = keyOf(object)
  if (type !== 'deleted') return [key]
  memory.writes.delete(key)
  memory.handled.delete(key)
  return []
}

function onJob({ object }: Delta<Job>): string[] {
  const owner = controllerOf(object)
  return owner?.kind === 'CronJob' ? [`${object.metadata.namespace}/${owner.name}`] : []
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const cron = caches.get<CronJob>('cronjobs', key)
  if (!cron) return {}
  if (isBehind(memory.writes, key, cron, ctx.now)) return { requeueAfterMicros: STALE_RETRY_MICROS }
  const children = [...caches.by<Job>('jobs', CONTROLLER_INDEX, cron.metadata.uid!)]
  const events: EventNote[] = []
  const status = statusOf(cron, children, events)
  const calls: Call[] = surplus(cron, children)
  if (!isEqual(cron.status ?? {}, status)) {
    const request = updateStatusRequest({ ...cron, status } as CronJob)
    calls.push({ request, tag: { type: 'status' } satisfies Tag, accept: ['NotFound', 'Conflict'] })
  }
  const due = whatIsDue(key, { ...cron, status }, children, memory, ctx.now)
  return {
    calls: [...calls, ...(due.calls ?? [])],
    events: [...events, ...(due.events ?? [])],
    ...(due.requeueAfterMicros !== undefined && { requeueAfterMicros: due.requeueAfterMicros }),
  }
}

const note = (object: CronJob, reason: string, message: string, type: EventNote['type'] = 'Normal'): EventNote => ({ object, type, reason, message }) // prettier-ignore

/** Somebody may make one by hand, with `kubectl create job --from=cronjob/…`. */
const isOwn = ({ metadata }: Job): boolean => metadata.annotations?.[SCHEDULED_AT] !== undefined

const scheduledAt = ({ metadata }: Job): Micros => parseTime(metadata.annotations?.[SCHEDULED_AT]) ?? 0

/** Which Jobs run, when the last was due, and when the last good one ended: all read off the Jobs. */
function statusOf(cron: CronJob, children: readonly Job[], events: EventNote[]): NonNullable<CronJob['status']> {
  const running = children.filter((job) => isOwn(job) && !finishedCondition(job))
  const strays = children.filter((job) => !isOwn(job) && !finishedCondition(job))
  for (const { metadata } of strays)
    events.push(note(cron, 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${metadata.name}`, 'Warning')) // prettier-ignore
  const active = running.map(({ apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } }) => {
    const known = cron.status?.active?.find((one) => one.uid === uid)
    return known ?? { apiVersion, kind, name, namespace, uid, resourceVersion }
  }) as NonNullable<NonNullable<CronJob['status']>['active']>
  for (const { uid, name } of cron.status?.active ?? []) {
    const ended = children.find(({ metadata }) => metadata.uid === uid)
    const condition = ended && finishedCondition(ended)
    if (condition)
      events.push(note(cron, 'SawCompletedJob', `Saw completed job: ${name}, condition: ${condition.type}`))
    else if (!ended) events.push(note(cron, 'MissingJob', `Active job went missing: ${name}`))
  }
  const last = Math.max(parseTime(cron.status?.lastScheduleTime) ?? 0, ...children.map(scheduledAt))
  const ends = children.map(({ status }) => parseTime(status?.completionTime) ?? 0)
  const lastGood = Math.max(parseTime(cron.status?.lastSuccessfulTime) ?? 0, ...ends)
  return {
    ...(active.length > 0 && { active: active.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }),
    ...(last > 0 && { lastScheduleTime: formatTime(last) }),
    ...(lastGood > 0 && { lastSuccessfulTime: formatTime(lastGood) }),
  }
}

/** Old Jobs beyond the history's limits. */
function surplus(cron: CronJob, children: readonly Job[]): Call[] {
  const { successfulJobsHistoryLimit: good = 3, failedJobsHistoryLimit: bad = 1 } = cron.spec
  const beyond = (type: string, limit: number): readonly Job[] => {
    const ended = children.filter((job) => finishedCondition(job)?.type === type && !job.metadata.deletionTimestamp)
    const oldestFirst = ended.toSorted((a, b) => (parseTime(a.status?.startTime) ?? 0) - (parseTime(b.status?.startTime) ?? 0)) // prettier-ignore
    return oldestFirst.slice(0, Math.max(0, ended.length - limit))
  }
  return [...beyond('Complete', good), ...beyond('Failed', bad)].map((job) => deletion(cron, job))
}

const deletion = (owner: CronJob, job: Job): Call => ({
  request: deleteRequest('jobs', job, { propagationPolicy: 'Background', preconditions: { uid: job.metadata.uid! } }),
  tag: { type: 'delete', owner, job: job.metadata.name } satisfies Tag,
  accept: ['NotFound', 'Conflict'],
})

// ── the schedule ────────────────────────────────────────────────────────────────────────────────────────────────────

function whatIsDue(key: string, cron: CronJob, children: readonly Job[], memory: Memory, now: Micros): Reconciled {
  const { spec, metadata } = cron
  if (metadata.deletionTimestamp !== undefined) return {}
  const offset = offsetOf(spec.timeZone)
  if (offset === undefined) {
    const message = `invalid timeZone: ${JSON.stringify(spec.timeZone)}: unknown time zone ${spec.timeZone}`
    return { events: [note(cron, 'UnknownTimeZone', message, 'Warning')] }
  }
  if (spec.suspend) return {}
  const schedule = parseSchedule(spec.schedule)
  if (!schedule) {
    return { events: [note(cron, 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(spec.schedule)}`, 'Warning')] } // prettier-ignore
  }
  const next = nextTime(schedule, now, offset)
  const again = next === undefined ? {} : { requeueAfterMicros: next - now }
  const { due, missed } = lastDue(cron, schedule, offset, memory.handled.get(key), now)
  if (due === undefined) return again
  const events: EventNote[] = []
  if (missed > MISSED_MAX) events.push(note(cron, 'TooManyMissedTimes', TOO_MANY, 'Warning'))
  const deadline = spec.startingDeadlineSeconds
  if (deadline !== undefined && due + deadline * 1e6 < now) {
    memory.handled.set(key, due)
    events.push(note(cron, 'MissSchedule', `Missed scheduled time to start a job: ${formatTime(due)}`, 'Warning'))
    return { events, ...again }
  }
  const running = children.filter((job) => isOwn(job) && !finishedCondition(job) && !job.metadata.deletionTimestamp)
  if (spec.concurrencyPolicy === 'Forbid' && running.length > 0) {
    events.push(note(cron, 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')) // prettier-ignore
    return { events, ...again }
  }
  memory.handled.set(key, due)
  const replaced = spec.concurrencyPolicy === 'Replace' ? running.map((job) => deletion(cron, job)) : []
  const job = jobFor(cron, due)
  const tag: Tag = { type: 'create', owner: cron, job: job.metadata.name }
  return { events, ...again, calls: [...replaced, { request: createRequest(job), tag, accept: ['AlreadyExists'] }] }
}

const TOO_MANY = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
/** So many steps at most; a schedule that has slept for longer is looked at from nearer by. */
const STEPS_MAX = 1_000

/** The latest time that has come and was not seen to, and how many came before it. */
function lastDue(
  cron: CronJob,
  schedule: Schedule,
  offset: number,
  handled: Micros | undefined,
  now: Micros,
): { due?: Micros; missed: number } {
  // prettier-ignore
  const { status, metadata, spec } = cron
  const since = Math.max(parseTime(status?.lastScheduleTime ?? metadata.creationTimestamp) ?? now, handled ?? 0)
  const deadline = spec.startingDeadlineSeconds
  const earliest = deadline === undefined ? since : Math.max(since, now - deadline * 1e6)
  let due: Micros | undefined
  let missed = 0
  for (let at = nextTime(schedule, earliest, offset); at !== undefined && at <= now; missed++) {
    const gap = due === undefined ? 0 : at - due
    due = at
    if (missed === STEPS_MAX) at = now - gap
    at = nextTime(schedule, at, offset)
  }
  return due === undefined ? { missed: 0 } : { due, missed }
}

function jobFor(cron: CronJob, due: Micros): Job {
  const { metadata: { labels, annotations, finalizers } = {}, spec } = cron.spec.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cron.metadata.name}-${Math.floor(due / 60_000_000)}`,
      namespace: cron.metadata.namespace!,
      ...(labels && { labels }),
      annotations: { ...annotations, [SCHEDULED_AT]: formatTime(due) },
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerRef(cron)],
    },
    spec,
  }
}

function settle(
  key: string,
  call: Call,
  answer: Answer,
  failed: boolean,
  memory: Memory,
  ctx: Context,
): EventNote[] | undefined {
  // prettier-ignore
  const tag = call.tag as Tag
  if (tag.type === 'status') {
    noteWrite(memory.writes, key, answer, ctx.now)
    return undefined
  }
  const { owner, job } = tag
  if (tag.type === 'delete') return isOk(answer) ? [note(owner, 'SuccessfulDelete', `Deleted job ${job}`)] : undefined
  if (!failed) return isOk(answer) ? [note(owner, 'SuccessfulCreate', `Created job ${job}`)] : undefined
  // What was not made is still due.
  memory.handled.delete(key)
  return [note(owner, 'FailedCreate', `Error creating job: ${messageOf(answer)}`, 'Warning')]
}
