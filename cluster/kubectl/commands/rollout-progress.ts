/**
 * How far a rollout has come, in kubectl's words, by kind.
 *
 * Where to read upstream: kubectl `pkg/polymorphichelpers/rollout_status.go`.
 */
import type { DaemonSet, StatefulSet } from '#cluster/api/apps-types.ts'
import type { Deployment, KubernetesObject } from '#cluster/api/types.ts'

export interface Progress {
  readonly line: string
  readonly done: boolean
  /** It will not come any further, and why. */
  readonly failed?: string
}

export function progressOf(object: KubernetesObject): Progress {
  if (object.kind === 'DaemonSet') return ofDaemonSet(object as DaemonSet)
  if (object.kind === 'StatefulSet') return ofStatefulSet(object as StatefulSet)
  return ofDeployment(object as Deployment)
}

const going = (line: string): Progress => ({ line, done: false })
const done = (line: string): Progress => ({ line, done: true })
const NOT_ROLLING: Progress = { line: '', done: false, failed: 'rollout status is only available for RollingUpdate strategy type' } // prettier-ignore

function ofDeployment({ metadata, spec, status: now = {} as never }: Deployment): Progress {
  const waiting = (what: string) => ({ line: `Waiting for deployment "${metadata.name}" rollout to finish: ${what}...`, done: false }) // prettier-ignore
  if ((metadata.generation ?? 0) > (now.observedGeneration ?? 0))
    return { line: 'Waiting for deployment spec update to be observed...', done: false }
  const progressing = now.conditions?.find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { line: '', done: false, failed: `deployment "${metadata.name}" exceeded its progress deadline` }
  const { replicas: wanted = 1 } = spec
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = now
  if (updatedReplicas < wanted) return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`)
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`)
  if (availableReplicas < updatedReplicas)
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`)
  return { line: `deployment "${metadata.name}" successfully rolled out`, done: true }
}

function ofDaemonSet({ metadata, spec, status }: DaemonSet): Progress {
  if (spec.updateStrategy?.type === 'OnDelete') return NOT_ROLLING
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return going('Waiting for daemon set spec update to be observed...')
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status ?? {}
  const waiting = (what: string): Progress => going(`Waiting for daemon set "${metadata.name}" rollout to finish: ${what}...`) // prettier-ignore
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new pods have been updated`)
  if (numberAvailable < wanted) return waiting(`${numberAvailable} of ${wanted} updated pods are available`)
  return done(`daemon set "${metadata.name}" successfully rolled out`)
}

function ofStatefulSet({ metadata, spec, status }: StatefulSet): Progress {
  if (spec.updateStrategy?.type === 'OnDelete') return NOT_ROLLING
  if (!status?.observedGeneration || (metadata.generation ?? 0) > status.observedGeneration)
    return going('Waiting for statefulset spec update to be observed...')
  const { replicas: wanted = 1, updateStrategy } = spec
  const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status
  if (readyReplicas < wanted) return going(`Waiting for ${wanted - readyReplicas} pods to be ready...`)
  const partition = updateStrategy?.rollingUpdate?.partition
  if (partition !== undefined) {
    if (updatedReplicas < wanted - partition)
      return going(`Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted - partition} new pods have been updated...`) // prettier-ignore
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`)
  }
  return updateRevision === currentRevision
    ? done(`statefulset rolling update complete ${readyReplicas} pods at revision ${currentRevision}...`)
    : going(
        `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
      )
}
