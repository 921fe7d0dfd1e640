// As upstream does it: tries to make the file of one address after the other, and lets go of the lock by ending.
import type { AddResult, Answer, Attachment, CniError, IpamConfig, Range, Store } from 'clusterwright/cni'

export default class HostLocal {
  async add(config: IpamConfig, attachment: Attachment, store: Store): Promise<Answer<AddResult>> {
    for (const range of config.ipam.ranges.flat()) {
      const { network, end, start, stop, isV6, bits } = spanOf(range)
      if (start < network || stop > end || stop < network || start > end || start > stop || bits > (isV6 ? 126 : 30))
        return refuse(config, 7, `bad range ${range.subnet}`)
    }
    await store.lock()
    const held = await holdings(store, attachment)
    if (held.length > 0) return refuse(config, 4, 'duplicate allocation is not allowed')
    const ips: { address: string; gateway: string }[] = []
    try {
      for (let index = 0; index < config.ipam.ranges.length; index++)
        ips.push(await this.#get(config, index, attachment, store))
    } catch (error) {
      // Nothing was held before, so all that is held now is of this call.
      for (const address of await holdings(store, attachment)) await store.release(address)
      return refuse(config, 999, (error as Error).message)
    }
    return { cniVersion: config.cniVersion, ips }
  }

  async #get(config: IpamConfig, index: number, attachment: Attachment, store: Store) {
    const set = config.ipam.ranges[index]!
    const last = await store.lastReserved(index)
    for (const { number, range } of walk(set, last)) {
      const { isV6, gateway, bits } = spanOf(range)
      const address = toText(number, isV6)
      if (number === gateway || !(await store.reserve(address, attachment))) continue
      await store.setLastReserved(index, address)
      return { address: `${address}/${bits}`, gateway: toText(gateway, isV6) }
    }
    throw new Error(`no IP addresses available in range set ${index}`)
  }

  async del(_: IpamConfig, attachment: Attachment, store: Store): Promise<void> {
    await store.lock()
    for (const address of await holdings(store, attachment)) await store.release(address)
  }

  async check(config: IpamConfig, attachment: Attachment, store: Store): Promise<Answer<void>> {
    const held = await holdings(store, attachment)
    const isServed = config.ipam.ranges.every((set) =>
      held.some((address) => set.some((range) => lies(address, range))),
    )
    return isServed ? undefined : refuse(config, 100, 'no address')
  }

  async gc(_: IpamConfig, valid: readonly Attachment[], store: Store): Promise<void> {
    await store.lock()
    const key = ({ containerID, ifname }: Attachment) => JSON.stringify([containerID, ifname])
    const living = new Set(valid.map(key))
    await Promise.all(
      (await store.list()).filter((one) => !living.has(key(one))).map((one) => store.release(one.address)),
    )
  }
}

const holdings = async (store: Store, { containerID, ifname }: Attachment): Promise<string[]> =>
  (await store.list())
    .filter((one) => one.containerID === containerID && one.ifname === ifname)
    .map((one) => one.address)

function bounds(range: Range): [bigint, bigint] {
  const { start, stop, lowest, highest } = spanOf(range)
  return [start > lowest ? start : lowest, stop < highest ? stop : highest]
}

function lies(address: string, range: Range): boolean {
  const [first, last] = bounds(range)
  const number = toNumber(address)
  return address.includes(':') === range.subnet.includes(':') && number >= first && number <= last
}

function* walk(set: readonly Range[], last: string | undefined): Iterable<{ number: bigint; range: Range }> {
  let at = last === undefined ? -1 : set.findIndex((range) => lies(last, range))
  let number = at < 0 ? bounds(set[0]!)[0] - 1n : toNumber(last!)
  at = Math.max(at, 0)
  const [start, startedIn] = [number, at]
  for (let isFirst = true; ; isFirst = false) {
    if (!isFirst && at === startedIn && number === start) return
    if (number === bounds(set[at]!)[1]) {
      at = (at + 1) % set.length
      number = bounds(set[at]!)[0]
      // From before the first there is no way back to where it began: one round is enough.
      if (at === 0 && startedIn === 0 && start < number) return
    } else number++
    yield { number, range: set[at]! }
  }
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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
