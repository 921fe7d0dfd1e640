/**
 * Keeps IPAddresses in step with Services, whatever people do with either: a controller inside the server.
 *
 * What the real one does: looks when a Service or an IPAddress changes, and at all of them every three minutes; makes the IPAddress that
 * a Service lacks, and removes one of the allocator's whose Service has another address, or is not there a minute after: it may not have
 * been heard of yet.
 * What we model: the same in one look, a second after the last of a run of changes, for the two are cached apart from each other; a
 * minute is waited in either case.
 * What we leave out: the Events that tell of what was wrong.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/ipallocator/controller/repairip.go`.
 */
import { parseTime } from '#cluster/api/meta.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Service } from '#cluster/api/types.ts'
import type { Context, Effect, Micros } from '#cluster/kernel/component.ts'
import { create, isWriting, remove } from '../extensions/own-requests.ts'
import type { State } from '../state.ts'
import type { IPAddress } from './ip-addresses.ts'
import { addressFor, IP_ADDRESSES, isAllocated } from './ip-addresses.ts'
import { addressOf } from './service-address.ts'

export const REPAIR_TIMER = 'ip-addresses'
const PAUSE_MICROS = 1_000_000
/** As long as a request may take: the cache of Services may not have heard of one that is younger. */
const GRACE_MICROS = 60_000_000

/** A cache has moved: it is looked at once that is over. @param key of the cache */
export const addressesMoved = ({ options }: State, key: string): Effect[] =>
  options.multiCIDRServiceAllocator && key === IP_ADDRESSES
    ? [{ type: 'wake', key: REPAIR_TIMER, after: PAUSE_MICROS }]
    : []

export function repairAddresses(state: State, ctx: Context): Effect[] {
  const services = state.caches['services']!.objects as Iterable<readonly [string, Service]> & { size: number }
  const addresses = state.caches[IP_ADDRESSES]!.objects
  const row = resourceNamed(IP_ADDRESSES)
  const owners = new Map<string, Service>()
  for (const [, service] of services) {
    const address = addressOf(service)
    if (address !== undefined) owners.set(address, service)
  }
  const missing = [...owners].filter(([address]) => !addresses.has(address) && !isWriting(state, IP_ADDRESSES, address))
  const leaked = ([...addresses.values()] as IPAddress[]).filter(
    (one) => isAllocated(one) && !isOf(one, owners.get(one.metadata.name)) && !isWriting(state, IP_ADDRESSES, one.metadata.name), // prettier-ignore
  )
  const patience = (one: IPAddress): Micros => parseTime(one.metadata.creationTimestamp)! + GRACE_MICROS - ctx.now
  const young = leaked.map(patience).filter((left) => left > 0)
  return [
    ...(young.length === 0 ? [] : [{ type: 'wake', key: REPAIR_TIMER, after: Math.min(...young) } as const]),
    ...missing.flatMap(([address, { metadata: { namespace = '', name } }]) => create(state, row, addressFor(address, namespace, name), ctx)), // prettier-ignore
    ...leaked.filter((one) => patience(one) <= 0).flatMap(({ metadata }) => remove(state, row, metadata.name, ctx)),
  ]
}

function isOf({ spec }: IPAddress, service: Service | undefined): boolean {
  const { resource, namespace, name } = spec.parentRef ?? {}
  return resource === 'services' && service?.metadata.name === name && service?.metadata.namespace === namespace
}
