/**
 * The ephemeral volume controller: a claim for each volume of a Pod that brings a template of one.
 *
 * What the real one does: makes the claim `<pod>-<volume>` with the Pod as its owner, so that both end together.
 * What we model: that. What we leave out: its metrics.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/volume/ephemeral/controller.go`.
 */
import { controllerRef, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { PersistentVolumeClaim } from '#cluster/api/storage-types.ts'
import { claimNameOf, isClaimOf } from '#cluster/api/storage-types.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import { createRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'

const CLAIMS = 'persistentvolumeclaims'

export const ephemeralVolumeController: Controller<undefined> = {
  name: 'ephemeral-volume',
  watches: [
    { resource: 'pods', enqueue: onPod },
    { resource: CLAIMS, enqueue: onClaim },
  ],
  memory: () => undefined,
  reconcile,
}

const templatesOf = ({ spec }: Pod) =>
  (spec.volumes ?? []).filter(({ ephemeral }) => ephemeral?.volumeClaimTemplate !== undefined)

function onPod({ type, object }: Delta): string[] {
  return type !== 'deleted' && templatesOf(object as Pod).length > 0 ? [keyOf(object)] : []
}

/** A claim that was deleted is made again, as long as its Pod is there. */
function onClaim({ type, object }: Delta<KubernetesObject>): string[] {
  if (type !== 'deleted') return []
  const owner = object.metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === 'Pod')
  return owner ? [`${object.metadata.namespace}/${owner.name}`] : []
}

function reconcile(key: string, caches: Caches): Reconciled {
  const pod = caches.get<Pod>('pods', key)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isPodFinished(pod)) return {}
  const calls: Call[] = []
  const events: EventNote[] = []
  for (const volume of templatesOf(pod)) {
    const name = claimNameOf(pod, volume)!
    const claim = caches.get<PersistentVolumeClaim>(CLAIMS, `${pod.metadata.namespace}/${name}`)
    if (claim === undefined)
      calls.push({ request: createRequest(claimFor(pod, name, volume)), accept: ['AlreadyExists'] })
    else if (!isClaimOf(pod, claim)) {
      const message = `PVC ${keyOf(claim)} was not created for pod ${key} (pod is not owner)`
      events.push({ object: pod, type: 'Warning', reason: 'EphemeralVolume', message })
    }
  }
  return { calls, events }
}

function claimFor(pod: Pod, name: string, volume: ReturnType<typeof templatesOf>[number]): PersistentVolumeClaim {
  const { metadata, spec } = volume.ephemeral!.volumeClaimTemplate!
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      name,
      namespace: pod.metadata.namespace!,
      ownerReferences: [controllerRef(pod)],
    },
    spec,
  }
}
