/**
 * DefaultIngressClass: an Ingress that names no class gets the default one.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/network/defaultingressclass/admission.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { type AdmissionPlugin, isWriteOf } from './plugin.ts'

type Ingress = KubernetesObject & { readonly spec?: { readonly ingressClassName?: string } }

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class'
const FORMERLY = 'kubernetes.io/ingress.class'

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: isWriteOf('ingresses', ['create']),
  reads: ['ingressclasses'],
  mutate(ingress: Ingress, attributes) {
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[FORMERLY]) return ingress
    const classes = [...attributes.caches['ingressclasses']!.objects.values()]
    const defaults = classes.filter(({ metadata }) => metadata.annotations?.[IS_DEFAULT] === 'true')
    if (defaults.length === 0) return ingress
    // Upstream takes the newest, then the first by name, since there may be several for a moment.
    const [first] = defaults.toSorted((a, b) => {
      const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
      return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x > y ? -1 : 1
    })
    return { ...ingress, spec: { ...ingress.spec, ingressClassName: first!.metadata.name } }
  },
}
