/** The checks' own arithmetic, held against the plugin of the simulated cluster and against the rules for IPv6 text. */
import { describe, expect, it } from 'vitest'
import { allocate, canonicalRanges } from '#cluster/cni/plugins/host-local-store.ts'
import { chanceFrom } from '#grader/kit/chance.ts'
import { nextAddress, numberOf, textOf } from './addresses.ts'
import { addCase } from './cases.ts'

describe('the next address', () => {
  it('is the one that the cluster’s own host-local gives', () => {
    let compared = 0
    for (let seed = 1; seed <= 300; seed++) {
      const { ranges, disk } = addCase(chanceFrom(seed, 'next'))
      // The cluster's own knows IPv4 alone.
      const index = ranges.findIndex((set) => !set[0]!.subnet.includes(':'))
      if (index < 0) continue
      const sets = [ranges[index]!]
      const canonical = canonicalRanges({ type: 'host-local', ranges: sets })
      if (typeof canonical === 'string') throw new Error(`seed ${seed}: ${canonical}`)
      const reserved = new Map(disk.reservations.map(({ address, ...holder }) => [address, holder]))
      const v4 = new Map([...reserved].filter(([address]) => !address.includes(':')))
      const last = disk.last[index] ?? undefined
      const store = { reserved: v4, lastReserved: new Map(last === undefined ? [] : [[0, last]]) }
      const theirs = allocate(canonical, store, { containerID: 'nobody', ifname: 'eth9' })
      const ours = nextAddress(sets[0]!, (address) => reserved.has(address), last)
      expect(typeof theirs === 'string' ? undefined : theirs.reserve[0]!.ip, `seed ${seed}`).toBe(ours?.address)
      compared += ours ? 1 : 0
    }
    expect(compared).toBeGreaterThan(100)
  })
})

describe('an address as text', () => {
  it.each([
    ['10.244.1.7', 183763207n],
    ['fd00::1', (0xfd00n << 112n) + 1n],
    ['::', 0n],
    ['::1', 1n],
    ['1:0:0:2::', (1n << 112n) + (2n << 64n)],
    ['2001:db8:0:1:1:1:1:1', numberOf('2001:0db8:0000:0001:0001:0001:0001:0001')!],
  ])('%s is %s, there and back', (text, number) => {
    expect(numberOf(text)).toBe(number)
    expect(textOf(number, text.includes(':'))).toBe(text)
  })

  it.each(['10.244.1', '10.244.1.256', '10.244.1.7/24', 'fd00:::1', 'fd00::1::2', '1:2:3:4:5:6:7', ''])(
    '“%s” is none',
    (text) => expect(numberOf(text)).toBeUndefined(),
  )
})
