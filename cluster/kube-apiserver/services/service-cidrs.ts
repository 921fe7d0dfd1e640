/**
 * The ranges that addresses of Services come from: the one of the server's options, or those of ServiceCIDRs.
 *
 * What we leave out: IPv6. Upstream tries ranges in no order; here the default one comes first, the others by their names.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/ipallocator/cidrallocator.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { State } from '../state.ts'
import { allocatableRange } from '../validation/addresses.ts'

export const SERVICE_CIDRS = 'servicecidrs'
export const DEFAULT_SERVICE_CIDR = 'kubernetes'

export interface ServiceCIDR extends KubernetesObject {
  readonly spec: { readonly cidrs?: readonly string[] }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export const defaultServiceCIDR = (cidr: string): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: DEFAULT_SERVICE_CIDR },
  spec: { cidrs: [cidr] },
})

/** One of which nobody has said anything yet is ready too, so that a cluster without a controller manager has addresses. */
const isReady = ({ metadata, status }: ServiceCIDR): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True'

const rankOf = ({ metadata: { name } }: ServiceCIDR): string => (name === DEFAULT_SERVICE_CIDR ? '' : name)

/** Ranges of IPv4 from which addresses may be given now. */
export function rangesOf({ options, caches }: State): readonly string[] {
  if (!options.multiCIDRServiceAllocator) return [options.serviceCIDR]
  const all = [...(caches[SERVICE_CIDRS]?.objects.values() ?? [])] as ServiceCIDR[]
  const ready = all.filter(isReady).toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
  const ranges = ready.flatMap(({ spec }) => spec.cidrs ?? [])
  return [...new Set(ranges)].filter((range) => allocatableRange(range) !== undefined)
}
