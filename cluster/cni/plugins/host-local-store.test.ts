import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attachment, IpamConf } from '../spec.ts'
import type { CanonicalRange, IpamStore } from './host-local-store.ts'
import { addressesOf, allocate, applied, canonicalRanges, emptyStore, staleAddresses } from './host-local-store.ts'

const SUBNET: IpamConf = { type: 'host-local', ranges: [[{ subnet: '10.1.2.0/29' }]] }
const of = (id: string, ifname = 'eth0'): Attachment => ({ containerID: id, ifname })
const sets = (conf: IpamConf) => canonicalRanges(conf) as readonly (readonly CanonicalRange[])[]

/** Adds one after the other; the addresses that each got, or why not. */
function addAll(conf: IpamConf, ids: readonly string[], from: IpamStore = emptyStore) {
  let store = from
  const got = ids.map((id) => {
    const allocation = allocate(sets(conf), store, of(id))
    if (typeof allocation === 'string') return allocation
    store = applied(store, { reserve: allocation.reserve, attachment: of(id) })
    return allocation.ips.map(({ address }) => address).join()
  })
  return { store, got }
}

describe('a range', () => {
  it.each([
    ['begins after the network’s and the gateway’s address', SUBNET, '10.1.2.2/29'],
    ['begins at rangeStart', { type: 'x', subnet: '10.1.2.0/24', rangeStart: '10.1.2.50' }, '10.1.2.50/24'],
    ['has the gateway it is told', { type: 'x', subnet: '10.1.2.0/24', gateway: '10.1.2.9' }, '10.1.2.1/24'],
    [
      'may be one of several in a set',
      { type: 'x', ranges: [[{ subnet: '10.1.2.0/24' }, { subnet: '10.1.3.0/24' }]] },
      '10.1.2.2/24',
    ],
  ] as const)('%s', (_, conf, expected) => {
    expect(addAll(conf, ['a']).got).toEqual([expected])
  })

  it.each([
    ['no ranges at all', {}, /no IP ranges/],
    ['a subnet too small', { subnet: '10.1.2.0/31' }, /too small/],
    ['a subnet that is none', { subnet: '10.1.2/24' }, /not an IPv4 address/],
    ['a start outside the subnet', { subnet: '10.1.2.0/24', rangeStart: '10.1.3.1' }, /not in network/],
    ['an end before the start', { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.8' }, /ends before/],
    ['overlapping subnets in a set', { ranges: [[{ subnet: '10.1.2.0/24' }, { subnet: '10.1.2.128/25' }]] }, /overlap/],
    ['an empty set', { ranges: [[]] }, /empty range set/],
  ])('is refused with %s', (_, conf, expected) => {
    expect(canonicalRanges({ type: 'host-local', ...conf })).toMatch(expected)
  })
})

describe('an allocation', () => {
  it('gives out every address but network, gateway and broadcast, then says that the range is exhausted', () => {
    const { got } = addAll(SUBNET, ['a', 'b', 'c', 'd', 'e', 'f'])
    expect(got.slice(0, 5)).toEqual(['10.1.2.2/29', '10.1.2.3/29', '10.1.2.4/29', '10.1.2.5/29', '10.1.2.6/29'])
    expect(got[5]).toMatch(/no IP addresses available in range set: 10\.1\.2\.1-10\.1\.2\.6/)
  })

  it('goes on after the last one given out, so that an address rests as long as it can', () => {
    const { store } = addAll(SUBNET, ['a', 'b'])
    const freed = applied(store, { release: ['10.1.2.2'] })
    expect(addAll(SUBNET, ['c', 'd', 'e', 'f'], freed).got).toEqual([
      '10.1.2.4/29',
      '10.1.2.5/29',
      '10.1.2.6/29',
      '10.1.2.2/29',
    ])
  })

  it('refuses an attachment that holds one already', () => {
    const { store } = addAll(SUBNET, ['a'])
    expect(allocate(sets(SUBNET), store, of('a'))).toMatch(/10\.1\.2\.2 has been allocated to a, duplicate allocation/)
    expect(allocate(sets(SUBNET), store, of('a', 'eth1'))).toMatchObject({ ips: [{ address: '10.1.2.3/29' }] })
  })

  it('from several sets is one address of each, or none', () => {
    const two: IpamConf = { type: 'x', ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.9.0.0/30' }]] }
    const { got, store } = addAll(two, ['a', 'b'])
    expect(got[0]).toBe('10.1.2.2/24,10.9.0.2/30')
    expect(got[1]).toMatch(/range 1: no IP addresses available/)
    expect([...store.reserved.keys()]).toEqual(['10.1.2.2', '10.9.0.2'])
  })

  it('runs through all ranges of a set before it begins again', () => {
    const conf: IpamConf = { type: 'x', ranges: [[{ subnet: '10.1.2.0/30' }, { subnet: '10.1.3.0/30' }]] }
    expect(addAll(conf, ['a', 'b', 'c']).got).toEqual([
      '10.1.2.2/30',
      '10.1.3.2/30',
      expect.stringMatching(/no IP addresses/),
    ])
  })

  it('after any history of adds and releases: unique, in range, never reserved', () => {
    const step = fc.oneof(fc.record({ add: fc.nat(9) }), fc.record({ release: fc.nat(9) }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let store = emptyStore
        for (const event of steps) {
          if ('release' in event) {
            store = applied(store, { release: addressesOf(store, of(`c${event.release}`)) })
            continue
          }
          const attachment = of(`c${event.add}`)
          const allocation = allocate(sets(SUBNET), store, attachment)
          if (typeof allocation === 'string') {
            const held = addressesOf(store, attachment).length > 0
            expect(held || store.reserved.size === 5).toBe(true)
            continue
          }
          const { ip } = allocation.reserve[0]!
          expect(store.reserved.has(ip)).toBe(false)
          expect(ip).toMatch(/^10\.1\.2\.[23456]$/)
          store = applied(store, { reserve: allocation.reserve, attachment })
        }
      }),
    )
  })
})

describe('garbage', () => {
  it('is what belongs to no valid attachment: same container and same interface', () => {
    const { store } = addAll(SUBNET, ['a', 'b', 'c'])
    expect(staleAddresses(store, [of('a'), of('b', 'eth1')])).toEqual(['10.1.2.3', '10.1.2.4'])
    expect(staleAddresses(store, [of('a'), of('b'), of('c'), of('d')])).toEqual([])
  })
})
