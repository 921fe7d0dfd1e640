/**
 * DefaultStorageClass: a claim that names no class gets the default one; of several, the newest.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/storage/storageclass/setdefault/admission.go`,
 * `pkg/volume/util/storageclass.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { type AdmissionPlugin, type Attributes, isWriteOf } from './plugin.ts'

type Claim = KubernetesObject & { readonly spec?: { readonly storageClassName?: string } }

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'
const FORMERLY = 'volume.beta.kubernetes.io/storage-class'

function defaultClass({ caches }: Attributes): string | undefined {
  let newest: KubernetesObject | undefined
  for (const one of caches['storageclasses']!.objects.values()) {
    if (one.metadata.annotations?.[IS_DEFAULT] !== 'true') continue
    const [time, best] = [one.metadata.creationTimestamp ?? '', newest?.metadata.creationTimestamp ?? '']
    if (!newest || time > best || (time === best && one.metadata.name < newest.metadata.name)) newest = one
  }
  return newest?.metadata.name
}

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: isWriteOf('persistentvolumeclaims', ['create']),
  reads: ['storageclasses'],
  mutate(claim: Claim, attributes) {
    if (claim.spec?.storageClassName !== undefined || claim.metadata.annotations?.[FORMERLY] !== undefined) return claim
    const storageClassName = defaultClass(attributes)
    return storageClassName === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName } }
  },
}
