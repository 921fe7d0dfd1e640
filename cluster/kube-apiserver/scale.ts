/**
 * `scale`: the number of replicas of a Deployment or ReplicaSet as an object of its own (autoscaling/v1).
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/apps/deployment/storage/storage.go` (ScaleREST).
 */
import { deepFreeze } from '#cluster/api/meta.ts'
import { formatSelector } from '#cluster/api/labels.ts'
import type { Deployment, KubernetesObject, ReplicaSet } from '#cluster/api/types.ts'
import type { Prepared } from './objects.ts'
import type { RequestInfo } from './route.ts'
import type { Origin } from './state.ts'
import { badRequest, conflict, invalid, invalidValue, MODIFIED } from './status.ts'

type Scalable = Deployment | ReplicaSet

export interface Scale extends KubernetesObject {
  readonly spec: { readonly replicas: number }
  readonly status: { readonly replicas: number; readonly selector: string }
}

export function scaleOf(object: KubernetesObject): Scale {
  const { metadata, spec, status } = object as Scalable
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  return deepFreeze({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: { replicas: spec.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0, selector: formatSelector(spec.selector) },
  })
}

export function applyScale(info: RequestInfo, body: unknown, origin: Origin): Prepared {
  const given = body as Partial<Scale> | undefined
  if (given?.kind !== undefined && given.kind !== 'Scale') {
    return { refused: badRequest(`expected a Scale, got ${given.kind}`) }
  }
  const replicas = given?.spec?.replicas ?? 0
  if (!Number.isInteger(replicas) || replicas < 0) {
    const errors = [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]
    return { refused: invalid({ ...info.resource, kind: 'Scale', group: 'autoscaling' }, info.name, errors) }
  }
  const version = given?.metadata?.resourceVersion
  if (version && version !== String(origin.modRevision))
    return { refused: conflict(info.resource, info.name, MODIFIED) }
  const old = origin.object as Scalable
  if (old.spec.replicas === replicas) return { object: old }
  const metadata = { ...old.metadata, generation: (old.metadata.generation ?? 0) + 1 }
  return { object: deepFreeze({ ...old, metadata, spec: { ...old.spec, replicas } } as Scalable) }
}
