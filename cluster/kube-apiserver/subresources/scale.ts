/**
 * `scale`: the number of replicas of a Deployment or ReplicaSet, or of what a definition says can be scaled, as an object of
 * its own (autoscaling/v1).
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/apps/deployment/storage/storage.go` (ScaleREST).
 */
import { deepFreeze } from '#cluster/api/meta.ts'
import type { ScalePaths } from '#cluster/api/custom-version.ts'
import { valuesAt, withValueAt } from '#cluster/api/json-path.ts'
import { formatSelector } from '#cluster/api/labels.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { Deployment, KubernetesObject, ReplicaSet } from '#cluster/api/types.ts'
import { otherUid, type Prepared } from '../handlers/objects.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { Origin } from '../state.ts'
import { validateMetadata } from '../validation/names.ts'
import { badRequest, conflict, invalid, invalidValue, MODIFIED } from '../status.ts'

type Scalable = Deployment | ReplicaSet

export interface Scale extends KubernetesObject {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector: string }
}

export function scaleOf({ custom }: Resource, object: KubernetesObject): Scale {
  const { metadata, spec, status } = custom?.scale ? scaled(custom.scale, object) : (object as Scalable)
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
    // Go leaves a zero away there.
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas ?? 1 },
    status: {
      replicas: status?.replicas ?? 0,
      selector: typeof spec.selector === 'string' ? spec.selector : formatSelector(spec.selector),
    },
  })
}

/** What the paths of a definition lead to. */
function scaled({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths, object: KubernetesObject) {
  const [replicas = 0] = valuesAt(object, specReplicasPath) as number[]
  const [current = 0] = valuesAt(object, statusReplicasPath) as number[]
  const [selector = ''] = labelSelectorPath ? (valuesAt(object, labelSelectorPath) as string[]) : []
  return { metadata: object.metadata, spec: { replicas, selector }, status: { replicas: current } }
}

export function applyScale(info: RequestInfo, body: unknown, origin: Origin): Prepared {
  const given = body as Partial<Scale> | undefined
  if (given?.kind !== undefined && given.kind !== 'Scale') {
    const named = JSON.stringify(given.apiVersion?.split('/').at(-1) ?? 'v1')
    return { refused: badRequest(`${given.kind} in version ${named} cannot be handled as a Scale`) }
  }
  const { name } = given?.metadata ?? {}
  if (name && name !== info.name) {
    return { refused: badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`) }
  }
  const replicas = given?.spec?.replicas ?? 0
  const errors = validateMetadata({ ...given?.metadata, name: info.name }, 'subdomain')
  if (!Number.isInteger(replicas) || replicas < 0) {
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'))
  }
  if (errors.length > 0) {
    return { refused: invalid({ ...info.resource, kind: 'Scale', group: 'autoscaling' }, info.name, errors) }
  }
  const other = otherUid(info, given?.metadata, origin.object)
  if (other) return { refused: other }
  const version = given?.metadata?.resourceVersion
  if (version && version !== String(origin.modRevision))
    return { refused: conflict(info.resource, info.name, MODIFIED) }
  const { scale } = info.resource.custom ?? {}
  const old = origin.object as Scalable
  if ((scale ? valuesAt(old, scale.specReplicasPath)[0] : old.spec.replicas) === replicas) return { object: old }
  const next = { ...old, metadata: { ...old.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
  const object = scale
    ? withValueAt(next, scale.specReplicasPath, replicas)
    : ({ ...next, spec: { ...old.spec, replicas } } as Scalable)
  return { object: deepFreeze(object) }
}
