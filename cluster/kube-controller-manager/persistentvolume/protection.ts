/**
 * The controllers pvc-protection and pv-protection: what is being deleted stays until nobody uses it.
 *
 * A claim is in use by a Pod that has not ended, a volume by the claim that it is bound to. StorageObjectInUseProtection gives
 * them the finalizers that are taken away here.
 * What we leave out: the live look at Pods that upstream makes before it lets a claim go.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/volume/{pvcprotection,pvprotection}`.
 */
import { isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import { patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection'
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection'

/** Keys of the claims that a Pod uses. */
function claimsOf({ metadata, spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap(({ name, ...source }) => {
    const named = source['persistentVolumeClaim'] as { readonly claimName: string } | undefined
    if (named) return [`${metadata.namespace}/${named.claimName}`]
    return source['ephemeral'] ? [`${metadata.namespace}/${metadata.name}-${name}`] : []
  })
}

function release(resource: string, object: KubernetesObject, finalizer: string): Reconciled {
  const { finalizers = [], resourceVersion } = object.metadata
  const metadata = { resourceVersion, finalizers: finalizers.filter((one) => one !== finalizer) }
  return { calls: [{ request: patchRequest(resource, object as never, 'merge', { metadata }), accept: ['NotFound', 'Conflict'] }] } // prettier-ignore
}

const isWaiting = ({ metadata }: KubernetesObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true

export const pvcProtectionController: Controller<undefined> = {
  name: 'pvc-protection',
  offByDefault: true,
  watches: [
    { resource: 'persistentvolumeclaims', enqueue: ({ object }: Delta) => [keyOf(object)] },
    { resource: 'pods', enqueue: ({ object }: Delta) => claimsOf(object as Pod) },
  ],
  indexes: { pods: { claim: claimsOf as never } },
  memory: () => undefined,
  reconcile(key: string, caches: Caches): Reconciled {
    const claim = caches.get<KubernetesObject>('persistentvolumeclaims', key)
    if (!claim || !isWaiting(claim, CLAIM_FINALIZER)) return {}
    for (const pod of caches.by<Pod>('pods', 'claim', key)) if (!isPodFinished(pod)) return {}
    return release('persistentvolumeclaims', claim, CLAIM_FINALIZER)
  },
}

type Volume = KubernetesObject & { readonly status?: { readonly phase?: string } }

export const pvProtectionController: Controller<undefined> = {
  name: 'pv-protection',
  offByDefault: true,
  watches: [{ resource: 'persistentvolumes', enqueue: ({ object }: Delta) => [keyOf(object)] }],
  memory: () => undefined,
  reconcile(key: string, caches: Caches): Reconciled {
    const volume = caches.get<Volume>('persistentvolumes', key)
    if (!volume || !isWaiting(volume, VOLUME_FINALIZER) || volume.status?.phase === 'Bound') return {}
    return release('persistentvolumes', volume, VOLUME_FINALIZER)
  },
}
