/**
 * The ServiceCIDR of the server's own options: it is there, and comes back when it has gone.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/controller/defaultservicecidr`.
 */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { create, isWriting } from '../extensions/own-requests.ts'
import type { State } from '../state.ts'
import { DEFAULT_SERVICE_CIDR, defaultServiceCIDR, SERVICE_CIDRS } from './service-cidrs.ts'

/** A cache has moved: the default one comes back when it has gone. @param key of the cache */
export function serviceCIDRsMoved(state: State, key: string, ctx: Context): Effect[] {
  const { multiCIDRServiceAllocator, serviceCIDR } = state.options
  if (key !== SERVICE_CIDRS || !multiCIDRServiceAllocator || state.phase !== 'ready') return []
  if (state.caches[key]!.objects.has(DEFAULT_SERVICE_CIDR) || isWriting(state, key, DEFAULT_SERVICE_CIDR)) return []
  return create(state, resourceNamed(key), defaultServiceCIDR(serviceCIDR), ctx)
}
