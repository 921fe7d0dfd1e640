/** Networks and stores by chance. Plain JSON, so that they shrink. Small ranges, for there everything happens soon. */
import type { Chance } from 'clusterwright/kit'
import type { Attachment, IpamConfig, Range, RangeSet, Reservation } from 'clusterwright/cni'
import { nextAddress, spanOf, textOf } from './addresses.ts'
import type { DiskPlan } from './disk.ts'

export interface Case {
  readonly ranges: readonly RangeSet[]
  readonly disk: DiskPlan
}

/** What is never taken away when a failing case is made smaller. */
export const SHRINK = {
  fixed: [
    ...['ranges', 'subnet', 'disk', 'reservations', 'last', 'address', 'containerID', 'ifname', 'who', 'valid'],
    ...['verb', 'calls', 'plan', 'fault', 'at', 'nth', 'leaving'],
  ],
  nonEmpty: ['ranges'],
  triesMax: 20,
  valid: ({ ranges, disk }: Partial<Case>): boolean =>
    (ranges ?? []).every((set) => Array.isArray(set) && set.length > 0) &&
    (disk === undefined || disk.last.length >= (ranges ?? []).length),
}

export const config = (ranges: readonly RangeSet[]): IpamConfig => ({
  cniVersion: '1.1.0',
  name: 'podnet',
  ipam: { type: 'host-local', ranges },
})

export const attachment = (containerID: string, ifname = 'eth0'): Attachment => ({ containerID, ifname })

/** A range of few addresses: a small subnet, or a small part of a large one. */
function rangeV4(chance: Chance, third: number): Range {
  const subnet = `10.244.${third}.0/${chance.pick([30, 29, 29, 28, 24])}`
  const { first, last } = spanOf({ subnet })
  const isLarge = last - first > 20n
  const start = isLarge || chance.chance(0.3) ? first + BigInt(chance.int(isLarge ? 200 : 2)) : undefined
  const least = start ?? first
  const stop = isLarge ? least + BigInt(chance.between(3, 9)) : chance.chance(0.2) ? last : undefined
  const gateway = chance.chance(0.3) ? (isLarge ? least + BigInt(chance.int(4)) : last) : undefined
  // Once in a while the range names the network's or the broadcast address, which are not given out all the same.
  const edge = chance.chance(0.1) ? { rangeStart: textOf(first - 1n, false) } : {}
  return {
    subnet,
    ...(start !== undefined && { rangeStart: textOf(start, false) }),
    ...(stop !== undefined && { rangeEnd: textOf(stop, false) }),
    ...(gateway !== undefined && { gateway: textOf(gateway, false) }),
    ...(!isLarge && edge),
    ...(!isLarge && chance.chance(0.1) && { rangeEnd: textOf(last + 1n, false) }),
  }
}

function rangeV6(chance: Chance): Range {
  const subnet = `fd00:10:244:${chance.between(1, 9)}::/${chance.pick([64, 64, 126, 125])}`
  const { first } = spanOf({ subnet })
  const isLarge = subnet.endsWith('/64')
  const start = first + BigInt(chance.int(40))
  return isLarge && chance.chance(0.7)
    ? { subnet, rangeStart: textOf(start, true), rangeEnd: textOf(start + BigInt(chance.between(3, 8)), true) }
    : { subnet }
}

export function ranges(chance: Chance): RangeSet[] {
  const v4 = chance.times(chance.pick([1, 1, 2, 3]), (index) => rangeV4(chance, 1 + index))
  return chance.chance(0.5) ? [v4, [rangeV6(chance)]] : [v4]
}

const CONTAINERS = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'g7', 'a1f']

/** Some addresses of each set, held by other Pods; rarely none is left. */
export function diskFor(chance: Chance, sets: readonly RangeSet[]): DiskPlan {
  const share = chance.pick([0, 0.3, 0.6, 0.9, 1])
  const reservations: Reservation[] = []
  const last = sets.map((set) => {
    const all = addressesOf(set)
    for (const address of chance.some(all, share)) {
      reservations.push({ address, ...attachment(chance.pick(CONTAINERS), chance.pick(['eth0', 'eth0', 'net1'])) })
    }
    // The last one is often still held, sometimes free again, and after a change of the range it may be none of its own.
    return chance.pick([null, chance.pick([...all, null]), chance.pick([...all, null]), '192.168.7.7'])
  })
  return { reservations, last }
}

const ADDRESSES_MAX = 16

/** The addresses of a set that may be given out, the first few of a large one. */
export function addressesOf(set: RangeSet): string[] {
  const found: string[] = []
  let last: string | undefined
  for (let i = 0; i < ADDRESSES_MAX; i++) {
    const next = nextAddress(set, (address) => found.includes(address), last)
    if (!next) break
    found.push(next.address)
    last = next.address
  }
  return found
}

export function addCase(chance: Chance): Case & { readonly who: Attachment } {
  const sets = ranges(chance)
  const disk = diskFor(chance, sets)
  const isKnown = chance.chance(0.15) && disk.reservations.length > 0
  const { containerID, ifname } = isKnown ? chance.pick(disk.reservations) : attachment('new', 'eth0')
  // The same container with another interface is another attachment.
  const other = isKnown && chance.chance(0.4) ? { containerID, ifname: 'net9' } : { containerID, ifname }
  return oddAdd(chance, { ranges: sets, disk, who: other })
}

/** Rarer things: sets in another order, a last address that its range has lost, three ranges, an attachment of former days. */
function oddAdd(chance: Chance, plain: ReturnType<typeof addCase>): ReturnType<typeof addCase> {
  const { ranges: sets, disk, who } = plain
  const kind = chance.int(20)
  if (kind < 3) return { ...plain, ranges: sets.toReversed(), disk: { ...disk, last: disk.last.toReversed() } }
  if (kind < 5) return { ...shrunk(chance), who }
  if (kind < 7) return { ...throughThree(chance), who }
  if (kind === 7) {
    const former = { address: '172.16.0.9', ...attachment('former') }
    return { ...plain, disk: { ...disk, reservations: [...disk.reservations, former] }, who: attachment('former') }
  }
  if (kind > 8) return plain
  // The network's own address as the first of a range: in IPv6 as little to be given out as in IPv4.
  const v6: RangeSet = [{ subnet: 'fd00:10:244:7::/64', rangeStart: 'fd00:10:244:7::', rangeEnd: 'fd00:10:244:7::3' }]
  return { ranges: [v6], disk: { reservations: [], last: [null] }, who }
}

/** The range was larger once: the last address is of its subnet, but no longer of the range. */
function shrunk(chance: Chance): Case {
  const first = chance.between(20, 30)
  const range = { subnet: '10.244.1.0/24', rangeStart: `10.244.1.${first}`, rangeEnd: `10.244.1.${first + 4}` }
  return { ranges: [[range]], disk: { reservations: [], last: [`10.244.1.${chance.pick([10, 40])}`] } }
}

/** The last was the last of the middle range: on to the third, and only then to the first. */
function throughThree(chance: Chance): Case {
  const set = [1, 2, 3].map((third) => ({ subnet: `10.244.${third}.0/29` }))
  const held = chance.some(addressesOf(set), 0.3)
  const reservations = held.map((address) => ({ address, ...attachment(chance.pick(CONTAINERS)) }))
  return { ranges: [set], disk: { reservations, last: [`10.244.2.${chance.pick([5, 6])}`] } }
}

export interface Deletion extends Case {
  readonly who: Attachment
  readonly valid: readonly Attachment[]
}

/** A store with several Pods, some of them with two interfaces, and some addresses from a range of former days. */
export function deletionCase(chance: Chance): Deletion {
  const sets = ranges(chance)
  const { reservations, last } = diskFor(chance, sets)
  const former = chance.chance(0.4) ? [{ address: '172.16.0.9', ...attachment(chance.pick(CONTAINERS)) }] : []
  const all = [...reservations, ...former]
  const holders = all.map(({ containerID, ifname }) => ({ containerID, ifname }))
  const who = chance.chance(0.75) && holders.length > 0 ? chance.pick(holders) : attachment('gone')
  return { ranges: sets, disk: { reservations: all, last }, who, valid: chance.some(distinct(holders), 0.6) }
}

const distinct = (all: readonly Attachment[]): Attachment[] =>
  all.filter(
    (one, index) =>
      all.findIndex((other) => other.containerID === one.containerID && other.ifname === one.ifname) === index,
  )

export interface Call {
  readonly verb: 'add' | 'del' | 'check' | 'gc'
  /** Which container: for GC, all that are not in the list. */
  readonly who: readonly number[]
}

/** Pods come and go on a small range. */
export function lifeCase(chance: Chance): { readonly ranges: readonly RangeSet[]; readonly calls: readonly Call[] } {
  const sets = ranges(chance)
  const calls = chance.times(chance.between(5, 11), (index): Call => {
    const verb = index < 2 ? 'add' : chance.pick(['add', 'add', 'add', 'del', 'del', 'check', 'gc'] as const)
    return { verb, who: verb === 'gc' ? chance.some([0, 1, 2, 3, 4, 5, 6, 7], 0.6) : [chance.int(8)] }
  })
  return { ranges: sets, calls }
}

export interface Crowd extends Case {
  /** When each new Pod is set up, in microseconds. */
  readonly at: readonly number[]
  /** Which of the reservations are released meanwhile (round and round), and when. */
  readonly leaving: readonly { readonly nth: number; readonly at: number }[]
}

/** Several Pods are set up at once, on a range that may be too small for them; others leave meanwhile. */
export function crowdCase(chance: Chance): Crowd {
  const sets = ranges(chance)
  const { reservations, last } = diskFor(chance, sets)
  const keep = chance.pick([0, 0.5, 0.8])
  const disk = {
    reservations: chance.some(reservations, keep),
    last: last.map((one) => (chance.chance(0.3) ? null : one)),
  }
  const leaving = chance.times(chance.pick([0, 0, 1, 2]), () => ({ nth: chance.int(8), at: chance.int(4000) }))
  return { ranges: sets, disk, at: chance.times(chance.between(2, 4), () => chance.int(2000)), leaving }
}

/** A range that cannot be; alone or in the second set. */
export function senselessCase(chance: Chance): Case {
  const wrong: Range = chance.pick([
    { subnet: '10.244.9.0/31' },
    { subnet: '10.244.9.7/32' },
    { subnet: '10.244.9.0/24', rangeStart: '10.244.8.255' },
    { subnet: '10.244.9.0/24', rangeEnd: '10.244.10.1' },
    { subnet: '10.244.9.0/24', rangeStart: '10.244.9.20', rangeEnd: '10.244.9.10' },
    { subnet: 'fd00:9::/127' },
    { subnet: 'fd00:9::/64', rangeStart: 'fd00:8::1' },
  ])
  const good: RangeSet = [{ subnet: '10.244.1.0/24' }]
  const sets = chance.pick([[[wrong]], [good, [wrong]], [[{ subnet: '10.244.1.0/24' }, wrong]]])
  return { ranges: sets, disk: { reservations: [], last: sets.map(() => null) } }
}
