import type { CniError, IpamConfig, IpamPlugin, Range } from 'clusterwright/cni'

const plugin: IpamPlugin = {
  async add(config, attachment, store) {
    // TODO 1. parse: the ranges of each set (see `spanOf` below).
    //      2. validate: can they be? Does this attachment hold an address already?
    //      3. do: under the lock, reserve the next address of each set.
    //      4. undo on error: what was reserved before something failed.
    //      5. result: { cniVersion, ips: [{ address: '10.244.1.2/24', gateway: '10.244.1.1' }] }.
    //    Then write del, check and gc in the same way.
    return refuse(config, 100, 'not written yet')
  },

  async del(config, attachment, store) {},

  async check(config, attachment, store) {},

  async gc(config, valid, store) {},
}

export default plugin

// ── given: use what helps ───────────────────────────────────────────────────────────────────────────────────────────

/** An error is returned, not thrown. Code 7 is for a bad configuration; your own begin at 100. */
function refuse({ cniVersion }: IpamConfig, code: number, msg: string): { error: CniError } {
  return { error: { cniVersion, code, msg } }
}

/** A subnet as numbers. IPv6 has no broadcast address: there, the last one may be given out. */
function spanOf({ subnet, rangeStart, rangeEnd, gateway }: Range) {
  const [address = '', prefix = ''] = subnet.split('/')
  const isV6 = address.includes(':')
  const bits = Number(prefix)
  const size = 1n << BigInt((isV6 ? 128 : 32) - bits)
  const network = (toNumber(address) / size) * size
  const end = network + size - 1n
  const lowest = network + 1n
  const highest = isV6 ? end : end - 1n
  return {
    ...{ isV6, bits, network, end, lowest, highest },
    start: rangeStart === undefined ? lowest : toNumber(rangeStart),
    stop: rangeEnd === undefined ? highest : toNumber(rangeEnd),
    gateway: gateway === undefined ? lowest : toNumber(gateway),
  }
}

/** An address as a number: 10.0.0.1 is 167772161. A bigint, for IPv6 needs 128 bits. */
function toNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = address.split('::')
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const before = parts(head)
  const after = tail === undefined ? [] : parts(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n)
}

/** A number as an address, in the canonical form. */
function toText(number: bigint, isV6: boolean): string {
  const [count, size] = isV6 ? [8, 65536n] : [4, 256n]
  const parts: bigint[] = []
  for (let rest = number, i = 0; i < count; i++, rest /= size) parts.unshift(rest % size)
  if (!isV6) return parts.join('.')
  const text = parts.map((part) => part.toString(16)).join(':')
  const zeros = (text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []).sort((a, b) => b.length - a.length)[0]
  return zeros === undefined ? text : text.replace(zeros, '::').replace(/:{3,}/, '::')
}
