/**
 * PersistentVolumeClaimResize: a claim may grow only where its class lets volumes grow.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/storage/persistentvolume/resize/admission.go`.
 */
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { type AdmissionPlugin, type Attributes, forbid, isWriteOf, lookUp } from './plugin.ts'

type Claim = KubernetesObject & {
  readonly spec?: {
    readonly storageClassName?: string
    readonly resources?: { readonly requests?: { readonly storage?: string } }
  }
  readonly status?: { readonly phase?: string }
}

const sizeOf = ({ spec }: Claim): number => milli(spec?.resources?.requests?.storage)

function canGrow(attributes: Attributes, { spec }: Claim): boolean {
  const found = lookUp<KubernetesObject & { readonly allowVolumeExpansion?: boolean }>(attributes, 'storageclasses', spec?.storageClassName ?? '') // prettier-ignore
  return found?.allowVolumeExpansion === true
}

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: isWriteOf('persistentvolumeclaims', ['update', 'patch']),
  reads: ['storageclasses'],
  validate(claim: Claim, attributes) {
    const old = attributes.old as Claim
    if (sizeOf(claim) <= sizeOf(old)) return undefined
    if (old.status?.phase !== 'Bound') return forbid(attributes, 'Only bound persistent volume claims can be expanded')
    if (canGrow(attributes, old)) return undefined
    return forbid(
      attributes,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    )
  },
}
