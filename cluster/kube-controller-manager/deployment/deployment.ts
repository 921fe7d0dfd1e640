/**
 * The Deployment controller: one ReplicaSet per template, and the way from one to the next.
 *
 * What the real one does: never touches a Pod; it sizes ReplicaSets, and their controller does the rest.
 * What we model: rolling updates within maxSurge and maxUnavailable, Recreate, scaling (proportional while a rollout is
 * under way), pause, revisions and their clean-up, adoption, collisions of the hash, status, conditions, the deadline.
 * What we leave out: rollback as a verb (kubectl does it by writing the old template).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go`.
 */
import { controllerOf, controllerRef, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import { matchesSelector } from '#cluster/api/labels.ts'
import type { Deployment, Pod, ReplicaSet } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import {
  createRequest,
  deleteRequest,
  isOk,
  patchRequest,
  updateRequest,
  updateStatusRequest,
} from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { claim, CONTROLLER_INDEX, ownerIndexes } from '../owned-pods.ts'
import { deadlineOf, deploymentStatus, isComplete, isSameStatus } from './deployment-status.ts'
import type { Scaling } from './rolling.ts'
import { isScalingEvent, limitsOf, proportionalStep, rollingStep, wantedOfNew } from './rolling.ts'
import {
  byCreation,
  DESIRED_REPLICAS,
  findNew,
  HASH_LABEL,
  inheritedAnnotations,
  MAX_REPLICAS,
  maxRevision,
  replicasOf,
  REVISION,
  revisionOf,
} from './revisions.ts'
import { templateHash } from './template-hash.ts'

type Tag =
  | {
      readonly type: 'scale'
      readonly deployment: Deployment
      readonly name: string
      readonly from: number
      readonly to: number
    }
  | { readonly type: 'create'; readonly deployment: Deployment; readonly set: ReplicaSet }

const HISTORY_LIMIT = 10

export const deploymentController: Controller<undefined> = {
  name: 'deployment',
  watches: [
    { resource: 'deployments', enqueue: (delta: Delta<Deployment>) => [keyOf(delta.object)] },
    { resource: 'replicasets', enqueue: onReplicaSet },
    { resource: 'pods', enqueue: onPod },
  ],
  indexes: { pods: ownerIndexes, replicasets: ownerIndexes },
  memory: () => undefined,
  reconcile,
  settle,
}

function onReplicaSet(delta: Delta<ReplicaSet>, caches: Caches): string[] {
  const { object: set, old } = delta
  const keys = [set, old].map((each) => each && deploymentOf(caches, each)).filter((key) => key !== undefined)
  if (keys.length > 0 || controllerOf(set) || delta.type === 'deleted') return [...new Set(keys)]
  const matching: string[] = []
  for (const deployment of caches.all<Deployment>('deployments')) {
    if (deployment.metadata.namespace !== set.metadata.namespace) continue
    if (matchesSelector(deployment.spec.selector, set.metadata.labels)) matching.push(keyOf(deployment))
  }
  return matching
}

/** Only Recreate cares: it waits until the last old Pod is gone. */
function onPod(delta: Delta<Pod>, caches: Caches): string[] {
  if (delta.type !== 'deleted') return []
  const owner = controllerOf(delta.object)
  const set = owner && caches.get<ReplicaSet>('replicasets', `${delta.object.metadata.namespace}/${owner.name}`)
  const key = set && deploymentOf(caches, set)
  const recreates = key !== undefined && caches.get<Deployment>('deployments', key)?.spec.strategy?.type === 'Recreate'
  return recreates ? [key] : []
}

function deploymentOf(caches: Caches, set: ReplicaSet): string | undefined {
  const owner = controllerOf(set)
  if (owner?.kind !== 'Deployment') return undefined
  const key = `${set.metadata.namespace}/${owner.name}`
  return caches.get<Deployment>('deployments', key)?.metadata.uid === owner.uid ? key : undefined
}

function reconcile(key: string, caches: Caches, _memory: undefined, ctx: Context): Reconciled {
  const deployment = caches.get<Deployment>('deployments', key)
  if (!deployment) return {}
  const { owned: sets, calls } = claim<ReplicaSet>(
    caches,
    'replicasets',
    deployment,
    deployment.spec.selector,
    () => true,
  )
  if (calls.length > 0) return { calls }
  const newSet = findNew(deployment, sets)
  const action = deployment.metadata.deletionTimestamp === undefined ? act(deployment, sets, newSet, caches) : []
  if (action.length > 0) {
    ctx.note('rollout', { deployment: key, calls: action.map(({ tag }) => tag) })
    return { calls: action }
  }
  const status = deploymentStatus(deployment, sets, newSet, ctx.now)
  const deadline = deadlineOf(deployment)
  const later = deadline !== undefined && deadline > ctx.now ? { requeueAfterMicros: deadline - ctx.now } : {}
  if (isSameStatus(deployment.status, status)) return { ...later, calls: cleanUp(deployment, sets, newSet) }
  return {
    ...later,
    calls: [{ request: updateStatusRequest({ ...deployment, status } as Deployment), accept: ['NotFound'] }],
  }
}

/** The next writes on the way, if any is due. One kind at a time; the watch brings us back. */
function act(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  caches: Caches,
): Call[] {
  const { paused, strategy } = deployment.spec
  if (paused || isScalingEvent(deployment, sets)) return scale(deployment, sets, newSet)
  const old = sets.filter((set) => set !== newSet)
  if (strategy?.type === 'Recreate') {
    if (replicasOf(old) > 0)
      return old.filter((set) => set.spec.replicas !== 0).map((set) => resize(deployment, { set, replicas: 0 }))
    if (old.some((set) => hasPods(set, caches))) return []
  }
  if (!newSet) return [createNew(deployment, sets, caches)]
  const annotated = annotate(deployment, old, newSet)
  if (annotated.length > 0) return annotated
  if (strategy?.type === 'Recreate')
    return newSet.spec.replicas === deployment.spec.replicas ? [] : scale(deployment, sets, newSet)
  return rollingStep(deployment, sets, newSet).map((scaling) => resize(deployment, scaling))
}

/** No rollout: one ReplicaSet takes the number as it is; several share it. */
function scale(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): Call[] {
  const active = sets.filter((set) => (set.spec.replicas ?? 1) > 0)
  const lone = active.length <= 1 ? (active[0] ?? newSet ?? byCreation(sets).at(-1)) : undefined
  const wanted = deployment.spec.replicas ?? 1
  if (lone)
    return lone.spec.replicas === wanted && isSized(deployment, lone)
      ? []
      : [resize(deployment, { set: lone, replicas: wanted })]
  const full = newSet && newSet.spec.replicas === wanted && newSet.status?.availableReplicas === wanted
  if (full) return active.filter((set) => set !== newSet).map((set) => resize(deployment, { set, replicas: 0 }))
  if (deployment.spec.strategy?.type === 'Recreate') return []
  const scalings = proportionalStep(deployment, sets)
  const rest = active.filter((set) => !isSized(deployment, set) && !scalings.some((scaling) => scaling.set === set))
  const kept = rest.map((set) => ({ set, replicas: set.spec.replicas ?? 1 }))
  return [...scalings, ...kept].map((scaling) => resize(deployment, scaling))
}

const sizeAnnotations = (deployment: Deployment): Record<string, string> => ({
  [DESIRED_REPLICAS]: String(deployment.spec.replicas ?? 1),
  [MAX_REPLICAS]: String((deployment.spec.replicas ?? 1) + limitsOf(deployment).maxSurge),
})

function isSized(deployment: Deployment, set: ReplicaSet): boolean {
  const { annotations } = set.metadata
  return Object.entries(sizeAnnotations(deployment)).every(([name, value]) => annotations?.[name] === value)
}

function resize(deployment: Deployment, { set, replicas }: Scaling): Call {
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
  const next: ReplicaSet = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } }
  const tag: Tag = { type: 'scale', deployment, name: set.metadata.name, from: set.spec.replicas ?? 1, to: replicas }
  return { request: updateRequest(next), tag }
}

function hasPods(set: ReplicaSet, caches: Caches): boolean {
  for (const pod of caches.by<Pod>('pods', CONTROLLER_INDEX, set.metadata.uid!)) if (!isPodFinished(pod)) return true
  return false
}

function createNew(deployment: Deployment, sets: readonly ReplicaSet[], caches: Caches): Call {
  const { template, selector, minReadySeconds } = deployment.spec
  const { name, namespace } = deployment.metadata
  const hash = freeHash(deployment, caches)
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash }
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace && { namespace }),
      labels,
      annotations: {
        ...inheritedAnnotations(deployment),
        ...sizeAnnotations(deployment),
        [REVISION]: String(maxRevision(sets) + 1),
      },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: wantedOfNew(deployment, sets, 0),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
  return { request: createRequest(set), tag: { type: 'create', deployment, set } satisfies Tag }
}

/** Another template may have the same hash: then the next one is tried. Bounded by the number of ReplicaSets. */
function freeHash(deployment: Deployment, caches: Caches): string {
  const { name, namespace } = deployment.metadata
  for (let collisions = 0; ; collisions++) {
    const hash = templateHash(deployment.spec.template, collisions)
    if (caches.get('replicasets', `${namespace}/${name}-${hash}`) === undefined) return hash
  }
}

/** The new ReplicaSet bears the highest revision, and the Deployment the same one. */
function annotate(deployment: Deployment, old: readonly ReplicaSet[], newSet: ReplicaSet): Call[] {
  const revision = Math.max(revisionOf(newSet), maxRevision(old) + 1)
  const annotations = { ...inheritedAnnotations(deployment), [REVISION]: String(revision) }
  const current = newSet.metadata.annotations ?? {}
  const calls: Call[] = []
  if (Object.entries(annotations).some(([name, value]) => current[name] !== value)) {
    calls.push({ request: patchRequest('replicasets', newSet, 'merge', { metadata: { annotations } }) })
  }
  if (revisionOf(deployment) !== revision) {
    const patch = { metadata: { annotations: { [REVISION]: String(revision) } } }
    // Through its status, as upstream does: an annotation that somebody sets raises the generation, and this one is not to.
    calls.push({ request: patchRequest('deployments', deployment, 'merge', patch, 'status') })
  }
  const { minReadySeconds = 0 } = deployment.spec
  if (calls.length === 0 && (newSet.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    calls.push({ request: patchRequest('replicasets', newSet, 'merge', { spec: { minReadySeconds } }) })
  }
  return calls
}

/** Old ReplicaSets are the way back; those beyond the limit go, once the rollout is complete. */
function cleanUp(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): Call[] {
  if (!deployment.status || !isComplete(deployment, deployment.status)) return []
  const idle = sets.filter((set) => {
    if (set === newSet || set.metadata.deletionTimestamp !== undefined || set.spec.replicas !== 0) return false
    return (set.status?.replicas ?? 0) === 0 && (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0)
  })
  const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? HISTORY_LIMIT)
  if (surplus <= 0) return []
  const oldest = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)
  return oldest.map((set) => ({ request: deleteRequest('replicasets', set), accept: ['NotFound'] }))
}

function settle(_key: string, call: Call, answer: Answer): EventNote[] | undefined {
  const tag = call.tag as Tag | undefined
  if (tag === undefined || !isOk(answer)) return undefined
  const [name, from, to] =
    tag.type === 'scale' ? [tag.name, tag.from, tag.to] : [tag.set.metadata.name, 0, tag.set.spec.replicas ?? 0]
  if (from === to) return undefined
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`
  return [{ object: tag.deployment, type: 'Normal', reason: 'ScalingReplicaSet', message }]
}
