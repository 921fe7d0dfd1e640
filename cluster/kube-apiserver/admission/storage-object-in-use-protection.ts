/**
 * StorageObjectInUseProtection: claims and volumes are born with a finalizer, so that what is in use does not go.
 *
 * Who takes it away again are the controllers `pvc-protection` and `pv-protection`.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go`.
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { AdmissionPlugin } from './plugin.ts'

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
}

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ resource, verb, subresource }) =>
    verb === 'create' && subresource === '' && Object.hasOwn(FINALIZERS, keyOf(resource)),
  mutate(object: KubernetesObject, { info }) {
    const finalizer = FINALIZERS[keyOf(info.resource)]!
    const { finalizers = [] } = object.metadata
    if (finalizers.includes(finalizer)) return object
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
  },
}
