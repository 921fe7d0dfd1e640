/**
 * Addresses of Services.
 *
 * What the real one does: each address in use is an IPAddress object in etcd, created before the Service; the first part of
 * the range is left for addresses that people choose, the rest is given out at random.
 * What we model: the same band, and an IPAddress per address (`ip-addresses.ts`), so two writers can never get one address; it and
 * the Service are written in one transaction, so none is ever lost. Which ranges there are says `service-cidrs.ts`.
 * What we leave out: IPv6.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/{ipallocator/ipallocator.go,storage/alloc.go}`.
 */
import type { Service } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import type { FieldError } from '../status.ts'
import { formatIPv4, parseCIDR, parseIPv4 } from '../validation/addresses.ts'

/** Whether this Service must be given an address. */
export function wantsAddress(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && !service.spec.clusterIP
}

/** The address that belongs to this Service, if it has one. */
export function addressOf(service: Service): string | undefined {
  const { clusterIP } = service.spec
  return clusterIP && clusterIP !== 'None' ? clusterIP : undefined
}

export function withAddress(service: Service, clusterIP: string): Service {
  return { ...service, spec: { ...service.spec, clusterIP, clusterIPs: [clusterIP] } }
}

/** How much of the range is left for addresses that people choose: between 16 and 256. */
function staticBand(size: number): number {
  return Math.min(Math.max(16, Math.floor(size / 16)), 256)
}

/** A free address, from the upper band while there is one; undefined where the range is full. */
export function chooseAddress(cidr: string, used: ReadonlySet<string>, ctx: Context): string | undefined {
  const { first, size } = parseCIDR(cidr)
  const usable = size - 2
  const band = Math.min(staticBand(size), usable - 1)
  const random = ctx.random('cluster-ip')
  return (
    firstFree(first + 1 + band, usable - band, random.int(usable - band), used) ??
    firstFree(first + 1, band, random.int(band), used)
  )
}

function firstFree(first: number, count: number, offset: number, used: ReadonlySet<string>): string | undefined {
  for (let i = 0; i < count; i++) {
    const address = formatIPv4(first + ((offset + i) % count))
    if (!used.has(address)) return address
  }
  return undefined
}

/** Why a chosen address cannot be had; undefined where it lies in the range. */
export function addressError(cidrs: readonly string[], address: string, isOfMany: boolean): FieldError | undefined {
  const value = parseIPv4(address)
  const ranges = cidrs.map(parseCIDR)
  if (value !== undefined && ranges.some(({ first, size }) => value > first && value < first + size - 1))
    return undefined
  const outside = ranges.every(({ first, size }) => value === undefined || value < first || value >= first + size)
  if (isOfMany && !outside) return cannotAllocate(address, `the provided IP is not in the valid range. The range of valid IPs is ${cidrs.join()}`) // prettier-ignore
  return cannotAllocate(
    address,
    `the provided network does not match the current range${isOfMany ? '' : ` (${cidrs.join()})`}`,
  )
}

export const cannotAllocate = (address: string, why: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: 'spec.clusterIPs',
  message: `Invalid value: ${JSON.stringify([address])}: failed to allocate IP ${address}: ${why}`,
})
