/**
 * A Deployment's ReplicaSets: which is the new one, which are old, and their revision numbers.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/deployment/util/deployment_util.go`.
 */
import { isEqual, parseTime } from '#cluster/api/meta.ts'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '#cluster/api/types.ts'

export const HASH_LABEL = 'pod-template-hash'
export const REVISION = 'deployment.kubernetes.io/revision'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The oldest of those with the Deployment's template. */
export function findNew(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return byCreation(sets).find((set) => hasTemplate(set, deployment.spec.template))
}

export function byCreation(sets: readonly ReplicaSet[]): ReplicaSet[] {
  const born = (set: ReplicaSet) => parseTime(set.metadata.creationTimestamp) ?? 0
  return [...sets].sort((a, b) => born(a) - born(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
}

/** Equal but for the hash label, which the controller itself has added. */
export function hasTemplate(set: ReplicaSet, template: PodTemplateSpec): boolean {
  return isEqual(withoutHash(set.spec.template), withoutHash(template))
}

function withoutHash(template: PodTemplateSpec): unknown {
  const { labels, ...rest } = template.metadata ?? {}
  const { [HASH_LABEL]: _hash, ...others } = labels ?? {}
  return { metadata: { ...rest, labels: others }, spec: template.spec }
}

export function revisionOf(object: { metadata: { annotations?: Readonly<Record<string, string>> } }): number {
  const number = Number(object.metadata.annotations?.[REVISION] ?? 0)
  return Number.isInteger(number) ? number : 0
}

export const maxRevision = (sets: readonly ReplicaSet[]): number => Math.max(0, ...sets.map(revisionOf))

/** The Deployment's annotations that its ReplicaSets carry too. */
export function inheritedAnnotations(deployment: Deployment): Record<string, string> {
  const { [LAST_APPLIED]: _applied, [REVISION]: _revision, ...rest } = deployment.metadata.annotations ?? {}
  return rest
}

export const replicasOf = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0)

export const availableOf = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0)
