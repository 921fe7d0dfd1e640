/**
 * Which addresses of a node are taken, and which comes next: host-local's allocator over a store value.
 *
 * Pure functions: the store goes in, what to change comes out. On a machine the store is a directory with one file per
 * taken address, whose content is the attachment, and one file per set of ranges with the address that was given out last.
 * Where to read upstream: containernetworking/plugins `plugins/ipam/host-local/backend/allocator/{allocator,range,range_set}.go`.
 */
import { contains, formatIp, lastOf, parseCidr, tryParseIp } from '#cluster/linux/ip.ts'
import type { Attachment, CniIp, IpamConf, IpRange } from '../spec.ts'

export interface IpamStore {
  /** By address. */
  readonly reserved: ReadonlyMap<string, Attachment>
  /** By the number of the set of ranges. */
  readonly lastReserved: ReadonlyMap<number, string>
}

export const emptyStore: IpamStore = { reserved: new Map(), lastReserved: new Map() }

/** A range with everything filled in, as numbers. */
export interface CanonicalRange {
  readonly first: number
  readonly last: number
  readonly gateway: number
  readonly bits: number
}

export interface Allocation {
  readonly ips: readonly CniIp[]
  /** One address per set of ranges, in order: reserve it and make it the last reserved of its set. */
  readonly reserve: readonly { readonly set: number; readonly ip: string }[]
}

/** The sets of ranges of a configuration, or what is wrong with it. */
export function canonicalRanges(conf: IpamConf): readonly (readonly CanonicalRange[])[] | string {
  const { subnet, rangeStart, rangeEnd, gateway, ranges = [] } = conf
  const single: IpRange | undefined =
    subnet === undefined ? undefined : { subnet, ...optional({ rangeStart, rangeEnd, gateway }) }
  const sets = single ? [[single], ...ranges] : ranges
  if (sets.length === 0) return 'no IP ranges specified'
  const result: CanonicalRange[][] = []
  for (const set of sets) {
    const canonical: CanonicalRange[] = []
    for (const range of set) {
      const one = canonicalRange(range)
      if (typeof one === 'string') return one
      if (canonical.some((other) => other.first <= one.last && one.first <= other.last)) {
        return `subnets of one set overlap: ${range.subnet}`
      }
      canonical.push(one)
    }
    if (canonical.length === 0) return 'empty range set'
    result.push(canonical)
  }
  return result
}

const optional = (fields: Record<string, string | undefined>): Partial<IpRange> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function canonicalRange(range: IpRange): CanonicalRange | string {
  let cidr
  try {
    cidr = parseCidr(range.subnet)
  } catch (error) {
    return (error as Error).message
  }
  // A /31 or /32 has no room for network, broadcast and a host.
  if (cidr.bits > 30) return `network ${range.subnet} too small to allocate from`
  const first = range.rangeStart === undefined ? cidr.network + 1 : tryParseIp(range.rangeStart)
  const last = range.rangeEnd === undefined ? lastOf(cidr) - 1 : tryParseIp(range.rangeEnd)
  const gateway = range.gateway === undefined ? cidr.network + 1 : tryParseIp(range.gateway)
  if (first === undefined || last === undefined || gateway === undefined)
    return `range of ${range.subnet} has an address that is none`
  if (!contains(cidr, first) || !contains(cidr, last))
    return `range ${formatIp(first)}-${formatIp(last)} is not in network ${range.subnet}`
  if (first > last) return `range ${formatIp(first)}-${formatIp(last)} ends before it begins`
  // Network and broadcast address are never given out, whatever the range says.
  return { first: Math.max(first, cidr.network + 1), last: Math.min(last, lastOf(cidr) - 1), gateway, bits: cidr.bits }
}

/**
 * One address per set for an attachment, all or none; a text says why not. The search goes on after the address that was
 * given out last, so that an address rests as long as possible before it is used again.
 */
export function allocate(
  sets: readonly (readonly CanonicalRange[])[],
  store: IpamStore,
  attachment: Attachment,
): Allocation | string {
  const held = addressesOf(store, attachment)
  const ips: CniIp[] = []
  const reserve: { set: number; ip: string }[] = []
  for (const [set, ranges] of sets.entries()) {
    const before = held.find((ip) => ranges.some((range) => holds(range, tryParseIp(ip)!)))
    if (before !== undefined) {
      return `${before} has been allocated to ${attachment.containerID}, duplicate allocation is not allowed`
    }
    const found = nextFree(ranges, store, store.lastReserved.get(set))
    if (!found) {
      const text = ranges.map((range) => `${formatIp(range.first)}-${formatIp(range.last)}`).join(',')
      return `failed to allocate for range ${set}: no IP addresses available in range set: ${text}`
    }
    reserve.push({ set, ip: formatIp(found.ip) })
    ips.push({ address: `${formatIp(found.ip)}/${found.range.bits}`, gateway: formatIp(found.range.gateway) })
  }
  return { ips, reserve }
}

const holds = (range: CanonicalRange, ip: number): boolean => ip >= range.first && ip <= range.last

function nextFree(
  ranges: readonly CanonicalRange[],
  store: IpamStore,
  lastReserved: string | undefined,
): { ip: number; range: CanonicalRange } | undefined {
  const last = lastReserved === undefined ? undefined : tryParseIp(lastReserved)
  let at = last === undefined ? -1 : ranges.findIndex((range) => holds(range, last))
  let ip = at < 0 ? ranges[0]!.first : last! + 1
  at = Math.max(at, 0)
  let left = ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0)
  for (; left > 0; left--, ip++) {
    if (ip > ranges[at]!.last) {
      at = (at + 1) % ranges.length
      ip = ranges[at]!.first
    }
    if (ip !== ranges[at]!.gateway && !store.reserved.has(formatIp(ip))) return { ip, range: ranges[at]! }
  }
  return undefined
}

const isSame = (a: Attachment, b: Attachment): boolean => a.containerID === b.containerID && a.ifname === b.ifname

/** Every address that an attachment holds. */
export function addressesOf(store: IpamStore, attachment: Attachment): string[] {
  const held: string[] = []
  store.reserved.forEach((holder, ip) => {
    if (isSame(holder, attachment)) held.push(ip)
  })
  return held
}

/** Every address whose attachment is not among the valid ones. */
export function staleAddresses(store: IpamStore, valid: readonly Attachment[]): string[] {
  const known = new Set(valid.map(({ containerID, ifname }) => `${containerID}\n${ifname}`))
  return [...store.reserved]
    .filter(([, { containerID, ifname }]) => !known.has(`${containerID}\n${ifname}`))
    .map(([ip]) => ip)
}

/** The store after an allocation or a release, for callers that keep it as a value. */
export function applied(
  store: IpamStore,
  change: { reserve?: Allocation['reserve']; attachment?: Attachment; release?: readonly string[] },
): IpamStore {
  const reserved = new Map(store.reserved)
  const lastReserved = new Map(store.lastReserved)
  for (const { set, ip } of change.reserve ?? []) {
    reserved.set(ip, change.attachment!)
    lastReserved.set(set, ip)
  }
  for (const ip of change.release ?? []) reserved.delete(ip)
  return { reserved, lastReserved }
}
