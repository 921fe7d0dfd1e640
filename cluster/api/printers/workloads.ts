/** Deployments and the other controllers of Pods; Jobs; autoscalers; disruption budgets. */
import { formatSelector } from '../labels.ts'
import { parseTime } from '../meta.ts'
import type { Deployment, ReplicaSet } from '../types.ts'
import { ageOf, humanDuration } from './human-duration.ts'
import type { Printer } from './printer.ts'
import { age, containersOf, labelsText, NONE, printer, UNSET, yesOrNo } from './printer.ts'

const TEMPLATE = ['Containers+', 'Images+', 'Selector+']

const deployments = printer(
  ['Name', 'Ready', 'Up-to-date', 'Available', 'Age', ...TEMPLATE],
  (deployment: Deployment, now) => {
    const { metadata, spec, status = {} } = deployment
    return [
      metadata.name,
      `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
      status.updatedReplicas ?? 0,
      status.availableReplicas ?? 0,
      age(deployment, now),
      ...containersOf(spec.template),
      formatSelector(spec.selector),
    ]
  },
)

const replicasets = printer(
  ['Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', ...TEMPLATE],
  (set: ReplicaSet, now) => [
    set.metadata.name,
    set.spec.replicas ?? 1,
    set.status?.replicas ?? 0,
    set.status?.readyReplicas ?? 0,
    age(set, now),
    ...containersOf(set.spec.template),
    formatSelector(set.spec.selector),
  ],
)

const statefulsets = printer(['Name', 'Ready', 'Age', 'Containers+', 'Images+'], (set, now) => [
  set.metadata.name,
  `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 1}`,
  age(set, now),
  ...containersOf(set.spec.template),
])

const daemonsets = printer(
  ['Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Up-to-date:integer', 'Available:integer', 'Node Selector', 'Age', ...TEMPLATE], // prettier-ignore
  (set, now) => [
    set.metadata.name,
    set.status?.desiredNumberScheduled ?? 0,
    set.status?.currentNumberScheduled ?? 0,
    set.status?.numberReady ?? 0,
    set.status?.updatedNumberScheduled ?? 0,
    set.status?.numberAvailable ?? 0,
    labelsText(set.spec.template?.spec?.nodeSelector),
    age(set, now),
    ...containersOf(set.spec.template),
    formatSelector(set.spec.selector),
  ],
)

const controllerrevisions = printer(['Name', 'Controller', 'Revision', 'Age'], (object, now) => {
  const owner = object.metadata.ownerReferences?.find(({ controller }: { controller?: boolean }) => controller)
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  const controller = owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : NONE
  return [object.metadata.name, controller, object.revision ?? 0, age(object, now)]
})

const JOB_STATES = { Complete: 'Complete', Failed: 'Failed' } as const
const JOB_WAYS = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function jobStatus({ metadata, status }: any): string {
  const has = (type: string): boolean =>
    (status?.conditions ?? []).some((one: any) => one.type === type && one.status === 'True')
  if (has('Complete')) return JOB_STATES.Complete
  if (has('Failed')) return JOB_STATES.Failed
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  return JOB_WAYS.find(has) ?? 'Running'
}

function jobCompletions({ spec, status }: any): string {
  const succeeded = status?.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const jobs = printer(['Name', 'Status', 'Completions', 'Duration', 'Age', ...TEMPLATE], (job, now) => {
  const start = parseTime(job.status?.startTime)
  const end = parseTime(job.status?.completionTime) ?? now
  return [
    job.metadata.name,
    jobStatus(job),
    jobCompletions(job),
    start === undefined ? '' : humanDuration(end - start),
    age(job, now),
    ...containersOf(job.spec.template),
    job.spec.selector ? formatSelector(job.spec.selector) : NONE,
  ]
})

const cronjobs = printer(
  ['Name', 'Schedule', 'Timezone', 'Suspend:boolean', 'Active:integer', 'Last Schedule', 'Age', ...TEMPLATE],
  ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.schedule,
    spec.timeZone ?? NONE,
    yesOrNo(spec.suspend),
    status?.active?.length ?? 0,
    status?.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : NONE,
    ageOf(metadata.creationTimestamp, now),
    ...containersOf(spec.jobTemplate?.spec?.template),
    spec.jobTemplate?.spec?.selector ? formatSelector(spec.jobTemplate.spec.selector) : NONE,
  ],
)

/** `cpu: 12%/50%`, as far as the metric is one of the resources of Pods. */
function targetsOf({ spec, status }: any): string {
  const metrics: readonly any[] = spec.metrics ?? []
  if (metrics.length === 0) return NONE
  const shown = metrics.slice(0, 2).map((metric, index) => {
    const kind = metric[lowerFirst(metric.type)] ?? {}
    const current = status?.currentMetrics?.[index]?.[lowerFirst(metric.type)]?.current ?? {}
    const name = kind.name ?? kind.metric?.name ?? metric.type
    const { averageUtilization, averageValue, value } = kind.target ?? {}
    if (averageUtilization !== undefined) {
      const now = current.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`
      return `${name}: ${now}/${averageUtilization}%`
    }
    if (averageValue !== undefined) return `${name}: ${current.averageValue ?? '<unknown>'}/${averageValue} (avg)`
    return `${name}: ${current.value ?? '<unknown>'}/${value}`
  })
  return metrics.length > 2 ? `${shown.join(', ')} + ${metrics.length - 2} more...` : shown.join(', ')
}

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1)

/** As autoscaling/v2 has them. */
const horizontalpodautoscalers = printer(
  ['Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'],
  (object, now) => [
    object.metadata.name,
    `${object.spec.scaleTargetRef.kind}/${object.spec.scaleTargetRef.name}`,
    targetsOf(object),
    object.spec.minReplicas === undefined ? UNSET : String(object.spec.minReplicas),
    object.spec.maxReplicas,
    object.status?.currentReplicas ?? 0,
    age(object, now),
  ],
)

const poddisruptionbudgets = printer(
  ['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age'],
  ({ metadata, spec, status }, now) => [
    metadata.name,
    spec?.minAvailable === undefined ? 'N/A' : String(spec.minAvailable),
    spec?.maxUnavailable === undefined ? 'N/A' : String(spec.maxUnavailable),
    status?.disruptionsAllowed ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ],
)

/** The subresource `scale` of whatever can be scaled. */
export const SCALE = printer(
  ['Name', 'Desired:integer', 'Available:integer', 'Age'],
  ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas,
    status.replicas,
    ageOf(metadata.creationTimestamp, now),
  ],
)

export const WORKLOADS: Readonly<Record<string, Printer>> = {
  deployments,
  replicasets,
  statefulsets,
  daemonsets,
  controllerrevisions,
  jobs,
  cronjobs,
  horizontalpodautoscalers,
  poddisruptionbudgets,
}
