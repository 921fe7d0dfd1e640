/**
 * ControllerRevisions: the templates that a DaemonSet or StatefulSet has had, so that `kubectl rollout undo` finds them.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/history/controller_history.go`.
 */
import type { ControllerRevision } from '#cluster/api/apps-types.ts'
import { controllerRef } from '#cluster/api/meta.ts'
import type { KubernetesObject, LabelSelector, PodTemplateSpec } from '#cluster/api/types.ts'
import { createRequest, deleteRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call } from '#cluster/client/controller.ts'
import { templateHash } from './deployment/template-hash.ts'
import { CONTROLLER_INDEX } from './owned-pods.ts'

export const REVISIONS = 'controllerrevisions'
/** On Pods: which revision they are of. */
export const REVISION_LABEL = 'controller-revision-hash'

type Owner = KubernetesObject & {
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly revisionHistoryLimit?: number
  }
}

export interface Revisions {
  readonly hash: string
  /** The name of the revision that the template is. */
  readonly current: string
  readonly all: readonly ControllerRevision[]
  /** Creates the newest, lifts an old one that is wanted again, drops what nobody uses beyond the limit. */
  readonly calls: readonly Call[]
}

/** @param inUse names of revisions that Pods are of */
export function revisionsOf(owner: Owner, caches: Caches, inUse: ReadonlySet<string>): Revisions {
  const all = [...caches.by<ControllerRevision>(REVISIONS, CONTROLLER_INDEX, owner.metadata.uid!)].sort(
    (a, b) => a.revision - b.revision,
  )
  const hash = templateHash(owner.spec.template, 0)
  const current = `${owner.metadata.name}-${hash}`
  const known = all.find(({ metadata }) => metadata.name === current)
  const newest = all.at(-1)
  const calls: Call[] = []
  if (!known) {
    const revision = (newest?.revision ?? 0) + 1
    calls.push({ request: createRequest(revisionFrom(owner, current, hash, revision)), accept: ['AlreadyExists'] })
  } else if (known !== newest) {
    const patch = { revision: newest!.revision + 1 }
    calls.push({ request: patchRequest(REVISIONS, known, 'merge', patch), accept: ['NotFound'] })
  }
  const idle = all.filter(({ metadata }) => metadata.name !== current && !inUse.has(metadata.name))
  for (const old of idle.slice(0, Math.max(0, idle.length - (owner.spec.revisionHistoryLimit ?? 10))))
    calls.push({ request: deleteRequest(REVISIONS, old), accept: ['NotFound'] })
  return { hash, current, all, calls }
}

function revisionFrom(owner: Owner, name: string, hash: string, revision: number): ControllerRevision {
  const template = { ...owner.spec.template, $patch: 'replace' }
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: owner.metadata.namespace!,
      labels: { ...owner.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
      ownerReferences: [controllerRef(owner)],
    },
    data: { spec: { template } },
    revision,
  }
}
