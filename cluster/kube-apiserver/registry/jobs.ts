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
import { isUnreadable, validateLabelSelector } from '../validation/selectors.ts'
import { validateMatch, validateTemplate } from '../validation/workload.ts'
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast, oneOf, unchanged } from './checks.ts'
import { scheduleProblem } from '../validation/schedules.ts'
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

/** It has the labels of its Pods, where it has none of its own. */
function defaultJob(job: Job): Job {
  const { metadata, spec } = job
  if (spec === undefined) return job
  const labels = spec.template?.metadata?.labels
  const isBare = Object.keys(metadata.labels ?? {}).length === 0
  return { ...job, ...(labels && isBare && { metadata: { ...metadata, labels } }), spec: defaultJobSpec(spec) }
}

const UID_LABEL = 'batch.kubernetes.io/controller-uid'

/** In upstream's order. */
const chosenLabels = ({ uid = '', name }: Job['metadata']): Readonly<Record<string, string>> => ({
  'controller-uid': uid,
  'job-name': name,
  [UID_LABEL]: uid,
  'batch.kubernetes.io/job-name': name,
})

/** The server chooses the selector: the Job's own uid, so that no two Jobs share Pods. */
function withSelector(job: Job): Job {
  const { metadata, spec } = job
  if (spec === undefined || spec.manualSelector) return job
  // What the client has said stays, and is refused if it is something else.
  const labels = { ...chosenLabels(metadata), ...spec.template?.metadata?.labels }
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } }
  const matchLabels = { [UID_LABEL]: metadata.uid!, ...spec.selector?.matchLabels }
  // One that has no labels of its own has those of its Pods, all of them.
  const own = metadata.labels === spec.template?.metadata?.labels ? { ...metadata, labels } : metadata
  return { ...job, metadata: own, spec: { ...spec, selector: { ...spec.selector, matchLabels }, template } }
}

function validateJobSpec(given: any, field: string): FieldError[] {
  const spec = given ?? {}
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
  errors.push(...validateTemplate(spec.template, `${field}.template`))
  const { restartPolicy = 'Always' } = spec.template?.spec ?? {}
  const at = `${field}.template.spec.restartPolicy`
  if (restartPolicy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(at, restartPolicy, ['OnFailure', 'Never']))
  }
  return errors
}

/** The labels that the server has chosen stay in the template, and in the selector. */
function chosenErrors(metadata: Job['metadata'], { selector, template }: any): FieldError[] {
  const labels = template?.metadata?.labels ?? {}
  const own = chosenLabels(metadata)
  const errors = Object.entries(own).flatMap(([label, value]) => {
    const at = `spec.template.metadata.labels[${label}]`
    if (labels[label] === value) return []
    return [labels[label] === undefined ? required(at, `must be '${value}'`) : invalidValue(at, labels, `must be '${value}'`)] // prettier-ignore
  })
  const isChosen = isUnreadable(selector) || matchesSelector(selector, own)
  return isChosen ? errors : [...errors, invalidValue('spec.selector', selector, '`selector` not auto-generated')]
}

function validate({ metadata, spec }: Job): FieldError[] {
  const errors = validateJobSpec(spec, 'spec')
  if (spec?.selector === undefined) return [...errors, required('spec.selector'), ...validateMatch(spec ?? {})]
  errors.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  if (!spec.manualSelector) errors.push(...chosenErrors(metadata, spec))
  return isUnreadable(spec.selector) ? errors : [...errors, ...validateMatch(spec)]
}

export const jobs: Strategy<Job> = {
  hasGeneration: true,
  hasStatus: true,
  defaults: defaultJob,
  prepareForCreate: (job) => ({ ...withSelector(job), status: {} }),
  validate,
  validateStatusUpdate: (object, old) => validateCounts('job', object, old),
  validateUpdate: (job, old) => [
    ...validate(job),
    ...(job.spec.completionMode === 'Indexed' ? [] : unchanged(job.spec.completions, old.spec.completions, 'spec.completions')), // prettier-ignore
    ...unchanged(job.spec.selector, old.spec.selector, 'spec.selector'),
    // While it is suspended, where its Pods will run may still be changed.
    ...(old.spec.suspend ? [] : unchanged(job.spec.template, old.spec.template, 'spec.template')),
    ...unchanged(job.spec.completionMode, old.spec.completionMode, 'spec.completionMode'),
  ],
}

const CRON_NAME_MAX = 52

function validateCronJob({ metadata, spec }: Job): FieldError[] {
  const tooLong = metadata.name.length > CRON_NAME_MAX
  return [
    ...validateCronJobUpdate({ spec } as Job),
    ...(tooLong
      ? [invalidValue('metadata.name', metadata.name, `must be no more than ${CRON_NAME_MAX} characters`)]
      : []),
  ]
}

/** Those with a longer name that are there may stay. */
function validateCronJobUpdate({ spec: given }: Job): FieldError[] {
  const spec = given ?? {}
  const { schedule = '', jobTemplate } = spec
  const problem = schedule === '' ? undefined : scheduleProblem(schedule)
  const { selector, manualSelector } = jobTemplate?.spec ?? {}
  const own = 'spec.jobTemplate.spec'
  return [
    ...(schedule === '' ? [required('spec.schedule')] : []),
    ...(problem === undefined ? [] : [invalidValue('spec.schedule', schedule, problem)]),
    ...atLeast(0, spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...oneOf(['Allow', 'Forbid', 'Replace'], spec.concurrencyPolicy, 'spec.concurrencyPolicy'),
    ...validateJobSpec(jobTemplate?.spec, own),
    ...(selector === undefined ? [] : [invalidValue(`${own}.selector`, selector, '`selector` will be auto-generated')]),
    ...(manualSelector ? [notSupported(`${own}.manualSelector`, true, ['nil', 'false'])] : []),
    ...atLeast(0, spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...atLeast(0, spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  ]
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
  validateUpdate: validateCronJobUpdate,
}
