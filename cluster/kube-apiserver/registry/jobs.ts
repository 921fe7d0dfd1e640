/**
 * Jobs and CronJobs.
 *
 * What we leave out: rules of podFailurePolicy and successPolicy.
 * Upstream: `pkg/registry/batch/{job,cronjob}/strategy.go`, `pkg/apis/batch/{v1/defaults,validation/validation}.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { validatePodSpec } from '../validation/pod-spec.ts'
import { atLeast, oneOf, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type Job = KubernetesObject & { readonly spec: any; readonly status?: any }

function defaultJobSpec(spec: any): any {
  const isIndexed = spec.completionMode === 'Indexed'
  const both = spec.completions === undefined && spec.parallelism === undefined
  return {
    ...spec,
    ...(both && !isIndexed && { completions: 1 }),
    parallelism: spec.parallelism ?? 1,
    backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647),
    completionMode: spec.completionMode ?? 'NonIndexed',
    suspend: spec.suspend ?? false,
    manualSelector: spec.manualSelector ?? false,
    podReplacementPolicy: spec.podReplacementPolicy ?? (spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
    template: defaultTemplate(spec.template),
  }
}

const UID_LABELS = ['batch.kubernetes.io/controller-uid', 'controller-uid']
const NAME_LABELS = ['batch.kubernetes.io/job-name', 'job-name']

/** The server chooses the selector: the Job's own uid, so that no two Jobs share Pods. */
function withSelector(job: Job): Job {
  const { metadata, spec } = job
  if (spec === undefined || spec.manualSelector || spec.template === undefined) return job
  const labels = { ...spec.template.metadata?.labels }
  for (const label of UID_LABELS) labels[label] = metadata.uid!
  for (const label of NAME_LABELS) labels[label] = metadata.name
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } }
  const matchLabels = { ...spec.selector?.matchLabels, [UID_LABELS[0]!]: metadata.uid! }
  return { ...job, spec: { ...spec, selector: { ...spec.selector, matchLabels }, template } }
}

function validateJobSpec(spec: any, field: string): FieldError[] {
  if (spec === undefined) return [required(`${field}.template`)]
  const errors = [
    ...atLeast(0, spec.parallelism, `${field}.parallelism`),
    ...atLeast(0, spec.completions, `${field}.completions`),
    ...atLeast(0, spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...atLeast(0, spec.backoffLimit, `${field}.backoffLimit`),
    ...atLeast(0, spec.ttlSecondsAfterFinished, `${field}.ttlSecondsAfterFinished`),
    ...oneOf(['Indexed', 'NonIndexed'], spec.completionMode, `${field}.completionMode`),
  ]
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'))
  }
  if (spec.template?.spec === undefined) return [...errors, required(`${field}.template.spec.containers`)]
  errors.push(...validatePodSpec(spec.template.spec, `${field}.template.spec`))
  const { restartPolicy } = spec.template.spec
  if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(`${field}.template.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never']))
  }
  return errors
}

function validate({ spec }: Job): FieldError[] {
  const errors = validateJobSpec(spec, 'spec')
  if (spec?.selector === undefined || spec.template === undefined) return errors
  const labels = spec.template.metadata?.labels
  if (!matchesSelector(spec.selector, labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`')) // prettier-ignore
  }
  return errors
}

export const jobs: Strategy<Job> = {
  hasGeneration: true,
  hasStatus: true,
  defaults: (job) => (job.spec === undefined ? job : { ...job, spec: defaultJobSpec(job.spec) }),
  prepareForCreate: (job) => ({ ...withSelector(job), status: {} }),
  validate,
  validateUpdate: (job, old) => [
    ...validate(job),
    ...(job.spec.completionMode === 'Indexed' ? [] : unchanged(job.spec.completions, old.spec.completions, 'spec.completions')), // prettier-ignore
    ...unchanged(job.spec.selector, old.spec.selector, 'spec.selector'),
    // While it is suspended, where its Pods will run may still be changed.
    ...(old.spec.suspend ? [] : unchanged(job.spec.template, old.spec.template, 'spec.template')),
    ...unchanged(job.spec.completionMode, old.spec.completionMode, 'spec.completionMode'),
  ],
}

const FIELD = /^(?:\*|\?|[\w*]+(?:-\w+)?)(?:\/\d+)?(?:,(?:[\w*]+(?:-\w+)?)(?:\/\d+)?)*$/
const NAMED = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)$/
const CRON_NAME_MAX = 52

function validateCronJob({ metadata, spec }: Job): FieldError[] {
  const errors: FieldError[] = []
  if (spec === undefined) return [required('spec.schedule'), required('spec.jobTemplate')]
  if (metadata.name.length > CRON_NAME_MAX) {
    errors.push(invalidValue('metadata.name', metadata.name, `must be no more than ${CRON_NAME_MAX} characters`))
  }
  if (!spec.schedule) errors.push(required('spec.schedule'))
  else {
    const parts = spec.schedule.trim().split(/\s+/)
    const fits = NAMED.test(spec.schedule) || (parts.length === 5 && parts.every((part: string) => FIELD.test(part)))
    if (!fits) {
      const detail = `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
      errors.push(invalidValue('spec.schedule', spec.schedule, detail))
    }
  }
  errors.push(
    ...atLeast(0, spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...oneOf(['Allow', 'Forbid', 'Replace'], spec.concurrencyPolicy, 'spec.concurrencyPolicy'),
    ...atLeast(0, spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...atLeast(0, spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  )
  return [...errors, ...validateJobSpec(spec.jobTemplate?.spec, 'spec.jobTemplate.spec')]
}

function defaultCronJob(job: Job): Job {
  const { spec } = job
  if (spec === undefined) return job
  const { jobTemplate } = spec
  return {
    ...job,
    spec: {
      ...spec,
      concurrencyPolicy: spec.concurrencyPolicy || 'Allow',
      suspend: spec.suspend ?? false,
      successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
      failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      ...(jobTemplate?.spec && { jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, template: defaultTemplate(jobTemplate.spec.template) } } }), // prettier-ignore
    },
  }
}

export const cronJobs: Strategy<Job> = {
  hasGeneration: true,
  hasStatus: true,
  defaults: defaultCronJob,
  prepareForCreate: (job) => ({ ...job, status: {} }),
  validate: validateCronJob,
  validateUpdate: validateCronJob,
}
