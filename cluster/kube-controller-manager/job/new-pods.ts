/**
 * The Pods that a Job makes: held by a finalizer until they are counted, and numbered where the Job is indexed.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/{job_controller,indexed_job_utils}.go`.
 */
import type { Job } from '#cluster/api/batch-types.ts'
import type { Container, Pod } from '#cluster/api/types.ts'
import { podFromTemplate } from '../owned-pods.ts'
import { INDEX, indexOf } from './indexed.ts'
import { FINALIZER, type Tally } from './tally.ts'

/** The first numbers that have neither succeeded nor a Pod. */
export function vacantIndexes(job: Job, { active, terminating, indexes }: Tally, count: number): number[] {
  const waiting = job.spec.podReplacementPolicy === 'Failed' ? terminating : []
  const taken = new Set([...active, ...waiting].map(indexOf))
  const vacant: number[] = []
  for (let index = 0; index < (job.spec.completions ?? 0) && vacant.length < count; index++)
    if (!indexes.has(index) && !taken.has(index)) vacant.push(index)
  return vacant
}

/** A Pod of the Job, held by the finalizer until it is counted. */
export function podOfJob(job: Job, index?: number): Pod {
  const pod = podFromTemplate(job, job.spec.template)
  const finalizers = [...(pod.metadata.finalizers ?? []), FINALIZER]
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } }
  const name = `${job.metadata.name}-${index}`
  const { annotations, labels } = pod.metadata
  const mark = { [INDEX]: `${index}` }
  const numbered = (container: Container): Container => ({
    ...container,
    env: [...(container.env ?? []), INDEX_VARIABLE],
  })
  const { initContainers, containers } = pod.spec
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      finalizers,
      generateName: `${name}-`,
      annotations: { ...annotations, ...mark },
      labels: { ...labels, ...mark },
    },
    spec: {
      ...pod.spec,
      hostname: pod.spec.hostname ?? name,
      containers: containers.map(numbered),
      ...(initContainers && { initContainers: initContainers.map(numbered) }),
    },
  }
}

const INDEX_VARIABLE = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } } } // prettier-ignore
