/**
 * What the server gives a Service: an address, and ports at every node.
 *
 * The watch cache says what is free. It may be behind: whether something was, etcd decides, and what it refuses is remembered
 * (`taken`) while the write begins anew.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/storage/alloc.go`.
 */
import { deepFreeze } from '#cluster/api/meta.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { Service, Status } from '#cluster/api/types.ts'
import type { RangeResponse, TxnResponse } from '#cluster/etcd/messages.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { allocateNodePorts, nodePortsOf } from './node-ports.ts'
import { needsNodePort } from '../registry/service-types.ts'
import { IP_ADDRESSES } from './ip-addresses.ts'
import { rangesOf } from './service-cidrs.ts'
import { addressError, addressOf, cannotAllocate, chooseAddress, wantsAddress, withAddress } from './service-address.ts'
import type { PendingRequest, State } from '../state.ts'
import * as status from '../status.ts'
import { ipAddressKey, nodePortKey } from '../storage/keys.ts'
import { isDryRun } from '../validation/write-options.ts'

type Given = { readonly object: Service } | { readonly refused: Status }

/** @param before the Service that the write changes; undefined: it is new */
export function allocate(
  state: State,
  row: PendingRequest,
  service: Service,
  before: Service | undefined,
  ctx: Context,
): Given {
  const addressed = giveAddress(state, row, service, before, ctx)
  if ('refused' in addressed || !needsNodePort(service.spec)) return addressed
  return giveNodePorts(state, row, addressed.object, before, ctx)
}

function* others(state: State, before: Service | undefined): Iterable<Service> {
  for (const other of state.caches['services']!.objects.values() as Iterable<Service>)
    if (other.metadata.uid !== before?.metadata.uid) yield other
}

/** Addresses that others have: Services, and whoever made an IPAddress by hand. */
function usedBy(state: State, before: Service | undefined): ReadonlySet<string> {
  const used = new Set<string>()
  for (const other of others(state, before)) used.add(addressOf(other) ?? '')
  for (const address of state.caches[IP_ADDRESSES]?.objects.keys() ?? []) used.add(address)
  return used
}

function refuse(state: State, service: Service, error: status.FieldError): Given {
  return { refused: status.invalid(state.caches['services']!.resource, service.metadata.name, [error]) }
}

function giveAddress(
  state: State,
  row: PendingRequest,
  service: Service,
  before: Service | undefined,
  ctx: Context,
): Given {
  const ranges = rangesOf(state)
  const own = addressOf(service)
  if (own !== undefined) {
    if (before && own === addressOf(before)) return { object: service }
    const error = addressError(ranges, own, state.options.multiCIDRServiceAllocator)
    if (error) return refuse(state, service, error)
    const isTaken = row.taken?.includes(ipAddressKey(own)) || (isDryRun(row.request) && usedBy(state, before).has(own))
    return isTaken
      ? refuse(state, service, cannotAllocate(own, 'provided IP is already allocated'))
      : { object: service }
  }
  if (!wantsAddress(service)) return { object: service }
  const used = usedBy(state, before)
  let address: string | undefined
  for (const range of ranges) address ??= chooseAddress(range, used, ctx)
  if (address === undefined) return { refused: status.internalError('failed to allocate a serviceIP: range is full') }
  return { object: deepFreeze(withAddress(service, address)) }
}

function giveNodePorts(
  state: State,
  row: PendingRequest,
  service: Service,
  before: Service | undefined,
  ctx: Context,
): Given {
  const used = new Set<number>()
  for (const other of others(state, before)) for (const port of nodePortsOf(other)) used.add(port)
  // A dry run never comes to etcd: what the cache says must do.
  const taken = new Set(isDryRun(row.request) ? used : [])
  for (const key of row.taken ?? []) taken.add(Number(key.slice(nodePortKey('').length)))
  const own = new Set(before ? nodePortsOf(before) : [])
  const allocated = allocateNodePorts(service, { own, used, taken }, ctx)
  if ('object' in allocated) return { object: deepFreeze(allocated.object) }
  return allocated.refused === 'full'
    ? { refused: status.internalError('failed to allocate a nodePort: range is full') }
    : refuse(state, service, allocated.refused)
}

/** What a transaction wanted to take and others hold: the reason why it did not hold, if there is any. */
export function foundTaken(row: PendingRequest, response: TxnResponse): readonly string[] {
  if (keyOf(row.info.resource) !== 'services' || !row.wanted) return []
  const [found, ...ports] = response.responses as readonly RangeResponse[]
  if (found!.kvs[0]?.modRevision !== row.origin?.modRevision) return []
  const held = ports.flatMap(({ kvs }) => kvs.map(({ key }) => key))
  if (held.length > 0) return held
  // The Service is as it was and its ports are free: the address was not.
  const address = addressOf(row.wanted as Service)
  return address === undefined ? [] : [ipAddressKey(address)]
}
